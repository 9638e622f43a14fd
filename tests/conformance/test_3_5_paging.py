"""Pages: `limit`, `more` and `next`, TAXII 2.1 sections 3.4 and 3.5. That `next` is there exactly when there is more is
tried with every answer (shapes.conforms)."""

import base64
import re

import pytest

from tests.conformance import content
from tests.conformance.conftest import Taxii
from tests.conformance.paths import (
    ALL,
    EVERYTHING,
    MANIFEST,
    MANY,
    MANY_RECORDS,
    OBJECTS,
    ONE,
    PAGES,
    VERSIONS,
    of_collection,
    whole,
)
from tests.conformance.shapes import FIRST, LAST
from tests.support import rights
from tests.support.direct import Answer
from tests.support.stix import stix_id

PAGE_MAX, PAGE_DEFAULT = 50, 40


def after(taxii: Taxii, count: int) -> str:
    """The query that leaves the last `count` objects of the collection of many."""
    added = [row["date_added"] for row in taxii.rw.rows(MANY_RECORDS)]
    return f"added_after={added[-count - 1]}"


def rows(page: Answer) -> int:
    body = page.json()
    return len(body.get("objects", body.get("versions", [])))


@pytest.mark.row("T-PAG-01")
@pytest.mark.parametrize("endpoint", PAGES)
def test_a_page_never_holds_more_than_its_limit(taxii: Taxii, endpoint: str) -> None:
    there = len(taxii.rw.rows(PAGES[endpoint], whole(endpoint)))
    for limit in (1, 2, 3, 7):
        page = taxii.rw.get(f"{PAGES[endpoint]}?limit={limit}&{whole(endpoint)}")
        assert rows(page) == min(limit, there)


@pytest.mark.row("T-PAG-02", "T-PAG-03", "T-MAN-10", "T-OBJ-05")
@pytest.mark.parametrize("path", [MANY, MANY_RECORDS])
def test_more_says_exactly_whether_there_is_more(taxii: Taxii, path: str) -> None:
    five = after(taxii, 5)
    for limit, given, more in ((2, 2, True), (4, 4, True), (5, 5, None), (6, 5, None)):
        page = taxii.rw.get(f"{path}?{five}&limit={limit}").json()
        assert (len(page["objects"]), page.get("more")) == (given, more)
    assert taxii.rw.get(path).json()["more"] is True, "a page of the server's own size"
    last = taxii.rw.pages(path, five, limit=2)[-1].json()
    assert (len(last["objects"]), last.get("more")) == (1, None)


@pytest.mark.row("T-PAG-04")
def test_a_walk_that_ends_with_a_full_page_has_no_empty_one_behind_it(taxii: Taxii) -> None:
    pages = taxii.rw.pages(MANY, after(taxii, 10), limit=5)
    assert [rows(page) for page in pages] == [5, 5]
    assert set(pages[-1].json()) == {"objects"}


@pytest.mark.row("T-PAG-05", "T-PAG-07", "T-PAG-25")
@pytest.mark.parametrize("limit", [PAGE_MAX + 1, 2**53 - 1, 2**53, 10**30])
def test_a_limit_past_the_servers_own_is_served_with_as_much_as_it_gives(taxii: Taxii, limit: int) -> None:
    for path in (MANY, MANY_RECORDS):
        page = taxii.rw.get(f"{path}?limit={limit}")
        assert (page.status, rows(page), page.json()["more"]) == (200, PAGE_MAX, True)


NO_LIMITS = ["0", "-1", "1.5", "abc", "", "1e3", "0x10", "%205", "5;", "%D9%A3", "+5", "1,2"]


@pytest.mark.row("T-PAG-06")
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_limit_is_an_integer_above_zero(taxii: Taxii, path: str) -> None:
    for limit in NO_LIMITS:
        refused = taxii.rw.get(f"{path}?limit={limit}")
        assert (refused.status, "limit" in refused.json()["description"]) == (400, True), limit


@pytest.mark.row("T-PAG-08", "T-PAG-16")
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_limit_and_next_stand_once(taxii: Taxii, path: str) -> None:
    token = taxii.rw.get(f"{MANY}?limit=1").json()["next"]
    for query in ("limit=1&limit=2", "limit=1&limit=1", "next=a&next=b", f"next={token}&next={token}", "next=&next="):
        assert taxii.rw.get(f"{path}?{query}").status == 400, query


@pytest.mark.row("T-PAG-09")
@pytest.mark.parametrize(
    ("count", "limits"),
    [
        (1, [1, 2]),
        (2, [1, 2, 3]),
        (99, [3, 6, 7, 9, 11, 12, 13]),
        (100, [4, 5, 8, 10, 14, 20]),
        (101, [1, 2, *range(15, 21)]),
    ],
)
def test_a_walk_gives_everything_once_whatever_its_limit(taxii: Taxii, count: int, limits: list[int]) -> None:
    query = after(taxii, count)
    expected = [each["id"] for each in content.LOTS[-count:]]
    for limit in limits:
        pages = taxii.rw.pages(MANY_RECORDS, query, limit=limit)
        assert [row["id"] for page in pages for row in page.json()["objects"]] == expected
        assert {rows(page) for page in pages[:-1]} <= {limit}


@pytest.mark.row("T-PAG-10", "T-OBJ-06")
def test_a_token_is_of_url_safe_characters_and_one_length_and_says_nothing(taxii: Taxii) -> None:
    queries = ["", EVERYTHING, "match[type]=indicator,malware", f"match[id]={content.VERSIONED}&{ALL}"]
    queries += [f"{ALL}&added_after=2020-01-01T00:00:00Z", f"{ALL}&match[spec_version]=2.1"]
    tokens = [
        page.json()["next"]
        for query in queries
        for limit in (1, 2)
        for page in [taxii.rw.get(f"{OBJECTS}?{query}&limit={limit}"), taxii.rw.get(f"{MANY}?limit={limit}")]
        if "next" in page.json()
    ]
    long = ",".join(each["id"] for each in content.LOTS[:9])
    of_long = [taxii.rw.get(f"{MANY}?match[id]={long}&limit={limit}").json()["next"] for limit in (1, 2, 3)]
    assert len({len(token) for token in of_long}) == 1, "the length says how long the filters are, and nothing else"
    assert len(set(tokens)) > len(queries)
    assert len({len(token) for token in tokens}) == 1
    for token in (*tokens, *of_long):
        assert re.fullmatch(r"[A-Za-z0-9_-]+", token)
        opened = base64.urlsafe_b64decode(token)
        assert not any(word in opened for word in (b"indicator", b"malware", rights.RW.encode(), b"match"))


@pytest.mark.row("T-PAG-11")
@pytest.mark.parametrize("endpoint", PAGES)
def test_a_page_that_is_fetched_again_is_the_same_bytes(taxii: Taxii, endpoint: str) -> None:
    path, query = PAGES[endpoint], whole(endpoint)
    token = taxii.rw.get(f"{path}?limit=1&{query}").json()["next"]
    once, again = (taxii.rw.get(f"{path}?limit=1&next={token}") for _ in range(2))
    assert "next" in once.json()
    assert (again.status, again.body, again.headers) == (200, once.body, once.headers)
    at_once = taxii.rw.get(f"{path}?limit=2&{query}").json()["next"]
    assert at_once == once.json()["next"], "one position, one token"


@pytest.mark.row("T-PAG-12", "T-PAG-13")
def test_limit_may_change_during_a_walk_or_be_left_out(taxii: Taxii) -> None:
    ids = [each["id"] for each in content.LOTS]
    token = taxii.rw.get(f"{MANY}?limit=10").json()["next"]
    for query, expected in (("limit=3", ids[10:13]), ("limit=20", ids[10:30]), ("", ids[10 : 10 + PAGE_DEFAULT])):
        page = taxii.rw.get(f"{MANY}?next={token}&{query}").json()
        assert [each["id"] for each in page["objects"]] == expected


BEGUN = f"match[type]=malware,indicator&{EVERYTHING}"
GOES_ON = {
    "the same filters": BEGUN,
    "no filters": "",
    "some of them": ALL,
    "the same in another order": f"{EVERYTHING}&match[type]=indicator,malware",
}
REFUSED = {
    "another type": f"match[type]=malware&{EVERYTHING}",
    "another version": "match[version]=last",
    "another spec version": "match[spec_version]=2.1",
    "one filter more": f"{BEGUN}&match[id]={content.VERSIONED}",
}


@pytest.mark.row("T-PAG-14")
def test_a_walk_goes_on_under_its_own_filters_and_under_no_others(taxii: Taxii) -> None:
    second = taxii.rw.pages(OBJECTS, BEGUN, limit=3)[1]
    token = taxii.rw.get(f"{OBJECTS}?{BEGUN}&limit=3").json()["next"]
    for says, query in GOES_ON.items():
        assert taxii.rw.get(f"{OBJECTS}?limit=3&next={token}&{query}").body == second.body, says
    for says, query in REFUSED.items():
        assert taxii.rw.get(f"{OBJECTS}?limit=3&next={token}&{query}").status == 400, says


@pytest.mark.row("T-PAG-14")
def test_of_token_and_added_after_the_later_one_counts(taxii: Taxii) -> None:
    added = [row["date_added"] for row in taxii.rw.rows(MANIFEST, EVERYTHING)]
    began = f"{EVERYTHING}&added_after={added[1]}&limit=3"
    token = taxii.rw.get(f"{MANIFEST}?{began}").json()["next"]
    for date, begins in ((None, 5), (added[1], 5), (added[0], 5), (added[4], 5), (added[7], 8)):
        beside = "" if date is None else f"&added_after={date}"
        page = taxii.rw.get(f"{MANIFEST}?limit=3&next={token}{beside}")
        assert page.header(FIRST) == added[begins]


@pytest.mark.row("T-PAG-15")
def test_what_is_no_token_of_this_walk_is_refused(taxii: Taxii) -> None:
    token = taxii.rw.get(f"{OBJECTS}?limit=1").json()["next"]
    others = {
        "random text": "abc",
        "a number": "2",
        "truncated": token[:-1],
        "lengthened": f"{token}A",
        "one character changed": f"{'B' if token[0] == 'A' else 'A'}{token[1:]}",
        "its last character changed": f"{token[:-1]}{'B' if token[-1] == 'A' else 'A'}",
        "of another collection": taxii.rw.get(f"{MANY}?limit=1").json()["next"],
        "of another account": taxii.ro.get(f"{OBJECTS}?limit=1").json()["next"],
        "ten kilobytes": "A" * 10_000,
        "no character of it": "%00%C3%A9",
    }
    for says, other in others.items():
        assert taxii.rw.get(f"{OBJECTS}?next={other}").status == 400, says


@pytest.mark.row("T-PAG-16")
@pytest.mark.parametrize("endpoint", PAGES)
def test_an_empty_token_is_none(taxii: Taxii, endpoint: str) -> None:
    query = f"limit=2&{whole(endpoint)}"
    empty = taxii.rw.get(f"{PAGES[endpoint]}?{query}&next=")
    assert empty.body == taxii.rw.get(f"{PAGES[endpoint]}?{query}").body


@pytest.mark.row("T-PAG-22")
def test_a_page_with_more_is_never_empty_however_few_match(taxii: Taxii) -> None:
    rare = ",".join(content.LOTS[place]["id"] for place in (3, 60, 118))
    for limit in (1, 2, 3):
        pages = taxii.rw.pages(MANY, f"match[id]={rare}", limit=limit)
        assert all(rows(page) == limit for page in pages[:-1])
        assert sum(rows(page) for page in pages) == 3
    for query in (f"match[type]=malware&match[id]={rare}", "match[type]=malware", "match[spec_version]=2.0"):
        assert taxii.rw.get(f"{MANY}?limit=1&{query}").body == b"{}"


@pytest.mark.row("T-PAG-24", "T-MAN-11", "T-MAN-12", "T-VRS-07", "T-VRS-08")
@pytest.mark.parametrize("by", ["next", "added_after"])
@pytest.mark.parametrize("endpoint", PAGES)
def test_all_four_endpoints_can_be_walked(taxii: Taxii, endpoint: str, by: str) -> None:
    path, query = PAGES[endpoint], "" if endpoint == "versions" else EVERYTHING
    expected = taxii.rw.rows(path, query, limit=PAGE_MAX)
    for limit in range(1, 8) if endpoint == "manifest" else (1, 2, 7):
        assert taxii.rw.rows(path, query, limit=limit, by=by) == expected


@pytest.mark.row("T-PAG-24")
def test_the_token_of_one_endpoint_is_none_of_another(taxii: Taxii) -> None:
    tokens = {name: taxii.rw.get(f"{path}?limit=1&{whole(name)}").json()["next"] for name, path in PAGES.items()}
    for name, path in PAGES.items():
        for other, token in tokens.items():
            assert taxii.rw.get(f"{path}?next={token}").status == (200 if name == other else 400), (name, other)
    another = f"{OBJECTS}{content.BOTH_SPECS}/"
    assert taxii.rw.get(f"{another}?next={tokens['object']}").status == 400, "nor is that of one object of another"
    assert taxii.rw.get(f"{another}versions/?next={tokens['versions']}").status == 400
    assert taxii.rw.get(f"{of_collection(content.OF_2_1)}objects/?next={tokens['objects']}").status == 400


@pytest.mark.row("T-PAG-24")
def test_a_token_leads_nowhere_without_the_object(fresh: Taxii) -> None:
    token = fresh.rw.get(f"{VERSIONS}?limit=1").json()["next"]
    assert fresh.rw.delete(ONE).status == 200
    assert fresh.rw.get(f"{VERSIONS}?next={token}").status == 404
    assert fresh.rw.get(f"{OBJECTS}{stix_id('tool', 'none')}/?next={token}").status == 400
    assert fresh.rw.get(OBJECTS).header(LAST)
