"""Sweep: what time has made due. Embargoes end, versions expire, and revisions have batches left.

Each step is one transaction of at most 1,000 contributions, settled like any other change: what an embargo releases is
appended under a date of now, what has expired is retired. Where it was a marking that ended, what it marked is derived
again without it, and comes back, under a new date, to whom it may be shown then. Pages leave out what has expired by
themselves, at once. Rows whose process died before it could look whether they came too late (`app.exchange.changing`)
are dated again. One process at a time does this, under a lease; that spares work. What is right does not rest on it.

Each process keeps the record of its own dates and clock besides (`keep_record`), whoever sweeps.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from app.exchange import jobs
from app.exchange.changing import changing, date_again
from app.exchange.closure import with_referring
from app.exchange.derivatives import follow
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor, hold_partnership, take_floors
from app.exchange.resolution import derive_ended
from app.exchange.settle import Work, settle
from app.storage import contributions, dates, derivatives, dues, revisions
from app.storage.dues import SWEEPER, Due
from app.storage.engine import Transaction
from app.storage.instants import instant, milliseconds

CONTRIBUTIONS_PER_STEP = 1000
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
        due = _of_one_collection(dues.due_until(transaction, milliseconds(now), CONTRIBUTIONS_PER_STEP))
    if not due:
        return False
    with changing(exchange) as change:
        transaction = change.transaction
        partnership, terms = hold_partnership(exchange, transaction, due[0].root)
        rows = [row for row in revisions.collections(transaction, partnership.id) if row.id == due[0].collection]
        floor = take_floors(transaction, terms, rows, now).get(due[0].collection)
        keys = dues.with_definitions(transaction, [each.contribution for each in due], milliseconds(now))
        dues.done(transaction, keys, milliseconds(now))
        due_now = sorted(set(contributions.objects_of(transaction, keys).values()))
        resting = derive_ended(exchange, transaction, partnership.id, terms, due_now, now)
        dues.set_due(transaction, due[0].collection, dict.fromkeys(resting, milliseconds(now)))
        if floor is not None:
            here = floor.collection
            followed = follow(exchange, transaction, partnership.id, {here: floor}, {here: due_now})[here]
            objects = with_referring(transaction, floor, followed)
            in_turn = set(due_now).difference(derivatives.originals_of(transaction, followed))
            turns = frozenset((*keys, *_others(transaction, floor, set(objects).difference(in_turn))))
            settle(exchange, change, [Work(floor, [objects], turns)])
    return True


def _others(transaction: Transaction, floor: Floor, objects: Collection[int]) -> Iterable[int]:
    """The contributions of what refers to something that is due, or is a derivative: they have no turn of their own,
    unless one waits.
    """
    waiting = dues.waiting(transaction, floor.collection, sorted(objects), milliseconds(floor.now))
    live = contributions.live_of(transaction, sorted(objects))
    return (row.id for rows in live.values() for row in rows if row.id not in waiting)


def _of_one_collection(due: Sequence[Due]) -> Sequence[Due]:
    return [each for each in due if each.collection == due[0].collection]
