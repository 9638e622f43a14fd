"""May this audience be shown this object version? One pure function over all rules of release.

The order of the rules is the order in which `explain` prints them; it has no effect on the decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.policy.handling import Handling
from app.policy.release_case import ReleaseCase
from app.policy.release_rules import ADMISSION, MARKINGS, admission
from app.policy.release_rules.closure import closure
from app.policy.rules import GRANTS, SILENT, Answer, Effect, Finding, Rule, combine, listed, objects, with_effect


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


ReleaseDecision = Release | Withhold


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
        binding=[Finding(rule, *ask(case)) for rule, ask in ADMISSION],
        exemption=Finding(Rule.OWN_CONTRIBUTION, *admission.own_contribution(case)),
        exempted=[
            *_ask_markings(case, case.handling),
            Finding(Rule.CAP, *_cap(case)),
            Finding(Rule.CLOSURE, *closure(case)),
            Finding(Rule.EMBARGO, *admission.embargo(case)),
        ],
    )


def conclude(case: ReleaseCase, findings: Sequence[Finding]) -> ReleaseDecision:
    """The decision that follows from the findings of this case."""
    agreement = case.terms.partnership.agreement
    withheld_by = with_effect(findings, Effect.OBJECTS)
    if not withheld_by:
        end = case.span.not_after
        return Release(
            with_effect(findings, Effect.GRANTS), agreement.expires if end is None else min(agreement.expires, end)
        )
    begins = {Rule.IN_FORCE: agreement.effective, Rule.EMBARGO: case.span.not_before}
    awaited = [begins.get(rule) for rule in withheld_by]
    begun = [at for at in awaited if at is not None and at > case.now]
    return Withhold(withheld_by, max(begun) if len(begun) == len(awaited) else None)


def _cap(case: ReleaseCase) -> Answer:
    if case.cap is None:
        return SILENT
    against = with_effect(_ask_markings(case, case.cap), Effect.OBJECTS)
    if against:
        return objects(f"A newer version may not be shown, by {listed(against)}.")
    return GRANTS


def _ask_markings(case: ReleaseCase, handling: Handling) -> list[Finding]:
    return [Finding(rule, *ask(case, handling)) for rule, ask in MARKINGS]
