"""Who is given a sanitised derivative: the member it is made for, in a view, in place of the original (decision 3)."""

from app.policy.handling import Derived
from app.policy.release_case import ReleaseCase
from app.policy.release_rules.levels import levels_shown
from app.policy.rules import GRANTS, Answer, listed, objects


def derivative(case: ReleaseCase, derived: Derived, *, original_goes: bool) -> Answer:
    """`original_goes` says whether the original's own markings let the audience have it."""
    partner = case.audience.partner
    if not case.collection_terms.release.sanitises:
        return objects(f"{case.collection} releases no sanitised derivatives.")
    if case.own:
        return objects(f"{partner} contributed the original, and is shown that.")
    if case.unmet:
        return objects(f"It ends a derivative of which {partner} was shown nothing.")
    if original_goes:
        return objects(f"The original may be shown to {partner}.")
    if partner != derived.member:
        return objects(f"The derivative is for {derived.member or 'nobody'}, and not for {partner}.")
    if levels_shown(case) != derived.view:
        levels = listed(derived.view) or "no level"
        return objects(f"The derivative is for those who are shown {levels}, and {partner} is shown other levels.")
    return GRANTS
