"""Who received an object, when and under which revision: the officer's question, answered from the ledger."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.exchange.exchange import Exchange
from app.storage import deliveries, ledger_store, objects, revisions
from app.storage.instants import instant


@dataclass(frozen=True, slots=True)
class Received:
    """One answer that offered a version of the object."""

    at: datetime
    partnership: str
    collection: str
    partner: str
    account: str
    endpoint: str
    version: str
    revision: int


def received(exchange: Exchange, object_id: str) -> Sequence[Received]:
    """Every answer that offered a version of the object to anybody, oldest first."""
    with exchange.database.reading() as transaction:
        aliases = revisions.aliases(transaction)
        rows = deliveries.rows_shown(transaction, objects.everywhere(transaction, object_id))
    by_audience: dict[int, dict[int, str]] = defaultdict(dict)
    for row in rows:
        by_audience[row.audience][row.date_added] = row.version_text
    found: list[Received] = []
    with exchange.ledger_database.reading() as transaction:
        for audience, versions in by_audience.items():
            for record in ledger_store.offering(transaction, audience, list(versions)):
                found.extend(
                    Received(
                        at=instant(record.at),
                        partnership=record.partnership,
                        collection=aliases.get(record.collection, record.collection),
                        partner=record.partner,
                        account=record.account,
                        endpoint=record.endpoint,
                        version=versions[date],
                        revision=record.revision,
                    )
                    for date in record.dates
                    if date in versions
                )
    return sorted(found, key=lambda each: each.at)
