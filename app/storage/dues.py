"""What becomes due: contributions that time alone will change, the batches of a revision, and who looks after them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, bindparam, delete, exists, func, insert, or_, select, update

from app.storage import dialects
from app.storage.arrivals import DEFINES
from app.storage.chunks import chunks
from app.storage.engine import Transaction
from app.storage.tables import collection, contribution, due, job, lease, partnership

SWEEPER = "sweeper"
"""The lease of whoever does what is due."""

ALL_OF_THEM = 2**62
"""Past every contribution."""

AT_ONCE = 0
"""When a job is due that waits for nothing, whatever a clock says that was set back."""


NOTHING_APPENDED = 0
"""The base of a job before which nothing had been appended: no revision, or an agreement that was not effective."""


@dataclass(frozen=True, slots=True)
class Job:
    """The contributions of one collection that a revision has yet to append, from `due` on (milliseconds).

    Those up to `after` are done; those past `last` need nothing. `root` is the partnership's API root. A job of
    marking-definitions alone goes before the one of all contributions, which they may mark. `base` is the revision
    under whose terms nothing had been left to append, or NOTHING_APPENDED.
    """

    id: int
    root: str
    collection: int
    revision: int
    base: int
    definitions: bool
    due: int
    after: int
    last: int
    appended: int


@dataclass(frozen=True, slots=True)
class Due:
    """A collection, under this API root, in which time has something to change."""

    collection: int
    root: str


def set_due(transaction: Transaction, collection_id: int, instants: Mapping[int, int]) -> None:
    """Say when each of these contributions is due next: contribution to milliseconds."""
    for part in chunks(sorted(instants)):
        transaction.execute(delete(due).where(due.c.contribution.in_(part)))
        rows = [{"contribution": key, "collection": collection_id, "at": instants[key]} for key in part]
        transaction.execute(insert(due), rows)


def first_due(transaction: Transaction, now: int) -> Due | None:
    """The collection in which a contribution has been due longest by now, or None."""
    statement = (
        select(due.c.collection, partnership.c.root)
        .join(collection, collection.c.id == due.c.collection)
        .join(partnership, partnership.c.id == collection.c.partnership)
        .where(due.c.at <= now)
        .order_by(due.c.at, due.c.contribution)
        .limit(1)
    )
    row = transaction.execute(statement).first()
    return None if row is None else Due(*row)


def take(transaction: Transaction, collection_id: int, now: int) -> Mapping[int, int]:
    """The contributions of this collection that are due by now, in the order of arrival, and since when (milliseconds).
    They are due no more.
    """
    by_now = (due.c.collection == collection_id) & (due.c.at <= now)
    found = select(due.c.contribution, due.c.at).where(by_now).order_by(due.c.contribution)
    since = dict[int, int](map(tuple, transaction.execute(found)))
    transaction.execute(delete(due).where(by_now))
    return since


def replace_jobs(transaction: Transaction, partnership_id: int, jobs: Sequence[Job]) -> None:
    """Make these the jobs of a partnership, in this order: a revision takes over from the one before."""
    transaction.execute(delete(job).where(job.c.partnership == partnership_id))
    for each in jobs:
        transaction.execute(
            insert(job).values(
                partnership=partnership_id,
                collection=each.collection,
                revision=each.revision,
                base=each.base,
                definitions=each.definitions,
                due=each.due,
                after=each.after,
                last=each.last,
                appended=each.appended,
            )
        )


def base_of_jobs(transaction: Transaction, partnership_id: int) -> int | None:
    """The revision under whose terms nothing was left to append in the partnership; None where nothing is left now."""
    base: int | None = transaction.scalar(select(func.min(job.c.base)).where(job.c.partnership == partnership_id))
    return base


def first_job(transaction: Transaction, now: int) -> Job | None:
    """The job that has been due longest, and of several the one that was made first; or None."""
    row = transaction.execute(_jobs().where(job.c.due <= now).order_by(job.c.due, job.c.id).limit(1)).first()
    return None if row is None else Job(*row)


def jobs_due(transaction: Transaction, now: int) -> Sequence[Job]:
    """Every job that is due by now."""
    return [Job(*row) for row in transaction.execute(_jobs().where(job.c.due <= now).order_by(job.c.id))]


def hold_job(transaction: Transaction, key: int) -> Job | None:
    """Keep the job to oneself until the transaction ends; None if somebody else has finished it."""
    transaction.execute(dialects.for_update(select(job.c.id).where(job.c.id == key)))
    row = transaction.execute(_jobs().where(job.c.id == key)).first()
    return None if row is None else Job(*row)


def advance_job(transaction: Transaction, key: int, after: int, appended: int) -> None:
    """The contributions up to here are done, and so many rows appended."""
    transaction.execute(update(job).where(job.c.id == key).values(after=after, appended=job.c.appended + appended))


def end_job(transaction: Transaction, key: int) -> None:
    """Nothing is left of this job."""
    transaction.execute(delete(job).where(job.c.id == key))


@dataclass(frozen=True, slots=True)
class Waits:
    """The contributions that a step which is due has yet to come to, and since when; and those that a batch which is
    due has, and the base of its job.
    """

    by_time: Mapping[int, int]
    in_batches: Mapping[int, int]


# Built once: every push asks it.
_ANYTHING_WAITS: Final = select(
    or_(
        exists().where(due.c.at <= bindparam("now")),
        exists().where((job.c.collection == bindparam("collection")) & (job.c.due <= bindparam("now"))),
    )
)


def waiting(transaction: Transaction, collection_id: int, objects: Sequence[int], now: int) -> Waits:
    """What of the contributions of these objects waits, by now, for whomever."""
    found, batches = dict[int, int](), dict[int, int]()
    if not transaction.scalar(_ANYTHING_WAITS, {"collection": collection_id, "now": now}):
        return Waits(found, batches)
    by_time, by_revision = due.c.at <= now, (job.c.collection == collection_id) & (job.c.due <= now)
    in_turn = (contribution.c.id > job.c.after) & (contribution.c.id <= job.c.last)
    # What came after an agreement began has no need of the job that its beginning is.
    came_before = or_(job.c.last < ALL_OF_THEM, contribution.c.received <= job.c.due)
    its_own = or_(~job.c.definitions, DEFINES)
    for part in chunks(objects):
        these = contribution.c.object.in_(part)
        since = select(contribution.c.id, due.c.at).join(due, due.c.contribution == contribution.c.id)
        found.update((key, at) for key, at in transaction.execute(since.where(these, by_time)))
        under = select(contribution.c.id, job.c.base).join(job, in_turn)
        left = transaction.execute(under.where(these, by_revision, came_before, its_own))
        batches.update((key, base) for key, base in left)
    return Waits(found, batches)


def next_instant(transaction: Transaction) -> int | None:
    """When something is due next (milliseconds), or None."""
    instants = [transaction.scalar(select(func.min(column))) for column in (due.c.at, job.c.due)]
    return min((each for each in instants if each is not None), default=None)


def take_lease(transaction: Transaction, name: str, holder: str, now: int, until: int) -> bool:
    """Hold the lease until then, unless somebody else does (all in milliseconds).

    One that lasts longer than this one would was taken before the clock was set back, and holds no longer.
    """
    transaction.execute(dialects.insert_new(transaction, lease), [{"name": name, "holder": holder, "until": until}])
    mine = (lease.c.holder == holder) | (lease.c.until <= now) | (lease.c.until > until)
    taken = transaction.execute(update(lease).where(lease.c.name == name, mine).values(holder=holder, until=until))
    return taken.rowcount == 1


def _jobs() -> Select[Any]:
    when = (job.c.due, job.c.after, job.c.last, job.c.appended)
    columns = (job.c.collection, job.c.revision, job.c.base, job.c.definitions, *when)
    return select(job.c.id, partnership.c.root, *columns).join(partnership, partnership.c.id == job.c.partnership)
