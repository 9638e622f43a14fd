"""Partners, partnerships, members and the terms of collections: the applied agreement as values.

These are what `collections/*.yaml` mean once they are read and checked. What a file leaves out is not granted
(law 3): an absent list is the empty set here, an absent level is None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

T = TypeVar("T", bound=str)


class Everything(frozenset[T]):
    """The set written `all` in a file: it contains every value, also those not thought of yet.

    Ask it with `in` and nothing else: it can't be listed, counted or joined with another set. It equals only
    itself, above all not the empty set, so that agreements which differ in it differ.
    """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Everything)

    def __ne__(self, other: object) -> bool:
        return not isinstance(other, Everything)

    def __hash__(self) -> int:
        return hash(Everything)

    def __contains__(self, value: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "all"


ALL: Final[Everything[str]] = Everything()


class TlpLevel(StrEnum):
    """The labels of FIRST TLP 2.0. TLP 1.0 WHITE is CLEAR. Levels are a set, not ranks (design, decision 4)."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"


class PapLevel(StrEnum):
    """The levels of the Permissible Actions Protocol: what a receiver may do with what it knows. WHITE is CLEAR."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Role(StrEnum):
    """What an account is for. Which objects it may see or push comes from its partner's agreement."""

    READER = "reader"
    FEEDER = "feeder"
    ANALYST = "analyst"
    OFFICER = "officer"


class Verdict(StrEnum):
    """What a collection does with an object that one of its conditions speaks about."""

    ACCEPT = "accept"
    REVIEW = "review"
    REFUSE = "refuse"


class Reports(StrEnum):
    """Whether a collection takes what analysts report, and who signs that: their organisation, or the exchange."""

    REFUSE = "refuse"
    NAMED = "named"
    ANONYMOUS = "anonymous"


class Remedy(StrEnum):
    """What becomes of a version that an audience may not have as it is, for a reason that could be taken out of it."""

    WITHHOLD = "withhold"
    SANITISE = "sanitise"
    """What is left of it without that reason goes out, as an object of the exchange's own (see `sanitising`)."""


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation. `identities` are the STIX identity ids that it may sign as `created_by_ref`."""

    name: str
    title: str
    identities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Partners:
    """Every organisation of this exchange, by name, and the one that runs it.

    `identity` is the exchange's own STIX identity, which signs what it makes itself; nobody but the host may sign so.
    """

    host: str
    by_name: Mapping[str, Partner]
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """The legal side of a partnership. In force from `effective` on and no longer at `expires` (both in UTC)."""

    reference: str
    effective: datetime
    expires: datetime
    review: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        """Whether the agreement binds and grants at this instant."""
        return self.effective <= now < self.expires


@dataclass(frozen=True, slots=True)
class Age:
    """How old a version has to be, counted from its own instant: `at_least`, and not yet `at_most`."""

    at_least: timedelta | None = None
    at_most: timedelta | None = None

    def holds(self, dated: datetime, at: datetime) -> bool:
        """Whether a version of the instant `dated` is of this age at the other instant."""
        return (self.at_least is None or at >= dated + self.at_least) and (
            self.at_most is None or at < dated + self.at_most
        )


@dataclass(frozen=True, slots=True)
class Grant:
    """One entry of a member's own terms: what it releases to these partners, or takes from them.

    `partners` are members, `collections` aliases. `markings` are those beside TLP that may stand on the version, by
    their own ids or their extensions'; `confidence` is the least that it must state. None is no bound.
    """

    partners: frozenset[str]
    collections: frozenset[str]
    types: frozenset[str]
    tlp: frozenset[TlpLevel]
    markings: frozenset[str] | None = None
    confidence: int | None = None
    age: Age | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A partner's side in one partnership: the TLP levels it is cleared for, whose client it is, and its own terms.

    `organizations`, `nationalities` (ISO 3166 alpha-3) and `entity` are what it is in the words of ACS 3.0;
    nationalities count for national caveats too. `releases` and `takes` narrow what the collections grant; None says
    nothing, the empty set nothing at all. `originator_control`: without `releases`, nothing of the member's goes to
    anybody else. `anonymous`: others are not shown what stands in its name.
    """

    partner: str
    tlp: frozenset[TlpLevel] = frozenset()
    client_of: str | None = None
    organizations: frozenset[str] = frozenset()
    nationalities: frozenset[str] = frozenset()
    entity: frozenset[str] = frozenset()
    releases: frozenset[Grant] | None = None
    takes: frozenset[Grant] | None = None
    originator_control: bool = False
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class CustomTerms:
    """Who may see what one custom marking stands on, and under which of its dissemination controls."""

    members: frozenset[str] = frozenset()
    disseminations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReleaseTerms:
    """What a collection releases. A kind of marking without terms here withholds what it marks.

    `red` names accounts as `partner/account`. `statements` and `custom` hold marking-definition ids (or, for
    `custom`, extension-definition ids). `iep` holds the values that the members have undertaken, by policy statement,
    `acs` the tokens that are accepted, by list of a control set. `embargo` and `shown_for` count from the instant at
    which a version was received: how long others are not shown it yet, and how long anybody is. `granular` says what
    becomes of a version whose granular markings keep it back, `attribution` of one whose source must not be named.
    """

    tlp: frozenset[TlpLevel] = frozenset()
    unmarked: TlpLevel | None = None
    red: frozenset[str] = frozenset()
    statements: frozenset[str] = frozenset()
    pap: frozenset[PapLevel] = frozenset()
    iep: Mapping[str, frozenset[str]] = field(default_factory=dict)
    acs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    custom: Mapping[str, CustomTerms] = field(default_factory=dict)
    embargo: timedelta | None = None
    shown_for: timedelta | None = None
    granular: Remedy = Remedy.WITHHOLD
    attribution: Remedy = Remedy.WITHHOLD

    @property
    def sanitises(self) -> bool:
        """Whether the collection releases any sanitised derivatives."""
        return Remedy.SANITISE in (self.granular, self.attribution)


@dataclass(frozen=True, slots=True)
class ReviewTerms:
    """What an officer has to look at before anybody else does: any of these types, submitters (members) or levels."""

    types: frozenset[str] = frozenset()
    submitters: frozenset[str] = frozenset()
    tlp: frozenset[TlpLevel] = frozenset()


@dataclass(frozen=True, slots=True)
class IntakeTerms:
    """What a collection takes. `relays` says which members' identities a member may push besides its own.

    `require` holds kinds of markings (`tlp`, `pap`) and marking-definition ids that have to stand on every object.
    `lists` says what becomes of an object that names a value of the list of that name.
    """

    types: frozenset[str] = frozenset()
    tlp: frozenset[TlpLevel] = frozenset()
    unmarked: TlpLevel | None = None
    relays: Mapping[str, frozenset[str]] = field(default_factory=dict)
    spec_versions: frozenset[str] = frozenset({"2.1"})
    require: frozenset[str] = frozenset()
    older_versions: Verdict = Verdict.ACCEPT
    loosened: Verdict = Verdict.ACCEPT
    deterministic_ids: Verdict = Verdict.ACCEPT
    lists: Mapping[str, Verdict] = field(default_factory=dict)
    review: ReviewTerms = field(default_factory=ReviewTerms)
    sightings: Reports = Reports.REFUSE


@dataclass(frozen=True, slots=True)
class CollectionTerms:
    """One TAXII collection of a partnership. `id` is its UUID, `alias` its name in files and in URLs.

    `read`, `write` and `listed` hold member names; whoever stands in none of them does not see the collection.
    `closure` withholds what refers to something that its own submitter contributed and that may not be seen.
    """

    alias: str
    id: str
    title: str
    description: str | None = None
    read: frozenset[str] = frozenset()
    write: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    closure: bool = False
    release: ReleaseTerms = field(default_factory=ReleaseTerms)
    intake: IntakeTerms = field(default_factory=IntakeTerms)


@dataclass(frozen=True, slots=True)
class Partnership:
    """One agreement between partners, which is one TAXII API root. `contact` is whom its members may ask about it."""

    root: str
    title: str
    agreement: Agreement
    members: Mapping[str, Member]
    collections: Mapping[str, CollectionTerms]
    description: str | None = None
    contact: str | None = None

    def collection_by_id(self, collection_id: str) -> CollectionTerms | None:
        """The collection with this UUID, or None."""
        return next((c for c in self.collections.values() if c.id == collection_id), None)


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """A clause by which two officers of the host lift the host's own bounds for an incident, for a time.

    `number` is that of the revision that opened it. `collection` is a UUID; `objects` are STIX ids, None for every
    object. RED in `tlp` grants nothing. `unmarked` is for what carries no TLP where the collection declares no level.
    """

    number: int
    collection: str
    partners: frozenset[str]
    tlp: frozenset[TlpLevel]
    opened: datetime
    until: datetime
    officers: tuple[str, str]
    reason: str
    types: frozenset[str] = ALL
    objects: frozenset[str] | None = None
    unmarked: bool = False

    def is_open(self, now: datetime) -> bool:
        """Whether it has not ended by this instant."""
        return now < self.until


@dataclass(frozen=True, slots=True)
class Terms:
    """All that decisions in one partnership rest on: the partnership and the partners, as one revision has them, and
    the clauses of break-glass that it keeps.
    """

    partnership: Partnership
    partners: Partners
    clauses: tuple[BreakGlass, ...] = ()

    def as_of(self, now: datetime) -> "Terms":
        """The same terms without the clauses that have ended by this instant."""
        return replace(self, clauses=tuple(each for each in self.clauses if each.is_open(now)))

    def side_of(self, partner: str) -> Member:
        """A partner's side of the agreement; who is no member has no terms of its own."""
        return self.partnership.members.get(partner) or Member(partner)

    def owners_of(self, identity: str | None) -> frozenset[str]:
        """The members of this partnership that may sign as this identity; empty for nobody's identity.

        Ownership knows this partnership's members only (design, decision 6). The host owns the exchange's identity.
        """
        if identity is not None and identity == self.partners.identity:
            return frozenset({self.partners.host} & self.partnership.members.keys())
        return frozenset(
            name
            for name in self.partnership.members
            if name in self.partners.by_name and identity in self.partners.by_name[name].identities
        )

    @classmethod
    def of_nobody(cls, root: str) -> "Terms":
        """The terms of a partnership that has been removed: no members, no collections, never in force."""
        never = datetime.fromtimestamp(0, UTC)
        return cls(Partnership(root, "", Agreement("", never, never), {}, {}), Partners("", {}))
