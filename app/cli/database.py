"""comity db upgrade, check, backup, restore, new-epoch."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.setting_up import operator, out, read_settings
from app.clock import SystemClock
from app.composition import STORES, both_stores, open_database, require_current_schema
from app.errors import OperatorError
from app.exchange import backing_up, epoch
from app.settings import Settings
from app.storage import schema
from app.storage.dialects import database_file

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring both stores to the newest schema. Make a backup first.

    Example: comity db upgrade
    """
    from app.storage import history

    settings = read_settings()
    for store in STORES:
        database = open_database(settings, store)
        try:
            history.upgrade(database, store)
            out().print(f"The {store} database ({database.kind}) is at version {schema.HEAD}.")
        finally:
            database.close()


@app.command()
def check() -> None:
    """Compare both stores with what this Comity needs.

    Example: comity db check
    """
    from app.storage import history

    settings = read_settings()
    require_current_schema(settings)
    for store in STORES:
        database = open_database(settings, store)
        database.close()
        found = history.drift(database.url, store)
        if found:
            raise OperatorError(
                f"The {store} database is at the newest version and its tables differ from it: {found}. "
                "Somebody changed them by hand; restore a backup."
            )
        out().print(f"The {store} database ({database.kind}) is as this Comity needs it.")


@app.command()
def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A file that is not there yet; the ledger goes beside it.")
    ],
) -> None:
    """Copy an embedded database and its ledger, also while it is served. Keep the secret key file apart from it.

    Example: comity db backup backups/comity-2026-06-01.db
    """
    settings = read_settings()
    made = backing_up.back_up(_embedded(settings, "pg_dump --format=custom --file=FILE DATABASE"), file)
    out().print(f"Wrote {' and '.join(map(str, made))}.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup; its ledger is beside it.")],
) -> None:
    """Put a backup in place of an embedded database that is lost. A ledger that is still there is kept.

    Example: comity db restore backups/comity-2026-06-01.db
    """
    settings = read_settings()
    target = _embedded(settings, "pg_restore --clean --if-exists --no-owner --dbname=DATABASE FILE")
    made = backing_up.restore(file, target, SystemClock(), operator())
    out().print(
        f"Restored {' and '.join(map(str, made))}. Now run `comity db new-epoch`: pollers may hold later dates."
    )


@app.command("new-epoch")
def new_epoch() -> None:
    """Lift every log above all dates that it may have published, after a restore or the promotion of a standby.

    Example: comity db new-epoch
    """
    settings = read_settings()
    require_current_schema(settings)
    with both_stores(settings) as (database, ledger):
        made = epoch.begin(database, ledger, SystemClock(), operator())
    out().print(
        f"Epoch {made.number} has begun: {made.logs} logs go on above {made.above:%Y-%m-%d %H:%M:%S} UTC at most."
    )
    if made.lost:
        out().print(f"The ledger knows rows of {made.lost} logs that this database has lost.")


def _embedded(settings: Settings, instead: str) -> Path:
    file = database_file(settings.database_url)
    if file is None:
        raise OperatorError(
            f"This is for embedded databases. PostgreSQL has its own tools, which know it better: {instead}. "
            "After a restore run `comity db new-epoch`."
        )
    return file
