"""Law 3: the unknown is denied.

A marking that is unknown, unresolvable, altered or cyclic withholds. No marking at all means the collection's declared
default, never CLEAR. What is absent from an agreement is not granted.
"""

from dataclasses import replace

import pytest

from app.policy.intake import Refuse, decide_intake
from app.policy.partnership import ALL, CollectionTerms, IntakeTerms, Member, ReleaseTerms, TlpLevel
from app.policy.release import Release, decide_release
from tests.policy.builders import (
    AMBER,
    CERT,
    CLEAR,
    CUSTOM,
    EXTENSION,
    GREEN,
    LEVELS,
    OTHER_STATEMENT,
    PAP_GREEN,
    STATEMENT,
    TLP_2_EXTENSION,
    UNRESOLVED,
    WIND,
    Definitions,
    a_definition,
    a_release,
    an_extension_marking,
    an_intake,
    an_object,
    handling_of,
    some_terms,
)

GENEROUS = ReleaseTerms(tlp=LEVELS, unmarked=TlpLevel.CLEAR, statements=ALL, red=frozenset({f"{CERT}/duty"}))
"""Everything that an agreement can grant without naming a marking."""

ACS = "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce"
CUI = "extension-definition--dff17fb3-edcb-4f99-ad1b-4b751c95738a"
IEP = "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a"

DENIED = {
    "an id that nobody defines": ([UNRESOLVED], []),
    "an id that is no marking": (["indicator--b8a662dc-4961-4dba-87ae-af8c6da4b4f5"], []),
    "clear beside an id that nobody defines": ([CLEAR, UNRESOLVED], []),
    "a statement marked with an id that nobody defines": (
        [CLEAR, STATEMENT],
        [a_definition(STATEMENT, object_marking_refs=[UNRESOLVED])],
    ),
    "a statement in a cycle of one": ([STATEMENT], [a_definition(STATEMENT, object_marking_refs=[STATEMENT])]),
    "a statement in a cycle of two": (
        [STATEMENT],
        [
            a_definition(STATEMENT, object_marking_refs=[OTHER_STATEMENT]),
            a_definition(OTHER_STATEMENT, object_marking_refs=[STATEMENT]),
        ],
    ),
    "a TLP level that does not exist": (
        [CUSTOM],
        [an_extension_marking(CUSTOM, TLP_2_EXTENSION, tlp_2_0="unclear")],
    ),
    "TLP:CLEAR under an id of its own": ([CUSTOM], [an_extension_marking(CUSTOM, TLP_2_EXTENSION, tlp_2_0="clear")]),
    "TLP:WHITE under an id of its own": (
        [CUSTOM],
        [a_definition(CUSTOM, definition_type="tlp", definition={"tlp": "white"}, name="TLP:WHITE")],
    ),
    "AMBER+STRICT as a statement": (
        [CUSTOM],
        [a_definition(CUSTOM, x_opencti_definition_type="TLP", x_opencti_definition="TLP:AMBER+STRICT")],
    ),
    "a definition without any meaning": ([CUSTOM], [a_definition(CUSTOM, definition_type=None, definition=None)]),
    "PAP, for which there are no terms": ([CLEAR, PAP_GREEN], []),
    "ACS, for which there are no terms": ([CLEAR, CUSTOM], [an_extension_marking(CUSTOM, ACS)]),
    "IEP, for which there are no terms": ([CLEAR, CUSTOM], [an_extension_marking(CUSTOM, IEP)]),
    "CUI that is not mapped": ([CLEAR, CUSTOM], [an_extension_marking(CUSTOM, CUI)]),
    "an extension that is not mapped": ([CLEAR, CUSTOM], [an_extension_marking(CUSTOM, EXTENSION)]),
}


def outcome(obj, definitions, terms, partner=CERT):
    handling = handling_of(obj, Definitions(definitions))
    return isinstance(decide_release(a_release(handling, partner, f"{partner}/duty", terms=terms)), Release)


def test_the_agreement_of_these_tests_grants_what_it_can():
    terms = some_terms(release=GENEROUS)
    assert outcome(an_object(), [], terms)
    assert outcome(an_object(object_marking_refs=[GREEN, STATEMENT]), [a_definition(STATEMENT)], terms)


@pytest.mark.parametrize(("marks", "definitions"), DENIED.values(), ids=DENIED.keys())
def test_what_is_not_understood_is_withheld_from_a_member_with_every_level(marks, definitions):
    assert not outcome(an_object(object_marking_refs=marks), definitions, some_terms(release=GENEROUS))


@pytest.mark.parametrize(("marks", "definitions"), DENIED.values(), ids=DENIED.keys())
def test_what_is_not_understood_is_withheld_also_where_it_marks_a_part(marks, definitions):
    entries = [{"marking_ref": mark, "selectors": ["pattern"]} for mark in marks]
    obj = an_object(object_marking_refs=[CLEAR], granular_markings=entries)
    assert not outcome(obj, definitions, some_terms(release=GENEROUS))


@pytest.mark.parametrize("declared", list(TlpLevel))
def test_no_marking_means_the_declared_level_and_no_other(declared):
    """A member that holds only the declared level is shown the object; one that holds all others is not."""
    red = frozenset({f"{CERT}/duty"})
    release = replace(GENEROUS, unmarked=declared, red=red)
    for held, shown in ((frozenset({declared}), True), (LEVELS - {declared}, False)):
        terms = some_terms(release=release, members={CERT: Member(CERT, tlp=held)})
        assert outcome(an_object(), [], terms) is shown


def test_no_marking_and_no_declared_level_is_withheld():
    assert not outcome(an_object(), [], some_terms(release=replace(GENEROUS, unmarked=None)))


ABSENT = {
    "release.tlp": {"release": replace(GENEROUS, tlp=frozenset())},
    "release": {"release": ReleaseTerms()},
    "members.tlp": {"members": {CERT: Member(CERT)}},
    "read": {"read": frozenset()},
}


@pytest.mark.parametrize("absent", ABSENT.values(), ids=ABSENT.keys())
def test_what_is_absent_from_an_agreement_is_not_released(absent):
    assert not outcome(an_object(object_marking_refs=[AMBER]), [], some_terms(**{"release": GENEROUS, **absent}))


INTAKE_ABSENT = {
    "write": {"write": frozenset()},
    "intake.types": {"intake": IntakeTerms(tlp=LEVELS)},
    "intake.tlp": {"intake": IntakeTerms(types=ALL)},
    "intake": {"intake": IntakeTerms()},
}


@pytest.mark.parametrize("absent", INTAKE_ABSENT.values(), ids=INTAKE_ABSENT.keys())
def test_what_is_absent_from_an_agreement_is_not_taken(absent):
    assert isinstance(decide_intake(an_intake(an_object(), terms=some_terms(**absent), partner=WIND)), Refuse)


def test_a_collection_of_which_nothing_is_said_grants_nothing():
    terms = some_terms()
    bare = CollectionTerms("indicators", "5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10", "Shared indicators")
    bare_terms = replace(terms, partnership=replace(terms.partnership, collections={"indicators": bare}))
    assert not outcome(an_object(object_marking_refs=[CLEAR]), [], bare_terms)
    assert isinstance(decide_intake(an_intake(an_object(), terms=bare_terms)), Refuse)


def test_the_set_of_nothing_is_not_the_set_of_everything():
    """Both are frozensets; were they equal, an agreement that loses `all` would count as unchanged."""
    assert frozenset() != ALL
    assert frozenset() != ALL
    assert len({ALL, frozenset()}) == 2
    assert ReleaseTerms(statements=ALL) != ReleaseTerms()
