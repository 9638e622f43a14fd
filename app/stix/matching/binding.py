"""Observation expressions: whether there are observations for all of a pattern, each for one part of it alone, at
instants at which all that is said of time holds (STIX 2.1 sections 9.3 and 9.4).

An observation that took a while may stand at any instant of it, but at one and the same in everything said of it.

It is enough to try few instants. If there is any solution, there is one in which everything happens as early as it may;
the last instant of a part is then the beginning of one of its observations, or of the time that is left for it. So the
end of a window, and the border between what is followed and what follows, are looked for among those. Which
observation is for which leaf, when all borders are set, is a flow from leaves to observations, found exactly.

Before borders are tried, it is asked whether each part could be found by itself. That is answered once for each
part and time, and in nearly all patterns settles it.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from app.stix.matching.steps import NotDecided, Steps
from app.stix.matching.terms import ALWAYS, Again, Either, Every, Instant, Leaf, Row, Term, Window, fewest, leaves_of

DEPTH_MAX = 100
"""Windows, alternatives and steps of rows that may be open at once."""

Part = tuple[Term, Instant, Instant]
"""A term, and the time that is left for it."""
Demand = tuple[Sequence[int], int]
"""Observations of which so many are needed."""


class Binding:
    """Looks for the observations of one pattern; `counts` says how often each was made."""

    def __init__(self, counts: Mapping[int, int], steps: Steps) -> None:
        self._counts = counts
        self._steps = steps
        self._possible: dict[tuple[int, int, Instant, Instant], bool] = {}
        self._begins: dict[int, Sequence[Instant]] = {}

    def exists(self, term: Term) -> bool:
        """Whether there are observations for all of the term. Raises NotDecided."""
        if fewest(term) > sum(self._counts.values()) or not self._may_be((term, *ALWAYS), 0):
            return False
        return self._found([(term, *ALWAYS)], [], 0)

    def _found(self, parts: list[Part], demands: list[Demand], depth: int) -> bool:
        """Whether there are observations for all parts, besides those that are needed already."""
        self._go_deeper(depth)
        parts, demands = list(parts), list(demands)
        while parts:
            part = parts.pop()
            if not self._may_be(part, depth):
                return False
            term, first, last = part
            if isinstance(term, Leaf):
                demands.append((self._in_time(term, first, last), term.times))
            elif isinstance(term, Every):
                parts.extend((each, first, last) for each in term.terms)
            elif isinstance(term, Again) and term.times == 1:
                parts.append((term.term, first, last))
            else:
                return self._enough(demands) and any(
                    self._found([*parts, *each], demands, depth + 1) for each in self._choices(part)
                )
        return self._enough(demands)

    def _may_be(self, part: Part, depth: int) -> bool:
        """Whether there are observations for this part, if it may have any that it likes."""
        term, first, last = part
        if isinstance(term, Leaf):
            self._steps.take()
            return term.room(first, last)
        if isinstance(term, Again):
            return self._may_be((term.term, first, last), depth)
        # what is left of a row is made on the way; its terms stay
        key = (id(term.terms), term.begin, first, last) if isinstance(term, Row) else (id(term), 0, first, last)
        if key not in self._possible:
            self._go_deeper(depth)
            if isinstance(term, Every):
                possible = all(self._may_be((each, first, last), depth + 1) for each in term.terms)
            else:
                possible = any(all(self._may_be(each, depth + 1) for each in choice) for choice in self._choices(part))
            self._possible[key] = possible
        return self._possible[key]

    def _choices(self, part: Part) -> Iterator[Sequence[Part]]:
        """The ways to divide a part into others, of which one has to be found."""
        term, first, last = part
        if isinstance(term, Either):
            for each in term.terms:
                self._steps.take()
                yield [(each, first, last)]
        elif isinstance(term, Again):
            yield [(term.term, first, last), (Again(term.term, term.times - 1), first, last)]
        elif isinstance(term, Window):
            for end in self._ends(term.term, first, last):
                yield [(term.term, max(first, end - term.nanoseconds), end)]
        elif isinstance(term, Row):
            begin = term.terms[term.begin]
            if term.begin == len(term.terms) - 1:
                yield [(begin, first, last)]
                return
            rest = Row(term.terms, term.begin + 1)
            for border in self._ends(begin, first, last):
                yield [(rest, border, last), (begin, first, border)]

    def _ends(self, term: Term, first: Instant, last: Instant) -> Iterator[Instant]:
        """The instants at which a term may end in this time, the earliest first."""
        key = id(term)
        if key not in self._begins:
            options = [option for leaf in leaves_of(term) for option in leaf.options if option.first <= option.last]
            self._steps.take(len(options))
            self._begins[key] = sorted({option.first for option in options})
        begins = self._begins[key]
        if first > ALWAYS[0]:
            self._steps.take()
            yield first
        for number in range(bisect_right(begins, first), bisect_right(begins, last)):
            self._steps.take()
            yield begins[number]

    def _in_time(self, leaf: Leaf, first: Instant, last: Instant) -> Sequence[int]:
        self._steps.take(len(leaf.options))
        always = (first, last) == ALWAYS
        fitting = [each for each in leaf.options if always or (each.first <= last and each.last >= first)]
        return list(dict.fromkeys(each.number for each in fitting))

    def _enough(self, demands: Sequence[Demand]) -> bool:
        """Whether there are so many observations for each demand, none for two: a flow, path by path."""
        left = dict(self._counts)
        given: dict[int, dict[int, int]] = {}
        for demand, (_, needed) in enumerate(demands):
            while needed:
                path = self._path(demand, demands, left, given)
                if path is None:
                    return False
                needed -= _moved(path, needed, left, given)
        return True

    def _path(
        self, demand: int, demands: Sequence[Demand], left: Mapping[int, int], given: Mapping[int, Mapping[int, int]]
    ) -> Sequence[tuple[int, int]] | None:
        """Steps (demand, observation): each demand takes an observation from the next one, the last what is left."""
        before: dict[int, tuple[int, int] | None] = {demand: None}
        waiting = deque([demand])
        seen: set[int] = set()
        while waiting:
            asking = waiting.popleft()
            for number in demands[asking][0]:
                self._steps.take()
                if number in seen:
                    continue
                seen.add(number)
                if left[number]:
                    return _steps_to((asking, number), before)
                for holder in given[number]:
                    if holder not in before:
                        before[holder] = (asking, number)
                        waiting.append(holder)
        return None

    @staticmethod
    def _go_deeper(depth: int) -> None:
        if depth > DEPTH_MAX:
            raise NotDecided(f"More than {DEPTH_MAX} of its parts depend on each other in time.")


def _steps_to(last: tuple[int, int], before: Mapping[int, tuple[int, int] | None]) -> Sequence[tuple[int, int]]:
    path = [last]
    while (step := before[path[-1][0]]) is not None:
        path.append(step)
    return path[::-1]


def _moved(path: Sequence[tuple[int, int]], needed: int, left: dict[int, int], given: dict[int, dict[int, int]]) -> int:
    """Move as many observations along the path as can be; how many these are."""
    amount = min(
        [
            needed,
            left[path[-1][1]],
            *(given[number][holder] for (_, number), (holder, _) in pairwise(path)),
        ]
    )
    for place, (taker, number) in enumerate(path):
        holders = given.setdefault(number, {})
        if place + 1 < len(path):
            holder = path[place + 1][0]
            holders[holder] -= amount
            if not holders[holder]:
                del holders[holder]
        else:
            left[number] -= amount
        holders[taker] = holders.get(taker, 0) + amount
    return amount
