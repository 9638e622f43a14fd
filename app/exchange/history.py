"""The history of a partnership's agreement: its revisions, who made them and why, and the way back to one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.errors import OperatorError
from app.exchange.clauses import read_clauses, told
from app.exchange.exchange import Exchange
from app.exchange.in_force import in_force
from app.exchange.outlook import LogChange, read_changes
from app.exchange.reminders import review_of
from app.exchange.terms import partnership_of
from app.files.partners_file import PARTNERS_FILE
from app.storage import revisions
from app.storage.instants import instant


@dataclass(frozen=True, slots=True)
class PastRevision:
    """One applied state: its number, when, by whom, why and by which version of Comity; the files (name to text), none
    where it ended the partnership; what its plan said of each log; and what of break-glass it keeps, in sentences.
    """

    number: int
    at: datetime
    by: str
    reason: str
    engine: str
    files: Mapping[str, str]
    changes: Sequence[LogChange]
    opened: Sequence[str]


def history(exchange: Exchange, root: str | None = None) -> Mapping[str, Sequence[PastRevision]]:
    """Every revision, oldest first, of one partnership or of all, by API root. Raises OperatorError if unknown."""
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        rows = [row for row in revisions.every(transaction) if root in (None, row.root)]
        if root is not None and not rows:
            raise OperatorError(f"There is no partnership `{root}`. `comity policy history` lists those there are.")
        return {
            row.root: [
                PastRevision(
                    each.number,
                    instant(each.at),
                    each.by,
                    each.reason,
                    each.engine,
                    each.files,
                    read_changes(each.plan),
                    list(told(replace(exchange.terms.of(transaction, row), clauses=read_clauses(each.clauses)), now)),
                )
                for each in revisions.history(transaction, row.id)
            ]
            for row in rows
        }


def revision(exchange: Exchange, root: str, number: int | None = None) -> PastRevision:
    """One revision of a partnership, the one in force if no number is given. Raises OperatorError if there is none."""
    past = history(exchange, root)[root]
    found = [each for each in past if number in (None, each.number)]
    if not found:
        raise OperatorError(f"{root} has no revision {number}. It has 1 to {past[-1].number}.")
    return found[-1]


def reminder(exchange: Exchange, root: str) -> str | None:
    """What whoever reads the revision in force should know: its review, where that is near or past."""
    with exchange.database.reading() as transaction:
        terms = exchange.terms.of(transaction, partnership_of(transaction, root))
    return review_of(terms.partnership, exchange.clock.now())


def texts_as_of(exchange: Exchange, root: str, number: int) -> Mapping[str, str]:
    """The files in force, with the partnership's own as that revision had it; partners.yaml stays as it is, and comes
    from that revision where nothing is in force.

    Raises OperatorError if there is no such revision, or nothing in it to put in force.
    """
    found = revision(exchange, root, number)
    wanted = {name: text for name, text in found.files.items() if name != PARTNERS_FILE}
    with exchange.database.reading() as transaction:
        now = in_force(transaction)
        row = revisions.by_root(transaction, root)
        assert row is not None, "its revision has just been read"
        present = set(revisions.files_of(transaction, row.id, row.revision)) - {PARTNERS_FILE}
    partners = now.texts.get(PARTNERS_FILE, found.files.get(PARTNERS_FILE))
    if partners is None:
        raise OperatorError(
            f"Revision {number} of {root} removed it, and nothing is in force: name a revision that has files."
        )
    others = {name: text for name, text in now.texts.items() if name not in present}
    return {PARTNERS_FILE: partners, **others, **wanted}
