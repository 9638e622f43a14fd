"""What is left of an object is valid STIX, as the reference library reads it: of every type, in both versions."""

import copy
import warnings

import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st

from app.policy.sanitising import Nothing, Sanitised, withdrawn
from app.policy.sanitising.observables import CHECKS_MAX
from app.stix.objects import Rejected
from app.stix.strict_json import parse
from app.stix.validation import read_object
from app.stix.vocabularies import META_TYPES, SCO_TYPES
from tests.policy.builders import GREEN, RED
from tests.policy.generated_objects import EVERY_OBJECT_HAS, granular, selectors_in
from tests.policy.held_observables import BY_KEY, by_id, observed
from tests.policy.test_sanitising import bytes_of, content_of, hiding, left_of, thing
from tests.stix.stix_examples import EXAMPLES, EXAMPLES_OF_2_0
from tests.support.cases import examples, record_cases

VALIDATED = "law 5: validated is served"
OBSERVED = {"2.0": observed(BY_KEY, "2.0"), "2.1": observed(by_id(BY_KEY), "2.1")}


def complaint(raw):
    """What the reference library has against these bytes."""
    try:
        with warnings.catch_warnings(action="ignore", category=stix2.exceptions.STIXDeprecationWarning):
            stix2.parse(raw.decode(), allow_custom=True)
    except (stix2.exceptions.STIXError, ValueError) as error:
        return str(error)
    return None


def by_spec(tree):
    return tree.get("spec_version", "2.0")


def wholes():
    """An object of every type that may be cut, of both versions."""
    rich = [each["rich"] for object_type, each in EXAMPLES.items() if object_type not in SCO_TYPES | META_TYPES]
    old = [each for each in EXAMPLES_OF_2_0.values() if each["type"] not in SCO_TYPES | META_TYPES]
    of_comity = [*rich, *old, *OBSERVED.values()]
    return [each for each in copy.deepcopy(of_comity) if complaint(bytes_of_whole(each)) is None]


def bytes_of_whole(tree):
    kept_aside = ("id", "created", "modified", "created_by_ref", "object_marking_refs", "granular_markings")
    return bytes_of({name: value for name, value in tree.items() if name not in kept_aside})


WHOLES = wholes()


@st.composite
def in_part(draw, trees):
    """An object of which some parts are RED."""
    tree = draw(st.sampled_from(trees))
    tree = {name: value for name, value in tree.items() if name != "granular_markings"}
    own = sorted(each for each in selectors_in(tree) if each.partition(".")[0] not in EVERY_OBJECT_HAS)
    parts = draw(st.lists(st.sampled_from(own), min_size=1, max_size=4, unique=True))
    return {**tree, "object_marking_refs": [GREEN], "granular_markings": granular((RED, part) for part in parts)}


def assert_is_valid(left):
    record_cases(VALIDATED)
    if isinstance(left, Sanitised):
        assert complaint(bytes_of(left.content)) is None, left.content


def test_the_reference_library_takes_the_objects_that_are_cut_here():
    assert {(each["type"], by_spec(each)) for each in WHOLES} >= {("observed-data", "2.0"), ("observed-data", "2.1")}
    assert len(WHOLES) > 25


@settings(max_examples=examples(150))
@given(in_part(WHOLES))
def test_what_is_left_is_valid_to_the_reference_library(tree):
    assert_is_valid(left_of(tree))


@settings(max_examples=examples(100))
@given(in_part(list(OBSERVED.values())))
def test_what_is_left_of_observables_is_valid_and_refers_to_nothing_that_is_gone(tree):
    left = left_of(tree)
    assert_is_valid(left)
    if isinstance(left, Sanitised):
        assert left.content["objects"].items() != tree["objects"].items()


@pytest.mark.parametrize("spec", ["2.0", "2.1"])
@pytest.mark.parametrize("object_type", sorted({each["type"] for each in WHOLES}))
def test_the_last_version_of_a_derivative_is_valid_too(object_type, spec):
    if (object_type, spec) in {(each["type"], by_spec(each)) for each in WHOLES}:
        assert complaint(bytes_of(withdrawn(object_type, spec, [GREEN]))) is None


def left_of_held(held, *selectors, spec="2.0"):
    content = content_of(hiding(observed(held, spec), *(f"objects.{each}" for each in selectors)))
    return content if isinstance(content, Nothing) else content["objects"]


ADDRESS, OTHER = {"type": "ipv4-addr", "value": "203.0.113.66"}, {"type": "ipv4-addr", "value": "198.51.100.1"}
TRAFFIC = {"type": "network-traffic", "src_ref": "0", "dst_ref": "2", "protocols": ["tcp"]}


@pytest.mark.parametrize("spec", ["2.0", "2.1"])
def test_of_two_observables_of_a_type_one_goes_and_what_refers_to_it_loses_that(spec):
    held = {"0": ADDRESS, "1": TRAFFIC, "2": OTHER}
    without_source = {name: value for name, value in TRAFFIC.items() if name != "src_ref"}
    assert left_of_held(held, "0", spec=spec) == {"1": without_source, "2": OTHER}
    assert left_of_held(held, "0", "2", spec=spec) is Nothing.LEFT, "traffic is between somebody"


def test_the_type_of_what_is_cut_is_no_trace():
    held = {"0": {"type": "file", "name": "Alpha.doc"}, "1": {"type": "url", "value": "http://c.test/file"}}
    assert left_of_held(held, "0") == {"1": held["1"]}
    assert left_of_held({**held, "2": {"type": "file", "name": "Beta.xls"}}, "0").keys() == {"1", "2"}


def test_a_key_is_a_trace_unless_it_only_counts():
    held = {"0": ADDRESS, "victim": OTHER, "1": {"type": "url", "value": "http://c.test/0/victim"}}
    assert left_of_held(held, "0") == {"victim": OTHER, "1": held["1"]}
    assert left_of_held(held, "victim") == {"0": ADDRESS}
    held = {"1234": ADDRESS, "1": {"type": "url", "value": "http://c.test/1234"}, "2": OTHER}
    assert left_of_held(held, "1234") == {"2": OTHER}


@pytest.mark.parametrize(
    ("cut", "stays"),
    [
        ({"type": "file", "name": "a.doc", "hashes": {"MD5": "d41d8cd98f00b204e9800998ecf8427e"}}, "0.name"),
        ({"type": "file", "size": 17, "name": "a.doc"}, "0.size"),
        ({"type": "x-sensor", "reading": "of them", "place": "somewhere"}, "0.reading"),
    ],
)
def test_an_observable_stays_without_what_its_type_can_be_without(cut, stays):
    name = stays.partition(".")[2]
    assert left_of_held({"0": cut, "1": OTHER}, stays)["0"] == {key: cut[key] for key in cut if key != name}


@pytest.mark.parametrize(
    ("cut", "part", "spec"),
    [
        ({"type": "file", "size": 17, "name": "a.doc"}, "0.name", "2.0"),
        ({"type": "url", "value": "https://c.test"}, "0.value", "2.1"),
        ({"type": "x-sensor", "reading": "of them"}, "0.type", "2.0"),
        ({"type": "user-account", "user_id": "1001", "display_name": "A"}, "0.user_id", "2.0"),
        ({"type": "windows-registry-key", "key": "HKLM\\A", "number_of_subkeys": 1}, "0.key", "2.0"),
        ({**BY_KEY["14"], "opened_connection_refs": []}, "0.extensions.windows-service-ext.service_name", "2.0"),
    ],
)
def test_an_observable_goes_whole_with_what_its_type_needs(cut, part, spec):
    cut = {name: value for name, value in cut.items() if value and not name.endswith("_ref")}
    if "extensions" in cut:
        cut["extensions"] = {"windows-service-ext": {"service_name": "updater", "display_name": "Updates"}}
    assert left_of_held({"0": cut, "1": OTHER}, part, spec=spec) == {"1": OTHER}


def test_an_account_of_stix_2_1_needs_no_user_id():
    account = {"type": "user-account", "user_id": "1001", "display_name": "A"}
    left = left_of_held({"0": account, "1": OTHER}, "0.user_id", spec="2.1")
    assert left["0"] == {"type": "user-account", "display_name": "A"}


@pytest.mark.parametrize(
    "objects", [[{"x_one": "Alpha"}, {"own_ref": "Beta"}], {"0": {"x_one": "a"}, "1": {"own_ref": "0"}}]
)
def test_what_other_objects_call_so_are_no_observables(objects):
    selector, left = ("objects.[0]", objects[1:]) if isinstance(objects, list) else ("objects.0", {"1": objects["1"]})
    content = content_of(hiding(thing(x_always="said", objects=objects), selector))
    assert content["objects"] == left


def test_observables_go_one_after_the_other_however_long_the_chain():
    chain = {
        str(number): {"type": "network-traffic", "protocols": ["tcp"], "src_ref": str(number + 1)}
        for number in range(500, 900)
    }
    held = {**chain, "900": ADDRESS, "1": OTHER}
    assert left_of_held(held, "900") == {"1": OTHER}


@pytest.mark.parametrize(("times", "stays"), [(CHECKS_MAX, True), (CHECKS_MAX + 1, False)])
def test_what_loses_something_too_often_goes_whole(times, stays):
    many = [str(number) for number in range(100, 100 + times)]
    chain = {each: {"type": "network-traffic", "protocols": ["tcp"], "src_ref": str(int(each) + 1)} for each in many}
    process = {"type": "process", "command_line": "kept", "opened_connection_refs": many}
    held = {**chain, str(100 + times): ADDRESS, "0": process, "1": OTHER}
    left = {"0": {"type": "process", "command_line": "kept"}} if stays else {}
    assert left_of_held(held, str(100 + times)) == {**left, "1": OTHER}


SOMETHING_ELSE = "ipv4-addr--00000000-0000-4000-8000-000000000000"
ARCHIVE = {"type": "file", "name": "a", "extensions": {"archive-ext": {"contains_refs": ["0", "7"]}}}
LIST_IN_LIST = {**TRAFFIC, "dst_ref": "0", "x_more": {"a_refs": [["0"]]}}
NOTHING = "there is none of it"
REFUSED = {
    "no type in 2.0": ({"2": {"value": "198.51.100.1"}}, "2.0", "objects.2", "must have a `type`"),
    "a reference to nothing": ({"0": TRAFFIC}, "2.0", "objects.0.dst_ref", NOTHING),
    "a reference of 2.1 to nothing": ({"0": TRAFFIC}, "2.1", "objects.0.dst_ref", NOTHING),
    "an id in 2.0": ({"0": {**TRAFFIC, "dst_ref": SOMETHING_ELSE}}, "2.0", "objects.0.dst_ref", NOTHING),
    "within an extension": ({"0": ARCHIVE}, "2.0", "objects.0.extensions.archive-ext.contains_refs.[1]", NOTHING),
    "no text": ({"0": {**TRAFFIC, "dst_ref": 0}}, "2.1", "objects.0.dst_ref", NOTHING),
    "a list in a list": ({"0": LIST_IN_LIST}, "2.0", "objects.0.x_more.a_refs.[0]", NOTHING),
}


@pytest.mark.parametrize(("held", "spec", "where", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_observed_data_whose_observables_are_none_is_refused(held, spec, where, told):
    outcome = read_object(parse(bytes_of_whole(observed(held, spec))))
    assert isinstance(outcome, Rejected)
    assert outcome.violations[0].where == where
    assert told in outcome.violations[0].message


@pytest.mark.parametrize(
    ("held", "spec"),
    [
        (by_id(BY_KEY), "2.1"),
        (BY_KEY, "2.1"),
        (BY_KEY, "2.0"),
        ({"0": {**ADDRESS, "object_marking_refs": [GREEN], "created_by_ref": "identity--x", "x_own_ref": "7"}}, "2.0"),
    ],
)
def test_what_observables_may_refer_to_is_taken(held, spec):
    assert not isinstance(read_object(parse(bytes_of_whole(observed(held, spec)))), Rejected)
