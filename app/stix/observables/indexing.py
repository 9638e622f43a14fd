"""What a STIX object stands in the index under: every value that it names, and every external id that it has."""

from collections.abc import Mapping
from typing import Any

from app.stix.observables.forms import IndexKey, index_key, normal
from app.stix.observables.naming import external_ids_in, observables_in
from app.stix.patterns import Observable


def index_keys_in(tree: Mapping[str, Any]) -> frozenset[IndexKey]:
    """The keys of all values that a valid object names."""
    return frozenset(values_in(tree))


def values_in(tree: Mapping[str, Any]) -> Mapping[IndexKey, Observable]:
    """All values that a valid object names, in their normal forms, by their keys."""
    named = [normal(each.kind, each.value) for each in (*observables_in(tree), *external_ids_in(tree))]
    return {index_key(each.kind, each.value): each for each in sorted(named, key=lambda one: (one.kind, one.value))}
