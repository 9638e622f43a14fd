"""Raw query strings (rows FLT-06, -07, -12, AFT-06, -13, HTTP-19)."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import MalformedRequest, QueryTooLong
from app.http.query import decoded_pairs

READ = {
    "nothing": (b"", []),
    "brackets, plain": (b"match[type]=a", [("match[type]", "a")]),
    "brackets, encoded": (b"match%5Btype%5D=a", [("match[type]", "a")]),
    "an encoded comma": (b"match[type]=a%2Cb", [("match[type]", "a,b")]),
    "encoded colons": (b"added_after=2020-01-01T00%3A00%3A00Z", [("added_after", "2020-01-01T00:00:00Z")]),
    "a plus is a blank": (b"a=1+2", [("a", "1 2")]),
    "an encoded plus is a plus": (b"a=1%2B2", [("a", "1+2")]),
    "a value with an equals sign": (b"next=a=b", [("next", "a=b")]),
    "a name alone": (b"next", [("next", "")]),
    "an empty value": (b"next=", [("next", "")]),
    "empty pieces": (b"&&a=1&", [("a", "1")]),
    "order and repetition are kept": (b"b=1&a=2&b=3", [("b", "1"), ("a", "2"), ("b", "3")]),
    "a semicolon does not separate": (b"a=1;b=2", [("a", "1;b=2")]),
    "UTF-8 sent as it is": ("a=ä".encode(), [("a", "ä")]),
}


@pytest.mark.row("T-FLT-06", "T-FLT-07", "T-AFT-06", "T-AFT-13")
@pytest.mark.parametrize(("query", "pairs"), READ.values(), ids=READ)
def test_read(query: bytes, pairs: list[tuple[str, str]]) -> None:
    assert decoded_pairs(query, 100) == pairs


MALFORMED = {
    "no hexadecimal digits": b"match[id]=%zz",
    "no UTF-8": b"match[id]=%ff",
    "one digit": b"a=%4",
    "a percent at the end": b"a=%",
    "in the name": b"%f=1",
    "an encoded surrogate": b"a=%ED%A0%80",
}


@pytest.mark.row("T-FLT-12")
@pytest.mark.parametrize("query", MALFORMED.values(), ids=MALFORMED)
def test_malformed(query: bytes) -> None:
    with pytest.raises(MalformedRequest):
        decoded_pairs(query, 100)


@pytest.mark.row("T-HTTP-19")
def test_a_query_string_has_a_longest_length() -> None:
    """Refused as a whole, never cut."""
    assert decoded_pairs(b"a=" + b"x" * 98, 100) == [("a", "x" * 98)]
    with pytest.raises(QueryTooLong, match="100 characters") as refusal:
        decoded_pairs(b"a=" + b"x" * 99, 100)
    assert refusal.value.status == 414


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(st.lists(st.tuples(TEXT, TEXT)))
def test_what_a_client_encodes_is_read_back(pairs: list[tuple[str, str]]) -> None:
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    assert decoded_pairs(query.encode(), 1_000_000) == pairs


@given(st.binary())
def test_whatever_is_sent_it_is_read_or_malformed(query: bytes) -> None:
    try:
        pairs = decoded_pairs(query, 1000)
    except MalformedRequest:
        return
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in pairs)
