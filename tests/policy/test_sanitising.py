"""Sanitised derivatives: what goes with a part that is cut, what is left, and what is never told."""

import copy
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.policy.derivation import DEFINITIONS_PER_OBJECT_MAX, derive_handling
from app.policy.handling import Derived, Handling
from app.policy.partnership import ALL, ReleaseTerms, Remedy, TlpLevel
from app.policy.release_rules.levels import levels_shown
from app.policy.sanitising import (
    LeftByMarks,
    Nothing,
    Sanitised,
    Source,
    left_by_marks,
    sanitised,
    signed,
    withdrawn,
    worth_sanitising,
)
from app.policy.times import Span
from app.policy.vocabularies import acs, iep
from app.stix.objects import Rejected, StixObject
from app.stix.strict_json import parse
from app.stix.validation import read_object
from app.stix.vocabularies import META_TYPES, SCO_TYPES, SDO_TYPES, SRO_TYPES, STIX20_TYPES
from tests.policy.builders import (
    AMBER,
    CLEAR,
    CUSTOM,
    GREEN,
    IDENTITY,
    NOBODY,
    NOW,
    RED,
    REGISTRY,
    STATEMENT,
    STRANGER,
    UNRESOLVED,
    WATER,
    WIND,
    Definitions,
    a_definition,
    an_extension_marking,
)
from tests.policy.generated import release_cases
from tests.policy.generated_objects import (
    DEFINITIONS,
    EVERY_OBJECT_HAS,
    MEANT_BY,
    POLICY,
    granular,
    marked,
    of_nobodys_type,
    sanitising_terms,
    selectors_in,
    shape,
    shapes,
    views,
)
from tests.policy.reference_sanitising import levels_seen, mark_stays, marks_of_parts, what_stays, without_inner_marks
from tests.stix.stix_examples import EXAMPLES
from tests.support.cases import examples, record_cases

EXCHANGE = "identity--0b1d3a52-9c3c-4f0e-8d0f-5f8f4c7e2a11"
OURS = {
    "created": "2026-06-01T12:00:00.000Z",
    "modified": "2026-06-01T12:00:00.000Z",
    "identity": EXCHANGE,
}
UP_TO_GREEN = frozenset({TlpLevel.CLEAR, TlpLevel.GREEN})
TERMS = ReleaseTerms(
    tlp=ALL, unmarked=TlpLevel.GREEN, statements=ALL, granular=Remedy.SANITISE, attribution=Remedy.SANITISE
)
LABELS = {GREEN: TlpLevel.GREEN, AMBER: TlpLevel.AMBER}
MARKS = ("object_marking_refs", "granular_markings")
ONE_DECISION = "law 9: one decision"
NOTHING_LEAKS = "law 2: nothing leaks"
VALIDATED = "law 5: validated is served"
often = settings(max_examples=examples(120))


def read(tree):
    outcome = read_object(parse(json.dumps(tree).encode()))
    assert isinstance(outcome, StixObject), outcome
    return outcome


def left_of(tree, view=UP_TO_GREEN, terms=TERMS, source=None):
    """What sanitising gives for an object of this JSON."""
    return sanitised(read(tree), view, terms, source or Source(), REGISTRY, Definitions(DEFINITIONS), NOW)


def content_of(tree, **how):
    left = left_of(tree, **how)
    return left.content if isinstance(left, Sanitised) else left


def bytes_of(content):
    return signed(content, id=f"{content['type']}--b8a662dc-4961-4dba-87ae-af8c6da4b4f6", **OURS)


def stripped(tree):
    """An object's own properties, without its signature and its markings."""
    taken = {"id", "created", "modified", "created_by_ref", "object_marking_refs", "granular_markings"}
    return {name: value for name, value in without_inner_marks(tree).items() if name not in taken}


def leaves(value, steps=()):
    """Every (path without indices, value) in a tree."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*steps, name))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, steps)
    else:
        yield steps, value


def texts_in(value):
    return {each for _, each in leaves(value) if isinstance(each, str)}


def thing(**properties):
    """An object of a type of nobody's: whatever stands in it is valid, so that a test sees what was cut and no more."""
    return {
        "type": "x-thing",
        "spec_version": "2.1",
        "id": "x-thing--b8a662dc-4961-4dba-87ae-af8c6da4b4f5",
        "created": "2026-03-01T08:00:00.000Z",
        "modified": "2026-03-01T08:00:00.000Z",
        "created_by_ref": IDENTITY[WIND],
        "object_marking_refs": [GREEN],
        **properties,
    }


def hiding(tree, *selectors, mark=RED, **properties):
    return {**tree, **properties, "granular_markings": granular((mark, selector) for selector in selectors)}


def hidden_parts(tree, view, terms):
    """The selectors of what its marks keep from the view."""
    for steps, mark in marks_of_parts(tree):
        if not mark_stays(MEANT_BY[mark], view, terms):
            yield ".".join(steps)


def at(tree, selector):
    for step in selector.split("."):
        tree = tree[int(step[1:-1])] if step.startswith("[") else tree[step]
    return tree


def with_other_texts(tree, selectors, said):
    """The object with other texts in place of those that stand in these parts: what is said for each number.

    What says how an observable in it is marked stays, also where it is such a part itself.
    """
    number = count()

    def other(value):
        if isinstance(value, dict):
            return {name: inner if name in MARKS else other(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [other(inner) for inner in value]
        return said(next(number)) if isinstance(value, str) else value

    tree = copy.deepcopy(tree)
    for selector in (each for each in selectors if not set(MARKS) & set(each.split("."))):
        above, _, last = selector.rpartition(".")
        into = at(tree, above) if above else tree
        step = int(last[1:-1]) if last.startswith("[") else last
        into[step] = other(into[step])
    return tree


# What holds of everything that is generated.


@often
@given(marked(of_nobodys_type()), views, sanitising_terms)
def test_what_goes_is_what_the_reference_says(tree, view, terms):
    record_cases(ONE_DECISION)
    expected, marks = what_stays(tree, MEANT_BY, view, terms) or (None, None)
    left = left_of(tree, view, terms)
    if left is Nothing.TO_CUT:
        assert expected == without_inner_marks(tree)
    elif isinstance(left, Sanitised):
        assert stripped(left.content) == stripped(expected)
        assert {LABELS.get(mark, mark) for mark in left.content.get("object_marking_refs", ())} == (
            {LABELS.get(mark, mark) for mark in marks}
        )
        assert len(set(left.content.get("object_marking_refs", ()))) == len(left.content.get("object_marking_refs", ()))
    else:
        assert (
            expected is None
            or terms.granular is Remedy.WITHHOLD
            or any(expected.get(name) != tree.get(name) for name in EVERY_OBJECT_HAS)
            or all(value in (True, False) for value in said_by(expected).values())
        )


@often
@given(marked(shapes), views, sanitising_terms)
def test_what_is_left_is_valid_signed_by_the_exchange_and_marked_as_it_was(tree, view, terms):
    record_cases(VALIDATED)
    left = left_of(tree, view, terms)
    if isinstance(left, Nothing):
        return
    obj = read(json.loads(bytes_of(left.content)))
    assert (obj.created_by_ref, obj.granular_markings) == (EXCHANGE, ())
    assert obj.object_marking_refs[: len(tree.get("object_marking_refs", ()))] == tuple(
        tree.get("object_marking_refs", ())
    )
    meant = derive_handling(obj, REGISTRY, Definitions(DEFINITIONS), NOW)
    original = derive_handling(read(tree), REGISTRY, Definitions(DEFINITIONS), NOW).handling
    assert replace(meant.handling, signed=False, derived=Derived(view, original)) == left.meaning.handling
    assert meant.span == left.meaning.span
    assert levels_of_marks(obj.object_marking_refs) <= view


@often
@given(marked(shapes), views, sanitising_terms)
def test_no_text_that_was_cut_is_left(tree, view, terms):
    record_cases(NOTHING_LEAKS)
    left = left_of(tree, view, terms)
    if isinstance(left, Nothing):
        return
    cut = {text for each in hidden_parts(tree, view, terms) for text in secrets_of(tree, each)}
    own = said_by(left.content)
    kept = " ".join(sorted(texts_in(own) | {name for steps, _ in leaves(own) for name in steps if "x_" in name}))
    assert [text for text in cut if len(text) >= 4 and text.casefold() in kept.casefold()] == []
    assert left.content.get("id") is None
    assert tree["id"] not in bytes_of(left.content).decode()


@often
@given(st.one_of(marked(of_nobodys_type()), marked(shapes)), views, sanitising_terms)
def test_what_was_cut_has_no_influence_but_that_it_was_cut(tree, view, terms):
    record_cases(NOTHING_LEAKS)
    hidden = [each for each in hidden_parts(tree, view, terms) if each.partition(".")[0] not in EVERY_OBJECT_HAS]
    one, other = (with_other_texts(tree, hidden, said) for said in ("qone{:04}z".format, "qtwo{:04}z".format))
    assume(not any(isinstance(read_object(parse(json.dumps(each).encode())), Rejected) for each in (one, other)))
    assert left_of(one, view, terms) == left_of(other, view, terms)


def secrets_of(tree, part):
    """The texts in a part of it; the types of observables are no secrets."""
    for steps, text in leaves(at(tree, part), tuple(part.split("."))):
        if isinstance(text, str) and not (steps[0] == "objects" and steps[2:] == ("type",)):
            yield text


def left_by_marks_of(tree, view=UP_TO_GREEN, terms=TERMS, source=None):
    return left_by_marks(read(tree), view, terms, source or Source(), REGISTRY, Definitions(DEFINITIONS), NOW)


@often
@given(st.one_of(marked(of_nobodys_type()), marked(shapes)), views, sanitising_terms, st.data())
def test_by_what_the_markings_leave_versions_are_told_apart_and_by_no_word_that_is_cut(tree, view, terms, data):
    """Words that are kept included: traces are looked for later."""
    record_cases(NOTHING_LEAKS)
    hidden = [each for each in hidden_parts(tree, view, terms) if each.partition(".")[0] not in EVERY_OBJECT_HAS]
    words = sorted(texts_in(stripped(tree)) or {"word"})
    one = with_other_texts(tree, hidden, lambda _: data.draw(st.sampled_from(words)))
    assume(not isinstance(read_object(parse(json.dumps(one).encode())), Rejected))
    left, again = left_by_marks_of(tree, view, terms), left_by_marks_of(one, view, terms)
    assert (left if isinstance(left, Nothing) else left.digest) == (
        again if isinstance(again, Nothing) else again.digest
    )


@often
@given(marked(shapes), views, sanitising_terms)
def test_what_is_left_is_left_as_it_is(tree, view, terms):
    left = left_of(tree, view, terms)
    if isinstance(left, Sanitised):
        again = left_of(json.loads(bytes_of(left.content)), view, terms)
        assert again is Nothing.TO_CUT or again.content == left.content


@often
@given(marked(st.one_of(shapes, of_nobodys_type())), views, sanitising_terms, st.data())
def test_a_stricter_marking_never_leaves_more(tree, view, terms, data):
    record_cases(NOTHING_LEAKS)
    selector = data.draw(st.sampled_from(sorted(set(selectors_in(tree)))))
    mark = data.draw(st.sampled_from([RED, UNRESOLVED, AMBER, POLICY, STATEMENT]))
    marks = [*tree["granular_markings"], *granular([(mark, selector)])]
    assume(not isinstance(read_object(parse(json.dumps({**tree, "granular_markings": marks}).encode())), Rejected))
    before = left_of(tree, view, terms)
    after = left_of({**tree, "granular_markings": marks}, view, terms)
    if before is Nothing.LEFT:
        assert after is Nothing.LEFT
    if isinstance(after, Sanitised):
        all_before = tree if before is Nothing.TO_CUT else before.content
        assert Counter(map(str, leaves(said_by(after.content)))) <= Counter(map(str, leaves(said_by(all_before))))


@often
@given(marked(shapes), views, sanitising_terms, st.booleans())
def test_what_is_not_worth_sanitising_gives_nothing(tree, view, terms, anonymous):
    handling = derive_handling(read(tree), REGISTRY, Definitions(DEFINITIONS), NOW).handling
    left = left_of(tree, view, terms, Source(anonymous=anonymous))
    if not worth_sanitising(handling, view, terms, anonymous=anonymous):
        assert isinstance(left, Nothing)
    if left is Nothing.TO_CUT:
        assert not isinstance(left_of(tree, view, replace(terms, granular=Remedy.WITHHOLD)), Sanitised) or anonymous


@settings(max_examples=examples(100))
@given(marked(shapes), views, st.randoms(use_true_random=False))
def test_neither_the_order_of_properties_nor_of_markings_counts(tree, view, random):
    names = sorted(tree)
    random.shuffle(names)
    other = {name: tree[name] for name in names}
    left, left_of_other = left_of(tree, view), left_of(other, view)
    assert left == left_of_other
    if isinstance(left, Sanitised):
        assert bytes_of(left.content) == bytes_of(left_of_other.content)
    shuffled = random.sample(tree["granular_markings"], len(tree["granular_markings"]))
    assert said_of(left_of({**tree, "granular_markings": shuffled}, view)) == said_of(left)


@often
@given(release_cases())
def test_the_levels_that_an_audience_is_shown_are_the_reference_s(case):
    record_cases(ONE_DECISION)
    assert levels_shown(case) == levels_seen(case)
    assert levels_shown(replace(case, handling=Handling(unknown=True), now=case.now, end_hidden=True)) == levels_seen(
        case
    )


def said_of(left):
    return left if isinstance(left, Nothing) else stripped(left.content)


def said_by(tree):
    """What an object says besides what all objects of its type do."""
    return {name: value for name, value in stripped(tree).items() if name not in ("type", "spec_version")}


def levels_of_marks(marks):
    return set().union(*(MEANT_BY.get(mark, {}).get("tlp", set()) for mark in marks))


# What a derivative is, line by line.


REPORT = shape(
    "report",
    object_refs=[
        "malware--5f0c1d2e-3a4b-4c5d-8e6f-0000000000a1",
        "identity--5f0c1d2e-3a4b-4c5d-8e6f-0000000000a2",
        "campaign--5f0c1d2e-3a4b-4c5d-8e6f-0000000000a3",
    ],
)
INDICATOR = {
    "type": "indicator",
    "spec_version": "2.1",
    "id": "indicator--b8a662dc-4961-4dba-87ae-af8c6da4b4f5",
    "created": "2026-03-01T08:00:00.000Z",
    "modified": "2026-03-02T08:00:00.000Z",
    "created_by_ref": IDENTITY[WIND],
    "name": "a server",
    "description": "Used against Rotterdam.",
    "pattern": "[ipv4-addr:value = '198.51.100.3']",
    "pattern_type": "stix",
    "valid_from": "2026-03-01T00:00:00Z",
    "object_marking_refs": [GREEN],
}


def test_what_passes_whole_needs_no_derivative():
    assert left_of(INDICATOR) is Nothing.TO_CUT
    assert left_of(hiding(INDICATOR, "description", mark=CLEAR)) is Nothing.TO_CUT
    assert left_of(hiding(INDICATOR, "description"), view=frozenset(TlpLevel)) is Nothing.TO_CUT


def test_a_part_of_another_level_goes_and_the_rest_stays_in_its_order():
    content = content_of(hiding(INDICATOR, "description"))
    assert list(content) == [
        *("type", "spec_version", "name", "pattern", "pattern_type", "valid_from", "object_marking_refs")
    ]
    assert content["name"] == "a server"


LABELS_AND_MAP = {"labels": ["ant", "bee", "cow"], "x_map": {"inner": {"x_1": 1}}}


@pytest.mark.parametrize(
    ("selector", "left"),
    [
        ("labels.[1]", {**LABELS_AND_MAP, "labels": ["ant", "cow"]}),
        ("labels", {"x_map": LABELS_AND_MAP["x_map"]}),
        ("x_map.inner.x_2", {**LABELS_AND_MAP}),
        ("x_map.inner", {"labels": LABELS_AND_MAP["labels"]}),
    ],
)
def test_selectors_reach_into_lists_and_dictionaries_and_what_is_left_empty_goes(selector, left):
    whole = copy.deepcopy(LABELS_AND_MAP)
    whole["x_map"]["inner"] |= {"x_2": 2} if selector.endswith("x_2") else {}
    content = content_of(hiding(thing(x_always="said", **whole), selector))
    assert {name: content[name] for name in LABELS_AND_MAP if name in content} == left


def test_a_reference_from_which_its_text_was_cut_goes_whole_and_its_neighbour_stays():
    references = [{"source_name": "one", "url": "https://one.example"}, {"source_name": "two", "description": "kept"}]
    content = content_of(hiding(INDICATOR, "external_references.[0].url", external_references=references))
    assert content["external_references"] == [references[1]]
    content = content_of(hiding(INDICATOR, "external_references.[0].source_name", external_references=references[:1]))
    assert "external_references" not in content


def test_a_cut_widens_where_it_leaves_something_invalid_and_nowhere_else():
    references = [{"source_name": f"s{index}", "description": f"d{index:03}"} for index in range(3)]
    tree = thing(x_map={"x_map_in": {"x_1": "one", "x_2": "two"}}, external_references=references)
    parts = ("external_references.[0]", "external_references.[1].description", "x_map.x_map_in.x_1")
    content = content_of(hiding(tree, *parts))
    assert content["external_references"] == references[2:]
    assert content["x_map"] == {"x_map_in": {"x_2": "two"}}


@pytest.mark.parametrize("many", [5, 40])
def test_however_many_references_lose_their_text_the_others_stay(many):
    references = [{"source_name": f"s{index}", "description": f"d{index:03}"} for index in range(2 * many)]
    parts = [f"external_references.[{index}].description" for index in range(0, 2 * many, 2)]
    content = content_of(hiding(INDICATOR, *parts, external_references=references))
    assert content["external_references"] == references[1::2]


def test_an_extension_without_what_it_is_of_goes_whole():
    extension = "extension-definition--5f0c1d2e-3a4b-4c5d-8e6f-00000000004d"
    body = {"extension_type": "property-extension", "rank": 5, "x_seen": "a place"}
    content = content_of(hiding(INDICATOR, f"extensions.{extension}.x_seen", extensions={extension: body}))
    assert content["extensions"] == {extension: {"extension_type": "property-extension", "rank": 5}}
    content = content_of(hiding(INDICATOR, f"extensions.{extension}.extension_type", extensions={extension: body}))
    assert "extensions" not in content


@pytest.mark.parametrize("selector", ["pattern", "valid_from", "pattern_type"])
def test_nothing_is_left_of_an_object_without_what_its_type_needs(selector):
    assert left_of(hiding(INDICATOR, selector)) is Nothing.LEFT


def test_a_report_loses_one_reference_and_is_no_report_without_any():
    content = content_of(hiding(REPORT, "object_refs.[1]"))
    assert content["object_refs"] == [REPORT["object_refs"][0], REPORT["object_refs"][2]]
    assert left_of(hiding(REPORT, *(f"object_refs.[{index}]" for index in range(3)))) is Nothing.LEFT


def test_a_sighting_and_a_relationship_lose_what_says_where_and_why():
    sighting = shape("sighting", where_sighted_refs=[NOBODY])
    content = content_of(hiding(sighting, "where_sighted_refs"))
    assert "where_sighted_refs" not in content
    assert content["sighting_of_ref"] == sighting["sighting_of_ref"]
    relationship = shape("relationship", description="told to us")
    assert "description" not in content_of(hiding(relationship, "description"))
    assert left_of(hiding(relationship, "target_ref")) is Nothing.LEFT


def test_a_note_s_authors_go_and_its_content_can_not():
    note = shape("note", authors=["Ann Author"])
    assert "authors" not in content_of(hiding(note, "authors"))
    assert left_of(hiding(note, "content")) is Nothing.LEFT


def test_of_coordinates_none_is_left_without_the_other():
    location = shape("location", country="nl")
    location |= {"latitude": 51.9225, "longitude": 4.47917, "precision": 10.0}
    for selector in ("latitude", "longitude"):
        content = content_of(hiding(location, selector))
        assert content["country"] == "nl"
        assert content.keys().isdisjoint(("latitude", "longitude", "precision"))
    assert content_of(hiding(location, "precision")).keys() >= {"latitude", "longitude"}


def test_an_object_of_stix_2_0_stays_one():
    tree = shape("report", "2.0", description="A long story.")
    content = content_of(hiding(tree, "description"))
    assert "spec_version" not in content
    assert read(json.loads(bytes_of(content))).spec == "2.0"


def observing(**observables):
    return shape("observed-data", "2.0", objects=observables)


@pytest.mark.parametrize("marks", [{"object_marking_refs": [RED]}, {"granular_markings": granular([(RED, "value")])}])
def test_an_observable_in_observed_data_goes_by_what_it_is_marked_with_itself(marks):
    secret = {"type": "ipv4-addr", "value": "203.0.113.66", **marks}
    open_to_all = {"type": "domain-name", "value": "example.org", "object_marking_refs": [STATEMENT]}
    left = left_of(observing(one=secret, two=open_to_all))
    assert left.content["objects"] == {"two": {"type": "domain-name", "value": "example.org"}}
    assert left.content["object_marking_refs"] == [GREEN, STATEMENT]
    assert left.uses == {STATEMENT}


def test_no_marks_remain_in_what_observed_data_holds():
    parts = {"object_marking_refs": [STATEMENT], "granular_markings": [{"lang": "en", "selectors": ["x_more"]}]}
    tree = observing(one={"type": "domain-name", "value": "example.org", "x_more": "Victim named", **parts})
    content = content_of(hiding(tree, "objects.one.x_more"))
    assert content["objects"] == {"one": {"type": "domain-name", "value": "example.org"}}
    assert content["object_marking_refs"] == [GREEN, STATEMENT]


def test_nothing_is_left_of_observed_data_whose_observables_have_to_go_or_are_marked_in_no_known_way():
    secret = {"type": "ipv4-addr", "value": "203.0.113.66"}
    assert left_of(observing(one={**secret, "object_marking_refs": [RED]})) is Nothing.LEFT
    other = {"type": "domain-name", "value": "example.org"}
    assert left_of(observing(one={**secret, "object_marking_refs": RED}, two=other)) is Nothing.LEFT


@pytest.mark.parametrize("object_type", sorted(SCO_TYPES | META_TYPES))
def test_observables_and_meta_objects_are_never_cut(object_type):
    tree = {**EXAMPLES[object_type]["rich"], "x_more": "of it", "object_marking_refs": [GREEN]}
    assert left_of(hiding(tree, "x_more")) is Nothing.LEFT


def test_an_observable_of_nobody_s_type_is_never_cut():
    whole = hiding(thing(x_always="said", x_more="of it"), "x_more")
    undated = {name: value for name, value in whole.items() if name not in ("created", "modified", "created_by_ref")}
    extension = {"extension-definition--5f0c1d2e-3a4b-4c5d-8e6f-00000000004d": {"extension_type": "new-sco"}}
    assert isinstance(left_of(whole), Sanitised)
    assert left_of(undated) is Nothing.LEFT
    assert left_of({**whole, "extensions": extension}) is Nothing.LEFT


@pytest.mark.parametrize(
    "selector",
    [
        *("id", "type", "spec_version", "created", "modified", "revoked"),
        *("object_marking_refs", "object_marking_refs.[0]", "granular_markings", "granular_markings.[0].selectors"),
    ],
)
def test_what_every_object_needs_is_not_cut_but_holds_it_back(selector):
    assert left_of(hiding(INDICATOR, selector, revoked=True)) is Nothing.LEFT
    assert left_of(hiding(INDICATOR, selector, revoked=True, mark=CLEAR)) is Nothing.TO_CUT


@pytest.mark.parametrize("said", ["x-thing", "2.1", "2026-03-01T08:00:00.000Z", GREEN])
def test_a_part_that_says_what_every_object_does_goes_alone(said):
    whole = thing(x_always="said", x_more=said)
    assert content_of(hiding(whole, "x_more")) == {
        "type": "x-thing", "spec_version": "2.1", "x_always": "said", "object_marking_refs": [GREEN]
    }  # fmt: skip


def test_an_object_of_a_known_type_is_cut_whatever_an_extension_calls_it():
    extension = {"extension-definition--5f0c1d2e-3a4b-4c5d-8e6f-00000000004d": {"extension_type": "new-sco"}}
    assert "description" not in content_of(hiding({**INDICATOR, "extensions": extension}, "description"))


def test_a_revoked_version_gives_a_revoked_one():
    assert content_of(hiding(INDICATOR, "description", revoked=True))["revoked"] is True


def test_an_empty_shell_is_nothing():
    whole = thing(
        x_always="said", labels=["kept"], confidence=50, external_references=[{"source_name": "s", "url": "u"}]
    )
    assert left_of(hiding(whole, "x_always")) is Nothing.LEFT
    malware = shape("malware", is_family=False, name="worm")
    assert left_of(hiding(malware, "name")) is Nothing.LEFT


def test_markings_of_kept_parts_stand_on_the_whole_and_those_of_cut_parts_nowhere():
    tree = {
        **INDICATOR,
        "granular_markings": [
            *granular([(STATEMENT, "name"), (CLEAR, "description"), (RED, "description"), (CLEAR, "created")]),
            {"lang": "en", "selectors": ["name"]},
        ],
    }
    left = left_of(tree)
    assert left.content["object_marking_refs"] == [GREEN, STATEMENT]
    assert left.uses == {STATEMENT}
    assert left.meaning.handling.statements == {STATEMENT}
    assert not left.meaning.handling.signed
    assert left.meaning.handling.tlp == {TlpLevel.GREEN}
    assert left.meaning.handling.derived.original.tlp == {TlpLevel.CLEAR, TlpLevel.GREEN, TlpLevel.RED}


def test_the_default_level_is_written_on_it_where_a_part_would_lend_it_another():
    unmarked = {name: value for name, value in INDICATOR.items() if name != "object_marking_refs"}
    tree = {**unmarked, "granular_markings": granular([(RED, "description"), (CLEAR, "name")])}
    assert content_of(tree)["object_marking_refs"] == [CLEAR, GREEN]
    assert "object_marking_refs" not in content_of(hiding(unmarked, "description"))
    for level in (None, TlpLevel.AMBER):
        assert left_of(hiding(unmarked, "description"), terms=replace(TERMS, unmarked=level)) is Nothing.LEFT
    assert left_of(tree, terms=replace(TERMS, unmarked=None)) is Nothing.LEFT
    assert left_of(tree, terms=replace(TERMS, unmarked=TlpLevel.AMBER)) is Nothing.LEFT


def test_what_stands_beside_the_level_that_is_written_on_it_means_what_it_did():
    policy = an_extension_marking(POLICY, iep.EXTENSION, unmodified_resale="may", end_date="2026-08-01T00:00:00Z")
    terms = replace(TERMS, iep={"unmodified_resale": frozenset({"may"})})
    unmarked = {name: value for name, value in INDICATOR.items() if name != "object_marking_refs"}
    marks = granular([(RED, "description"), (CLEAR, "name"), (STATEMENT, "name"), (POLICY, "name")])
    definitions = Definitions([a_definition(STATEMENT), policy])
    obj = read({**unmarked, "granular_markings": marks})
    left = sanitised(obj, UP_TO_GREEN, terms, Source(), REGISTRY, definitions, NOW)
    assert left.content["object_marking_refs"] == [CLEAR, STATEMENT, POLICY, GREEN]
    assert left.meaning.span == Span(None, datetime(2026, 8, 1, tzinfo=UTC))
    assert left.uses == {STATEMENT, POLICY}
    assert (left.meaning.handling.statements, left.meaning.handling.iep) == (
        {STATEMENT},
        {("unmodified_resale", "may")},
    )
    assert left.meaning.handling.tlp == {TlpLevel.CLEAR, TlpLevel.GREEN}


@pytest.mark.parametrize("mark", [CUSTOM, UNRESOLVED, POLICY])
def test_parts_marked_with_what_depends_on_the_member_or_is_not_understood_go(mark):
    terms = replace(TERMS, attribution=Remedy.WITHHOLD, iep={"provider_attribution": frozenset({"must-not"})})
    assert "description" not in content_of(hiding(INDICATOR, "description", mark=mark), terms=terms)


@pytest.mark.parametrize(
    ("effect", "is_cut"), [("deny", False), ("permit", True)], ids=["not to be taken out", "to be taken out"]
)
def test_a_part_is_cut_where_portions_may_be_taken_out(effect, is_cut):
    rule = {"privilege_action": "TEARLINE", "privilege_scope": ["ALL"], "rule_effect": effect}
    marking = an_extension_marking(
        CUSTOM,
        acs.EXTENSION,
        identifier="isa:guide.19001.ACS3-3bda2f6e-cedc-4c0f-a756-c03d6b586917",
        create_date_time="2026-01-10T00:00:00.000Z",
        responsible_entity_custodian="USA.DHS",
        policy_reference="urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=permit",
        control_set={"classification": "U"},
        access_privilege=[rule],
    )
    obj = read(hiding(INDICATOR, "description", mark=CUSTOM))
    left = sanitised(obj, UP_TO_GREEN, TERMS, Source(), REGISTRY, Definitions([marking]), NOW)
    assert isinstance(left, Sanitised) is is_cut


def test_more_markings_than_are_followed_leave_nothing():
    ids = [f"marking-definition--00000000-0000-4000-8000-{number:012}" for number in range(DEFINITIONS_PER_OBJECT_MAX)]
    definitions = Definitions([a_definition(each) for each in ids])
    obj = read({**INDICATOR, "granular_markings": granular((each, "name") for each in ids)})
    assert sanitised(obj, UP_TO_GREEN, TERMS, Source(), REGISTRY, definitions, NOW) is Nothing.LEFT


def test_a_part_whose_time_is_over_ends_and_one_that_was_cut_does_not_count():
    policies = [
        an_extension_marking(POLICY, iep.EXTENSION, unmodified_resale="may", end_date="2026-08-01T00:00:00Z"),
        an_extension_marking(
            CUSTOM, iep.EXTENSION, tlp="red", unmodified_resale="may", end_date="2026-07-01T00:00:00Z"
        ),
    ]
    terms = replace(TERMS, iep={"unmodified_resale": frozenset({"may"})})
    obj = read({**INDICATOR, "granular_markings": granular([(POLICY, "name"), (CUSTOM, "description")])})
    left = sanitised(obj, UP_TO_GREEN, terms, Source(), REGISTRY, Definitions(policies), NOW)
    assert left.meaning.span == Span(None, datetime(2026, 8, 1, tzinfo=UTC))
    assert "description" not in left.content


NAMED = {**INDICATOR, "name": "Attack on Beta Logistics"}


@pytest.mark.parametrize("said", ["Victim: Alpha", "Victim: Beta", "é" * 200_000], ids=["other", "kept", "long"])
def test_what_the_markings_leave_is_the_same_whatever_is_cut(said):
    of_nobody = left_by_marks_of(hiding(NAMED, "description", description="Nobody"))
    left = left_by_marks_of(hiding(NAMED, "description", description=said))
    assert isinstance(left, LeftByMarks)
    assert left.digest == of_nobody.digest


@pytest.mark.parametrize(
    "more",
    [{"name": "Attack on Alpha"}, {"object_marking_refs": [GREEN, CLEAR]}, {"labels": ["kept"]}, {"revoked": True}],
    ids=["another name", "another mark", "more", "revoked"],
)
def test_what_else_the_markings_leave_tells_versions_apart(more):
    tree = hiding(NAMED, "description")
    assert left_by_marks_of({**tree, **more}).digest != left_by_marks_of(tree).digest
    assert left_by_marks_of({**tree, "modified": "2026-03-03T08:00:00.000Z"}).digest == left_by_marks_of(tree).digest


def test_in_what_order_properties_stand_tells_no_versions_apart():
    tree = hiding(NAMED, "description")
    assert left_by_marks_of(dict(reversed(tree.items()))).digest == left_by_marks_of(tree).digest


def test_whom_the_source_is_looked_for_by_tells_versions_apart():
    tree = hiding(NAMED, "created_by_ref")
    one, other = (Source(texts=frozenset(texts)) for texts in (("Beta", "Wind"), ("Gamma", "Wind")))
    assert left_by_marks_of(tree, source=one).digest != left_by_marks_of(tree, source=other).digest
    tree = hiding(NAMED, "description")
    assert left_by_marks_of(tree, source=one).digest == left_by_marks_of(tree, source=other).digest


def test_what_went_out_before_means_what_its_markings_do_today():
    tree = hiding({**NAMED, "x_note": "kept"}, "description", description="Beta")
    tree["granular_markings"] += granular([(STATEMENT, "x_note"), (CLEAR, "name")])
    left = left_by_marks_of(tree)
    gone = left.without_traces()
    assert "name" not in gone.content
    assert left.as_before(gone.content) == gone
    assert left.as_before(gone.content).uses == {STATEMENT}


def test_a_collection_that_does_not_sanitise_has_no_derivatives():
    parts = hiding(INDICATOR, "description")
    assert left_of(parts, terms=replace(TERMS, granular=Remedy.WITHHOLD)) is Nothing.LEFT
    nobody = Source(anonymous=True)
    assert left_of(INDICATOR, source=nobody, terms=replace(TERMS, attribution=Remedy.WITHHOLD)) is Nothing.LEFT
    assert left_of(parts, source=nobody, terms=replace(TERMS, attribution=Remedy.WITHHOLD)) is Nothing.LEFT
    assert left_of(parts, source=nobody, terms=replace(TERMS, granular=Remedy.WITHHOLD)) is Nothing.LEFT


# The source.


WIND_ISAC = Source(texts=frozenset({IDENTITY[WIND], "Wind ISAC"}))


@pytest.mark.parametrize("how", ["member", "marking", "part"])
def test_a_source_that_must_not_be_named_is_named_nowhere(how):
    tree = {**INDICATOR, "labels": ["fine", "seen by the wind isac"], "x_seen_by_ref": IDENTITY[WIND]}
    terms = replace(TERMS, iep={"provider_attribution": frozenset({"must-not"})})
    source = replace(WIND_ISAC, anonymous=how == "member")
    if how == "marking":
        tree["object_marking_refs"] = [GREEN, POLICY]
    if how == "part":
        tree = hiding(tree, "created_by_ref")
    content = content_of(tree, terms=terms, source=source)
    assert content["labels"] == ["fine"]
    assert "x_seen_by_ref" not in content
    assert content["description"] == INDICATOR["description"]


def test_a_source_that_signed_nothing_is_cut_from_where_it_is_named():
    tree = {
        **shape("sighting", where_sighted_refs=[IDENTITY[WIND]]),
        "object_marking_refs": [GREEN, POLICY],
        "count": 3,
    }
    tree.pop("created_by_ref", None)
    terms = replace(TERMS, iep={"provider_attribution": frozenset({"must-not"})})
    content = content_of(tree, terms=terms, source=replace(WIND_ISAC, identities=frozenset({IDENTITY[WIND]})))
    assert content["count"] == 3
    assert "where_sighted_refs" not in content
    assert left_of(tree, terms=terms, source=Source(identities=frozenset({IDENTITY[WATER]}))) is Nothing.TO_CUT


def test_what_was_cut_does_not_say_whether_a_source_that_signed_nothing_goes():
    """It names the source, or no longer does: what is left is the same version of the derivative."""
    tree = {**INDICATOR, "object_marking_refs": [GREEN, POLICY], "labels": ["seen by the Wind ISAC"]}
    tree.pop("created_by_ref", None)
    terms = replace(TERMS, iep={"provider_attribution": frozenset({"must-not"})})
    source = replace(WIND_ISAC, identities=frozenset({IDENTITY[WIND]}))
    one, other = (
        left_by_marks_of(hiding(tree, "description", description=said), terms=terms, source=source)
        for said in ("Nobody", f"Reported by {IDENTITY[WIND]}")
    )
    assert isinstance(one, LeftByMarks)
    assert one.digest == other.digest


@pytest.mark.parametrize("signed_by", [IDENTITY[WIND], None], ids=["signed", "unsigned"])
@pytest.mark.parametrize("between", ["", " ", "\u200b", "_"])
def test_a_source_goes_in_every_spelling_in_which_it_is_looked_for(between, signed_by):
    spelt = between.join(IDENTITY[WIND].removeprefix("identity--").split("-"))
    tree = {**INDICATOR, "object_marking_refs": [GREEN, POLICY], "description": f"reported by {spelt}"}
    tree = {name: value for name, value in {**tree, "created_by_ref": signed_by}.items() if value is not None}
    terms = replace(TERMS, iep={"provider_attribution": frozenset({"must-not"})})
    content = content_of(tree, terms=terms, source=replace(WIND_ISAC, identities=frozenset({IDENTITY[WIND]})))
    assert content["name"] == INDICATOR["name"]
    assert "description" not in content


def test_what_is_left_of_an_identity_is_signed_by_the_exchange_and_not_by_itself():
    identity = hiding(shape("identity", name="us", sectors=["energy"]), "sectors")
    identity.pop("created_by_ref", None)
    assert not left_of(identity).meaning.handling.signed


@pytest.mark.parametrize("how", ["member", "marking", "part"])
def test_whoever_signed_is_named_nowhere_even_if_it_is_no_member(how):
    tree = shape("sighting", created_by_ref=IDENTITY[WATER], where_sighted_refs=[IDENTITY[WATER], IDENTITY[STRANGER]])
    tree["object_marking_refs"] = [GREEN, POLICY] if how == "marking" else [GREEN]
    if how == "part":
        tree = hiding(tree, "created_by_ref")
    terms = replace(TERMS, iep={"provider_attribution": frozenset({"must-not"})})
    content = content_of(tree, terms=terms, source=Source(anonymous=how == "member"))
    assert content["where_sighted_refs"] == [IDENTITY[STRANGER]]


def test_a_source_that_may_be_named_is_left_in_the_text():
    tree = hiding({**INDICATOR, "labels": ["seen by the Wind ISAC"]}, "description")
    assert content_of(tree, source=WIND_ISAC)["labels"] == ["seen by the Wind ISAC"]


def test_nothing_is_left_of_the_identity_that_must_not_be_named():
    identity = shape("identity", id=IDENTITY[WIND], name="us")
    identity.pop("created_by_ref", None)
    assert left_of(identity, source=replace(WIND_ISAC, anonymous=True)) is Nothing.LEFT


def test_what_is_unsigned_names_no_source():
    unsigned = {name: value for name, value in INDICATOR.items() if name != "created_by_ref"}
    terms = replace(TERMS, iep={"provider_attribution": frozenset({"must-not"})})
    assert left_of({**unsigned, "object_marking_refs": [GREEN, POLICY]}, terms=terms) is Nothing.TO_CUT


# The last version.


TYPES_TO_CUT = SDO_TYPES | SRO_TYPES | {"x-thing"}


@pytest.mark.parametrize(
    ("object_type", "spec"),
    [
        *((each, "2.1") for each in sorted(TYPES_TO_CUT)),
        *((each, "2.0") for each in sorted(TYPES_TO_CUT & (STIX20_TYPES | {"x-thing"}))),
    ],
)
def test_a_withdrawn_version_is_valid_revoked_and_says_nothing(object_type, spec):
    content = withdrawn(object_type, spec, [GREEN])
    obj = read(json.loads(bytes_of(content)))
    assert (obj.type, obj.spec, obj.revoked, obj.object_marking_refs) == (object_type, spec, True, (GREEN,))
    assert "object_marking_refs" not in withdrawn(object_type, spec, [])
    assert ("spec_version" in content) is (spec == "2.1")
    spoken = texts_in(said_by(content)) - {"stix"}
    assert all("withdrawn" in text or "0000" in text or "1970" in text or text in NEUTRAL for text in spoken)


NEUTRAL = {"related-to", "neutral", "unknown", "unspecified", "mutex"}


def test_equal_contents_have_equal_bytes():
    content = content_of(hiding(INDICATOR, "description"))
    other = dict(sorted(content.items(), reverse=True))
    assert bytes_of(content) == bytes_of(other)
    assert b"\\u" not in bytes_of({**content, "name": "münchen"})
