"""ACS 3.0: what a collection accepts, who a member is, and the rules that speak before the marking's defaults."""

from app.policy.handling import AcsMarking, Handling
from app.policy.partnership import Member
from app.policy.release_case import ReleaseCase
from app.policy.rules import GRANTS, SILENT, Answer, listed, objects
from app.policy.vocabularies.acs import CONTROLS, DEFAULT, DENY, DISPLAY, PERMIT, SHARING

EVERYBODY = "ALL"


def acs(case: ReleaseCase, handling: Handling) -> Answer:
    """Every ACS marking has to permit by itself."""
    against = sorted({why for marking in handling.acs for why in _objections(case, marking)})
    if against:
        return objects(" ".join(against))
    return GRANTS if handling.acs else SILENT


def _objections(case: ReleaseCase, marking: AcsMarking) -> list[str]:
    member, accepted = case.member, case.collection_terms.release.acs
    against = [
        f"{case.collection} does not accept the ACS {name} {listed(missing)}."
        for name in CONTROLS
        if (missing := {token for token in _tokens(marking, name) if token not in accepted.get(name, frozenset())})
    ]
    what_it_is = {
        "permitted_organizations": member.organizations,
        "permitted_nationalities": member.nationalities,
        "entity": member.entity,
    }
    for name, own in what_it_is.items():
        permitted = _tokens(marking, name)
        if permitted and not permitted & own:
            against.append(f"{member.partner} is none of the ACS {name} {listed(permitted)}.")
    for right in (DISPLAY, SHARING):
        if not _is_permitted(marking, right, member):
            against.append(f"The ACS marking does not permit {right} to {member.partner}.")
    return against


def _is_permitted(marking: AcsMarking, right: str, member: Member) -> bool:
    """A denial speaks before a permission, and either before the default.

    What is denied to an organization is denied to its parts, and to whoever does not say what it is.
    """
    denied = _tokens(marking, f"{right}-{DENY}")
    if denied and (EVERYBODY in denied or not member.organizations or _is_part_of(member, denied)):
        return False
    if _tokens(marking, f"{right}-{PERMIT}") & {EVERYBODY, *member.organizations}:
        return True
    return PERMIT in _tokens(marking, f"{right}-{DEFAULT}")


def _is_part_of(member: Member, organizations: frozenset[str]) -> bool:
    return any(f"{own}.".startswith(f"{each}.") for own in member.organizations for each in organizations)


def _tokens(marking: AcsMarking, name: str) -> frozenset[str]:
    return frozenset(token for of, token in marking if of == name)
