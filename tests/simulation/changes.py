"""How an agreement changes: one thing at a time, chosen by a seed, to the looser or the tighter side."""

import random
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime, timedelta

from tests.simulation.agreement import EVERY_LEVEL, LATER, PARTNERS, Agreement, Collection, Entry
from tests.simulation.contents import CUSTOM, DEFINITIONS
from tests.support.agreements import COLLECTION, HOST_IDENTITY, WIND_IDENTITY

REVIEWED: Sequence[tuple[str, frozenset[str]]] = (
    ("types", frozenset({"grouping", "ipv4-addr", "marking-definition", "identity"})),
    ("submitters", frozenset({"nl-cert", "water-nl", "wind-isac"})),
    ("tlp", EVERY_LEVEL),
)
NAMED = ("nl-cert/duty-officer", "nl-cert/nl-soc", "wind-isac/wind-soc")


class Changes:
    """Makes the next agreement out of the one in force."""

    def __init__(self, source: random.Random) -> None:
        self._random = source

    def next(self, agreement: Agreement, now: datetime) -> tuple[Agreement, str]:
        """Another agreement, and what is different about it, in words. The title always is."""
        ways: Mapping[Callable[[Agreement, datetime], str], int] = {
            self._clearance: 8,
            self._readers: 4,
            self._levels: 4,
            self._unmarked: 3,
            self._red: 3,
            self._statements: 2,
            self._custom: 3,
            self._relays: 3,
            self._intake: 2,
            self._reviews: 3,
            self._members: 2,
            self._identities: 2,
            self._dates: 2,
            self._collections: 2,
            self._clients: 1,
            self._alias: 1,
            self._sides: 5,
            self._closure: 2,
            self._sanitises: 3,
            self._embargo: 4,
            self._shown_for: 3,
            self._less: 2,
        }
        new = deepcopy(agreement)
        way = self._random.choices(list(ways), list(ways.values()))[0]
        if not agreement.in_force(now) and self._random.random() < 0.6:
            way = self._dates
        words = way(new, now)
        new.title += 1
        return new, words

    def longer(self, agreement: Agreement) -> tuple[Agreement, str]:
        """Another agreement, in which each collection that has an end has a later one, or none."""
        new = deepcopy(agreement)
        for terms in new.collections.values():
            if terms.shown_for is not None:
                terms.shown_for = self._random.choice([None, terms.shown_for * 2])
        new.title += 1
        return new, "everything is shown for longer"

    def _clearance(self, new: Agreement, now: datetime) -> str:
        member = self._one_of(new.members)
        new.members[member] ^= {self._one_of(EVERY_LEVEL)}
        return f"{member} is cleared for {_list(new.members[member])}"

    def _readers(self, new: Agreement, now: datetime) -> str:
        terms = self._terms(new)
        terms.read ^= {self._one_of(new.members)}
        return f"{terms.alias} is read by {_list(terms.read)}"

    def _levels(self, new: Agreement, now: datetime) -> str:
        terms = self._terms(new)
        terms.tlp ^= {self._one_of(EVERY_LEVEL)}
        return f"{terms.alias} releases {_list(terms.tlp)}"

    def _unmarked(self, new: Agreement, now: datetime) -> str:
        terms = self._terms(new)
        terms.unmarked = self._random.choice([None, "clear", "green", "amber", "red"])
        return f"{terms.alias} releases what is unmarked as {terms.unmarked}"

    def _red(self, new: Agreement, now: datetime) -> str:
        terms = self._terms(new)
        terms.red ^= {self._random.choice(NAMED)}
        return f"{terms.alias} names {_list(terms.red)} for RED"

    def _statements(self, new: Agreement, now: datetime) -> str:
        terms = self._terms(new)
        terms.statements = not terms.statements
        return f"{terms.alias} {'accepts' if terms.statements else 'accepts no'} statements"

    def _custom(self, new: Agreement, now: datetime) -> str:
        terms = self._terms(new)
        members = frozenset(one for one in new.members if self._random.random() < 0.5)
        terms.custom = {DEFINITIONS[CUSTOM]: members} if members else {}
        return f"{terms.alias} maps {CUSTOM} to {_list(members)}"

    def _relays(self, new: Agreement, now: datetime) -> str:
        terms = self._terms(new)
        relay = self._random.choice(["water-nl", "wind-isac"])
        terms.relays = {} if terms.relays else {relay: frozenset({"nl-cert"})}
        return f"{terms.alias} lets {_list(terms.relays) or 'nobody'} relay nl-cert"

    def _intake(self, new: Agreement, now: datetime) -> str:
        terms = self._terms(new)
        match self._random.randrange(3):
            case 0:
                terms.takes ^= {self._one_of(EVERY_LEVEL)}
                terms.takes_unmarked = terms.takes_unmarked if terms.takes_unmarked in terms.takes else None
            case 1:
                terms.takes_unmarked = None if terms.takes_unmarked else next(iter(sorted(terms.takes)), None)
            case _:
                terms.takes_specs = frozenset({"2.1"} if "2.0" in terms.takes_specs else {"2.0", "2.1"})
        return f"{terms.alias} takes {_list(terms.takes)}, unmarked {terms.takes_unmarked}, {_list(terms.takes_specs)}"

    def _reviews(self, new: Agreement, now: datetime) -> str:
        """An officer looks at more, or at less."""
        terms = self._terms(new)
        what, named = self._random.choice(REVIEWED)
        terms.reviews = {**terms.reviews, what: terms.reviews.get(what, frozenset()) ^ {self._one_of(named)}}
        said = {each: _list(names) for each, names in terms.reviews.items()}
        return f"{terms.alias} sends to review {said}"

    def _members(self, new: Agreement, now: datetime) -> str:
        joining = self._random.choice(["outsider", "port-nl"])
        new.members.setdefault(joining, frozenset({"clear", "green"}))
        terms = self._terms(new)
        terms.read |= {joining}
        return f"{joining} is a member and reads {terms.alias}"

    def _identities(self, new: Agreement, now: datetime) -> str:
        """An identity changes hands, so that each has one owner at most."""
        identity = self._random.choice([HOST_IDENTITY, WIND_IDENTITY])
        hands = self._random.choice(["nl-cert", "wind-isac", "water-nl", None])
        new.identities = {one: new.identities.get(one, frozenset()) - {identity} for one in PARTNERS}
        if hands is not None:
            new.identities[hands] |= {identity}
        return f"{identity[10:18]} is {hands or 'nobody'}'s identity"

    def _dates(self, new: Agreement, now: datetime) -> str:
        """In force later or no longer; the next change of dates puts that right."""
        if new.effective > now or new.expires < now + timedelta(days=60):
            new.effective, new.expires = now - timedelta(days=1), now + timedelta(days=900)
        elif self._random.random() < 0.5:
            new.effective = now + timedelta(milliseconds=self._random.randrange(10**8))
        else:
            expires = now + timedelta(milliseconds=self._random.randrange(10**8) - 10**7)
            new.expires = max(expires, new.effective + timedelta(milliseconds=1))
        return f"in force from {new.effective} to {new.expires}"

    def _collections(self, new: Agreement, now: datetime) -> str:
        if LATER.id in new.collections:
            return self._levels(new, now)
        new.collections[LATER.id] = deepcopy(LATER)
        return f"{LATER.alias} is a collection"

    def _sides(self, new: Agreement, now: datetime) -> str:
        """A member states what it releases or takes, mostly most of it; or leaves it to the collections again."""
        member = self._one_of(new.members)
        name, side = self._random.choice([("releases", new.releases), ("takes", new.takes)])
        if member in side and self._random.random() < 0.6:
            del side[member]
            return f"{member} says nothing of what it {name}"
        side[member] = [self._side_entry(new) for _ in range(self._random.choice([0, 1, 1, 2]))]
        return f"{member} {name} {side[member]}"

    def _side_entry(self, new: Agreement) -> Entry:
        def some(of: object) -> frozenset[str] | None:
            chosen = frozenset(each for each in sorted(of) if self._random.random() < 0.7)  # type: ignore[call-overload]
            return chosen if self._random.random() < 0.5 else None

        levels = EVERY_LEVEL - {self._one_of(EVERY_LEVEL)} if self._random.random() < 0.5 else EVERY_LEVEL
        return Entry(some(new.members), some(new.collections), some({"indicator", "grouping", "ipv4-addr"}), levels)

    def _closure(self, new: Agreement, now: datetime) -> str:
        terms = self._terms(new)
        terms.closure = not terms.closure
        return f"{terms.alias} {'withholds' if terms.closure else 'keeps'} what refers to something hidden"

    def _sanitises(self, new: Agreement, now: datetime) -> str:
        terms = self._terms(new)
        terms.sanitises = not terms.sanitises
        return f"{terms.alias} {'shows' if terms.sanitises else 'withholds'} what is left of what is hidden in part"

    def _embargo(self, new: Agreement, now: datetime) -> str:
        terms = self._terms(new)
        terms.embargo = self._random.choice([None, timedelta(seconds=2), timedelta(hours=5), timedelta(days=2)])
        if terms.shown_for is not None and terms.embargo is not None and terms.embargo >= terms.shown_for:
            terms.shown_for = None
        return f"{terms.alias} has an embargo of {terms.embargo}"

    def _shown_for(self, new: Agreement, now: datetime) -> str:
        terms = self._terms(new)
        longest = self._random.choice([None, timedelta(hours=1), timedelta(days=1), timedelta(days=9)])
        terms.shown_for = longest if longest is None or longest > (terms.embargo or timedelta(0)) else None
        return f"{terms.alias} shows what it has for {terms.shown_for}"

    def _less(self, new: Agreement, now: datetime) -> str:
        """A member or a collection is left out; what rests on it goes with it, and may come back."""
        gone = self._random.choice(["outsider", "port-nl", LATER.id])
        if gone == LATER.id:
            new.collections.pop(gone, None)
        else:
            new.members.pop(gone, None)
            new.releases.pop(gone, None)
            new.takes.pop(gone, None)
        return f"{gone} is left out"

    def _clients(self, new: Agreement, now: datetime) -> str:
        if "water-nl" in new.clients:
            del new.clients["water-nl"]
            return "water-nl is nobody's client"
        new.clients["water-nl"] = "nl-cert"
        return "water-nl is a client of nl-cert"

    def _alias(self, new: Agreement, now: datetime) -> str:
        terms = self._terms(new)
        terms.alias = f"alias-{new.title}"
        return f"a collection is called {terms.alias}"

    def _terms(self, new: Agreement) -> Collection:
        """A collection, mostly the one where most happens."""
        others = sorted(new.collections)
        return new.collections[COLLECTION if self._random.random() < 0.6 else self._random.choice(others)]

    def _one_of(self, names: object) -> str:
        return self._random.choice(sorted(names))  # type: ignore[call-overload, no-any-return]


def _list(names: object) -> str:
    return ", ".join(sorted(names))  # type: ignore[call-overload]
