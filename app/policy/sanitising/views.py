"""Views: which handlings pass one, and which versions are worth sanitising for it.

A view is a set of TLP levels, those that an audience is shown (`release_rules.levels.levels_shown`). What is
left of a version is the same for all audiences of equal levels; each member has a derivative of its own of it.
"""

from app.policy.handling import Handling, View
from app.policy.partnership import ReleaseTerms, Remedy


def passes(handling: Handling, view: View, terms: ReleaseTerms) -> bool:
    """Whether what is of this handling may stand in a derivative for the view, by the collection's standing terms.

    Its levels have to be in the view, the collection's default among them where it has none, and the collection has to
    accept its statements, PAP and IEP. Whatever else a marking may ask for depends on the single member, so it does
    not pass; of a source that must not be named the derivative is rid, where the collection asks for that.
    """
    if handling.unknown or (handling.unmarked and terms.unmarked is None):
        return False
    levels = handling.tlp | ({terms.unmarked} if handling.unmarked else frozenset())
    return (
        levels <= view
        and all(each in terms.statements for each in handling.statements)
        and all(each in terms.pap for each in handling.pap)
        and all(value in terms.iep.get(name, frozenset()) for name, value in handling.iep)
        and not (handling.acs or handling.custom or handling.releasable_to or handling.originator_control)
        and (not handling.anonymous or terms.attribution is Remedy.SANITISE)
    )


def worth_sanitising(handling: Handling, view: View, terms: ReleaseTerms, *, anonymous: bool) -> bool:
    """Whether there may be a derivative of a version of this handling, before its content is looked at.

    `anonymous` as in `derivative.Source`. False means that `sanitised` gives none.
    """
    whole = handling.whole or handling
    if not passes(whole, view, terms):
        return False
    parts_go = not passes(handling, view, terms)
    if parts_go and handling.inseparable:
        return False
    source_goes = anonymous or (handling.anonymous and handling.signed)
    if parts_go and terms.granular is not Remedy.SANITISE:
        return False
    if anonymous and terms.attribution is not Remedy.SANITISE:
        return False
    return parts_go or source_goes
