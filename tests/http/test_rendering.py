"""Pages as bytes (rows OBJ-03, -05, -06, -08, MAN-02, -03, -07, VRS-05, HDR-01 to -07, NEG-04, -28, -29)."""

import json

import pytest
from starlette.responses import Response

from app.exchange.pull import Page, PageRow
from app.http import rendering

FIRST = PageRow("indicator--1", "2020-01-01T00:00:00.000Z", 1_767_323_045_123, "2.1", b'{"id":"indicator--1","n":1.10}')
SECOND = PageRow("malware--2", "2016-05-12T08:17:27Z", 1_767_323_045_124, "2.0", b'{ "id": "malware--2" }')
EMPTY = Page(rows=(), more=False, next=None)
ONE = Page(rows=(FIRST,), more=False, next=None)
CUT = Page(rows=(FIRST, SECOND), more=True, next="AbC_-9")
RENDERINGS = {"objects": rendering.envelope, "manifest": rendering.manifest, "versions": rendering.versions}


def header(response: Response, name: str) -> str | None:
    return response.headers.get(name)


@pytest.mark.row("T-OBJ-03", "T-MAN-02", "T-VRS-05", "T-HDR-07")
@pytest.mark.parametrize("render", RENDERINGS.values(), ids=RENDERINGS)
def test_an_empty_page_is_an_empty_object_without_dates(render: type) -> None:
    response = render(EMPTY)
    assert response.body == b"{}"
    assert header(response, "x-taxii-date-added-first") is None
    assert header(response, "x-taxii-date-added-last") is None


@pytest.mark.row("T-HDR-02", "T-HDR-03", "T-HDR-04")
@pytest.mark.parametrize("render", RENDERINGS.values(), ids=RENDERINGS)
def test_the_dates_are_those_of_the_first_and_the_last_row(render: type) -> None:
    one, cut = render(ONE), render(CUT)
    assert header(one, "x-taxii-date-added-first") == "2026-01-02T03:04:05.123000Z"
    assert header(one, "x-taxii-date-added-last") == "2026-01-02T03:04:05.123000Z"
    assert header(cut, "x-taxii-date-added-first") == "2026-01-02T03:04:05.123000Z"
    assert header(cut, "x-taxii-date-added-last") == "2026-01-02T03:04:05.124000Z"


@pytest.mark.row("T-OBJ-06", "T-MAN-11", "T-VRS-08")
@pytest.mark.parametrize("render", RENDERINGS.values(), ids=RENDERINGS)
def test_next_is_there_exactly_when_there_is_more(render: type) -> None:
    assert {"more", "next"}.isdisjoint(json.loads(render(ONE).body))
    cut = json.loads(render(CUT).body)
    assert cut["more"] is True
    assert cut["next"] == "AbC_-9"


@pytest.mark.row("T-OBJ-08", "T-OBJ-09")
def test_an_envelope_joins_the_stored_bytes() -> None:
    """Number literals and spacing within an object stay."""
    assert rendering.envelope(ONE).body == b'{"objects":[{"id":"indicator--1","n":1.10}]}'
    assert rendering.envelope(CUT).body == (
        b'{"more":true,"next":"AbC_-9","objects":[{"id":"indicator--1","n":1.10},{ "id": "malware--2" }]}'
    )


def test_a_page_is_rendered_twice_alike() -> None:
    assert rendering.envelope(CUT).body == rendering.envelope(CUT).body


@pytest.mark.row("T-TYP-06", "T-MAN-03", "T-MAN-07")
def test_manifest_records() -> None:
    """The version keeps its text, the date has six digits."""
    assert json.loads(rendering.manifest(CUT).body)["objects"] == [
        {
            "id": "indicator--1",
            "date_added": "2026-01-02T03:04:05.123000Z",
            "version": "2020-01-01T00:00:00.000Z",
            "media_type": "application/stix+json;version=2.1",
        },
        {
            "id": "malware--2",
            "date_added": "2026-01-02T03:04:05.124000Z",
            "version": "2016-05-12T08:17:27Z",
            "media_type": "application/stix+json;version=2.0",
        },
    ]


def test_versions_are_strings_in_the_order_of_the_page() -> None:
    assert json.loads(rendering.versions(CUT).body)["versions"] == ["2020-01-01T00:00:00.000Z", "2016-05-12T08:17:27Z"]


ANSWERS = {
    "an empty page": rendering.envelope(EMPTY),
    "a page": rendering.manifest(CUT),
    "a DELETE": rendering.nothing(),
    "an OPTIONS": rendering.offered("GET, HEAD, OPTIONS"),
}


@pytest.mark.row("T-NEG-04", "T-NEG-28", "T-NEG-29")
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_what_every_answer_carries(answer: Response) -> None:
    assert header(answer, "content-type") == "application/taxii+json;version=2.1"
    assert header(answer, "cache-control") == "no-store"
    assert header(answer, "vary") == "Accept, Authorization, X-API-Key"


def test_a_delete_answers_200_with_nothing() -> None:
    """T-DEL-01, A-40."""
    answer = rendering.nothing()
    assert (answer.status_code, answer.body, header(answer, "content-length")) == (200, b"", "0")


def test_a_204_has_no_content_length() -> None:
    answer = rendering.offered("GET")
    assert (answer.status_code, answer.body, header(answer, "content-length")) == (204, b"", None)
    assert header(answer, "allow") == "GET"


@pytest.mark.row("T-HTTP-04")
def test_head_says_how_long_the_body_would_have_been() -> None:
    full = rendering.envelope(CUT)
    length = len(full.body)
    bare = full.without_body()
    assert bare.body == b""
    assert header(bare, "content-length") == str(length)
    assert header(bare, "x-taxii-date-added-last") == "2026-01-02T03:04:05.124000Z"
