"""The audiences' logs and their heads: what each audience was, is and may be shown, under its own dates.

A date added is `max(clock in whole ms + allowance, head + 1 ms)`, taken under the lock of the audience's head, which
is held until commit. So every row of an audience has a millisecond of its own, dates follow commits, and none is
earlier than the instant at which its row can be read (design, section 4). The clock counts as no less than the greatest
reading on record (`app.storage.dates`): another process may have shown a log as it was then.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, bindparam, delete, insert, literal, select, true, update

from app.clock import Clock
from app.storage import dates, dialects
from app.storage.chunks import chunks
from app.storage.contributions import Contribution
from app.storage.dates import Dated
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.tables import audience as audience_table
from app.storage.tables import contribution, delivery, head, retired

WITHDRAWN, WITHHELD, APPENDED_AGAIN = "withdrawn", "withheld", "appended again"

PACE_ROWS_PER_MILLISECOND = 20
"""A careful estimate of how fast rows go in, by which a large batch is dated far enough ahead at the second try.

Not at the first: in how many transactions an audience's rows come depends on what others hold, and its dates must not.
"""


# Built once: every push holds and moves the heads of all audiences of a collection, and looks for its objects' rows.
_HEADS: Final = dialects.for_update(
    select(head.c.audience, head.c.last_date, head.c.revision)
    .where(head.c.audience.in_(bindparam("of", expanding=True)))
    .order_by(head.c.audience)
)
_MOVED_TO: Final = (
    update(head)
    .where(head.c.audience == bindparam("one"))
    .values(last_date=bindparam("last"), changes=head.c.changes + 1)
)
_OF_OBJECTS: Final = (
    select(
        delivery.c.audience,
        delivery.c.date_added,
        delivery.c.contribution,
        delivery.c.object,
        delivery.c.version_key,
        delivery.c.spec,
        delivery.c.not_after,
    )
    .where(
        (delivery.c.audience + 0).in_(bindparam("audiences", expanding=True)),
        delivery.c.object.in_(bindparam("objects", expanding=True)),
    )
    .order_by(delivery.c.date_added)
)

# Rows are retired from the logs of all audiences in turn.
_THESE: Final = (delivery.c.audience == bindparam("of"), delivery.c.date_added.in_(bindparam("dates", expanding=True)))
_RETIRED: Final = insert(retired).from_select(
    [*delivery.c.keys(), "ended", "reason"],
    select(
        *delivery.c, bindparam("at", type_=retired.c.ended.type), bindparam("why", type_=retired.c.reason.type)
    ).where(*_THESE),
)
_TAKEN_OUT: Final = delete(delivery).where(*_THESE)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One row of a log, as much of it as decides whether it stays."""

    audience: int
    date_added: int
    contribution: int
    object: int
    version_key: str
    spec: int
    not_after: int | None


@dataclass(frozen=True, slots=True)
class Head:
    """Where an audience's log ends: its newest date added, and the revision its decisions are under."""

    audience: int
    last_date: int
    revision: int


def lock_heads(transaction: Transaction, audiences: Sequence[int]) -> dict[int, Head]:
    """Hold the heads until the transaction ends, in one order, so that writers queue and never deadlock."""
    found: dict[int, Head] = {}
    for part in chunks(sorted(audiences)):
        found.update((row[0], Head(*row)) for row in transaction.execute(_HEADS, {"of": part}))
    return found


def set_revision(transaction: Transaction, audiences: Sequence[int], revision: int) -> None:
    """Say under which revision the decisions in these logs now stand."""
    for part in chunks(audiences):
        transaction.execute(update(head).where(head.c.audience.in_(part)).values(revision=revision))


def take_over(transaction: Transaction, audience: int, shared: int) -> None:
    """Give an audience that has no log yet all that stands in another's, under the same dates, and what was withdrawn
    from it. The caller holds the other's head.
    """
    for log, which in ((delivery, true()), (retired, retired.c.reason == WITHDRAWN)):
        others = [column for column in log.c if column.name != "audience"]
        rows = select(literal(audience), *others).where(log.c.audience == shared, which)
        transaction.execute(insert(log).from_select(["audience", *(column.name for column in others)], rows))


def of_objects(
    transaction: Transaction, audiences: Sequence[int], objects: Sequence[int]
) -> dict[tuple[int, int], list[Delivered]]:
    """The rows of these objects in these logs, by (object, audience)."""
    found: dict[tuple[int, int], list[Delivered]] = defaultdict(list)
    for part in chunks(objects):
        for row in transaction.execute(_OF_OBJECTS, {"audiences": audiences, "objects": part}):
            found[row[3], row[0]].append(Delivered(*row))
    return found


def retire(transaction: Transaction, rows: Sequence[Delivered], ended: int, reason: str) -> None:
    """Move rows out of their logs. They stay known, for the ledger and for who asks what became of them."""
    by_audience: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        by_audience[row.audience].append(row.date_added)
    for audience, those in by_audience.items():
        for part in chunks(those):
            these = {"of": audience, "dates": part}
            transaction.execute(_RETIRED, {**these, "at": ended, "why": reason})
            transaction.execute(_TAKEN_OUT, these)
    _count_change(transaction, by_audience)


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row on its way into a log: the version, and the instant (milliseconds) at which it is shown no longer."""

    contribution: Contribution
    not_after: int | None


def append(
    transaction: Transaction,
    clock: Clock,
    allowance_milliseconds: int,
    heads: Mapping[int, Head],
    rows: Mapping[int, Sequence[NewRow]],
) -> dict[int, Dated]:
    """Append the rows to the audiences' logs, in the order given, under dates of their own; which dates.

    The caller holds the heads and does nothing slow between this and its commit. Each audience's dates rest on the
    clock and on its own rows alone. Where writing took so long that the clock nears the first new date of an
    audience, its rows are dated again, further ahead.
    """
    counts = {audience: len(added) for audience, added in rows.items() if added}
    if not counts:
        return {}
    earliest = _now(transaction, clock) + allowance_milliseconds
    dated = {
        audience: _dates(max(earliest, heads[audience].last_date + 1), count) for audience, count in counts.items()
    }
    transaction.execute(
        delivery.insert(),
        [
            {
                "audience": audience,
                "date_added": dated[audience].first + offset,
                "contribution": row.contribution.id,
                "object": row.contribution.object,
                "version": row.contribution.version,
                "version_key": row.contribution.version_key,
                "spec": row.contribution.spec,
                "type": row.contribution.type,
                "not_after": row.not_after,
            }
            for audience in counts
            for offset, row in enumerate(rows[audience])
        ],
    )
    return _ahead_of_the_clock(transaction, clock, allowance_milliseconds, dated)


def date_again(
    transaction: Transaction, clock: Clock, allowance_milliseconds: int, late: Mapping[int, Dated]
) -> dict[int, Dated]:
    """Give rows that could be read only after their dates later ones, in their order; which dates.

    Dates that somebody has taken off the record in between are let be. As far as pollers may have been told that
    nothing was there, the rows are appended again.
    """
    heads = lock_heads(transaction, list({**late, **_taken_over(transaction, late)}))
    on_record = dates.on_record(transaction, late)
    taken_over = _taken_over(transaction, on_record)
    heads.update(lock_heads(transaction, sorted(taken_over.keys() - heads.keys())))
    now = _now(transaction, clock)
    moved: dict[int, Dated] = {}
    for audience, given in {**taken_over, **on_record}.items():
        these = (delivery.c.audience == audience, delivery.c.date_added.between(given.first, given.last))
        kept = select(*delivery.c, literal(now), literal(APPENDED_AGAIN)).where(*these)
        transaction.execute(insert(retired).from_select([*delivery.c.keys(), "ended", "reason"], kept))
        count = given.last - given.first + 1
        first = max(now + _allowance(allowance_milliseconds, count), heads[audience].last_date + 1)
        _shift(transaction, audience, given, first)
        dates.strike(transaction, [(audience, given.first)])
        moved[audience] = _dates(first, count)
    return _ahead_of_the_clock(transaction, clock, allowance_milliseconds, moved)


def _taken_over(transaction: Transaction, late: Mapping[int, Dated]) -> dict[int, Dated]:
    """The same dates in the logs of accounts that have taken these rows over since."""
    shared, own = audience_table.alias("shared"), audience_table.alias("own")
    of_one_member = and_(own.c.collection == shared.c.collection, own.c.partner == shared.c.partner)
    found: dict[int, Dated] = {}
    for part in chunks(sorted(late)):
        statement = (
            select(shared.c.id, own.c.id, own.c.began)
            .join(own, of_one_member)
            .where(shared.c.id.in_(part), shared.c.red_account == "", own.c.red_account != "")
        )
        found.update((row[1], late[row[0]]) for row in transaction.execute(statement) if row[2] >= late[row[0]].first)
    return found


def show_until(transaction: Transaction, rows: Sequence[tuple[Delivered, int | None]]) -> None:
    """These rows are shown no longer than to these instants (milliseconds)."""
    for row, not_after in rows:
        transaction.execute(
            update(delivery)
            .where(delivery.c.audience == row.audience, delivery.c.date_added == row.date_added)
            .values(not_after=not_after)
        )
    _count_change(transaction, {row.audience for row, _ in rows})


def changes_of(transaction: Transaction, audience: int) -> int:
    """How often what stands in this log has changed: while it is the same, the log is."""
    found: int = transaction.execute(select(head.c.changes).where(head.c.audience == audience)).scalar_one()
    return found


def _count_change(transaction: Transaction, audiences: Iterable[int]) -> None:
    for part in chunks(sorted(audiences)):
        transaction.execute(update(head).where(head.c.audience.in_(part)).values(changes=head.c.changes + 1))


def _ahead_of_the_clock(
    transaction: Transaction, clock: Clock, allowance_milliseconds: int, dated: dict[int, Dated]
) -> dict[int, Dated]:
    """Date rows further ahead for as long as the clock nears them; then the heads stand at the last of them, and all
    are on record.
    """
    allowance = allowance_milliseconds
    while True:
        now = milliseconds(clock.now())
        near = {audience: each for audience, each in dated.items() if each.first < now + allowance_milliseconds // 2}
        if not near:
            break
        allowance *= 2
        for audience, given in near.items():
            count = given.last - given.first + 1
            first = max(now + _allowance(allowance, count), given.last + 1)
            _shift(transaction, audience, given, first)
            dated[audience] = _dates(first, count)
    moved = [{"one": audience, "last": given.last} for audience, given in dated.items()]
    if moved:
        transaction.execute(_MOVED_TO, moved)
    dates.record(transaction, dated)
    return dated


def _shift(transaction: Transaction, audience: int, given: Dated, first: int) -> None:
    transaction.execute(
        update(delivery)
        .where(delivery.c.audience == audience, delivery.c.date_added.between(given.first, given.last))
        .values(date_added=delivery.c.date_added + (first - given.first))
    )


def _now(transaction: Transaction, clock: Clock) -> int:
    return max(milliseconds(clock.now()), dates.greatest_reading(transaction))


def _allowance(milliseconds_ahead: int, count: int) -> int:
    return milliseconds_ahead + count // PACE_ROWS_PER_MILLISECOND


def _dates(first: int, count: int) -> Dated:
    return Dated(first, first + count - 1)


@dataclass(frozen=True, slots=True)
class ShownAs:
    """One row, standing or retired, under which a version of an object stood in an audience's log."""

    audience: int
    date_added: int
    object: int
    version_text: str


def rows_shown(transaction: Transaction, object_ids: Sequence[int]) -> Sequence[ShownAs]:
    """Every row, standing or retired, that these objects ever had in any log."""
    found: list[ShownAs] = []
    for part in chunks(object_ids):
        for log in (delivery, retired):
            statement = (
                select(log.c.audience, log.c.date_added, log.c.object, contribution.c.version_text)
                .join(contribution, contribution.c.id == log.c.contribution)
                .where(log.c.object.in_(part))
            )
            found.extend(ShownAs(*row) for row in transaction.execute(statement))
    return found
