"""Going through what a collection holds: its objects, and its live contributions in the order of arrival."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, bindparam, exists, func, select

from app.storage.contributions import LIVE, MARKING_DEFINITION
from app.storage.engine import Transaction
from app.storage.tables import contribution, object_type, stix_object


@dataclass(frozen=True, slots=True)
class Arrived:
    """A contribution, and the object that it is of."""

    id: int
    object: int


# Built once: every revision asks them of all collections.
_NEXT_OBJECTS: Final = (
    select(stix_object.c.id)
    .where(stix_object.c.collection == bindparam("of"), stix_object.c.id > bindparam("after"))
    .order_by(stix_object.c.id)
    .limit(bindparam("count"))
)
_LAST: Final = select(func.max(contribution.c.id)).where(contribution.c.collection == bindparam("of"))


def objects_after(transaction: Transaction, collection_id: int, after: int, count: int) -> Sequence[int]:
    """The next `count` objects of the collection by key: how a use case goes through all of them."""
    return transaction.scalars(_NEXT_OBJECTS, {"of": collection_id, "after": after, "count": count}).all()


def live_after(
    transaction: Transaction, collection_id: int, after: int, last: int, count: int, *, definitions: bool = False
) -> Sequence[Arrived]:
    """The next `count` live contributions of a collection, or marking-definitions alone, in the order of arrival."""
    statement = (
        select(contribution.c.id, contribution.c.object)
        .where(*_live_between(collection_id, after, last, definitions=definitions))
        .order_by(contribution.c.id)
        .limit(count)
    )
    return [Arrived(*row) for row in transaction.execute(statement)]


def last_of(transaction: Transaction, collection_id: int) -> int:
    """The last contribution to the collection, by key; 0 where there is none."""
    return int(transaction.scalar(_LAST, {"of": collection_id}) or 0)


def count_live(
    transaction: Transaction, collection_id: int, after: int, last: int, *, definitions: bool = False
) -> int:
    """How many live contributions of a collection `live_after` goes through."""
    statement = select(func.count(contribution.c.id)).where(
        *_live_between(collection_id, after, last, definitions=definitions)
    )
    return int(transaction.execute(statement).scalar_one())


def _live_between(collection_id: int, after: int, last: int, *, definitions: bool) -> list[ColumnElement[bool]]:
    between = [
        contribution.c.collection == collection_id,
        contribution.c.id > after,
        contribution.c.id <= last,
        contribution.c.state == LIVE,
    ]
    return [*between, DEFINES] if definitions else between


DEFINES: Final = exists().where(
    stix_object.c.id == contribution.c.object,
    stix_object.c.type == select(object_type.c.id).where(object_type.c.name == MARKING_DEFINITION).scalar_subquery(),
)
"""Whether a contribution is one of a marking-definition."""
