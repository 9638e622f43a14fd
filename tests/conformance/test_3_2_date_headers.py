"""X-TAXII-Date-Added-First and -Last: TAXII 2.1 section 3.2. That they are timestamps, that the first is not later than
the last, and that they stand on pages with rows alone, is tried with every answer (shapes.conforms)."""

import re

import pytest

from tests.conformance import content
from tests.conformance.conftest import Taxii
from tests.conformance.paths import ALL, EVERYTHING, MANIFEST, OBJECTS, ONE, PAGES, VERSIONS, whole
from tests.conformance.shapes import FIRST, LAST, TIMESTAMP
from tests.support.direct import Answer
from tests.support.stix import stix_id

V1, V3 = content.V1, content.V3


def dates(taxii: Taxii, query: str = ALL) -> list[str]:
    return [row["date_added"] for row in taxii.rw.rows(MANIFEST, query)]


def headers(answer: Answer) -> tuple[str | None, str | None]:
    return answer.header(FIRST), answer.header(LAST)


@pytest.mark.parametrize("endpoint", PAGES)
@pytest.mark.row("T-HDR-01", "T-HDR-02", "T-HDR-03", "T-HDR-05")
def test_they_are_the_dates_of_the_first_and_the_last_row_of_each_page(taxii: Taxii, endpoint: str) -> None:
    ids = f"&match[id]={content.VERSIONED}" if endpoint in ("object", "versions") else ""
    expected = dates(taxii, ALL + ids)
    assert len(expected) >= 3
    for limit in (2, 40):
        pages = taxii.rw.pages(PAGES[endpoint], whole(endpoint), limit=limit)
        for number, page in enumerate(pages):
            of_page = expected[number * limit : (number + 1) * limit]
            assert headers(page) == (of_page[0], of_page[-1])
            assert re.match(TIMESTAMP, of_page[0])


@pytest.mark.row("T-HDR-03")
@pytest.mark.parametrize("query", ["match[type]=malware", f"match[id]={content.ADDRESS}", "match[spec_version]=2.0"])
def test_on_a_filtered_page_they_are_those_of_what_it_holds(taxii: Taxii, query: str) -> None:
    expected = dates(taxii, query)
    assert headers(taxii.rw.get(f"{OBJECTS}?{query}")) == (expected[0], expected[-1])


@pytest.mark.row("T-HDR-04")
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_one_row_has_one_date(taxii: Taxii, path: str) -> None:
    first, last = headers(taxii.rw.get(f"{path}?limit=1"))
    assert first == last is not None


@pytest.mark.row("T-HDR-06")
def test_they_belong_to_the_version_that_is_given(taxii: Taxii) -> None:
    of_version = {
        row["version"]: row["date_added"] for row in taxii.rw.rows(MANIFEST, f"{ALL}&match[id]={content.VERSIONED}")
    }
    assert headers(taxii.rw.get(ONE)) == (of_version[V3], of_version[V3])
    assert headers(taxii.rw.get(f"{ONE}?match[version]=first")) == (of_version[V1], of_version[V1])


@pytest.mark.row("T-HDR-07")
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_an_empty_page_has_none(taxii: Taxii, path: str) -> None:
    answer = taxii.rw.get(f"{path}?added_after=2999-01-01T00:00:00Z")
    assert (answer.status, answer.body, headers(answer)) == (200, b"{}", (None, None))


@pytest.mark.row("T-HDR-08")
def test_other_answers_have_none(fresh: Taxii) -> None:
    others = [fresh.rw.get(path) for path in ("/taxii2/", "/first/", "/first/collections/", MANIFEST[:-9])]
    others.append(fresh.rw.post(OBJECTS, content.BASE[1]))
    others.append(fresh.rw.get(f"/first/status/{others[-1].json()['id']}/"))
    others.append(fresh.rw.delete(f"{OBJECTS}{content.SINGLE}/"))
    assert {each.status for each in others} == {200, 202}
    refused = [fresh.rw.get(f"{OBJECTS}?limit=0"), fresh.rw.get(f"{OBJECTS}{stix_id('tool', 'none')}/")]
    assert [each.status for each in refused] == [400, 404]
    assert {headers(each) for each in [*others, *refused]} == {(None, None)}


@pytest.mark.row("T-HDR-09")
@pytest.mark.parametrize("endpoint", PAGES)
def test_the_last_date_leads_to_exactly_the_rest(taxii: Taxii, endpoint: str) -> None:
    path, query = PAGES[endpoint], "" if endpoint == "versions" else EVERYTHING
    everything = taxii.rw.rows(path, query)
    for count in range(1, len(everything) + 1):
        last = taxii.rw.get(f"{path}?limit={count}&{query}").header(LAST)
        assert taxii.rw.rows(path, f"added_after={last}&{query}") == everything[count:]


@pytest.mark.row("T-HDR-10")
@pytest.mark.parametrize("path", [OBJECTS, VERSIONS])
def test_head_has_them_too(taxii: Taxii, path: str) -> None:
    assert headers(taxii.rw.ask("HEAD", path)) == headers(taxii.rw.get(path)) != (None, None)
