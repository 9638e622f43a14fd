"""One exchange for each module and engine."""

from collections.abc import Iterator

import pytest

from tests.probe.probed import an_exchange
from tests.support.databases import ENGINES, SqliteDatabases
from tests.support.exchanges import Running


@pytest.fixture(scope="module")
def in_process(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An exchange that is asked without a socket."""
    folder = tmp_path_factory.mktemp("probed")
    with sqlite_databases.new(folder) as url, an_exchange(url, folder) as made:
        yield made


@pytest.fixture(scope="module", params=ENGINES)
def on_each_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("probed")
    databases = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    with request.getfixturevalue(databases).new(folder) as url, an_exchange(url, folder) as made:
        yield made
