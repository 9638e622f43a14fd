"""Observations, and what object paths find in them (STIX 2.1 sections 4.14 and 9.7).

What is found is cached by path: patterns ask for few paths, and for many values.
"""

from base64 import b64decode
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.stix.matching.steps import Steps
from app.stix.patterns.hashes import algorithm_named
from app.stix.patterns.syntax import ListIndex, ObjectPath, Step

PATHS_KEPT = 1000

Value = str | int | float | bool | bytes
Tree = Mapping[str, Any]

Index = Mapping[object, Sequence[int]]
"""Places among the values that a path finds, by what these are when they are taken for something."""


class LogText(str):
    """A text of a log, which has no types: it is a number or a truth value where it is compared with one."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """Objects that were observed together, `count` times between `first` and `last`: nanoseconds since 1970.

    `objects` by their keys in the observed data, or by their ids; `around` are all that references may lead to, the
    objects themselves among them. Without a time, both instants are None. `place` says where it stands in the upload.
    """

    place: str
    objects: Mapping[str, Tree]
    around: Mapping[str, Tree]
    first: int | None = None
    last: int | None = None
    count: int = 1


def trees_in(observations: Sequence[Observation]) -> Collection[Tree]:
    """Every object of these observations, and all that their references may lead to, each once."""
    trees = (tree for each in observations for tree in (*each.objects.values(), *each.around.values()))
    return {id(tree): tree for tree in trees}.values()


@dataclass(frozen=True, slots=True)
class Found:
    """What a path finds: values, each once, with the numbers of the objects that have it; and the steps that took.

    `objects` are all that have anything at its end.
    """

    values: Sequence[tuple[Value, Sequence[int]]]
    objects: frozenset[int]
    steps: int
    indexes: dict[object, Index] = field(default_factory=dict)
    """By what values are taken for."""


class Observed:
    """The observations of one upload. Objects are numbered over all of them."""

    def __init__(self, observations: Sequence[Observation]) -> None:
        self.observations = observations
        self.of: list[int] = []
        self._objects: list[Tree] = []
        self._by_type: dict[str, list[int]] = defaultdict(list)
        self._found: dict[ObjectPath, Found] = {}
        for number, observation in enumerate(observations):
            for tree in observation.objects.values():
                self._by_type[str(tree.get("type"))].append(len(self.of))
                self.of.append(number)
                self._objects.append(tree)

    def of_type(self, object_type: str) -> Sequence[int]:
        """The numbers of the objects of this type."""
        return self._by_type.get(object_type, ())

    def found(self, path: ObjectPath, steps: Steps) -> Found:
        """What this path finds, in every object of its type. Raises NotDecided."""
        found = self._found.get(path)
        if found is not None:
            steps.share(path, found.steps, taken=False)
            return found
        before = steps.taken
        values: dict[tuple[type, Value], tuple[Value, list[int]]] = {}
        there: set[int] = set()
        for number in self.of_type(path.object_type):
            at_end = self._at_end(number, path.steps, steps)
            if at_end:
                there.add(number)
                for value in at_end:
                    if isinstance(value, Value):
                        values.setdefault((type(value), value), (value, []))[1].append(number)
        found = Found(list(values.values()), frozenset(there), steps.taken - before)
        steps.share(path, found.steps, taken=True)
        if len(self._found) < PATHS_KEPT:
            self._found[path] = found
        return found

    def _at_end(self, number: int, path: Sequence[Step], steps: Steps) -> Sequence[Any]:
        """What stands at the end of the path, in one object."""
        around = self.observations[self.of[number]].around
        standing: Sequence[Any] = (self._objects[number],)
        name = ""
        for step in path:
            steps.take(1 + len(standing))
            if isinstance(step, str):
                holders = _led_to(standing, around) if name.endswith(("_ref", "_refs")) else standing
                names = _names_of(step) if name == "hashes" else None
                standing = [
                    value
                    for each in holders
                    if isinstance(each, Mapping)
                    for value in ([each[step]] if step in each else names(each) if names is not None else ())
                ]
                name = step
            elif step is ListIndex.ANY:
                standing = [member for each in standing if isinstance(each, list) for member in each]
            else:
                standing = [each[step] for each in standing if isinstance(each, list) and step < len(each)]
            if not standing:
                return ()
        steps.take(len(standing))
        return [value for value in (_decoded(name, each) for each in standing) if value is not None]


def _led_to(standing: Sequence[Any], around: Mapping[str, Tree]) -> Sequence[Any]:
    """The objects that these references lead to, each once; what leads nowhere is left out."""
    ids = dict.fromkeys(each for each in standing if isinstance(each, str))
    return [around[each] for each in ids if each in around]


def _names_of(algorithm: str) -> Callable[[Mapping[str, Any]], Sequence[Any]] | None:
    """The hashes of this algorithm among others, however its name is written."""
    known = algorithm_named(algorithm)
    if known is None:
        return None
    return lambda hashes: [value for name, value in hashes.items() if algorithm_named(name) is known]


def _decoded(name: str, value: Any) -> Any:
    """A value as what it is: a property whose name ends in `_hex` or `_bin` holds bytes (section 2)."""
    if isinstance(value, str) and name.endswith(("_hex", "_bin")):
        try:
            return bytes.fromhex(value) if name.endswith("_hex") else b64decode(value, validate=True)
        except ValueError:
            return None
    return value
