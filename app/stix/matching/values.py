"""One comparison, over all objects at once: which of them have a value for which it holds (STIX 2.1 section 9.6).

Values of types that can't be compared are not equal, in no order, and alike nothing; NOT turns any answer round. Where
a path leads to observables, two ways to write the same value are equal (docs/values.md).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from operator import ge, gt, le, lt
from typing import Any, Final

from app.stix.matching.observed import Found, Index, LogText, Observed, Value
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
    negated = comparison.negated is not (comparison.operator is ComparisonOperator.NOT_EQUAL)
    if comparison.operator in _EQUALITIES:
        places = _equal(comparison, found, steps)
    else:
        assert isinstance(comparison.constant, Constant)
        places = _holding(comparison.operator, comparison.constant, found, steps)
    if negated:
        steps.take(len(found.values))
        places = set(range(len(found.values))) - places
    return frozenset([number for place in places for number in found.values[place][1]])


def _equal(comparison: Comparison, found: Found, steps: Steps) -> set[int]:
    """The places of the values that are one of the constants."""
    constants = comparison.constant if isinstance(comparison.constant, tuple) else (comparison.constant,)
    name = namer_at(comparison.path)
    steps.take(len(constants))
    places: set[int] = set()
    for constant in constants:
        key = _key(constant.type, constant.value, name)
        index = _index(found, constant.type, partial(_key, constant.type, name=name), steps)
        places.update(index.get(key, ()) if key is not None else ())
    return places


def _holding(operator: ComparisonOperator, constant: Constant, found: Found, steps: Steps) -> set[int]:
    """The places of the values for which a comparison that is no equality holds."""
    if operator in _NETWORKS:
        test = _NETWORKS[operator](network_of(str(constant.value)))
        index = _index(found, "network", _network, steps)
        steps.take(len(index))
        return {place for network, places in index.items() if test(network) for place in places}
    steps.take(len(found.values))
    holds = _order(_ORDERS[operator], constant) if operator in _ORDERS else _text(operator, str(constant.value), steps)
    return {place for place, (value, _) in enumerate(found.values) if holds(value)}


def _index(found: Found, what: object, key_of: Callable[[Value], object], steps: Steps) -> Index:
    """The places of values by what they are when they are taken for this; made once for all patterns."""
    index = found.indexes.get(what)
    new = index is None
    if index is None:
        by_key: dict[object, list[int]] = defaultdict(list)
        for place, (value, _) in enumerate(found.values):
            by_key[key_of(value)].append(place)
        index = found.indexes[what] = by_key
        steps.take(len(found.values))
    steps.share((id(found), what), len(found.values), taken=new)
    return index


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


def _network(value: Value) -> Network | None:
    return network_of(value) if isinstance(value, str) else None


def _text(operator: ComparisonOperator, pattern: str, steps: Steps) -> Callable[[Value], bool]:
    test = like(pattern, steps) if operator is ComparisonOperator.LIKE else TextTest(pattern, steps)
    return lambda value: isinstance(value, str | bytes) and test.holds(value)


def _order(holds: Callable[[Any, Any], bool], constant: Constant) -> Callable[[Value], bool]:
    def test(value: Value) -> bool:
        # a text and bytes are compared as bytes
        as_type = ConstantType.BINARY if isinstance(value, bytes) else constant.type
        one, other = _key(as_type, value), _key(as_type, constant.value)
        return one is not None and other is not None and holds(one, other)

    return test


def _holds(holder: Network | None, held: Network | None) -> bool:
    if holder is None or held is None or holder.version != held.version or holder.prefixlen > held.prefixlen:
        return False
    return held.network_address in holder


_NETWORKS: Final[Mapping[ComparisonOperator, Callable[[Network | None], Callable[[Any], bool]]]] = {
    ComparisonOperator.ISSUBSET: lambda holder: lambda held: _holds(holder, held),
    ComparisonOperator.ISSUPERSET: lambda held: lambda holder: _holds(holder, held),
}
