"""Whatever is uploaded and whatever a pattern asks: an answer, and no error but those that are told."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patterns_generated import expressions, object_types

from app.stix.json_faults import JsonLimits
from app.stix.matching import NotDecided, Observation, Observed, Steps, matches
from app.stix.matching.keys import index_keys_of, scalars_in
from app.stix.matching.uploads import Bounds, Unreadable, UploadForm, read_upload
from app.stix.patterns import Pattern
from app.stix.patterns.syntax import ObservationExpression

EXAMPLES = 100
BOUNDS = (100, 100)

names = st.sampled_from(["value", "name", "h", "b", "AND", "hashes", "x_hex", "y_bin"])
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
odd_objects = st.dictionaries(
    st.sampled_from(
        ["type", "id", "value", "hashes", "objects", "object_refs", "values", "number_observed", "dst_ref"]
    ),
    st.one_of(st.sampled_from(["observed-data", "bundle", "file", "ipv4-addr", "1"]), json_values),
)


@settings(max_examples=EXAMPLES)
@given(st.one_of(json_values, odd_objects, st.lists(odd_objects, max_size=3)))
def test_whatever_is_uploaded_is_read_or_refused(upload: object) -> None:
    data = json.dumps(upload).encode("utf-8", "surrogatepass")
    for form in UploadForm:
        try:
            observations = read_upload(data, form, JsonLimits(), Bounds(*BOUNDS))
        except Unreadable:
            continue
        assert Observed(observations).observations
        index_keys_of(scalars_in([tree for each in observations for tree in each.objects.values()]))


@settings(max_examples=EXAMPLES)
@given(expressions, st.lists(st.tuples(object_types, st.dictionaries(names, json_values, max_size=4)), max_size=5))
def test_whatever_is_asked_of_whatever_is_answered(
    expression: ObservationExpression, trees: list[tuple[str, dict[str, Any]]]
) -> None:
    objects = {str(number): {**tree, "type": kind} for number, (kind, tree) in enumerate(trees)}
    observed = Observed([Observation("one", objects, objects, 0, 10**18, 3)])
    try:
        numbers = matches(Pattern(expression, frozenset(), ()), observed, Steps(100_000))
    except NotDecided:
        return
    assert numbers in (None, [], [0])


@pytest.mark.parametrize("form", UploadForm)
def test_an_object_path_is_as_deep_as_json_may_be(form: UploadForm) -> None:
    def upload(steps: int) -> bytes:
        path = f"file:{'.'.join('a' * steps)}"
        values = json.dumps({"values": [{"type": path, "value": "1"}]})
        return (f"{path}\n1\n" if form is UploadForm.CSV else values).encode()

    limits = JsonLimits(depth_max=100, object_bytes_max=100_000)
    assert len(list(scalars_in(read_upload(upload(100), form, limits, Bounds(*BOUNDS))[0].objects.values()))) == 0
    for steps in (101, 3000):
        with pytest.raises(Unreadable):
            read_upload(upload(steps), form, limits, Bounds(*BOUNDS))
