"""What markings ask for: levels, kinds, the worst case over all parts, and what can't be understood."""

import json
from dataclasses import replace

import pytest

from app.policy.derivation import DEFINITIONS_PER_OBJECT_MAX, NESTED_MAX, derive_handling
from app.policy.handling import Derived, Handling, from_facts, join, to_facts
from app.policy.markings import resolves_for
from app.policy.partnership import PapLevel, TlpLevel
from app.policy.vocabularies import iep
from tests.policy.builders import (
    AMBER,
    CERT,
    CLEAR,
    CUSTOM,
    EXTENSION,
    GREEN,
    GREEN_1,
    IDENTITY,
    NOBODY,
    NOW,
    OPENCTI_STRICT,
    OTHER_STATEMENT,
    PAP_CLEAR,
    PAP_GREEN,
    PAP_WHITE,
    RED,
    REGISTRY,
    STATEMENT,
    TLP_2_EXTENSION,
    UNRESOLVED,
    WHITE_1,
    WIND,
    Definitions,
    a_definition,
    a_handling,
    an_extension_marking,
    an_object,
    handling_of,
    some_terms,
)

LEVEL = TlpLevel
PAP_EXTENSION = "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b"
UNKNOWN = a_handling(LEVEL.GREEN, unknown=True)
LEVEL_GREEN = a_handling(LEVEL.GREEN)


def granular(marking_id, *selectors):
    return {"marking_ref": marking_id, "selectors": list(selectors)}


def marked(*marking_ids, **changed):
    return an_object(object_marking_refs=list(marking_ids) or None, **changed)


def observing(*marking_ids, **objects):
    """Observed data, marked so, with observables in it."""
    return marked(*marking_ids, type="observed-data", objects=objects)


def observed(**marks):
    return {"type": "ipv4-addr", "value": "203.0.113.66", **marks}


DERIVED = {
    "no marking at all": (marked(), [], Handling(unmarked=True)),
    "one level": (marked(GREEN), [], a_handling(LEVEL.GREEN)),
    "one level in both generations counts once": (marked(GREEN, GREEN_1), [], a_handling(LEVEL.GREEN)),
    "white and clear are one level": (marked(WHITE_1, CLEAR), [], a_handling(LEVEL.CLEAR)),
    "two levels both apply": (marked(GREEN, AMBER), [], a_handling(LEVEL.GREEN, LEVEL.AMBER)),
    "a granular level applies to the whole": (
        marked(GREEN, granular_markings=[granular(RED, "pattern")]),
        [],
        a_handling(LEVEL.GREEN, LEVEL.RED),
    ),
    "a granular level alone leaves the rest unmarked": (
        marked(granular_markings=[granular(CLEAR, "pattern")]),
        [],
        a_handling(LEVEL.CLEAR, unmarked=True),
    ),
    "what an observable in observed data is marked with applies to the whole": (
        observing(GREEN, first=observed(), second=observed(object_marking_refs=[RED])),
        [],
        a_handling(LEVEL.GREEN, LEVEL.RED),
    ),
    "what a part of such an observable is marked with applies to the whole": (
        observing(GREEN, first=observed(granular_markings=[granular(RED, "value"), granular(AMBER, "nothing")])),
        [],
        a_handling(LEVEL.GREEN, LEVEL.AMBER, LEVEL.RED),
    ),
    "a level of such an observable alone leaves the rest unmarked": (
        observing(first=observed(object_marking_refs=[CLEAR])),
        [],
        a_handling(LEVEL.CLEAR, unmarked=True),
    ),
    "a definition that such an observable names": (
        observing(GREEN, first=observed(object_marking_refs=[STATEMENT])),
        [a_definition(STATEMENT, object_marking_refs=[RED])],
        a_handling(LEVEL.GREEN, LEVEL.RED, statements=frozenset({STATEMENT})),
    ),
    "an id that such an observable names and nobody defines": (
        observing(GREEN, first=observed(object_marking_refs=[UNRESOLVED])),
        [],
        UNKNOWN,
    ),
    "a language in such an observable": (
        observing(GREEN, first=observed(granular_markings=[{"lang": "en", "selectors": ["value"]}])),
        [],
        a_handling(LEVEL.GREEN),
    ),
    "what an extension of such an observable is marked with": (
        observing(GREEN, first=observed(extensions={"archive-ext": {"object_marking_refs": [RED]}})),
        [],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "what is marked in a list of objects": (
        marked(GREEN, objects=[observed(object_marking_refs=[RED])]),
        [],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "what is marked in a list of lists that stands where an observable does": (
        marked(GREEN, objects={"first": [[{"granular_markings": []}]]}),
        [],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "what is marked in an extension": (
        marked(GREEN, extensions={CUSTOM: {"inner": [{"granular_markings": [granular(RED, "value")]}]}}),
        [],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "a definition in which something is marked": (
        marked(GREEN, STATEMENT),
        [a_definition(STATEMENT, external_references=[{"source_name": "x", "object_marking_refs": [RED]}])],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "a property that is called so in a text": (marked(GREEN, name="object_marking_refs"), [], LEVEL_GREEN),
    "a statement that is named as a level": (
        marked(GREEN, STATEMENT),
        [a_definition(STATEMENT, name="TLP:RED")],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "a statement whose source is a caveat": (
        marked(GREEN, STATEMENT),
        [a_definition(STATEMENT, external_references=[{"source_name": "NOFORN"}])],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "a statement whose source is said to be one": (
        marked(GREEN, STATEMENT),
        [a_definition(STATEMENT, external_references=[{"source_name": "x"}, {"description": "TLP:RED"}])],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "a statement that is named as a level, and has a source": (
        marked(GREEN, STATEMENT),
        [a_definition(STATEMENT, name="TLP:RED", external_references=[{"source_name": "x"}])],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "a statement whose source is no source": (
        marked(GREEN, STATEMENT),
        [a_definition(STATEMENT, external_references=["NOFORN"])],
        a_handling(LEVEL.GREEN, statements=frozenset({STATEMENT})),
    ),
    "a statement that is named, and has a source": (
        marked(GREEN, STATEMENT),
        [a_definition(STATEMENT, name="Licence", external_references=[{"source_name": "BSD", "description": "x"}])],
        a_handling(LEVEL.GREEN, statements=frozenset({STATEMENT})),
    ),
    "objects that are no objects": (marked(GREEN, objects={"first": "none", "second": [RED]}), [], LEVEL_GREEN),
    "objects that are a list": (marked(GREEN, objects=[RED]), [], LEVEL_GREEN),
    "a language has no meaning for access": (
        marked(GREEN, granular_markings=[{"lang": "en", "selectors": ["pattern"]}]),
        [],
        a_handling(LEVEL.GREEN),
    ),
    "a statement without TLP": (
        marked(STATEMENT),
        [a_definition(STATEMENT)],
        Handling(unmarked=True, statements=frozenset({STATEMENT})),
    ),
    "a granular statement": (
        marked(GREEN, granular_markings=[granular(STATEMENT, "pattern")]),
        [a_definition(STATEMENT)],
        a_handling(LEVEL.GREEN, statements=frozenset({STATEMENT})),
    ),
    "what a definition is marked with applies too": (
        marked(GREEN, STATEMENT),
        [a_definition(STATEMENT, object_marking_refs=[RED])],
        a_handling(LEVEL.GREEN, LEVEL.RED, statements=frozenset({STATEMENT})),
    ),
    "what a part of a definition is marked with applies too": (
        marked(GREEN, STATEMENT),
        [a_definition(STATEMENT, granular_markings=[granular(RED, "definition")])],
        a_handling(LEVEL.GREEN, LEVEL.RED, statements=frozenset({STATEMENT})),
    ),
    "the level of a definition is no level of what it marks": (
        marked(STATEMENT),
        [a_definition(STATEMENT, object_marking_refs=[CLEAR])],
        a_handling(LEVEL.CLEAR, unmarked=True, statements=frozenset({STATEMENT})),
    ),
    "an extension's marking": (
        marked(GREEN, CUSTOM),
        [an_extension_marking(CUSTOM, EXTENSION)],
        a_handling(LEVEL.GREEN, custom=frozenset({(CUSTOM, EXTENSION)})),
    ),
    "an extension's marking that claims to be a statement as well": (
        marked(GREEN, CUSTOM),
        [a_definition(CUSTOM, extensions={EXTENSION: {}})],
        a_handling(LEVEL.GREEN, custom=frozenset({(CUSTOM, EXTENSION), (CUSTOM, "")})),
    ),
    "a definition of a type of its own": (
        marked(GREEN, CUSTOM),
        [a_definition(CUSTOM, definition_type="x-caveat", definition={"caveat": "NL"})],
        a_handling(LEVEL.GREEN, custom=frozenset({(CUSTOM, "")})),
    ),
    "a statement with a vocabulary beside it, as OpenCTI sends AMBER+STRICT": (
        marked(GREEN, CUSTOM),
        [a_definition(CUSTOM, x_opencti_definition_type="TLP", x_opencti_definition="TLP:AMBER+STRICT")],
        a_handling(LEVEL.GREEN, custom=frozenset({(CUSTOM, "")})),
    ),
    "MITRE's statement, with the release that it is of": (
        marked(GREEN, CUSTOM),
        [a_definition(CUSTOM, x_mitre_attack_spec_version="2.1.0", x_mitre_domains=["ics-attack"])],
        a_handling(LEVEL.GREEN, statements=frozenset({CUSTOM})),
    ),
    "a statement whose body says more": (
        marked(GREEN, CUSTOM),
        [a_definition(CUSTOM, definition={"statement": "Copyright", "audience": "NL only"})],
        a_handling(LEVEL.GREEN, custom=frozenset({(CUSTOM, "")})),
    ),
    "PAP of the registry, whatever a partner sends under its id": (
        marked(GREEN, PAP_GREEN),
        [a_definition(PAP_GREEN)],
        a_handling(LEVEL.GREEN, pap=frozenset({PapLevel.GREEN})),
    ),
    "PAP's white and its clear are one level": (
        marked(GREEN, PAP_WHITE, PAP_CLEAR),
        [],
        a_handling(LEVEL.GREEN, pap=frozenset({PapLevel.CLEAR})),
    ),
    "TLP of the registry, whatever a partner sends under its id": (
        marked(RED),
        [an_extension_marking(RED, TLP_2_EXTENSION, tlp_2_0="clear")],
        a_handling(LEVEL.RED),
    ),
    "an id that nobody defines": (marked(GREEN, UNRESOLVED), [], UNKNOWN),
    "a TLP 2.0 definition under an id of its own": (
        marked(GREEN, CUSTOM),
        [an_extension_marking(CUSTOM, TLP_2_EXTENSION, tlp_2_0="clear")],
        UNKNOWN,
    ),
    "a TLP 1.0 definition under an id of its own": (
        marked(GREEN, CUSTOM),
        [a_definition(CUSTOM, definition_type="tlp", definition={"tlp": "white"})],
        UNKNOWN,
    ),
    "a PAP definition under an id of its own": (
        marked(GREEN, CUSTOM),
        [an_extension_marking(CUSTOM, PAP_EXTENSION, pap="clear")],
        UNKNOWN,
    ),
    "a definition without meaning": (marked(GREEN, CUSTOM), [a_definition(CUSTOM, definition_type=None)], UNKNOWN),
    "a marking that is another kind of object": (marked(GREEN, CUSTOM), [a_definition(CUSTOM, type="note")], UNKNOWN),
    "a definition whose markings are no list": (
        marked(GREEN, CUSTOM),
        [a_definition(CUSTOM, object_marking_refs=GREEN)],
        UNKNOWN,
    ),
    "a definition whose granular markings are no list": (
        marked(GREEN, CUSTOM),
        [a_definition(CUSTOM, granular_markings={})],
        UNKNOWN,
    ),
    "a definition of whose granular markings one is no object": (
        marked(GREEN, CUSTOM),
        [a_definition(CUSTOM, granular_markings=[GREEN])],
        UNKNOWN,
    ),
    "a definition whose markings are no ids": (
        marked(GREEN, CUSTOM),
        [a_definition(CUSTOM, object_marking_refs=[7])],
        UNKNOWN,
    ),
    "a language in a definition": (
        marked(GREEN, STATEMENT),
        [a_definition(STATEMENT, granular_markings=[{"lang": "en", "selectors": ["definition"]}])],
        a_handling(LEVEL.GREEN, statements=frozenset({STATEMENT})),
    ),
    "a definition whose extensions are no object": (
        marked(GREEN, CUSTOM),
        [a_definition(CUSTOM, extensions=[EXTENSION])],
        UNKNOWN,
    ),
    "a definition that marks itself": (
        marked(GREEN, STATEMENT),
        [a_definition(STATEMENT, object_marking_refs=[STATEMENT])],
        a_handling(LEVEL.GREEN, statements=frozenset({STATEMENT}), unknown=True),
    ),
    "two definitions that mark each other": (
        marked(GREEN, STATEMENT),
        [
            a_definition(STATEMENT, object_marking_refs=[OTHER_STATEMENT]),
            a_definition(OTHER_STATEMENT, object_marking_refs=[STATEMENT]),
        ],
        a_handling(LEVEL.GREEN, statements=frozenset({STATEMENT, OTHER_STATEMENT}), unknown=True),
    ),
    "two definitions that share a third are no cycle": (
        marked(GREEN, STATEMENT, OTHER_STATEMENT),
        [
            a_definition(STATEMENT, object_marking_refs=[CUSTOM]),
            a_definition(OTHER_STATEMENT, object_marking_refs=[CUSTOM]),
            an_extension_marking(CUSTOM, EXTENSION),
        ],
        a_handling(
            LEVEL.GREEN,
            statements=frozenset({STATEMENT, OTHER_STATEMENT}),
            custom=frozenset({(CUSTOM, EXTENSION)}),
        ),
    ),
    "a definition of the registry": (an_object(dict(REGISTRY.get(GREEN).definition)), [], Handling()),
    "an unmarked statement definition goes where the statement goes": (
        an_object(a_definition(STATEMENT)),
        [],
        Handling(statements=frozenset({STATEMENT})),
    ),
    "a red statement definition": (
        an_object(a_definition(STATEMENT, object_marking_refs=[RED])),
        [],
        a_handling(LEVEL.RED, statements=frozenset({STATEMENT})),
    ),
    "a definition of the registry that marks itself": (
        an_object({**REGISTRY.get(GREEN).definition, "object_marking_refs": [GREEN]}),
        [],
        Handling(unknown=True),
    ),
    "a statement definition that marks itself": (
        an_object(a_definition(STATEMENT, object_marking_refs=[STATEMENT])),
        [],
        Handling(statements=frozenset({STATEMENT}), unknown=True),
    ),
}


def of_markings(handling):
    """A handling without what it says besides, of the object itself and of the object as a whole."""
    return replace(handling, type="", confidence=None, signed=False, whole=None, derived=None)


@pytest.mark.parametrize(("obj", "definitions", "expected"), DERIVED.values(), ids=DERIVED.keys())
def test_a_handling_says_what_the_markings_ask_for(obj, definitions, expected):
    handling = handling_of(obj, Definitions(definitions))
    assert of_markings(handling) == expected
    assert from_facts(to_facts(handling)) == handling


def test_equal_handlings_have_equal_facts_whatever_the_order_of_the_markings():
    forwards = handling_of(marked(GREEN, AMBER, UNRESOLVED), Definitions())
    backwards = handling_of(marked(UNRESOLVED, AMBER, GREEN), Definitions())
    assert to_facts(forwards) == to_facts(backwards)
    assert json.loads(to_facts(forwards))["tlp"] == ["amber", "green"]


def test_the_registry_is_never_asked_for_elsewhere():
    resolver = Definitions()
    handling_of(marked(GREEN, RED, PAP_GREEN), resolver)
    assert resolver.asked == []


def test_a_definition_under_another_id_resolves_nothing():
    derived = handling_of(marked(GREEN, CUSTOM), lambda _: a_definition(STATEMENT))
    assert of_markings(derived) == UNKNOWN


def definition_ids(count):
    return [f"marking-definition--00000000-0000-4000-8000-{number:012d}" for number in range(count)]


@pytest.mark.parametrize(("definitions", "unknown"), [(0, False), (1, True)], ids=["at the bound", "one past it"])
def test_definitions_are_followed_up_to_a_bound(definitions, unknown):
    first, *others = definition_ids(DEFINITIONS_PER_OBJECT_MAX - 1 + definitions)  # one more is TLP:GREEN
    resolver = Definitions([a_definition(first, object_marking_refs=others), *map(a_definition, others)])
    handling = handling_of(marked(GREEN, first), resolver)
    assert handling.unknown is unknown
    assert len(resolver.asked) <= DEFINITIONS_PER_OBJECT_MAX


@pytest.mark.parametrize("last", [GREEN, OPENCTI_STRICT, None], ids=["a level behind them", "a tabled one", "nothing"])
@pytest.mark.parametrize(("definitions", "unknown"), [(0, False), (1, True)], ids=["at the bound", "one past it"])
def test_markings_of_markings_are_followed_eight_deep_whoever_has_seen_the_ninth(definitions, unknown, last):
    """What is marked by way of nine is never shown, not only where the ninth was not there to be looked up."""
    ids = definition_ids(NESTED_MAX + definitions)
    resolver = Definitions(
        a_definition(own, object_marking_refs=[further] if further else None)
        for own, further in zip(ids, [*ids[1:], last], strict=True)
    )
    assert handling_of(marked(GREEN, ids[0]), resolver).unknown is unknown
    assert len(resolver.asked) == NESTED_MAX
    by_a_shorter_way = handling_of(marked(GREEN, ids[0], ids[1]), resolver)
    assert not by_a_shorter_way.unknown


def test_definitions_that_fan_out_are_each_read_once():
    ids = [f"marking-definition--00000000-0000-4000-8000-{number:012d}" for number in range(60)]
    definitions = [a_definition(own, object_marking_refs=ids[number + 1 :] or None) for number, own in enumerate(ids)]
    resolver = Definitions(definitions)
    handling = handling_of(marked(GREEN, ids[0]), resolver)
    assert sorted(resolver.asked) == ids
    assert not handling.unknown


def test_joining_handlings_asks_for_all_that_any_of_them_asks_for():
    joined = join([a_handling(LEVEL.GREEN, unmarked=True), a_handling(LEVEL.RED, statements=frozenset({STATEMENT}))])
    assert joined == a_handling(LEVEL.GREEN, LEVEL.RED, unmarked=True, statements=frozenset({STATEMENT}))
    assert join([]) == Handling()


ONE = Handling(
    tlp=frozenset({LEVEL.GREEN}),
    statements=frozenset({STATEMENT}),
    pap=frozenset({PapLevel.GREEN}),
    iep=frozenset({("encrypt_in_transit", "must")}),
    acs=frozenset({frozenset({("classification", "U")})}),
    releasable_to=frozenset({frozenset({"NLD", "USA"})}),
    custom=frozenset({(CUSTOM, EXTENSION)}),
    disseminations=frozenset({(CUSTOM, "NOCON")}),
)
OTHER = Handling(
    tlp=frozenset({LEVEL.RED}),
    statements=frozenset({OTHER_STATEMENT}),
    pap=frozenset({PapLevel.RED}),
    iep=frozenset({("unmodified_resale", "may")}),
    acs=frozenset({frozenset({("classification", "S")})}),
    releasable_to=frozenset({frozenset({"USA"})}),
    custom=frozenset({(CUSTOM, "")}),
    disseminations=frozenset({(CUSTOM, "NOFORN")}),
)
SETS = ("tlp", "statements", "pap", "iep", "acs", "releasable_to", "custom", "disseminations")
TRUTHS = ("unmarked", "originator_control", "anonymous", "inseparable", "unknown", "signed")


def test_what_one_of_several_handlings_asks_for_they_ask_for_together():
    for order in ([ONE, OTHER], [OTHER, ONE]):
        joined = join(order)
        assert {name: getattr(joined, name) for name in SETS} == {
            name: getattr(ONE, name) | getattr(OTHER, name) for name in SETS
        }
        assert not any(getattr(joined, name) for name in TRUTHS)


@pytest.mark.parametrize("name", TRUTHS)
def test_what_is_so_of_one_of_several_handlings_is_so_of_all_together(name):
    joined = join([ONE, Handling(**{name: True})])
    assert {each: getattr(joined, each) for each in TRUTHS} == {each: each == name for each in TRUTHS}


def test_joined_handlings_ask_together_for_what_each_asks_for_the_whole():
    of_a_part = replace(ONE, whole=a_handling(LEVEL.CLEAR))
    assert join([of_a_part, OTHER]).whole == join([a_handling(LEVEL.CLEAR), OTHER])
    assert join([of_a_part, of_a_part]).whole == a_handling(LEVEL.CLEAR)
    assert join([ONE, OTHER]).whole is None


RESOLUTION = {
    "a definition of the object's submitter": (a_definition(STATEMENT), WIND, IDENTITY[WIND], WIND, True),
    "a third member's definition": (a_definition(STATEMENT), CERT, IDENTITY[WIND], WIND, False),
    "a definition by the object's creator, who is a member": (
        a_definition(STATEMENT, created_by_ref=IDENTITY[CERT]),
        CERT,
        IDENTITY[CERT],
        WIND,
        True,
    ),
    "a definition by the object's creator, who is nobody": (
        a_definition(STATEMENT, created_by_ref=NOBODY),
        CERT,
        NOBODY,
        WIND,
        False,
    ),
    "a definition without creator for an object without creator": (a_definition(STATEMENT), CERT, None, WIND, False),
}


@pytest.mark.parametrize(
    ("definition", "by", "creator", "submitter", "resolves"), RESOLUTION.values(), ids=RESOLUTION.keys()
)
def test_a_marking_resolves_to_definitions_of_submitter_and_creator_alone(definition, by, creator, submitter, resolves):
    obj = marked(STATEMENT, created_by_ref=creator)
    assert resolves_for(definition, by, obj, submitter, some_terms()) is resolves


def test_a_handling_says_of_which_type_and_how_sure_an_object_is_and_whether_it_names_its_source():
    handling = handling_of(marked(GREEN, confidence=70), Definitions())
    assert (handling.type, handling.confidence, handling.signed) == ("indicator", 70, True)
    handling = handling_of(marked(GREEN, created_by_ref=None), Definitions())
    assert (handling.confidence, handling.signed) == (None, False)
    assert handling_of(an_object(type="identity", created_by_ref=None), Definitions()).signed
    for no_number in ("70", True, 70.5, None):
        assert handling_of(marked(GREEN, confidence=no_number), Definitions()).confidence is None


UNNAMED = an_extension_marking(CUSTOM, iep.EXTENSION, provider_attribution="must-not")
UUID_OF_WIND = IDENTITY[WIND].removeprefix("identity--")
ENCODED = UUID_OF_WIND.replace("-", "%2D")
NAMING = {
    "a reference": {"where_sighted_refs": [IDENTITY[WIND]]},
    "a text, in capitals": {"description": f"by {UUID_OF_WIND.upper()}"},
    "a link, encoded": {"external_references": [{"source_name": "a", "url": f"https://a.example/{ENCODED}"}]},
    "a text, with a sign that nobody sees": {"x_by": UUID_OF_WIND[:20] + "\u200b" + UUID_OF_WIND[20:]},
    "the name of a property": {f"x_{UUID_OF_WIND.replace('-', '_')}": 1},
}


@pytest.mark.parametrize("said", NAMING.values(), ids=NAMING.keys())
def test_who_must_not_be_named_is_named_by_an_identity_anywhere(said):
    identities = {IDENTITY[WIND], IDENTITY[CERT]}
    obj = an_object(object_marking_refs=[GREEN, CUSTOM], created_by_ref=None, **said)
    assert derive_handling(obj, REGISTRY, Definitions([UNNAMED]), NOW, identities).handling.signed
    assert not derive_handling(obj, REGISTRY, Definitions([UNNAMED]), NOW, {IDENTITY[CERT]}).handling.signed
    nobody_minds = an_object(object_marking_refs=[GREEN], created_by_ref=None, **said)
    assert not derive_handling(nobody_minds, REGISTRY, Definitions(), NOW, identities).handling.signed


def test_what_is_asked_for_the_whole_is_kept_apart_where_parts_ask_for_more():
    parts = [{"marking_ref": AMBER, "selectors": ["pattern"]}]
    handling = handling_of(marked(GREEN, granular_markings=parts), Definitions())
    assert handling.whole == handling_of(marked(GREEN), Definitions())
    assert handling_of(marked(AMBER, granular_markings=parts), Definitions()).whole is None


def test_what_is_asked_for_an_observable_in_observed_data_is_asked_for_a_part():
    handling = handling_of(observing(GREEN, first=observed(object_marking_refs=[RED])), Definitions())
    assert handling.whole == handling_of(observing(GREEN, first=observed()), Definitions())


@pytest.mark.parametrize(
    "marks",
    [
        {"object_marking_refs": RED},
        {"object_marking_refs": None},
        {"object_marking_refs": [7]},
        {"object_marking_refs": ["red"]},
        {"object_marking_refs": [RED.upper()]},
        {"object_marking_refs": [NOBODY]},
        {"granular_markings": RED},
        {"granular_markings": {"marking_ref": RED}},
        {"granular_markings": [RED]},
        {"granular_markings": [granular([RED], "value")]},
    ],
    ids=str,
)
def test_an_observable_in_observed_data_whose_marks_are_of_no_known_shape_makes_the_markings_unknown(marks):
    """They are the whole's: nobody can say which part they were meant for."""
    obj = observing(GREEN, first=observed(**marks), second=observed(object_marking_refs=[AMBER]))
    handling = handling_of(obj, Definitions())
    assert of_markings(handling) == a_handling(LEVEL.GREEN, LEVEL.AMBER, unknown=True)
    assert handling.whole is None


def a_derivative(*view, member="wind-isac", **original):
    return a_handling(LEVEL.CLEAR, derived=Derived(frozenset(view), Handling(**original), member))


def test_a_handling_of_a_derivative_names_for_whom_it_is_and_what_the_original_asked_for():
    derivative = a_derivative(LEVEL.CLEAR, LEVEL.GREEN, tlp=frozenset({LEVEL.RED}), anonymous=True)
    assert from_facts(to_facts(derivative)) == derivative
    assert to_facts(derivative) != to_facts(replace(derivative, derived=None))
    assert to_facts(derivative) != to_facts(a_derivative(LEVEL.CLEAR, tlp=frozenset({LEVEL.RED}), anonymous=True))
    others = replace(derivative.derived, member="water-nl")
    assert to_facts(derivative) != to_facts(replace(derivative, derived=others))


def test_derivatives_for_one_member_and_view_join_to_one_and_others_to_one_for_nobody():
    one = a_derivative(LEVEL.CLEAR, anonymous=True)
    other = a_derivative(LEVEL.CLEAR, tlp=frozenset({LEVEL.RED}))
    original = Handling(tlp=frozenset({LEVEL.RED}), anonymous=True)
    assert join([one, other]) == a_handling(LEVEL.CLEAR, derived=replace(one.derived, original=original))
    assert join([one, a_handling(LEVEL.CLEAR)]).derived == one.derived
    assert not join([one, other]).unknown
    for another in (a_derivative(LEVEL.GREEN), a_derivative(LEVEL.CLEAR, member="water-nl")):
        nobodys = join([one, another])
        assert nobodys.unknown
        assert (nobodys.derived.member, nobodys.derived.view) == ("", frozenset())


def test_joined_handlings_are_as_sure_as_the_least_of_them():
    sure, less, unsaid = (Handling(type="indicator", confidence=stated) for stated in (90, 20, None))
    assert (join([sure, less]).type, join([sure, less]).confidence) == ("indicator", 20)
    assert join([sure, unsaid]).confidence is None
    assert join([sure, replace(less, type="tool")]).type == ""
