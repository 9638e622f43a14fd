"""Query parameters as values (rows AFT, PAG, FLT, FID, FTYPE, FVER, FSPEC, and those of DELETE)."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import MalformedRequest
from app.taxii.filters import (
    ALL_VERSIONS,
    LAST_VERSIONS,
    LIMIT_MAX,
    Endpoint,
    MatchFilter,
    PageRequest,
    parse_page_request,
    parse_withdrawal,
)

Pairs = list[tuple[str, str]]
INDICATOR = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
MALWARE = "malware--c0931cc6-c75e-47e5-9036-78fabc95d4ec"
STAMP = "2020-01-01T00:00:00.000Z"
EVERY_ENDPOINT = tuple(Endpoint)


def asked(pairs: Pairs, endpoint: Endpoint = Endpoint.OBJECTS) -> PageRequest:
    return parse_page_request(pairs, endpoint)


def matched(pairs: Pairs, endpoint: Endpoint = Endpoint.OBJECTS) -> MatchFilter:
    return asked(pairs, endpoint).filter


FILTERS: dict[str, tuple[Pairs, MatchFilter]] = {
    "nothing asked: the last versions": ([], LAST_VERSIONS),
    "one id": ([("match[id]", INDICATOR)], MatchFilter(ids=frozenset({INDICATOR}), last=True)),
    "two ids": (
        [("match[id]", f"{INDICATOR},{MALWARE}")],
        MatchFilter(ids=frozenset({INDICATOR, MALWARE}), last=True),
    ),
    "an odd id matches nothing": ([("match[id]", "?")], MatchFilter(ids=frozenset({"?"}), last=True)),
    "a repeated id": ([("match[id]", "a,a")], MatchFilter(ids=frozenset({"a"}), last=True)),
    "two types": (
        [("match[type]", "indicator,malware")],
        MatchFilter(types=frozenset({"indicator", "malware"}), last=True),
    ),
    "values are case-sensitive": (
        [("match[type]", "Indicator")],
        MatchFilter(types=frozenset({"Indicator"}), last=True),
    ),
    "a custom type": (
        [("match[type]", "x-acme-thing")],
        MatchFilter(types=frozenset({"x-acme-thing"}), last=True),
    ),
    "an unknown match field is ignored": ([("match[foo]", "bar"), ("match[foo]", "")], LAST_VERSIONS),
    "an unknown parameter is ignored": ([("foo", "1"), ("added-after", "x")], LAST_VERSIONS),
    "names are case-sensitive": ([("match[TYPE]", "indicator")], LAST_VERSIONS),
    "last": ([("match[version]", "last")], LAST_VERSIONS),
    "first": ([("match[version]", "first")], MatchFilter(first=True)),
    "all": ([("match[version]", "all")], ALL_VERSIONS),
    "a timestamp": (
        [("match[version]", STAMP)],
        MatchFilter(versions=frozenset({"2020-01-01T00:00:00"})),
    ),
    "a mixture": (
        [("match[version]", "first,2018-01-01T00:00:00.5Z,last")],
        MatchFilter(first=True, last=True, versions=frozenset({"2018-01-01T00:00:00.5"})),
    ),
    "two spec versions": (
        [("match[spec_version]", "2.0,2.1")],
        MatchFilter(spec_versions=frozenset({"2.0", "2.1"}), last=True),
    ),
    "an unknown spec version matches nothing": (
        [("match[spec_version]", "9.9")],
        MatchFilter(spec_versions=frozenset({"9.9"}), last=True),
    ),
    "everything at once": (
        [
            ("match[id]", INDICATOR),
            ("match[type]", "indicator"),
            ("match[version]", "all"),
            ("match[spec_version]", "2.1"),
        ],
        MatchFilter(
            ids=frozenset({INDICATOR}),
            types=frozenset({"indicator"}),
            spec_versions=frozenset({"2.1"}),
            all=True,
        ),
    ),
}


@pytest.mark.row(
    "T-FID-01",
    "T-FID-02",
    "T-FID-03",
    "T-FID-04",
    "T-FLT-02",
    "T-FLT-04",
    "T-FLT-05",
    "T-FLT-11",
    "T-FLT-17",
    "T-FSPEC-02",
    "T-FSPEC-06",
    "T-FTYPE-03",
    "T-FVER-01",
    "T-FVER-03",
    "T-FVER-04",
    "T-FVER-06",
    "T-FVER-07",
    "T-MAN-08",
)
@pytest.mark.parametrize(("pairs", "expected"), FILTERS.values(), ids=FILTERS)
def test_filter_read(pairs: Pairs, expected: MatchFilter) -> None:
    assert matched(pairs) == expected
    assert matched(pairs, Endpoint.MANIFEST) == expected


@pytest.mark.row("T-FVER-11")
def test_equal_instants_are_one_version() -> None:
    assert matched([("match[version]", "2016-01-01T01:01:01Z")]) == matched(
        [("match[version]", "2016-01-01T01:01:01.000000Z")]
    )


@pytest.mark.row("A-34")
def test_versions_are_listed_all() -> None:
    """The versions endpoint has no version filter, hence no default of one."""
    assert matched([], Endpoint.VERSIONS) == ALL_VERSIONS
    by_spec = matched([("match[spec_version]", "2.1")], Endpoint.VERSIONS)
    assert by_spec == MatchFilter(spec_versions=frozenset({"2.1"}), all=True)


PAGING: dict[str, tuple[Pairs, dict[str, Any]]] = {
    "the largest integer of I-JSON": ([("limit", "9007199254740991")], {"limit": LIMIT_MAX}),
    "above it, capped": ([("limit", "9007199254740992")], {"limit": LIMIT_MAX}),
    "ten thousand digits, capped": ([("limit", "9" * 10_000)], {"limit": LIMIT_MAX}),
    "a limit": ([("limit", "7")], {"limit": 7}),
    "leading zeros": ([("limit", "007")], {"limit": 7}),
    "a bookmark": ([("added_after", "1970-01-01T00:00:01Z")], {"added_after": 1000}),
    "next": ([("next", "abc")], {"next": "abc"}),
    "an empty next is none": ([("next", "")], {"next": None}),
}


@pytest.mark.row("T-PAG-07", "T-PAG-16", "T-PAG-24", "T-AFT-15")
@pytest.mark.parametrize("endpoint", EVERY_ENDPOINT)
@pytest.mark.parametrize(("pairs", "expected"), PAGING.values(), ids=PAGING)
def test_paging_read(pairs: Pairs, expected: dict[str, Any], endpoint: Endpoint) -> None:
    request = asked(pairs, endpoint)
    assert {name: getattr(request, name) for name in expected} == expected
    assert request.filter == asked([], endpoint).filter
    assert request.names == frozenset()


def test_the_fields_that_a_request_named_are_known() -> None:
    request = asked([("match[type]", "malware"), ("limit", "1"), ("match[x]", "y"), ("match[version]", "last")])
    assert request.names == {"match[type]", "match[version]"}


MALFORMED_EVERYWHERE: dict[str, Pairs] = {
    "two bookmarks": [("added_after", STAMP), ("added_after", STAMP)],
    "a list of bookmarks": [("added_after", f"{STAMP},{STAMP}")],
    "no bookmark": [("added_after", "")],
    "a date": [("added_after", "2020-01-01")],
    "a plus that became a blank": [("added_after", "2020-01-01T00:00:00 00:00")],
    "limit 0": [("limit", "0")],
    "limit 000": [("limit", "000")],
    "limit -1": [("limit", "-1")],
    "limit +1": [("limit", "+1")],
    "limit 1.5": [("limit", "1.5")],
    "limit abc": [("limit", "abc")],
    "limit empty": [("limit", "")],
    "limit 1e3": [("limit", "1e3")],
    "limit 0x10": [("limit", "0x10")],
    "limit with a blank": [("limit", " 5")],
    "limit with a semicolon": [("limit", "5;")],
    "limit in another script": [("limit", "٣")],
    "limit with a line feed": [("limit", "5\n")],
    "limit 1_0": [("limit", "1_0")],
    "two limits": [("limit", "1"), ("limit", "1")],
    "two tokens": [("next", "a"), ("next", "b")],
    "a field twice": [("match[spec_version]", "2.1"), ("match[spec_version]", "2.1")],
    "an empty value": [("match[spec_version]", "")],
    "an empty member": [("match[spec_version]", "2.0,,2.1")],
    "an empty last member": [("match[spec_version]", "2.0,")],
    "a blank": [("match[spec_version]", "2.0, 2.1")],
    "match without a field": [("match", "indicator")],
    "an empty field": [("match[]", "x")],
    "a field without its end": [("match[type", "x")],
    "a field within a field": [("match[[type]]", "x")],
    "not n.m": [("match[spec_version]", "2")],
    "a keyword": [("match[spec_version]", "last")],
    "spec version in another script": [("match[spec_version]", "٢.١")],
}


@pytest.mark.row(
    "T-AFT-04",
    "T-AFT-05",
    "T-AFT-06",
    "T-FLT-03",
    "T-FLT-08",
    "T-FLT-09",
    "T-FLT-10",
    "T-FSPEC-06",
    "T-PAG-06",
    "T-PAG-08",
    "T-PAG-16",
)
@pytest.mark.parametrize("endpoint", EVERY_ENDPOINT)
@pytest.mark.parametrize("pairs", MALFORMED_EVERYWHERE.values(), ids=MALFORMED_EVERYWHERE)
def test_malformed_everywhere(pairs: Pairs, endpoint: Endpoint) -> None:
    with pytest.raises(MalformedRequest) as refusal:
        asked(pairs, endpoint)
    assert refusal.value.description


MALFORMED_LISTS: dict[str, Pairs] = {
    "two types": [("match[type]", "a"), ("match[type]", "b")],
    "two ids": [("match[id]", "a"), ("match[id]", "a")],
    "two versions": [("match[version]", "first"), ("match[version]", "last")],
    "an empty type": [("match[type]", "")],
    "an empty member": [("match[type]", "a,,b")],
    "a blank behind the comma": [("match[type]", "indicator, malware")],
    "U+0000 in an id": [("match[id]", "a\0b")],
    "a lone surrogate in an id": [("match[id]", "\ud800")],
    "a no-break space in a type": [("match[type]", "a\u00a0b")],
    "all and first": [("match[version]", "all,first")],
    "all and a timestamp": [("match[version]", f"all,{STAMP}")],
    "all twice": [("match[version]", "all,all")],
    "last twice": [("match[version]", "last,last")],
    "a timestamp twice": [("match[version]", f"{STAMP},{STAMP}")],
    "an instant twice": [("match[version]", "2020-01-01T00:00:00Z,2020-01-01T00:00:00.0Z")],
    "a word": [("match[version]", "foo")],
    "a year": [("match[version]", "2020")],
    "an offset": [("match[version]", "2020-01-01T00:00:00+01:00")],
    "a keyword in capitals": [("match[version]", "LAST")],
}


@pytest.mark.row("T-FLT-03", "T-FLT-08", "T-FLT-09", "T-FVER-05", "T-FVER-09", "T-FVER-10")
@pytest.mark.parametrize("endpoint", [Endpoint.OBJECTS, Endpoint.MANIFEST])
@pytest.mark.parametrize("pairs", MALFORMED_LISTS.values(), ids=MALFORMED_LISTS)
def test_malformed_on_objects_and_manifest(pairs: Pairs, endpoint: Endpoint) -> None:
    with pytest.raises(MalformedRequest) as refusal:
        asked(pairs, endpoint)
    assert refusal.value.description


NOT_OFFERED: dict[str, tuple[Pairs, Endpoint]] = {
    "id on one object": ([("match[id]", INDICATOR)], Endpoint.OBJECT),
    "type on one object": ([("match[type]", "indicator")], Endpoint.OBJECT),
    "version on versions": ([("match[version]", "last")], Endpoint.VERSIONS),
    "id on versions": ([("match[id]", INDICATOR)], Endpoint.VERSIONS),
    "type on versions": ([("match[type]", "indicator")], Endpoint.VERSIONS),
}


@pytest.mark.row("T-FLT-14", "T-FLT-16")
@pytest.mark.parametrize(("pairs", "endpoint"), NOT_OFFERED.values(), ids=NOT_OFFERED)
def test_not_offered_here(pairs: Pairs, endpoint: Endpoint) -> None:
    with pytest.raises(MalformedRequest, match="does not take"):
        asked(pairs, endpoint)


WITHDRAWALS: dict[str, tuple[Pairs, MatchFilter]] = {
    "T-DEL-02: without a filter, all versions": ([], ALL_VERSIONS),
    "T-DEL-03: one version": ([("match[version]", STAMP)], MatchFilter(versions=frozenset({"2020-01-01T00:00:00"}))),
    "T-DEL-03: the last one": ([("match[version]", "last")], LAST_VERSIONS),
    "T-DEL-03: all": ([("match[version]", "all")], ALL_VERSIONS),
    "T-DEL-05: of one spec version, all": (
        [("match[spec_version]", "2.0")],
        MatchFilter(spec_versions=frozenset({"2.0"}), all=True),
    ),
}


@pytest.mark.parametrize(("pairs", "expected"), WITHDRAWALS.values(), ids=WITHDRAWALS)
def test_withdrawal_read(pairs: Pairs, expected: MatchFilter) -> None:
    assert parse_withdrawal(pairs) == expected


REFUSED_WITHDRAWALS: dict[str, Pairs] = {
    "T-AFT-16: a bookmark": [("added_after", STAMP)],
    "T-FLT-15: a limit": [("limit", "1")],
    "T-FLT-15: a token": [("next", "a")],
    "T-FLT-15: an empty token": [("next", "")],
    "T-FLT-04: an unknown match field": [("match[foo]", "bar")],
    "an unknown parameter": [("versions", STAMP)],
    "an id": [("match[id]", INDICATOR)],
    "a type": [("match[type]", "indicator")],
    "T-DEL-14: a word": [("match[version]", "foo")],
    "T-DEL-14: all and last": [("match[version]", "all,last")],
    "T-DEL-14: a field twice": [("match[version]", "last"), ("match[version]", "last")],
}


@pytest.mark.parametrize("pairs", REFUSED_WITHDRAWALS.values(), ids=REFUSED_WITHDRAWALS)
def test_withdrawal_refused(pairs: Pairs) -> None:
    with pytest.raises(MalformedRequest):
        parse_withdrawal(pairs)


NAMES = st.one_of(
    st.sampled_from(
        ["added_after", "limit", "next", "match[id]", "match[type]", "match[version]", "match[spec_version]", "match["]
    ),
    st.text(),
)
VALUES = st.one_of(st.sampled_from(["first", "all,last", STAMP, "2.1", "7", "a,b", "0"]), st.text())


@given(st.lists(st.tuples(NAMES, VALUES)), st.sampled_from(EVERY_ENDPOINT))
def test_whatever_is_asked_it_is_read_or_malformed(pairs: Pairs, endpoint: Endpoint) -> None:
    for parse in (lambda: asked(pairs, endpoint).filter, lambda: parse_withdrawal(pairs)):
        with suppress(MalformedRequest):
            parsed = parse()
            assert parsed.all != bool(parsed.first or parsed.last or parsed.versions)
            assert MatchFilter.from_canonical(parsed.canonical()) == parsed


SETS = st.none() | st.frozensets(st.text(st.characters(exclude_categories=["Cs"])))
ANY_FILTER = st.builds(
    MatchFilter,
    ids=SETS,
    types=SETS,
    spec_versions=SETS,
    first=st.booleans(),
    last=st.booleans(),
    all=st.booleans(),
    versions=st.frozensets(st.text(st.characters(exclude_categories=["Cs"]))),
)


@given(ANY_FILTER, ANY_FILTER)
def test_canonical_bytes_are_equal_exactly_for_equal_filters(one: MatchFilter, other: MatchFilter) -> None:
    assert MatchFilter.from_canonical(one.canonical()) == one
    assert (one.canonical() == other.canonical()) == (one == other)


def test_canonical_bytes_do_not_depend_on_the_order_of_a_set() -> None:
    ids = [f"indicator--{number}" for number in range(50)]
    assert len({MatchFilter(ids=frozenset(order)).canonical() for order in (ids, ids[::-1], sorted(ids))}) == 1
