"""Which version of the schema a store is at, and which one this code knows. `app.storage.history` leads there."""

from typing import Final

from sqlalchemy import MetaData, inspect, text

from app.storage import derivative_tables, index_tables, ledger_tables
from app.storage.engine import Database

assert derivative_tables.derivative.metadata is index_tables.observable.metadata, "the exchange has one schema"

STORES: dict[str, MetaData] = {"exchange": index_tables.observable.metadata, "ledger": ledger_tables.metadata}
"""The parts of the history by the name of the store they are for."""

HEAD: Final = "0002"
"""The newest version: the end of the history, which every command and every worker would take long to read."""


def version_table(store: str) -> str:
    """The table in which alembic keeps this store's version; both stores may share one PostgreSQL database."""
    return f"comity_{store}_version"


def current_version(database: Database, store: str) -> str | None:
    """The version that the store is at; None for an empty one. Raises Unavailable if it can't be reached."""
    kept = version_table(store)
    with database.reading() as transaction:
        if not inspect(transaction).has_table(kept):
            return None
        found: str | None = transaction.scalar(text(f"SELECT version_num FROM {kept}"))  # noqa: S608  # a name of ours
        return found
