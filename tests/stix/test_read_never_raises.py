"""Whatever JSON comes, it is read or rejected, and never is an exception raised."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from stix_examples import EXAMPLES, EXAMPLES_OF_2_0, TYPES

from app.stix.objects import Rejected, StixObject
from app.stix.strict_json import Element, parse
from app.stix.timestamps import version_key
from app.stix.validation import read_object

_WHOLE = [EXAMPLES[name]["rich"] for name in TYPES] + list(EXAMPLES_OF_2_0.values())
_NAMES = sorted({name for tree in _WHOLE for name in tree})

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(
        ["\0", "\ud800", "2.0", "2.1", "2024-03-01T09:30:00.000Z", "[a:b = 1]", "labels.[0]", *TYPES, *_NAMES]
    )
)
names = st.sampled_from([*_NAMES, "archive-ext", "hashes", "MD5", "\ud800"]) | st.text(max_size=4)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*_NAMES, "archive-ext", "hashes", "MD5"]) | st.text(max_size=4) | st.just("\ud800"), inner
        )
    ),
    max_leaves=12,
)


def _read(tree: Any) -> StixObject | Rejected:
    return read_object(parse(json.dumps(tree).encode()))


@given(trees)
def test_any_json_is_answered(tree: Any) -> None:
    _must_be_sound(_read(tree))


@given(st.sampled_from(_WHOLE), st.dictionaries(st.sampled_from(_NAMES), trees, min_size=1, max_size=3))
def test_any_object_with_any_properties_is_answered(tree: dict[str, Any], changes: dict[str, Any]) -> None:
    _must_be_sound(_read({**tree, **changes}))


def _with(tree: Any, path: list[int], value: Any) -> Any:
    """The tree with another value somewhere inside; the path is taken as far as it leads."""
    if not path or not isinstance(tree, dict | list) or not tree:
        return value
    keys = list(tree) if isinstance(tree, dict) else range(len(tree))
    key = keys[path[0] % len(keys)]
    changed = dict(tree) if isinstance(tree, dict) else list(tree)
    changed[key] = _with(tree[key], path[1:], value)
    return changed


@given(st.sampled_from(_WHOLE), st.lists(st.integers(0, 50), min_size=1, max_size=5), trees)
def test_any_object_with_anything_inside_is_answered(tree: dict[str, Any], path: list[int], value: Any) -> None:
    _must_be_sound(_read(_with(tree, path, value)))


@given(trees, st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), max_size=2))
def test_any_element_is_answered(tree: Any, refusals: list[str]) -> None:
    _must_be_sound(read_object(Element(b"", tree, tuple(refusals), plain=False)))


def _must_be_sound(outcome: StixObject | Rejected) -> None:
    if isinstance(outcome, Rejected):
        assert outcome.violations
        told = [outcome.id or "", outcome.version or ""]
        told += [text for violation in outcome.violations for text in (violation.where, str(violation))]
        assert all(str(violation) for violation in outcome.violations)
        assert "\0" not in "".join(told).encode("utf-8").decode()
        return
    assert outcome.id.startswith(f"{outcome.type}--")
    assert isinstance(outcome.revoked, bool)
    assert all(isinstance(ref, str) for ref in (*outcome.object_marking_refs, outcome.created_by_ref or ""))
    if outcome.version is not None:
        assert version_key(outcome.version)
