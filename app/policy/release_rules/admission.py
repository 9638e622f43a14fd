"""Who is shown anything at all, and when: membership, the agreement's dates, the right to read, embargo and expiry."""

from app.policy.release_case import ReleaseCase
from app.policy.rules import GRANTS, SILENT, Answer, objects
from app.policy.times import Phase


def member(case: ReleaseCase) -> Answer:
    """Only members are shown anything."""
    if case.audience.partner in case.terms.partnership.members:
        return GRANTS
    return objects(f"{case.audience.partner} is no member of {case.terms.partnership.root}.")


def in_force(case: ReleaseCase) -> Answer:
    """The dates of the agreement bind."""
    agreement = case.terms.partnership.agreement
    if agreement.in_force(case.now):
        return GRANTS
    if case.now < agreement.expires:
        return objects(f"The agreement becomes effective at {agreement.effective.isoformat()}.")
    return objects(f"The agreement expired at {agreement.expires.isoformat()}.")


def read(case: ReleaseCase) -> Answer:
    """The right to read the collection."""
    if case.audience.partner in case.collection_terms.read:
        return GRANTS
    return objects(f"{case.audience.partner} may not read {case.collection}.")


def expiry(case: ReleaseCase) -> Answer:
    """The end of the time for which the version is shown."""
    if case.span.not_after is None:
        return SILENT
    if case.span.phase(case.now) is Phase.AFTER:
        return objects(f"The version is shown no longer since {case.span.not_after.isoformat()}.")
    return GRANTS


def embargo(case: ReleaseCase) -> Answer:
    """The beginning of that time."""
    begins = case.span.begins
    if begins is None:
        return SILENT
    if case.now < begins:
        return objects(f"The version is under embargo until {begins.isoformat()}.")
    return GRANTS


def own_contribution(case: ReleaseCase) -> Answer:
    """The exemption: what the audience's own organisation gave."""
    return GRANTS if case.own else SILENT
