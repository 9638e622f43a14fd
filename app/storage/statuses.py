"""Pushes and their status resources (TAXII 2.1 section 4.3)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from app.storage.engine import Transaction
from app.storage.tables import collection, push

COMPLETE, EXPIRED = "complete", "expired"


@dataclass(frozen=True, slots=True)
class PushRow:
    """One push: who sent it where, and what became of each object. Instants in milliseconds since 1970."""

    id: str
    collection: int
    partner: str
    account: str
    operator: str | None
    received: int
    state: str
    outcomes: Sequence[Mapping[str, str]]
    expires: int


def add(transaction: Transaction, row: PushRow) -> None:
    """Record the push with the transaction that stores what it brought."""
    transaction.execute(
        push.insert().values(
            id=row.id,
            collection=row.collection,
            partner=row.partner,
            account=row.account,
            operator=row.operator,
            received=row.received,
            state=row.state,
            outcomes=json.dumps(row.outcomes, ensure_ascii=False, separators=(",", ":")),
            expires=row.expires,
        )
    )


def read(transaction: Transaction, partnership_id: int, partner: str, status_id: str, now: int) -> PushRow | None:
    """The push with this status id if the partner sent it into this partnership and it has not expired."""
    statement = (
        select(*push.c)
        .join(collection, collection.c.id == push.c.collection)
        .where(
            push.c.id == status_id,
            push.c.partner == partner,
            collection.c.partnership == partnership_id,
            push.c.expires > now,
        )
    )
    row = transaction.execute(statement).first()
    if row is None:
        return None
    fields = row._asdict()
    return PushRow(**{**fields, "outcomes": json.loads(fields["outcomes"])})


def forget_expired(transaction: Transaction, now: int) -> None:
    """Forget the outcomes of the pushes whose status has expired; who pushed what when stays on the record."""
    expired = (push.c.state == COMPLETE, push.c.expires <= now)
    transaction.execute(update(push).where(*expired).values(state=EXPIRED, outcomes="[]"))
