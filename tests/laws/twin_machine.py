"""Twin worlds as a state machine: any sequence of seen and unseen events, and after each of them questions.

What is seen happens in both worlds, what is unseen in the busy one alone. One of several readers asks from outside: in
every way that matters to what it is told, in ways that are drawn, and in walks that it keeps open while things happen.
"""

from contextlib import ExitStack
from dataclasses import replace
from random import Random
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from app.exchange import accounts
from app.policy.partnership import Role
from app.stix.timestamps import from_datetime
from tests.laws.twin_agreements import (
    BACK_ROOM,
    BRIEF,
    CLEARANCES,
    EAST_INDICATORS,
    HERE,
    HIDDEN_COLLECTION,
    IN_PART,
    LATE,
    NEVER,
    PARTS_GO,
    SHADES,
    SHUT,
    Terms,
    busy_files,
    plain_files,
    unseen_sides,
)
from tests.laws.twin_derivatives import REMEDIES, DerivativeRules, not_to_be_named, share_a_secret
from tests.laws.twin_officers import OfficerRules
from tests.laws.twin_requests import Asker
from tests.laws.twins import VIEWS, Twins, View, twins
from tests.support.agreements import HOST_IDENTITY, WIND_IDENTITY
from tests.support.exchanges import TAXII
from tests.support.stix import (
    AMBER,
    CLEAR,
    GREEN,
    STIX,
    a_grouping,
    a_statement,
    an_address,
    an_envelope,
    an_indicator,
    stix_id,
)

NAMES = st.sampled_from(["a", "b"])
VERSIONS = st.integers(1, 3)
EITHER = st.integers(0, 1)
WALKS_MAX = 3
MANY = 60
"""Rows that come at once: several batches, and more than a date may be said to depend on."""
WAYS_TO_COME_LATE = ("a revision", "a definition", "an embargo", "its end", "what it refers to")

ASKED_AT_EACH_LOOK = 18
YEAR_END = "2027-06-01T00:00:00.000Z"


def a_version(name: str, version: int, *marks: str, **more: Any) -> STIX:
    """One of three versions of an indicator."""
    return an_indicator(name, *marks, version=f"2026-05-0{version}T00:00:00.000Z", **more)


def around(name: str, version: int = 1) -> STIX:
    """One of three versions of a grouping, with two ends: one that the reader may be shown, and one that it may not."""
    refs = [a_version(f"{which} {name}", 1)["id"] for which in (SEEN_END, UNSEEN_END)]
    return a_grouping(name, *refs[:version], modified=f"2026-05-0{version}T00:00:00.000Z")


SEEN_END, UNSEEN_END = "end", "unseen end"
THE_DEFINITION = a_statement("comes late", CLEAR)
IDS = [
    a_version(name, 1)["id"]
    for name in ("a", "b", "part a", "c", "own a", "relayed a", "late a", "unseen a", "never a", "many 0 7", "nobody's")
] + [
    *(stix_id("malware", each) for each in ("a", "held a", "unseen a")),
    around("a")["id"],
    a_version("end a", 1)["id"],
    THE_DEFINITION["id"],
    an_address("198.51.100.1")["id"],
    an_address("203.0.113.9")["id"],
]


class TwinMachine(DerivativeRules, OfficerRules):
    """`databases` makes the databases of both worlds. `asked` counts the pairs of requests over all runs."""

    databases: ClassVar[Any]
    asked: ClassVar[int] = 0

    worlds: Twins
    view: View
    asker: Asker

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.walks: list[tuple[str, str]] = []
        self.terms = Terms()
        self.accounts, self.pushes_of_many, self.waits = 0, 0, False

    def teardown(self) -> None:
        """Every list from its beginning, and the worlds are gone."""
        try:
            for collection in (HERE, LATE, BRIEF, SHUT, IN_PART):
                for query in ("objects/?limit=7&match[version]=all", "objects/", "manifest/?limit=20"):
                    self.worlds.walk(self.view.reader, f"/{collection}/{query}")
        finally:
            TwinMachine.asked += self.worlds.asked
            self._stack.close()

    @initialize(
        reader=st.sampled_from(list(VIEWS)), seed=st.integers(0, 2**32), remedy=REMEDIES, by_policy=st.booleans()
    )
    def begin(self, reader: str, seed: int, remedy: str, by_policy: bool) -> None:
        """Where the giver is not to be named, its own terms say so, or a policy on what it gives."""
        self.view = VIEWS[reader]
        anonymous = self.view.giver_member if remedy != PARTS_GO and not by_policy else ""
        self.terms = replace(self.terms, remedy=remedy, anonymous=anonymous)
        self.worlds = self._stack.enter_context(twins(self.databases, self.view, self.terms))
        share_a_secret(self.worlds)
        if remedy != PARTS_GO:
            self.worlds.push(self.view.giver, [not_to_be_named()], to=IN_PART)
        self.asker = Asker(self.worlds, self.view, Random(seed), IDS)

    # What is seen

    @rule(name=NAMES, version=VERSIONS, which=EITHER, beside=st.integers(0, 14))
    def push(self, name: str, version: int, which: int, beside: int) -> None:
        hidden = [self._unseen(f"beside {name} {n}", n) for n in range(beside)]
        objects = [a_version(name, version, self.view.seen[which])]
        self.worlds.push(self.view.giver, objects, (hidden[::2], hidden[1::2]))
        self.look()

    @rule(version=VERSIONS, which=EITHER)
    def push_of_what_another_gives_too(self, version: int, which: int) -> None:
        for by in [self.view.giver, "water-feed"][:: 1 if which else -1]:
            self.worlds.push(by, [a_version("c", version, self.view.seen[which], description=by)])
        self.look()

    @rule(name=NAMES, version=VERSIONS, which=EITHER)
    def push_of_ones_own(self, name: str, version: int, which: int) -> None:
        marks = [self.view.seen[0]] if which else self.view.unseen[0]
        self.post_here(a_version(f"own {name}", version, *marks), an_address(f"198.51.100.{version}", *marks))
        self.look()

    @rule(name=NAMES, version=VERSIONS, which=EITHER)
    def push_for_another_and_by_itself(self, name: str, version: int, which: int) -> None:
        """The host relays what Wind ISAC has signed."""
        signed = a_version(f"relayed {name}", version, self.view.seen[which], created_by_ref=WIND_IDENTITY)
        self.worlds.push("nl-feed" if which else "wind-feed", [signed])
        self.look()

    @rule(name=NAMES)
    def withdraw(self, name: str) -> None:
        for by, what in ((self.view.giver, name), ("water-feed", "c"), ("nl-feed", f"relayed {name}")):
            self.worlds.withdraw(by, a_version(what, 1)["id"])
        for own in (a_version(f"own {name}", 1)["id"], stix_id("malware", name)):
            self.worlds.ask(self.view.feed, "DELETE", f"/{HERE}/objects/{own}/")
        self.look()

    @rule(to=st.sampled_from([LATE, BRIEF]), version=VERSIONS, beside=st.integers(0, 5), by=EITHER)
    def push_what_is_released_later(self, to: str, version: int, beside: int, by: int) -> None:
        hidden = [self._unseen(f"late, hidden {n}", n) for n in range(beside)]
        by_whom = (self.view.giver, "water-feed")[by]
        self.worlds.push(by_whom, [a_version("late a", version, GREEN, description=by_whom)], (hidden, ()), to)
        self.look()

    @rule(name=NAMES, version=st.integers(1, 2), parts=st.integers(1, 7), which=EITHER)
    def push_what_refers_to_something(self, name: str, version: int, parts: int, which: int) -> None:
        """One of its ends the reader may not see. They come with it, before it or after it, all by its submitter."""
        ends = [
            a_version(f"{SEEN_END} {name}", 1, self.view.seen[which]),
            a_version(f"{UNSEEN_END} {name}", 1, *self.view.unseen[which]),
        ]
        objects = [each for n, each in enumerate([*ends, around(name, version)]) if parts & 1 << n]
        self.worlds.push(self.view.giver, objects, to=SHUT)
        self.look()

    @rule(name=NAMES, what=st.integers(0, 2))
    def withdraw_what_refers_or_is_referred_to(self, name: str, what: int) -> None:
        ids = [around(name)["id"], *(a_version(f"{end} {name}", 1)["id"] for end in (SEEN_END, UNSEEN_END))]
        self.worlds.withdraw(self.view.giver, ids[what], of=SHUT)
        self.look()

    @rule(how=st.sampled_from(WAYS_TO_COME_LATE), seed=st.integers(0, 2**32), waits=st.booleans())
    @precondition(lambda self: self.pushes_of_many < 2)
    def many_come_late(self, how: str, seed: int, waits: bool) -> None:
        """With others between, more in some places than in others. What a revision grants may wait to be swept."""
        by_time = {"an embargo": (LATE, [GREEN]), "its end": (BRIEF, [GREEN]), "what it refers to": (SHUT, [GREEN])}
        to, marks = by_time.get(how, (HERE, [self.view.seen[0]]))
        if how == "what it refers to":
            ends = [a_version(f"many {self.pushes_of_many} {n}", 1)["id"] for n in range(MANY)]
            self.worlds.push(self.view.giver, [a_grouping(f"around {each}", each) for each in ends[::-1]], to=SHUT)
            self._time_passes(3_600_000)
        if how == "a revision":
            marks = [AMBER]
            self._clear(self.view.member, "[clear, green, red]")
            self._apply(both=True)
        if how == "a definition":
            marks = [*marks, THE_DEFINITION["id"]]
            self.worlds.withdraw(self.view.giver, THE_DEFINITION["id"])
        self._push_many(seed, marks, to)
        self.look()
        if how == "a revision":
            self._clear(self.view.member, "[clear, green, amber, red]")
            self._apply(both=True, waits=waits)
        elif how == "a definition":
            self.worlds.push(self.view.giver, [THE_DEFINITION])
        else:
            self._time_passes(3_600_000)
        self.look()

    def _push_many(self, seed: int, marks: list[str], to: str) -> None:
        random, number = Random(seed), self.pushes_of_many
        self.pushes_of_many += 1
        seen = [an_indicator(f"many {number} {n}", *marks) for n in range(MANY)]
        mixed: list[STIX] = []
        for n, each in enumerate(seen):
            between = random.choice([0, 0, 0, 1, 4])
            mixed += [self._unseen(f"between {number} {n} {m}", m) for m in range(between)]
            mixed.append(each)
        self.worlds.push_each(self.view.giver, seen, mixed, to)

    @rule(withdraws=st.booleans())
    def define(self, withdraws: bool) -> None:
        """A definition comes after what it marks, or goes."""
        if withdraws:
            self.worlds.withdraw(self.view.giver, THE_DEFINITION["id"])
        else:
            self.worlds.push(self.view.giver, [THE_DEFINITION])
        self.look()

    @rule(
        milliseconds=st.sampled_from([0, 1, 300, 5000, 1_800_000, 3_600_000, 3_600_000, 7_200_000]),
        sweeps=st.sampled_from([True, True, False]),
    )
    def time_passes(self, milliseconds: int, sweeps: bool) -> None:
        """The sweeper may come later: what happens in between, unseen, may not do its work."""
        if sweeps:
            self._time_passes(milliseconds)
        else:
            self.worlds.advance(milliseconds)
            self.waits = True
        self.look()

    @rule(which=st.integers(0, 2), waits=st.booleans())
    def agree(self, which: int, waits: bool) -> None:
        self._clear(self.view.member, self.view.clearances[which])
        self._apply(both=True, waits=waits)
        self.look()

    @rule(
        where=st.sampled_from([HERE, HERE, LATE, BRIEF, SHUT, IN_PART]),
        path=st.sampled_from(["objects", "manifest"]),
        query=st.sampled_from(["", "&match[version]=all"]),
    )
    @precondition(lambda self: len(self.walks) < WALKS_MAX)
    def begin_to_walk(self, where: str, path: str, query: str) -> None:
        target = f"/{where}/{path}/?limit=1{query}"
        page = self.worlds.ask(self.view.reader, "GET", target).json()
        if page.get("more"):
            self.walks.append((target, page["next"]))

    # What is not

    @rule(name=NAMES, version=VERSIONS, which=EITHER, by=EITHER)
    def unseen_push(self, name: str, version: int, which: int, by: int) -> None:
        by_whom, marks = (self.view.giver, "water-feed")[by], self.view.unseen[which]
        statement = a_statement(f"{by_whom}'s", *marks)
        marked = a_version(f"unseen {name}", version, *marks, statement["id"])
        older = an_indicator("unseen old", *marks, spec_version=None, pattern_type=None, labels=["benign"])
        self.worlds.hidden_push(by_whom, [statement, marked, older, an_address("203.0.113.9", *marks, x_by=by_whom)])
        self.look()

    @rule(name=NAMES, version=VERSIONS, which=EITHER, to=st.sampled_from([HERE, LATE, BRIEF, SHUT]))
    def unseen_line(self, name: str, version: int, which: int, to: str) -> None:
        """Under ids that the reader knows, by who gave it none of them that it may see."""
        marks = self.view.unseen[which]
        objects = [a_version(each, version, *marks) for each in (name, f"own {name}", f"relayed {name}", "many 0 7")]
        altered = {**THE_DEFINITION, "definition": {"statement": "altered"}, "object_marking_refs": list(marks)}
        self.worlds.hidden_push("water-feed", [*objects, an_address(f"198.51.100.{version}", *marks), altered], to)
        self.look()

    @rule(name=NAMES, version=st.integers(1, 2), which=EITHER)
    def unseen_references(self, name: str, version: int, which: int) -> None:
        """To what the reader may see, by who gave it; and by another, under all ids that play a part there."""
        marks = list(self.view.unseen[which])
        refers = {**around(name, version), "id": stix_id("grouping", f"unseen {name}"), "object_marking_refs": marks}
        self.worlds.hidden_push(self.view.giver, [refers], to=SHUT)
        ends = [a_version(f"{end} {name}", version, *marks) for end in (SEEN_END, UNSEEN_END)]
        many = [a_version(f"many {n} 7", version, *marks) for n in range(2)]
        others = {**around(name, version), "object_marking_refs": marks}
        self.worlds.hidden_push("water-feed", [others, *ends, *many], to=SHUT)
        self.look()

    @rule(name=NAMES, version=VERSIONS, which=EITHER, by=EITHER)
    def unseen_relay(self, name: str, version: int, which: int, by: int) -> None:
        """Signed by one and pushed by another, which is refused where that is not agreed."""
        signer, by_whom = ((WIND_IDENTITY, "nl-feed"), (HOST_IDENTITY, "water-feed"))[by]
        if by_whom != self.view.feed:
            marks = self.view.unseen[which]
            signed = a_version(f"unseen, signed {name}", version, *marks, created_by_ref=signer)
            self.worlds.hidden_push(by_whom, [signed])
        self.look()

    @rule(name=NAMES)
    def unseen_withdrawal(self, name: str) -> None:
        for by in (self.view.giver, "water-feed"):
            self.worlds.withdraw(by, a_version(f"unseen {name}", 1)["id"], hidden=True)
        for what in (name, f"own {name}", f"relayed {name}"):
            self.worlds.withdraw("water-feed", a_version(what, 1)["id"], hidden=True)
        self.worlds.withdraw("water-feed", THE_DEFINITION["id"], hidden=True)
        self.look()

    @rule(name=NAMES, version=VERSIONS)
    def unseen_push_elsewhere(self, name: str, version: int) -> None:
        self.worlds.hidden_push("outsider-feed", [a_version(name, version, GREEN)], to=EAST_INDICATORS)
        self.worlds.hidden_push(self.view.giver, [a_version(f"never {name}", version, GREEN)], to=NEVER)
        if self.terms.back_room:
            self.worlds.hidden_push("water-feed", [a_version(name, version, GREEN), THE_DEFINITION], to=BACK_ROOM)
        self.look()

    @rule(port=st.sampled_from(["[clear]", "[clear, green]", "all"]), other=EITHER, named=st.booleans())
    def unseen_revision(self, port: str, other: int, named: bool) -> None:
        """What others are cleared for, who else is named for RED, and who may push what the host has signed."""
        self._clear("port-nl", port)
        self._clear(self.view.giver_member, ("[clear, green]", "all")[other])
        more = ", nl-cert/night-shift" if named and self.terms.clearances["nl-cert"] == "all" else ""
        self.terms = replace(self.terms, named=more, water_relays=bool(other))
        self._apply(both=False)
        self.look()

    @rule(ghost=st.sampled_from(SHADES[1:]), shade=st.sampled_from(SHADES))
    def unseen_members(self, ghost: str, shade: str | None) -> None:
        """What the members are cleared for of whom the reader does not know, and whether there is a second one."""
        self.terms = replace(self.terms, hidden={"ghost": ghost, **({"shade": shade} if shade is not None else {})})
        self._apply(both=False)
        self.look()

    @rule(side=st.integers(0, 4), port=st.sampled_from(["[clear]", "all, takes: []"]))
    def unseen_terms_of_two_sides(self, side: int, port: str) -> None:
        """What the giver's organisation states to others than the reader's, and what another takes."""
        self._clear(self.view.giver_member, unseen_sides(self.view.member)[side])
        self._clear("port-nl", port)
        self._apply(both=False)
        self.look()

    @rule(back_room=st.booleans(), aardvark=st.booleans())
    def unseen_removal_or_return(self, back_room: bool, aardvark: bool) -> None:
        self.terms = replace(self.terms, back_room=back_room, aardvark=aardvark)
        self._apply(both=False)
        self.look()

    @rule()
    @precondition(lambda self: self.accounts < 2)
    def unseen_accounts(self) -> None:
        busy, name = self.worlds.busy.running, f"one-more-{self.accounts}"
        self.accounts += 1
        busy.add_account(name, self.view.member, Role.READER)
        busy.secrets[name] = accounts.rotate(busy.exchange, name, None) or ""
        accounts.disable(busy.exchange, name)
        self.look()

    @rule()
    def unseen_requests(self) -> None:
        for account in ("nl-soc", "ghost-soc", "shade-soc", "outsider-feed", "wind-soc", "duty-officer", "night-shift"):
            for path in (HERE, LATE, IN_PART, EAST_INDICATORS, BACK_ROOM):
                self.worlds.busy.direct.ask(account, "GET", f"/{path}/objects/?limit=1")
        self.look()

    # What is compared

    def look(self) -> None:
        """The walks go on by a page, what always has to be asked is asked, and more that is drawn."""
        going_on = []
        for target, token in self.walks:
            page = self.worlds.ask(self.view.reader, "GET", f"{target}&next={token}").json()
            going_on += [(target, page["next"])] if page.get("more") else []
        self.walks = going_on
        now = from_datetime(self.worlds.plain.clock.now())
        whole = f"/{self.asker.random.choice([HERE, HERE, LATE, BRIEF, SHUT, IN_PART])}/manifest/?match[version]=all"
        for target in (*ALWAYS, whole, f"/{HERE}/objects/?added_after={now}"):
            self.worlds.ask(self.view.reader, "GET", target)
        # To work out the terms takes as long as a dozen other answers.
        account = self.asker.random.choice([self.view.reader, self.view.feed])
        self.worlds.ask(account, "GET", "/north-sea/terms/", accept="application/json")
        self.worlds.ask(self.view.feed, "DELETE", f"/{HERE}/objects/{IDS[6]}/")
        for _ in range(ASKED_AT_EACH_LOOK):
            self.asker.ask()
        self.post_here(
            a_version("no line", 1, GREEN, created="2026-04-01"), a_version("too new", 1, GREEN, modified=YEAR_END)
        )

    def _time_passes(self, milliseconds: int) -> None:
        self.worlds.advance(milliseconds)
        self.worlds.sweep()
        self.waits = False

    def _unseen(self, name: str, which: int) -> STIX:
        return an_indicator(name, *self.view.unseen[which % len(self.view.unseen)])

    def post_here(self, *objects: STIX) -> None:
        self.worlds.ask(self.view.feed, "POST", f"/{HERE}/objects/", an_envelope(objects), content_type=TAXII)

    def _clear(self, member: str, levels: str) -> None:
        self.terms = replace(self.terms, clearances={**self.terms.clearances, member: levels})

    def _apply(self, *, both: bool, waits: bool = False) -> None:
        """The agreement as it is now; what others have agreed on differs in the busy world alone.

        What waits to be swept is swept in both worlds at one instant.
        """
        self.waits = waits or (self.waits and not both)
        self.worlds.busy.begin_to_apply(busy_files(self.terms))
        if both:
            own = {self.view.member: self.terms.clearances[self.view.member]}
            seen = Terms({**CLEARANCES, **own}, remedy=self.terms.remedy, anonymous=self.terms.anonymous)
            self.worlds.plain.begin_to_apply(plain_files(seen))
        if not self.waits:
            self.worlds.sweep()


ALWAYS = (
    "/taxii2/",
    "/north-sea/collections/",
    f"/north-sea/collections/{HIDDEN_COLLECTION}/",
    f"/{HERE}/objects/?limit=2",
    f"/{BACK_ROOM}/objects/",
    *(f"/{HERE}/objects/{each}/?match[version]=all" for each in (IDS[0], IDS[6])),
)
