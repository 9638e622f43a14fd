"""Every type of the standard: what is valid is taken, and every property of it is judged."""

from typing import Any

import pytest
import stix2
from stix_examples import EXAMPLES, EXAMPLES_OF_2_0, TYPES, judge, minimal, rich, wrong_with

from app.stix.models.catalogue import MODELS, property_names
from app.stix.objects import Rejected, StixObject
from app.stix.vocabularies import META_TYPES, SCO_TYPES, SDO_TYPES, SRO_TYPES, STIX20_TYPES

# no property of the standard: custom, or kept by every object
_NOT_JUDGED = {"x_acme_score"}
_PROPERTIES = [(object_type, name) for object_type in TYPES for name in EXAMPLES[object_type]["rich"]]
_NEEDED = [
    (object_type, name)
    for object_type in TYPES
    for name in EXAMPLES[object_type]["minimal"]
    # without it, a type that 2.0 has is read as 2.0
    if not (name == "spec_version" and object_type in STIX20_TYPES)
]
_NEEDED_OF_2_0 = [(object_type, name) for object_type, tree in EXAMPLES_OF_2_0.items() for name in tree]


def test_there_is_an_example_of_every_type() -> None:
    assert set(TYPES) == SDO_TYPES | SRO_TYPES | SCO_TYPES | META_TYPES
    assert set(EXAMPLES_OF_2_0) == STIX20_TYPES
    assert {("2.1", name) for name in TYPES} | {("2.0", name) for name in EXAMPLES_OF_2_0} == set(MODELS)


@pytest.mark.parametrize("size", ["minimal", "rich"])
@pytest.mark.parametrize("object_type", TYPES)
def test_a_valid_object_is_taken(object_type: str, size: str) -> None:
    tree = EXAMPLES[object_type][size]
    outcome = judge(tree)
    assert isinstance(outcome, StixObject), outcome
    assert (outcome.type, outcome.spec, outcome.id, outcome.tree) == (object_type, "2.1", tree["id"], tree)


@pytest.mark.parametrize("object_type", TYPES)
def test_the_rich_example_has_every_property_of_the_standard(object_type: str) -> None:
    known = property_names(MODELS["2.1", object_type])
    carried_by_extension = {"created", "modified", "revoked", "created_by_ref"} if object_type in SCO_TYPES else set()
    # of two that exclude each other one is there
    excluded = {"objects", "body", "url"} if object_type in {"observed-data", "email-message", "artifact"} else set()
    not_applicable = {
        "marking-definition": {"modified", "revoked"},
        "language-content": {"lang"},
        "extension-definition": {"confidence", "lang", "extensions"},
    }.get(object_type, set())
    assert known - set(EXAMPLES[object_type]["rich"]) <= carried_by_extension | excluded | not_applicable


@pytest.mark.parametrize("object_type", TYPES)
def test_the_oasis_library_takes_the_examples_as_well(object_type: str) -> None:
    for size in ("minimal", "rich"):
        tree = {name: value for name, value in EXAMPLES[object_type][size].items() if name != "granular_markings"}
        if object_type == "file":
            # the library takes no float beside its own kind of extension
            tree = {**tree, "extensions": {k: v for k, v in tree.get("extensions", {}).items() if "--" not in k}}
            tree = {name: value for name, value in tree.items() if value != {}}
        stix2.parse(tree, allow_custom=True)


@pytest.mark.parametrize(("object_type", "name"), _NEEDED)
def test_each_property_of_a_minimal_object_is_needed(object_type: str, name: str) -> None:
    violations = wrong_with(minimal(object_type, **{name: ...}))
    assert violations
    says_something_else = object_type in {"process", "user-account", "windows-registry-key", "x509-certificate"}
    assert says_something_else or any(name in message for message in violations.values())


@pytest.mark.parametrize(("object_type", "name"), _PROPERTIES)
def test_null_is_no_value(object_type: str, name: str) -> None:
    violations = wrong_with(rich(object_type, **{name: None}))
    assert bool(violations) == (name not in _NOT_JUDGED)


@pytest.mark.parametrize(("object_type", "name"), _PROPERTIES)
def test_a_value_of_no_type_of_the_standard_is_refused_where_it_stands(object_type: str, name: str) -> None:
    """A list in a list is of no property's type."""
    violations = wrong_with(rich(object_type, **{name: [[]]}))
    assert any(where.startswith(name) for where in violations) == (name not in _NOT_JUDGED)


def _empties() -> list[tuple[str, str, Any]]:
    return [
        (object_type, name, type(value)())
        for object_type in TYPES
        for name, value in EXAMPLES[object_type]["rich"].items()
        if isinstance(value, list | dict)
    ]


@pytest.mark.parametrize(("object_type", "name", "empty"), _empties())
def test_empty_lists_and_dictionaries_are_refused(object_type: str, name: str, empty: Any) -> None:
    assert name in wrong_with(rich(object_type, **{name: empty}))


@pytest.mark.parametrize("object_type", EXAMPLES_OF_2_0)
def test_a_valid_object_of_2_0_is_taken(object_type: str) -> None:
    outcome = judge(EXAMPLES_OF_2_0[object_type])
    assert isinstance(outcome, StixObject), outcome
    assert (outcome.type, outcome.spec) == (object_type, "2.0")
    stix2.parse(EXAMPLES_OF_2_0[object_type], version="2.0")


@pytest.mark.parametrize(("object_type", "name"), _NEEDED_OF_2_0)
def test_each_property_of_a_minimal_object_of_2_0_is_needed(object_type: str, name: str) -> None:
    tree = {key: value for key, value in EXAMPLES_OF_2_0[object_type].items() if key != name}
    outcome = judge(tree)
    assert isinstance(outcome, Rejected)
    assert name in " ".join(map(str, outcome.violations))
