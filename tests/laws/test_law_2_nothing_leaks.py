"""Law 2: nothing leaks.

Two exchanges that differ only in what a reader may not see answer that reader with the same bytes: bodies, counts,
dates, `more`, `next`, headers, status codes, error texts, push results.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from app.stix.timestamps import from_datetime
from tests.laws.twins import BUSY_FILES, FEED, HERE, READER, UNKNOWN, Twins, twins
from tests.support.agreements import HOST_IDENTITY, WIND_IDENTITY
from tests.support.cases import record_cases
from tests.support.databases import ENGINES
from tests.support.exchanges import TAXII
from tests.support.stix import (
    AMBER_STRICT,
    CLEAR,
    GREEN,
    RED,
    STIX,
    a_statement,
    an_address,
    an_envelope,
    an_indicator,
    stix_id,
)

LAW = "law 2: nothing leaks"
EAST = "east/collections/indicators"
BACK_ROOM = "north-sea/collections/back-room"


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def databases(engine: str, request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("sqlite_databases" if engine == "sqlite" else "postgres_databases")


@pytest.fixture(scope="module")
def shared_worlds(databases: Any) -> Iterator[Twins]:
    with twins(databases) as made:
        yield made
        record_cases(LAW, made.asked)


@pytest.fixture
def worlds(shared_worlds: Twins) -> Twins:
    """The two worlds, a minute after the test before: each test has objects of its own and asks from here on."""
    shared_worlds.advance(60_000)
    return shared_worlds


def since(worlds: Twins) -> str:
    return from_datetime(worlds.plain.clock.now())


def post(worlds: Twins, *objects: STIX) -> dict[str, Any]:
    """The reader's own organisation pushes; what it is told is compared."""
    status: dict[str, Any] = worlds.ask(
        FEED, "POST", f"/{HERE}/objects/", an_envelope(objects), content_type=TAXII
    ).json()
    return status


WHERE_HIDDEN = ("before", "between", "after", "in the same envelope")


@pytest.mark.parametrize("where", WHERE_HIDDEN)
def test_finding_1_what_is_hidden_moves_no_date(worlds: Twins, where: str) -> None:
    """Finding 1: dates depend on the clock and on what the audience sees, not on how much others were given."""
    start = since(worlds)
    hidden = [an_indicator(f"{where} {n}", AMBER_STRICT) for n in range(40)]
    visible = [an_indicator(f"seen {where} {n}", GREEN) for n in range(2)]
    beside = (hidden[:20], hidden[20:]) if where == "in the same envelope" else ((), ())
    for one in visible:
        if where == "before":
            worlds.hidden_push("nl-feed", hidden)
        worlds.push("nl-feed", [one], beside)
        if where in ("between", "after"):
            worlds.hidden_push("water-feed", [an_indicator(f"{where} by water {one['id']}", RED)])
    worlds.ask_everything([visible[0]["id"], hidden[0]["id"]], after=start)


@pytest.mark.row("T-DEL-22")
def test_an_id_that_was_hidden_and_withdrawn_is_new_to_who_posts_it(worlds: Twins) -> None:
    """Finding 10: there are no tombstones."""
    start = since(worlds)
    hidden = [an_indicator("gone", RED), an_address("198.51.100.10", RED)]
    worlds.hidden_push("water-feed", hidden)
    for each in hidden:
        worlds.withdraw("water-feed", each["id"], hidden=True)
    worlds.ask_everything([each["id"] for each in hidden], after=start)
    post(worlds, an_indicator("gone", GREEN), an_address("198.51.100.10", GREEN))
    worlds.ask_everything([stix_id("identity", "nobody")], after=start)
    for each in hidden:
        worlds.ask(READER, "GET", f"/{HERE}/objects/{each['id']}/versions/")
        worlds.ask(FEED, "DELETE", f"/{HERE}/objects/{each['id']}/")
        worlds.ask(FEED, "DELETE", f"/{HERE}/objects/{each['id']}/")


def test_what_another_partnership_or_collection_holds_gives_no_object_its_version(worlds: Twins) -> None:
    """Finding 11: the version of an object without dates is its own submitter's in its own collection."""
    start = since(worlds)
    address = an_address("198.51.100.11", GREEN)
    worlds.hidden_push("nl-feed", [address], to=EAST)
    worlds.hidden_push("nl-feed", [address], to=BACK_ROOM)
    worlds.hidden_push("water-feed", [{**address, "object_marking_refs": [RED]}])
    worlds.advance(5000)
    worlds.push("nl-feed", [an_address("198.51.100.11", CLEAR)])
    worlds.ask_everything([address["id"]], after=start)
    post(worlds, address)
    worlds.ask(READER, "GET", f"/{HERE}/objects/{address['id']}/versions/")


def test_nobody_elses_definition_resolves_or_contradicts_a_marking(worlds: Twins) -> None:
    """Finding 12."""
    start = since(worlds)
    ours, missing = a_statement("ours", CLEAR), a_statement("missing", CLEAR)
    altered = {**ours, "definition": {"statement": "altered"}, "object_marking_refs": [AMBER_STRICT]}
    worlds.hidden_push("water-feed", [altered, {**missing, "object_marking_refs": [AMBER_STRICT]}])
    marked = [an_indicator("marked", GREEN, ours["id"]), an_indicator("unresolved", GREEN, missing["id"])]
    worlds.push("nl-feed", [ours, *marked])
    worlds.hidden_push("water-feed", [{**altered, "definition": {"statement": "altered again"}}])
    worlds.withdraw("water-feed", missing["id"], hidden=True)
    ids = [each["id"] for each in (ours, missing, *marked)]
    worlds.ask_everything(ids, after=start)
    assert worlds.ask(READER, "GET", f"/{HERE}/objects/{ids[2]}/").json()["objects"] == [marked[0]]


def test_a_walk_goes_on_alike_whatever_others_agree_on_meanwhile(worlds: Twins) -> None:
    """Finding 16: `next` is the same bytes, and is good, whatever other members and partnerships do."""
    start = since(worlds)
    worlds.push("nl-feed", [an_indicator(f"walk {n}", GREEN) for n in range(3)])
    target = f"/{HERE}/objects/?limit=1&added_after={start}"
    page = worlds.ask(READER, "GET", target).json()
    apply_for_others(worlds, "[clear, green, amber]")
    page = worlds.ask(READER, "GET", f"{target}&next={page['next']}").json()
    apply_for_others(worlds, "[clear, green]")
    worlds.hidden_push("nl-feed", [an_indicator("walk hidden", RED)])
    assert worlds.ask(READER, "GET", f"{target}&next={page['next']}").json()["objects"]


def test_no_setting_or_header_follows_what_is_stored(worlds: Twins) -> None:
    """Finding 20: media types, methods offered, aliases, identifiers of errors."""
    start = since(worlds)
    old = an_indicator("old", AMBER_STRICT, spec_version=None, pattern_type=None, labels=["benign"])
    worlds.hidden_push("nl-feed", [old])
    worlds.hidden_push("nl-feed", [old], to=BACK_ROOM)
    worlds.ask_everything([old["id"]], after=start)
    worlds.ask(
        READER, "GET", f"/{HERE}/objects/", if_none_match='"x"', if_modified_since="Mon, 01 Jun 2026 00:00:00 GMT"
    )


def test_anothers_status_is_as_unknown_as_none(worlds: Twins) -> None:
    """Finding 20, and decision 8: a status is for its submitter's organisation."""
    hidden = worlds.hidden_push("nl-feed", [an_indicator("status", GREEN, version="2026-05-09T00:00:00Z", name=None)])
    worlds.push("nl-feed", [an_indicator("status", GREEN, version="2026-05-09T00:00:00Z", name=None)])
    worlds.ask_each(READER, "GET", (f"/north-sea/status/{UNKNOWN}/", f"/north-sea/status/{hidden['id']}/"))


def test_intake_is_steered_by_no_hidden_version(worlds: Twins) -> None:
    """Finding 23: created, revoked and content are compared with the organisation's own contributions alone."""
    start = since(worlds)
    worlds.hidden_push(
        "water-feed",
        [
            an_indicator("created", RED, created="2026-04-01T00:00:00.000Z"),
            an_indicator("revoked", RED, revoked=True),
            an_indicator("content", RED, name="another"),
            an_indicator("signed", RED, created_by_ref=WIND_IDENTITY),
        ],
    )
    later = "2026-05-02T00:00:00.000Z"
    status = post(
        worlds,
        an_indicator("created", GREEN),
        an_indicator("revoked", GREEN, version=later),
        an_indicator("content", GREEN),
        an_indicator("signed", GREEN, created_by_ref=WIND_IDENTITY),
        an_indicator("signed", GREEN, created_by_ref=HOST_IDENTITY, version=later),
    )
    assert (status["success_count"], status["failure_count"]) == (4, 1)
    worlds.ask_everything([an_indicator("revoked")["id"]], after=start)


def apply_for_others(worlds: Twins, port: str) -> None:
    """In the busy world, another clearance for Port NL: not for the reader to know of."""
    changed = BUSY_FILES["north-sea.yaml"].replace("port-nl: {tlp: [clear, green]}", f"port-nl: {{tlp: {port}}}")
    worlds.busy.running.apply({**BUSY_FILES, "north-sea.yaml": changed})
