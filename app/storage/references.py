"""Which contribution names which object: the edges of the graph, by the target's STIX id."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from app.storage.chunks import chunks
from app.storage.contributions import HELD, LIVE
from app.storage.engine import Transaction
from app.storage.tables import contribution, reference, stix_object


def add(transaction: Transaction, collection_id: int, edges: Sequence[tuple[int, str, str]]) -> None:
    """Record (contribution, property, target) of contributions to this collection."""
    rows = [
        {"collection": collection_id, "contribution": key, "property": name, "target": target}
        for key, name, target in edges
    ]
    if rows:
        transaction.execute(reference.insert(), rows)


def targets_of(transaction: Transaction, keys: Iterable[int]) -> Mapping[int, frozenset[str]]:
    """The ids that each of these contributions names; those that name none are left out."""
    found: dict[int, set[str]] = defaultdict(set)
    for part in chunks(sorted(set(keys))):
        statement = select(reference.c.contribution, reference.c.target).where(reference.c.contribution.in_(part))
        for key, target in transaction.execute(statement):
            found[key].add(target)
    return {key: frozenset(targets) for key, targets in found.items()}


def ends_by(
    transaction: Transaction, collection_id: int, wanted: Iterable[tuple[str, str]]
) -> Mapping[tuple[str, str], int]:
    """Those of these (partner, id) that the partner has contributed here, held ones too: to the object's key."""
    pairs = set(wanted)
    found: dict[tuple[str, str], int] = {}
    for part in chunks(sorted({stix_id for _, stix_id in pairs})):
        statement = (
            select(contribution.c.partner, stix_object.c.stix_id, stix_object.c.id)
            .join(stix_object, stix_object.c.id == contribution.c.object)
            .where(
                stix_object.c.collection == collection_id,
                stix_object.c.stix_id.in_(part),
                contribution.c.state.in_((LIVE, HELD)),
                contribution.c.derivative.is_(None),
            )
            .distinct()
        )
        found.update(
            ((of, stix_id), key) for of, stix_id, key in transaction.execute(statement) if (of, stix_id) in pairs
        )
    return found


def referring_to(transaction: Transaction, collection_id: int, objects: Iterable[int]) -> frozenset[int]:
    """The objects of the collection of which a live contribution names one of these objects."""
    found: set[int] = set()
    for part in chunks(sorted(set(objects))):
        ids = select(stix_object.c.stix_id).where(stix_object.c.id.in_(part))
        statement = (
            select(contribution.c.object)
            .join(reference, reference.c.contribution == contribution.c.id)
            .where(
                reference.c.collection == collection_id,
                reference.c.target.in_(ids),
                contribution.c.state == LIVE,
            )
        )
        found.update(transaction.scalars(statement))
    return frozenset(found)
