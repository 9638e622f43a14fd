"""A real exchange behind the real application, one for each module and engine."""

from collections.abc import Iterator

import pytest
from served import Server, a_server

from tests.support.databases import ENGINES


@pytest.fixture(scope="module", params=ENGINES)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    databases = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    with request.getfixturevalue(databases).new(folder) as url, a_server(url, folder) as server:
        yield server
