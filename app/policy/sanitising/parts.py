"""The parts of an object: places in its tree, and which markings apply to each.

Granular markings only tighten (design, decision 4): a part is marked with what the whole object is marked with, and
with every granular marking that selects it or something that it is in (STIX 2.1 section 7.2.3). What an observable in
the object is marked with itself is a granular marking of where it stands (`policy.marks`).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any, Final, NamedTuple, TypeAlias

from app.policy.marks import HOLDS, MARKS, marks_of_held
from app.stix.models.catalogue import standard_names
from app.stix.objects import StixObject

Place: TypeAlias = tuple[str | int, ...]
"""Where a value stands in an object: names of properties, keys, and indices of list items. () is the object."""

GONE: Final = object()
"""Stands for a value of which nothing is kept."""


_TYPE_AT: Final = 3
"""How long the place of an observable's type is."""

_NUMBERING: Final = re.compile("[0-9]{1,3}")


class Told(NamedTuple):
    """A text or a number that an object says, and the place of what says it: of a key, the place that it leads to."""

    place: Place
    said: str | int | float


def place_of(selector: str) -> Place:
    """The place that a selector of a valid object selects."""
    return tuple(int(each[1:-1]) if each.startswith("[") else each for each in selector.split("."))


def value_at(tree: Any, place: Place) -> Any:
    """What stands at a place that the tree has."""
    for step in place:
        tree = tree[step]
    return tree


def is_within(place: Place, other: Place) -> bool:
    """Whether a place is the other, or somewhere below it."""
    return place[: len(other)] == other


def marked_parts(obj: StixObject) -> Iterator[tuple[Place, str]]:
    """Every place that a granular marking selects, with the marking's id. Languages are no markings."""
    for entry in obj.granular_markings:
        if entry.marking_ref is not None:
            yield from ((place_of(selector), entry.marking_ref) for selector in entry.selectors)
    for key, marks in marks_of_held(obj.tree).items():
        yield from (((HOLDS, key), mark) for mark in marks or ())


def marks_within(obj: StixObject) -> frozenset[Place]:
    """The places at which observables in the object say how they are marked."""
    held = marks_of_held(obj.tree)
    return frozenset((HOLDS, key, name) for key in held for name in MARKS & obj.tree[HOLDS][key].keys())


def parts_that_go(obj: StixObject, may_stay: Callable[[str], bool]) -> frozenset[Place]:
    """The places of the parts that carry a granular marking which may not stay."""
    stays = {mark: may_stay(mark) for mark in dict.fromkeys(mark for _, mark in marked_parts(obj))}
    return frozenset(place for place, mark in marked_parts(obj) if not stays[mark])


def kept(value: Any, cuts: Set[Place], place: Place = ()) -> Any:
    """The value without what is cut, or GONE. No list or dictionary is left empty (STIX 2.1 sections 2.8 and 2.3)."""
    if place in cuts:
        return GONE
    if isinstance(value, dict):
        named = ((name, kept(inner, cuts, (*place, name))) for name, inner in value.items())
        return {name: inner for name, inner in named if inner is not GONE} or GONE
    if isinstance(value, list):
        items = (kept(inner, cuts, (*place, index)) for index, inner in enumerate(value))
        return [inner for inner in items if inner is not GONE] or GONE
    return value


def is_kept(tree: Mapping[str, Any], cuts: Set[Place], place: Place) -> bool:
    """Whether anything is kept of what stands at the place."""
    above = any(place[:end] in cuts for end in range(len(place)))
    return not above and kept(value_at(tree, place), cuts, place) is not GONE


def told(value: Any, cuts: Set[Place] = frozenset(), place: Place = ()) -> Iterator[Told]:
    """What is said below a place, the cuts left aside: strings, numbers, and keys that the standard does not give.

    Neither the type of an observable in it is among that, nor a short number as a key: they say nothing by themselves.
    """
    if place in cuts:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            there = (*place, name)
            if there in cuts or (len(there) == _TYPE_AT and there[0] == HOLDS and name == "type"):
                continue
            if name not in standard_names() and not _NUMBERING.fullmatch(name):
                yield Told(there, name)
            yield from told(inner, cuts, there)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from told(inner, cuts, (*place, index))
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield Told(place, value)
