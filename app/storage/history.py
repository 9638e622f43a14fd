"""The one history of the schema: bring a store to its head, and compare it with what the code declares.

One alembic history serves both stores; each revision has a part for the exchange and a part for the ledger. Whoever
needs it imports it then: alembic takes as long to load as the policy, and serving does without it.
"""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from app.settings import PROJECT
from app.storage.engine import Database
from app.storage.schema import STORES, version_table


def upgrade(database: Database, store: str) -> None:
    """Bring the store to the newest version of the schema, from whatever version it has."""
    config = Config()
    config.set_main_option("script_location", str(Path(PROJECT) / "alembic"))
    with database.writing() as transaction:
        config.attributes["connection"] = transaction
        config.attributes["store"] = store
        command.upgrade(config, "head")


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
