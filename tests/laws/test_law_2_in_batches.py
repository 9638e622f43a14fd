"""Law 2: nothing leaks, where what comes late comes in several batches and others' events fall between them."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.exchange import apply, jobs, plan, sweep
from tests.laws.twin_agreements import BRIEF, CLEARANCES, HERE, LATE, Terms, busy_files, plain_files
from tests.laws.twins import READER, Twins, World, twins
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


def begin_to_apply(world: World, terms: Terms) -> None:
    """Make this the next revision, and leave its batches to whoever sweeps."""
    files = (busy_files if world.running.secrets.get("ghost-soc") else plain_files)(terms)
    planned = plan.plan(world.running.exchange, files)
    apply.apply(world.running.exchange, planned, by="test", reason="a test")


def cleared(levels: str) -> Terms:
    return Terms(clearances={**CLEARANCES, "wind-isac": levels})


def names(worlds: Twins, collection: str) -> list[str]:
    """The names of all that the reader is given, in the order of its log."""
    pages = worlds.walk(READER, f"/{collection}/objects/?match[version]=all")
    return [each["name"] for page in pages for each in page.get("objects", [])]


MANY = [an_indicator(n, AMBER) for n in range(8)]
IN_ORDER = [each["name"] for each in MANY]


@pytest.mark.parametrize("event", ["a push", "a withdrawal", "a push of a definition"])
def test_what_waits_for_its_batch_is_not_brought_forward_by_what_is_hidden(worlds: Twins, event: str) -> None:
    for world in worlds.both:
        begin_to_apply(world, cleared("[clear, green]"))
    worlds.push("nl-feed", MANY)
    hidden = an_indicator(6, RED, description="hidden")
    if event == "a withdrawal":
        worlds.hidden_push("water-feed", [hidden])
    for world in worlds.both:
        begin_to_apply(world, cleared("[clear, green, amber]"))
    if event == "a withdrawal":
        worlds.withdraw("water-feed", hidden["id"], hidden=True)
    else:
        worlds.hidden_push("water-feed", [hidden])
    worlds.advance(5)
    for world in worlds.both:
        world.running.sweep()
    assert names(worlds, HERE) == IN_ORDER


def test_what_time_has_released_is_not_brought_forward_by_what_is_hidden(worlds: Twins) -> None:
    worlds.push("nl-feed", MANY, to=LATE)
    worlds.advance(3_600_000)
    worlds.hidden_push("water-feed", [an_indicator(6, RED, description="hidden")], to=LATE)
    worlds.advance(300)
    for world in worlds.both:
        world.running.sweep()
    assert names(worlds, LATE) == IN_ORDER


def test_what_takes_the_place_of_what_ends_comes_in_one_order_in_however_many_batches(worlds: Twins) -> None:
    """Two objects end, and others' versions of them stand in."""
    first, second = (an_indicator(n, GREEN, description="water's") for n in (1, 2))
    worlds.push("nl-feed", [an_indicator(1, GREEN)], to=BRIEF)
    worlds.hidden_push("nl-feed", [an_indicator(f"between {n}", RED) for n in range(3)], to=BRIEF)
    worlds.push("nl-feed", [an_indicator(2, GREEN)], to=BRIEF)
    worlds.advance(1000)
    worlds.push("water-feed", [second, first], to=BRIEF)
    worlds.advance(3_600_000)
    for world in worlds.both:
        world.running.sweep()
    worlds.advance(3_600_000 - 1000)
    for world in worlds.both:
        world.running.sweep()
    assert names(worlds, BRIEF) == ["indicator 2", "indicator 1"]
