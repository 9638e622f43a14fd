"""Cutting: the tree of an object without some of its parts, and how far a cut has to widen to leave a valid object.

Where a cut leaves something that is not STIX, a reference without its name or half a pair, the cut goes to what it was
taken from, and further up to a property of the object. A cut that is wider elsewhere changes nothing here. What the
observables in observed data need is said in `observables`.
"""

from collections.abc import Mapping, Sequence, Set
from types import MappingProxyType
from typing import Any, Final

from app.policy.marks import MARKS
from app.policy.sanitising.observables import with_whole_observables
from app.policy.sanitising.parts import GONE, Place, is_within, kept
from app.policy.sanitising.signing import SIGNED, signed
from app.stix.objects import Rejected, Violation
from app.stix.strict_json import parse
from app.stix.validation import read_object

ROUNDS_MAX: Final = 16
"""How often cuts are widened one by one. After that all that are as deep in the same property are widened at once."""

_PAIRS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = MappingProxyType(
    {"location": (frozenset({"latitude", "longitude"}), frozenset({"latitude", "longitude", "precision"}))}
)
"""By type, properties of which none says anything without the others, and what goes with any of them."""

_UUID: Final = "00000000-0000-4000-8000-000000000000"
_INSTANT: Final = "2000-01-01T00:00:00.000Z"


def valid_without(tree: Mapping[str, Any], cuts: frozenset[Place]) -> frozenset[Place] | None:
    """These cuts, widened until what is left is valid once the exchange has signed it; None where it can't be."""
    half, both = _PAIRS.get(str(tree.get("type")), (frozenset(), frozenset()))
    if any((name,) in cuts for name in half):
        cuts |= {(name,) for name in both}
    for rounds in range(2 * ROUNDS_MAX):
        cuts = with_whole_observables(tree, cuts)
        violations = violations_of(without(tree, cuts))
        if not violations:
            return cuts
        narrow = {place for each in violations for place in _to_widen(tree, cuts, each)}
        if not narrow:
            return None
        if rounds >= ROUNDS_MAX:
            alike = {(place[0], len(place)) for place in narrow}
            narrow = {place for place in cuts if (place[0], len(place)) in alike}
        cuts = cuts - narrow | {place[:-1] for place in narrow}
    return None


def without(tree: Mapping[str, Any], cuts: Set[Place]) -> dict[str, Any]:
    """What is left of an object's own properties; who signs it and how it is marked are left aside."""
    own = {name: value for name, value in tree.items() if name not in SIGNED | MARKS}
    left: dict[str, Any] = kept(own, cuts)
    return left if left is not GONE else {}


def violations_of(content: Mapping[str, Any]) -> tuple[Violation, ...]:
    """What is wrong with it as the content of an object that the exchange signs."""
    raw = signed(
        content,
        id=f"{content.get('type')}--{_UUID}",
        created=_INSTANT,
        modified=_INSTANT,
        identity=f"identity--{_UUID}",
    )
    outcome = read_object(parse(raw))
    return outcome.violations if isinstance(outcome, Rejected) else ()


def _to_widen(tree: Mapping[str, Any], cuts: Set[Place], violation: Violation) -> Sequence[Place]:
    """The cuts that a violation comes of and that can widen: those of the innermost part around what it speaks of."""
    spoken_of = _place_in(tree, cuts, violation.where)
    around = [place for place in cuts if len(place) > 1 and is_within(spoken_of, place[:-1])]
    nearest = max(map(len, around), default=0)
    return [place for place in around if len(place) == nearest]


def _place_in(tree: Mapping[str, Any], cuts: Set[Place], where: str) -> Place:
    """The place in the whole tree of what stands at `where` in the tree without the cuts, or of what it is in."""
    place: Place = ()
    value: Any = tree
    for step in where.split("."):
        if isinstance(value, dict) and step in value:
            place, value = (*place, step), value[step]
        elif isinstance(value, list):
            left = [index for index, each in enumerate(value) if kept(each, cuts, (*place, index)) is not GONE]
            index = left[int(step[1:-1])]
            place, value = (*place, index), value[index]
        else:
            return place
    return place
