"""Who received an object, when and under which revision: the officer's question, answered from the ledger."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.exchange.exchange import Exchange
from app.storage import deliveries, derivatives, ledger_store, objects, revisions
from app.storage.deliveries import ShownAs
from app.storage.instants import instant


@dataclass(frozen=True, slots=True)
class Received:
    """One answer that offered a version of the object, or of a derivative of it; `object_id` is of what was offered."""

    at: datetime
    partnership: str
    collection: str
    partner: str
    account: str
    endpoint: str
    object_id: str
    version: str
    revision: int


def received(exchange: Exchange, object_id: str) -> Sequence[Received]:
    """Every answer that offered a version of the object, or of a derivative of it, to anybody; oldest first."""
    with exchange.database.reading() as transaction:
        aliases = revisions.aliases(transaction)
        originals = objects.everywhere(transaction, object_id)
        made = [row.object for row in derivatives.of_originals(transaction, originals)]
        rows = deliveries.rows_shown(transaction, [*originals, *made])
        ids = objects.stix_ids_of(transaction, [*originals, *made])
    by_audience: dict[int, dict[int, ShownAs]] = defaultdict(dict)
    for row in rows:
        by_audience[row.audience][row.date_added] = row
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
                        object_id=ids[versions[date].object],
                        version=versions[date].version_text,
                        revision=record.revision,
                    )
                    for date in record.dates
                    if date in versions
                )
    return sorted(found, key=lambda each: each.at)
