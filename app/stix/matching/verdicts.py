"""A pattern and observations: the verdict."""

from collections.abc import Sequence
from math import inf

from app.stix.matching.binding import Binding
from app.stix.matching.brackets import observations_with
from app.stix.matching.observed import Observed
from app.stix.matching.steps import Steps
from app.stix.matching.terms import Option, leaves_of, term_of
from app.stix.patterns import Pattern
from app.stix.patterns.syntax import ComparisonExpression

STEPS_OF_OPTION = 3
"""An observation that fits is made an option, and sorted among the others by its beginning and its end."""


def matches(pattern: Pattern, observed: Observed, steps: Steps) -> Sequence[int] | None:
    """Whether the observations match the pattern: the numbers of those that one of its brackets fits, or None.

    Raises NotDecided where that takes more steps than there are, or can't be told.
    """
    steps.begin()
    observations = observed.observations

    def fitting(comparison: ComparisonExpression) -> Sequence[Option]:
        options = []
        numbers = sorted(observations_with(comparison, observed, steps))
        steps.take(STEPS_OF_OPTION * len(numbers))
        for number in numbers:
            one = observations[number]
            first, last = (inf, -inf) if one.first is None or one.last is None else (one.first, one.last)
            options.append(Option(number, one.count, first, last))
        return options

    term = term_of(pattern.expression, fitting)
    numbers = sorted({option.number for leaf in leaves_of(term) for option in leaf.options})
    counts = {number: observations[number].count for number in numbers}
    return numbers if Binding(counts, steps).exists(term) else None
