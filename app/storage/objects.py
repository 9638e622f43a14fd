"""STIX objects and their versions: the bytes as they came, once for each collection."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, select

from app.stix.objects import StixObject
from app.storage import dialects
from app.storage.chunks import chunks
from app.storage.engine import Transaction
from app.storage.tables import large_content, object_type, object_version, stix_object

SPECS = {"2.0": 20, "2.1": 21}
SPEC_TEXTS = {number: text for text, number in SPECS.items()}


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One STIX id in one collection."""

    id: int
    stix_id: str
    type: int


# Every push asks these, and building a statement takes longer than running it.
_KEYS: Final = select(stix_object.c.id, stix_object.c.stix_id, stix_object.c.type).where(
    stix_object.c.collection == bindparam("collection"), stix_object.c.stix_id.in_(bindparam("ids", expanding=True))
)
_TYPES: Final = select(object_type.c.name, object_type.c.id).where(
    object_type.c.name.in_(bindparam("names", expanding=True))
)
_VERSIONS: Final = select(object_version.c.object, object_version.c.bytes_digest, object_version.c.id).where(
    object_version.c.object.in_(bindparam("objects", expanding=True))
)


def keys_of(transaction: Transaction, collection_id: int, stix_ids: Iterable[str]) -> Mapping[str, ObjectRow]:
    """The objects of the collection that have these STIX ids."""
    found: dict[str, ObjectRow] = {}
    for part in chunks(sorted(set(stix_ids))):
        rows = transaction.execute(_KEYS, {"collection": collection_id, "ids": part})
        found.update((row[1], ObjectRow(*row)) for row in rows)
    return found


def stix_ids_of(transaction: Transaction, keys: Iterable[int]) -> Mapping[int, str]:
    """The STIX ids of these objects."""
    found: dict[int, str] = {}
    for part in chunks(sorted(set(keys))):
        rows = transaction.execute(select(stix_object.c.id, stix_object.c.stix_id).where(stix_object.c.id.in_(part)))
        found.update((key, stix_id) for key, stix_id in rows)
    return found


def everywhere(transaction: Transaction, stix_id: str) -> tuple[int, ...]:
    """The keys of the object with this STIX id in every collection that holds it."""
    return tuple(transaction.scalars(select(stix_object.c.id).where(stix_object.c.stix_id == stix_id)))


def ensure(transaction: Transaction, collection_id: int, objects: Iterable[StixObject]) -> Mapping[str, ObjectRow]:
    """The objects' rows; new ones are made."""
    wanted = {obj.id: obj.type for obj in objects}
    found = dict(keys_of(transaction, collection_id, wanted))
    missing = [stix_id for stix_id in wanted if stix_id not in found]
    if missing:
        types = _ensure_types(transaction, {wanted[stix_id] for stix_id in missing})
        rows = [
            {"collection": collection_id, "stix_id": stix_id, "type": types[wanted[stix_id]]} for stix_id in missing
        ]
        transaction.execute(stix_object.insert(), rows)
        found.update(keys_of(transaction, collection_id, missing))
    return found


def types_of(transaction: Transaction, names: Iterable[str]) -> Mapping[str, int]:
    """The keys of the object types that were ever stored, by name."""
    found: dict[str, int] = {}
    for part in chunks(sorted(set(names))):
        found.update((name, key) for name, key in transaction.execute(_TYPES, {"names": part}))
    return found


def ensure_versions(
    transaction: Transaction,
    versions: Sequence[tuple[int, StixObject]],
    *,
    inline_bytes_max: int,
) -> Mapping[tuple[int, bytes], int]:
    """The key of each (object key, digest of the bytes); contents that are new are stored.

    Contents above `inline_bytes_max` go to a table of their own, so that the one that pages scan stays dense.
    """
    by_key = {(object_id, obj.bytes_digest): obj for object_id, obj in versions}
    found = _versions(transaction, sorted({object_id for object_id, _ in by_key}))
    missing = [(key, obj) for key, obj in by_key.items() if key not in found]
    if missing:
        rows = [
            {
                "object": object_id,
                "spec": SPECS[obj.spec],
                "bytes_digest": digest,
                "tree_digest": obj.tree_digest,
                "created": obj.created,
                "revoked": obj.revoked,
                "size": len(obj.raw),
                "content": obj.raw if len(obj.raw) <= inline_bytes_max else None,
            }
            for (object_id, digest), obj in missing
        ]
        statement = object_version.insert().returning(object_version.c.id, sort_by_parameter_order=True)
        new_keys = transaction.scalars(statement, rows).all()
        found.update((key, new) for (key, _), new in zip(missing, new_keys, strict=True))
        large = [
            {"version": new, "content": obj.raw}
            for (_, obj), new in zip(missing, new_keys, strict=True)
            if len(obj.raw) > inline_bytes_max
        ]
        if large:
            transaction.execute(large_content.insert(), large)
    return {key: found[key] for key in by_key}


def contents_of(transaction: Transaction, versions: Iterable[int]) -> Mapping[int, bytes]:
    """The bytes of these versions, wherever they lie."""
    wanted = set(versions)
    found: dict[int, bytes] = {}
    for statement in _contents(transaction.dialect.name):
        missing = wanted - found.keys()
        if missing:
            rows = transaction.execute(statement, {"versions": dialects.listed(missing)})
            found.update((key, bytes(content)) for key, content in rows)
    return found


@cache
def _contents(dialect: str) -> tuple[Select[Any], Select[Any]]:
    return (
        select(object_version.c.id, object_version.c.content).where(
            dialects.keys_in(dialect, object_version.c.id, "versions"), object_version.c.content.is_not(None)
        ),
        select(large_content.c.version, large_content.c.content).where(
            dialects.keys_in(dialect, large_content.c.version, "versions")
        ),
    )


def tree_digests_of(transaction: Transaction, versions: Iterable[int]) -> Mapping[int, bytes]:
    """The digests by which contents are the same, of these versions."""
    found: dict[int, bytes] = {}
    for part in chunks(sorted(set(versions))):
        statement = select(object_version.c.id, object_version.c.tree_digest).where(object_version.c.id.in_(part))
        found.update((key, bytes(digest)) for key, digest in transaction.execute(statement))
    return found


def _ensure_types(transaction: Transaction, names: set[str]) -> Mapping[str, int]:
    found = dict(types_of(transaction, names))
    missing = sorted(names - found.keys())
    if missing:
        transaction.execute(dialects.insert_new(transaction, object_type), [{"name": name} for name in missing])
        found.update(types_of(transaction, missing))
    return found


def _versions(transaction: Transaction, object_ids: Sequence[int]) -> dict[tuple[int, bytes], int]:
    found: dict[tuple[int, bytes], int] = {}
    for part in chunks(object_ids):
        rows = transaction.execute(_VERSIONS, {"objects": part})
        found.update(((obj, bytes(digest)), key) for obj, digest, key in rows)
    return found
