"""The decisions of release about one collection at one instant, each taken once."""

from typing import TypeAlias

from app.policy.handling import Handling
from app.policy.release import stands
from app.policy.release_case import ReleaseCase
from app.policy.release_rules import break_glass
from app.policy.release_rules.ages import ALWAYS_ITS_TURN, turn_of, turn_under_newest
from app.policy.times import Phase

_Opened: TypeAlias = tuple[int | bool, ...]
_Key: TypeAlias = tuple[
    Handling,
    Handling | None,
    frozenset[str],
    frozenset[str],
    str,
    str,
    bool,
    int,
    Phase,
    bool,
    bool,
    bool,
    bool,
    _Opened,
]


class Decisions:
    """Each is taken once for (handling, cap, submitter, originator, audience, phase of its span, closure, turns by age
    where the terms speak of ages, what break-glass opens to it).
    """

    def __init__(self, *, by_age: bool) -> None:
        self._by_age = by_age
        self._taken: dict[_Key, bool] = {}

    def stands(self, case: ReleaseCase, audience: int) -> bool:
        """Whether the version belongs in the log of the audience of this key, which is that of the case."""
        turn, under_newest = ALWAYS_ITS_TURN, ALWAYS_ITS_TURN
        if self._by_age:
            turn, under_newest = turn_of(case), turn_under_newest(case)
        key = (
            case.handling,
            case.cap.handling if case.cap is not None else None,
            case.cap.submitters if case.cap is not None else frozenset[str](),
            case.cap.originators if case.cap is not None else frozenset[str](),
            case.submitter,
            case.originator,
            case.named,
            audience,
            case.span.phase(case.now),
            case.end_hidden,
            case.unmet,
            turn.now,
            under_newest.now,
            break_glass.key_of(case),
        )
        if key not in self._taken:
            self._taken[key] = stands(case)
        return self._taken[key]
