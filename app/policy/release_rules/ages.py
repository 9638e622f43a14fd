"""How old a version has to be, by the entries of the members' own terms that cover it.

An age counts from the version's own instant. Where one of a member's entries covers a version at any age, that member
bounds none. Between two ages that are granted a version may go and come back.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.policy.handling import Handling
from app.policy.markings import MARKING_DEFINITION
from app.policy.partnership import Age, Terms
from app.policy.release_case import ReleaseCase
from app.policy.release_rules.sides import Side, audiences_side, originators_side, submitters_side
from app.policy.rules import GRANTS, SILENT, Answer, objects


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a version has its turn now, and the next instant at which that changes; None for never."""

    now: bool
    changes: datetime | None = None


ALWAYS_ITS_TURN = Turn(now=True)


def speak_of_ages(terms: Terms) -> bool:
    """Whether anybody's terms bound the age of anything; if not, every version always has its turn."""
    sides = (side for member in terms.partnership.members.values() for side in (member.releases, member.takes))
    return any(entry.age is not None for entries in sides for entry in entries or ())


def turn_of(case: ReleaseCase) -> Turn:
    """Whether the version has its turn by its age. What is one's own always has."""
    bounds = [] if case.own else [ages for _, ages in _bounded(case, case.handling)]
    return _turn_within(bounds, case)


def turn_under_newest(case: ReleaseCase) -> Turn:
    """Whether the newest version of the line leaves an earlier one its turn.

    It does while it has a turn itself or has one to come. No earlier version outlives it.
    """
    if case.cap is None or case.own:
        return ALWAYS_ITS_TURN
    cap = case.cap
    bounds = [ages for each in case.of_newest for _, ages in _bounded(each, cap.handling)]
    if not bounds:
        return ALWAYS_ITS_TURN
    instants = _instants(bounds, cap.dated)

    def left(at: datetime) -> bool:
        return any(_holds(bounds, cap.dated, later) for later in (at, *instants) if later >= at)

    return _turn(left, instants, case.now)


def age(case: ReleaseCase) -> Answer:
    """Of each side, an entry that covers the version covers it at its present age."""
    bounded = list(_bounded(case, case.handling))
    for side, ages in bounded:
        turn = _turn_within([ages], case)
        if not turn.now and turn.changes is not None:
            return objects(f"{side.says} from {turn.changes.isoformat()} on, by its age.")
        if not turn.now:
            return objects(f"{side.says} no longer, by its age.")
    return GRANTS if bounded else SILENT


def _bounded(case: ReleaseCase, handling: Handling) -> Iterator[tuple[Side, frozenset[Age]]]:
    """The sides that cover a version of this handling at some ages only, with these."""
    if handling.type == MARKING_DEFINITION:
        return
    for side in (submitters_side(case), originators_side(case), audiences_side(case)):
        ages = {entry.age for entry in side.covering(case, handling)} if side is not None else set()
        if side is not None and ages and None not in ages:
            yield side, frozenset(each for each in ages if each is not None)


def _holds(bounds: Iterable[frozenset[Age]], dated: datetime | None, at: datetime) -> bool:
    return dated is not None and all(any(each.holds(dated, at) for each in ages) for ages in bounds)


def _instants(bounds: Iterable[frozenset[Age]], dated: datetime | None) -> list[datetime]:
    """The only instants at which an age comes or goes, and the version's own."""
    if dated is None:
        return []
    lengths = (length for ages in bounds for each in ages for length in (each.at_least, each.at_most))
    return [dated, *(dated + length for length in lengths if length is not None)]


def _turn_within(bounds: Sequence[frozenset[Age]], case: ReleaseCase) -> Turn:
    if not bounds:
        return ALWAYS_ITS_TURN
    return _turn(lambda at: _holds(bounds, case.dated, at), _instants(bounds, case.dated), case.now)


def _turn(has: Callable[[datetime], bool], instants: Iterable[datetime], now: datetime) -> Turn:
    present = has(now)
    return Turn(present, min((at for at in instants if at > now and has(at) != present), default=None))
