"""Law 2: nothing leaks, whatever happens out of sight: at least 10,000 pairs of requests in every run of the tests."""

import os
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from structlog.testing import capture_logs

from app.exchange import jobs, outlook, sweep
from tests.laws.twin_machine import TwinMachine
from tests.support.cases import record_cases
from tests.support.databases import ENGINES

LAW = "law 2: nothing leaks"
PAIRS = {"sqlite": 9400, "postgresql": 700}
RUNS = {"sqlite": 11, "postgresql": 1}
"""How many runs of the machine usually ask so many."""

LONG = 100_000
STEPS = 30


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def databases(engine: str, request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("sqlite_databases" if engine == "sqlite" else "postgres_databases")


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes thousands of objects to happen happens here with sixty: revisions and sweeps in several steps."""
    monkeypatch.setattr(jobs, "CONTRIBUTIONS_PER_BATCH", 25)
    monkeypatch.setattr(sweep, "OBJECTS_PER_BATCH", 25)
    monkeypatch.setattr(outlook, "OBJECTS_PER_BATCH", 25)


def asked_in(databases: Any, runs: int) -> int:
    """How many pairs of requests were compared in so many runs of the machine."""

    class Machine(TwinMachine):
        pass

    Machine.databases = databases
    before = TwinMachine.asked
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            phases=[Phase.generate],  # shrinking takes minutes, and the steps are printed
        ),
    )
    return TwinMachine.asked - before


@pytest.mark.row("S-19")
def test_whatever_happens_out_of_sight_every_answer_is_the_same_bytes(engine: str, databases: Any) -> None:
    asked, runs = 0, RUNS[engine]
    with capture_logs():  # every refusal is logged
        while asked < PAIRS[engine]:
            asked += asked_in(databases, runs)
            runs = 1
    record_cases(LAW, asked)


@pytest.mark.slow
def test_a_hundred_thousand_pairs_of_answers_are_the_same_bytes(engine: str, databases: Any) -> None:
    """On SQLite; a quarter of that on PostgreSQL."""
    wanted = int(os.environ.get("TWIN_PAIRS") or LONG) // (1 if engine == "sqlite" else 4)
    asked = 0
    while asked < wanted:
        with capture_logs():
            asked += asked_in(databases, 10)
    print(f"\n{engine}: {asked} pairs of requests in twin worlds, no difference")
