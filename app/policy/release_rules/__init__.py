"""The rules of release, one small function each, in the order in which `explain` prints them."""

from collections.abc import Callable
from typing import Final

from app.policy.handling import Handling
from app.policy.release_case import ReleaseCase
from app.policy.release_rules import acs, admission, caveats, levels, sides, vocabularies
from app.policy.rules import Answer, Rule

ADMISSION: Final[tuple[tuple[Rule, Callable[[ReleaseCase], Answer]], ...]] = (
    (Rule.MEMBER, admission.member),
    (Rule.IN_FORCE, admission.in_force),
    (Rule.READ, admission.read),
    (Rule.EXPIRY, admission.expiry),
)
"""What must hold whatever the object is."""

MARKINGS: Final[tuple[tuple[Rule, Callable[[ReleaseCase, Handling], Answer]], ...]] = (
    (Rule.KNOWN_MARKINGS, vocabularies.known_markings),
    (Rule.COLLECTION_TLP, levels.collection_tlp),
    (Rule.MEMBER_TLP, levels.member_tlp),
    (Rule.NAMED_FOR_RED, levels.named_for_red),
    (Rule.CLIENT, levels.client),
    (Rule.DEFAULT_LEVEL, levels.default_level),
    (Rule.STATEMENTS, vocabularies.statements),
    (Rule.PAP, vocabularies.pap),
    (Rule.IEP, vocabularies.iep),
    (Rule.ACS, acs.acs),
    (Rule.CUSTOM, vocabularies.custom),
    (Rule.RELEASABLE_TO, caveats.releasable_to),
    (Rule.ORIGINATOR_CONTROL, sides.originator_control),
    (Rule.ATTRIBUTION, sides.attribution),
    (Rule.SUBMITTER_RELEASES, sides.submitter_releases),
    (Rule.ORIGINATOR_RELEASES, sides.originator_releases),
    (Rule.MEMBER_TAKES, sides.member_takes),
)
"""What the markings of a version, or of the newest of its line, ask of an audience, and the members' own terms."""
