"""What the object itself must be: its markings, its type, and in whose name it stands."""

from app.policy.intake_case import IntakeCase
from app.policy.lines import owned_identity, speaks_for
from app.policy.markings import MARKING_DEFINITION, Judgement, signer
from app.policy.naming import identities_in
from app.policy.partnership import Reports, Verdict
from app.policy.rules import GRANTS, SILENT, Answer, by_verdict, objects
from app.stix.identifiers import is_name_based, sco_id


def registry_definition(case: IntakeCase) -> Answer:
    """The exemption: what everybody knows already."""
    return GRANTS if _judged(case) is Judgement.EQUAL else SILENT


def unaltered(case: IntakeCase) -> Answer:
    """The registry's ids mean what the registry says."""
    if _judged(case) is not Judgement.ALTERED:
        return SILENT
    return objects(
        f"{case.obj.id} differs from the published definition of that id. Send that one unchanged, or none: "
        "references to it are understood without it."
    )


def no_self_marking(case: IntakeCase) -> Answer:
    """STIX 2.1 section 7.2.1."""
    granular = (entry.marking_ref for entry in case.obj.granular_markings)
    if case.obj.type != MARKING_DEFINITION or case.obj.id not in {*case.obj.object_marking_refs, *granular}:
        return SILENT
    return objects("A marking-definition must not mark itself (STIX 2.1 section 7.2.1). Remove that marking.")


def spec_version(case: IntakeCase) -> Answer:
    """The STIX versions that the collection takes."""
    taken = case.intake.spec_versions
    if case.obj.spec in taken:
        return GRANTS
    return objects(f"This collection does not take objects of STIX {case.obj.spec}.")


def object_type(case: IntakeCase) -> Answer:
    """The types that the collection takes."""
    if case.obj.type in case.intake.types:
        return GRANTS
    return objects(f"This collection does not take objects of the type {case.obj.type}.")


def intake_tlp(case: IntakeCase) -> Answer:
    """The levels that the collection takes, on the object or on any part of it."""
    missing = sorted(level for level in case.handling.tlp if level not in case.intake.tlp)
    if missing:
        labels = ", ".join(f"TLP:{level.upper()}" for level in missing)
        return objects(f"This collection does not take {labels}, on the object or on any part of it.")
    return GRANTS if case.handling.tlp else SILENT


def intake_unmarked(case: IntakeCase) -> Answer:
    """Where nothing says which level applies."""
    if not case.handling.unmarked:
        return SILENT
    level = case.intake.unmarked
    if level is None or level not in case.intake.tlp:
        return objects("This collection does not take objects without a TLP marking. Add one to object_marking_refs.")
    return GRANTS


def required_markings(case: IntakeCase) -> Answer:
    """Kinds of markings and single ones that have to stand on the object as a whole; definitions need none."""
    if not case.intake.require or case.obj.type == MARKING_DEFINITION:
        return SILENT
    levels = [case.registry.level_of(marking_id) for marking_id in case.obj.object_marking_refs]
    carried = {*case.obj.object_marking_refs, *(kind for kind, _ in filter(None, levels))}
    missing = sorted(case.intake.require - carried)
    if missing:
        named = ", ".join(each if "--" in each else each.upper() for each in missing)
        return objects(f"This collection takes objects with these markings alone: {named}. Add to object_marking_refs.")
    return GRANTS


def deterministic_id(case: IntakeCase) -> Answer:
    """Ids of SCOs that are UUIDs of version 5: STIX 2.1 section 2.9. Of another namespace they may be the sender's."""
    verdict = case.intake.deterministic_ids
    if verdict is Verdict.ACCEPT or not is_name_based(case.obj.id):
        return SILENT
    expected = sco_id(case.obj.tree)
    if expected in (None, case.obj.id):
        return SILENT
    return by_verdict(verdict, f"The id of an object with these properties is {expected} (STIX 2.1 section 2.9).")


def ownership(case: IntakeCase) -> Answer:
    """Both the identity that an object is and the one that signs it must be the sender's to use.

    The exchange's own identity is the host's, in every partnership, and nobody relays it; but the exchange signs what
    it makes of a report, where the collection takes reports without a name.
    """
    claimed = {owned_identity(case.obj, case.terms), signer(case.obj)}
    exchanges = case.terms.partners.identity
    owned = sorted(each for each in claimed if each is not None and (each == exchanges or case.terms.owners_of(each)))
    signs_itself = case.reported and case.intake.sightings is Reports.ANONYMOUS
    foreign = [
        each
        for each in owned
        if not speaks_for(each, case.partner, case.terms, case.collection) and not (signs_itself and each == exchanges)
    ]
    if foreign:
        return objects(
            f"Your organisation may not push in the name of {', '.join(foreign)}. Sign as an identity of yours."
        )
    return GRANTS if owned else SILENT


def source_unnamed(case: IntakeCase) -> Answer:
    """What a member that is not to be named signed is kept from others, or rid of its name; nothing else of its is."""
    if not case.terms.side_of(case.partner).anonymous:
        return SILENT
    own = case.terms.partners.by_name[case.partner].identities
    if own & {owned_identity(case.obj, case.terms), signer(case.obj)}:
        return SILENT
    named = identities_in(case.obj.tree, own)
    if not named:
        return GRANTS
    return objects(
        f"Your organisation is not to be named here, and the object names it: {', '.join(named)}. Sign it as an "
        "identity of yours, and it goes out without your name or not at all; or leave the identity out."
    )


def _judged(case: IntakeCase) -> Judgement:
    return case.registry.judge(case.obj.tree)
