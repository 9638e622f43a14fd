"""The rules of intake, one small function each, in the order in which docs/policy.md explains them."""

from collections.abc import Callable
from typing import Final

from app.policy.intake_case import IntakeCase
from app.policy.intake_rules import admission, content, history, review
from app.policy.rules import Answer, Rule

ADMISSION: Final[tuple[tuple[Rule, Callable[[IntakeCase], Answer]], ...]] = (
    (Rule.MEMBER, admission.member),
    (Rule.IN_FORCE, admission.in_force),
    (Rule.WRITE, admission.write),
    (Rule.FEEDER, admission.feeder),
    (Rule.NOT_BLOCKED, admission.not_blocked),
)
"""What must hold whatever is pushed."""

CONTENT: Final[tuple[tuple[Rule, Callable[[IntakeCase], Answer]], ...]] = (
    (Rule.UNALTERED, content.unaltered),
    (Rule.NO_SELF_MARKING, content.no_self_marking),
    (Rule.SPEC_VERSION, content.spec_version),
    (Rule.OBJECT_TYPE, content.object_type),
    (Rule.INTAKE_TLP, content.intake_tlp),
    (Rule.INTAKE_UNMARKED, content.intake_unmarked),
    (Rule.REQUIRED_MARKINGS, content.required_markings),
    (Rule.DETERMINISTIC_ID, content.deterministic_id),
    (Rule.VALUE_LISTS, review.value_lists),
    (Rule.OWNERSHIP, content.ownership),
    (Rule.SOURCE_UNNAMED, content.source_unnamed),
    (Rule.NOT_AHEAD, history.not_ahead),
    (Rule.SAME_VERSION, history.same_version),
    (Rule.CREATED_KEPT, history.created_kept),
    (Rule.SIGNER_KEPT, history.signer_kept),
    (Rule.AFTER_REVOKED, history.after_revoked),
    (Rule.OLDER_VERSION, history.older_version),
    (Rule.LOOSENED_MARKING, history.loosened_marking),
    (Rule.REVIEW, review.review),
)
"""What the object itself must be."""
