"""All that a STIX object speaks of, also in ways that name no one value: for lists that something must not pass.

`observables_in` says what an object asks for, `mentioned_in` what it says at all: every constant of a pattern, whatever
it is compared by, negated or not; and the headers in which HTTP and e-mail carry hosts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from app.stix.observables.naming import observables_in, pattern_of
from app.stix.patterns import Observable
from app.stix.patterns.observables import namer_at, text_of
from app.stix.patterns.syntax import Comparison, ComparisonOperator, ObjectPath

HEADERS: Final[Mapping[tuple[str, str], str]] = {
    ("network-traffic", "request_header"): "url",
    ("network-traffic", "request_value"): "url",
    ("email-message", "additional_header_fields"): "email-addr",
}
"""Properties without a kind that hold hosts, by the type of the object, and the kind that their texts are read as."""

_OF_TEXTS: Final = frozenset({ComparisonOperator.LIKE, ComparisonOperator.MATCHES})


class TextAsked(NamedTuple):
    """What LIKE or MATCHES asks of values of a kind: `text` is the constant as it stands in the pattern."""

    text: str
    kind: str
    operator: ComparisonOperator


@dataclass(frozen=True, slots=True)
class Mentioned:
    """The values, as they were written, and what is asked of texts."""

    values: frozenset[Observable]
    asked: frozenset[TextAsked] = frozenset()


def mentioned_in(tree: Mapping[str, Any]) -> Mentioned:
    """All that a valid object mentions by itself; what it refers to is left aside."""
    if tree.get("type") != "indicator":
        embedded = tree.get("objects")
        scos = [tree, *(embedded.values() if isinstance(embedded, Mapping) else ())]
        headers = [found for sco in scos if isinstance(sco, Mapping) for found in _headers_of(sco)]
        return Mentioned(observables_in(tree) | frozenset(headers))
    pattern = pattern_of(tree)
    comparisons = pattern.comparisons if pattern is not None else ()
    values = [value for each in comparisons if each.operator not in _OF_TEXTS for value in _constants(each)]
    asked = [
        TextAsked(value.value, value.kind, each.operator)
        for each in comparisons
        if each.operator in _OF_TEXTS
        for value in _constants(each)
    ]
    return Mentioned(frozenset(values), frozenset(asked))


def _constants(comparison: Comparison) -> Iterator[Observable]:
    constants = comparison.constant if isinstance(comparison.constant, tuple) else (comparison.constant,)
    kind = _header_at(comparison.path)
    name = namer_at(comparison.path)
    for text in filter(None, map(text_of, constants)):
        if kind is not None:
            yield Observable(kind, text)
        elif name is not None:
            yield name(text)


def _header_at(path: ObjectPath) -> str | None:
    kinds = (HEADERS.get((path.object_type, step)) for step in path.steps if isinstance(step, str))
    return next(filter(None, kinds), None)


def _headers_of(sco: Mapping[str, Any]) -> Iterator[Observable]:
    request = sco.get("extensions")
    for within in (sco, request.get("http-request-ext") if isinstance(request, Mapping) else None):
        for name, value in within.items() if isinstance(within, Mapping) else ():
            kind = HEADERS.get((str(sco.get("type")), name))
            if kind is not None:
                yield from (Observable(kind, text) for text in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)
