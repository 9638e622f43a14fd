"""Twin worlds as a state machine: any sequence of seen and unseen events, and after each of them the same questions.

What is seen happens in both worlds, what is unseen in the busy one alone. The reader's organisation asks from outside:
every endpoint, in every way that matters to what it is told, and walks that it keeps open while things happen.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from app.exchange import accounts
from app.policy.partnership import Role
from app.stix.timestamps import from_datetime
from tests.laws.twins import BUSY_FILES, FEED, HERE, HIDDEN_COLLECTION, PLAIN_FILES, READER, UNKNOWN, Twins, twins
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
)

LATE = "north-sea/collections/late"
NEVER = "north-sea/collections/never"
EAST = "east/collections/indicators"
BACK_ROOM = "north-sea/collections/back-room"

EMBARGOED = """
  late:
    id: 6a1c9d5e-7b3f-4e28-9c40-1d2e3f4a5b6c
    title: An hour later
    read: all
    write: [nl-cert]
    release: {tlp: [clear, green, amber, amber+strict], unmarked: amber, granular: withhold, embargo: PT1H}
    intake: {types: all, tlp: all, unmarked: amber, ownership: creator}
  never:
    id: 7b2dae6f-8c40-4f39-8d51-2e3f4a5b6c7d
    title: Ten years later
    read: all
    write: [nl-cert]
    release: {tlp: [clear, green, amber], unmarked: amber, granular: withhold, embargo: P3650D}
    intake: {types: all, tlp: all, unmarked: amber, ownership: creator}
"""

IN_FULL = "collections: all, types: all, tlp: all"
OTHERS = "ghost, water-nl, port-nl"
UNSEEN_SIDES = (
    "tlp: all",
    f"tlp: all, releases: [{{to: [wind-isac], {IN_FULL}}}]",
    f"tlp: all, releases: [{{to: [wind-isac], {IN_FULL}}}, {{to: [{OTHERS}], {IN_FULL}, age: {{at_most: PT1H}}}}]",
    f"tlp: all, releases: [{{to: [wind-isac], {IN_FULL}}}, {{to: [{OTHERS}], {IN_FULL}, age: {{at_least: P31D}}}}]",
    f"tlp: all, takes: [{{from: [{OTHERS}], {IN_FULL}, confidence: {{at_least: 50}}}}]",
)
"""What the host states, and the reader is not concerned by: it goes on releasing everything to the reader."""

SEEN = st.sampled_from([CLEAR, GREEN])
UNSEEN = st.sampled_from([AMBER_STRICT, RED])
NAMES = st.sampled_from(["a", "b"])
VERSIONS = st.integers(1, 3)
WALKS_MAX = 3


def a_version(name: str, version: int, mark: str, **more: Any) -> STIX:
    """One of three versions of an indicator."""
    return an_indicator(name, mark, version=f"2026-05-0{version}T00:00:00.000Z", **more)


class TwinMachine(RuleBasedStateMachine):
    """`databases` makes the databases of both worlds. `asked` counts the pairs of requests over all runs."""

    databases: ClassVar[Any]
    asked: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.worlds: Twins = self._stack.enter_context(twins(self.databases))
        self.began = from_datetime(self.worlds.plain.clock.now())
        self.walks: list[tuple[str, str]] = []
        self.wind, self.port, self.host = "[clear, green, amber]", "[clear, green]", UNSEEN_SIDES[0]
        self.accounts, self.steps = 0, 0

    def teardown(self) -> None:
        """Every list from its beginning, and the worlds are gone."""
        try:
            self.worlds.ask_everything([a_version(name, 1, CLEAR)["id"] for name in ("a", "unseen a")])
        finally:
            TwinMachine.asked += self.worlds.asked
            self._stack.close()

    @initialize()
    def agree_on_what_comes_later(self) -> None:
        self._apply(both=True)

    # What is seen

    @rule(name=NAMES, version=VERSIONS, mark=SEEN, beside=st.integers(0, 14))
    def push(self, name: str, version: int, mark: str, beside: int) -> None:
        hidden = [an_indicator(f"beside {name} {n}", AMBER_STRICT) for n in range(beside)]
        self.worlds.push("nl-feed", [a_version(name, version, mark)], (hidden[::2], hidden[1::2]))
        self.look()

    @rule(name=NAMES, version=VERSIONS, mark=st.one_of(SEEN, UNSEEN))
    def push_of_ones_own(self, name: str, version: int, mark: str) -> None:
        self._post(a_version(f"own {name}", version, mark), an_address(f"198.51.100.{version}", mark))
        self.look()

    @rule(name=NAMES)
    def withdraw(self, name: str) -> None:
        self.worlds.withdraw("nl-feed", a_version(name, 1, CLEAR)["id"])
        self.worlds.ask(FEED, "DELETE", f"/{HERE}/objects/{a_version(f'own {name}', 1, CLEAR)['id']}/")
        self.look()

    @rule(version=VERSIONS, beside=st.integers(0, 5))
    def push_what_is_released_later(self, version: int, beside: int) -> None:
        hidden = [an_indicator(f"late, hidden {n}", AMBER_STRICT) for n in range(beside)]
        self.worlds.plain.direct.post("nl-feed", [a_version("late", version, GREEN)], to=LATE)
        self.worlds.busy.direct.post("nl-feed", [*hidden, a_version("late", version, GREEN)], to=LATE)
        self.look()

    @rule(milliseconds=st.sampled_from([0, 1, 300, 5000, 1_800_000, 3_600_000]))
    def time_passes(self, milliseconds: int) -> None:
        self.worlds.advance(milliseconds)
        for world in (self.worlds.plain, self.worlds.busy):
            world.running.sweep()
        self.look()

    @rule(wind=st.sampled_from(["[clear, green]", "[clear, green, amber]", "[clear, amber]"]))
    def agree(self, wind: str) -> None:
        self.wind = wind
        self._apply(both=True)
        self.look()

    @rule(path=st.sampled_from(["objects", "manifest"]), query=st.sampled_from(["", "&match[version]=all"]))
    @precondition(lambda self: len(self.walks) < WALKS_MAX)
    def begin_to_walk(self, path: str, query: str) -> None:
        target = f"/{HERE}/{path}/?limit=1{query}"
        page = self.worlds.ask(READER, "GET", target).json()
        if page.get("more"):
            self.walks.append((target, page["next"]))

    # What is not

    @rule(name=NAMES, version=VERSIONS, mark=UNSEEN, by=st.sampled_from(["nl-feed", "water-feed"]))
    def unseen_push(self, name: str, version: int, mark: str, by: str) -> None:
        statement = a_statement(f"{by}'s", mark)
        marked = a_version(f"unseen {name}", version, mark, object_marking_refs=[mark, statement["id"]])
        older = an_indicator("unseen old", mark, spec_version=None, pattern_type=None, labels=["benign"])
        self.worlds.hidden_push(by, [statement, marked, older, an_address("203.0.113.9", mark, x_by=by)])
        self.look()

    @rule(name=NAMES, version=VERSIONS, mark=UNSEEN)
    def unseen_push_of_an_id_that_the_reader_knows(self, name: str, version: int, mark: str) -> None:
        """By who gave it none that it may see: a line of its own."""
        self.worlds.hidden_push("water-feed", [a_version(name, version, mark)])
        self.look()

    @rule(name=NAMES)
    def unseen_withdrawal(self, name: str) -> None:
        for by in ("nl-feed", "water-feed"):
            self.worlds.withdraw(by, a_version(f"unseen {name}", 1, RED)["id"], hidden=True)
        self.worlds.withdraw("water-feed", a_version(name, 1, RED)["id"], hidden=True)
        self.look()

    @rule(name=NAMES, version=VERSIONS, mark=SEEN)
    def unseen_push_elsewhere(self, name: str, version: int, mark: str) -> None:
        self.worlds.hidden_push("nl-feed", [a_version(name, version, mark)], to=EAST)
        self.worlds.hidden_push("nl-feed", [a_version(f"back room's {name}", version, mark)], to=BACK_ROOM)
        self.worlds.hidden_push("nl-feed", [a_version(f"never {name}", version, mark)], to=NEVER)
        self.look()

    @rule(port=st.sampled_from(["[clear]", "[clear, green]", "all"]))
    def unseen_revision(self, port: str) -> None:
        self.port = port
        self._apply(both=False)
        self.look()

    @rule(host=st.sampled_from(UNSEEN_SIDES), port=st.sampled_from(["[clear]", "all, takes: []"]))
    def unseen_terms_of_two_sides(self, host: str, port: str) -> None:
        self.host, self.port = host, port
        self._apply(both=False)
        self.look()

    @rule()
    @precondition(lambda self: self.steps == 0)
    def unseen_thousand(self) -> None:
        """More than a batch of what a revision grants to others."""
        self.worlds.hidden_push("nl-feed", [an_indicator(f"one of many {n}", AMBER_STRICT) for n in range(1001)])

    @rule()
    def unseen_accounts(self) -> None:
        busy = self.worlds.busy.running
        self.accounts += 1
        busy.add_account(f"wind-{self.accounts}", "wind-isac", Role.READER)
        busy.secrets[f"wind-{self.accounts}"] = accounts.rotate(busy.exchange, f"wind-{self.accounts}", None) or ""
        accounts.disable(busy.exchange, f"wind-{self.accounts}")
        self.look()

    @rule()
    def unseen_requests(self) -> None:
        for account in ("nl-soc", "ghost-soc", "outsider-feed", READER, "duty-officer"):
            for path in (HERE, EAST, BACK_ROOM):
                self.worlds.busy.direct.ask(account, "GET", f"/{path}/objects/?limit=1")
        self.look()

    # What is compared

    def look(self) -> None:
        """The walks go on by a page, and the same is asked as always."""
        self.steps += 1
        going_on = []
        for target, token in self.walks:
            page = self.worlds.ask(READER, "GET", f"{target}&next={token}").json()
            going_on += [(target, page["next"])] if page.get("more") else []
        self.walks = going_on
        now = from_datetime(self.worlds.plain.clock.now())
        for target in (*ALWAYS, f"/{HERE}/objects/?added_after={now}", f"/{HERE}/manifest/?added_after={self.began}"):
            self.worlds.ask(READER, "GET", target)
        for method, target, headers in OTHERWISE:
            self.worlds.ask(FEED, method, target, **headers)
        self._post(
            a_version("no line", 1, GREEN, created="2026-04-01"), a_version("too new", 1, GREEN, modified=NEXT_YEAR)
        )

    def _post(self, *objects: STIX) -> None:
        self.worlds.ask(FEED, "POST", f"/{HERE}/objects/", an_envelope(objects), content_type=TAXII)

    def _apply(self, *, both: bool) -> None:
        """The agreement as it is now; the other members' part differs in the busy world alone."""
        wind = ("wind-isac: {tlp: [clear, green, amber]}", f"wind-isac: {{tlp: {self.wind}}}")
        port = ("port-nl: {tlp: [clear, green]}", f"port-nl: {{tlp: {self.port}}}")
        host = ("nl-cert: {tlp: all}", f"nl-cert: {{{self.host}}}")
        busy = BUSY_FILES["north-sea.yaml"].replace(*wind).replace(*port).replace(*host) + EMBARGOED
        self.worlds.busy.running.apply({**BUSY_FILES, "north-sea.yaml": busy})
        if both:
            plain = PLAIN_FILES["north-sea.yaml"].replace(*wind) + EMBARGOED
            self.worlds.plain.running.apply({**PLAIN_FILES, "north-sea.yaml": plain})


NEXT_YEAR = "2027-06-01T00:00:00.000Z"

_IDS = [a_version(name, 1, CLEAR)["id"] for name in ("a", "own a", "unseen a", "never a", "nobody's")]

ALWAYS: Sequence[str] = (
    "/taxii2/",
    "/north-sea/",
    "/north-sea/collections/",
    "/north-sea/collections/late/",
    f"/north-sea/collections/{HIDDEN_COLLECTION}/",
    "/east/",
    f"/{HERE}/objects/?limit=2",
    f"/{HERE}/objects/?limit=3&match[version]=all",
    f"/{HERE}/objects/?match[spec_version]=2.0,2.1&match[version]=first",
    f"/{HERE}/manifest/?match[type]=ipv4-addr,marking-definition&match[version]=all",
    f"/{LATE}/objects/?match[version]=all",
    f"/{NEVER}/manifest/",
    f"/{BACK_ROOM}/objects/",
    *(f"/{HERE}/objects/{each}/?match[version]=all" for each in _IDS),
    f"/{HERE}/objects/{_IDS[0]}/versions/",
    f"/{HERE}/objects/{_IDS[2]}/versions/",
    f"/{HERE}/manifest/?match[id]={','.join(_IDS)}",
    f"/north-sea/status/{UNKNOWN}/",
)
OTHERWISE: Sequence[tuple[str, str, dict[str, str]]] = (
    ("DELETE", f"/{HERE}/objects/{_IDS[0]}/", {}),
    ("DELETE", f"/{HERE}/objects/{_IDS[2]}/", {}),
    ("HEAD", f"/{HERE}/objects/{_IDS[2]}/", {}),
    ("HEAD", f"/{HERE}/objects/", {"if_none_match": '"x"'}),
    ("OPTIONS", f"/{BACK_ROOM}/objects/", {}),
    ("PUT", f"/{HERE}/objects/", {}),
    ("POST", f"/{BACK_ROOM}/objects/", {"content_type": TAXII}),
    ("POST", f"/{HERE}/objects/", {"content_type": "text/plain"}),
    ("GET", f"/{HERE}/objects/", {"accept": "text/html"}),
    ("GET", f"/{HERE}/objects/?limit=0", {}),
    ("GET", f"/{HERE}/objects/?next=x", {}),
)
