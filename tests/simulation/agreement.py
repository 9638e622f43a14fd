"""What the members of the simulated partnership have agreed, as plain data, and the files that say so."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.agreements import COLLECTION, ELSEWHERE, HOST_IDENTITY, LETTER_BOX, WIND_IDENTITY
from tests.support.clocks import NOON

EXCHANGE = "identity--7af1be3b-1ff2-49b4-ab42-f528e618e6ce"
"""The exchange's own identity, which signs derivatives."""

EVERY_LEVEL = frozenset({"clear", "green", "amber", "amber+strict", "red"})
PARTNERS: Sequence[str] = ("nl-cert", "outsider", "port-nl", "water-nl", "wind-isac")


@dataclass(frozen=True)
class Entry:
    """One entry of a member's own terms: these partners, collections (by id), types and levels; None is all."""

    partners: frozenset[str] | None
    collections: frozenset[str] | None
    types: frozenset[str] | None
    tlp: frozenset[str]


@dataclass
class Collection:
    """The terms of one collection. `takes…` and `reviews` are its intake, all else its release. None: refused, or
    without an end. `reviews` names the types, the submitters and the TLP levels that an officer looks at first.
    """

    id: str
    alias: str
    read: frozenset[str]
    write: frozenset[str]
    tlp: frozenset[str] = EVERY_LEVEL - {"red"}
    unmarked: str | None = "amber"
    statements: bool = True
    custom: Mapping[str, frozenset[str]] = field(default_factory=dict)
    red: frozenset[str] = frozenset()
    takes: frozenset[str] = EVERY_LEVEL
    takes_unmarked: str | None = "amber"
    takes_specs: frozenset[str] = frozenset({"2.0", "2.1"})
    relays: Mapping[str, frozenset[str]] = field(default_factory=dict)
    embargo: timedelta | None = None
    shown_for: timedelta | None = None
    closure: bool = False
    reviews: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sanitises: bool = False


@dataclass
class Agreement:
    """All terms. `members` holds each member's levels, `clients` each client's principal; `releases` and `takes` the
    members' own sides, of those that have one.
    """

    members: dict[str, frozenset[str]]
    collections: dict[str, Collection]
    identities: dict[str, frozenset[str]]
    clients: dict[str, str] = field(default_factory=dict)
    releases: dict[str, Sequence[Entry]] = field(default_factory=dict)
    takes: dict[str, Sequence[Entry]] = field(default_factory=dict)
    effective: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    expires: datetime = datetime(2028, 1, 1, tzinfo=UTC)
    title: int = 1

    def in_force(self, now: datetime) -> bool:
        return self.effective <= now < self.expires

    def owners(self, identity: str | None) -> frozenset[str]:
        """The members whose identity this is."""
        return frozenset(one for one in self.members if identity in self.identities.get(one, ()))

    def files(self) -> Mapping[str, str]:
        """The files that say this. JSON is YAML."""
        partners = {
            "host": "nl-cert",
            "identity": EXCHANGE,
            "partners": {one: {"name": one, "identities": sorted(self.identities.get(one, ()))} for one in PARTNERS},
        }
        members = {
            one: {"tlp": sorted(levels), **self._side(one)}
            | ({"client_of": self.clients[one]} if one in self.clients else {})
            for one, levels in self.members.items()
        }
        north_sea = {
            "partnership": "north-sea",
            "title": f"North Sea {self.title}",
            "agreement": {
                "reference": "MoU 2026/14",
                "effective": _instant(self.effective),
                "expires": _instant(self.expires),
            },
            "members": members,
            "collections": {each.alias: self._entry(each) for each in self.collections.values()},
        }
        return {
            "partners.yaml": json.dumps(partners, indent=1),
            "north-sea.yaml": json.dumps(north_sea, indent=1),
        }

    def _side(self, member: str) -> Mapping[str, Any]:
        sides = (("releases", "to", self.releases), ("takes", "from", self.takes))
        return {
            name: [self._grant(entry, whom) for entry in side[member]] for name, whom, side in sides if member in side
        }

    def _grant(self, entry: Entry, whom: str) -> Mapping[str, Any]:
        """Who or what is not there can't be named."""
        here = {each.id: each.alias for each in self.collections.values()}
        partners, collections = entry.partners, entry.collections
        return {
            whom: "all" if partners is None else sorted(partners & self.members.keys()),
            "collections": "all" if collections is None else sorted(here[one] for one in collections & here.keys()),
            "types": "all" if entry.types is None else sorted(entry.types),
            "tlp": sorted(entry.tlp),
        }

    def _entry(self, terms: Collection) -> Mapping[str, Any]:
        here = frozenset(self.members)
        release: dict[str, Any] = {
            "tlp": sorted(terms.tlp),
            "unmarked": terms.unmarked or "refuse",
            "statements": "all" if terms.statements else [],
            "custom": {one: {"members": sorted(members & here)} for one, members in terms.custom.items()},
            "red": sorted(terms.red),
            "granular": "sanitise" if terms.sanitises else "withhold",
        }
        if terms.embargo is not None:
            release["embargo"] = _duration(terms.embargo)
        if terms.shown_for is not None:
            release["shown_for"] = _duration(terms.shown_for)
        intake = {
            "types": "all",
            "tlp": sorted(terms.takes),
            "unmarked": terms.takes_unmarked or "refuse",
            "spec_versions": sorted(terms.takes_specs),
            "ownership": {one: sorted(whose & here) for one, whose in terms.relays.items() if one in here} or "creator",
            "review": {
                what: sorted(named & here if what == "submitters" else named) for what, named in terms.reviews.items()
            },
        }
        return {
            "id": terms.id,
            "title": f"Collection {terms.id[:8]}",
            "read": sorted(terms.read & here),
            "write": sorted(terms.write & here),
            "closure": "withhold" if terms.closure else "keep",
            "release": release,
            "intake": intake,
        }


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _duration(lasting: timedelta) -> str:
    return f"PT{lasting // timedelta(seconds=1)}S"


def the_first(start: datetime = NOON) -> Agreement:
    """The agreement that a simulation begins with: four members, two collections."""
    everybody = frozenset({"nl-cert", "wind-isac", "water-nl", "port-nl"})
    writers = frozenset({"nl-cert", "wind-isac", "water-nl"})
    return Agreement(
        members={
            "nl-cert": EVERY_LEVEL,
            "wind-isac": frozenset({"clear", "green", "amber"}),
            "water-nl": frozenset({"clear", "green", "amber", "amber+strict"}),
            "port-nl": frozenset({"clear", "green"}),
        },
        clients={"water-nl": "nl-cert"},
        identities={"nl-cert": frozenset({HOST_IDENTITY}), "wind-isac": frozenset({WIND_IDENTITY})},
        collections={
            COLLECTION: Collection(
                COLLECTION,
                "indicators",
                everybody,
                writers,
                red=frozenset({"nl-cert/duty-officer"}),
                reviews={"types": frozenset({"grouping"}), "tlp": frozenset({"amber+strict"})},
            ),
            LETTER_BOX: Collection(
                LETTER_BOX,
                "letter-box",
                frozenset({"nl-cert", "wind-isac"}),
                writers,
                embargo=timedelta(minutes=30),
                shown_for=timedelta(days=2),
                closure=True,
                sanitises=True,
            ),
        },
        effective=start - timedelta(days=150),
    )


LATER = Collection(ELSEWHERE, "later-box", frozenset({"nl-cert", "port-nl", "wind-isac"}), frozenset({"nl-cert"}))
"""A collection that some simulations come to agree on."""
