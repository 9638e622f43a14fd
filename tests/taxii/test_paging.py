"""Page tokens: sealed, bound, deterministic, forgiving about what clients leave out (PAG-10 to -17, SEC-25 to -27)."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import MalformedRequest
from app.taxii.filters import LAST_VERSIONS, Endpoint, MatchFilter, PageRequest, parse_page_request
from app.taxii.paging import FILTER_BYTES_MAX, Bookmark, PageTokens

KEY, OTHER_KEY = bytes(range(64)), bytes(range(64, 128))
TOKENS = PageTokens([KEY])
HERE = b"audience 7/objects/collection 3/"
SMALL, LARGE = 168, 732

MALWARE_ONLY = MatchFilter(types=frozenset({"malware"}), last=True)
NINE_IDS = MatchFilter(ids=frozenset(f"indicator--{n:036}" for n in range(9)), last=True)
THOUSAND_IDS = MatchFilter(ids=frozenset(f"indicator--{n:036}" for n in range(1000)), last=True)


def request_of(*pairs: tuple[str, str]) -> PageRequest:
    return parse_page_request(pairs, Endpoint.OBJECTS)


INSTANTS = st.integers(-(2**63) + 1, 2**63 - 1)
FILTERS = st.builds(
    MatchFilter,
    ids=st.none() | st.frozensets(st.text("abc-", min_size=1), min_size=1),
    types=st.none() | st.frozensets(st.text("abc", min_size=1), min_size=1),
    last=st.just(True),
)
BOOKMARKS = st.builds(Bookmark, cursor=INSTANTS, started_after=st.none() | INSTANTS, filter=FILTERS)


@given(BOOKMARKS, st.binary())
def test_what_is_sealed_opens_as_it_was_in_its_own_context(bookmark: Bookmark, context: bytes) -> None:
    token = TOKENS.seal(bookmark, context)
    repeated = PageRequest(bookmark.filter, names=frozenset({"match[id]", "match[type]"}))
    assert TOKENS.open(token, context, repeated) == bookmark


@pytest.mark.row("T-SEC-25", "T-SEC-26", "T-PAG-24")
@given(BOOKMARKS, st.binary(), st.binary())
def test_a_token_opens_in_no_other_context(bookmark: Bookmark, context: bytes, other: bytes) -> None:
    token = TOKENS.seal(bookmark, context)
    if context != other:
        with pytest.raises(MalformedRequest, match="not valid here"):
            TOKENS.open(token, other, request_of())


@pytest.mark.row("T-PAG-15")
@given(BOOKMARKS, st.data())
def test_a_token_with_one_character_changed_does_not_open(bookmark: Bookmark, data: st.DataObject) -> None:
    """Every bit of the text counts, those of the last character too."""
    token = TOKENS.seal(bookmark, HERE)
    place = data.draw(st.integers(0, len(token) - 1) | st.just(len(token) - 1))
    character = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= "))
    changed = token[:place] + character + token[place + 1 :]
    if changed != token:
        with pytest.raises(MalformedRequest, match="not valid here"):
            TOKENS.open(changed, HERE, request_of())


@pytest.mark.row("T-PAG-11")
@given(BOOKMARKS)
def test_a_position_always_gives_the_same_token(bookmark: Bookmark) -> None:
    assert TOKENS.seal(bookmark, HERE) == PageTokens([KEY]).seal(replace(bookmark), HERE)


LENGTHS = {
    "no filter": (LAST_VERSIONS, SMALL),
    "a type": (MALWARE_ONLY, SMALL),
    "nine ids": (NINE_IDS, LARGE),
    "a thousand ids, as their digest": (THOUSAND_IDS, SMALL),
}


@pytest.mark.row("T-PAG-10")
@pytest.mark.parametrize(("filter_", "length"), LENGTHS.values(), ids=LENGTHS)
@pytest.mark.parametrize("cursor", [0, 2**62, -(2**62)])
@pytest.mark.parametrize("started_after", [None, 5])
def test_tokens_have_one_length_for_each_size_of_filter(
    filter_: MatchFilter, length: int, cursor: int, started_after: int | None
) -> None:
    """URL-safe characters alone, and a length that tells nothing of the position."""
    token = TOKENS.seal(Bookmark(cursor, started_after, filter_), HERE)
    assert len(token) == length
    assert re.fullmatch(r"[A-Za-z0-9_-]+", token)


@given(st.integers(0, FILTER_BYTES_MAX * 2))
def test_every_size_of_filter_fits(size: int) -> None:
    bookmark = Bookmark(1, None, MatchFilter(types=frozenset({"t" * size}), last=True))
    token = TOKENS.seal(bookmark, HERE)
    assert len(token) in (SMALL, LARGE)
    assert TOKENS.open(token, HERE, PageRequest(bookmark.filter, names=frozenset({"match[type]"}))) == bookmark


@pytest.mark.row("T-PAG-10")
def test_the_token_says_nothing_to_who_has_no_key() -> None:
    """Neighbouring positions give unrelated texts."""
    tokens = [TOKENS.seal(Bookmark(cursor, None, MALWARE_ONLY), HERE) for cursor in range(100)]
    starts = {token[:8] for token in tokens}
    assert len(starts) == 100
    assert not any("malware" in token for token in tokens)


CONTINUED = {
    "filters dropped": ([], MALWARE_ONLY),
    "filters repeated": ([("match[type]", "malware")], MALWARE_ONLY),
    "the default written out": ([("match[version]", "last")], MALWARE_ONLY),
    "a filter that is ignored": ([("match[foo]", "bar")], MALWARE_ONLY),
    "another limit": ([("limit", "3")], MALWARE_ONLY),
}


@pytest.mark.row("T-PAG-12", "T-PAG-14", "T-SEC-27")
@pytest.mark.parametrize(("pairs", "expected"), CONTINUED.values(), ids=CONTINUED)
def test_the_walk_goes_on_under_its_own_filters(pairs: list[tuple[str, str]], expected: MatchFilter) -> None:
    token = TOKENS.seal(Bookmark(10, 4, MALWARE_ONLY), HERE)
    assert TOKENS.open(token, HERE, request_of(*pairs)) == Bookmark(10, 4, expected)


def test_some_filters_may_be_repeated_and_others_dropped() -> None:
    walked = MatchFilter(ids=frozenset({"a"}), types=frozenset({"malware"}), all=True)
    token = TOKENS.seal(Bookmark(10, None, walked), HERE)
    assert TOKENS.open(token, HERE, request_of(("match[version]", "all"))).filter == walked


CHANGED = {
    "another type": [("match[type]", "indicator")],
    "one type more": [("match[type]", "malware,indicator")],
    "an additional field": [("match[type]", "malware"), ("match[id]", "malware--1")],
    "an additional field alone": [("match[spec_version]", "2.1")],
    "another version": [("match[version]", "all")],
}


@pytest.mark.row("T-PAG-14", "T-SEC-27")
@pytest.mark.parametrize("pairs", CHANGED.values(), ids=CHANGED)
def test_changed_or_additional_filters_are_malformed(pairs: list[tuple[str, str]]) -> None:
    token = TOKENS.seal(Bookmark(10, 4, MALWARE_ONLY), HERE)
    with pytest.raises(MalformedRequest, match="not those this walk began with"):
        TOKENS.open(token, HERE, request_of(*pairs))


def test_filters_past_their_size_have_to_be_repeated() -> None:
    token = TOKENS.seal(Bookmark(10, 4, THOUSAND_IDS), HERE)
    ids = ("match[id]", ",".join(sorted(THOUSAND_IDS.ids or ())))
    assert TOKENS.open(token, HERE, request_of(ids)) == Bookmark(10, 4, THOUSAND_IDS)
    with pytest.raises(MalformedRequest, match="repeat them"):
        TOKENS.open(token, HERE, request_of())
    with pytest.raises(MalformedRequest, match="not those this walk began with"):
        TOKENS.open(token, HERE, request_of(("match[id]", "indicator--1")))


DATES_BESIDE = {
    "left out": (None, 10),
    "as the walk began": (4, 10),
    "moved on less far than the token": (9, 10),
    "moved on further than the token": (11, 11),
}


@pytest.mark.row("T-PAG-14", "A-35")
@pytest.mark.parametrize(("added_after", "cursor"), DATES_BESIDE.values(), ids=DATES_BESIDE)
def test_the_later_of_token_and_date_counts(added_after: int | None, cursor: int) -> None:
    """An older OpenCTI sends both."""
    token = TOKENS.seal(Bookmark(10, 4, LAST_VERSIONS), HERE)
    opened = TOKENS.open(token, HERE, PageRequest(LAST_VERSIONS, added_after=added_after))
    assert opened == Bookmark(cursor, 4, LAST_VERSIONS)


@pytest.mark.row("T-PAG-17")
def test_a_new_key_seals_and_an_old_one_still_opens() -> None:
    bookmark = Bookmark(10, None, LAST_VERSIONS)
    old = TOKENS.seal(bookmark, HERE)
    rotated = PageTokens([OTHER_KEY, KEY])
    new = rotated.seal(bookmark, HERE)
    assert rotated.open(old, HERE, request_of()) == rotated.open(new, HERE, request_of()) == bookmark
    with pytest.raises(MalformedRequest):  # a key no longer held
        PageTokens([OTHER_KEY]).open(old, HERE, request_of())
    with pytest.raises(MalformedRequest):
        TOKENS.open(new, HERE, request_of())


BAD = {
    "random text": "no token",
    "a word of the right length": "A" * SMALL,
    "a text of the right length in other letters": "é" * SMALL,
    "ten kilobytes": "A" * 10_000,
    "padding": "=" * SMALL,
}


@pytest.mark.row("T-PAG-15")
@pytest.mark.parametrize("token", BAD.values(), ids=BAD)
def test_bad_tokens_are_malformed_with_one_text(token: str) -> None:
    with pytest.raises(MalformedRequest) as refusal:
        TOKENS.open(token, HERE, request_of())
    assert refusal.value.description == ("This value of next is not valid here. Start again without next.")


def test_keys_are_needed_and_checked() -> None:
    with pytest.raises(ValueError, match="at least one key"):
        PageTokens([])
    with pytest.raises(ValueError, match="bit"):
        PageTokens([b"too short"])
