"""What the index leads to: a pattern that is not open matches nothing without a value that it stands under."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.stix.matching import Observation, Observed, Steps, index_keys_of, matches, told_by_index
from app.stix.matching.keys import scalars_in
from app.stix.matching.observed import LogText
from app.stix.observables import index_key
from app.stix.patterns import parse_pattern

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
VALUES = ("bad.example", "Bad.Example", "198.51.100.7", "::ffff:198.51.100.7", "Kit.exe", MD5, MD5.upper(), "7")
PATHS = (
    "ipv4-addr:value",
    "domain-name:value",
    "network-traffic:dst_ref.value",
    "domain-name:resolves_to_refs[*].value",
    "file:name",
    "file:x_own",
    "file:content_ref.url",
    "mutex:name",
)
HASHES = ("file:hashes.MD5", "file:hashes.'md-5'", "file:extensions.'x-ext'.sections[*].hashes.MD5")

values = st.sampled_from(VALUES)
comparisons = st.one_of(
    st.builds(
        "{} {} '{}'".format, st.sampled_from(PATHS), st.sampled_from(["=", "=", "=", "!=", "NOT !=", "LIKE"]), values
    ),
    st.builds("{} IN ('{}', '{}')".format, st.sampled_from(PATHS), values, values),
    st.builds("{} = '{}'".format, st.sampled_from(HASHES), st.sampled_from([MD5, MD5.upper()])),
)
brackets = st.recursive(
    comparisons,
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner),
    max_leaves=3,
).map("[{}]".format)
patterns = st.recursive(
    brackets, lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner), max_leaves=2
)
objects = st.one_of(
    st.builds(
        lambda kind, value: {"type": kind, "value": value}, st.sampled_from(["ipv4-addr", "domain-name"]), values
    ),
    st.builds(
        lambda value, to: {"type": "domain-name", "value": value, "resolves_to_refs": [to]},
        values,
        st.sampled_from("01"),
    ),
    st.builds(lambda to: {"type": "network-traffic", "dst_ref": to}, st.sampled_from("01")),
    st.builds(
        lambda kind, name: {"type": kind, "name": name, "x_own": name}, st.sampled_from(["file", "mutex"]), values
    ),
    st.builds(lambda value: {"type": "file", "hashes": {"MD5": value}}, values),
    st.builds(
        lambda value: {"type": "file", "extensions": {"x-ext": {"sections": [{"hashes": {"MD5": value}}]}}}, values
    ),
    st.builds(lambda value: {"type": "artifact", "url": value}, values),
)


@settings(max_examples=200)
@given(patterns, st.lists(objects, min_size=1, max_size=4))
def test_what_matches_is_open_or_names_a_value_of_the_upload(text: str, trees: list[dict[str, object]]) -> None:
    pattern = parse_pattern(text)
    by_key = {str(number): tree for number, tree in enumerate(trees)}
    if matches(pattern, Observed([Observation("one", by_key, by_key)] * 2), Steps(100_000)) is None:
        return
    if told_by_index(pattern.expression):
        named = {index_key(each.kind, each.value) for each in pattern.observables}
        assert index_keys_of(scalars_in(trees)) & named


def test_a_number_is_looked_for_as_a_pattern_writes_it() -> None:
    for value in (64496, 64496.0, LogText("64496"), LogText(" 64496.0 ")):
        tree = {"type": "autonomous-system", "number": value}
        assert matches(parse_pattern("[autonomous-system:number = 64496]"), Observed([one(tree)]), Steps(1000)) == [0]
        assert index_key("autonomous-system", "64496") in index_keys_of(scalars_in([tree]))


def one(tree: dict[str, object]) -> Observation:
    return Observation("one", {"0": tree}, {"0": tree})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[domain-name:value = 'a']", True),
        ("[domain-name:value NOT != 'a']", True),
        ("[domain-name:value IN ('a', 'b')]", True),
        ("[domain-name:value = 'a' AND x:y = 1]", True),
        ("[domain-name:value = 'a' OR x:y = 1]", False),
        ("[domain-name:value != 'a']", False),
        ("[domain-name:value LIKE 'a']", False),
        ("[domain-name:value = '']", False),
        ("[EXISTS domain-name:value]", False),
        ("[domain-name:value = 'a'] AND [x:y = 1]", True),
        ("[x:y = 1] FOLLOWEDBY ([domain-name:value = 'a'] REPEATS 2 TIMES)", True),
        ("[domain-name:value = 'a'] OR [x:y = 1]", False),
    ],
)
def test_which_patterns_are_open(text: str, told: bool) -> None:
    assert told_by_index(parse_pattern(text).expression) is told
