"""Law 2: nothing leaks, where what comes late comes in several batches and others' events fall between them."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.exchange import derivatives, jobs, sweep
from tests.laws.twin_agreements import BRIEF, CLEARANCES, HERE, IN_PART, LATE, SHUT, Terms, busy_files, plain_files
from tests.laws.twin_derivatives import share_a_secret
from tests.laws.twins import READER, PreparedTwins, Twins, prepared_twins
from tests.support.databases import ENGINES
from tests.support.stix import AMBER, GREEN, RED, STIX, a_grouping, an_indicator


@pytest.fixture(scope="module", params=ENGINES)
def prepared(request: pytest.FixtureRequest) -> Iterator[PreparedTwins]:
    databases: Any = request.getfixturevalue("sqlite_databases" if request.param == "sqlite" else "postgres_databases")
    with prepared_twins(databases) as made:
        yield made


@pytest.fixture
def worlds(prepared: PreparedTwins) -> Iterator[Twins]:
    with prepared.running() as made:
        yield made


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CONTRIBUTIONS_PER_BATCH", 3)
    monkeypatch.setattr(sweep, "OBJECTS_PER_BATCH", 3)


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
    monkeypatch.setattr(sweep, "OBJECTS_PER_BATCH", 30)
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


def all_at_once(worlds: Twins, milliseconds: int) -> None:
    """Time passes, and what it made due is swept in both worlds at one instant."""
    worlds.advance(milliseconds)
    worlds.sweep()


def test_what_takes_the_place_of_what_ends_comes_in_one_order_in_however_many_steps(worlds: Twins) -> None:
    """Two objects end, and others' versions of them stand in."""
    first, second = (an_indicator(n, GREEN, description="water's") for n in (1, 2))
    worlds.push("nl-feed", [an_indicator(1, GREEN)], to=BRIEF)
    worlds.hidden_push("nl-feed", [an_indicator(f"between {n}", RED) for n in range(3)], to=BRIEF)
    worlds.push("nl-feed", [an_indicator(2, GREEN)], to=BRIEF)
    worlds.advance(1000)
    worlds.push("water-feed", [second, first], to=BRIEF)
    all_at_once(worlds, 3_600_000)
    all_at_once(worlds, 3_600_000 - 1000)
    assert names(worlds, BRIEF) == ["indicator 2", "indicator 1"]


def test_what_refers_to_something_due_comes_in_one_order_in_however_many_steps(worlds: Twins) -> None:
    """What refers to it has been free to go for long, and hidden objects are due between others."""
    ends = [an_indicator(n, GREEN) for n in range(5)]
    links = [a_grouping(f"around {n}", each["id"]) for n, each in reversed(list(enumerate(ends)))]
    worlds.push("nl-feed", links, to=SHUT)
    all_at_once(worlds, 3_600_000)
    mixed: list[STIX] = []
    for n, each in enumerate(ends):
        mixed += [*(an_indicator(f"between {n} {m}", RED) for m in range(n % 3)), each]
    worlds.push_each("nl-feed", ends, mixed, to=SHUT)
    all_at_once(worlds, 3_600_000)
    assert names(worlds, SHUT) == [each["name"] for each in (*links, *ends)]


def test_what_comes_by_its_age_comes_in_one_order_whatever_ages_others_take(worlds: Twins) -> None:
    whole = "from: all, collections: all, types: all, tlp: all"
    own = Terms({**CLEARANCES, "wind-isac": f"[clear, green, amber], takes: [{{{whole}, age: {{at_least: PT2H}}}}]"})
    port = f"[clear, green], takes: [{{{whole}, age: {{at_least: PT1H}}}}]"
    worlds.plain.begin_to_apply(plain_files(own))
    worlds.busy.begin_to_apply(busy_files(Terms({**own.clearances, "port-nl": port})))
    worlds.sweep()
    old = [
        an_indicator(
            n, (AMBER, GREEN)[n % 2], version=f"2026-06-01T11:5{9 - n}:00.000Z", created="2026-05-01T00:00:00Z"
        )
        for n in range(8)
    ]
    worlds.push("nl-feed", old)
    all_at_once(worlds, 7_200_000)
    assert names(worlds, HERE) == [each["name"] for each in old]


@pytest.mark.parametrize("event", ["a push", "a revision"])
def test_what_stands_in_for_what_has_ended_is_not_brought_forward_by_what_is_hidden(worlds: Twins, event: str) -> None:
    worlds.push("nl-feed", [an_indicator(n, GREEN) for n in range(3)], to=BRIEF)
    worlds.advance(1000)
    worlds.push("water-feed", [an_indicator(n, GREEN, description="water's") for n in range(3)], to=BRIEF)
    all_at_once(worlds, 3_600_000)
    worlds.advance(3_600_000 - 1000)
    if event == "a push":
        worlds.hidden_push("nl-feed", [an_indicator(1, RED, version="2026-05-02T00:00:00.000Z")], to=BRIEF)
    else:
        worlds.busy.begin_to_apply(busy_files(Terms({**CLEARANCES, "port-nl": "[clear]"})))
    all_at_once(worlds, 300)
    assert names(worlds, BRIEF) == ["indicator 0", "indicator 1", "indicator 2"]


def test_what_was_pushed_since_the_end_is_shown_before_what_stands_in(worlds: Twins) -> None:
    """A push is answered when it is visible; what time has done besides comes with the sweeper."""
    worlds.push("nl-feed", [an_indicator(1, GREEN)], to=BRIEF)
    worlds.advance(1000)
    worlds.push("water-feed", [an_indicator(1, GREEN, description="water's")], to=BRIEF)
    all_at_once(worlds, 3_600_000)
    worlds.advance(3_600_000 - 1000)
    own = an_indicator(1, GREEN, name="its own")
    worlds.push("wind-feed", [own], to=BRIEF)
    assert names(worlds, BRIEF) == ["its own"]
    all_at_once(worlds, 300)
    assert names(worlds, BRIEF) == ["its own"]


def test_what_refers_to_something_released_is_not_brought_forward_by_what_is_hidden(worlds: Twins) -> None:
    link, end = a_grouping("link", an_indicator(1)["id"]), an_indicator(1, GREEN)
    worlds.push("nl-feed", [link], to=SHUT)
    all_at_once(worlds, 3_600_000)
    worlds.push("nl-feed", [end], to=SHUT)
    assert names(worlds, SHUT) == []
    worlds.advance(3_600_000)
    worlds.hidden_push("water-feed", [{**link, "object_marking_refs": [RED]}], to=SHUT)
    all_at_once(worlds, 300)
    assert names(worlds, SHUT) == [link["name"], end["name"]]


def in_part(n: int, secret: str, version: str = "2026-05-02T00:00:00.000Z", **more: Any) -> STIX:
    """An indicator that the reader is shown without its description."""
    parts = [{"marking_ref": RED, "selectors": ["description"]}]
    return an_indicator(n, GREEN, version=version, description=secret, granular_markings=parts, **more)


def test_derivatives_for_another_view_come_in_the_order_of_what_they_show(
    worlds: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was changed since, of what is cut, decides nothing, nor does an earlier version that comes late."""
    monkeypatch.setattr(derivatives, "CONTRIBUTIONS_PER_STEP", 3)
    share_a_secret(worlds)
    worlds.push("nl-feed", [in_part(n, "plain") for n in range(8)], to=IN_PART)
    for n, version in ((0, "2026-05-03"), (5, "2026-05-04"), (0, "2026-05-05"), (3, "2026-05-01")):
        worlds.hidden_push("nl-feed", [in_part(n, "changed", f"{version}T01:00:00.000Z")], to=IN_PART)
    worlds.push("nl-feed", [in_part(2, "plain", "2026-05-03T00:00:00.000Z", name="better")], to=IN_PART)
    worlds.begin_to_apply(cleared("[clear, green]"))
    worlds.sweep()
    assert names(worlds, IN_PART)[-8:] == [*IN_ORDER[:2], *IN_ORDER[3:], "better"]
