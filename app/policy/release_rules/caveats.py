"""National caveats and the naming of sources: whom a version may go to whatever level it is of."""

from app.policy.handling import Handling
from app.policy.release_case import ReleaseCase
from app.policy.rules import GRANTS, SILENT, Answer, listed, objects


def releasable_to(case: ReleaseCase, handling: Handling) -> Answer:
    """Release lists, such as REL TO: of each, one country has to be the member's."""
    own = case.member.nationalities
    against = {" or ".join(sorted(countries)) for countries in handling.releasable_to if not countries & own}
    if against:
        return objects(f"{case.audience.partner} is not of {listed(against)}.")
    return GRANTS if handling.releasable_to else SILENT


def originator_control(case: ReleaseCase, handling: Handling) -> Answer:
    """Originator control: the last hop's wish never widens what the originator said."""
    if not handling.originator_control:
        return SILENT
    if case.audience.partner == case.originator:
        return GRANTS
    return objects(f"The object is under originator control, and {case.originator} names nobody else for it.")


def attribution(case: ReleaseCase, handling: Handling) -> Answer:
    """A source that must not be named is named by `created_by_ref`, which nobody can take off another's object."""
    if not handling.anonymous:
        return SILENT
    if handling.signed:
        return objects("The object's source must not be named, and `created_by_ref` names it.")
    return GRANTS
