"""Which patterns the index of observables leads to, and by which keys.

An indicator is found by the values that it asks for. A pattern that may also match what has none of these (by LIKE,
ranges, NOT, or a property that is no observable) is open: it has to be tried on everything.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.stix.matching.values import number_of
from app.stix.observables import IndexKey, index_key
from app.stix.patterns import syntax
from app.stix.patterns.hashes import algorithm_named
from app.stix.patterns.observables import asked_for, kinds_by_property, namer_at, text_of
from app.stix.patterns.syntax import BooleanOperator

Scalar = tuple[str, str]
"""The name of a property, and a value of it as a text. A hash stands under its algorithm."""


def told_by_index(expression: syntax.ObservationExpression) -> bool:
    """Whether nothing matches this expression unless it holds a value under which the index has the pattern."""
    if isinstance(expression, syntax.Observation):
        return _told(expression.comparison)
    if isinstance(expression, syntax.QualifiedObservation):
        return told_by_index(expression.observation)
    told = map(told_by_index, expression.terms)
    return all(told) if expression.operator is BooleanOperator.OR else any(told)


def scalars_in(objects: Iterable[Mapping[str, Any]]) -> Iterator[Scalar]:
    """Every value in these objects that a pattern may have in the index, at whatever depth."""
    for tree in objects:
        yield from _scalars("", tree, in_hashes=False)


def index_keys_of(scalars: Iterable[Scalar]) -> frozenset[IndexKey]:
    """The keys under which a pattern that asks for one of these values stands."""
    kinds = kinds_by_property()
    found: set[IndexKey] = set()
    for name, value in scalars:
        algorithm = algorithm_named(name)
        if algorithm is not None:
            found.add(index_key(algorithm.name, value))
        found.update(index_key(kind, value) for kind in kinds.get(name, ()))
    return frozenset(found)


def _told(expression: syntax.ComparisonExpression) -> bool:
    if isinstance(expression, syntax.ComparisonGroup):
        told = map(_told, expression.terms)
        return all(told) if expression.operator is BooleanOperator.OR else any(told)
    constants = asked_for(expression) if isinstance(expression, syntax.Comparison) else None
    if constants is None:
        return False
    named = namer_at(expression.path) is not None
    return all(named and bool(text_of(each)) for each in constants)


def _scalars(name: str, value: Any, *, in_hashes: bool) -> Iterator[Scalar]:
    if isinstance(value, Mapping):
        for each, member in value.items():
            yield from _scalars(str(each), member, in_hashes=in_hashes or name == "hashes")
    elif isinstance(value, list):
        for member in value:
            yield from _scalars(name, member, in_hashes=in_hashes)
    elif (in_hashes or name in kinds_by_property()) and _is_scalar(value):
        yield name, str(value)
        number = number_of(value)
        if number is not None and number == int(number):
            yield name, str(int(number))  # 5.0 is 5


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""
