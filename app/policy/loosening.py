"""Are the markings of one version more open than those of another? By what is written on them, for anybody at all.

Levels of TLP and of PAP are compared by how many they admit at most, which is an order here and nowhere else: for
release they are sets. Of all other markings, whatever is gone may have held something back.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Final

from app.policy.markings import Registry
from app.policy.partnership import TlpLevel
from app.policy.sanitising.parts import Place, marked_parts, place_of
from app.stix.objects import StixObject
from app.stix.selectors import is_present

_STRICTER_AND_STRICTER: Final = ("white", *TlpLevel)


def is_looser(later: StixObject, earlier: StixObject, registry: Registry, unmarked: TlpLevel | None) -> bool:
    """Whether the later object's markings are the more open: on the whole object, over all its parts together, or on
    a part that the earlier one's granular markings select and that is there still.

    `unmarked` is the level that an object without TLP is meant at; None where there is none.
    """
    compared = [(marks_of(later), marks_of(earlier)) for marks_of in (_of_the_whole, _of_all_parts)]
    if any(_looser(*marks, registry, unmarked) for marks in compared):
        return True
    return _has_a_freer_part(later, earlier, registry, unmarked)


def _of_the_whole(obj: StixObject) -> frozenset[str]:
    return frozenset(obj.object_marking_refs)


def _of_all_parts(obj: StixObject) -> frozenset[str]:
    return _of_the_whole(obj).union(mark for _, mark in marked_parts(obj))


def _has_a_freer_part(later: StixObject, earlier: StixObject, registry: Registry, unmarked: TlpLevel | None) -> bool:
    """Whether a part has lost a mark of its own, and neither it nor anything that it is in has one as strict now."""
    keeps = _keeper(later, registry, unmarked)
    kept_before = _keeper(earlier, registry, None)
    marked = [(entry.marking_ref, entry.selectors) for entry in earlier.granular_markings]
    selected = {(selector, mark) for mark, selectors in marked if mark is not None for selector in selectors}
    before, now = (_listed(obj.tree) for obj in (earlier, later))
    said = {place: key for key, places in before.items() for place in places}

    def stands(selector: str, mark: str) -> Sequence[Place]:
        """Where the part is now. An item may have moved: it is wherever the list says what was said here alone."""
        place = place_of(selector)
        what = said.get(place)
        if what is not None and what in now and all(kept_before(each, mark) for each in before[what]):
            return now[what]
        return [place] if is_present(later.tree, selector) else []

    return not all(keeps(place, mark) for selector, mark in selected for place in stands(selector, mark))


def _keeper(obj: StixObject, registry: Registry, unmarked: TlpLevel | None) -> Callable[[Place, str], bool]:
    """Tells whether a place of the object, or what it is in, has a mark or one as strict."""
    carried = {*(((), mark) for mark in obj.object_marking_refs), *marked_parts(obj)}
    levels: dict[Place, list[str]] = defaultdict(list)
    for place, mark in carried:
        if registry.level_of(mark) is not None:
            levels[place].append(mark)

    def keeps(place: Place, mark: str) -> bool:
        around = [place, *(place[:end] for end in range(len(place)))]
        if any((each, mark) in carried for each in around):
            return True
        kind, _ = registry.level_of(mark) or (None, None)
        if kind is None:
            return False
        now = [level for each in around for level in levels.get(each, ())]
        meant = unmarked if kind == "tlp" else None
        return _strictness(kind, now, registry, meant) >= _strictness(kind, [mark], registry, None)

    return keeps


def _listed(tree: Mapping[str, Any]) -> Mapping[tuple[Place, Hashable], Sequence[Place]]:
    """The places in lists, by their steps without the numbers and by what is said there."""
    found: dict[tuple[Place, Hashable], list[Place]] = defaultdict(list)

    def look(value: Any, place: Place) -> Hashable:
        said: Hashable = value
        if isinstance(value, dict):
            said = frozenset((name, look(inner, (*place, name))) for name, inner in value.items())
        elif isinstance(value, list):
            said = tuple(look(inner, (*place, index)) for index, inner in enumerate(value))
        named = tuple(step for step in place if isinstance(step, str))
        if named != place:
            found[named, said].append(place)
        return said

    look(tree, ())
    return found


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
