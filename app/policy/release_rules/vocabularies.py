"""The other vocabularies of markings: each has terms of its own in the collection, or withholds (law 3)."""

from app.policy.handling import Handling
from app.policy.release_case import ReleaseCase
from app.policy.rules import GRANTS, SILENT, Answer, listed, objects


def known_markings(case: ReleaseCase, handling: Handling) -> Answer:
    """What nobody understands is withheld (law 3)."""
    if not handling.unknown:
        return SILENT
    return objects("A marking does not resolve for this object, is altered or cyclic, or is of no known kind.")


def statements(case: ReleaseCase, handling: Handling) -> Answer:
    """Statement markings that the collection accepts."""
    accepted = case.collection_terms.release.statements
    missing = {marking_id for marking_id in handling.statements if marking_id not in accepted}
    if missing:
        return objects(f"{case.collection} does not accept the statements {listed(missing)}.")
    return GRANTS if handling.statements else SILENT


def pap(case: ReleaseCase, handling: Handling) -> Answer:
    """PAP levels that the members have undertaken to keep."""
    granted = case.collection_terms.release.pap
    missing = {level for level in handling.pap if level not in granted}
    if missing:
        return objects(f"{case.collection} does not release PAP {listed(missing)}.")
    return GRANTS if handling.pap else SILENT


def iep(case: ReleaseCase, handling: Handling) -> Answer:
    """What Information Exchange Policies ask for, as far as the members have undertaken it."""
    undertaken = case.collection_terms.release.iep
    missing = {f"{name} {value}" for name, value in handling.iep if value not in undertaken.get(name, frozenset())}
    if missing:
        return objects(f"{case.collection} does not accept the IEP statements {listed(missing)}.")
    return GRANTS if handling.iep else SILENT


def custom(case: ReleaseCase, handling: Handling) -> Answer:
    """A mapping of the marking's own id speaks before one of its extension."""
    mapped = case.collection_terms.release.custom
    missing = set()
    for marking_id, extension in handling.custom:
        terms = mapped.get(marking_id) or mapped.get(extension)
        controls = {control for marked, control in handling.disseminations if marked == marking_id}
        if (
            terms is None
            or case.audience.partner not in terms.members
            or any(control not in terms.disseminations for control in controls)
        ):
            missing.add(marking_id)
    if missing:
        return objects(f"{case.collection} does not map {listed(missing)} to {case.audience.partner}.")
    return GRANTS if handling.custom else SILENT
