"""Are the markings of one version more open than those of another? By what is written on them, for anybody at all.

Levels of TLP and of PAP are compared by how many they admit at most, which is an order here and nowhere else: for
release they are sets. Of all other markings, whatever is gone may have held something back.
"""

from collections.abc import Iterable
from typing import Final

from app.policy.markings import Registry
from app.policy.marks import marks_of_held
from app.policy.partnership import TlpLevel
from app.stix.objects import StixObject

_STRICTER_AND_STRICTER: Final = ("white", *TlpLevel)


def is_looser(later: StixObject, earlier: StixObject, registry: Registry, unmarked: TlpLevel | None) -> bool:
    """Whether the later object's markings are the more open, on the whole object or over all its parts.

    `unmarked` is the level that an object without TLP is meant at; None where there is none.
    """
    return any(
        _looser(marks_of(later), marks_of(earlier), registry, unmarked) for marks_of in (_of_the_whole, _of_all_parts)
    )


def _of_the_whole(obj: StixObject) -> frozenset[str]:
    return frozenset(obj.object_marking_refs)


def _of_all_parts(obj: StixObject) -> frozenset[str]:
    granular = (entry.marking_ref for entry in obj.granular_markings)
    held = (mark for marks in marks_of_held(obj.tree).values() for mark in marks or ())
    return _of_the_whole(obj) | {marking_id for marking_id in granular if marking_id is not None} | frozenset(held)


def _looser(later: frozenset[str], earlier: frozenset[str], registry: Registry, unmarked: TlpLevel | None) -> bool:
    if any(registry.level_of(each) is None for each in earlier - later):
        return True
    return any(
        _strictness(kind, later, registry, meant) < _strictness(kind, earlier, registry, meant)
        for kind, meant in (("tlp", unmarked), ("pap", None))
    )


def _strictness(kind: str, marks: Iterable[str], registry: Registry, unmarked: TlpLevel | None) -> int:
    """How strict the strictest level of a kind is; 0 where there is none."""
    known = filter(None, map(registry.level_of, marks))
    levels = [level for of_kind, level in known if of_kind == kind]
    levels = levels or ([unmarked.value] if unmarked is not None else [])
    return max((max(1, _STRICTER_AND_STRICTER.index(level)) for level in levels), default=0)
