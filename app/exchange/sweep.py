"""Sweep: what time has made due. Embargoes end, versions expire, and revisions have batches left.

A step is one transaction of all that is due in one collection, settled like any other change: what an embargo releases
is appended under a date of now, what has expired is retired. Where it was a marking that ended, what it marked is
derived again without it, and comes back, under a new date, to whom it may be shown then. Pages leave out what has
expired by themselves, at once. Rows whose process died before it could look whether they came too late
(`app.exchange.changing`) are dated again. One process at a time does this, under a lease; that spares work. What is
right does not rest on it.

A step is not cut, however much is due: what others hold would decide where, and it would show in the order of a log
what takes the place of what ends, what refers to what is due, what several audiences are shown at several ages. What
was pushed at once was written in one transaction then; this one costs no more.

Each process keeps the record of its own dates and clock besides (`keep_record`), whoever sweeps.
"""

from datetime import timedelta

from app.exchange import jobs
from app.exchange.changing import changing, date_again
from app.exchange.closure import with_referring
from app.exchange.derivatives import follow
from app.exchange.exchange import Exchange
from app.exchange.floor import hold_partnership, take_floors
from app.exchange.resolution import derive_ended
from app.exchange.settle import Work, settle
from app.storage import contributions, dates, dues, revisions
from app.storage.chunks import chunks
from app.storage.dues import SWEEPER
from app.storage.instants import instant, milliseconds

OBJECTS_PER_BATCH = 1000
"""How many are looked at together, within a step: that bounds memory, and shows nowhere."""

LEASE = timedelta(seconds=30)

LEFT = timedelta(seconds=30)
"""What has been on record for longer is dated again: by then its process has looked at the clock, and `keep_record` has
come round twice."""


def sweep(exchange: Exchange, holder: str) -> bool:
    """Do one step of what is due; whether there was something to do.

    `holder` names this process, and is the same for every step that it does. Nothing is done while another process
    holds the lease.
    """
    keep_record(exchange)
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        next_due = dues.next_instant(transaction)
        left = dates.left_before(transaction, milliseconds(now - max(LEFT, 2 * _between_records(exchange))))
    if not left and (next_due is None or next_due > milliseconds(now)):
        return False
    with exchange.database.writing() as transaction:
        until = milliseconds(now + LEASE)
        if not dues.take_lease(transaction, SWEEPER, holder, milliseconds(now), until):
            return False
    if left:
        date_again(exchange, left)
        return True
    return _due_contributions(exchange) or jobs.one_batch(exchange) is not None


def keep_record(exchange: Exchange) -> None:
    """Take off the record what is in time, and put on it how far this process's clock has come.

    No log is dated below that from then on, by no process, should the clock be set back.
    """
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        recorded = instant(dates.greatest_reading(transaction))
    if exchange.in_time or now - recorded >= _between_records(exchange):
        with exchange.in_time.writing(exchange.database) as transaction:
            dates.record_reading(transaction, milliseconds(now))


def _between_records(exchange: Exchange) -> timedelta:
    return timedelta(seconds=exchange.settings.sweep_seconds)


def _due_contributions(exchange: Exchange) -> bool:
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        due = dues.first_due(transaction, milliseconds(now))
    if due is None:
        return False
    with changing(exchange) as change:
        transaction = change.transaction
        partnership, terms = hold_partnership(exchange, transaction, due.root)
        rows = [row for row in revisions.collections(transaction, partnership.id) if row.id == due.collection]
        floor = take_floors(transaction, terms, rows, now).get(due.collection)
        since = dues.take(transaction, due.collection, milliseconds(now))
        objects = set(contributions.objects_of(transaction, list(since)).values())
        resting = derive_ended(exchange, transaction, partnership.id, terms, sorted(objects), now)
        objects.update(contributions.objects_of(transaction, resting).values())
        if floor is not None:
            here = floor.collection
            followed = follow(exchange, transaction, partnership.id, {here: floor}, {here: sorted(objects)})[here]
            every = with_referring(transaction, floor, followed)
            settle(exchange, change, [Work(floor, chunks(every, OBJECTS_PER_BATCH), due=since)])
    return True
