"""Why a version is released or withheld: every rule in order, and the decision.

It rests on the findings of the decision itself, so that it can't tell another story.
"""

from dataclasses import dataclass

from app.policy.release import ReleaseDecision, conclude, examine
from app.policy.release_case import ReleaseCase
from app.policy.rules import Effect, Finding


@dataclass(frozen=True, slots=True)
class Explanation:
    """What every rule says of one case, each with a sentence, and the decision that follows."""

    findings: tuple[Finding, ...]
    decision: ReleaseDecision


def explain_release(case: ReleaseCase) -> Explanation:
    """Every rule of release in order, with a sentence that says why it holds or does not, and the decision."""
    findings = examine(case)
    return Explanation(
        findings=tuple(finding._replace(why=_told(finding)) for finding in findings),
        decision=conclude(case, findings),
    )


def _told(finding: Finding) -> str:
    match finding.effect:
        case Effect.GRANTS:
            return f"Holds: {finding.why or finding.rule.sentence}"
        case Effect.SILENT:
            return f"Does not arise: {finding.rule.sentence}"
        case Effect.OBJECTS | Effect.REVIEWS:
            return finding.why
        case Effect.OUTRANKED:
            return f"Outranked by the member's own contribution: {finding.why}"
        case Effect.LIFTED:
            return f"Lifted by break-glass: {finding.why}"
