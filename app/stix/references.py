"""What a STIX object refers to: the ids in its reference properties (STIX 2.1 sections 2.9, 3.2 and 4 to 6).

A reference property ends in `_ref` or `_refs`, at any depth. Left aside: who signed the object, and the markings, which
have rules of their own.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.stix.identifiers import is_identifier

_RULED_OTHERWISE: Final = frozenset({"created_by_ref", "object_marking_refs", "granular_markings"})


def references_in(tree: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Every (property, id) by which the object refers to another; the keys of STIX 2.0 observed data are no ids.

    Ids in custom properties, which nothing checks, are given in lower case.
    """
    return frozenset((name, target) for name, target in _references(tree) if target != tree.get("id"))


def _references(tree: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    waiting: list[Any] = [{name: value for name, value in tree.items() if name not in _RULED_OTHERWISE}]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
            for name, inner in value.items():
                if name.endswith(("_ref", "_refs")):
                    named = inner if isinstance(inner, list) else [inner]
                    ids = (each.lower() for each in named if isinstance(each, str))
                    yield from ((name, each) for each in ids if is_identifier(each))
