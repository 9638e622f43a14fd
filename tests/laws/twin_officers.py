"""What officers of the host do in twin worlds: they look at what is held, block ids, and break the glass."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from app.exchange import blocks, break_glass, quarantine
from app.exchange.break_glass import Wish
from app.exchange.officers import Mandate, mandate, mandate_of_two
from app.exchange.quarantine import Which
from app.policy.partnership import ALL, Terms, TlpLevel
from tests.laws.twin_agreements import HERE, IN_PART
from tests.laws.twins import Twins, View, World
from tests.support.stix import STIX, an_indicator, stix_id

NAMES = st.sampled_from(["a", "b"])
VERSIONS = st.integers(1, 3)
EITHER = st.integers(0, 1)
REVIEWED = st.sampled_from([HERE, HERE, IN_PART])
_PLACES = ["indicators", "in-part"] * 3 + ["late", "brief", "shut", "letter-box", "back-room"]
WHERE = st.sampled_from([*_PLACES, "never"])
WHERE_FOR_THE_READER = st.sampled_from(_PLACES)
"""What others push to `never` is unseen, which it would not be under a clause for the reader."""
HOURS = st.integers(1, 4)
UP_TO_STRICT = frozenset(TlpLevel) - {TlpLevel.RED}
LEVELS = st.sampled_from([UP_TO_STRICT, UP_TO_STRICT, frozenset({TlpLevel.AMBER}), frozenset({TlpLevel.GREEN})])
OBJECTS = st.sampled_from([None, None, ("a", "c"), ("part a", "late a"), ("unseen a", "end a", "never a", "many 0 7")])
TYPES = st.sampled_from([ALL, ALL, frozenset({"indicator"}), frozenset({"grouping", "malware"})])


def a_malware(name: str, version: int, *marks: str, **more: Any) -> STIX:
    """One of three versions of something that an officer has to look at first."""
    taken_over = {"pattern": None, "pattern_type": None, "valid_from": None, "is_family": False}
    dated = f"2026-05-0{version}T00:00:00.000Z"
    return an_indicator(name, *marks, version=dated, type="malware", id=stix_id("malware", name), **taken_over, **more)


class OfficerRules(RuleBasedStateMachine):
    """What is held, released and refused; and clauses for others, for the reader's own, and for both.

    What `waits` is still to be swept, in both worlds at one instant.
    """

    worlds: Twins
    view: View
    waits: bool
    look: Callable[[], None]
    post_here: Callable[..., None]

    # What is seen

    @rule(name=st.sampled_from(["a", "b", "kept"]), version=VERSIONS, which=EITHER)
    def push_of_ones_own_that_is_held(self, name: str, version: int, which: int) -> None:
        self.post_here(a_malware(name, version, self.view.seen[which]))
        self.look()

    @rule(name=NAMES, version=VERSIONS, which=EITHER, to=REVIEWED, secret=EITHER)
    def push_that_is_held(self, name: str, version: int, which: int, to: str, secret: int) -> None:
        """The reader sees it with its release, or what is left of it, or never."""
        part = {"marking_ref": self.view.unseen[-1][-1], "selectors": ["description"]}
        parts = [part] if to == IN_PART else None
        plain, busy = (
            a_malware(f"held {name}", version, self.view.seen[which], description=text, granular_markings=parts)
            for text in ("plain", f"busy {secret}" if parts else "plain")
        )
        self.worlds.push_each(self.view.giver, [plain], [busy], to)
        self.look()

    @rule(name=st.sampled_from(["a", "held a", "held a", "held b"]), releases=st.booleans(), of=REVIEWED)
    def act_of_an_officer(self, name: str, releases: bool, of: str) -> None:
        for world in self.worlds.both:
            _decide(world, of, stix_id("malware", name), releases=releases)
        self.look()

    @rule(where=WHERE_FOR_THE_READER, hours=HOURS, objects=OBJECTS, with_others=st.booleans(), closes=st.booleans())
    def break_glass_for_the_reader(
        self, where: str, hours: int, objects: tuple[str, ...] | None, with_others: bool, closes: bool
    ) -> None:
        """In the busy world it may be broken for others as well, by the same clause."""
        levels, own = frozenset({TlpLevel.AMBER, TlpLevel.GREEN}), {self.view.member}
        for world in self.worlds.both:
            more = _members(world) if with_others and world is self.worlds.busy else set()
            if not closes:
                _open(world, _wish(where, own | more, levels, ALL, objects, hours), only_with=own)
            else:
                _close(world, lambda partners: own <= partners)
        self._swept()

    # What is not

    @rule(name=NAMES, version=VERSIONS, which=EITHER, by=EITHER, of=REVIEWED)
    def unseen_push_that_is_held(self, name: str, version: int, which: int, by: int, of: str) -> None:
        """Of what the reader might see; and of what it may not, under ids that it knows or will."""
        by_whom, seen = (self.view.giver, "water-feed")[by], self.view.seen[which]
        ids = ["unseen a", name] if by_whom == self.view.giver else ["unseen a", name, f"held {name}"]
        held = [a_malware(each, version, *self.view.unseen[which]) for each in ids]
        might_be_seen = [a_malware(each, version, seen) for each in ("kept", f"{by_whom}'s")]
        self.worlds.hidden_push(by_whom, [*held, *might_be_seen], of)
        self.look()

    @rule(by=EITHER, object_type=st.sampled_from(["malware", "indicator"]), releases=st.booleans(), of=REVIEWED)
    def unseen_act_of_an_officer(self, by: int, object_type: str, releases: bool, of: str) -> None:
        """Of what is held some is released, and some refused; and an id that the reader does not know is blocked."""
        busy, by_whom = self.worlds.busy, (self.view.giver, "water-feed")[by]
        blocks.block(busy.running.exchange, _officer(busy), _place(of), stix_id(object_type, f"{by_whom}'s"))
        _decide(busy, of, stix_id("malware", f"{by_whom}'s"), releases=False)
        _decide(busy, of, stix_id("malware", "unseen a"), releases=releases)
        self.look()

    @rule(name=NAMES, which=EITHER, secret=EITHER)
    def unseen_release_of_an_older_version(self, name: str, which: int, secret: int) -> None:
        """What is left of the newer one, which came while that was held, is what the reader is given."""
        part = {"marking_ref": self.view.unseen[-1][-1], "selectors": ["description"]}
        older, plain, busy = (
            a_malware(f"older {name}", version, self.view.seen[which], description=text, granular_markings=[part])
            for version, text in ((1, "older"), (2, "plain"), (2, f"busy {secret}"))
        )
        self.worlds.hidden_push(self.view.giver, [older], IN_PART)
        self.worlds.push_each(self.view.giver, [plain], [busy], IN_PART)
        for world, each in (*zip(self.worlds.both, (plain, busy), strict=True), (self.worlds.busy, older)):
            _decide(world, IN_PART, each["id"], Which(each["modified"], every=True), releases=True)
        self.look()

    @rule(name=NAMES, which=EITHER, of=REVIEWED)
    def unseen_release_of_anothers(self, name: str, which: int, of: str) -> None:
        """What the reader is given under the same id came while that was held."""
        theirs, seen = (
            a_malware(f"second {name}", 1, self.view.seen[which], labels=[by]) for by in ("first", "second")
        )
        self.worlds.hidden_push("water-feed", [theirs], of)
        self.worlds.push(self.view.giver, [seen], to=of)
        for world in self.worlds.both:
            _decide(world, of, seen["id"], Which(partner=self.view.giver_member, every=True), releases=True)
        _decide(self.worlds.busy, of, seen["id"], releases=True)
        self.look()

    @rule(where=WHERE, hours=HOURS, objects=OBJECTS, tlp=LEVELS, types=TYPES, few=st.booleans(), closes=st.booleans())
    def unseen_break_glass(
        self,
        where: str,
        hours: int,
        objects: tuple[str, ...] | None,
        tlp: frozenset[TlpLevel],
        types: frozenset[str],
        few: bool,
        closes: bool,
    ) -> None:
        """Two officers open something to others than the reader's organisation; or one closes what is open to them."""
        busy, own = self.worlds.busy, self.view.member
        others = sorted(_members(busy) - {own})
        if not closes:
            _open(busy, _wish(where, set(others[::2] if few else others), tlp, types, objects, hours))
        else:
            _close(busy, lambda partners: own not in partners)
        self._swept()

    def _swept(self) -> None:
        if not self.waits:
            self.worlds.sweep()
        self.look()


def _officer(world: World) -> Mandate:
    return mandate(world.running.exchange, "officer", world.running.secrets["officer"], "a test", "a test")


def _both_officers(world: World) -> Mandate:
    first, second = ((name, world.running.secrets[name]) for name in ("officer", "chief"))
    return mandate_of_two(world.running.exchange, first, second, "a test", "a test")


def _place(collection: str) -> str:
    return f"north-sea/{collection.rpartition('/')[2]}"


def _decide(world: World, collection: str, object_id: str, which: Which = quarantine.EVERY, *, releases: bool) -> None:
    """Release or refuse what waits under an id, if anything does."""
    place = _place(collection)
    waiting = [each for each in quarantine.held(world.running.exchange, place) if each.object_id == object_id]
    if any(which.version in (None, each.version) and which.partner in (None, each.contributed_by) for each in waiting):
        act = quarantine.release if releases else quarantine.refuse
        act(world.running.exchange, _officer(world), place, object_id, which)


def _terms(world: World) -> Terms:
    return break_glass.opened(world.running.exchange, "north-sea")["north-sea"]


def _members(world: World) -> set[str]:
    return set(_terms(world).partnership.members)


def _wish(
    where: str,
    partners: Iterable[str],
    tlp: frozenset[TlpLevel],
    types: frozenset[str],
    objects: tuple[str, ...] | None,
    hours: int,
) -> Wish:
    return Wish(
        place=f"north-sea/{where}",
        partners=frozenset(partners),
        tlp=tlp,
        unmarked=True,
        types=types,
        objects=None if objects is None else frozenset(an_indicator(each)["id"] for each in objects),
        until=timedelta(hours=hours),
    )


def _open(world: World, wish: Wish, only_with: Iterable[str] = ()) -> None:
    """Open it to those who may read there, if any may, and these are among them."""
    there = _terms(world).partnership.collections.get(wish.place.rpartition("/")[2])
    partners = wish.partners & there.read if there is not None else frozenset()
    if partners and partners.issuperset(only_with):
        by = _both_officers(world)
        opening = break_glass.plan_opening(world.running.exchange, by, replace(wish, partners=partners))
        break_glass.open_clause(world.running.exchange, by, opening)


def _close(world: World, which: Callable[[frozenset[str]], bool]) -> None:
    """Close the first clause that is open for such partners."""
    for clause in _terms(world).clauses:
        if which(clause.partners):
            break_glass.close_clause(world.running.exchange, _both_officers(world), "north-sea", clause.number)
            return
