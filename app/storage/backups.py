"""Backups of embedded databases: whole, consistent, made beside a running server by SQLite's online backup.

A backup is a pair of databases named like the pair that is served: `F` and, beside it, `F` with `-ledger` in its name.
The exchange is copied first, so that the ledger of a backup knows of every answer that its exchange may have given.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from app.errors import OperatorError


def copy(source: Path, target: Path, prepare: Callable[[Path], None] | None = None) -> None:
    """Copy one database to a file that is not there yet; `prepare` may change the copy before it gets its name.

    Raises OperatorError where the source is no sound database.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as read,
            closing(sqlite3.connect(part)) as written,
        ):
            read.backup(written)
            written.execute("PRAGMA journal_mode = DELETE")
            (found,) = written.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise OperatorError(f"{source} is damaged: {found}.")
        if prepare is not None:
            prepare(part)
        _sync(part)
        os.link(part, target)  # unlike a rename, this never replaces a file that somebody else made meanwhile
        _sync(target.parent)
    except sqlite3.DatabaseError as error:
        raise OperatorError(f"{source} can't be copied to {target}: {error}.") from error
    except FileExistsError:
        raise OperatorError(f"{target} is there already. Name another file.") from None
    finally:
        part.unlink(missing_ok=True)


def files_of(database: Path) -> list[Path]:
    """The files that SQLite would take for this database: itself, and what an older one left beside it."""
    return [database, *(database.with_name(database.name + each) for each in ("-wal", "-journal"))]


def continues(ledger: Path, older: Path) -> bool:
    """Whether this ledger holds what the older one ends with, and so is the same one at a later time."""
    newest = "SELECT id, at, audience, digest FROM disclosure ORDER BY id DESC LIMIT 1"
    same = "SELECT id, at, audience, digest FROM disclosure WHERE id = ?"
    with closing(sqlite3.connect(older)) as before, closing(sqlite3.connect(ledger)) as now:
        try:
            last = before.execute(newest).fetchone()
            return last is None or now.execute(same, last[:1]).fetchone() == last
        except sqlite3.DatabaseError:
            return False


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
