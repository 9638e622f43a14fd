"""Whether what a version refers to may be seen as well, where the collection asks for it (design, decision 7)."""

from app.policy.release_case import ReleaseCase
from app.policy.rules import SILENT, Answer, objects


def closure(case: ReleaseCase) -> Answer:
    """References to what the version's own submitter contributed here."""
    if not (case.collection_terms.closure and case.end_hidden):
        return SILENT
    return objects(f"It refers to something that {case.submitter} contributed to {case.collection} and that is hidden.")
