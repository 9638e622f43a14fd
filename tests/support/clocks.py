"""A clock that tests move, and identifiers that are the same in every run."""

import random
from datetime import UTC, datetime, timedelta
from threading import Lock
from uuid import UUID

from app.clock import Identifiers

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class StillClock:
    """Stands where it is put."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start
        self._lock = Lock()

    def now(self) -> datetime:
        """Where it stands."""
        with self._lock:
            return self._now

    def advance(self, **by: float) -> datetime:
        """Move it on, such as `advance(minutes=5)`; back with negative figures."""
        with self._lock:
            self._now += timedelta(**by)
            return self._now

    def set(self, to: datetime) -> None:
        """Put it somewhere else."""
        with self._lock:
            self._now = to


def seeded_identifiers(seed: int = 7) -> Identifiers:
    """Version 4 UUIDs and secrets from a seed."""
    source = random.Random(seed)
    return Identifiers(
        uuid=lambda: UUID(bytes=source.randbytes(16), version=4),
        secret=source.randbytes,
    )
