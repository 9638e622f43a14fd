"""Epochs: stretches of time in which one database was the only one that gave dates.

A database that was restored, or a standby that was promoted, may lack rows whose dates pollers hold already. An epoch
that begins lifts every log above them; until then such a database is not served (design, decision 14).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update

from app.storage import dialects
from app.storage.engine import Transaction
from app.storage.ledger_tables import disclosure
from app.storage.tables import epoch, head


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch. `at` is in milliseconds, like `floor`: a date that every log which is made in it begins above, None
    where the database was restored and has yet to begin an epoch. `place` is where it was first served in this epoch.
    """

    number: int
    at: int
    by: str
    floor: int | None
    place: str | None


def latest(transaction: Transaction) -> Epoch | None:
    """The epoch that the database is in; None where it has always been the only one."""
    columns = (epoch.c.number, epoch.c.at, epoch.c.by, epoch.c.floor, epoch.c.place)
    row = transaction.execute(select(*columns).order_by(epoch.c.number.desc()).limit(1)).one_or_none()
    return Epoch(*row) if row is not None else None


def begin(transaction: Transaction, at: int, by: str, floor: int | None, place: str | None) -> int:
    """Record the next epoch, or with no `floor` that one has to begin; its number."""
    before = latest(transaction)
    number = 1 if before is None else before.number + 1
    transaction.execute(insert(epoch).values(number=number, at=at, by=by, floor=floor, place=place))
    return number


def served_at(transaction: Transaction, place: str, at: int, by: str) -> None:
    """Note the place at which the database is served in this epoch, unless one is noted."""
    now = latest(transaction)
    if now is None:
        begin(transaction, at, by, floor=0, place=place)
    elif now.place is None:
        transaction.execute(update(epoch).where(epoch.c.number == now.number).values(place=place))


def floor(transaction: Transaction) -> int:
    """The date (milliseconds) that a log which is made now begins above."""
    return int(transaction.scalar(select(func.max(epoch.c.floor))) or 0)


def last_dates(transaction: Transaction, *, hold: bool = False) -> dict[int, int]:
    """The newest date added (milliseconds) of each log, by audience. With `hold` they stay so until the transaction
    ends.
    """
    statement = select(head.c.audience, head.c.last_date).order_by(head.c.audience)
    rows = transaction.execute(dialects.for_update(statement) if hold else statement)
    return {row[0]: row[1] for row in rows}


def newest_offered(ledger: Transaction, audiences: Iterable[int]) -> dict[int, int]:
    """The newest date (milliseconds) that the ledger says each of these audiences was offered; 0 where it says none."""
    newest = select(func.max(disclosure.c.last_date))
    return {each: int(ledger.scalar(newest.where(disclosure.c.audience == each)) or 0) for each in audiences}


def lift(transaction: Transaction, last_dates: Mapping[int, int]) -> None:
    """Let the logs go on above these dates (milliseconds)."""
    for audience, last in last_dates.items():
        transaction.execute(update(head).where(head.c.audience == audience).values(last_date=last))
