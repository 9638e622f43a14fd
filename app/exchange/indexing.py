"""Index: what contributions are found by: the objects and values that they name, their terms and their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from app.policy.marks import marks_of_held
from app.stix.matching import told_by_index
from app.stix.objects import StixObject
from app.stix.observables.indexing import index_keys_in
from app.stix.observables.naming import pattern_of
from app.stix.references import references_in
from app.stix.texts import folded_text, words_in
from app.stix.timestamps import version_key
from app.stix.validity import confidence_of, validity_of
from app.storage import observables, references, searches
from app.storage.engine import Transaction
from app.storage.searches import Searchable

CREATOR, LABEL, MARKING, PATTERN, RELATIONSHIP = "creator", "label", "marking", "pattern", "relationship"
"""The kinds of terms."""

OPEN = "open"
"""The PATTERN term of an indicator that may match what holds none of the values that it stands in the index under."""


SHELVES: Final = 1024
"""Of one collection: so many at the most, however its contributions are marked. Some share one then."""


@dataclass(frozen=True, slots=True)
class New:
    """A contribution that is new: its key, its object, and whose it is, or for whom where the exchange makes it."""

    contribution: int
    obj: StixObject
    whose: str


def add(transaction: Transaction, collection_id: int, added: Sequence[New]) -> None:
    """Record of contributions to this collection, which are new, all that they are found by."""
    edges = [(each.contribution, name, target) for each in added for name, target in references_in(each.obj.tree)]
    references.add(transaction, collection_id, edges)
    values = [(each.contribution, value) for each in added for value in index_keys_in(each.obj.tree)]
    observables.add(transaction, collection_id, values)
    searches.add(transaction, collection_id, [_searchable(collection_id, each) for each in added])


def _searchable(collection_id: int, new: New) -> Searchable:
    obj = new.obj
    validity = validity_of(obj.tree)
    marks = _marks(obj)
    return Searchable(
        contribution=new.contribution,
        shelf=_shelf(collection_id, new.whose, marks),
        terms=_terms(obj, marks),
        words=words_in(obj.tree),
        confidence=confidence_of(obj.tree),
        created=_key(obj.created),
        valid_from=_key(validity.valid_from),
        valid_until=_key(validity.valid_until),
        revoked=validity.revoked,
    )


def _marks(obj: StixObject) -> frozenset[str]:
    """The markings of the object, of its parts, and of the observables that it holds."""
    granular = [each.marking_ref for each in obj.granular_markings if each.marking_ref]
    held = [mark for marks in marks_of_held(obj.tree).values() for mark in marks or ()]
    return frozenset([*obj.object_marking_refs, *granular, *held])


def _shelf(collection_id: int, whose: str, marks: frozenset[str]) -> str:
    """The shelf of what stands under these marks (`app.storage.leads`): letters and digits, as words have them."""
    digest = sha256(" ".join([whose, *sorted(marks)]).encode()).digest()
    return f"c{collection_id}h{int.from_bytes(digest[:4]) % SHELVES:03x}"


def _terms(obj: StixObject, marks: frozenset[str]) -> frozenset[tuple[str, str]]:
    labels = obj.tree.get("labels")
    creator = obj.created_by_ref
    return frozenset(
        [
            *((LABEL, folded_text(each)) for each in (labels if isinstance(labels, list) else ()) if each),
            *((MARKING, each) for each in marks),
            *([(CREATOR, creator)] if creator is not None else []),
            *([(RELATIONSHIP, str(obj.tree["relationship_type"]))] if obj.type == "relationship" else []),
            *([(PATTERN, OPEN)] if _is_open(obj) else []),
        ]
    )


def _is_open(obj: StixObject) -> bool:
    pattern = pattern_of(obj.tree) if obj.tree.get("type") == "indicator" else None
    return pattern is not None and not told_by_index(pattern.expression)


def _key(timestamp: str | None) -> str | None:
    return None if timestamp is None else version_key(timestamp)
