"""May this audience be shown this object version? One pure function over all rules of release.

The order of the rules is the order in which `explain` prints them; it has no effect on the decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.policy.handling import Handling
from app.policy.release_case import ReleaseCase
from app.policy.release_rules import ADMISSION, MARKINGS, admission, ages, break_glass
from app.policy.release_rules.closure import closure
from app.policy.release_rules.derivatives import derivative
from app.policy.rules import GRANTS, SILENT, Answer, Effect, Finding, Rule, combine, listed, objects, with_effect
from app.policy.times import Phase, earliest


@dataclass(frozen=True, slots=True)
class Release:
    """The audience may be shown the version. `rules` are those that granted it, `until` when it may change."""

    rules: tuple[Rule, ...]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Withhold:
    """The version stays. `rules` are all that object, for the record and the officer, never for the partner."""

    rules: tuple[Rule, ...]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Sanitise:
    """The version stays, and a derivative of it stands in. `rules` are all that object to the version itself."""

    rules: tuple[Rule, ...]
    until: datetime | None


ReleaseDecision = Release | Sanitise | Withhold


def decide_release(case: ReleaseCase) -> ReleaseDecision:
    """Ask every rule, and withhold if one objects. `until` is the next instant at which time alone changes this."""
    return conclude(case, examine(case))


def stands(case: ReleaseCase) -> bool:
    """Whether the version belongs in the audience's log: whether every rule grants it, but that of being in force.

    The log is kept as while the agreement is in force; outside it the whole partnership is closed.
    """
    return not set(with_effect(examine(case), Effect.OBJECTS)) - {Rule.IN_FORCE}


def examine(case: ReleaseCase) -> list[Finding]:
    """What every rule says, in order."""
    return combine(
        binding=[
            *(Finding(rule, *ask(case)) for rule, ask in ADMISSION),
            Finding(Rule.DERIVATIVE, *_derivative(case, case.handling)),
        ],
        exemption=Finding(Rule.OWN_CONTRIBUTION, *admission.own_contribution(case)),
        exempted=break_glass.lift(
            case,
            [
                *_ask_markings(case, case.handling),
                Finding(Rule.CAP, *_cap(case)),
                Finding(Rule.CLOSURE, *closure(case)),
                Finding(Rule.EMBARGO, *admission.embargo(case)),
                Finding(Rule.AGE, *ages.age(case)),
            ],
        ),
    )


def conclude(case: ReleaseCase, findings: Sequence[Finding]) -> ReleaseDecision:
    """The decision that follows from the findings of this case."""
    agreement = case.terms.partnership.agreement
    withheld_by = with_effect(findings, Effect.OBJECTS)
    if not withheld_by:
        return Release(with_effect(findings, Effect.GRANTS), earliest(agreement.expires, ends(case)))
    stand_in = _stand_in(case)
    if isinstance(stand_in, Release):
        return Sanitise(withheld_by, stand_in.until)
    awaited = [_begins(case, rule) for rule in withheld_by]
    begun = [at for at in awaited if at is not None and at > case.now]
    if len(begun) < len(awaited):
        return Withhold(withheld_by, None)
    return Withhold(withheld_by, _when_still_lifted(case, findings, max(begun)))


def ends(case: ReleaseCase) -> datetime | None:
    """When a version that may be shown now is shown no longer, by time alone; the agreement's own dates left aside."""
    turns = (ages.turn_of(case), ages.turn_under_newest(case))
    return earliest(case.span.not_after, _binds_again(case), *(turn.changes for turn in turns))


def changes_after(case: ReleaseCase) -> datetime | None:
    """The next instant at which time alone may change what becomes of the version, either way; None for never."""
    if case.span.phase(case.now) is Phase.AFTER:
        return None
    turns = (ages.turn_of(case), ages.turn_under_newest(case))
    by_markings = case.span.not_before if case.span.held_by_markings(case.now) else None
    by_span = case.span.changes_after(case.now)
    return earliest(by_span, by_markings, _binds_again(case), *(turn.changes for turn in turns))


def _stand_in(case: ReleaseCase) -> ReleaseDecision | None:
    """What becomes of the derivative of this version that the audience's view has, where it has one."""
    if case.derivative is None:
        return None
    return decide_release(replace(case, handling=case.derivative, derivative=None, cap=None))


def _begins(case: ReleaseCase, rule: Rule) -> datetime | None:
    """When this rule objects no longer, by time alone. A newest version that is too old never gets any younger."""
    match rule:
        case Rule.IN_FORCE:
            return case.terms.partnership.agreement.effective
        case Rule.EMBARGO:
            lifted = break_glass.covered_until(case, case.handling) is not None
            return case.span.not_before if lifted else case.span.begins
        case Rule.AGE:
            return ages.turn_of(case).changes
        case _:
            return None


def _cap(case: ReleaseCase) -> Answer:
    if case.cap is None:
        return SILENT
    against = _against_newest(case)
    left = against - break_glass.lifted_for(case, case.cap.handling)
    if left:
        return objects(f"A newer version may not be shown, by {listed(left)}.")
    if not ages.turn_under_newest(case).now:
        return objects("A newer version is shown no longer, by its age.")
    return Answer(Effect.LIFTED, f"A newer version may not be shown, by {listed(against)}.") if against else GRANTS


def _binds_again(case: ReleaseCase) -> datetime | None:
    """When something that break-glass lifts now is lifted no longer, and binds again; None for never."""
    again = []
    until = break_glass.covered_until(case, case.handling)
    if until is not None:
        against = with_effect(_ask_markings(case, case.handling), Effect.OBJECTS)
        embargoed = case.span.embargo is not None and case.span.embargo > until
        if embargoed or break_glass.LIFTED.intersection(against):
            again.append(until)
    until = break_glass.covered_until(case, case.cap.handling) if case.cap is not None else None
    if until is not None and break_glass.LIFTED & _against_newest(case):
        again.append(until)
    return min(again, default=None)


def _when_still_lifted(case: ReleaseCase, findings: Sequence[Finding], at: datetime) -> datetime | None:
    """The instant at which dates alone are no longer in the way, where what is lifted now binds again at some time."""
    again = _binds_again(case)
    if again is None or at < again:
        return at
    embargo, lifted = case.span.embargo, with_effect(findings, Effect.LIFTED)
    return max(at, embargo) if embargo is not None and set(lifted) <= {Rule.EMBARGO} else None


def _against_newest(case: ReleaseCase) -> frozenset[Rule]:
    """The rules by which the newest version of the line may not be shown, whoever contributed it."""
    if case.cap is None:
        return frozenset()
    newest = case.cap.handling
    findings = [finding for each in case.of_newest for finding in _ask_markings(each, newest)]
    findings += [Finding(Rule.DERIVATIVE, *_derivative(each, newest)) for each in case.of_newest]
    return frozenset(with_effect(findings, Effect.OBJECTS))


def _derivative(case: ReleaseCase, handling: Handling) -> Answer:
    if handling.derived is None:
        return SILENT
    of_original = _ask_markings(case, handling.derived.original)
    return derivative(case, handling.derived, original_goes=not with_effect(of_original, Effect.OBJECTS))


def _ask_markings(case: ReleaseCase, handling: Handling) -> list[Finding]:
    return [Finding(rule, *ask(case, handling)) for rule, ask in MARKINGS]
