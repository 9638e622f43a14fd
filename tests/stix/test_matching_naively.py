"""The same verdicts as a matcher that tries every choice there is, on small patterns and few observations."""

from hypothesis import given, settings
from hypothesis import strategies as st
from naive_matching import SECOND, naively

from app.stix.matching import Observation, Observed, Steps, matches
from app.stix.patterns import parse_pattern

EXAMPLES = 150

values = st.integers(0, 2)
comparisons = st.one_of(
    st.builds("a:b = {}".format, values),
    st.builds("a:b = {}".format, values),
    st.builds("a:{} {} {}".format, st.sampled_from("bc"), st.sampled_from(["!=", "<", ">=", "NOT =", "NOT <"]), values),
    st.builds("a:b {} ({}, {})".format, st.sampled_from(["IN", "NOT IN"]), values, values),
    st.builds("{}EXISTS a:{}".format, st.sampled_from(["", "NOT "]), st.sampled_from("bc")),
    st.builds("d:b = {}".format, values),
)
brackets = st.recursive(
    comparisons,
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner),
    max_leaves=4,
).map("[{}]".format)
seconds = st.integers(0, 6)
windows = st.integers(1, 4).map(" WITHIN {} SECONDS".format)
spans = st.builds(" START t'1970-01-01T00:00:0{}Z' STOP t'1970-01-01T00:00:0{}Z'".format, seconds, seconds)
repeats = st.sampled_from(["", "", " REPEATS 2 TIMES"])
qualifiers = st.one_of(
    st.just(""), st.just(""), st.just(""), windows, spans, st.builds("{}{}".format, repeats, windows)
)
expressions = st.recursive(
    st.builds("{}{}".format, brackets, st.one_of(st.just(""), repeats, spans)),
    lambda inner: st.builds(
        "({} {} {}){}".format,
        inner,
        st.sampled_from(["AND", "AND", "OR", "FOLLOWEDBY", "FOLLOWEDBY"]),
        inner,
        qualifiers,
    ),
    max_leaves=3,
)
objects = st.one_of(
    st.builds(lambda b: {"type": "a", "b": b}, values),
    st.builds(lambda b, c: {"type": "a", "b": b, "c": c}, values, values),
    st.builds(lambda b: {"type": "d", "b": b}, values),
)


@st.composite
def observed(draw: st.DrawFn) -> Observation:
    trees = {str(number): tree for number, tree in enumerate(draw(st.lists(objects, min_size=1, max_size=2)))}
    first = draw(seconds)
    last = first + draw(st.sampled_from([0, 0, 0, 1, 3]))
    if draw(st.integers(0, 9)) == 0:
        return Observation("one", trees, trees)
    return Observation("one", trees, trees, first * SECOND, last * SECOND, draw(st.sampled_from([1, 1, 1, 2])))


@settings(max_examples=EXAMPLES)
@given(expressions, st.lists(observed(), min_size=1, max_size=4))
def test_each_verdict_is_that_of_the_naive_matcher(text: str, observations: list[Observation]) -> None:
    pattern = parse_pattern(text)
    found = matches(pattern, Observed(observations), Steps(10_000_000)) is not None
    assert found is naively(pattern.expression, observations)
