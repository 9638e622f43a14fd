"""Marks: the ids of the markings that an object names, for itself, for parts of it and for what it holds.

The `objects` of observed data are observables that can be marked themselves (STIX 2.0 part 2, section 2.8; deprecated
in STIX 2.1 section 4.14). The markings of one, for the whole of it or for a part, are those of the place at which it
stands. Other objects may have such a property of their own, and it is read in the same way.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from app.stix.identifiers import UUID_PATTERN

HOLDS: Final = "objects"
"""The property whose values are observables."""

MARKS: Final = frozenset({"object_marking_refs", "granular_markings"})
"""The properties that say how an object is marked."""

_MARKING: Final = re.compile(f"marking-definition--{UUID_PATTERN}")


def marks_of(tree: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The ids of the markings that an object names anywhere, or None where they are of no known shape."""
    if has_stray_marks(tree):
        return None
    every = [_own_marks(tree), *marks_of_held(tree).values()]
    known = [marks for marks in every if marks is not None]
    return tuple(mark for marks in known for mark in marks) if len(known) == len(every) else None


def marks_of_held(tree: Mapping[str, Any]) -> Mapping[str, tuple[str, ...] | None]:
    """By the key of each object that this one holds, the ids of its markings; None where they are of no known shape."""
    held = tree.get(HOLDS)
    each_held = held.items() if isinstance(held, dict) else ()
    return {key: _own_marks(inner) for key, inner in each_held if isinstance(inner, dict)}


def has_stray_marks(tree: Mapping[str, Any]) -> bool:
    """Whether something within an object is marked at a place where no standard has markings, so that what they say of
    what is not known: in an extension, in a list, deeper in an observable.
    """
    held = tree.get(HOLDS)
    observables = [*held.values()] if isinstance(held, dict) else [held]
    waiting = [value for name, value in tree.items() if name not in MARKS and name != HOLDS]
    for each in observables:
        waiting += [value for name, value in each.items() if name not in MARKS] if isinstance(each, dict) else [each]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if MARKS & value.keys():
                return True
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False


def _own_marks(tree: Mapping[str, Any]) -> tuple[str, ...] | None:
    object_marks = tree.get("object_marking_refs", [])
    granular = tree.get("granular_markings", [])
    if not isinstance(object_marks, list) or not isinstance(granular, list):
        return None
    marks = list(object_marks)
    for entry in granular:
        if not isinstance(entry, dict):
            return None
        if "marking_ref" in entry:
            marks.append(entry["marking_ref"])
    return tuple(marks) if all(isinstance(mark, str) and _MARKING.fullmatch(mark) for mark in marks) else None
