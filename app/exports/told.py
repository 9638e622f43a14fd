"""The values that an indicator tells by themselves: whoever sees one of them has seen what the indicator is about.

That is a pattern of one comparison that names a value, such as an equality, or of such that OR joins. A value that
counts only together with something else (AND, FOLLOWEDBY, a qualifier) is none: a list can't say the rest. One AND says
nothing more than the value does: that a host at the end of traffic is an address, and which; so MISP's events have it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.exports.formats import Shown
from app.exports.roles import Role, role_at
from app.stix.objects import SpecVersion
from app.stix.observables import Observable, has_form, normal
from app.stix.patterns import PatternError, parse_pattern
from app.stix.patterns.observables import observables_of
from app.stix.patterns.syntax import (
    BooleanOperator,
    Comparison,
    ComparisonExpression,
    ComparisonGroup,
    ComparisonOperator,
    Constant,
    Observation,
    ObservationExpression,
    ObservationGroup,
)


@dataclass(frozen=True, slots=True)
class Told:
    """One value, in its normal form, of one indicator, and what it is there."""

    value: Observable
    by: Shown
    role: Role = Role.ITSELF


def told_by(shown: Iterable[Shown]) -> Sequence[Told]:
    """Every value of these indicators, by kind, value, id and role; what has not the form of its kind is left out."""
    found = [told for each in shown for told in _told_alone(each)]
    return sorted(found, key=lambda told: (told.value.kind, told.value.value, told.by.id, told.role))


def _told_alone(shown: Shown) -> list[Told]:
    """The values of one object, in each role once; of what is no indicator there are none."""
    tree = shown.tree
    if tree.get("type") != "indicator" or tree.get("pattern_type", "stix") != "stix":
        return []
    version: SpecVersion = "2.1" if tree.get("spec_version") == "2.1" else "2.0"
    try:
        expression = parse_pattern(str(tree.get("pattern")), version=version).expression
    except PatternError:
        return []
    named = [
        (normal(value.kind, value.value), role_at(each.path))
        for each in _alternatives(expression)
        for value in observables_of([each])
    ]
    return [Told(value, shown, role) for value, role in dict.fromkeys(named) if has_form(value.kind, value.value)]


def _alternatives(expression: ObservationExpression | ComparisonExpression) -> Iterator[Comparison]:
    """The comparisons of which each is enough."""
    waiting = [expression]
    while waiting:
        each = waiting.pop()
        match each:
            case Comparison():
                yield each
            case Observation():
                waiting.append(each.comparison)
            case ObservationGroup(operator=BooleanOperator.OR) | ComparisonGroup(operator=BooleanOperator.OR):
                waiting.extend(each.terms)
            case ComparisonGroup(operator=BooleanOperator.AND, terms=(Comparison() as one, Comparison() as other)):
                waiting.extend(value for kind, value in ((one, other), (other, one)) if _says_its_kind(kind, value))


def _says_its_kind(kind: Comparison, value: Comparison) -> bool:
    """Whether the one comparison says of which type what a reference leads to is, and the other which of them it is."""
    of, to = kind.path, value.path
    if (of.object_type, *of.steps[:-1], "value") != (to.object_type, *to.steps) or of.steps[-1] != "type":
        return False
    if kind.negated or kind.operator is not ComparisonOperator.EQUAL or not isinstance(kind.constant, Constant):
        return False
    return {each.kind for each in observables_of([value])} == {kind.constant.value}
