"""Is this pushed object taken? One pure function over all rules of intake.

What is asked rests on the files, on the object and on what the sender's own organisation contributed before; what
others hold plays no part, so that a refusal tells nothing about it (design, laws 2 and 7). A marking that does not
resolve is no reason to refuse: the object is taken, and withheld (decision 9). A refusal goes before a review.
"""

from dataclasses import dataclass

from app.policy.intake_case import IntakeCase
from app.policy.intake_rules import ADMISSION, CONTENT, content
from app.policy.rules import Effect, Finding, Rule, combine, with_effect


@dataclass(frozen=True, slots=True)
class Accept:
    """The object is taken. `rules` are those that granted it."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The object is taken, and nobody is shown it until an officer of the host has looked at it.

    `rules` are all that ask for it; `message` says why, for the officer, never for the sender.
    """

    rules: tuple[Rule, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """The object is not taken. `rules` are all that object; `message` tells the sender what to mend."""

    rules: tuple[Rule, ...]
    message: str


IntakeDecision = Accept | Quarantine | Refuse


def decide_intake(case: IntakeCase) -> IntakeDecision:
    """Ask every rule, and refuse if one objects; else hold the object if one asks for a review."""
    findings = examine(case)
    for effect, decision in ((Effect.OBJECTS, Refuse), (Effect.REVIEWS, Quarantine)):
        rules = with_effect(findings, effect)
        if rules:
            return decision(rules, " ".join(finding.why for finding in findings if finding.effect is effect))
    return Accept(with_effect(findings, Effect.GRANTS))


def examine(case: IntakeCase) -> list[Finding]:
    """What every rule says, in order."""
    return combine(
        binding=[Finding(rule, *ask(case)) for rule, ask in ADMISSION],
        exemption=Finding(Rule.REGISTRY_DEFINITION, *content.registry_definition(case)),
        exempted=[Finding(rule, *ask(case)) for rule, ask in CONTENT],
    )
