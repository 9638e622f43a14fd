"""Timestamps: STIX 2.1 section 2.16."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.stix.timestamps import from_datetime, is_before, is_timestamp, to_datetime, version_key

TIMESTAMPS = {
    "without a fraction": ("2016-01-20T12:31:12Z", True),
    "with milliseconds": ("2016-01-20T12:31:12.123Z", True),
    "with thirty decimals": (f"2016-01-20T12:31:12.{'1' * 30}Z", True),
    "the 29th of February of a leap year": ("2016-02-29T00:00:00Z", True),
    "the 29th of February of 2000": ("2000-02-29T00:00:00Z", True),
    "a leap second at the end of June": ("2015-06-30T23:59:60Z", True),
    "the first instant": ("0001-01-01T00:00:00Z", True),
    "the last day": ("9999-12-31T23:59:59.999999999Z", True),
    "the 29th of February of a common year": ("2017-02-29T00:00:00Z", False),
    "the 29th of February of 1900": ("1900-02-29T00:00:00Z", False),
    "the 31st of April": ("2016-04-31T00:00:00Z", False),
    "the 31st of November": ("2016-11-31T00:00:00Z", False),
    "the 30th of February": ("2016-02-30T00:00:00Z", False),
    "month 13": ("2016-13-01T00:00:00Z", False),
    "day 0": ("2016-01-00T00:00:00Z", False),
    "hour 24": ("2016-01-01T24:00:00Z", False),
    "minute 60": ("2016-01-01T00:60:00Z", False),
    "second 61": ("2016-01-01T00:00:61Z", False),
    "a leap second in the middle of a day": ("2016-06-30T12:00:60Z", False),
    "year 0": ("0000-01-01T00:00:00Z", False),
    "a point without decimals": ("2016-01-01T00:00:00.Z", False),
    "a comma": ("2016-01-01T00:00:00,1Z", False),
    "an offset": ("2016-01-01T00:00:00+00:00", False),
    "no zone": ("2016-01-01T00:00:00", False),
    "lower case": ("2016-01-01t00:00:00z", False),
    "a space for the T": ("2016-01-01 00:00:00Z", False),
    "a line end after it": ("2016-01-01T00:00:00Z\n", False),
    "digits that are not ASCII": ("٢016-01-01T00:00:00Z", False),
    "nothing": ("", False),
}


@pytest.mark.parametrize(("text", "good"), TIMESTAMPS.values(), ids=TIMESTAMPS)
def test_what_a_timestamp_is(text: str, good: bool) -> None:
    assert is_timestamp(text) is good
    if not good:
        with pytest.raises(ValueError, match="is no timestamp"):
            version_key(text)
        with pytest.raises(ValueError, match="is no timestamp"):
            to_datetime(text)


KEYS = {
    "2020-01-01T00:00:00Z": "2020-01-01T00:00:00",
    "2020-01-01T00:00:00.0Z": "2020-01-01T00:00:00",
    "2020-01-01T00:00:00.000Z": "2020-01-01T00:00:00",
    "2020-01-01T00:00:00.100Z": "2020-01-01T00:00:00.1",
    "2020-01-01T00:00:00.001Z": "2020-01-01T00:00:00.001",
    "2020-01-01T00:00:10Z": "2020-01-01T00:00:10",
}


@pytest.mark.parametrize(("text", "key"), KEYS.items())
def test_the_key_of_a_version(text: str, key: str) -> None:
    assert version_key(text) == key


NEW_YEAR = datetime(2020, 1, 1, tzinfo=UTC)
seconds = st.datetimes(timezones=st.just(UTC)).map(lambda instant: instant.replace(microsecond=0))
decimals = st.text("0123456789", max_size=40)
written = st.builds(
    lambda instant, fraction: (instant, fraction, f"{instant.isoformat()[:19]}{'.' if fraction else ''}{fraction}Z"),
    seconds,
    decimals,
)


def _exact(instant: datetime, fraction: str) -> Fraction:
    whole = (instant - datetime(1, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    return whole + Fraction(int(fraction or "0"), 10 ** len(fraction))


@given(written, written)
@example((NEW_YEAR, "1", "2020-01-01T00:00:00.1Z"), (NEW_YEAR, "", "2020-01-01T00:00:00Z"))
@example((NEW_YEAR, "1", "2020-01-01T00:00:00.1Z"), (NEW_YEAR, "11", "2020-01-01T00:00:00.11Z"))
def test_keys_sort_as_their_instants_do(one: tuple[datetime, str, str], other: tuple[datetime, str, str]) -> None:
    exact_one, exact_other = _exact(*one[:2]), _exact(*other[:2])
    assert (version_key(one[2]) < version_key(other[2])) == (exact_one < exact_other)
    assert (version_key(one[2]) == version_key(other[2])) == (exact_one == exact_other)
    assert version_key(one[2]).encode() == version_key(one[2]).encode("ascii")
    assert is_before(one[2], other[2]) == (exact_one < exact_other)


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", fullmatch=True))
def test_the_calendar_is_pythons(text: str) -> None:
    if is_timestamp(text) and ":60" not in text:
        assert to_datetime(text).replace(tzinfo=None).isoformat() == text[:-1]
    elif len(text) == 20 and text.isascii() and text.endswith("Z") and text[10] == "T" and ":60" not in text:
        with pytest.raises(ValueError, match=r"."):
            datetime.fromisoformat(text[:-1])


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_comes_back_in_milliseconds(instant: datetime) -> None:
    text = from_datetime(instant)
    assert is_timestamp(text)
    assert to_datetime(text) == instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def test_an_instant_of_another_zone_is_written_in_utc() -> None:
    assert from_datetime(datetime(2020, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))) == "2020-01-01T00:00:00.000Z"
    with pytest.raises(ValueError, match="time zone"):
        from_datetime(NEW_YEAR.replace(tzinfo=None))


def test_more_than_microseconds_are_cut_and_a_leap_second_is_the_last_microsecond_before_it() -> None:
    assert to_datetime("2020-01-01T00:00:00.1234567Z") == datetime(2020, 1, 1, 0, 0, 0, 123456, tzinfo=UTC)
    assert to_datetime("2015-06-30T23:59:60.5Z") == datetime(2015, 6, 30, 23, 59, 59, 999999, tzinfo=UTC)
    assert (
        version_key("2015-06-30T23:59:59.9Z")
        < version_key("2015-06-30T23:59:60Z")
        < version_key("2015-07-01T00:00:00Z")
    )
