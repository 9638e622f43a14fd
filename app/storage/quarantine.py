"""What waits for an officer, what officers have blocked, and the record of what they did.

The record (`outbox`) is written in the transaction of the act, and never changed.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, delete, select

from app.storage import dialects
from app.storage.chunks import chunks
from app.storage.contributions import HELD
from app.storage.engine import Transaction
from app.storage.tables import blocked, contribution, held, object_version, outbox, stix_object


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One contribution that waits for an officer. `received` in milliseconds since 1970; `rules` ask for the review.

    `content` is the key of what was pushed, `digest` the SHA-256 of its tree in hexadecimal.
    """

    contribution: int
    object: int
    object_id: str
    version_text: str
    partner: str
    account: str
    received: int
    content: int
    digest: str
    rules: str
    why: str


def hold(transaction: Transaction, collection_id: int, rows: Sequence[tuple[int, str, str]]) -> None:
    """Record (contribution, rules, why) of contributions that wait."""
    if rows:
        values = [{"collection": collection_id, "contribution": key, "rules": r, "why": why} for key, r, why in rows]
        transaction.execute(held.insert(), values)


def waiting(transaction: Transaction, collection_id: int, object_id: str | None = None) -> Sequence[HeldRow]:
    """What waits in the collection, of one object or of all, in the order of arrival."""
    statement = (
        select(
            contribution.c.id,
            contribution.c.object,
            stix_object.c.stix_id,
            contribution.c.version_text,
            contribution.c.partner,
            contribution.c.account,
            contribution.c.received,
            contribution.c.version,
            object_version.c.tree_digest,
            held.c.rules,
            held.c.why,
        )
        .join(contribution, contribution.c.id == held.c.contribution)
        .join(stix_object, stix_object.c.id == contribution.c.object)
        .join(object_version, object_version.c.id == contribution.c.version)
        .where(held.c.collection == collection_id, contribution.c.state == HELD)
        .order_by(contribution.c.id)
    )
    if object_id is not None:
        statement = statement.where(stix_object.c.stix_id == object_id)
    return [
        HeldRow(*row[:8], bytes(row.tree_digest).hex(), row.rules, row.why) for row in transaction.execute(statement)
    ]


# Built once: every push asks it.
_BLOCKED: Final = select(blocked.c.stix_id).where(
    blocked.c.collection == bindparam("of"), blocked.c.stix_id.in_(bindparam("ids", expanding=True))
)


def blocked_among(transaction: Transaction, collection_id: int, object_ids: Iterable[str]) -> frozenset[str]:
    """Those of these ids that are blocked in the collection."""
    found: set[str] = set()
    for part in chunks(sorted(set(object_ids))):
        found.update(transaction.scalars(_BLOCKED, {"of": collection_id, "ids": part}))
    return frozenset(found)


def block(transaction: Transaction, collection_id: int, object_id: str) -> None:
    """Block the id in the collection until it is unblocked."""
    rows = [{"collection": collection_id, "stix_id": object_id}]
    transaction.execute(dialects.insert_new(transaction, blocked), rows)


def unblock(transaction: Transaction, collection_id: int, object_id: str) -> bool:
    """End a block; whether there was one."""
    statement = delete(blocked).where(blocked.c.collection == collection_id, blocked.c.stix_id == object_id)
    return transaction.execute(statement).rowcount == 1


def record(transaction: Transaction, partnership_id: int, at: int, facts: Mapping[str, object]) -> None:
    """Put an act on the record. `at` in milliseconds since 1970."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    transaction.execute(outbox.insert().values(partnership=partnership_id, at=at, record=text))


def records(transaction: Transaction, partnership_id: int) -> Sequence[Mapping[str, Any]]:
    """Every act on the record of a partnership, oldest first."""
    statement = select(outbox.c.record).where(outbox.c.partnership == partnership_id).order_by(outbox.c.id)
    return [json.loads(text) for text in transaction.scalars(statement)]
