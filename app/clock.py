"""Time and new identifiers, passed in wherever they are needed.

A use case reads the clock once. Tests pass a clock of their own and compare instants for equality.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_bytes
from threading import Lock
from typing import Protocol
from uuid import UUID, uuid4


class Clock(Protocol):
    """Where the present instant comes from."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC, cut to whole milliseconds."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC, cut to whole milliseconds."""
        instant = datetime.now(UTC)
        return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


class SteadyClock:
    """Another clock, as far as it goes on: set back, this one stands still until the other has caught up.

    What was shown or dated at an instant is so decided from then on, in this process.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._greatest = datetime.min.replace(tzinfo=UTC)
        self._lock = Lock()

    def now(self) -> datetime:
        """The greatest instant that the clock has shown so far."""
        with self._lock:
            self._greatest = max(self._greatest, self._clock.now())
            return self._greatest


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Where new identifiers and secrets come from: random, so that none of them counts anything."""

    uuid: Callable[[], UUID] = uuid4
    secret: Callable[[int], bytes] = token_bytes
