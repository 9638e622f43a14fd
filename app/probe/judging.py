"""What a check is, and the three ways in which it can end."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from app.probe.survey import Target

BODY_CHARS_SHOWN: Final = 200
"""How much of an answer's body stands in a report."""


class Level(StrEnum):
    """What it means if a check fails."""

    MUST = "must"
    """The server breaks TAXII 2.1, or HTTP, JSON or UUID as TAXII uses them."""
    SHOULD = "should"
    """A SHOULD of the standard, or what its sense leaves no other way to do."""
    ADVICE = "advice"
    """The standard leaves it open. Clients that people run are better off so."""


class Outcome(StrEnum):
    """How a check ended."""

    HOLDS = "holds"
    FAILS = "fails"
    DOES_NOT_APPLY = "does not apply"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen where something else was wanted: one request and its answer, without credentials."""

    wanted: str
    request: str
    answer: str
    body: str = ""


class Fails(Exception):
    """The server did something else than the check wants."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        super().__init__(f"{seen.request}: {seen.answer}; wanted: {seen.wanted}")


class DoesNotApply(Exception):
    """There is nothing here by which the check could judge; the text says what is missing."""


Judge: TypeAlias = "Callable[[Target], None]"


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement. `row` is its number in the project's checklist, `section` that of the standard it rests on.

    `judge` returns where the requirement holds, and raises Fails or DoesNotApply.
    """

    name: str
    row: str
    section: str
    level: Level
    sentence: str
    judge: Judge


def check(row: str, section: str, level: Level, sentence: str) -> Callable[[Judge], Check]:
    """Makes a check of the function below; it is named as the function is."""

    def made(judge: Judge) -> Check:
        return Check(judge.__name__, row, section, level, sentence, judge)

    return made
