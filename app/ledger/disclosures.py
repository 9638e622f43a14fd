"""A disclosure: one answer that held objects, as it is kept for good (design, law 6).

A row of an audience's log is known for ever by its audience and its date added, so a disclosure lists the dates of
its rows, and the digest of what was sent for each. "Offered" is what it says: a broken connection still counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What one answer offered. Dates and `at` in milliseconds since 1970; `digest` as by `content_digest`."""

    at: int
    partnership: str
    collection: str
    audience: int
    partner: str
    account: str
    endpoint: str
    query: str
    revision: int
    engine: str
    dates: tuple[int, ...]
    digest: bytes


def content_digest(rows: Iterable[tuple[str, str, bytes]]) -> bytes:
    """SHA-256 over the (STIX id, version, SHA-256 of the bytes) of the rows, in the order sent."""
    total = sha256()
    for stix_id, version, digest in rows:
        for part in (stix_id.encode(), version.encode(), digest):
            total.update(len(part).to_bytes(4, "big"))
            total.update(part)
    return total.digest()


def pack_dates(dates: Sequence[int]) -> bytes:
    """Strictly rising dates as their differences, seven bits a byte, low bits first; the first is from zero."""
    packed = bytearray()
    before = 0
    for date in dates:
        difference = date - before
        assert difference > 0, "the dates of an audience's rows rise strictly"
        before = date
        while difference > 0x7F:
            packed.append(difference & 0x7F | 0x80)
            difference >>= 7
        packed.append(difference)
    return bytes(packed)


def unpack_dates(packed: bytes) -> tuple[int, ...]:
    """The dates that `pack_dates` packed. Raises ValueError if the last one is cut off."""
    dates: list[int] = []
    date = difference = shift = 0
    for byte in packed:
        difference |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            date += difference
            dates.append(date)
            difference = shift = 0
    if shift:
        raise ValueError("the packed dates end in the middle of one")
    return tuple(dates)
