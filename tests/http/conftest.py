"""A real exchange behind the real application."""

from collections.abc import Iterator

import pytest
from served import Server, a_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with a_server(tmp_path_factory.mktemp("exchange")) as server:
        yield server
