"""Laws 1, 4, 7 and 8 together: a simulated month of partners who push, poll and agree, in processes that are killed."""

import os
from pathlib import Path
from random import SystemRandom
from typing import Any

import pytest

from app.exchange import jobs, outlook, sweep
from tests.simulation.simulation import simulate
from tests.support.cases import record_cases
from tests.support.databases import ENGINES

STEPS = 120
LONG = 5000


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def databases(engine: str, request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("sqlite_databases" if engine == "sqlite" else "postgres_databases")


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes a million objects to happen happens here with a hundred: revisions and sweeps in many steps."""
    monkeypatch.setattr(jobs, "CONTRIBUTIONS_PER_BATCH", 7)
    monkeypatch.setattr(sweep, "OBJECTS_PER_BATCH", 5)
    monkeypatch.setattr(outlook, "OBJECTS_PER_BATCH", 11)


def a_seed() -> int:
    """The one that was asked for; else the same for everybody where it decides whether a change lands, or a new one."""
    given = os.environ.get("SIMULATE_SEED", "7" if os.environ.get("CI") else "")
    return int(given) if given else SystemRandom().getrandbits(32)


def test_a_short_simulation_misses_leaks_and_loses_nothing(engine: str, databases: Any, tmp_path: Path) -> None:
    with databases.new(tmp_path) as url:
        simulate(a_seed(), STEPS, url, tmp_path)
    record_cases("laws 1, 4, 7 and 8: simulated steps", STEPS)


@pytest.mark.slow
def test_a_long_simulation_misses_leaks_and_loses_nothing(engine: str, databases: Any, tmp_path: Path) -> None:
    with databases.new(tmp_path) as url:
        simulate(a_seed(), int(os.environ.get("SIMULATE_STEPS") or LONG), url, tmp_path)
