"""comity db upgrade, check."""

import typer

from app.cli.setting_up import out, read_settings
from app.composition import STORES, open_database, require_current_schema
from app.errors import OperatorError
from app.storage import schema

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring both stores to the newest schema. Make a backup first.

    Example: comity db upgrade
    """
    settings = read_settings()
    for store in STORES:
        database = open_database(settings, store)
        try:
            schema.upgrade(database, store)
            out().print(f"The {store} database ({database.kind}) is at version {schema.head_version()}.")
        finally:
            database.close()


@app.command()
def check() -> None:
    """Compare both stores with what this Comity needs.

    Example: comity db check
    """
    settings = read_settings()
    require_current_schema(settings)
    for store in STORES:
        database = open_database(settings, store)
        database.close()
        found = schema.drift(database.url, store)
        if found:
            raise OperatorError(
                f"The {store} database is at the newest version and its tables differ from it: {found}. "
                "Somebody changed them by hand; restore a backup."
            )
        out().print(f"The {store} database ({database.kind}) is as this Comity needs it.")
