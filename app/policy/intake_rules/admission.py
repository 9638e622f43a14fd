"""Who pushes anything at all: membership, dates, the right to write, the role; and what the host has blocked."""

from app.policy.intake_case import IntakeCase
from app.policy.partnership import Role
from app.policy.rights import may_report
from app.policy.rules import GRANTS, SILENT, Answer, objects

BLOCKED = "This object is not taken here. Ask those who run the exchange."


def member(case: IntakeCase) -> Answer:
    """Only members push."""
    if case.partner in case.terms.partnership.members:
        return GRANTS
    return objects("Your organisation is no member of this partnership.")


def in_force(case: IntakeCase) -> Answer:
    """The dates of the agreement bind."""
    return GRANTS if case.terms.partnership.agreement.in_force(case.now) else objects("The agreement is not in force.")


def write(case: IntakeCase) -> Answer:
    """The right to write to the collection."""
    if case.partner in case.collection_terms.write:
        return GRANTS
    return objects("Your organisation may not write to this collection.")


def feeder(case: IntakeCase) -> Answer:
    """The role that pushes; and where an analyst reports, that the collection takes it."""
    if case.reported:
        taken = may_report(case.collection_terms, case.partner, case.role)
        return GRANTS if taken else objects("This collection does not take what this account reports.")
    return GRANTS if case.role is Role.FEEDER else objects("Only an account with the role feeder may push.")


def not_blocked(case: IntakeCase) -> Answer:
    """What the host has blocked; the text is the same whoever pushes, and tells of nobody."""
    return objects(BLOCKED) if case.blocked else SILENT
