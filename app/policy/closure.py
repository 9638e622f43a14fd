"""Closure: what refers to something hidden is hidden too, where a collection asks for it (design, decision 7).

Judged by what the referring object's own submitter contributed to the collection, and by nothing else. A chain of
references counts to its end: a report is withheld with the relationship that is withheld with its source. References
in a circle hide nothing by themselves; of all answers that fit, the one that withholds least is taken.
"""

from collections.abc import Iterable, Mapping
from math import inf
from typing import Final, NamedTuple

NEVER: Final = -inf
"""Until when something is shown that is not shown at all."""

FOR_GOOD: Final = inf
"""Until when something is shown whose end no date is set for."""


class End(NamedTuple):
    """An object (by key), as one submitter contributed it."""

    partner: str
    object: int


def ends_shown_until(
    alone: Mapping[int, float], refers: Mapping[int, Iterable[End]], given: Mapping[End, Iterable[int]]
) -> Mapping[int, float]:
    """Until when all that a contribution refers to is shown, for each contribution that refers to anything.

    `alone` says until when each contribution may be shown by its own rules (NEVER, an instant, FOR_GOOD), `refers`
    which ends each refers to, where it has any, and `given` which contributions each end has: it is shown as long as
    one of them is. One that waits for an officer has none.
    """
    until = dict(alone)
    found: dict[int, float] = {}
    changed = True
    while changed:
        changed = False
        for key, ends in refers.items():
            found[key] = min(max((until[each] for each in given[end]), default=NEVER) for end in ends)
            if found[key] < until[key]:
                until[key] = found[key]
                changed = True
    return found
