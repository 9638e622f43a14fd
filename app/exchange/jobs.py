"""Jobs: what a revision grants that was withheld before, appended batch by batch.

Each batch is a transaction of its own that also records how far the job has come. Whoever dies in between has lost
nothing and done nothing twice: the next one goes on from there, be it this command, another one or a server. Batches
follow the order of arrival, so that the order of an audience's rows does not depend on what others hold;
marking-definitions have a job of their own, which is done before that of what they may mark.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from app.exchange.changing import changing
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor, hold_partnership, take_floors
from app.exchange.settle import Left, Work, settle
from app.storage import arrivals, dues, revisions
from app.storage.arrivals import Arrived
from app.storage.dues import ALL_OF_THEM, AT_ONCE, NOTHING_APPENDED, Job
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.revisions import PartnershipRow

CONTRIBUTIONS_PER_BATCH = 1000
EVERY = (1, ALL_OF_THEM)


def jobs_of(partnership: PartnershipRow, floor: Floor, left: Left, base: int) -> Iterator[Job]:
    """What a revision leaves to batches in one collection, in whose logs nothing was left under the terms of another,
    the `base`: definitions first, then all else.

    Before the agreement is effective nothing is appended, so that all of it has its turn at that date.
    """
    due, ends = AT_ONCE, (left.definitions, left.others)
    if not floor.opens:
        due, ends, base = milliseconds(floor.terms.partnership.agreement.effective), (EVERY, EVERY), NOTHING_APPENDED
    for definitions, stretch in zip((True, False), ends, strict=True):
        if stretch is not None:
            first, last = stretch
            revision = partnership.revision
            yield Job(0, partnership.root, floor.collection, revision, base, definitions, due, first - 1, last, 0)


def batches_left(transaction: Transaction, job: Job, more: int = 0) -> int:
    """In how many batches the job will be done, with so many contributions more than there are."""
    left = arrivals.count_live(transaction, job.collection, job.after, job.last, definitions=job.definitions)
    return -(-(left + more) // CONTRIBUTIONS_PER_BATCH)


def finish(exchange: Exchange, progress: Callable[[int, int], None] | None = None) -> Mapping[str, int]:
    """Do all batches that are due; the rows that they appended, by API root.

    `progress` is told, after each batch, how many are done and how many there are in all.
    """
    appended: dict[str, int] = defaultdict(int)
    total = remaining(exchange)
    done = 0
    while (batch := one_batch(exchange)) is not None:
        root, count = batch
        appended[root] += count
        done += 1
        if progress is not None:
            progress(done, max(total, done))
    return appended


def remaining(exchange: Exchange) -> int:
    """How many batches are due and not done."""
    now = milliseconds(exchange.clock.now())
    with exchange.database.reading() as transaction:
        return sum(batches_left(transaction, job) for job in dues.jobs_due(transaction, now))


def one_batch(exchange: Exchange) -> tuple[str, int] | None:
    """Do the next batch that is due: its API root, and the rows appended. None where nothing is due."""
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        waiting = dues.first_job(transaction, milliseconds(now))
    if waiting is None:
        return None
    with changing(exchange) as change:
        transaction = change.transaction
        partnership, terms = hold_partnership(exchange, transaction, waiting.root)
        job = dues.hold_job(transaction, waiting.id)
        if job is None:
            return waiting.root, 0
        rows = [row for row in revisions.collections(transaction, partnership.id) if row.id == job.collection]
        floor = take_floors(transaction, terms, rows, now).get(job.collection)
        batch, more = _batch(transaction, job)
        appended = 0
        if floor is not None and batch:
            turns = frozenset(each.id for each in batch)
            objects = sorted({each.object for each in batch})
            appended = sum(each.appended for each in settle(exchange, change, [Work(floor, [objects], turns)]))
        if floor is None or not more:
            dues.end_job(transaction, job.id)
        else:
            dues.advance_job(transaction, job.id, after=batch[-1].id, appended=appended)
    return waiting.root, appended


def _batch(transaction: Transaction, job: Job) -> tuple[Sequence[Arrived], bool]:
    """What has its turn now, and whether more follows."""
    found = arrivals.live_after(
        transaction, job.collection, job.after, job.last, CONTRIBUTIONS_PER_BATCH + 1, definitions=job.definitions
    )
    return found[:CONTRIBUTIONS_PER_BATCH], len(found) > CONTRIBUTIONS_PER_BATCH
