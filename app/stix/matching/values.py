"""One comparison, over all objects at once: which of them have a value for which it holds (STIX 2.1 section 9.6).

Values of types that can't be compared are not equal, in no order, and alike nothing; NOT turns any answer round. Where
a path leads to observables, two ways to write the same value are equal (docs/values.md).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Any, Final

from app.stix.matching.observed import Found, LogText, Observed, Value
from app.stix.matching.steps import Steps
from app.stix.matching.texts import TextTest, like
from app.stix.observables import Observable, normal
from app.stix.observables.hosts import Network, network_of
from app.stix.patterns.observables import namer_at
from app.stix.patterns.syntax import Comparison, ComparisonOperator, Constant, ConstantType
from app.stix.timestamps import is_timestamp, version_key

Namer = Callable[[str], Observable] | None
Objects = frozenset[int]

NONE: Final[Objects] = frozenset()

_NUMBER = re.compile(r"[+-]?[0-9]{1,100}(?:\.[0-9]{1,100})?")
_TRUTHS: Final = {"true": True, "false": False}
_ORDERS: Final[Mapping[ComparisonOperator, Callable[[Any, Any], bool]]] = {
    ComparisonOperator.GREATER: gt,
    ComparisonOperator.LESS: lt,
    ComparisonOperator.GREATER_OR_EQUAL: ge,
    ComparisonOperator.LESS_OR_EQUAL: le,
}
_EQUALITIES: Final = frozenset({ComparisonOperator.EQUAL, ComparisonOperator.NOT_EQUAL, ComparisonOperator.IN})
_NUMBERS: Final = frozenset({ConstantType.INTEGER, ConstantType.FLOAT})
_BYTES: Final = frozenset({ConstantType.HEX, ConstantType.BINARY})


def objects_with(comparison: Comparison, observed: Observed, steps: Steps) -> Objects:
    """The objects for which the comparison holds. Raises NotDecided."""
    found = observed.found(comparison.path, steps)
    steps.take()
    if not found.values:
        return NONE
    if comparison.operator not in _EQUALITIES:
        return _scanned(found, _test_of(comparison, steps), steps, negated=comparison.negated)
    constants = comparison.constant if isinstance(comparison.constant, tuple) else (comparison.constant,)
    name = namer_at(comparison.path)
    if comparison.negated is (comparison.operator is ComparisonOperator.NOT_EQUAL):
        steps.take(len(constants))
        return NONE.union(*(_equal(found, each, name, steps) for each in constants))
    keys: dict[ConstantType, set[object]] = defaultdict(set)
    for each in constants:
        keys[each.type].add(_key(each.type, each.value, name))

    def is_one(value: Value) -> bool:
        return any((key := _key(of, value, name)) is not None and key in of_type for of, of_type in keys.items())

    steps.take(len(constants) + len(found.values) * len(keys))
    return _scanned(found, is_one, steps, negated=True)


def _scanned(found: Found, holds: Callable[[Value], bool], steps: Steps, *, negated: bool) -> Objects:
    steps.take(len(found.values))
    return frozenset([number for value, numbers in found.values if holds(value) is not negated for number in numbers])


def _equal(found: Found, constant: Constant, name: Namer, steps: Steps) -> Objects:
    as_type = constant.type
    key = _key(as_type, constant.value, name)
    index = found.indexes.get(as_type)
    new = index is None
    if index is None:
        by_key: dict[object, set[int]] = defaultdict(set)
        for value, numbers in found.values:
            by_key[_key(as_type, value, name)].update(numbers)
        index = found.indexes[as_type] = {each: frozenset(of_key) for each, of_key in by_key.items()}
        steps.take(len(found.values))
    steps.share((id(found), as_type), len(found.values), taken=new)
    return NONE if key is None else index.get(key, NONE)


def _key(as_type: ConstantType, value: Value, name: Namer = None) -> object | None:
    """What the value is when it is taken for one of this type: equal keys are equal values. None where it is none."""
    if as_type in _NUMBERS:
        return number_of(value)
    if as_type is ConstantType.BOOLEAN:
        truth = _TRUTHS.get(value.lower()) if isinstance(value, LogText) else value
        return truth if isinstance(truth, bool) else None
    if as_type in _BYTES:
        return _bytes(value)
    if as_type is ConstantType.TIMESTAMP:
        return version_key(value) if isinstance(value, str) and is_timestamp(value) else None
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str):
        return str(value) if name is None else _one_form(name(value))
    return None


def _one_form(observable: Observable) -> Observable:
    return normal(observable.kind, observable.value)


def number_of(value: Value) -> int | float | None:
    """The number that a value is, or that a text of a log tells; None where it is none."""
    if isinstance(value, LogText):
        text = value.strip()
        if _NUMBER.fullmatch(text) is None:
            return None
        return float(text) if "." in text else int(text)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _bytes(value: Value) -> bytes | None:
    """A text as bytes, where each of its signs is one."""
    if isinstance(value, str):
        try:
            return value.encode("latin-1")
        except UnicodeEncodeError:
            return None
    return value if isinstance(value, bytes) else None


def _test_of(comparison: Comparison, steps: Steps) -> Callable[[Value], bool]:
    constant = comparison.constant
    assert isinstance(constant, Constant)
    operator = comparison.operator
    if operator in _ORDERS:
        return _order(_ORDERS[operator], constant)
    text = str(constant.value)
    if operator is ComparisonOperator.ISSUBSET:
        return _subset(network_of(text))
    if operator is ComparisonOperator.ISSUPERSET:
        return _superset(network_of(text))
    test = like(text, steps) if operator is ComparisonOperator.LIKE else TextTest(text, steps)
    return lambda value: isinstance(value, str | bytes) and test.holds(value)


def _order(holds: Callable[[Any, Any], bool], constant: Constant) -> Callable[[Value], bool]:
    def test(value: Value) -> bool:
        # a text and bytes are compared as bytes
        as_type = ConstantType.BINARY if isinstance(value, bytes) else constant.type
        one, other = _key(as_type, value), _key(as_type, constant.value)
        return one is not None and other is not None and holds(one, other)

    return test


def _subset(holder: Network | None) -> Callable[[Value], bool]:
    return lambda value: _holds(holder, network_of(value) if isinstance(value, str) else None)


def _superset(held: Network | None) -> Callable[[Value], bool]:
    return lambda value: _holds(network_of(value) if isinstance(value, str) else None, held)


def _holds(holder: Network | None, held: Network | None) -> bool:
    if holder is None or held is None or holder.version != held.version or holder.prefixlen > held.prefixlen:
        return False
    return held.network_address in holder
