"""What is read of an object, what is told of one that is not valid, and which version of the standard it is of."""

from typing import Any

import pytest
from stix_examples import T1, T2, TLP_GREEN, judge, minimal, ref, rich, wrong_with

from app.stix.objects import GranularMarking, Rejected, StixObject
from app.stix.strict_json import bytes_digest, parse, tree_digest
from app.stix.validation import ObjectLimits, read_object


def test_a_violation_is_a_sentence_that_its_sender_can_act_on() -> None:
    assert wrong_with(minimal("indicator", valid_from=...)) == {
        "valid_from": "`valid_from` is required for an indicator (STIX 2.1 section 4.7)."
    }
    assert wrong_with(minimal("indicator", created=...)) == {
        "created": "`created` is required for an indicator (STIX 2.1 section 3.2)."
    }


def test_every_violation_is_told_up_to_a_number() -> None:
    tree = minimal("campaign", name=1, aliases="a", revoked=1, labels=[], X=1)
    assert set(wrong_with(tree)) == {"name", "aliases", "revoked", "labels", "X"}
    outcome = read_object(parse(str(tree).replace("'", '"').encode()), ObjectLimits(violations_max=2))
    assert isinstance(outcome, Rejected)
    assert len(outcome.violations) == 2


def test_a_long_list_of_wrong_references_is_told_once() -> None:
    assert len(wrong_with(minimal("report", object_refs=["x"] * 10_000))) == 1


def test_what_is_read_of_a_valid_object() -> None:
    tree = rich("campaign", modified=T2, created=T1, revoked=True)
    raw = parse(b" " + str(tree).replace("'", '"').replace("True", "true").replace("False", "false").encode() + b"\n")
    outcome = read_object(raw)
    assert isinstance(outcome, StixObject), outcome
    assert outcome.raw == raw.raw
    assert (outcome.bytes_digest, outcome.tree_digest) == (bytes_digest(raw.raw), tree_digest(raw.tree))
    assert (outcome.id, outcome.type, outcome.spec) == (tree["id"], "campaign", "2.1")
    assert (outcome.created, outcome.modified, outcome.version, outcome.revoked) == (T1, T2, T2, True)
    assert outcome.created_by_ref == tree["created_by_ref"]
    assert outcome.object_marking_refs == (TLP_GREEN,)
    assert outcome.granular_markings == (
        GranularMarking(("external_references.[0].url",), TLP_GREEN, None),
        GranularMarking(("labels",), None, "en"),
    )


def test_the_version_of_an_object_without_dates_and_of_a_marking() -> None:
    url = judge(minimal("url"))
    marking = judge(minimal("marking-definition", created=T1, modified=T2))
    assert isinstance(url, StixObject)
    assert isinstance(marking, StixObject)
    assert (url.version, url.revoked, url.granular_markings) == (None, False, ())
    assert (marking.version, marking.modified) == (T1, None)


VERSIONS_OF_THE_STANDARD = {
    "what an object says": ({"type": "campaign", "spec_version": "2.0", "name": "a"}, "2.0"),
    "a type of 2.0 that says nothing": ({"type": "campaign", "name": "a"}, "2.0"),
    "a custom type with dates that says nothing": ({"type": "x-acme-thing"}, "2.0"),
}


@pytest.mark.parametrize(("tree", "spec"), VERSIONS_OF_THE_STANDARD.values(), ids=VERSIONS_OF_THE_STANDARD)
def test_which_version_an_object_is_of(tree: dict[str, Any], spec: str) -> None:
    outcome = judge({**tree, "id": ref(tree["type"]), "created": T1, "modified": T1})
    assert isinstance(outcome, StixObject), outcome
    assert outcome.spec == spec


def test_an_object_that_is_read_as_2_0_for_want_of_a_version_is_told_so() -> None:
    assert "write 2.1" in wrong_with(minimal("malware", spec_version=...))["spec_version"]


RULES_OF_2_0: dict[str, dict[str, Any]] = {
    "modified before created": {"type": "campaign", "name": "a", "modified": "2020-01-01T00:00:00Z"},
    "no pattern": {"type": "indicator", "labels": ["a"], "pattern": "[", "valid_from": T1},
    "a relationship to a marking": {
        "type": "relationship",
        "relationship_type": "uses",
        "source_ref": ref("malware"),
        "target_ref": TLP_GREEN,
    },
    "a TLP marking of one's own": {"type": "marking-definition", "definition_type": "tlp", "definition": {"tlp": "x"}},
    "a custom property with a hyphen": {"type": "campaign", "name": "a", "x-y": 1},
}


@pytest.mark.parametrize("tree", RULES_OF_2_0.values(), ids=RULES_OF_2_0)
def test_rules_that_2_0_has_as_well(tree: dict[str, Any]) -> None:
    whole = {"id": ref(tree["type"]), "created": T1, "modified": T1, **tree}
    assert wrong_with(whole)


def test_a_rejected_element_is_named_as_far_as_it_can_be_read() -> None:
    outcome = judge({"type": "campaign", "id": "campaign--1", "created": T1, "modified": 1})
    assert isinstance(outcome, Rejected)
    assert (outcome.id, outcome.version) == ("campaign--1", T1)
    for nameless in ([1], "text", None, 1, {"id": 1, "modified": []}):
        unread = judge(nameless)
        assert isinstance(unread, Rejected)
        assert (unread.id, unread.version) == (None, None)


def test_what_strict_json_refuses_is_rejected_with_its_id() -> None:
    outcome = read_object(parse(b'{"id": "campaign--1", "id": "campaign--1"}'))
    assert isinstance(outcome, Rejected)
    assert outcome.id == "campaign--1"
    assert [violation.message for violation in outcome.violations] == [
        "The member `id` stands more than once in one object."
    ]
