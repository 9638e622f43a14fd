"""Dates in time: what this process has looked at after its commits, and may take off the record (`app.storage.dates`).

That needs no transaction of its own. It is done by the next one, and by the process's own housekeeping; where neither
comes, the dates are taken for late, and some readers receive their rows again.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.storage import dates
from app.storage.dates import Dated, Entry
from app.storage.engine import Database, Transaction


class InTime:
    """The dates of one process that wait to be taken off the record. Threads may share it."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()

    def __bool__(self) -> bool:
        return bool(self._entries)

    def add(self, dated: Mapping[int, Dated]) -> None:
        """These are in time."""
        self._entries.extend((audience, each.first) for audience, each in dated.items())

    @contextmanager
    def writing(self, database: Database) -> Iterator[Transaction]:
        """A transaction that writes, and at its end takes off the record what is in time."""
        struck: list[Entry] = []
        try:
            with database.writing() as transaction:
                yield transaction
                # Last, when every other lock is held: nobody who waits for these rows holds what is waited for here.
                while self._entries:
                    struck.append(self._entries.popleft())
                dates.strike(transaction, struck)
        except BaseException:
            self._entries.extend(struck)
            raise
