"""Which handlings pass a view, and which versions are worth sanitising for it: decided one by one."""

from dataclasses import replace

import pytest

from app.policy.handling import Handling
from app.policy.partnership import ALL, PapLevel, ReleaseTerms, Remedy, TlpLevel
from app.policy.sanitising import passes, worth_sanitising
from tests.policy.builders import CUSTOM, OTHER_STATEMENT, STATEMENT, a_handling

GREEN, AMBER, RED = TlpLevel.GREEN, TlpLevel.AMBER, TlpLevel.RED
VIEW = frozenset({GREEN})
TERMS = ReleaseTerms(
    tlp=ALL,
    unmarked=AMBER,
    statements=frozenset({STATEMENT}),
    pap=frozenset({PapLevel.GREEN}),
    iep={"encrypt_in_transit": frozenset({"must"})},
    granular=Remedy.SANITISE,
)
BOTH = replace(TERMS, attribution=Remedy.SANITISE)
PASS = {
    "its one level": (a_handling(GREEN), TERMS, True),
    "no level, as a marking may have none": (Handling(), TERMS, True),
    "a level beside": (a_handling(GREEN, RED), TERMS, False),
    "no level, where the default is of the view": (Handling(unmarked=True), replace(TERMS, unmarked=GREEN), True),
    "no level, where the default is not": (Handling(unmarked=True), TERMS, False),
    "no level, where there is no default": (Handling(unmarked=True), replace(TERMS, unmarked=None), False),
    "a level, where there is no default": (a_handling(GREEN), replace(TERMS, unmarked=None), True),
    "what nobody understands": (a_handling(GREEN, unknown=True), TERMS, False),
    "a statement that is accepted": (a_handling(GREEN, statements=frozenset({STATEMENT})), TERMS, True),
    "a statement that is not": (a_handling(GREEN, statements=frozenset({STATEMENT, OTHER_STATEMENT})), TERMS, False),
    "PAP that is accepted": (a_handling(GREEN, pap=frozenset({PapLevel.GREEN})), TERMS, True),
    "PAP that is not": (a_handling(GREEN, pap=frozenset({PapLevel.GREEN, PapLevel.RED})), TERMS, False),
    "a policy that is undertaken": (a_handling(GREEN, iep=frozenset({("encrypt_in_transit", "must")})), TERMS, True),
    "a policy that is not": (a_handling(GREEN, iep=frozenset({("encrypt_in_transit", "may")})), TERMS, False),
    "a policy of which nothing is said": (a_handling(GREEN, iep=frozenset({("resale", "may")})), TERMS, False),
    "ACS": (a_handling(GREEN, acs=frozenset({frozenset({("classification", "U")})})), TERMS, False),
    "another kind": (a_handling(GREEN, custom=frozenset({(CUSTOM, "")})), TERMS, False),
    "a release list": (a_handling(GREEN, releasable_to=frozenset({frozenset({"NLD"})})), TERMS, False),
    "originator control": (a_handling(GREEN, originator_control=True), TERMS, False),
    "a source that must not be named": (a_handling(GREEN, anonymous=True), TERMS, False),
    "a source that must not be named, where it is cut": (a_handling(GREEN, anonymous=True), BOTH, True),
}


@pytest.mark.parametrize(("handling", "terms", "stays"), PASS.values(), ids=PASS.keys())
def test_what_passes_a_view(handling, terms, stays):
    assert passes(handling, VIEW, terms) is stays


IN_PART = a_handling(GREEN, RED, whole=a_handling(GREEN))
ACCEPTED = replace(IN_PART, whole=a_handling(GREEN, statements=frozenset({STATEMENT})))
UNNAMED = a_handling(GREEN, anonymous=True, signed=True)
WORTH = {
    "a part that goes": (IN_PART, TERMS, False, True),
    "a part that goes, where none is to be taken out": (replace(IN_PART, inseparable=True), TERMS, False, False),
    "a source that goes, where no part is to be taken out": (replace(UNNAMED, inseparable=True), BOTH, False, True),
    "a part that goes, of a whole that the collection accepts": (ACCEPTED, TERMS, False, True),
    "a part that goes, where parts are not cut": (IN_PART, replace(BOTH, granular=Remedy.WITHHOLD), False, False),
    "a whole that goes": (a_handling(GREEN, RED), TERMS, False, False),
    "a whole that goes, whatever the parts are": (a_handling(GREEN, RED, whole=a_handling(RED)), TERMS, False, False),
    "nothing that goes": (a_handling(GREEN), BOTH, False, False),
    "a part that stays": (a_handling(GREEN, whole=a_handling(GREEN)), BOTH, False, False),
    "a source that a marking hides": (UNNAMED, BOTH, False, True),
    "a source that a marking hides, of what is unsigned": (replace(UNNAMED, signed=False), BOTH, False, False),
    "a source that nothing hides": (replace(UNNAMED, anonymous=False), BOTH, False, False),
    "a source that its member hides": (a_handling(GREEN), BOTH, True, True),
    "a source that its member hides, where parts are not cut": (
        a_handling(GREEN),
        replace(BOTH, granular=Remedy.WITHHOLD),
        True,
        True,
    ),
    "a source that its member hides, where it is not cut": (a_handling(GREEN), TERMS, True, False),
    "a part that goes, of a member that hides, where its name is not cut": (IN_PART, TERMS, True, False),
}


@pytest.mark.parametrize(("handling", "terms", "anonymous", "worth"), WORTH.values(), ids=WORTH.keys())
def test_what_is_worth_sanitising(handling, terms, anonymous, worth):
    assert worth_sanitising(handling, VIEW, terms, anonymous=anonymous) is worth
