"""What an officer of the host looks at first: values on lists, and the types, submitters and levels sent to review."""

from app.policy.intake_case import IntakeCase
from app.policy.partnership import Verdict
from app.policy.rules import SILENT, Answer, by_verdict, reviews
from app.stix.observables import mentioned_in


def value_lists(case: IntakeCase) -> Answer:
    """Values that are never to be shared, or never to be believed; a list that is not there hits everything (law 3)."""
    if not case.intake.lists:
        return SILENT
    mentioned = mentioned_in(case.obj.tree)
    hits: dict[Verdict, list[str]] = {}
    for name, verdict in sorted(case.intake.lists.items()):
        known = case.lists.get(name)
        found = known.first_of(mentioned) if known is not None else "any value, since the list can't be read"
        if found is not None:
            hits.setdefault(verdict, []).append(f"{name}: {found}")
    for verdict in (Verdict.REFUSE, Verdict.REVIEW):
        if verdict in hits:
            return by_verdict(
                verdict, f"The object names what a list of this collection holds ({'; '.join(hits[verdict])})."
            )
    return SILENT


def review(case: IntakeCase) -> Answer:
    """What the collection's terms send to review, whatever else is true of it."""
    asked = case.intake.review
    levels = set(case.handling.tlp)
    if case.handling.unmarked and case.intake.unmarked is not None:
        levels.add(case.intake.unmarked)
    why = [f"the type {case.obj.type}"] * (case.obj.type in asked.types)
    why += [f"the submitter {case.partner}"] * (case.partner in asked.submitters)
    why += [f"TLP:{level.upper()}" for level in sorted(levels) if level in asked.tlp]
    why += ["a marking that is not understood, and may be of any level"] * (case.handling.unknown and bool(asked.tlp))
    return reviews(f"The collection sends to review: {', '.join(why)}.") if why else SILENT
