"""Back up and restore an embedded database with its ledger.

What was restored is marked, and not served until a new epoch has begun. A ledger that outlived its exchange is kept:
it is the record (law 6), and it knows which dates were published after the backup.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from app.clock import Clock
from app.errors import OperatorError
from app.storage import backups, epochs
from app.storage.dialects import ledger_file
from app.storage.engine import Database
from app.storage.instants import milliseconds

MOVE_AWAY = "Move it away first; a restore replaces nothing."


def back_up(database: Path, to: Path) -> Sequence[Path]:
    """Copy both stores; the files that were made. Raises OperatorError where one of them is there, or none to copy."""
    pairs = [(database, to), (ledger_file(database), ledger_file(to))]
    _require_all([source for source, _ in pairs], "There is no exchange")
    _require_none([target for _, target in pairs], "Name another file; a backup replaces nothing.")
    for source, target in pairs:
        backups.copy(source, target)
    return [target for _, target in pairs]


def restore(backup: Path, database: Path, clock: Clock, by: str) -> Sequence[Path]:
    """Put a backup where there is no database, marked as restored; the files that were made. Raises OperatorError."""
    ledger, older = ledger_file(database), ledger_file(backup)
    _require_all([backup, older], "There is no backup")
    _require_none(backups.files_of(database), MOVE_AWAY)
    if not ledger.exists():
        _require_none(backups.files_of(ledger), MOVE_AWAY)
        backups.copy(older, ledger)
    elif not backups.continues(ledger, older):
        raise OperatorError(f"The ledger {ledger} does not go on from the one of this backup. {MOVE_AWAY}")
    backups.copy(backup, database, prepare=partial(_mark_restored, at=milliseconds(clock.now()), by=by))
    return [database, ledger]


def _mark_restored(file: Path, at: int, by: str) -> None:
    database = Database(f"sqlite:///{file}", connections=1)
    try:
        with database.writing() as transaction:
            epochs.begin(transaction, at, by, floor=None, place=None)
    finally:
        database.close()


def _require_all(files: Sequence[Path], what: str) -> None:
    for file in files:
        if not file.is_file():
            raise OperatorError(f"{what} at {file}.")


def _require_none(files: Sequence[Path], remedy: str) -> None:
    for file in files:
        if file.exists():
            raise OperatorError(f"{file} is there already. {remedy}")
