"""Sanitised derivatives: what stands in for the versions of one line, for one member and one set of TLP levels.

A derivative is an object of its own, and each of its versions a contribution like any other. When its line gives
nothing more it is closed by a last, revoked version; what the line gives after that begins a new generation.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, bindparam, delete, exists, select, update

from app.storage import dialects
from app.storage.chunks import chunks
from app.storage.contributions import LIVE
from app.storage.derivative_tables import derivative, left_by_marks, secret
from app.storage.engine import Transaction
from app.storage.tables import contribution, delivery, retired, stix_object

IDS = "ids of derivatives"
"""The secret that these ids are keyed with."""


@dataclass(frozen=True, slots=True)
class NewDerivative:
    """A derivative about to be recorded: of which line, for which member and view, and as which object. `created` in
    milliseconds since 1970; `identity` signs it.
    """

    collection: int
    original: int
    origin: str
    member: str
    view: str
    generation: int
    object: int
    identity: str
    created: int


@dataclass(frozen=True, slots=True)
class DerivativeRow:
    """One derivative; `closed_by` is the contribution that revoked it, where that has happened."""

    id: int
    original: int
    origin: str
    member: str
    view: str
    generation: int
    object: int
    stix_id: str
    identity: str
    created: int
    closed_by: int | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a derivative, live or ended. `content` is the key of its bytes."""

    contribution: int
    derivative: int
    content: int
    version_key: str
    live: bool
    spec: int
    handling: int
    partner: str
    received: int
    not_before: int | None
    not_after: int | None
    aged_from: str


@dataclass(frozen=True, slots=True)
class Came:
    """What came, for one line of an original, member and view, of what the markings alone leave of a version.

    `digest` is of what they leave, `said` of what went out; None where nothing did.
    """

    original: int
    origin: str
    member: str
    view: str
    digest: bytes
    said: bytes | None


def add(transaction: Transaction, rows: Sequence[NewDerivative]) -> Sequence[int]:
    """Record derivatives; their keys, in the order given."""
    if not rows:
        return []
    statement = derivative.insert().returning(derivative.c.id, sort_by_parameter_order=True)
    return transaction.scalars(statement, [asdict(row) for row in rows]).all()


def close(transaction: Transaction, key: int, by: int) -> None:
    """No version follows this contribution."""
    transaction.execute(update(derivative).where(derivative.c.id == key).values(closed_by=by))


def of_originals(transaction: Transaction, objects: Iterable[int]) -> Sequence[DerivativeRow]:
    """The derivatives of these objects, oldest first."""
    found: list[DerivativeRow] = []
    for part in chunks(sorted(set(objects))):
        statement: Select[Any] = (
            select(
                derivative.c.id,
                derivative.c.original,
                derivative.c.origin,
                derivative.c.member,
                derivative.c.view,
                derivative.c.generation,
                derivative.c.object,
                stix_object.c.stix_id,
                derivative.c.identity,
                derivative.c.created,
                derivative.c.closed_by,
            )
            .join(stix_object, stix_object.c.id == derivative.c.object)
            .where(derivative.c.original.in_(part))
        )
        found.extend(DerivativeRow(*row) for row in transaction.execute(statement))
    return sorted(found, key=lambda row: row.id)


def originals_of(transaction: Transaction, objects: Iterable[int]) -> Mapping[int, int]:
    """Of which object each of these is a derivative; those that are none are left out."""
    found: dict[int, int] = {}
    for part in chunks(sorted(set(objects))):
        statement = select(derivative.c.object, derivative.c.original).where(derivative.c.object.in_(part))
        found.update((key, original) for key, original in transaction.execute(statement))
    return found


def versions_of(transaction: Transaction, derivatives: Iterable[int]) -> Sequence[VersionRow]:
    """All versions of these derivatives, in the order in which they were made."""
    found: list[VersionRow] = []
    for part in chunks(sorted(set(derivatives))):
        objects = select(derivative.c.object).where(derivative.c.id.in_(part))
        statement = select(
            contribution.c.id,
            contribution.c.derivative,
            contribution.c.version,
            contribution.c.version_key,
            contribution.c.state == LIVE,
            contribution.c.spec,
            contribution.c.handling,
            contribution.c.partner,
            contribution.c.received,
            contribution.c.not_before,
            contribution.c.not_after,
            contribution.c.aged_from,
        ).where(contribution.c.object.in_(objects), contribution.c.derivative.in_(part))
        found.extend(VersionRow(*row) for row in transaction.execute(statement))
    return sorted(found, key=lambda row: row.contribution)


def newest_of(transaction: Transaction, original: int) -> Sequence[tuple[DerivativeRow, VersionRow]]:
    """The derivatives of an object that are not closed, each with its newest version that is live."""
    rows = [row for row in of_originals(transaction, [original]) if row.closed_by is None]
    newest: dict[int, VersionRow] = {}
    for version in versions_of(transaction, [row.id for row in rows]):
        before = newest.get(version.derivative)
        if version.live and (before is None or before.version_key < version.version_key):
            newest[version.derivative] = version
    return [(row, newest[row.id]) for row in rows if row.id in newest]


def what_came(transaction: Transaction, originals: Iterable[int]) -> Sequence[Came]:
    """What is remembered about these objects."""
    found: list[Came] = []
    for part in chunks(sorted(set(originals))):
        statement = select(left_by_marks).where(left_by_marks.c.original.in_(part))
        found.extend(Came(*row) for row in transaction.execute(statement))
    return found


def remember(transaction: Transaction, came: Iterable[Came]) -> None:
    """Of none of these anything is remembered."""
    rows = [asdict(each) for each in came]
    if rows:
        transaction.execute(left_by_marks.insert(), rows)


def forget(transaction: Transaction, came: Iterable[Came]) -> None:
    """These are remembered no longer."""
    keys = [column.name for column in left_by_marks.primary_key]
    rows = [{f"its_{name}": getattr(each, name) for name in keys} for each in came]
    if rows:
        is_it = (left_by_marks.c[name] == bindparam(f"its_{name}") for name in keys)
        transaction.execute(delete(left_by_marks).where(*is_it), rows)


def orphans_after(transaction: Transaction, collection_id: int, after: int, count: int) -> Sequence[tuple[int, int]]:
    """The next derivatives of a collection that are not closed and of whose originals nothing is live: (key, original)
    by key.
    """
    of_original = exists().where(
        contribution.c.object == derivative.c.original,
        contribution.c.origin == derivative.c.origin,
        contribution.c.state == LIVE,
        contribution.c.derivative.is_(None),
    )
    statement = (
        select(derivative.c.id, derivative.c.original)
        .where(
            derivative.c.collection == collection_id,
            derivative.c.id > after,
            derivative.c.closed_by.is_(None),
            ~of_original,
        )
        .order_by(derivative.c.id)
        .limit(count)
    )
    return [(key, original) for key, original in transaction.execute(statement)]


def closing(transaction: Transaction, contributions: Iterable[int]) -> frozenset[int]:
    """Those of these contributions that close a derivative."""
    found: set[int] = set()
    for part in chunks(sorted(set(contributions))):
        statement = (
            select(derivative.c.closed_by)
            .join(contribution, contribution.c.derivative == derivative.c.id)
            .where(contribution.c.id.in_(part), derivative.c.closed_by == contribution.c.id)
        )
        found.update(transaction.scalars(statement))
    return frozenset(found)


def ever_shown(transaction: Transaction, objects: Iterable[int]) -> frozenset[tuple[int, int]]:
    """The (object, audience) of which a version stands, or has stood, in the audience's log."""
    found: set[tuple[int, int]] = set()
    for part in chunks(sorted(set(objects))):
        for log in (delivery, retired):
            statement = select(log.c.object, log.c.audience).where(log.c.object.in_(part)).distinct()
            found.update((key, audience) for key, audience in transaction.execute(statement))
    return frozenset(found)


def key_of_ids(transaction: Transaction, random: Callable[[int], bytes]) -> bytes:
    """The secret of this database that the ids of derivatives are keyed with; made where there is none yet."""
    asked = select(secret.c.value).where(secret.c.name == IDS)
    value = transaction.scalar(asked)
    if value is None:
        transaction.execute(dialects.insert_new(transaction, secret), [{"name": IDS, "value": random(16)}])
        value = transaction.scalar(asked)
    assert value is not None
    return bytes(value)
