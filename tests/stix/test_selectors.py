"""Selectors: STIX 2.1 section 7.2.3.1."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.stix.selectors import is_present, is_selector

TREE: dict[str, Any] = {
    "id": "x",
    "labels": ["a", "a"],
    "confidence": 0,
    "revoked": False,
    "description": "",
    "hashes": {"SHA-256": "0a"},
    "external_references": [{"source_name": "acme"}, {"source_name": "other"}],
    "extensions": {"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {"tlp_2_0": "red"}},
    "nested": [[1, [2]]],
}
SELECTORS = {
    "a property": ("labels", True),
    "an item": ("labels.[1]", True),
    "a property of an item of a list": ("external_references.[0].source_name", True),
    "a key with upper case and a hyphen": ("hashes.SHA-256", True),
    "inside an extension": ("extensions.extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d.tlp_2_0", True),
    "a list in a list": ("nested.[0].[1].[0]", True),
    "the id": ("id", True),
    "zero is content": ("confidence", True),
    "false is content": ("revoked", True),
    "an empty string is content": ("description", True),
    "a property that is absent": ("name", False),
    "the beginning of a name": ("label", False),
    "an index past the end": ("labels.[2]", False),
    "an index past every end": (f"labels.[{'9' * 5000}]", False),
    "an index into a string": ("id.[0]", False),
    "a key into a list": ("labels.a", False),
    "an index into an object": ("hashes.[0]", False),
    "below a string": ("id.x", False),
}
NO_SELECTORS = ["", "[0]", "labels[0]", "labels.[00]", "labels.[-1]", "labels.[*]", "labels.", ".labels", "$.labels"]


@pytest.mark.parametrize(("selector", "present"), SELECTORS.values(), ids=SELECTORS)
def test_what_a_selector_selects(selector: str, present: bool) -> None:
    assert is_selector(selector)
    assert is_present(TREE, selector) is present


@pytest.mark.parametrize("text", NO_SELECTORS)
def test_what_is_no_selector_selects_nothing(text: str) -> None:
    assert not is_selector(text)
    assert not is_present(TREE, text)


@given(st.text(alphabet="ab.[]019$*-", max_size=20) | st.text())
def test_any_text_is_answered(text: str) -> None:
    assert is_present(TREE, text) in {True, False}
