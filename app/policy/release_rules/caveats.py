"""National caveats: whom a version may go to whatever level it is of."""

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
