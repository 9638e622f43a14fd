"""Who gave what a partnership stores: counts of contributions, of those that wait for an officer too."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.storage.contributions import HELD, LIVE
from app.storage.engine import Transaction
from app.storage.tables import collection, contribution


@dataclass(frozen=True, slots=True)
class Given:
    """So many contributions to a collection (its UUID) that one partner pushed, of one origin and one handling (its
    key).
    """

    collection: str
    partner: str
    origin: str
    handling: int
    count: int


def given(transaction: Transaction, partnership_id: int) -> Sequence[Given]:
    """All that was pushed to the partnership and has not ended, to collections that it no longer has too."""
    what = (collection.c.uuid, contribution.c.partner, contribution.c.origin, contribution.c.handling)
    statement = (
        select(*what, func.count())
        .join(collection, collection.c.id == contribution.c.collection)
        .where(
            collection.c.partnership == partnership_id,
            contribution.c.state.in_((LIVE, HELD)),
            contribution.c.derivative.is_(None),
        )
        .group_by(*what)
    )
    return [Given(*row) for row in transaction.execute(statement)]
