"""Partnerships, their revisions, collections and audiences as applied."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import bindparam, func, or_, select, update

from app.storage import dialects, epochs
from app.storage.engine import Transaction
from app.storage.tables import audience, collection, head, partnership, revision

_NO_FILES: Final = json.dumps({})
"""The files of a revision that ended its partnership, as they are stored."""


@dataclass(frozen=True, slots=True)
class PartnershipRow:
    """One partnership and the number of the revision that is in force."""

    id: int
    root: str
    revision: int


@dataclass(frozen=True, slots=True)
class CollectionRow:
    """One collection of a partnership."""

    id: int
    uuid: str
    alias: str


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """Who shares one log: a member's accounts, or (`red_account` not empty) one account named for RED."""

    id: int
    collection: int
    partner: str
    red_account: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One applied state of a partnership: its files, and the clauses of break-glass that are open under it."""

    number: int
    at: int
    by: str
    reason: str
    engine: str
    files: Mapping[str, str]
    plan: str
    clauses: str


_BY_ROOT: Final = select(partnership.c.id, partnership.c.root, partnership.c.revision).where(
    partnership.c.root == bindparam("wanted")
)

# Built once: every push asks the first two, and a revision the others again and again.
_COLLECTIONS: Final = (
    select(collection.c.id, collection.c.uuid, collection.c.alias)
    .where(collection.c.partnership == bindparam("of"))
    .order_by(collection.c.id)
)
_AUDIENCES: Final = (
    select(audience.c.id, audience.c.collection, audience.c.partner, audience.c.red_account)
    .where(audience.c.collection.in_(bindparam("of", expanding=True)))
    .order_by(audience.c.id)
)
_EVERY: Final = select(partnership.c.id, partnership.c.root, partnership.c.revision).order_by(partnership.c.root)
_FILES: Final = select(revision.c.files).where(
    revision.c.partnership == bindparam("of"), revision.c.number == bindparam("number")
)


def by_root(transaction: Transaction, root: str) -> PartnershipRow | None:
    """The partnership whose API root this is, or None."""
    row = transaction.execute(_BY_ROOT, {"wanted": root}).first()
    return None if row is None else PartnershipRow(*row)


def every(transaction: Transaction) -> tuple[PartnershipRow, ...]:
    """All partnerships, by root."""
    return tuple(PartnershipRow(*row) for row in transaction.execute(_EVERY))


def hold_all(transaction: Transaction) -> tuple[PartnershipRow, ...]:
    """Keep every partnership to oneself until this transaction ends, and all new ones; one transaction at a time."""
    dialects.queue_to_revise(transaction)
    held = (hold(transaction, row.root, to_change=True) for row in every(transaction))
    return tuple(row for row in held if row is not None)


def hold_to_revise(transaction: Transaction, root: str) -> PartnershipRow | None:
    """Keep one partnership to oneself until this transaction ends; nobody else makes revisions meanwhile."""
    dialects.queue_to_revise(transaction)
    return hold(transaction, root, to_change=True)


def hold(transaction: Transaction, root: str, *, to_change: bool = False) -> PartnershipRow | None:
    """Keep the partnership at its revision until this transaction ends; alone, if it is `to_change`."""
    row = by_root(transaction, root)
    if row is None:
        return None
    dialects.queue_for(transaction, row.id, alone=to_change)
    return by_root(transaction, root)  # what stood there before the wait may stand no longer


def files_of(transaction: Transaction, partnership_id: int, number: int) -> Mapping[str, str]:
    """The texts of the files of one revision, by file name."""
    these = {"of": partnership_id, "number": number}
    files: dict[str, str] = json.loads(transaction.execute(_FILES, these).scalar_one())
    return files


def last_with_files(transaction: Transaction, row: PartnershipRow) -> PartnershipRow:
    """The partnership at the last revision that has files: the one in force, or where that ended it the one before."""
    with_files = (revision.c.partnership == row.id, revision.c.files != _NO_FILES)
    return replace(row, revision=transaction.scalar(select(func.max(revision.c.number)).where(*with_files)))


def clauses_of(transaction: Transaction, partnership_id: int, number: int) -> str:
    """The clauses of break-glass that one revision keeps, as they were given to `add`."""
    statement = select(revision.c.clauses).where(revision.c.partnership == partnership_id, revision.c.number == number)
    text: str = transaction.execute(statement).scalar_one()
    return text


def history(transaction: Transaction, partnership_id: int) -> tuple[Revision, ...]:
    """Every revision of the partnership, oldest first."""
    columns = (
        revision.c.number,
        revision.c.at,
        revision.c.by,
        revision.c.reason,
        revision.c.engine,
        revision.c.files,
        revision.c.plan,
        revision.c.clauses,
    )
    statement = select(*columns).where(revision.c.partnership == partnership_id).order_by(revision.c.number)
    return tuple(
        Revision(row[0], row[1], row[2], row[3], row[4], json.loads(row[5]), row[6], row[7])
        for row in transaction.execute(statement)
    )


def add(transaction: Transaction, root: str, new: Revision) -> PartnershipRow:
    """Record the revision and make it the one in force; the first one makes the partnership."""
    if new.number == 1:
        transaction.execute(partnership.insert().values(root=root, revision=1))
    else:
        transaction.execute(update(partnership).where(partnership.c.root == root).values(revision=new.number))
    row = by_root(transaction, root)
    assert row is not None
    transaction.execute(
        revision.insert().values(
            partnership=row.id,
            number=new.number,
            at=new.at,
            by=new.by,
            reason=new.reason,
            engine=new.engine,
            files=json.dumps(new.files, ensure_ascii=False, sort_keys=True),
            plan=new.plan,
            clauses=new.clauses,
        )
    )
    return row


def collections(transaction: Transaction, partnership_id: int) -> tuple[CollectionRow, ...]:
    """The collections ever made in this partnership."""
    return tuple(CollectionRow(*row) for row in transaction.execute(_COLLECTIONS, {"of": partnership_id}))


def aliases(transaction: Transaction) -> dict[str, str]:
    """The alias of every collection, by its UUID."""
    return {row[0]: row[1] for row in transaction.execute(select(collection.c.uuid, collection.c.alias))}


def ensure_collection(transaction: Transaction, partnership_id: int, uuid: str, alias: str) -> None:
    """Make the collection if it is new, or give it its alias."""
    values = {"partnership": partnership_id, "uuid": uuid, "alias": alias}
    transaction.execute(dialects.insert_new(transaction, collection), [values])
    transaction.execute(update(collection).where(collection.c.uuid == uuid).values(alias=alias))


def owner_of_collection(transaction: Transaction, uuid: str) -> str | None:
    """The API root whose collection has this UUID, or None."""
    statement = (
        select(partnership.c.root)
        .join(collection, collection.c.partnership == partnership.c.id)
        .where(collection.c.uuid == uuid)
    )
    return transaction.scalar(statement)


def audiences(transaction: Transaction, collection_ids: Sequence[int]) -> tuple[AudienceRow, ...]:
    """The audiences of these collections, in the order in which their heads are locked."""
    return tuple(AudienceRow(*row) for row in transaction.execute(_AUDIENCES, {"of": collection_ids}))


@dataclass(frozen=True, slots=True)
class Log:
    """One of a partner's logs in a collection: whose it is, and its newest date added in milliseconds.

    Up to the date at which it `began` an account's own log is what its partner's was; 0 where there was none.
    """

    audience: AudienceRow
    last_date: int
    began: int


def logs_of(
    transaction: Transaction, root: str, reference: str, partner: str
) -> tuple[PartnershipRow, tuple[Log, ...]] | None:
    """The partner's logs in the collection with this id or alias, and the partnership at its revision.

    None where there is no such collection, or none in which the partner is a member. This is the one read of an
    idle poll.
    """
    wanted = {"root": root, "uuid": reference.lower(), "alias": reference, "partner": partner}
    rows = transaction.execute(_LOGS, wanted).all()
    if not rows:
        return None
    return PartnershipRow(*rows[0][:3]), tuple(_log(tuple(row), partner) for row in rows)


def every_log_of(transaction: Transaction, partner: str) -> Mapping[tuple[PartnershipRow, str], tuple[Log, ...]]:
    """All logs of the partner, by partnership and the UUID of the collection; by root and UUID."""
    found: dict[tuple[PartnershipRow, str], tuple[Log, ...]] = {}
    for row in transaction.execute(_EVERY_LOG, {"partner": partner}):
        key = (PartnershipRow(row[0], row[1], row[2]), row[-1])
        found[key] = (*found.get(key, ()), _log(tuple(row), partner))
    return found


def _log(row: Sequence[Any], partner: str) -> Log:
    return Log(AudienceRow(row[3], row[4], partner, row[5]), row[6], row[7])


_OF_PARTNER: Final = (
    select(
        partnership.c.id,
        partnership.c.root,
        partnership.c.revision,
        audience.c.id,
        audience.c.collection,
        audience.c.red_account,
        head.c.last_date,
        audience.c.began,
    )
    .join(collection, collection.c.partnership == partnership.c.id)
    .join(audience, audience.c.collection == collection.c.id)
    .join(head, head.c.audience == audience.c.id)
    .where(audience.c.partner == bindparam("partner"))
)
_LOGS: Final = _OF_PARTNER.where(
    partnership.c.root == bindparam("root"),
    or_(collection.c.uuid == bindparam("uuid"), collection.c.alias == bindparam("alias")),
)
_EVERY_LOG: Final = _OF_PARTNER.add_columns(collection.c.uuid).order_by(partnership.c.root, collection.c.uuid)


def add_audience(transaction: Transaction, collection_id: int, partner: str, red_account: str, began: int) -> int:
    """Make an audience with an empty log whose first new date will be above `began` (milliseconds), and above what a
    log of its kind may have published before the database was restored; its key.
    """
    key: int = transaction.execute(
        audience.insert()
        .values(collection=collection_id, partner=partner, red_account=red_account, began=began)
        .returning(audience.c.id)
    ).scalar_one()
    begins_above = max(began, epochs.floor(transaction))
    transaction.execute(head.insert().values(audience=key, last_date=begins_above, revision=0, changes=0))
    return key
