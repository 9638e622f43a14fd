"""Exports that are the same still: what was told of one, and for how long nothing can have changed it.

An export is made of an audience's log, of which rows hold at an instant, of the terms in force, and of nothing else. So
while the log's own count of changes, the revision and the bounds of time are what they were, so is the export, and
nobody has to make it to say so. Nothing of this is told: the entity tag is the digest of the body, whoever made it.
"""

from array import array
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from app.stix.timestamps import from_datetime, version_key
from app.storage.instants import milliseconds

DATES_MAX: Final = 100_000
"""Rows of what is remembered for one audience, and so 0.8 MB: what it asked for last. Others' requests move nothing."""


@dataclass(frozen=True, slots=True)
class State:
    """What of an audience an export rests on: the revision, and how often its log has changed."""

    revision: int
    changes: int


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of an export: its tag and type, and what went on the record.

    It holds from `since` on, before the first instant (milliseconds) at which a row ends, and before the first at which
    an object begins or ceases to hold (a version key).
    """

    state: State
    since: datetime
    ends: int | None
    turns: str | None
    etag: str
    media_type: str
    dates: "array[int]"
    digest: bytes

    def holds(self, state: State, now: datetime) -> bool:
        """Whether the export would be the same, made now."""
        return (
            self.state == state
            and self.since <= now
            and (self.ends is None or milliseconds(now) < self.ends)
            and (self.turns is None or version_key(from_datetime(now)) < self.turns)
        )


class Unchanged:
    """What this process has told of exports, by audience and by what was asked."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._told: dict[int, OrderedDict[str, Told]] = {}

    def remember(self, audience: int, asked: str, told: Told) -> None:
        """What was told last stays, as far as there is room for it."""
        with self._lock:
            of_audience = self._told.setdefault(audience, OrderedDict())
            of_audience[asked] = told
            of_audience.move_to_end(asked)
            while sum(1 + len(each.dates) for each in of_audience.values()) > DATES_MAX:
                of_audience.popitem(last=False)

    def recall(self, audience: int, asked: str, state: State, now: datetime) -> Told | None:
        """What was told of this export, if it holds still."""
        with self._lock:
            told = self._told.get(audience, OrderedDict()).get(asked)
        return told if told is not None and told.holds(state, now) else None
