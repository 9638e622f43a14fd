"""The one history of the schema: is a store at its head, and bring it there.

One alembic history serves both stores; each revision has a part for the exchange and a part for the ledger.
"""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

from app.settings import PROJECT
from app.storage import derivative_tables, index_tables, ledger_tables
from app.storage.engine import Database

assert derivative_tables.derivative.metadata is index_tables.observable.metadata, "the exchange has one schema"

STORES: dict[str, MetaData] = {"exchange": index_tables.observable.metadata, "ledger": ledger_tables.metadata}
"""The parts of the history by the name of the store they are for."""


def version_table(store: str) -> str:
    """The table in which alembic keeps this store's version; both stores may share one PostgreSQL database."""
    return f"comity_{store}_version"


def upgrade(database: Database, store: str) -> None:
    """Bring the store to the newest version of the schema, from whatever version it has."""
    with database.writing() as transaction:
        config = _config()
        config.attributes["connection"] = transaction
        config.attributes["store"] = store
        command.upgrade(config, "head")


def current_version(database: Database, store: str) -> str | None:
    """The version that the store is at; None for an empty one. Raises Unavailable if it can't be reached."""
    with database.reading() as transaction:
        context = MigrationContext.configure(transaction, opts={"version_table": version_table(store)})
        return context.get_current_revision()


@cache
def head_version() -> str | None:
    """The newest version of the schema that this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def drift(url: str, store: str) -> list[object]:
    """Every difference between the tables as migrated and the tables as this code declares them."""
    database = Database(url, connections=1, binary=False)
    options = {
        "version_table": version_table(store),
        "compare_type": True,
        "include_name": lambda name, kind, _parents: kind != "table" or name in STORES[store].tables,
    }
    try:
        with database.reading() as transaction:
            context = MigrationContext.configure(transaction, opts=options)
            return list(compare_metadata(context, STORES[store]))
    finally:
        database.close()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(PROJECT) / "alembic"))
    return config
