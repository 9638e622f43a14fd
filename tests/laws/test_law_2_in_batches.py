"""Law 2: nothing leaks, where what comes late comes in several batches and others' events fall between them."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.exchange import jobs, sweep
from tests.laws.twin_agreements import CLEARANCES, HERE, LATE, Terms
from tests.laws.twins import READER, Twins, twins
from tests.support.databases import ENGINES
from tests.support.stix import AMBER, GREEN, RED, an_indicator


@pytest.fixture(params=ENGINES)
def worlds(request: pytest.FixtureRequest) -> Iterator[Twins]:
    databases: Any = request.getfixturevalue("sqlite_databases" if request.param == "sqlite" else "postgres_databases")
    with twins(databases) as made:
        yield made


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CONTRIBUTIONS_PER_BATCH", 3)
    monkeypatch.setattr(sweep, "CONTRIBUTIONS_PER_STEP", 3)


def cleared(levels: str) -> Terms:
    return Terms(clearances={**CLEARANCES, "wind-isac": levels})


def names(worlds: Twins, collection: str) -> list[str]:
    """The names of all that the reader is given, in the order of its log."""
    pages = worlds.walk(READER, f"/{collection}/objects/?match[version]=all")
    return [each["name"] for page in pages for each in page.get("objects", [])]


MANY = [an_indicator(n, AMBER) for n in range(8)]
IN_ORDER = [each["name"] for each in MANY]


@pytest.mark.parametrize("late", ["by an embargo", "by a revision"])
def test_what_comes_late_in_several_batches_is_dated_as_in_one(
    worlds: Twins, late: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hidden objects fill batches, and decide where they are cut."""
    monkeypatch.setattr(jobs, "CONTRIBUTIONS_PER_BATCH", 30)
    monkeypatch.setattr(sweep, "CONTRIBUTIONS_PER_STEP", 30)
    worlds.begin_to_apply(cleared("[clear, green]"))
    to = LATE if late == "by an embargo" else HERE
    many = [an_indicator(n, GREEN if to == LATE else AMBER) for n in range(40)]
    mixed = [each for one in many for each in (an_indicator(f"hidden by {one['id']}", RED), one)]
    worlds.push_each("nl-feed", many, mixed, to)
    worlds.begin_to_apply(cleared("[clear, green, amber]"))
    worlds.advance(3_600_000)
    worlds.sweep()
    worlds.ask(READER, "GET", f"/{to}/manifest/")
    assert names(worlds, to) == [each["name"] for each in many]


@pytest.mark.parametrize("event", ["a push", "a withdrawal"])
def test_what_waits_for_its_batch_is_not_brought_forward_by_what_is_hidden(worlds: Twins, event: str) -> None:
    worlds.begin_to_apply(cleared("[clear, green]"))
    worlds.push("nl-feed", MANY)
    hidden = an_indicator(6, RED, description="hidden")
    if event == "a withdrawal":
        worlds.hidden_push("water-feed", [hidden])
    worlds.begin_to_apply(cleared("[clear, green, amber]"))
    if event == "a withdrawal":
        worlds.withdraw("water-feed", hidden["id"], hidden=True)
    else:
        worlds.hidden_push("water-feed", [hidden])
    worlds.advance(5)
    worlds.sweep()
    assert names(worlds, HERE) == IN_ORDER


def test_what_time_has_released_is_not_brought_forward_by_what_is_hidden(worlds: Twins) -> None:
    worlds.push("nl-feed", MANY, to=LATE)
    worlds.advance(3_600_000)
    worlds.hidden_push("water-feed", [an_indicator(6, RED, description="hidden")], to=LATE)
    worlds.advance(300)
    worlds.sweep()
    assert names(worlds, LATE) == IN_ORDER
