"""A trial reads one of many objects that differ in nothing but plain texts: and what can make a difference."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.feeds.likeness import TEXT_CHARS_MAX, Lookalikes
from app.stix.objects import StixObject
from app.stix.strict_json import parse
from app.stix.validation import read_object
from tests.support.cases import examples

ONE: dict[str, Any] = {
    "type": "indicator",
    "spec_version": "2.1",
    "id": "indicator--60ae939a-aea9-5157-80a1-7fc20dbb3f5d",
    "created": "2026-03-01T08:58:08.000Z",
    "modified": "2026-03-01T08:58:08.000Z",
    "name": "http://198.51.100.13:42598/i",
    "pattern": "[url:value = 'http://198.51.100.13:42598/i']",
    "pattern_type": "stix",
    "valid_from": "2026-03-01T08:58:08.000Z",
    "valid_until": "2026-05-30T08:58:08.000Z",
    "confidence": 75,
    "labels": ["one", "two"],
    "external_references": [{"source_name": "URLhaus", "url": "https://urlhaus.abuse.ch/url/9000001/"}],
}
OF_HASHES = ONE | {"pattern": f"[file:hashes.'SHA-256' = '{'a' * 64}' OR file:hashes.MD5 = '{'b' * 32}']"}
OF_TRAFFIC = ONE | {"pattern": "[network-traffic:dst_ref.value = '198.51.100.1' AND network-traffic:dst_port = 44300]"}
OF_NUMBERS = ONE | {"pattern": "[autonomous-system:number = 64496]"}
OF_COMMENTS = ONE | {"pattern": "[x:yy = 1 /* = '*/ OR x:zz = 2 /*'*/]"}
ALIKE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (ONE, {"id": "indicator--70ae939a-aea9-5157-80a1-7fc20dbb3f5e", "name": "http://a.example/", "labels": ["2", "1"]}),
    (ONE, {"pattern": "[url:value = 'http://a.example/']", "external_references": [{"source_name": "x", "url": "y"}]}),
    (ONE, {"created": "2025-03-01T08:58:08.000Z", "modified": "2025-03-01T08:58:08.000Z"}),
    (OF_HASHES, {"pattern": f"[file:hashes.'SHA-256' = '{'0' * 64}' OR file:hashes.MD5 = '{'f' * 32}']"}),
    (OF_TRAFFIC, {"pattern": "[network-traffic:dst_ref.value = 'a.example' AND network-traffic:dst_port = 80]"}),
    (OF_NUMBERS, {"pattern": "[autonomous-system:number = 1]"}),
]
OTHERS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    *((ONE, {"name": text}) for text in ("", "a\0", "é", '"', "\\", "\ud800", "x" * 29, "a\nb")),
    *(
        (ONE, {"pattern": text})
        for text in ("[url:value = ''a']", "[url:value = 'a\\']", "[a:b = 'c']", "", "[x = 'y'")
    ),
    (ONE, {"pattern": "[url:value = 007]"}),
    (ONE, {"pattern": "[url:value MATCHES 'a(']"}),
    (OF_COMMENTS, {"pattern": "[x:yy = 1 /* = '*/ OR nothing /*'*/]"}),
    (OF_HASHES, {"pattern": f"[file:hashes.'SHA-256' = '{'a' * 63}' OR file:hashes.MD5 = '{'b' * 32}']"}),
    (OF_HASHES, {"pattern": f"[file:hashes.'SHA-256' = '{'a' * 63}g' OR file:hashes.MD5 = '{'b' * 32}']"}),
    (OF_NUMBERS, {"pattern": "[autonomous-system:number = 007]"}),
    (OF_NUMBERS, {"pattern": "[autonomous-system:number = 1.]"}),
    (ONE, {"valid_until": ONE["valid_from"]}),
    (ONE, {"valid_until": "2026-01-01T00:00:00.000Z"}),
    (ONE, {"valid_until": "2026-05-32T08:58:08.000Z"}),
    (ONE, {"modified": "2026-02-01T08:58:08.000Z"}),
    (ONE, {"id": "indicator--60AE939A-aea9-5157-80a1-7fc20dbb3f5d"}),
    (ONE, {"id": "malware--60ae939a-aea9-5157-80a1-7fc20dbb3f5d"}),
    (ONE, {"confidence": 101}),
    (ONE, {"confidence": "75"}),
    (ONE, {"labels": []}),
    (ONE, {"labels": ["", "two"]}),
    (ONE, {"labels": "one"}),
    (ONE, {"labels": [1, "two"]}),
    (ONE, {"external_references": [{"source_name": "x"}]}),
    (ONE, {"external_references": [{"source_name": "x", "url": 5}]}),
    (ONE, {"type": "tool"}),
    (ONE, {"x_more": "a"}),
]


def _is_valid(tree: Mapping[str, Any]) -> bool:
    raw = json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass")
    try:
        return isinstance(read_object(parse(raw)), StixObject)
    except ValueError:
        return False


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_plain_texts_make_no_difference(one: dict[str, Any], other: dict[str, Any]) -> None:
    seen = Lookalikes()
    assert not seen.have_one_like(one)
    seen.add(one)
    assert seen.have_one_like(one)
    assert seen.have_one_like(one | other)
    assert _is_valid(one)
    assert _is_valid(one | other)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_what_may_make_a_difference_is_read(one: dict[str, Any], other: dict[str, Any]) -> None:
    seen = Lookalikes()
    seen.add(one)
    assert _is_valid(one)
    assert not seen.have_one_like(one | other)


def test_a_longer_one_is_read_and_one_with_a_text_past_a_limit_always() -> None:
    seen = Lookalikes()
    seen.add(ONE)
    longer = ONE | {"name": "x" * TEXT_CHARS_MAX}
    assert not seen.have_one_like(longer)
    seen.add(longer)
    assert seen.have_one_like(ONE)
    assert seen.have_one_like(longer)
    longest = ONE | {"name": "x" * (TEXT_CHARS_MAX + 1)}
    seen.add(longest)
    assert not seen.have_one_like(longest)


def test_so_many_forms_are_known_and_no_more() -> None:
    seen = Lookalikes()
    forms = [ONE | {"labels": ["x"] * count} for count in range(1, 1200)]
    for each in forms:
        seen.add(each)
    assert sum(map(seen.have_one_like, forms)) == 1000


PIECES = st.sampled_from(
    ["a", "'", '"', "\\", " = ", "'b'", "[", "]", "/*", "*/", "//", "7", "0", " AND ", "\0", "é", "x:y"]
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)
WRITTEN = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXTS,
        "pattern": TEXTS | TEXTS.map(lambda text: f"[x:y = '{text}']") | TEXTS.map(lambda text: f"[x:y = {text}]"),
        "labels": st.lists(TEXTS, min_size=2, max_size=2),
        "valid_until": st.sampled_from([ONE["valid_from"], ONE["valid_until"], "2026-03-01T08:58:08Z", "now"]),
    },
)


@settings(max_examples=examples(300))
@given(st.lists(WRITTEN, max_size=8))
def test_what_looks_like_a_valid_object_is_one(written: list[dict[str, Any]]) -> None:
    seen = Lookalikes()
    seen.add(ONE)
    for each in written:
        tree = ONE | each
        valid = _is_valid(tree)
        assert valid or not seen.have_one_like(tree)
        if valid:
            seen.add(tree)
