"""What the generators are worth: each rule has cases in which it is alone in the way, and cases in which it holds."""

from collections import Counter

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.policy.intake import examine as examine_intake
from app.policy.release import examine as examine_release
from app.policy.rules import Effect, Rule
from tests.policy.pointed import INTAKE_POINTS, RELEASE_POINTS, intake_cases_about, release_cases_about

CASES = 50
OPENS = {
    Rule.OWN_CONTRIBUTION: Effect.OUTRANKED,
    Rule.REGISTRY_DEFINITION: Effect.OUTRANKED,
    Rule.BREAK_GLASS: Effect.LIFTED,
}
"""Rules that are never in the way, and what they make of the others."""

AND_HOW_MANY = 3
"""Of the cases about a rule, how many it has to decide alone, and in how many it has to hold."""


def tried(cases, examine):
    """In how many cases of a strategy each rule held, and in how many it alone was in the way, or alone opened it."""
    held, decided = Counter(), Counter()

    @settings(max_examples=CASES, phases=[Phase.generate], derandomize=True)
    @given(cases)
    def count(case):
        findings = examine(case)
        against = [finding.rule for finding in findings if finding.effect in (Effect.OBJECTS, Effect.REVIEWS)]
        held.update(finding.rule for finding in findings if finding.effect is Effect.GRANTS)
        held.update(finding.rule for finding in findings if finding.effect is Effect.SILENT and not against)
        decided.update(against if len(against) == 1 else [])
        effects = {finding.effect for finding in findings}
        decided.update([rule for rule, effect in OPENS.items() if effect in effects and not against])

    count()
    return held, decided


@pytest.mark.parametrize("rule", RELEASE_POINTS)
def test_cases_about_a_rule_of_release_turn_on_it(rule):
    held, decided = tried(release_cases_about(st.just([rule])), examine_release)
    assert held[rule] >= AND_HOW_MANY
    assert decided[rule] >= AND_HOW_MANY, (held, decided)


@pytest.mark.parametrize("rule", INTAKE_POINTS)
def test_cases_about_a_rule_of_intake_turn_on_it(rule):
    held, decided = tried(intake_cases_about(st.just([rule])), examine_intake)
    assert held[rule] >= AND_HOW_MANY
    assert decided[rule] >= AND_HOW_MANY, (held, decided)


def test_there_are_cases_about_every_rule():
    one_log = {Rule.ONE_ORIGIN, Rule.ONE_CONTENT}
    assert {*RELEASE_POINTS, *INTAKE_POINTS} == set(Rule) - one_log
