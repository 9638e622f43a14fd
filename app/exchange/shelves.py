"""Shelves: on which of them the rows of a log stand, so that a search asks the index for these alone.

What is known of a log is gone on with at each search, by the rows that were added since: rows only come under later
dates. The first search of a log in a process reads all of it. Where rows have left a log, a shelf too many is asked.
"""

from app.storage import leads
from app.storage.engine import Transaction
from app.storage.instants import BEFORE_ALL
from app.storage.revisions import AudienceRow


class Shelves:
    """What this process knows of the logs that it has searched."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, frozenset[str]]] = {}

    def of(self, transaction: Transaction, log: AudienceRow) -> frozenset[str]:
        """The shelves of this log."""
        since, known = self._known.get(log.id, (BEFORE_ALL, frozenset()))
        last, more = leads.shelves_since(transaction, log.id, since)
        self._known[log.id] = (last, known | more)
        return known | more
