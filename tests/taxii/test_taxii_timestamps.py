"""TAXII timestamps: what is written, and what clients may write (rows TYP-05, AFT-05 to -08, -12)."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.taxii.timestamps import format_timestamp, parse_added_after

MILLISECONDS_OF_ALL_YEARS = st.integers(-62_135_596_800_000, 253_402_300_799_999)

WRITTEN = {
    "the epoch": (0, "1970-01-01T00:00:00.000000Z"),
    "a whole millisecond ends in three zeros": (1_767_323_045_123, "2026-01-02T03:04:05.123000Z"),
    "before 1970": (-1, "1969-12-31T23:59:59.999000Z"),
    "year 1": (-62_135_596_800_000, "0001-01-01T00:00:00.000000Z"),
}


@pytest.mark.parametrize(("milliseconds", "text"), WRITTEN.values(), ids=WRITTEN)
def test_written(milliseconds: int, text: str) -> None:
    assert format_timestamp(milliseconds) == text


READ = {
    "six digits": ("2026-01-02T03:04:05.123456Z", 1_767_323_045_123),
    "no fraction": ("2026-01-02T03:04:05Z", 1_767_323_045_000),
    "one digit": ("2026-01-02T03:04:05.1Z", 1_767_323_045_100),
    "three digits": ("2026-01-02T03:04:05.123Z", 1_767_323_045_123),
    "nine digits are cut": ("2026-01-02T03:04:05.123999999Z", 1_767_323_045_123),
    "just below a millisecond stays below it": ("2026-01-02T03:04:05.1229999Z", 1_767_323_045_122),
    "just above a millisecond is that millisecond": ("2026-01-02T03:04:05.1230009Z", 1_767_323_045_123),
    "offset zero": ("2026-01-02T03:04:05+00:00", 1_767_323_045_000),
    "an eastern offset is an earlier instant": ("2026-01-02T05:04:05+02:00", 1_767_323_045_000),
    "a western offset is a later instant": ("2026-01-01T21:34:05-05:30", 1_767_323_045_000),
    "the first year": ("0001-01-01T00:00:00Z", -62_135_596_800_000),
    "an offset may lead before the first year": ("0001-01-01T00:00:00+01:00", -62_135_600_400_000),
    "the last instant": ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999),
    "cut towards the past before 1970 too": ("1969-12-31T23:59:59.9989Z", -2),
}


@pytest.mark.row("T-AFT-06", "T-AFT-07", "T-AFT-08", "T-AFT-12")
@pytest.mark.parametrize(("text", "milliseconds"), READ.values(), ids=READ)
def test_read(text: str, milliseconds: int) -> None:
    assert parse_added_after(text) == milliseconds


REFUSED = {
    "a word": "abc",
    "nothing": "",
    "month 13": "2020-13-01T00:00:00.000000Z",
    "30 February": "2020-02-30T00:00:00Z",
    "29 February of a common year": "2021-02-29T00:00:00Z",
    "year 0": "0000-01-01T00:00:00Z",
    "a date": "2020-01-01",
    "no zone": "2020-01-01T00:00:00",
    "seconds since 1970": "1577836800",
    "a blank for the T": "2020-01-01 00:00:00Z",
    "a blank for the plus": "2020-01-01T00:00:00 00:00",
    "lower case": "2020-01-01t00:00:00z",
    "hour 24": "2020-01-01T24:00:00Z",
    "second 60": "2020-12-31T23:59:60Z",
    "ten digits": "2020-01-01T00:00:00.1234567890Z",
    "a point without digits": "2020-01-01T00:00:00.Z",
    "two values": "2020-01-01T00:00:00Z,2021-01-01T00:00:00Z",
    "digits of another script": "٢٠٢٠-01-01T00:00:00Z",
    "a blank behind": "2020-01-01T00:00:00Z ",
    "a line feed behind": "2020-01-01T00:00:00Z\n",
    "offset hour 24": "2020-01-01T00:00:00+24:00",
    "offset without a colon": "2020-01-01T00:00:00+0000",
}


@pytest.mark.row("T-AFT-05", "T-AFT-06")
@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_added_after(text)


@given(MILLISECONDS_OF_ALL_YEARS)
def test_what_the_server_writes_is_read_as_the_same_instant(milliseconds: int) -> None:
    text = format_timestamp(milliseconds)
    assert parse_added_after(text) == milliseconds
    assert text.endswith("000Z")
    assert len(text) == 27


@pytest.mark.row("T-AFT-09")
@given(MILLISECONDS_OF_ALL_YEARS)
def test_a_bookmark_cut_to_milliseconds_is_the_same_bookmark(milliseconds: int) -> None:
    assert parse_added_after(format_timestamp(milliseconds)[:23] + "Z") == milliseconds


@given(st.text())
def test_reading_raises_nothing_but_value_error(text: str) -> None:
    with suppress(ValueError):
        parse_added_after(text)
