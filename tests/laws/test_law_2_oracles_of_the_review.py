"""Law 2: nothing leaks. Each oracle that the review of the design found, as what it would have told a reader.

Two exchanges that differ only in what a reader may not see answer that reader with the same bytes: bodies, counts,
dates, `more`, `next`, headers, status codes, error texts, push results. Of the oracles of finding 20 that of pushes
that are pending (e) has no case: Comity has no push that is answered before it is done. Of quotas (c) it has none but
the room for pushes. That of search (b) is among the requests of the twin worlds.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from app.clock import Identifiers
from app.policy.partnership import Role
from app.stix.timestamps import from_datetime
from tests.laws.twin_agreements import (
    BACK_ROOM,
    CLEARANCES,
    EAST_INDICATORS,
    HERE,
    HIDDEN_COLLECTION,
    LATE,
    Terms,
    busy_files,
)
from tests.laws.twins import FEED, MASKED, READER, UNKNOWN, Twins, World, twins
from tests.support.agreements import COLLECTION, ELSEWHERE, HOST_IDENTITY, LETTER_BOX, WIND_IDENTITY
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
def test_finding_01_what_is_hidden_moves_no_date(worlds: Twins, where: str) -> None:
    """Dates depend on the clock and on what the audience sees, not on how much others were given."""
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
    ask_everything(worlds, [visible[0]["id"], hidden[0]["id"]], after=start)


def test_finding_03_an_idle_poll_is_answered_from_ones_own_head(worlds: Twins) -> None:
    """Whatever lies behind the reader's cursor, in the same words to the database and nowhere near the rows."""
    worlds.push("nl-feed", [an_indicator("idle", GREEN)])
    last = worlds.ask(READER, "GET", f"/{HERE}/objects/").header("X-TAXII-Date-Added-Last")
    worlds.hidden_push("nl-feed", [an_indicator(f"idle, hidden {n}", AMBER_STRICT) for n in range(300)])
    target = f"/{HERE}/objects/?added_after={last}"
    assert worlds.ask(READER, "GET", target).json() == {}
    said: list[Sequence[str]] = []
    for world in worlds.both:
        with statements_in(world) as statements:
            assert world.direct.ask(READER, "GET", target).json() == {}
        said.append(statements)
    assert said[0] == said[1]
    assert not any("delivery" in each for each in said[1])


@contextmanager
def statements_in(world: World) -> Iterator[list[str]]:
    """Everything that is said to the world's database within the block."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    engine = world.running.exchange.database._engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.row("T-DEL-22")
def test_finding_10_an_id_that_was_hidden_and_withdrawn_is_new_to_who_posts_it(worlds: Twins) -> None:
    """There are no tombstones."""
    start = since(worlds)
    hidden = [an_indicator("gone", RED), an_address("198.51.100.10", RED)]
    worlds.hidden_push("water-feed", hidden)
    for each in hidden:
        worlds.withdraw("water-feed", each["id"], hidden=True)
    ask_everything(worlds, [each["id"] for each in hidden], after=start)
    post(worlds, an_indicator("gone", GREEN), an_address("198.51.100.10", GREEN))
    ask_everything(worlds, [stix_id("identity", "nobody")], after=start)
    for each in hidden:
        worlds.ask(READER, "GET", f"/{HERE}/objects/{each['id']}/versions/")
        worlds.ask(FEED, "DELETE", f"/{HERE}/objects/{each['id']}/")
        worlds.ask(FEED, "DELETE", f"/{HERE}/objects/{each['id']}/")


def test_finding_11_what_another_partnership_or_collection_holds_gives_no_object_its_version(worlds: Twins) -> None:
    """The version of an object without dates is its own submitter's in its own collection."""
    start = since(worlds)
    address = an_address("198.51.100.11", GREEN)
    worlds.hidden_push("outsider-feed", [address], to=EAST_INDICATORS)
    worlds.hidden_push("water-feed", [address], to=BACK_ROOM)
    worlds.hidden_push("water-feed", [{**address, "object_marking_refs": [RED]}])
    worlds.advance(5000)
    worlds.push("nl-feed", [an_address("198.51.100.11", CLEAR)])
    ask_everything(worlds, [address["id"]], after=start)
    post(worlds, address)
    worlds.ask(READER, "GET", f"/{HERE}/objects/{address['id']}/versions/")


def test_finding_12_nobody_elses_definition_resolves_or_contradicts_a_marking(worlds: Twins) -> None:
    start = since(worlds)
    ours, missing = a_statement("ours", CLEAR), a_statement("missing", CLEAR)
    altered = {**ours, "definition": {"statement": "altered"}, "object_marking_refs": [AMBER_STRICT]}
    worlds.hidden_push("water-feed", [altered, {**missing, "object_marking_refs": [AMBER_STRICT]}])
    marked = [an_indicator("marked", GREEN, ours["id"]), an_indicator("unresolved", GREEN, missing["id"])]
    worlds.push("nl-feed", [ours, *marked])
    worlds.hidden_push("water-feed", [{**altered, "definition": {"statement": "altered again"}}])
    worlds.withdraw("water-feed", missing["id"], hidden=True)
    ids = [each["id"] for each in (ours, missing, *marked)]
    ask_everything(worlds, ids, after=start)
    assert worlds.ask(READER, "GET", f"/{HERE}/objects/{ids[2]}/").json()["objects"] == [marked[0]]


def test_finding_16_a_walk_goes_on_alike_whatever_others_agree_on_meanwhile(worlds: Twins) -> None:
    """`next` is the same bytes, and is good, whatever other members and partnerships do."""
    start = since(worlds)
    worlds.push("nl-feed", [an_indicator(f"walk {n}", GREEN) for n in range(3)])
    target = f"/{HERE}/objects/?limit=1&added_after={start}"
    page = worlds.ask(READER, "GET", target).json()
    apply_for_others(worlds, "[clear, green, amber]")
    page = worlds.ask(READER, "GET", f"{target}&next={page['next']}").json()
    apply_for_others(worlds, "[clear, green]")
    worlds.hidden_push("nl-feed", [an_indicator("walk hidden", RED)])
    assert worlds.ask(READER, "GET", f"{target}&next={page['next']}").json()["objects"]


def test_finding_20a_media_types_come_from_the_files_and_from_nothing_stored(worlds: Twins) -> None:
    before = worlds.ask(READER, "GET", "/north-sea/collections/late/").json()["media_types"]
    old = an_indicator("old", AMBER_STRICT, spec_version=None, pattern_type=None, labels=["benign"])
    worlds.hidden_push("nl-feed", [old])
    worlds.hidden_push("water-feed", [old], to=BACK_ROOM)
    for reference in ("indicators", COLLECTION, "late"):
        worlds.ask(READER, "GET", f"/north-sea/collections/{reference}/")
    worlds.ask(READER, "GET", f"/{HERE}/objects/{old['id']}/?match[spec_version]=2.0")
    assert worlds.ask(READER, "GET", "/north-sea/collections/late/").json()["media_types"] == before


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_finding_20d_no_validator_follows_what_is_stored(worlds: Twins, method: str) -> None:
    """Neither ETag nor Last-Modified, and no answer to a condition that would tell one state from another."""
    worlds.hidden_push("nl-feed", [an_indicator("validator", RED)])
    for path in ("objects/", "manifest/", f"objects/{an_indicator('validator')['id']}/"):
        for condition in ({"if_none_match": "*"}, {"if_modified_since": "Mon, 01 Jun 2026 00:00:00 GMT"}):
            answer = worlds.ask(READER, method, f"/{HERE}/{path}", **condition)
            assert (answer.header("ETag"), answer.header("Last-Modified")) == (None, None)
            assert answer.status == worlds.ask(READER, method, f"/{HERE}/{path}").status


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "POST", "DELETE", "PATCH"])
def test_finding_20f_what_a_path_offers_is_told_only_of_what_one_may_know(worlds: Twins, method: str) -> None:
    """A hidden collection, partnership or object is answered as one that never existed, whatever the method."""
    worlds.hidden_push("nl-feed", [an_indicator("offered", RED)])
    hidden = ("north-sea/collections/back-room", f"north-sea/collections/{HIDDEN_COLLECTION}", EAST_INDICATORS)
    for rest in ("/", "/objects/", "/manifest/", f"/objects/{an_indicator('offered')['id']}/"):
        told = {
            without_ids(worlds.ask(FEED, method, f"/{each}{rest}").body)
            for each in (*hidden, f"north-sea/collections/{UNKNOWN}", "nowhere/collections/none")
        }
        assert len(told) == 1
    worlds.ask(FEED, method, f"/{HERE}/objects/{an_indicator('offered')['id']}/")


def test_finding_20c_room_for_pushes_is_ones_own(worlds: Twins) -> None:
    """However many pushes others have under way, this organisation's are taken in."""
    with ExitStack() as others:
        for _ in range(worlds.busy.running.exchange.settings.pushes_waiting_max):
            others.enter_context(worlds.busy.running.exchange.pushes.one("nl-cert"))
        worlds.ask(FEED, "POST", f"/{HERE}/objects/", an_envelope([an_indicator("own", GREEN)]), content_type=TAXII)


def test_finding_20g_ids_that_the_server_makes_count_nothing(worlds: Twins) -> None:
    """
    They are what the source of ids gives, and nothing of another id or of how many there were is in them.

    The worlds' source is seeded, and alike in both, so each world is looked at by itself; the real one is chance.
    """
    worlds.hidden_push("nl-feed", [an_indicator("counted", RED)])
    for world in worlds.both:
        made: list[UUID] = []
        for _ in range(3):
            made.append(UUID(world.direct.ask(READER, "GET", "/nowhere/").json()["error_id"]))
            made.append(UUID(world.direct.post(FEED, [an_indicator("own, counted", GREEN)]).json()["id"]))
        assert _count_nothing(made)
    assert _count_nothing([Identifiers().uuid() for _ in range(100)])


def _count_nothing(ids: Sequence[UUID]) -> bool:
    parts = [{each.bytes[:4] for each in ids}, {each.bytes[-4:] for each in ids}]
    return {each.version for each in ids} == {4} and [len(part) for part in parts] == [len(ids)] * 2


def test_finding_20g_anothers_status_is_as_unknown_as_none(worlds: Twins) -> None:
    """A status is for its submitter's organisation (design, decision 8)."""
    hidden = worlds.hidden_push("nl-feed", [an_indicator("status", RED)])
    worlds.push("nl-feed", [an_indicator("status", GREEN, version="2026-05-09T00:00:00Z", name=None)])
    for account in (READER, FEED):
        worlds.ask_each(account, "GET", (f"/north-sea/status/{UNKNOWN}/", f"/north-sea/status/{hidden['id']}/"))


def test_finding_20h_an_alias_is_compared_after_visibility(worlds: Twins) -> None:
    """The aliases and ids of what is hidden answer like aliases and ids of nothing."""
    for rest in ("/", "/objects/", "/manifest/", "/objects/?limit=0"):
        references = ("back-room", "Back-Room", HIDDEN_COLLECTION, HIDDEN_COLLECTION.upper(), ELSEWHERE)
        told = {
            without_ids(worlds.ask(READER, "GET", f"/north-sea/collections/{each}{rest}").body)
            for each in (*references, "no-such-alias", str(UNKNOWN))
        }
        assert len(told) == 1


def test_finding_23_intake_is_steered_by_no_hidden_version(worlds: Twins) -> None:
    """Created, revoked and content are compared with the organisation's own contributions alone."""
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
    ask_everything(worlds, [an_indicator("revoked")["id"]], after=start)


def test_finding_24_accounts_members_revisions_and_others_requests_leave_no_trace(worlds: Twins) -> None:
    """What is hidden is no object alone."""
    start = since(worlds)
    worlds.push("nl-feed", [an_indicator(f"traced {n}", GREEN) for n in range(3)])
    worlds.busy.running.add_account("one-more", "wind-isac", Role.READER)
    apply_for_others(worlds, "all", back_room=False)
    for account in ("port-soc", "ghost-soc", "one-more", "duty-officer"):
        for path in (HERE, LATE, "north-sea/collections/letter-box"):
            worlds.busy.direct.ask(account, "GET", f"/{path}/objects/?limit=1&match[version]=all")
    ask_everything(worlds, [an_indicator("traced 1")["id"]], after=start)
    apply_for_others(worlds, "[clear, green]")
    ask_everything(worlds, [], after=start)


def apply_for_others(worlds: Twins, port: str, *, back_room: bool = True) -> None:
    """In the busy world, another clearance for Port NL, or one collection less: not for the reader to know of."""
    terms = Terms(clearances={**CLEARANCES, "port-nl": port}, back_room=back_room)
    worlds.busy.running.apply(busy_files(terms), allow_removal=True)


def ask_everything(worlds: Twins, ids: Sequence[str] = (), after: str = "1970-01-01T00:00:00Z") -> None:
    """Every endpoint, and for each list every page, in the ways that readers ask."""
    for target in ("/taxii2/", "/north-sea/", "/north-sea/collections/", *COLLECTIONS, *NOT_FOR_THE_READER):
        worlds.ask(READER, "GET", target)
    for path in ("objects", "manifest"):
        for query in ("limit=1&match[version]=all", "limit=3", "match[spec_version]=2.0,2.1", "match[type]=indicator"):
            worlds.walk(READER, f"/{HERE}/{path}/?{query}&added_after={after}")
    for object_id in ids:
        worlds.ask(READER, "GET", f"/{HERE}/objects/{object_id}/?match[version]=all")
        worlds.ask(READER, "HEAD", f"/{HERE}/objects/{object_id}/")
        worlds.ask(READER, "GET", f"/{HERE}/objects/{object_id}/versions/?limit=1")
        worlds.ask(READER, "GET", f"/{HERE}/manifest/?match[id]={object_id}")
        worlds.ask(READER, "DELETE", f"/{HERE}/objects/{object_id}/")


def without_ids(body: bytes) -> bytes:
    return MASKED.sub(rb"", body)


COLLECTIONS = tuple(
    f"/north-sea/collections/{reference}/"
    for reference in ("indicators", COLLECTION, "letter-box", LETTER_BOX, HIDDEN_COLLECTION, "back-room", str(UNKNOWN))
)
NOT_FOR_THE_READER = (
    "/east/",
    "/aardvark/collections/",
    f"/{EAST_INDICATORS}/objects/",
    f"/north-sea/collections/{ELSEWHERE}/manifest/",
    "/north-sea/collections/letter-box/objects/",
)
