"""Law 2: nothing leaks, where time or a revision has something to do for others alone.

What an audience has yet to be given has a turn of its own, with the sweeper or in a batch. What others have yet to be
given neither holds anything up for it nor brings anything forward.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from app.exchange import jobs
from tests.laws.twin_agreements import CLEARANCES, HERE, LATE, SHUT, Terms, busy_files, plain_files
from tests.laws.twins import READER, PreparedTwins, Twins, prepared_twins
from tests.support.databases import ENGINES
from tests.support.stix import AMBER, CLEAR, GREEN, RED, STIX, a_grouping, a_statement, an_indicator

AN_HOUR = 3_600_000
AGED = "takes: [{from: all, collections: all, types: all, tlp: all, age: {at_least: PT1H}}]"
STATEMENT = a_statement("theirs", CLEAR)


@pytest.fixture(scope="module", params=ENGINES)
def prepared(request: pytest.FixtureRequest) -> Iterator[PreparedTwins]:
    databases: Any = request.getfixturevalue("sqlite_databases" if request.param == "sqlite" else "postgres_databases")
    with prepared_twins(databases) as made:
        yield made


@pytest.fixture
def worlds(prepared: PreparedTwins, monkeypatch: pytest.MonkeyPatch) -> Iterator[Twins]:
    monkeypatch.setattr(jobs, "CONTRIBUTIONS_PER_BATCH", 3)
    with prepared.running() as made:
        yield made


def agree(worlds: Twins, *, reader: str = "[clear, green]", others: str = "[clear, green]") -> None:
    """The reader's organisation is cleared for this in both worlds, and another one in the busy world for that."""
    own = {**CLEARANCES, "wind-isac": reader}
    worlds.plain.begin_to_apply(plain_files(Terms(own)))
    worlds.busy.begin_to_apply(busy_files(Terms({**own, "port-nl": others})))


def names(worlds: Twins, collection: str = HERE) -> list[str]:
    """The names of what the reader is given, in the order of its log; dates are compared as well."""
    worlds.ask(READER, "GET", f"/{collection}/manifest/")
    pages = worlds.walk(READER, f"/{collection}/objects/?match[version]=all")
    return [each.get("name", "a definition") for page in pages for each in page.get("objects", [])]


def of(hour: int, which: int | str, *marks: str) -> STIX:
    """An indicator of the beginning of this hour."""
    return an_indicator(which, *marks, version=f"2026-06-01T{hour}:00:00.000Z")


def sweep_later(worlds: Twins) -> list[str]:
    worlds.advance(300)
    worlds.sweep()
    return names(worlds)


@pytest.mark.parametrize("turn", ["a member's age", "a revision"])
def test_what_has_a_turn_for_others_is_not_held_up_for_who_may_see_it_now(worlds: Twins, turn: str) -> None:
    agree(worlds, others=f"[clear, green], {AGED}" if turn == "a member's age" else "[clear]")
    worlds.sweep()
    worlds.push("nl-feed", [of(12, 1, GREEN), of(12, 2, GREEN, STATEMENT["id"]), of(12, 3, GREEN)])
    if turn == "a revision":
        agree(worlds)
        assert jobs.remaining(worlds.busy.running.exchange) > jobs.remaining(worlds.plain.running.exchange)
    worlds.advance(AN_HOUR)
    assert names(worlds) == ["indicator 1", "indicator 3"]
    worlds.push("nl-feed", [STATEMENT])
    assert names(worlds) == ["indicator 1", "indicator 3", "a definition", "indicator 2"]
    assert len(sweep_later(worlds)) == 4


def test_what_time_has_done_for_others_brings_forward_nothing_of_a_batch(worlds: Twins) -> None:
    agree(worlds, others=f"[clear, green, amber], {AGED}")
    worlds.sweep()
    many = [of((11, 12)[n == 6], n, AMBER) for n in range(8)]
    worlds.push("nl-feed", many)
    worlds.advance(AN_HOUR)
    agree(worlds, reader="[clear, green, amber]", others=f"[clear, green, amber], {AGED}")
    assert sweep_later(worlds) == [each["name"] for each in many]


def test_a_batch_for_others_brings_forward_nothing_that_time_has_done(worlds: Twins) -> None:
    """A command does batches without the sweeper; what refers to something released comes with that."""
    agree(worlds, others="[clear]")
    worlds.sweep()
    end = an_indicator("end", GREEN)
    links = [a_grouping(f"link {n}", end["id"]) for n in range(2)]
    worlds.push("nl-feed", links, to=SHUT)
    worlds.advance(AN_HOUR)
    worlds.sweep()
    worlds.push("nl-feed", [an_indicator(n, GREEN) for n in range(2)], to=LATE)
    worlds.push("nl-feed", [end], to=SHUT)
    agree(worlds)
    worlds.advance(AN_HOUR)
    while jobs.one_batch(worlds.busy.running.exchange) is not None:
        pass
    assert names(worlds, LATE) == names(worlds, SHUT) == []
    sweep_later(worlds)
    assert names(worlds, LATE) == ["indicator 0", "indicator 1"]
    assert names(worlds, SHUT) == ["grouping link 0", "grouping link 1", "indicator end"]


def test_of_two_revisions_the_later_of_which_is_others_each_batch_has_its_turn(worlds: Twins) -> None:
    """What the first has yet to append waits on, though the second changes nothing about it."""
    many = [an_indicator(n, AMBER) for n in range(8)]
    agree(worlds)
    worlds.push("nl-feed", many)
    agree(worlds, reader="[clear, green, amber]")
    worlds.busy.begin_to_apply(busy_files(Terms({**CLEARANCES, "port-nl": "[clear]"})))
    worlds.hidden_push("water-feed", [an_indicator(6, RED, description="hidden")])
    assert sweep_later(worlds) == [each["name"] for each in many]


def test_what_an_agreement_lacks_at_its_beginning_has_its_turn_whatever_touches_it(worlds: Twins) -> None:
    many = [an_indicator(n, GREEN) for n in range(4)]
    later = ("effective: 2026-01-01", "effective: 2026-06-01T13:00:00Z")
    worlds.push("nl-feed", many)
    for world, files in zip(worlds.both, (plain_files(Terms()), busy_files(Terms())), strict=True):
        for tlp in ("[clear]", "[clear, green, amber]"):
            text = files["north-sea.yaml"].replace("wind-isac: {tlp: [clear, green, amber]", f"wind-isac: {{tlp: {tlp}")
            world.begin_to_apply({**files, "north-sea.yaml": text.replace(*later)})
    worlds.advance(AN_HOUR)
    worlds.hidden_push("water-feed", [an_indicator(2, RED, description="hidden")])
    assert sweep_later(worlds) == [each["name"] for each in many]
