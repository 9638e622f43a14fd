"""Handlings: one row for all object versions of a collection that a release rule can't tell apart."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final

from sqlalchemy import bindparam, exists, select

from app.policy.handling import EXTRACTOR, Handling, from_facts, to_facts
from app.storage import dialects
from app.storage.chunks import chunks
from app.storage.contributions import LIVE
from app.storage.engine import Transaction
from app.storage.tables import collection, contribution, handling

# Built once: every page asks the first, and every push both.
_BY_KEYS: Final = select(handling.c.id, handling.c.facts).where(handling.c.id.in_(bindparam("keys", expanding=True)))
_KNOWN: Final = select(handling.c.digest, handling.c.id).where(
    handling.c.collection == bindparam("collection"),
    handling.c.extractor == bindparam("extractor"),
    handling.c.digest.in_(bindparam("digests", expanding=True)),
)


def keys_of(transaction: Transaction, collection_id: int, handlings: Iterable[Handling]) -> Mapping[Handling, int]:
    """The key of each handling in this collection; new ones are added."""
    digests = {one: sha256(to_facts(one).encode()).digest() for one in set(handlings)}
    if not digests:
        return {}
    known = _known(transaction, collection_id, digests.values())
    missing = [one for one, digest in digests.items() if digest not in known]
    if missing:
        rows = [
            {
                "collection": collection_id,
                "extractor": EXTRACTOR,
                "digest": digests[one],
                "facts": to_facts(one),
            }
            for one in missing
        ]
        transaction.execute(dialects.insert_new(transaction, handling), rows)
        known = _known(transaction, collection_id, digests.values())
    return {one: known[digest] for one, digest in digests.items()}


def by_keys(transaction: Transaction, keys: Iterable[int]) -> Mapping[int, Handling]:
    """The handlings with these keys."""
    found: dict[int, Handling] = {}
    for part in chunks(sorted(set(keys))):
        rows = transaction.execute(_BY_KEYS, {"keys": part})
        found.update((key, from_facts(facts)) for key, facts in rows)
    return found


def outdated(transaction: Transaction, partnership_id: int | None = None) -> Sequence[int]:
    """The collections, of one partnership or of all, that hold something whose handling other rules have made than
    these. Derivatives follow their originals, and what is held is derived when it is released.
    """
    others = handling.c.extractor != EXTRACTOR
    if not transaction.scalar(select(exists().where(others))):
        return ()
    pushed_and_live = (contribution.c.state == LIVE) & contribution.c.derivative.is_(None)
    statement = (
        select(contribution.c.collection)
        .distinct()
        .join(handling, handling.c.id == contribution.c.handling)
        .join(collection, collection.c.id == contribution.c.collection)
        .where(
            others, pushed_and_live, *([] if partnership_id is None else [collection.c.partnership == partnership_id])
        )
    )
    return sorted(transaction.scalars(statement))


def _known(transaction: Transaction, collection_id: int, digests: Iterable[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for part in chunks(sorted(digests)):
        rows = transaction.execute(_KNOWN, {"collection": collection_id, "extractor": EXTRACTOR, "digests": part})
        found.update((bytes(digest), key) for digest, key in rows)
    return found
