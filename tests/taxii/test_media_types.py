"""Accept and Content-Type."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.taxii.media_types import TAXII_21, acceptable, content_type_supported, stix_media_type
from tests.support.accept_headers import LEAVE_NO_TAXII, LEAVE_TAXII


@pytest.mark.parametrize("header", LEAVE_TAXII.values(), ids=LEAVE_TAXII)
def test_served(header: str | None) -> None:
    assert acceptable(header)


@pytest.mark.parametrize("header", LEAVE_NO_TAXII.values(), ids=LEAVE_NO_TAXII)
def test_not_served(header: str) -> None:
    assert not acceptable(header)


TAKEN = {
    "the type itself": "application/taxii+json;version=2.1",
    "without a version": "application/taxii+json",
    "a charset, blanks": "application/taxii+json; version=2.1; charset=utf-8",
    "letter case and quotes": 'APPLICATION/taxii+JSON ; VERSION="2.1"',
}


@pytest.mark.parametrize("header", TAKEN.values(), ids=TAKEN)
def test_body_taken(header: str) -> None:
    assert content_type_supported(header)


NOT_TAKEN = {
    "JSON": "application/json",
    "STIX": "application/stix+json;version=2.1",
    "a form": "multipart/form-data; boundary=x",
    "text": "text/plain",
    "STIX 2.0": "application/vnd.oasis.stix+json; version=2.0",
    "another version": "application/taxii+json;version=2.0",
    "none": None,
    "empty": "",
    "a range": "*/*",
    "two at once": "application/taxii+json, application/taxii+json",
}


@pytest.mark.parametrize("header", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_body_not_taken(header: str | None) -> None:
    assert not content_type_supported(header)


@pytest.mark.row("T-NEG-30")
def test_the_type_is_written_as_clients_compare_it() -> None:
    """The OASIS client looks for the unquoted token between semicolons."""
    assert TAXII_21.split(";") == ["application/taxii+json", "version=2.1"]
    assert stix_media_type("2.0") == "application/stix+json;version=2.0"


PIECES = ["application", "taxii+json", "*", "/", ";", ",", "version", "=", "2.1", "2.0", "q", "0", "1", '"', "\\", " "]
LIKELY = st.lists(st.sampled_from(PIECES)).map("".join)


@given(st.one_of(st.text(), LIKELY))
def test_whatever_a_header_holds_it_is_served_or_not(header: str) -> None:
    assert acceptable(header) in (True, False)
    assert content_type_supported(header) in (True, False)


@given(LIKELY)
def test_asking_for_the_type_as_well_never_hurts_unless_it_is_excluded(header: str) -> None:
    if '"' not in header and "\\" not in header and "version=2.1" not in header:
        assert acceptable(f"{header},{TAXII_21}")


HOSTILE = {
    "open quotes": '"' * 60_001,
    "escapes": 'a/b;c="' + '\\"' * 30_000,
    "parameters": "a/b" + ";c=d" * 15_000,
    "members": "a/b," * 15_000,
    "blanks": "a/b;" + " " * 60_000 + "x",
}


@pytest.mark.parametrize("header", HOSTILE.values(), ids=HOSTILE)
def test_a_long_header_takes_time_in_proportion_to_its_length(header: str) -> None:
    began = time.perf_counter()
    acceptable(header)
    content_type_supported(header)
    assert time.perf_counter() - began < 1
