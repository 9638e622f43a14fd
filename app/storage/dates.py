"""What is on record about dates added: those to look at again, and the greatest reading of a clock.

A transaction records the dates that it gives. Its process looks at the clock after the commit, and what is in time is
struck off. What stays was left by a process that died, or lost its connection, before it could look.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, delete, insert, select, update

from app.storage import dialects
from app.storage.engine import Transaction
from app.storage.tables import clock_reading, dated

THE_ONE = 1
"""The key of the one row that holds the greatest reading."""

BEFORE_ALL = 0
"""The reading where none is on record."""


@dataclass(frozen=True, slots=True)
class Dated:
    """The dates added, in milliseconds, that one transaction gave in one log: all from `first` to `last`."""

    first: int
    last: int


Entry = tuple[int, int]
"""What names dates on the record: their audience, and the first of them."""

# Built once: every push asks both.
_STRUCK: Final = delete(dated).where(dated.c.audience == bindparam("one"), dated.c.first == bindparam("beginning"))
_READINGS: Final = select(clock_reading.c.at)


def record(transaction: Transaction, given: Mapping[int, Dated]) -> None:
    """Put the dates on record that this transaction gives, by audience."""
    rows = [{"audience": audience, "first": each.first, "last": each.last} for audience, each in given.items()]
    if rows:
        transaction.execute(insert(dated), rows)


def on_record(transaction: Transaction, given: Mapping[int, Dated]) -> dict[int, Dated]:
    """Those of these dates, by audience, that nobody has struck off."""
    return {
        audience: each
        for audience, each in given.items()
        if transaction.scalar(select(dated.c.last).where(dated.c.audience == audience, dated.c.first == each.first))
    }


def strike(transaction: Transaction, entries: Iterable[Entry]) -> None:
    """Take these off the record."""
    rows = [{"one": audience, "beginning": first} for audience, first in entries]
    if rows:
        transaction.execute(_STRUCK, rows)


def left_before(transaction: Transaction, instant: int) -> dict[int, Dated]:
    """The oldest dates on record of each audience that has some before this instant (milliseconds)."""
    rows = transaction.execute(select(dated).where(dated.c.first < instant).order_by(dated.c.first.desc()))
    return {row.audience: Dated(row.first, row.last) for row in rows}


def greatest_reading(transaction: Transaction) -> int:
    """The greatest reading of a clock on record, in milliseconds."""
    found: Sequence[int] = transaction.scalars(_READINGS).all()
    return max(found, default=BEFORE_ALL)


def record_reading(transaction: Transaction, reading: int) -> None:
    """Put a reading (milliseconds) on record, unless a greater one is."""
    transaction.execute(dialects.insert_new(transaction, clock_reading), [{"id": THE_ONE, "at": reading}])
    transaction.execute(update(clock_reading).where(clock_reading.c.at < reading).values(at=reading))
