"""Fixtures only; what they are made of is in tests/support."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.support.cases import DECIDED, GENERATED, LABELLED, examples, summary
from tests.support.clocks import StillClock
from tests.support.databases import ENGINES, PostgresDatabases, SqliteDatabases, in_memory, postgres_server
from tests.support.exchanges import Prepared, Running, prepared
from tests.support.logs import logs_are_plain, plain_logs
from tests.support.mappings import share_mappings
from tests.support.scheduling import FilesTogether, place
from tests.support.statements import share_compiled_statements

settings.register_profile(
    "comity",
    max_examples=examples(100),
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# What decides whether a change lands is the same for everybody; new cases are sought wherever people run the tests.
settings.register_profile("the same cases", settings.get_profile("comity"), derandomize=True)
# Where only whether a test fails is asked, and not on how small a case.
settings.register_profile(
    "first counterexample", settings.get_profile("the same cases"), phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("the same cases" if os.environ.get("CI") else "comity")


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    with postgres_server() as server:
        databases = PostgresDatabases(server)
        yield databases
        databases.close()


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A new, migrated database on each engine in turn."""
    fixture = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    with request.getfixturevalue(fixture).new(tmp_path) as url:
        yield url


# A session's fixture that is parametrised would be made anew for every module.
@pytest.fixture(scope="session")
def prepared_on_sqlite(sqlite_databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    with prepared(sqlite_databases, tmp_path_factory.mktemp("prepared")) as made:
        yield made


@pytest.fixture(scope="session")
def prepared_on_postgresql(postgres_databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    with prepared(postgres_databases, tmp_path_factory.mktemp("prepared")) as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def _logs_stay_plain() -> Iterator[None]:
    """Who sets them otherwise for a test sets them back: all that come after would pay for it."""
    yield
    assert logs_are_plain(), "a test of this module has left the logs drawn, not plain"


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(params=ENGINES)
def exchange(request: pytest.FixtureRequest, tmp_path: Path, clock: StillClock) -> Iterator[Running]:
    """An exchange under the agreement of tests/support/agreements.py, with an account for each purpose."""
    made_before: Prepared = request.getfixturevalue(f"prepared_on_{request.param}")
    with made_before.running(tmp_path, clock) as made:
        yield made


def pytest_configure() -> None:
    """What is compiled is compiled once: by programs that tests start, and for all engines of this process. What
    `mappings/` says is read once. Logs are plain, and files in memory."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    share_compiled_statements()
    share_mappings()
    plain_logs()
    memory = in_memory()
    if memory is not None:  # an exchange that commits there waits for no disk; what failed is kept, the rest is not
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FilesTogether:
    return FilesTogether(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What collecting makes stays to the end: no search for garbage has to look through it, then or ever after."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files go first; the others stay in the order that they were given."""
    items.sort(key=lambda item: place(item.path, Path(__file__).parent))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that prints the summary what this worker has tried."""
    if hasattr(session.config, "workeroutput"):
        tried = [{str(name): count for name, count in each.items()} for each in (GENERATED, DECIDED, LABELLED)]
        session.config.workeroutput["what was tried"] = tried


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    tried = getattr(node, "workeroutput", {}).get("what was tried", [])
    for counter, more in zip((GENERATED, DECIDED, LABELLED), tried, strict=False):
        counter.update(more)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the engines that were tried, the generated cases of each law, the rules that decided, the labelled rows."""
    ids = [report.nodeid for report in terminalreporter.stats.get("passed", []) if hasattr(report, "nodeid")]
    by_engine = {engine: sum(engine in each for each in ids) for engine in ENGINES}
    terminalreporter.section("what was tried")
    for engine, count in by_engine.items():
        terminalreporter.write_line(f"{engine}: {count} tests on a real database")
    for line in summary():
        terminalreporter.write_line(line)
