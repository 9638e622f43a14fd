"""The terms that are in force: read once for each revision, kept by its number.

Which revision is in force is read from the database with every request; only what a numbered revision means is kept,
and that never changes.
"""

from collections.abc import Mapping
from threading import Lock

from app.errors import NotKnown
from app.exchange.clauses import read_clauses
from app.exchange.meaning import meaning_of
from app.policy.partnership import BreakGlass, Terms
from app.storage import revisions
from app.storage.engine import Transaction
from app.storage.revisions import PartnershipRow

REVISIONS_KEPT = 2
"""For each partnership: the one in force, and the one that a request under way may still be under."""


class TermsInForce:
    """What revisions mean, by partnership and number."""

    def __init__(self) -> None:
        self._kept: dict[int, dict[int, Terms]] = {}
        self._lock = Lock()

    def of(self, transaction: Transaction, partnership: PartnershipRow) -> Terms:
        """The terms of the partnership's revision."""
        with self._lock:
            terms = self._kept.get(partnership.id, {}).get(partnership.revision)
        if terms is None:
            files = revisions.files_of(transaction, partnership.id, partnership.revision)
            clauses = read_clauses(revisions.clauses_of(transaction, partnership.id, partnership.revision))
            terms = _terms(partnership.root, files, clauses)
            with self._lock:
                kept = {**self._kept.get(partnership.id, {}), partnership.revision: terms}
                self._kept[partnership.id] = {number: kept[number] for number in sorted(kept)[-REVISIONS_KEPT:]}
        return terms


def _terms(root: str, files: Mapping[str, str], clauses: tuple[BreakGlass, ...]) -> Terms:
    """What a revision's files and clauses say; one without files ended the partnership."""
    if not files:
        return Terms.of_nobody(root)
    agreements = meaning_of(files)
    return Terms(agreements.partnerships[root], agreements.partners, clauses)


def partnership_of(transaction: Transaction, root: str) -> PartnershipRow:
    """The partnership under this API root. Raises NotKnown."""
    row = revisions.by_root(transaction, root)
    if row is None:
        raise NotKnown
    return row
