"""Instants as they are stored: whole milliseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
BEFORE_ALL, AFTER_ALL = -(2**62), 2**62
"""Dates added before and behind every other: where a walk that is not asked for less begins and ends."""


def milliseconds(instant: datetime) -> int:
    """The instant as it is stored; parts of a millisecond are cut off."""
    return (instant - EPOCH) // MILLISECOND


def instant(stored: int) -> datetime:
    """The instant that was stored, aware, in UTC."""
    return EPOCH + stored * MILLISECOND
