"""Is this pushed object taken? One pure function, and the rules it asks.

What is asked rests on the files, on the object and on what the sender's own organisation contributed before; what
others hold plays no part, so that a refusal tells nothing about it (design, laws 2 and 7). A marking that does not
resolve is no reason to refuse: the object is taken, and withheld (decision 9).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from app.policy.handling import Handling
from app.policy.lines import owned_identity, speaks_for
from app.policy.markings import MARKING_DEFINITION, Judgement, Registry, signer
from app.policy.partnership import CollectionTerms, IntakeTerms, Role, Terms
from app.policy.rules import GRANTS, SILENT, Answer, Effect, Finding, Rule, combine, objects, with_effect
from app.stix.objects import StixObject
from app.stix.timestamps import is_timestamp, version_key

AHEAD_MAX: Final = timedelta(minutes=5)
"""How far a version may be ahead of the exchange's clock: one from the far future would blind those who poll by
dates inside STIX (design, law 1)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the sender's own organisation already contributed under this id in this partnership, withdrawn left aside.

    * `versions`: tree digests by version key, of contributions in the same STIX version as the pushed object.
    * `created`: `created` of those contributions as received, None where they have none.
    * `revoked_at`: the version key of the earliest version that revoked the object, or None.
    """

    versions: Mapping[str, frozenset[bytes]]
    created: str | None = None
    revoked_at: str | None = None


NOTHING_KNOWN: Final = Known(versions={})


@dataclass(frozen=True, slots=True)
class IntakeCase:
    """One question: this object, pushed by an account of this partner with this role, at this instant.

    `collection` is the alias. `known` is None where the organisation contributed nothing under the id.
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


@dataclass(frozen=True, slots=True)
class Accept:
    """The object is taken. `rules` are those that granted it."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Refuse:
    """The object is not taken. `rules` are all that object; `message` tells the sender what to mend."""

    rules: tuple[Rule, ...]
    message: str


IntakeDecision = Accept | Refuse


def decide_intake(case: IntakeCase) -> IntakeDecision:
    """Ask every rule, and refuse if one objects."""
    findings = combine(
        binding=[Finding(rule, *ask(case)) for rule, ask in ADMISSION],
        exemption=Finding(Rule.REGISTRY_DEFINITION, *_registry_definition(case)),
        exempted=[Finding(rule, *ask(case)) for rule, ask in CONTENT],
    )
    refused_by = with_effect(findings, Effect.OBJECTS)
    if refused_by:
        return Refuse(refused_by, " ".join(finding.why for finding in findings if finding.effect is Effect.OBJECTS))
    return Accept(with_effect(findings, Effect.GRANTS))


def _member(case: IntakeCase) -> Answer:
    if case.partner in case.terms.partnership.members:
        return GRANTS
    return objects("Your organisation is no member of this partnership.")


def _in_force(case: IntakeCase) -> Answer:
    return GRANTS if case.terms.partnership.agreement.in_force(case.now) else objects("The agreement is not in force.")


def _write(case: IntakeCase) -> Answer:
    if case.partner in case.collection_terms.write:
        return GRANTS
    return objects("Your organisation may not write to this collection.")


def _feeder(case: IntakeCase) -> Answer:
    return GRANTS if case.role is Role.FEEDER else objects("Only an account with the role feeder may push.")


def _registry_definition(case: IntakeCase) -> Answer:
    return GRANTS if _judged(case) is Judgement.EQUAL else SILENT


def _unaltered(case: IntakeCase) -> Answer:
    if _judged(case) is not Judgement.ALTERED:
        return SILENT
    return objects(
        f"{case.obj.id} differs from the published definition of that id. Send that one unchanged, or none: "
        "references to it are understood without it."
    )


def _no_self_marking(case: IntakeCase) -> Answer:
    granular = (entry.marking_ref for entry in case.obj.granular_markings)
    if case.obj.type != MARKING_DEFINITION or case.obj.id not in {*case.obj.object_marking_refs, *granular}:
        return SILENT
    return objects("A marking-definition must not mark itself (STIX 2.1 section 7.2.1). Remove that marking.")


def _spec_version(case: IntakeCase) -> Answer:
    taken = case.intake.spec_versions
    if case.obj.spec in taken:
        return GRANTS
    return objects(f"This collection does not take objects of STIX {case.obj.spec}.")


def _object_type(case: IntakeCase) -> Answer:
    if case.obj.type in case.intake.types:
        return GRANTS
    return objects(f"This collection does not take objects of the type {case.obj.type}.")


def _intake_tlp(case: IntakeCase) -> Answer:
    missing = sorted(level for level in case.handling.tlp if level not in case.intake.tlp)
    if missing:
        labels = ", ".join(f"TLP:{level.upper()}" for level in missing)
        return objects(f"This collection does not take {labels}, on the object or on any part of it.")
    return GRANTS if case.handling.tlp else SILENT


def _intake_unmarked(case: IntakeCase) -> Answer:
    if not case.handling.unmarked:
        return SILENT
    level = case.intake.unmarked
    if level is None or level not in case.intake.tlp:
        return objects("This collection does not take objects without a TLP marking. Add one to object_marking_refs.")
    return GRANTS


def _ownership(case: IntakeCase) -> Answer:
    """Both the identity that an object is and the one that signs it must be the sender's to use."""
    claimed = {owned_identity(case.obj, case.terms), signer(case.obj)}
    owned = sorted(identity for identity in claimed if identity is not None and case.terms.owners_of(identity))
    foreign = [each for each in owned if not speaks_for(each, case.partner, case.terms, case.collection)]
    if foreign:
        return objects(
            f"Your organisation may not push in the name of {', '.join(foreign)}. Sign as an identity of yours."
        )
    return GRANTS if owned else SILENT


def _not_ahead(case: IntakeCase) -> Answer:
    key = _key(case.obj.version)
    latest = (case.now + AHEAD_MAX).astimezone(UTC).replace(tzinfo=None)
    if key is None or key <= latest.isoformat(timespec="microseconds").rstrip("0").rstrip("."):
        return SILENT
    return objects(f"{case.obj.version} is more than five minutes ahead of this server's clock. Check yours.")


def _same_version(case: IntakeCase) -> Answer:
    """Objects without dates have no versions of their own: other content of one's own SCO is taken."""
    key = _key(case.obj.version) if case.earlier.versions else None
    contents = case.earlier.versions.get(key, frozenset()) if key is not None else frozenset()
    if not contents or case.obj.tree_digest in contents:
        return SILENT
    remedy = "Set a later `modified`." if case.obj.modified else "It can have no later one: give the content a new id."
    return objects(f"Your organisation contributed this version with other content. {remedy}")


def _created_kept(case: IntakeCase) -> Answer:
    before = _key(case.earlier.created)
    if before is None or _key(case.obj.created) in (None, before):
        return SILENT
    return objects(f"`created` must not change: your organisation pushed this object with {case.earlier.created}.")


def _after_revoked(case: IntakeCase) -> Answer:
    revoked_at = case.earlier.revoked_at
    if revoked_at is None:
        return SILENT
    key = _key(case.obj.version)
    if key is None or key <= revoked_at:
        return SILENT
    return objects("Your organisation revoked this object. Nothing may follow: make a new object with a new id.")


def _key(timestamp: str | None) -> str | None:
    """The sortable form of a timestamp; None where there is none."""
    return version_key(timestamp) if timestamp is not None and is_timestamp(timestamp) else None


def _judged(case: IntakeCase) -> Judgement:
    return case.registry.judge(case.obj.tree)


ADMISSION: Final[tuple[tuple[Rule, Callable[[IntakeCase], Answer]], ...]] = (
    (Rule.MEMBER, _member),
    (Rule.IN_FORCE, _in_force),
    (Rule.WRITE, _write),
    (Rule.FEEDER, _feeder),
)
"""What must hold whatever is pushed."""

CONTENT: Final[tuple[tuple[Rule, Callable[[IntakeCase], Answer]], ...]] = (
    (Rule.UNALTERED, _unaltered),
    (Rule.NO_SELF_MARKING, _no_self_marking),
    (Rule.SPEC_VERSION, _spec_version),
    (Rule.OBJECT_TYPE, _object_type),
    (Rule.INTAKE_TLP, _intake_tlp),
    (Rule.INTAKE_UNMARKED, _intake_unmarked),
    (Rule.OWNERSHIP, _ownership),
    (Rule.NOT_AHEAD, _not_ahead),
    (Rule.SAME_VERSION, _same_version),
    (Rule.CREATED_KEPT, _created_kept),
    (Rule.AFTER_REVOKED, _after_revoked),
)
"""What the object itself must be."""
