"""The parts of an object: what is kept of one, and what it says."""

import pytest

from app.policy.sanitising.parts import Told, is_kept, told, value_at

TREE = {"a": {"b": {"c": "one", "d": "two"}}, "e": [{"f": "three"}, "four"]}
KEPT = {
    "nothing cut": (("a", "b"), set(), True),
    "something cut elsewhere": (("a", "b", "c"), {("e",)}, True),
    "itself cut": (("a", "b"), {("a", "b")}, False),
    "cut with what it is in": (("a", "b"), {("a",)}, False),
    "cut with what that is in": (("a", "b", "c"), {("a",)}, False),
    "some of it cut": (("a", "b"), {("a", "b", "c")}, True),
    "all of it cut": (("a", "b"), {("a", "b", "c"), ("a", "b", "d")}, False),
    "an item before it cut": (("e", 1), {("e", 0)}, True),
}


@pytest.mark.parametrize(("place", "cuts", "kept"), KEPT.values(), ids=KEPT.keys())
def test_of_which_parts_something_is_kept(place, cuts, kept):
    assert is_kept(TREE, cuts, place) is kept


def test_a_place_leads_to_what_stands_there():
    assert value_at(TREE, ("a", "b", "d")) == "two"
    assert value_at(TREE, ("e", 0, "f")) == "three"


def test_texts_numbers_and_names_of_ones_own_are_said_and_what_is_cut_is_not():
    tree = {
        "name": "n",
        "labels": ["cut", "kept"],
        "x_own": {"x_in": 5, "x_gone": "cut"},
        "x_true": True,
        "x_null": None,
        "confidence": 2.5,
    }
    assert list(told(tree, {("labels", 0), ("x_own", "x_gone")})) == [
        Told(("name",), "n"),
        Told(("labels", 1), "kept"),
        Told(("x_own",), "x_own"),
        Told(("x_own", "x_in"), "x_in"),
        Told(("x_own", "x_in"), 5),
        Told(("x_true",), "x_true"),
        Told(("x_null",), "x_null"),
        Told(("confidence",), 2.5),
    ]


@pytest.mark.parametrize("place", [(), ("objects",), ("objects", "0")])
def test_neither_the_type_of_an_observable_nor_a_key_that_only_counts_says_anything(place):
    tree = {"objects": {"0": {"type": "file", "x_in": {"type": "said"}}, "1234": {"name": "n"}}}
    for step in place:
        tree = tree[step]
    said = [each.said for each in told(tree, place=place)]
    assert said == ["x_in", "said", *(["1234", "n"] if len(place) < 2 else [])]


def test_keys_of_up_to_three_digits_only_count():
    assert [each.said for each in told({"x_map": {"7": "a", "123": "b", "1234": "c", "7a": "d"}})] == [
        *("x_map", "a", "b", "1234", "c", "7a", "d"),
    ]
