"""STIX objects to observations: observed data, and observables that no observed data speaks of (section 4.14)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.stix.matching.keys import scalars_in
from app.stix.matching.observed import Observation, Tree, trees_in
from app.stix.matching.terms import nanoseconds
from app.stix.timestamps import is_before, is_timestamp
from app.stix.validation import is_observable
from app.stix.vocabularies import META_TYPES, SCO_TYPES, SDO_TYPES, SRO_TYPES

NUMBER_OBSERVED_MAX = 999_999_999
OBSERVED_DATA = "observed-data"

_NO_SCOS = SDO_TYPES | SRO_TYPES | META_TYPES | {"bundle"}


class Unreadable(ValueError):
    """An upload holds no observations, or some that can't be read. `reason` says what, and where."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Bounds:
    """How much one upload may hold. Whoever reads it says what it meets, before anything is made of that.

    Values count once however often they stand there, and for whatever kinds they are taken.
    """

    def __init__(self, observations_max: int, values_max: int) -> None:
        self._observations_max = observations_max
        self._values_max = values_max
        self._values: set[str] = set()

    def check_observations(self, count: int) -> None:
        """There are so many observations. Raises Unreadable where that is too many."""
        if count > self._observations_max:
            raise Unreadable(f"Up to {self._observations_max} observations are matched at once.")

    def add_value(self, text: str) -> None:
        """There is this value. Raises Unreadable where it is one too many."""
        self._values.add(text)
        if len(self._values) > self._values_max:
            raise Unreadable(f"Observations with up to {self._values_max} different values are matched at once.")


def observations_of(upload: Any, bounds: Bounds) -> Sequence[Observation]:
    """The observations in a bundle, an envelope, a list of objects or of bundles, or one object. Raises Unreadable.

    Each observed data is one observation, whether it holds its objects (2.0) or names them (2.1). An observable that
    none names is one, too, of an unknown time. References lead to every object of the upload.
    """
    objects = list(_objects(upload, "the upload"))
    by_id = {str(each["id"]): each for each in objects if "id" in each}
    bounds.check_observations(sum(each["type"] == OBSERVED_DATA for each in objects))
    found = [_observation(each, by_id) for each in objects if each["type"] == OBSERVED_DATA]
    named = {key for observation in found for key in observation.objects if observation.around is by_id}
    alone = [each for each in objects if _is_sco(each) and each.get("id") not in named]
    for number, each in enumerate(alone, 1):
        key = str(each.get("id", number))
        found.append(Observation(str(each.get("id", f"object {number}")), {key: each}, by_id))
    bounds.check_observations(len(found))
    if not found:
        raise Unreadable("There is no observed-data in it, and no observable such as an ipv4-addr.")
    for _, value in scalars_in(trees_in(found)):
        bounds.add_value(value)
    return found


def _objects(value: Any, place: str) -> Iterator[Tree]:
    if isinstance(value, list):
        for number, each in enumerate(value, 1):
            yield from _objects(each, f"object {number}")
        return
    if not isinstance(value, Mapping):
        raise Unreadable(f"{place}: A STIX object is a JSON object.")
    kind = value.get("type")
    if "objects" in value and kind in (None, "bundle"):
        if not isinstance(value["objects"], list):
            raise Unreadable(f"{place}: `objects` is a list of STIX objects.")
        yield from _objects(value["objects"], place)
        return
    if not isinstance(kind, str) or not isinstance(value.get("id", ""), str):
        raise Unreadable(f"{place}: A STIX object has a `type` and an `id`, both texts.")
    yield value


def _is_sco(tree: Tree) -> bool:
    kind = tree["type"]
    return kind in SCO_TYPES or (kind not in _NO_SCOS and is_observable(tree))


def _observation(tree: Tree, by_id: Mapping[str, Tree]) -> Observation:
    place = str(tree.get("id", OBSERVED_DATA))
    first, last, count = (tree.get(name) for name in ("first_observed", "last_observed", "number_observed"))
    for name, value in (("first_observed", first), ("last_observed", last)):
        if not isinstance(value, str) or not is_timestamp(value):
            raise Unreadable(f"{place}: `{name}` is a timestamp such as 2026-01-02T03:04:05Z.")
    if is_before(str(last), str(first)):
        raise Unreadable(f"{place}: `last_observed` is not before `first_observed`.")
    if not isinstance(count, int) or isinstance(count, bool):
        raise Unreadable(f"{place}: `number_observed` is a whole number.")
    if not 1 <= count <= NUMBER_OBSERVED_MAX:
        raise Unreadable(f"{place}: `number_observed` is from 1 to {NUMBER_OBSERVED_MAX}.")
    objects, around = _observed(tree, by_id, place)
    return Observation(place, objects, around, nanoseconds(str(first)), nanoseconds(str(last)), int(count))


def _observed(tree: Tree, by_id: Mapping[str, Tree], place: str) -> tuple[Mapping[str, Tree], Mapping[str, Tree]]:
    held, refs = tree.get("objects"), tree.get("object_refs")
    if held and isinstance(held, Mapping) and all(isinstance(each, Mapping) for each in held.values()):
        objects = {str(key): each for key, each in held.items()}
        return objects, objects
    if isinstance(refs, list) and all(isinstance(each, str) for each in refs):
        return {each: by_id[each] for each in refs if each in by_id}, by_id
    raise Unreadable(f"{place}: Observed data has `object_refs`, a list of ids, or `objects`, STIX objects by key.")
