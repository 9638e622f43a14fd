"""Law 2: nothing leaks.

Two exchanges that differ only in what a reader may not see answer that reader with the same bytes: bodies, counts,
dates, `more`, `next`, headers, status codes, error texts, push results.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.policy.partnership import Role
from app.stix.timestamps import from_datetime
from tests.laws.twins import BUSY_FILES, FEED, HERE, READER, UNKNOWN, Twins, twins
from tests.support.agreements import HOST_IDENTITY, WIND_IDENTITY
from tests.support.cases import record_cases
from tests.support.databases import ENGINES
from tests.support.exchanges import TAXII
from tests.support.stix import (
    AMBER,
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
EXAMPLES = {"sqlite": 4, "postgresql": 2}
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
def test_what_is_hidden_moves_no_date(worlds: Twins, where: str) -> None:
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


Script = Sequence[tuple[Any, ...]]
VISIBLE = st.sampled_from([CLEAR, GREEN, AMBER])
HIDDEN = st.sampled_from([AMBER_STRICT, RED])
NAMES = st.sampled_from(["a", "b"])
VERSIONS = st.integers(1, 3)


def steps() -> st.SearchStrategy[tuple[Any, ...]]:
    """What may happen. Only what `hidden_` names is left out of the plain world."""
    return st.one_of(
        st.tuples(st.just("push"), NAMES, VERSIONS, VISIBLE, st.integers(0, 14)),
        st.tuples(st.just("own_push"), NAMES, VERSIONS, st.one_of(VISIBLE, HIDDEN)),
        st.tuples(st.just("withdraw"), NAMES),
        st.tuples(st.just("own_withdraw"), NAMES),
        st.tuples(st.just("hidden_push"), st.sampled_from(["water-feed", "nl-feed"]), NAMES, VERSIONS, HIDDEN),
        st.tuples(st.just("hidden_withdraw"), st.sampled_from(["water-feed", "nl-feed"]), NAMES),
        st.tuples(st.just("hidden_elsewhere"), NAMES, VERSIONS, VISIBLE),
        st.tuples(st.just("hidden_apply"), st.sampled_from(["[clear]", "[clear, green]", "all"])),
        st.tuples(st.just("hidden_requests")),
        st.tuples(st.just("advance"), st.sampled_from([0, 1, 300, 5000])),
    )


class Events:
    """Carries a script out on the two worlds."""

    def __init__(self, worlds: Twins) -> None:
        self._worlds = worlds
        self._accounts = 0

    def push(self, name: str, version: int, mark: str, hidden: int) -> None:
        beside = [an_indicator(f"beside {name} {n}", AMBER_STRICT) for n in range(hidden)]
        self._worlds.push("nl-feed", [a_version(name, version, mark)], (beside[::2], beside[1::2]))

    def own_push(self, name: str, version: int, mark: str) -> None:
        post(self._worlds, a_version(name, version, mark), an_address(f"198.51.100.{version}", mark))

    def withdraw(self, name: str) -> None:
        self._worlds.withdraw("nl-feed", a_version(name, 1, CLEAR)["id"])

    def own_withdraw(self, name: str) -> None:
        self._worlds.ask(FEED, "DELETE", f"/{HERE}/objects/{a_version(name, 1, CLEAR)['id']}/")

    def hidden_push(self, writer: str, name: str, version: int, mark: str) -> None:
        self._worlds.hidden_push(writer, [self._hidden(writer, name, version, mark)])

    def hidden_withdraw(self, writer: str, name: str) -> None:
        self._worlds.withdraw(writer, self._hidden(writer, name, 1, RED)["id"], hidden=True)

    def hidden_elsewhere(self, name: str, version: int, mark: str) -> None:
        """In another partnership the same ids; in this one others, since the host itself is held to what it gave."""
        self._worlds.hidden_push("nl-feed", [a_version(name, version, mark)], to=EAST)
        self._worlds.hidden_push("nl-feed", [a_version(f"back room's {name}", version, mark)], to=BACK_ROOM)

    def hidden_apply(self, port: str) -> None:
        apply_for_others(self._worlds, port)
        self._accounts += 1
        self._worlds.busy.running.add_account(f"wind-{self._accounts}", "wind-isac", Role.READER)

    def hidden_requests(self) -> None:
        for account in ("nl-soc", "ghost-soc", "outsider-feed", READER):
            self._worlds.busy.direct.ask(account, "GET", f"/{HERE}/objects/?limit=1")

    def advance(self, milliseconds: int) -> None:
        self._worlds.advance(milliseconds)

    def _hidden(self, writer: str, name: str, version: int, mark: str) -> STIX:
        """Of the ids that the reader knows, a hidden version comes from who gave it none: it is no line of its own."""
        return a_version(name if writer == "water-feed" else f"host's {name}", version, mark)


def a_version(name: str, version: int, mark: str) -> STIX:
    return an_indicator(name, mark, version=f"2026-05-0{version}T00:00:00.000Z")


def test_whatever_happens_out_of_sight_every_answer_is_the_same_bytes(engine: str, databases: Any) -> None:
    @settings(
        max_examples=EXAMPLES[engine], phases=[Phase.generate]
    )  # shrinking takes minutes, and the blob is printed
    @given(st.lists(steps(), min_size=6, max_size=14))
    def tried(script: Script) -> None:
        with twins(databases) as worlds:
            events = Events(worlds)
            for number, (verb, *arguments) in enumerate(script):
                event: Callable[..., None] = getattr(events, verb)
                event(*arguments)
                worlds.ask(READER, "GET", f"/{HERE}/{'manifest' if number % 2 else 'objects'}/?limit=2")
            worlds.ask_everything([a_version(name, 1, CLEAR)["id"] for name in ("a", "b", "host's a", "never")])
        record_cases(LAW, worlds.asked)

    tried()
