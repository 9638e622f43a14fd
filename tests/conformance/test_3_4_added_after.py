"""`added_after`: TAXII 2.1 section 3.4."""

from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import pytest

from tests.conformance import content
from tests.conformance.conftest import Taxii
from tests.conformance.paths import ALL, EVERYTHING, MANIFEST, MANY, MANY_RECORDS, OBJECTS, ONE, PAGES, whole
from tests.conformance.shapes import LAST
from tests.support.stix import an_indicator


def dates(taxii: Taxii, query: str = EVERYTHING) -> list[str]:
    return [row["date_added"] for row in taxii.rw.rows(MANIFEST, query)]


def moved(date: str, **by: float) -> str:
    """A timestamp of the same form, a little later or earlier."""
    instant = datetime.fromisoformat(date) + timedelta(**by)
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.mark.row("T-AFT-01", "T-AFT-02")
def test_only_what_was_added_after_it_is_given_and_never_what_was_added_at_it(taxii: Taxii) -> None:
    added = dates(taxii)
    for place, date in enumerate(added):
        assert dates(taxii, f"{EVERYTHING}&added_after={date}") == added[place + 1 :]
        assert dates(taxii, f"{EVERYTHING}&added_after={moved(date, microseconds=-1)}") == added[place:]


@pytest.mark.row("T-AFT-03", "T-PAG-25")
def test_without_it_the_oldest_come_first(taxii: Taxii) -> None:
    page = taxii.rw.get(MANY).json()
    assert page["objects"] == list(content.LOTS[:40])
    assert page["more"] is True


REFUSED = {
    "two of them": "added_after=2020-01-01T00:00:00.000000Z&added_after=2021-01-01T00:00:00.000000Z",
    "one twice": "added_after=2020-01-01T00:00:00.000000Z&added_after=2020-01-01T00:00:00.000000Z",
    "a list": "added_after=2020-01-01T00:00:00.000000Z,2021-01-01T00:00:00.000000Z",
    "a word": "added_after=abc",
    "nothing": "added_after=",
    "month 13": "added_after=2020-13-01T00:00:00.000000Z",
    "30 February": "added_after=2020-02-30T00:00:00.000000Z",
    "a date": "added_after=2020-01-01",
    "no zone": "added_after=2020-01-01T00:00:00",
    "seconds since 1970": "added_after=1577836800",
    "a blank for the T": "added_after=2020-01-01%2000:00:00Z",
    "a raw plus, which is a blank": "added_after=2020-01-01T00:00:00.000000+00:00",
    "small letters": "added_after=2020-01-01t00:00:00z",
    "a leap second": "added_after=2016-12-31T23:59:60Z",
    "ten digits": "added_after=2020-01-01T00:00:00.0000000000Z",
}


@pytest.mark.row("T-AFT-04", "T-AFT-05", "T-AFT-06")
@pytest.mark.parametrize("query", REFUSED.values(), ids=REFUSED)
def test_what_is_no_timestamp_is_refused_on_all_four_endpoints(taxii: Taxii, query: str) -> None:
    answers = [taxii.rw.get(f"{path}?{query}") for path in PAGES.values()]
    assert [each.status for each in answers] == [400] * 4
    assert all("added_after" in each.json()["description"] for each in answers)


@pytest.mark.row("T-AFT-06")
@pytest.mark.parametrize("hours", [0, 2, -5])
def test_an_encoded_offset_names_an_instant(taxii: Taxii, hours: int) -> None:
    added = dates(taxii)
    local = datetime.fromisoformat(added[7]).astimezone(timezone(timedelta(hours=hours)))
    assert dates(taxii, f"{EVERYTHING}&added_after={quote(local.isoformat(timespec='microseconds'))}") == added[8:]


@pytest.mark.row("T-AFT-07")
@pytest.mark.parametrize("digits", ["", ".3", ".30", ".300", ".3005", ".300500", ".300500000", ".300999999"])
def test_any_precision_to_nine_digits_is_read(taxii: Taxii, digits: str) -> None:
    """One push of many objects: each is a millisecond after the one before."""
    added = [row["date_added"] for row in taxii.rw.rows(MANY_RECORDS)]
    second = added[0][:19]
    later = [date for date in added if date[:23] > f"{second}.{digits[1:4]:0<3}"]
    assert 0 < len(later) < len(added) if digits else later == added
    assert [row["date_added"] for row in taxii.rw.rows(MANY_RECORDS, f"added_after={second}{digits}Z")] == later


@pytest.mark.row("T-AFT-08")
def test_digits_past_a_date_added_are_cut_and_never_rounded_up(taxii: Taxii) -> None:
    added = dates(taxii)
    date = added[5]
    just_before = moved(date, milliseconds=-1)[:23] + "9999Z"
    assert dates(taxii, f"{EVERYTHING}&added_after={just_before}") == added[5:]
    assert dates(taxii, f"{EVERYTHING}&added_after={date[:23]}0009Z") == added[6:]


@pytest.mark.row("T-AFT-10", "T-SORT-03")
def test_dates_inside_the_objects_have_nothing_to_do_with_it(taxii: Taxii) -> None:
    everything = taxii.rw.rows(OBJECTS, ALL)
    yesterday = moved(dates(taxii)[0], days=-1)
    assert all(each.get("modified", "") < yesterday for each in everything)
    assert taxii.rw.rows(OBJECTS, f"{ALL}&added_after={yesterday}") == everything


EXTREMES = {
    "the epoch": ("1970-01-01T00:00:00.000000Z", True),
    "the first year": ("0001-01-01T00:00:00Z", True),
    "the future": ("2999-01-01T00:00:00.000000Z", False),
    "the last year": ("9999-12-31T23:59:59.999999Z", False),
}


@pytest.mark.row("T-AFT-11", "T-AFT-12")
@pytest.mark.parametrize(("date", "gives_all"), EXTREMES.values(), ids=EXTREMES)
def test_before_everything_is_all_and_in_the_future_is_nothing(taxii: Taxii, date: str, gives_all: bool) -> None:
    for endpoint, path in PAGES.items():
        asked = f"{path}?added_after={date}&{whole(endpoint)}"
        without = taxii.rw.get(f"{path}?{whole(endpoint)}").body
        assert taxii.rw.get(asked).body == (without if gives_all else b"{}")


@pytest.mark.row("T-AFT-12")
def test_a_leap_second_is_no_failure_of_the_server(taxii: Taxii) -> None:
    assert taxii.rw.get(f"{OBJECTS}?added_after=2016-12-31T23:59:60Z").status == 400


@pytest.mark.row("T-AFT-13")
def test_encoded_colons_are_colons(taxii: Taxii) -> None:
    date = dates(taxii)[3]
    plain, encoded = (taxii.rw.get(f"{OBJECTS}?added_after={each}") for each in (date, quote(date, safe="")))
    assert "%3A" in quote(date, safe="")
    assert encoded.body == plain.body


@pytest.mark.row("T-AFT-14")
def test_it_is_one_more_condition_beside_the_filters(taxii: Taxii) -> None:
    date = dates(taxii, "match[type]=malware")[0]
    of_type = taxii.rw.rows(MANIFEST, "match[type]=malware")
    later = [row for row in of_type if row["date_added"] > date]
    assert 0 < len(later) < len(of_type)
    assert taxii.rw.rows(MANIFEST, f"match[type]=malware&added_after={date}") == later


@pytest.mark.row("T-AFT-15")
@pytest.mark.parametrize("endpoint", PAGES)
def test_all_four_endpoints_take_it(taxii: Taxii, endpoint: str) -> None:
    everything = taxii.rw.rows(PAGES[endpoint], whole(endpoint))
    first = taxii.rw.get(f"{PAGES[endpoint]}?limit=1&{whole(endpoint)}").header(LAST)
    assert taxii.rw.rows(PAGES[endpoint], f"{whole(endpoint)}&added_after={first}") == everything[1:]


@pytest.mark.row("T-AFT-16")
def test_a_delete_does_not_take_it_and_deletes_nothing(fresh: Taxii) -> None:
    before = fresh.rw.get(ONE).body
    assert fresh.rw.delete(f"{ONE}?added_after=2020-01-01T00:00:00.000000Z").status == 400
    assert fresh.rw.get(ONE).body == before


@pytest.mark.row("T-AFT-17", "A-09")
def test_a_late_older_version_is_the_last_one_among_what_passes(fresh: Taxii) -> None:
    newer = an_indicator("late", version="2026-05-02T00:00:00.000Z")
    older = an_indicator("late")
    fresh.rw.take(MANY, newer)
    polled = fresh.rw.get(f"{MANY}?limit=50&added_after={fresh.rw.pages(MANY)[-2].header(LAST)}")
    assert polled.json()["objects"][-1] == newer
    fresh.rw.take(MANY, older)
    assert fresh.rw.rows(MANY, f"added_after={polled.header(LAST)}") == [older]
    assert [each["version"] for each in fresh.rw.rows(MANY_RECORDS, f"match[id]={newer['id']}")] == [newer["modified"]]
