"""Take the floor: hold a partnership at its revision and the heads of its logs until the transaction ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.errors import NotKnown
from app.exchange.exchange import Exchange
from app.policy.partnership import Terms
from app.storage import deliveries, revisions
from app.storage.deliveries import Head
from app.storage.engine import Transaction
from app.storage.revisions import AudienceRow, CollectionRow, PartnershipRow


@dataclass(frozen=True, slots=True)
class Floor:
    """A collection whose heads this transaction holds, under the terms that decide."""

    terms: Terms
    collection: int
    alias: str
    audiences: Sequence[AudienceRow]
    heads: Mapping[int, Head]
    now: datetime

    @property
    def opens(self) -> bool:
        """Whether rows are appended now. Before its effective date an agreement's logs only lose rows; what they then
        lack is appended at that date, and so comes to pollers who kept asking.
        """
        return self.now >= self.terms.partnership.agreement.effective


def hold_partnership(exchange: Exchange, transaction: Transaction, root: str) -> tuple[PartnershipRow, Terms]:
    """The partnership, kept at its revision until the transaction ends. Raises NotKnown."""
    row = revisions.hold(transaction, root)
    if row is None:
        raise NotKnown
    return row, exchange.terms.of(transaction, row)


def take_floors(
    transaction: Transaction,
    terms: Terms,
    collections: Sequence[CollectionRow],
    now: datetime,
) -> dict[int, Floor]:
    """Hold the heads of these collections, all in one order, and give a floor for each that the terms still know."""
    audiences = revisions.audiences(transaction, [row.id for row in collections])
    heads = deliveries.lock_heads(transaction, [row.id for row in audiences])
    floors: dict[int, Floor] = {}
    for row in collections:
        known = terms.partnership.collection_by_id(row.uuid)
        if known is not None:
            own = [audience for audience in audiences if audience.collection == row.id]
            floors[row.id] = Floor(terms, row.id, known.alias, own, {each.id: heads[each.id] for each in own}, now)
    return floors
