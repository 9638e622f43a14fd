"""Bounded room for what is dear: verifying passwords, taking in pushes."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from app.errors import Unavailable


class Places:
    """Room for so many at once; whoever finds none is told to come again, and never waits in memory."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._lock = Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        """A place for the length of the block. Raises Unavailable where none is free."""
        with self._lock:
            if self._free == 0:
                raise Unavailable("As many requests of this kind are under way as this process takes.")
            self._free -= 1
        try:
            yield
        finally:
            with self._lock:
                self._free += 1
