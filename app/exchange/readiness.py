"""Readiness: can this process serve? The databases answer, and the record can be written."""

from app.errors import Unavailable
from app.exchange.exchange import Exchange
from app.storage import schema


async def check(exchange: Exchange) -> None:
    """Raises Unavailable unless both databases answer and are at the version that this code needs."""
    await exchange.read(_check, exchange)


def _check(exchange: Exchange) -> None:
    for database, store in ((exchange.database, "exchange"), (exchange.ledger_database, "ledger")):
        if schema.current_version(database, store) != schema.HEAD:
            raise Unavailable(f"The {store} database is not at the version that this server needs.")
