"""What a release decision is asked about: an audience, and one object version as it stands in a collection."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.policy.handling import Handling
from app.policy.partnership import CollectionTerms, Member, Terms
from app.policy.times import ALWAYS, Span


@dataclass(frozen=True, slots=True)
class Audience:
    """Those who share one log: a member's accounts, or one account of it that a collection names for RED.

    `account` is that account, as `partner/account`; None for the rest of the member.
    """

    partner: str
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """The newest version of a line as it binds the earlier ones: its handling, who contributed it, its own instant.

    `originators` are those in whose name it stands, where that is another than the one of the version that it binds:
    such a version has left the line.
    """

    handling: Handling
    submitters: frozenset[str]
    dated: datetime
    originators: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReleaseCase:
    """One question: this audience, one version with this handling, at this instant.

    `collection` is the alias. `cap` is the newest version of the same line where that is another than this one (see
    `lines.cap_of`). `submitter` contributed the version, `originator` is the member in whose name it stands (see
    `lines.originator_of`), and `named` says that an identity of that member's signed it. `span` is when it may be
    shown by the collection's terms and its markings (see `times.span_of`), and `dated` the version's own instant, from
    which its age counts; None where no terms speak of ages. `end_hidden` says that it refers to something hidden that
    its submitter contributed (see `closure`). `object_id` is the version's STIX id where an open clause of break-glass
    names objects, else anything. `unmet` says that it closes a derivative of which the audience was never shown
    anything. `derivative` is the handling of the sanitised derivative that stands in for the version where it may not
    be shown, for an audience that has one.
    """

    terms: Terms
    collection: str
    audience: Audience
    handling: Handling
    cap: Cap | None
    submitter: str
    originator: str
    now: datetime
    span: Span = ALWAYS
    end_hidden: bool = False
    dated: datetime | None = None
    named: bool = True
    object_id: str = ""
    unmet: bool = False
    derivative: Handling | None = None

    @property
    def own(self) -> bool:
        """Whether the audience's own organisation contributed the version."""
        return self.submitter == self.audience.partner

    @property
    def of_newest(self) -> Sequence["ReleaseCase"]:
        """The case for each who is asked about the newest version of the line: nobody where there is no cap."""
        if self.cap is None:
            return ()
        originators = sorted({self.originator, *self.cap.originators})
        return [
            replace(self, submitter=submitter, originator=originator)
            for submitter in sorted(self.cap.submitters)
            for originator in originators
        ]

    @property
    def member(self) -> Member:
        """The audience's side of the agreement; who is no member is granted nothing."""
        return self.side_of(self.audience.partner)

    def side_of(self, partner: str) -> Member:
        """A partner's side of the agreement; who is no member has no terms of its own."""
        return self.terms.side_of(partner)

    @property
    def collection_terms(self) -> CollectionTerms:
        """The collection; one that the agreement does not have grants nothing."""
        return self.terms.partnership.collections.get(self.collection) or CollectionTerms(self.collection, "", "")
