"""Sweep: what time has made due. Embargoes end, versions expire, and revisions have batches left.

Each step is one transaction of at most 1,000 contributions, settled like any other change: what an embargo releases is
appended under a date of now, what has expired is retired. Pages leave out what has expired by themselves, at once.
One process at a time does this, under a lease; that spares work. What is right does not rest on it.
"""

from collections.abc import Sequence
from datetime import timedelta

from app.exchange import jobs
from app.exchange.changing import changing
from app.exchange.closure import with_referring
from app.exchange.exchange import Exchange
from app.exchange.floor import hold_partnership, take_floors
from app.exchange.settle import Work, settle
from app.storage import contributions, dues, revisions
from app.storage.dues import SWEEPER, Due
from app.storage.instants import milliseconds

CONTRIBUTIONS_PER_STEP = 1000
LEASE = timedelta(seconds=30)


def sweep(exchange: Exchange, holder: str) -> bool:
    """Do one step of what is due; whether there was something to do.

    `holder` names this process, and is the same for every step that it does. Nothing is done while another process
    holds the lease.
    """
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        instant = dues.next_instant(transaction)
    if instant is None or instant > milliseconds(now):
        return False
    with exchange.database.writing() as transaction:
        until = milliseconds(now + LEASE)
        if not dues.take_lease(transaction, SWEEPER, holder, milliseconds(now), until):
            return False
    return _due_contributions(exchange) or jobs.one_batch(exchange) is not None


def _due_contributions(exchange: Exchange) -> bool:
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        due = _of_one_collection(dues.due_until(transaction, milliseconds(now), CONTRIBUTIONS_PER_STEP))
    if not due:
        return False
    keys = [each.contribution for each in due]
    with changing(exchange) as change:
        transaction = change.transaction
        partnership, terms = hold_partnership(exchange, transaction, due[0].root)
        rows = [row for row in revisions.collections(transaction, partnership.id) if row.id == due[0].collection]
        floor = take_floors(transaction, terms, rows, now).get(due[0].collection)
        dues.done(transaction, keys, milliseconds(now))
        if floor is not None:
            due_now = set(contributions.objects_of(transaction, keys).values())
            objects = with_referring(transaction, floor, due_now)
            # What refers to them has no turn of its own.
            referring = contributions.live_of(transaction, [each for each in objects if each not in due_now])
            turns = frozenset((*keys, *(row.id for rows in referring.values() for row in rows)))
            settle(exchange, change, [Work(floor, [objects], turns)])
    return True


def _of_one_collection(due: Sequence[Due]) -> Sequence[Due]:
    return [each for each in due if each.collection == due[0].collection]
