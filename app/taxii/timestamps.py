"""TAXII timestamps (TAXII 2.1 section 2) and the instants that a client may write.

The exchange counts instants in whole milliseconds since 1970-01-01T00:00:00Z and writes them with the six fractional
digits of the standard, so the last three are always zero. Clients write what their language writes; reading is wider:

* 0 to 9 fractional digits; what is finer than a millisecond is cut off, never rounded up,
* `Z`, or a numeric offset, which is read as the instant that it names,
* `T` and `Z` in capitals, a real date of the years 1 to 9999, no leap second.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # all in UTC; a page writes a thousand of them
_MILLISECOND: Final = timedelta(milliseconds=1)
_EPOCH_DAY: Final = _EPOCH.date().toordinal()
_INSTANT: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?"
    r"(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)


def format_timestamp(milliseconds: int) -> str:
    """The TAXII timestamp of an instant in milliseconds since 1970: `2026-01-02T03:04:05.123000Z`."""
    return (_EPOCH + milliseconds * _MILLISECOND).isoformat(timespec="microseconds") + "Z"


def parse_added_after(text: str) -> int:
    """The instant that a client wrote, in whole milliseconds since 1970, cut towards the past.

    ValueError if it isn't one. Since every date added is a whole millisecond, a cut bookmark loses and repeats nothing.
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError("not a timestamp such as 2026-01-02T03:04:05.123456Z")
    year, month, day, hour, minute, second, fraction, sign, offset_hour, offset_minute = match.groups()
    days = date(int(year), int(month), int(day)).toordinal() - _EPOCH_DAY
    seconds = ((days * 24 + int(hour)) * 60 + int(minute)) * 60 + int(second)
    if sign is not None:
        offset = (int(offset_hour) * 60 + int(offset_minute)) * 60
        seconds -= offset if sign == "+" else -offset
    return seconds * 1000 + int(((fraction or "") + "000")[:3])
