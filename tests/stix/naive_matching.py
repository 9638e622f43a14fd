"""Matching as the standard tells it, without a thought for how long it takes: every choice of observations is tried.

Made to be compared with `app.stix.matching`, of which it uses nothing but the form of an observation. Whether instants
can be chosen for a choice of observations is a question about differences (t <= u + d), which Bellman and Ford answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

from app.stix.matching import Observation
from app.stix.patterns import syntax
from app.stix.patterns.syntax import BooleanOperator, ComparisonOperator
from app.stix.timestamps import to_datetime

SECOND = 1_000_000_000
ORIGIN = -1
"""The instant 0, as if it were a slot."""

Difference = tuple[int, int, int]
"""(t, u, d): the instant of slot t is at most d nanoseconds after that of slot u."""


@dataclass(frozen=True)
class Choice:
    """One way to read a pattern: brackets that need an observation each, and what is said of their instants."""

    brackets: tuple[syntax.ComparisonExpression, ...]
    differences: tuple[Difference, ...]
    timed: frozenset[int]

    def moved(self, by: int) -> "Choice":
        differences = tuple((t + by if t >= 0 else t, u + by if u >= 0 else u, d) for t, u, d in self.differences)
        return Choice(self.brackets, differences, frozenset(slot + by for slot in self.timed))


def naively(expression: syntax.ObservationExpression, observations: Sequence[Observation]) -> bool:
    """Whether the observations match."""
    copies = [each for each in observations for _ in range(each.count)]
    return any(_holds(choice, copies) for choice in _choices(expression))


def _choices(expression: syntax.ObservationExpression) -> Iterator[Choice]:
    if isinstance(expression, syntax.Observation):
        yield Choice((expression.comparison,), (), frozenset())
    elif isinstance(expression, syntax.QualifiedObservation):
        *before, last = expression.qualifiers
        inner = syntax.QualifiedObservation(expression.observation, tuple(before)) if before else expression.observation
        yield from _qualified(inner, last)
    elif expression.operator is BooleanOperator.OR:
        for term in expression.terms:
            yield from _choices(term)
    else:
        for choices in product(*(list(_choices(term)) for term in expression.terms)):
            yield _joined(choices, in_order=expression.operator is BooleanOperator.FOLLOWEDBY)


def _qualified(inner: syntax.ObservationExpression, qualifier: syntax.Qualifier) -> Iterator[Choice]:
    if isinstance(qualifier, syntax.Repeats):
        for choices in product(list(_choices(inner)), repeat=qualifier.times):
            yield _joined(choices, in_order=False)
        return
    for choice in _choices(inner):
        slots = range(len(choice.brackets))
        if isinstance(qualifier, syntax.Within):
            if len(slots) == 1:
                yield choice
                continue
            new = [(t, u, int(qualifier.seconds * SECOND)) for t in slots for u in slots if t != u]
        else:
            start, stop = (int(to_datetime(each).timestamp()) * SECOND for each in (qualifier.start, qualifier.stop))
            new = [each for t in slots for each in ((t, ORIGIN, stop - 1), (ORIGIN, t, -start))]
        yield Choice(choice.brackets, (*choice.differences, *new), choice.timed | set(slots))


def _joined(choices: Sequence[Choice], *, in_order: bool) -> Choice:
    brackets: list[syntax.ComparisonExpression] = []
    differences: list[Difference] = []
    timed: set[int] = set()
    before: list[int] = []
    for choice in choices:
        moved = choice.moved(len(brackets))
        slots = range(len(brackets), len(brackets) + len(choice.brackets))
        if in_order:
            differences += [(t, u, 0) for t in before for u in slots]
            timed |= set(slots) | set(before)
        before += slots
        brackets += choice.brackets
        differences += moved.differences
        timed |= moved.timed
    return Choice(tuple(brackets), tuple(differences), frozenset(timed))


def _holds(choice: Choice, copies: Sequence[Observation]) -> bool:
    fitting = [[_fits(bracket, each) for each in copies] for bracket in choice.brackets]
    for chosen in permutations(range(len(copies)), len(choice.brackets)):
        if not all(fitting[slot][copy] for slot, copy in enumerate(chosen)):
            continue
        if any(copies[chosen[slot]].first is None for slot in choice.timed):
            continue
        spans = []
        for slot, copy in enumerate(chosen):
            first, last = copies[copy].first, copies[copy].last
            if first is not None and last is not None:
                spans += [(slot, ORIGIN, last), (ORIGIN, slot, -first)]
        if _can_be([*choice.differences, *spans], len(chosen)):
            return True
    return False


def _can_be(differences: Sequence[Difference], slots: int) -> bool:
    """Whether instants can be chosen: no way round takes less than no time."""
    at = dict.fromkeys(range(ORIGIN, slots), 0)
    for _ in range(slots + 2):
        changed = False
        for t, u, d in differences:
            if at[u] + d < at[t]:
                at[t], changed = at[u] + d, True
        if not changed:
            return True
    return False


def _fits(expression: syntax.ComparisonExpression, observation: Observation) -> bool:
    """Whether it holds, with one object of the observation for each type."""
    types = sorted(_types(expression))
    of_types = [[each for each in observation.objects.values() if each["type"] == of] or [None] for of in types]
    return any(_true(expression, dict(zip(types, chosen, strict=True))) for chosen in product(*of_types))


def _types(expression: syntax.ComparisonExpression) -> set[str]:
    if isinstance(expression, syntax.ComparisonGroup):
        return set().union(*map(_types, expression.terms))
    return {expression.path.object_type}


def _true(expression: syntax.ComparisonExpression, chosen: dict[str, Any]) -> bool:
    if isinstance(expression, syntax.ComparisonGroup):
        of_terms = [_true(term, chosen) for term in expression.terms]
        return all(of_terms) if expression.operator is BooleanOperator.AND else any(of_terms)
    tree = chosen[expression.path.object_type]
    (name,) = expression.path.steps
    if tree is None:
        return False
    if isinstance(expression, syntax.Exists):
        return (name in tree) is not expression.negated
    if name not in tree:
        return False
    value, constant = tree[name], expression.constant
    members = constant if isinstance(constant, tuple) else (constant,)
    holds = {
        ComparisonOperator.EQUAL: lambda: value == members[0].value,
        ComparisonOperator.NOT_EQUAL: lambda: value != members[0].value,
        ComparisonOperator.LESS: lambda: value < members[0].value,
        ComparisonOperator.GREATER_OR_EQUAL: lambda: value >= members[0].value,
        ComparisonOperator.IN: lambda: value in [each.value for each in members],
    }[expression.operator]()
    return holds is not expression.negated
