"""What an intake decision is asked about: a pushed object, who pushed it, and what its organisation gave before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.policy.handling import Handling
from app.policy.markings import Registry
from app.policy.partnership import CollectionTerms, IntakeTerms, Role, Terms
from app.policy.value_lists import ValueList
from app.stix.objects import StixObject


@dataclass(frozen=True, slots=True)
class Known:
    """What the sender's own organisation already contributed under this id in this partnership, withdrawn left aside.

    * `versions`: tree digests by version key, of contributions in the same STIX version as the pushed object.
    * `created`: `created` of those contributions as received, None where they have none.
    * `signers`: the identities in whose name any of them stand, in either STIX version; "" for nobody's.
    * `revoked_at`: the version key of the earliest version that revoked the object, or None.
    * `here`: tree digests by version key, of this collection alone and in any STIX version.
    * `newest`: the object of the latest version here; None where there is none, or where the collection's terms do not
      compare markings.
    """

    versions: Mapping[str, frozenset[bytes]]
    created: str | None = None
    signers: frozenset[str] = frozenset()
    revoked_at: str | None = None
    here: Mapping[str, frozenset[bytes]] = field(default_factory=dict)
    newest: StixObject | None = None


NOTHING_KNOWN: Final = Known(versions={})


@dataclass(frozen=True, slots=True)
class IntakeCase:
    """One question: this object, pushed by an account of this partner with this role, at this instant.

    `collection` is the alias. `known` is None where the organisation contributed nothing under the id. `blocked` says
    that the host has blocked the id in this collection. `lists` are the value lists of the exchange by name. `reported`
    says that the exchange made the object of what an analyst reports.
    """

    terms: Terms
    collection: str
    partner: str
    role: Role
    obj: StixObject
    handling: Handling
    registry: Registry
    known: Known | None
    now: datetime
    blocked: bool = False
    lists: Mapping[str, ValueList] = field(default_factory=dict)
    reported: bool = False

    @property
    def collection_terms(self) -> CollectionTerms:
        """The collection; one that the agreement does not have takes nothing."""
        return self.terms.partnership.collections.get(self.collection) or CollectionTerms(self.collection, "", "")

    @property
    def intake(self) -> IntakeTerms:
        """What the collection takes."""
        return self.collection_terms.intake

    @property
    def earlier(self) -> Known:
        """What the organisation contributed before under this id."""
        return self.known or NOTHING_KNOWN
