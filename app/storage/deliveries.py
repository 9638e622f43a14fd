"""The audiences' logs and their heads: what each audience was, is and may be shown, under its own dates.

A date added is `max(clock in whole ms + allowance, head + 1 ms)`, taken under the lock of the audience's head, which
is held until commit. So every row of an audience has a millisecond of its own, dates follow commits, and none is
earlier than the instant at which its row can be read (design, section 4).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, literal, select, update

from app.clock import Clock
from app.storage import dialects
from app.storage.chunks import chunks
from app.storage.contributions import Contribution
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.tables import contribution, delivery, head, retired

WITHDRAWN, WITHHELD, APPENDED_AGAIN = "withdrawn", "withheld", "appended again"

PACE_ROWS_PER_MILLISECOND = 20
"""A careful estimate of how fast rows go in, by which a large batch is dated far enough ahead at the first try."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One row of a log, as much of it as decides whether it stays."""

    audience: int
    date_added: int
    contribution: int
    object: int
    version_key: str
    spec: int


@dataclass(frozen=True, slots=True)
class Head:
    """Where an audience's log ends: its newest date added, and the revision its decisions are under."""

    audience: int
    last_date: int
    revision: int


def last_date(transaction: Transaction, audience: int) -> int:
    """The newest date added in an audience's log, in milliseconds."""
    return int(transaction.execute(select(head.c.last_date).where(head.c.audience == audience)).scalar_one())


def lock_heads(transaction: Transaction, audiences: Sequence[int]) -> dict[int, Head]:
    """Hold the heads until the transaction ends, in one order, so that writers queue and never deadlock."""
    found: dict[int, Head] = {}
    for part in chunks(sorted(audiences)):
        statement = (
            select(head.c.audience, head.c.last_date, head.c.revision)
            .where(head.c.audience.in_(part))
            .order_by(head.c.audience)
        )
        found.update((row[0], Head(*row)) for row in transaction.execute(dialects.for_update(statement)))
    return found


def set_revision(transaction: Transaction, audiences: Sequence[int], revision: int) -> None:
    """Say under which revision the decisions in these logs now stand."""
    for part in chunks(audiences):
        transaction.execute(update(head).where(head.c.audience.in_(part)).values(revision=revision))


def of_objects(
    transaction: Transaction, audiences: Sequence[int], objects: Sequence[int]
) -> dict[tuple[int, int], list[Delivered]]:
    """The rows of these objects in these logs, by (object, audience)."""
    found: dict[tuple[int, int], list[Delivered]] = defaultdict(list)
    columns = (
        delivery.c.audience,
        delivery.c.date_added,
        delivery.c.contribution,
        delivery.c.object,
        delivery.c.version_key,
        delivery.c.spec,
    )
    for part in chunks(objects):
        statement = (
            select(*columns)
            .where((delivery.c.audience + 0).in_(audiences), delivery.c.object.in_(part))
            .order_by(delivery.c.date_added)
        )
        for row in transaction.execute(statement):
            found[row[3], row[0]].append(Delivered(*row))
    return found


def retire(transaction: Transaction, rows: Sequence[Delivered], ended: int, reason: str) -> None:
    """Move rows out of their logs. They stay known, for the ledger and for who asks what became of them."""
    by_audience: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        by_audience[row.audience].append(row.date_added)
    for audience, dates in by_audience.items():
        for part in chunks(dates):
            these = (delivery.c.audience == audience, delivery.c.date_added.in_(part))
            moved = select(*delivery.c, literal(ended), literal(reason)).where(*these)
            transaction.execute(insert(retired).from_select([*delivery.c.keys(), "ended", "reason"], moved))
            transaction.execute(delete(delivery).where(*these))


def append(
    transaction: Transaction,
    clock: Clock,
    allowance_milliseconds: int,
    heads: Mapping[int, Head],
    rows: Mapping[int, Sequence[Contribution]],
) -> None:
    """Append the contributions to the audiences' logs, in the order given, under dates of their own.

    The caller holds the heads and does nothing slow between this and its commit. Each audience's dates rest on the
    clock and on its own rows alone. Where writing took so long that the clock nears the first new date of an
    audience, its rows are dated again, further ahead.
    """
    left = {audience: added for audience, added in rows.items() if added}
    allowances = {
        audience: allowance_milliseconds + len(added) // PACE_ROWS_PER_MILLISECOND for audience, added in left.items()
    }
    while left:
        now = milliseconds(clock.now())
        firsts = {audience: max(now + allowances[audience], heads[audience].last_date + 1) for audience in left}
        _write(transaction, firsts, left)
        near = milliseconds(clock.now()) + allowance_milliseconds // 2
        left = {audience: added for audience, added in left.items() if firsts[audience] < near}
        for audience, added in left.items():
            allowances[audience] *= 2
            transaction.execute(
                delete(delivery).where(
                    delivery.c.audience == audience,
                    delivery.c.date_added.between(firsts[audience], firsts[audience] + len(added) - 1),
                )
            )


def _write(transaction: Transaction, firsts: Mapping[int, int], rows: Mapping[int, Sequence[Contribution]]) -> None:
    values = [
        {
            "audience": audience,
            "date_added": firsts[audience] + offset,
            "contribution": row.id,
            "object": row.object,
            "version": row.version,
            "version_key": row.version_key,
            "spec": row.spec,
            "type": row.type,
            "not_after": row.not_after,
        }
        for audience, added in rows.items()
        for offset, row in enumerate(added)
    ]
    transaction.execute(delivery.insert(), values)
    for audience, added in rows.items():
        last = firsts[audience] + len(added) - 1
        transaction.execute(update(head).where(head.c.audience == audience).values(last_date=last))


@dataclass(frozen=True, slots=True)
class ShownAs:
    """One row, standing or retired, under which a version stood in an audience's log."""

    audience: int
    date_added: int
    version_text: str


def rows_shown(transaction: Transaction, object_ids: Sequence[int]) -> Sequence[ShownAs]:
    """Every row, standing or retired, that these objects ever had in any log."""
    found: list[ShownAs] = []
    for part in chunks(object_ids):
        for log in (delivery, retired):
            statement = (
                select(log.c.audience, log.c.date_added, contribution.c.version_text)
                .join(contribution, contribution.c.id == log.c.contribution)
                .where(log.c.object.in_(part))
            )
            found.extend(ShownAs(*row) for row in transaction.execute(statement))
    return found
