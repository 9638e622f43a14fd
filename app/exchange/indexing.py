"""Index: what contributions are found by: the objects and values that they name, their terms and their words."""

from collections.abc import Sequence

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

CREATOR, LABEL, MARKING, PATTERN = "creator", "label", "marking", "pattern"
"""The kinds of terms."""

OPEN = "open"
"""The PATTERN term of an indicator that may match what holds none of the values that it stands in the index under."""


def add(transaction: Transaction, collection_id: int, added: Sequence[tuple[int, StixObject]]) -> None:
    """Record of contributions to this collection, which are new, all that they are found by."""
    edges = [(key, name, target) for key, obj in added for name, target in references_in(obj.tree)]
    references.add(transaction, collection_id, edges)
    add_contents(transaction, collection_id, added)


def add_contents(transaction: Transaction, collection_id: int, added: Sequence[tuple[int, StixObject]]) -> None:
    """`add`, references left aside: values, terms and words."""
    values = [(key, value) for key, obj in added for value in index_keys_in(obj.tree)]
    observables.add(transaction, collection_id, values)
    searches.add(transaction, collection_id, [_searchable(key, obj) for key, obj in added])


def _searchable(key: int, obj: StixObject) -> Searchable:
    validity = validity_of(obj.tree)
    return Searchable(
        contribution=key,
        terms=_terms(obj),
        words=words_in(obj.tree),
        confidence=confidence_of(obj.tree),
        created=_key(obj.created),
        valid_from=_key(validity.valid_from),
        valid_until=_key(validity.valid_until),
        revoked=validity.revoked,
    )


def _terms(obj: StixObject) -> frozenset[tuple[str, str]]:
    labels = obj.tree.get("labels")
    marks = (*obj.object_marking_refs, *(each.marking_ref for each in obj.granular_markings if each.marking_ref))
    creator = obj.created_by_ref
    return frozenset(
        [
            *((LABEL, folded_text(each)) for each in (labels if isinstance(labels, list) else ()) if each),
            *((MARKING, each) for each in marks),
            *([(CREATOR, creator)] if creator is not None else []),
            *([(PATTERN, OPEN)] if _is_open(obj) else []),
        ]
    )


def _is_open(obj: StixObject) -> bool:
    pattern = pattern_of(obj.tree) if obj.tree.get("type") == "indicator" else None
    return pattern is not None and not told_by_index(pattern.expression)


def _key(timestamp: str | None) -> str | None:
    return None if timestamp is None else version_key(timestamp)
