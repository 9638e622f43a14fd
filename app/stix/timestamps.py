"""The timestamps of STIX 2.1 section 2.16: RFC 3339, in UTC and written with `T` and `Z`, any number of decimals.

Texts are kept as they were received. They are compared by `version_key`, whose order is the order of the instants at
any precision; a `datetime` holds microseconds only and is for comparisons with clocks.
"""

import re
from datetime import UTC, datetime
from typing import Final

_YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_DAY = "(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
_LEAP_SECOND = "(?:06-30|12-31)T23:59:60"
# one expression for Python's engine and for pydantic's, which knows no look-around
PATTERN: Final = (
    rf"^(?:(?:{_YEAR}-{_DAY}|{_LEAP_YEAR}-02-29)T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    rf"|{_YEAR}-{_LEAP_SECOND})(?:\.[0-9]+)?Z$"
)
"""A timestamp: a date of the calendar (years 0001 to 9999), leap seconds at the end of June and December."""

_TIMESTAMP = re.compile(PATTERN[1:-1])
_DATE_TIME_CHARS = 19
_MICROSECOND_DIGITS = 6
_MICROSECONDS_MAX = 999_999


def is_timestamp(text: str) -> bool:
    """Whether the text is a timestamp of STIX 2.1 section 2.16, its date in the calendar."""
    return _TIMESTAMP.fullmatch(text) is not None


def version_key(text: str) -> str:
    """The timestamp in a form that sorts as its instant does, code point by code point, at any precision.

    `2020-01-01T00:00:00.100Z` is `2020-01-01T00:00:00.1`. Raises ValueError where the text is no timestamp.
    """
    _must_be_timestamp(text)
    return text[:-1] if len(text) == _DATE_TIME_CHARS + 1 else text[:-1].rstrip("0").rstrip(".")


def is_before(one: str, other: str) -> bool:
    """Whether the instant of one timestamp is earlier than that of the other. Both must be timestamps."""
    if len(one) == len(other):
        return one < other
    return version_key(one) < version_key(other)


def to_datetime(text: str) -> datetime:
    """The instant in UTC, cut to microseconds; a leap second is the last microsecond before it.

    Raises ValueError where the text is no timestamp.
    """
    _must_be_timestamp(text)
    if text[17:19] == "60":
        cut = datetime.fromisoformat(f"{text[:17]}59").replace(microsecond=_MICROSECONDS_MAX)
    else:
        fraction = text[_DATE_TIME_CHARS + 1 : -1][:_MICROSECOND_DIGITS]
        cut = datetime.fromisoformat(text[:_DATE_TIME_CHARS]).replace(microsecond=int(fraction.ljust(6, "0")))
    return cut.replace(tzinfo=UTC)


def from_datetime(instant: datetime) -> str:
    """An aware instant as STIX writes it, cut to milliseconds: `2020-01-01T00:00:00.123Z`."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone has no timestamp")
    return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _must_be_timestamp(text: str) -> None:
    if _TIMESTAMP.fullmatch(text) is None:
        raise ValueError(f"{text[:40]!r} is no timestamp of the form 2020-01-01T00:00:00.000Z")
