"""An observation expression as what has to be found: which observations fit each bracket, how many, in what time.

START and STOP are laid upon the brackets they qualify, so that none is left here; repeated brackets, and brackets that
OR joins, are one leaf. What is left is what `binding` looks for.

    Leaf     so many observations of these: a bracket
    Every    AND
    Either   OR
    Row      FOLLOWEDBY
    Window   WITHIN
    Again    REPEATS
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf
from typing import Final, NamedTuple, TypeAlias

from app.stix.matching.steps import NotDecided
from app.stix.patterns import syntax
from app.stix.patterns.syntax import BooleanOperator
from app.stix.timestamps import is_timestamp, to_datetime, version_key

NANOSECONDS = 1_000_000_000
Instant: TypeAlias = int | float
"""Nanoseconds since 1970, or an infinity."""

ALWAYS: Final[tuple[Instant, Instant]] = (-inf, inf)
"""All of time."""


class Option(NamedTuple):
    """An observation that fits, how often it was made, and the time in which it counts.

    What was observed at an unknown time ends before it begins, and is in no span of time but in all of it.
    """

    number: int
    copies: int
    first: Instant
    last: Instant


class Leaf:
    """`times` observations of these options."""

    __slots__ = ("_begun", "_copies", "_ended", "_firsts", "_lasts", "options", "times")

    def __init__(self, options: Sequence[Option], times: int) -> None:
        self.options = options
        self.times = times
        self._copies = sum(each.copies for each in options)
        timed = [each for each in options if each.first <= each.last]
        by_first = sorted(timed, key=lambda each: each.first)
        by_last = sorted(timed, key=lambda each: each.last)
        self._firsts = [each.first for each in by_first]
        self._lasts = [each.last for each in by_last]
        self._begun = [0, *accumulate(each.copies for each in by_first)]
        self._ended = [0, *accumulate(each.copies for each in by_last)]

    def room(self, first: Instant, last: Instant) -> bool:
        """Whether enough options lie in this time, as far as they are not taken elsewhere."""
        if (first, last) == ALWAYS:
            return self._copies >= self.times
        begun = self._begun[bisect_right(self._firsts, last)]
        return begun - self._ended[bisect_left(self._lasts, first)] >= self.times


@dataclass(frozen=True, slots=True, eq=False)
class Every:
    """All of these terms, each with observations of its own."""

    terms: Sequence["Term"]


@dataclass(frozen=True, slots=True, eq=False)
class Either:
    """One of these terms."""

    terms: Sequence["Term"]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """The terms from the one with the number `begin` on, none of them before the one before it."""

    terms: Sequence["Term"]
    begin: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A term, from its first observation to its last within so long."""

    term: "Term"
    nanoseconds: int


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """A term so many times, each time with observations of its own."""

    term: "Term"
    times: int


Term: TypeAlias = Leaf | Every | Either | Row | Window | Again
Fitting: TypeAlias = Callable[[syntax.ComparisonExpression], Sequence[Option]]


def term_of(expression: syntax.ObservationExpression, fitting: Fitting) -> Term:
    """What has to be found for the expression to match; `fitting` gives the observations that fit a bracket."""
    if isinstance(expression, syntax.Observation):
        return Leaf(fitting(expression.comparison), 1)
    if isinstance(expression, syntax.QualifiedObservation):
        term = term_of(expression.observation, fitting)
        for qualifier in expression.qualifiers:
            term = _qualified(term, qualifier)
        return term
    terms = [term_of(each, fitting) for each in expression.terms]
    if expression.operator is BooleanOperator.AND:
        return Every(terms)
    return Row(terms) if expression.operator is BooleanOperator.FOLLOWEDBY else _either(terms)


def leaves_of(term: Term) -> Sequence[Leaf]:
    """The leaves of a term, each once."""
    if isinstance(term, Leaf):
        return [term]
    return [leaf for each in _within(term) for leaf in leaves_of(each)]


def fewest(term: Term) -> int:
    """The fewest observations that match a term."""
    if isinstance(term, Leaf):
        return term.times
    of_terms = [fewest(each) for each in _within(term)]
    if isinstance(term, Either):
        return min(of_terms)
    return sum(of_terms) * (term.times if isinstance(term, Again) else 1)


def nanoseconds(timestamp: str) -> int:
    """A timestamp as nanoseconds since 1970, cut to whole ones. Raises ValueError where it is none."""
    fraction = version_key(timestamp).partition(".")[2][:9].ljust(9, "0")
    return int(to_datetime(timestamp).replace(microsecond=0).timestamp()) * NANOSECONDS + int(fraction)


def _within(term: Every | Either | Row | Window | Again) -> Sequence[Term]:
    return [term.term] if isinstance(term, Window | Again) else term.terms


def _either(terms: Sequence[Term]) -> Term:
    single = [each for each in terms if isinstance(each, Leaf) and each.times == 1]
    others = [each for each in terms if each not in single]
    if not single:
        return Either(others)
    joined = Leaf(list(dict.fromkeys(option for leaf in single for option in leaf.options)), 1)
    return Either([joined, *others]) if others else joined


def _qualified(term: Term, qualifier: syntax.Qualifier) -> Term:
    if isinstance(qualifier, syntax.StartStop):
        for timestamp in (qualifier.start, qualifier.stop):
            if not is_timestamp(timestamp):
                raise NotDecided(f"Its {timestamp} is no date of the calendar.")
        return _clipped(term, nanoseconds(qualifier.start), nanoseconds(qualifier.stop) - 1)
    if isinstance(qualifier, syntax.Repeats):
        return _repeated(term, qualifier.times)
    return _windowed(term, int(qualifier.seconds * NANOSECONDS))


def _windowed(term: Term, length: int) -> Term:
    """The term within so long; one observation alone always is, also at an unknown time."""
    if isinstance(term, Either):
        return Either([_windowed(each, length) for each in term.terms])
    return term if isinstance(term, Leaf) and term.times == 1 else Window(term, length)


def _repeated(term: Term, times: int) -> Term:
    if isinstance(term, Leaf):
        return Leaf(term.options, term.times * times)
    if isinstance(term, Every):
        return Every([_repeated(each, times) for each in term.terms])
    return Again(term, times) if times > 1 else term


def _clipped(term: Term, first: Instant, last: Instant) -> Term:
    """The term with nothing in it that was not observed in this time."""
    if isinstance(term, Leaf):
        clipped = [each._replace(first=max(each.first, first), last=min(each.last, last)) for each in term.options]
        return Leaf([each for each in clipped if each.first <= each.last], term.times)
    if isinstance(term, Window):
        return Window(_clipped(term.term, first, last), term.nanoseconds)
    if isinstance(term, Again):
        return Again(_clipped(term.term, first, last), term.times)
    return type(term)([_clipped(each, first, last) for each in term.terms])
