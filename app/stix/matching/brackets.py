"""What stands in square brackets: the observations for which a comparison expression holds (STIX 2.1 section 9.5).

Comparisons that AND joins hold for one and the same object where they speak of objects of one type, as the standard
has them do. Those that speak of other types hold for other objects of the same observation.
"""

from collections.abc import Iterable, Mapping, Sequence

from app.stix.matching.observed import Observed
from app.stix.matching.steps import Steps
from app.stix.matching.values import Objects, objects_with
from app.stix.patterns.syntax import BooleanOperator, Comparison, ComparisonExpression, ComparisonGroup

Way = Mapping[str, Objects]
"""One way in which an expression may hold: for each type of object that it speaks of, the objects for which it does."""


def observations_with(expression: ComparisonExpression, observed: Observed, steps: Steps) -> Objects:
    """The numbers of the observations for which the expression holds. Raises NotDecided."""
    found: set[int] = set()
    for way in _ways(expression, observed, steps):
        holding = [{observed.of[each] for each in objects} for objects in way.values()]
        steps.take(sum(map(len, holding)))
        found |= set.intersection(*holding)
    return frozenset(found)


def _ways(expression: ComparisonExpression, observed: Observed, steps: Steps) -> Sequence[Way]:
    if isinstance(expression, ComparisonGroup):
        of_terms = (_ways(term, observed, steps) for term in expression.terms)
        if expression.operator is BooleanOperator.AND:
            return _all(of_terms, steps)
        return _any([way for ways in of_terms for way in ways], steps)
    if isinstance(expression, Comparison):
        objects = objects_with(expression, observed, steps)
    else:
        there = observed.found(expression.path, steps).objects
        every = observed.of_type(expression.path.object_type)
        objects = frozenset(every) - there if expression.negated else there
        steps.take(1 + len(every))
    return [{expression.path.object_type: objects}] if objects else []


def _all(of_terms: Iterable[Sequence[Way]], steps: Steps) -> Sequence[Way]:
    ways: Sequence[Way] | None = None
    for of_term in of_terms:
        ways = (
            of_term if ways is None else [way for one in ways for other in of_term if (way := _both(one, other, steps))]
        )
        if not ways:
            return []
    return ways or []


def _both(one: Way, other: Way, steps: Steps) -> Way:
    """Both ways at once; empty where no object is left of a type."""
    steps.take(1 + sum(map(len, other.values())))
    both = {
        each: one[each] & other[each] if each in one and each in other else one.get(each) or other[each]
        for each in (*one, *other)
    }
    return both if all(both.values()) else {}


def _any(ways: Sequence[Way], steps: Steps) -> Sequence[Way]:
    """These ways; those that speak of one and the same type alone are one."""
    alone: dict[str, set[int]] = {}
    others: list[Way] = []
    for way in ways:
        steps.take(1 + sum(map(len, way.values())))
        if len(way) == 1:
            ((of_type, objects),) = way.items()
            alone.setdefault(of_type, set()).update(objects)
        else:
            others.append(way)
    return [*({of_type: frozenset(objects)} for of_type, objects in alone.items()), *others]
