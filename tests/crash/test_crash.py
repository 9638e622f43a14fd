"""Kill -9 at random instants, while everybody works: nothing is lost, nothing is missed, and nothing leaks.

Real processes on both engines: a server (two workers on PostgreSQL), `comity load` and `comity apply` beside it.
CRASH_SEED and CRASH_ROUNDS say which instants, and how many rounds of each engine.
"""

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.clock import SystemClock
from tests.crash.exchange_under_fire import BEGINNING, FEEDERS, HOST_READER, READER, UnderFire, agreement
from tests.crash.record import Record
from tests.support.databases import ENGINES, PostgresDatabases, SqliteDatabases, postgres_server
from tests.support.exchanges import Running, running
from tests.support.servers import Server

pytestmark = pytest.mark.slow

STORED_BEFORE = 3000
"""Enough for several batches of 1,000."""

STALL_SOME_COMMITS = (
    """
    CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF random() < 0.2 THEN PERFORM pg_sleep(0.3 + random()); END IF; RETURN NULL; END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER stall AFTER INSERT ON push DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION stall()
    """,
)


@pytest.fixture(params=ENGINES)
def durable_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that keeps what it has committed whatever happens."""
    with ExitStack() as stack:
        databases: SqliteDatabases | PostgresDatabases
        if request.param == "sqlite":
            databases = SqliteDatabases(tmp_path)
        else:
            databases = PostgresDatabases(stack.enter_context(postgres_server(durable=True)))
            stack.callback(databases.close)
        yield stack.enter_context(databases.new(tmp_path))


def stall_some_commits(exchange: Running) -> None:
    """From here on the commit of one push in five takes longer than its dates allow, also if its client dies."""
    with exchange.exchange.database.writing() as transaction:
        for statement in STALL_SOME_COMMITS:
            transaction.exec_driver_sql(statement)


def test_nothing_is_lost_missed_or_leaked_whenever_processes_are_killed(durable_url: str, tmp_path: Path) -> None:
    seed = int(os.environ.get("CRASH_SEED") or random.SystemRandom().randrange(1_000_000))
    rounds = int(os.environ.get("CRASH_ROUNDS") or 4)
    engine = "sqlite" if durable_url.startswith("sqlite") else "postgresql"
    print(f"\n{engine}: CRASH_SEED={seed} CRASH_ROUNDS={rounds}")
    accounts = [*FEEDERS, READER, HOST_READER]
    with running(durable_url, tmp_path, agreement(BEGINNING), clock=SystemClock(), only=accounts) as beside:
        workers = 2 if engine == "postgresql" else 1
        record = Record()
        record.may_show(BEGINNING)
        with Server(durable_url, tmp_path, workers=workers, secrets=beside.secrets) as server:
            fire = UnderFire(server, beside, record, seed)
            if engine == "postgresql":
                stall_some_commits(beside)
            fire.load(tmp_path, "before", STORED_BEFORE)
            with fire.pollers() as pollers:
                for number in range(rounds):
                    fire.round(tmp_path, pollers, number)
    print(f"{engine}: {record.summary()}; missed 0, leaked 0, lost 0")
