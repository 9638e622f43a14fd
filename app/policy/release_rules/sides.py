"""The members' own sides: what the submitter and the originator release to whom, and what the audience takes.

All sides have to say yes, beside the collection's terms. A side without terms of its own says nothing, and no member
is bound in what it is shown of its own. Marking definitions go with what they mark, so types, confidence and ages
leave them alone.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from app.policy.handling import Handling
from app.policy.markings import MARKING_DEFINITION, PAP_EXTENSION
from app.policy.partnership import Grant, Member
from app.policy.release_case import ReleaseCase
from app.policy.release_rules.levels import levels_of
from app.policy.rules import GRANTS, SILENT, Answer, grants, listed, objects
from app.policy.vocabularies import acs, iep


@dataclass(frozen=True, slots=True)
class Side:
    """One member's entries, and the partners that one of them has to name. `says` is what the entries say, with its
    opposite.
    """

    entries: Collection[Grant]
    partners: Collection[str]
    says: str
    denies: str

    def covering(self, case: ReleaseCase, handling: Handling) -> Iterator[Grant]:
        """The entries that cover a version of this handling in the case's collection, whatever its age."""
        return (entry for entry in self.entries if self._names(entry) and _covers(entry, case, handling))

    def _names(self, entry: Grant) -> bool:
        return all(partner in entry.partners for partner in self.partners)


def submitters_side(case: ReleaseCase) -> Side | None:
    """What whoever pushed the version releases to the audience; None where that says nothing."""
    return _releasing(case, case.submitter)


def originators_side(case: ReleaseCase) -> Side | None:
    """What the member in whose name it stands releases, where another pushed it."""
    return _releasing(case, case.originator) if case.originator != case.submitter else None


def audiences_side(case: ReleaseCase) -> Side | None:
    """What the audience takes from whoever pushed the version, and from the member in whose name it stands."""
    partner = case.audience.partner
    givers = {case.submitter, case.originator} - {partner}
    entries = case.member.takes
    if entries is None or not givers:
        return None
    whom = listed(givers)
    return Side(entries, givers, f"{partner} takes it from {whom}", f"{partner} does not take it from {whom}")


def _releasing(case: ReleaseCase, member: str) -> Side | None:
    partner = case.audience.partner
    entries = case.side_of(member).releases
    if entries is None or member == partner:
        return None
    return Side(entries, {partner}, f"{member} releases it to {partner}", f"{member} does not release it to {partner}")


def submitter_releases(case: ReleaseCase, handling: Handling) -> Answer:
    """The side of whoever pushed the version."""
    return _answer(submitters_side(case), case, handling)


def originator_releases(case: ReleaseCase, handling: Handling) -> Answer:
    """The side of the member in whose name it stands: what is relayed goes no further than that member says."""
    return _answer(originators_side(case), case, handling)


def member_takes(case: ReleaseCase, handling: Handling) -> Answer:
    """The side of the audience."""
    return _answer(audiences_side(case), case, handling)


def _answer(side: Side | None, case: ReleaseCase, handling: Handling) -> Answer:
    if side is None:
        return SILENT
    if any(side.covering(case, handling)):
        return grants(f"{side.says}.")
    return objects(f"{side.denies}: no entry of its terms covers it.")


def is_controlled(handling: Handling, originator: Member) -> bool:
    """Whether a version of this handling stays under the control of the member in whose name it stands."""
    return handling.originator_control or originator.originator_control


def originator_control(case: ReleaseCase, handling: Handling) -> Answer:
    """Who keeps control of what is its own, by its terms or by a marking: the last hop's wish never widens it.

    Whom the originator names, its `releases` say, by the rules above; where it has none it names nobody.
    """
    originator = case.side_of(case.originator)
    if not is_controlled(handling, originator):
        return SILENT
    if originator.releases is not None or case.audience.partner == case.originator:
        return GRANTS
    return objects(f"The object is under originator control, and {case.originator} names nobody for it.")


def attribution(case: ReleaseCase, handling: Handling) -> Answer:
    """A source that must not be named is named by its signature, which nobody can take off another's object.

    A marking says so of whatever source signed, or gave an object that holds an identity of its; a member's own terms
    say it of that member. A derivative is not signed so.
    """
    if case.audience.partner == case.originator:
        return SILENT
    anonymous = case.side_of(case.originator).anonymous
    if anonymous and case.named and handling.derived is None:
        return objects(f"{case.originator} is not to be named, and the object is signed in its name.")
    if handling.anonymous and handling.signed:
        return objects("The object's source must not be named, and the object names it.")
    return GRANTS if anonymous or handling.anonymous else SILENT


def _covers(entry: Grant, case: ReleaseCase, handling: Handling) -> bool:
    """Whether the entry covers what is of this handling, whoever is concerned and however old it is."""
    if case.collection not in entry.collections or any(level not in entry.tlp for level in levels_of(case, handling)):
        return False
    if entry.markings is not None and not all(ids & entry.markings for ids in _beside_tlp(handling)):
        return False
    if handling.type == MARKING_DEFINITION:
        return True
    stated = handling.confidence
    confident = entry.confidence is None or (stated is not None and stated >= entry.confidence)
    return confident and handling.type in entry.types


def _beside_tlp(handling: Handling) -> Iterator[frozenset[str]]:
    """The markings that are no TLP, each by its own id and that of its extension: an entry may name either.

    PAP, IEP and ACS go by their extensions; caveats have no id by which an entry could name them.
    """
    yield from (frozenset({marking_id}) for marking_id in handling.statements)
    yield from (frozenset({marking_id, extension}) for marking_id, extension in handling.custom)
    by_extension = ((PAP_EXTENSION, handling.pap), (iep.EXTENSION, handling.iep), (acs.EXTENSION, handling.acs))
    yield from (frozenset({extension}) for extension, asked in by_extension if asked)
    if handling.releasable_to or handling.originator_control:
        yield frozenset()
