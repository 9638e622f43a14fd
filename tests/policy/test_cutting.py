"""How far a cut widens, so that what is left is valid: as places, one case each."""

import pytest

from app.policy.sanitising.cutting import valid_without, without
from tests.policy.test_sanitising import INDICATOR, thing

REFERENCES = [
    {"source_name": "one", "url": "https://one.example", "external_id": "1"},
    {"source_name": "two", "description": "kept"},
]
HASH = "d41d8cd98f00b204e9800998ecf8427e"
REFERRING = thing(x_always="said", external_references=REFERENCES)
FIRST = ("external_references", 0)
ALL_OF_FIRST = {(*FIRST, name) for name in REFERENCES[0]}
PLACE = {"type": "location", "spec_version": "2.1", "name": "a quay", "region": "europe"}
PLACE |= {"latitude": 51.9225, "longitude": 4.47917, "precision": 10.0}
PAIR = {("latitude",), ("longitude",), ("precision",)}
WIDENED = {
    "nothing needs what goes": (REFERRING, {(*FIRST, "url")}, {(*FIRST, "url")}),
    "what it is in needs it": (REFERRING, {(*FIRST, "source_name")}, {FIRST}),
    "what it is in needs it, and more of that goes": (
        REFERRING,
        {(*FIRST, "source_name"), (*FIRST, "url")},
        {FIRST},
    ),
    "what it is in needs it, and something deep in that goes": (
        thing(x_always="said", external_references=[{**REFERENCES[0], "hashes": {"MD5": HASH}}]),
        {(*FIRST, "source_name"), (*FIRST, "hashes", "MD5")},
        {FIRST, (*FIRST, "hashes", "MD5")},
    ),
    "another item stays as it is cut": (
        thing(x_always="said", external_references=[*REFERENCES, REFERENCES[0]]),
        {(*FIRST, "source_name"), ("external_references", 2, "url")},
        {FIRST, ("external_references", 2, "url")},
    ),
    "an item before it goes bit by bit": (
        REFERRING,
        {*ALL_OF_FIRST, ("external_references", 1, "source_name")},
        {*ALL_OF_FIRST, ("external_references", 1)},
    ),
    "half a pair, and something beside": (PLACE, {("latitude",), ("name",)}, {*PAIR, ("name",)}),
    "what goes with a pair, alone": (PLACE, {("precision",)}, {("precision",)}),
    "the object needs it": (INDICATOR, {("pattern",)}, None),
}


@pytest.mark.parametrize(("tree", "cuts", "widened"), WIDENED.values(), ids=WIDENED.keys())
def test_how_far_a_cut_widens(tree, cuts, widened):
    assert valid_without(tree, frozenset(cuts)) == widened


def test_of_an_object_that_is_cut_whole_nothing_is_left():
    assert without({"x_more": "of it"}, {("x_more",)}) == {}
    assert without({"x_more": "of it", "id": "x"}, {("x_other",)}) == {"x_more": "of it"}
