"""The observables in observed data: what of one, or that refers to one, can't stay when a part of them is cut.

They refer to each other by their keys. What refers to one that is gone goes; and an observable of which something goes
goes whole where the rest is none any more: without its type, or what its type needs.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError

from app.policy.marks import HOLDS, MARKS
from app.policy.sanitising.parts import GONE, Place, kept
from app.stix.models.catalogue import MODELS
from app.stix.models.held import inner_references, refers

CHECKS_MAX: Final = 16
"""How often an observable loses something before it goes whole."""

_UUID: Final = "00000000-0000-4000-8000-000000000000"
_NEEDED_IN_20: Final[Mapping[str, Place]] = MappingProxyType(
    {
        "process": ("extensions", "windows-service-ext", "service_name"),
        "user-account": ("user_id",),
        "windows-registry-key": ("key",),
    }
)
"""What STIX 2.0 requires of a type, or of what stands around it, and 2.1 does not."""


def with_whole_observables(tree: Mapping[str, Any], cuts: frozenset[Place]) -> frozenset[Place]:
    """These cuts, and what has to go with them of the observables that the object holds."""
    touched = {str(place[1]) for place in cuts if place[0] == HOLDS and len(place) > 1}
    if not touched or tree.get("type") != "observed-data" or (HOLDS,) in cuts:
        return cuts
    return _Observables(tree, cuts).losing(touched)


class _Observables:
    """The observables of one object, and what is cut of them."""

    def __init__(self, tree: Mapping[str, Any], cuts: frozenset[Place]) -> None:
        self._held: Mapping[str, Mapping[str, Any]] = tree[HOLDS]
        self._needed = _NEEDED_IN_20 if tree.get("spec_version") != "2.1" else {}
        self._cuts = set(cuts)
        self._checks: Counter[str] = Counter()
        self._named_at: dict[str, list[Place]] = defaultdict(list)
        for key, observable in self._held.items():
            for path, target in inner_references(observable):
                self._named_at[target].append((HOLDS, key, *path))

    def losing(self, touched: Set[str]) -> frozenset[Place]:
        """All the cuts, where these observables lose something or are gone."""
        while touched:
            gone = {key for key in touched if not self._stays(key)}
            named_at = {place for key in gone for place in self._named_at[key]}
            self._cuts |= {(HOLDS, key) for key in gone} | named_at
            touched = {str(place[1]) for place in named_at if place[:2] not in self._cuts}
        return frozenset(self._cuts)

    def _stays(self, key: str) -> bool:
        """Whether what is left of it is an observable of its type."""
        self._checks[key] += 1
        left = kept(self._held[key], self._cuts, (HOLDS, key))
        if left is GONE or "type" not in left or self._checks[key] > CHECKS_MAX:
            return False
        if (HOLDS, key, *self._needed.get(left["type"], ())) in self._cuts:
            return False
        return ("2.1", left["type"]) not in MODELS or self._is_valid(left)

    def _is_valid(self, observable: Mapping[str, Any]) -> bool:
        """Whether STIX 2.1 takes it, were it an object of its own."""
        own = {name: self._by_id(value, name) for name, value in observable.items() if name not in MARKS}
        object_type = observable["type"]
        try:
            MODELS["2.1", object_type].model_validate({**own, "id": f"{object_type}--{_UUID}"})
        except ValidationError:
            return False
        return True

    def _by_id(self, value: Any, name: str) -> Any:
        """The value with the ids that what it refers to would have, in place of their keys."""
        if isinstance(value, dict):
            return {each: self._by_id(inner, each) for each, inner in value.items()}
        if isinstance(value, list):
            return [self._by_id(inner, name) for inner in value]
        return f"{self._held[value]['type']}--{_UUID}" if refers(name) and value in self._held else value
