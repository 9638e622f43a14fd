"""Bounded room for what is dear: verifying passwords, taking in pushes."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from app.errors import Unavailable


class Places:
    """Room for so many at once; whoever finds none is told to come again, and never waits in memory.

    Each one named has room of its own, so that what others do shows in no answer (design, law 2).
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._taken: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def one(self, whose: str = "") -> Iterator[None]:
        """A place for the length of the block. Raises Unavailable where none is free."""
        with self._lock:
            if self._taken[whose] == self._count:
                raise Unavailable("As many requests of this kind are under way as this process takes.")
            self._taken[whose] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[whose] -= 1
