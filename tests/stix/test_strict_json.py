"""Strict JSON: exact slices, literal numbers, and what is refused."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.stix.json_faults import JsonLimits
from app.stix.strict_json import JsonRefused, bytes_digest, elements, parse, tree_digest

BODIES_REFUSED = {
    "nothing": (b"", "not a JSON object"),
    "a list": (b"[]", "not a JSON object"),
    "a list nested past the recursion limit": (b"[" * 200_000, "not a JSON object"),
    "no such member": (b'{"more": false}', "no member `objects`"),
    "no list": (b'{"objects": {}}', "is no list"),
    "the member twice": (b'{"objects": [], "objects": []}', "more than once"),
    "another member twice": (b'{"more": 1, "objects": [], "more": 1}', "more than once"),
    "a comma at the end of the list": (b'{"objects": [1,]}', "not JSON"),
    "a comma at the end of the object": (b'{"objects": [1],}', "not JSON"),
    "no comma": (b'{"objects": [1 2]}', "comma or ] is missing"),
    "another value after it": (b'{"objects": []} {}', "goes on after the end"),
    "cut in a list": (b'{"objects": [{"a": 1}', "comma or ] is missing"),
    "cut in a string": (b'{"objects": ["abc', "not JSON"),
    "cut in a deep value": (b'{"objects": [' + b"[" * 200_000, "bracket is not closed"),
    "a string not closed in a deep value": (b'{"objects": [' + b"[" * 200_000 + b'"\\"' * 100_000, "string is not"),
    "a name that is no string": (b"{1: 2}", "member name"),
    "a name without a value": (b'{"objects"}', "colon"),
    "a byte order mark": (b'\xef\xbb\xbf{"objects": []}', "byte order mark"),
    "no UTF-8": (b'{"objects": ["\xff"]}', "not UTF-8 at byte 14"),
    "a surrogate in UTF-8": (b'{"objects": ["\xed\xa0\x80"]}', "not UTF-8"),
    "UTF-16": ('{"objects": []}'.encode("utf-16"), "not UTF-8"),
    "a raw control character": (b'{"objects": ["\x01"]}', "not JSON"),
    "a comment": (b'{"objects": [] /* none */}', "comma or }"),
    "a number with a leading zero": (b'{"objects": [01]}', "comma or ]"),
    "another space": ('{"objects": [\u00a0]}'.encode(), "not JSON"),
}


@pytest.mark.parametrize(("body", "reason"), BODIES_REFUSED.values(), ids=BODIES_REFUSED)
def test_a_body_that_is_no_json_of_the_form_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(JsonRefused) as refused:
        list(elements(body))
    assert reason in refused.value.reason


ELEMENTS_REFUSED = {
    "a member twice": (b'{"a": 1, "a": 1}', "`a` stands more than once"),
    "a member twice, once by escapes": (b'{"a": 1, "\\u0061": 1}', "`a` stands more than once"),
    "a member twice in an object below": (b'{"x": [{"a": 1, "b": 2, "a": 3}]}', "`a` stands more than once"),
    "NaN": (b'{"x": [1, NaN]}', "`x.[1]` is NaN"),
    "minus infinity": (b'{"x": -Infinity}', "`x` is -Infinity"),
    "a number that overflows": (b'{"x": {"y": 1e400}}', "`x.y` is a number too large"),
    "a number of many digits": (b'{"x": ' + b"9" * 1001 + b"}", "`x` is a number of 1001 characters"),
    "a fraction of many digits": (b'{"x": 0.' + b"9" * 1001 + b"}", "`x` is a number of 1003 characters"),
    "half of a surrogate pair": (b'{"x": "\\ud83d"}', "`x` holds half of a surrogate pair"),
    "the other half": (b'{"x": "\\ude00 \\ud83d"}', "`x` holds half of a surrogate pair"),
    "half of a pair in a name": (b'{"\\ud83d": 1}', "It has a member whose name holds half"),
    "U+0000": (b'{"x": ["\\u0000"]}', "`x.[0]` holds U+0000"),
    "U+0000 in a name": (b'{"x": {"a\\u0000": 1}}', "`x` has a member whose name holds U+0000"),
    "a depth past the limit": (b'{"x":' * 100 + b"{}" + b"}" * 100, "nests deeper than the 100 levels"),
    "a depth past the recursion limit": (b"[" * 100_000 + b'"]"' + b"]" * 100_000, "nests deeper than the 100 levels"),
}


@pytest.mark.parametrize(("raw", "reason"), ELEMENTS_REFUSED.values(), ids=ELEMENTS_REFUSED)
def test_a_bad_element_is_refused_and_the_others_go_on(raw: bytes, reason: str) -> None:
    before, bad, after = elements(b'{"objects": [{"id": "1"}, ' + raw + b', {"id": "2"}], "more": null}')
    assert (before.tree, before.refusals) == ({"id": "1"}, ())
    assert (after.tree, after.refusals) == ({"id": "2"}, ())
    assert bad.raw == raw
    assert reason in " ".join(bad.refusals)


TAKEN = {
    "a whole surrogate pair": b'"\\ud83d\\ude00"',
    "a name with an escaped backslash before u0000": b'{"a": "\\\\u0000"}',
    "the depth of the limit": b"[" * 100 + b"]" * 100,
    "many brackets side by side": b"[" + b"[]," * 500 + b"[]]",
    "a large integer": b"9" * 1000,
    "no object": b"null",
}


@pytest.mark.parametrize("raw", TAKEN.values(), ids=TAKEN)
def test_what_is_at_the_limits_is_taken(raw: bytes) -> None:
    assert parse(raw).refusals == ()


def test_sizes_are_limited_for_each_element() -> None:
    limits = JsonLimits(depth_max=3, string_chars_max=5, number_chars_max=4, object_bytes_max=30)
    refused = {
        b'{"a": "123456"}': "`a` has 6 characters, and 5 are taken.",
        b'{"123456": 1}': "It has a member whose name has 6 characters, and 5 are taken.",
        b'{"a": 12345}': "`a` is a number of 5 characters, and 4 are taken.",
        b'{"a": [[[]]]}': "`a.[0].[0]` nests deeper than the 3 levels that are taken.",
        b"[" + b" " * 40 + b"]": "It has 42 bytes, and 30 are taken.",
    }
    for raw, reason in refused.items():
        assert parse(raw, limits).refusals == (reason,)
    for raw in (b'{"a": "12345"}', b'{"a": 1234}', b'{"a": [[]]}', b"[" + b" " * 28 + b"]"):
        assert parse(raw, limits).refusals == ()
    with pytest.raises(ValueError, match="number_chars_max"):
        JsonLimits(number_chars_max=5000)


def test_reasons_can_be_sent_whatever_was_sent() -> None:
    (reason,) = [
        reason for reason in parse(b'{"a\\ud800\\u0000": 1, "a\\ud800\\u0000": 2}').refusals if "once" in reason
    ]
    assert reason == "The member `a??` stands more than once in one object."


def test_faults_are_named_ten_at_most() -> None:
    assert len(parse(b"[" + b",".join([b'"\\u0000"'] * 1000) + b"]").refusals) == 10


def test_members_beside_the_list_are_ignored_and_any_member_can_be_asked_for() -> None:
    body = b'{"more": [1, {"x": 1.50}], "objects": [1], "next": "a", "x_list": [[[]]]}'
    assert [element.tree for element in elements(body)] == [1]
    assert [element.raw for element in elements(body, "more")] == [b"1", b'{"x": 1.50}']


@pytest.mark.parametrize(("raw", "reason"), ELEMENTS_REFUSED.values(), ids=ELEMENTS_REFUSED)
def test_what_would_refuse_an_element_refuses_the_body_beside_the_list(raw: bytes, reason: str) -> None:
    """There is no element that would be told of it, and what follows might not be what its sender meant."""
    with pytest.raises(JsonRefused, match="The member `x_more` can't be taken") as refused:
        list(elements(b'{"objects": [1], "x_more": ' + raw + b"}"))
    assert reason in refused.value.reason


def test_one_document() -> None:
    assert parse(b' {"a": 1} \n').raw == b'{"a": 1}'
    with pytest.raises(JsonRefused, match="goes on"):
        parse(b"{} {}")
    with pytest.raises(JsonRefused, match="not JSON"):
        parse(b"nothing")


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=20,
)
spacing = st.text(" \t\r\n", max_size=3)


@given(st.lists(values, max_size=6), st.booleans(), spacing)
def test_slices_are_the_bytes_of_their_elements(trees: list[Any], escaped: bool, space: str) -> None:
    parts = [json.dumps(tree, ensure_ascii=escaped, indent=len(space) or None).encode() for tree in trees]
    joined = f"{space},{space}".encode().join(parts)
    body = (
        f'{space}{{"é":{space}"]}}",{space}"objects"{space}:{space}['.encode() + joined + f"{space}]{space}}}".encode()
    )
    found = list(elements(body))
    assert [element.raw for element in found] == parts
    assert [element.tree for element in found] == trees
    assert all(not element.refusals for element in found)
    # each slice is a document of its own that reads the same
    assert [parse(element.raw).tree for element in found] == trees


def _shuffled(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _shuffled(tree[key]) for key in reversed(tree)}
    return [_shuffled(item) for item in tree] if isinstance(tree, list) else tree


@given(values)
def test_the_tree_digest_is_of_the_content_and_not_of_how_it_is_written(tree: Any) -> None:
    one = parse(json.dumps(tree).encode())
    other = parse(json.dumps(_shuffled(tree), ensure_ascii=False, indent=2).encode())
    assert tree_digest(one.tree) == tree_digest(other.tree)
    assert tree_digest(one.tree) == tree_digest(one.tree, plain=one.plain)
    assert tree_digest(other.tree, plain=other.plain) == tree_digest(one.tree, plain=one.plain)


@given(values, values)
def test_other_content_has_another_digest(one: Any, other: Any) -> None:
    trees = [parse(json.dumps(tree).encode()).tree for tree in (one, other)]
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (tree_digest(trees[0]) == tree_digest(trees[1])) == same


NUMBERS = ["1", "1.0", "1.00", "1e0", "1E0", "10e-1", "-0", "0", "-0.0", "0.0", '"1"', "true", "1.5", "1.50", "15e-1"]


def test_numbers_count_as_they_are_written() -> None:
    elements_found = [parse(f'{{"x": {number}}}'.encode()) for number in NUMBERS]
    assert len({tree_digest(element.tree) for element in elements_found}) == len(NUMBERS)
    for element in elements_found:
        assert tree_digest(element.tree, plain=element.plain) == tree_digest(element.tree)


def test_numbers_are_numbers() -> None:
    element = parse(b'{"a": 1.50, "b": -0, "c": 2, "d": 1e2, "e": 2.5}')
    tree = element.tree
    assert tree == {"a": 1.5, "b": 0, "c": 2, "d": 100.0, "e": 2.5}
    assert not element.plain
    assert isinstance(tree, dict)
    assert [isinstance(tree[name], float) for name in "abcde"] == [True, False, False, True, True]
    assert (tree["a"].literal, tree["b"].literal, tree["d"].literal) == ("1.50", "-0", "1e2")
    assert parse(b'{"c": 2, "e": 2.5}').plain


def test_the_digest_of_bytes_is_of_each_byte() -> None:
    assert bytes_digest(b'{"a": 1}') != bytes_digest(b'{"a":1}')
    assert len(bytes_digest(b"")) == 32


@given(st.binary(max_size=200) | st.text('{}[]",:\\u0d8objects1e.-tfn ', max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for read in (lambda: list(elements(body)), lambda: [parse(body)]):
        with suppress(JsonRefused):
            assert all(element.raw in body for element in read())


@given(st.text('{}[]",:\\u0d8a1e.-tfn ', max_size=100))
def test_what_is_taken_is_what_python_takes(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=lambda name: name)
    except ValueError:
        with pytest.raises(JsonRefused):
            parse(text.encode())
    else:
        element = parse(text.encode())
        assert element.refusals or element.tree == expected
