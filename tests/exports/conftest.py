"""One world for each module and engine: exports only read."""

from collections.abc import Iterator

import pytest

from tests.exports.world import a_world
from tests.support.databases import ENGINES
from tests.support.exchanges import Running


@pytest.fixture(scope="module", params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("exports")
    databases = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    with request.getfixturevalue(databases).new(folder) as url, a_world(url, folder) as made:
        yield made
