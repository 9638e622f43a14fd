"""One page of an audience's log: one index range, from a cursor on, with the version filter as an anti-join.

The filters of TAXII 2.1 section 3.4 in the order that docs/protocol.md gives them: id, type and spec version first,
then first or last among what these and `added_after` leave. Without a spec version filter, of two encodings of one
version only the newer is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, exists, or_, select, true, tuple_

from app.storage import objects
from app.storage.engine import Transaction
from app.storage.objects import SPEC_TEXTS, SPECS
from app.storage.tables import contribution, delivery, object_version, retired, stix_object
from app.taxii.filters import MatchFilter


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which rows of which log. `cursor` and `started_after` are dates added in milliseconds, both exclusive.

    `started_after` is where the walk began: what it excludes plays no part in what is the last version.
    """

    audience: int
    collection: int
    cursor: int
    started_after: int
    filter: MatchFilter
    limit: int
    now: int
    object_id: str | None = None


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of a log with what rendering and the second decision need. `content` is None if it was not asked for."""

    date_added: int
    contribution: int
    stix_id: str
    version_id: int
    version_text: str
    spec: str
    size: int
    partner: str
    handling: int
    digest: bytes
    content: bytes | None


def page(transaction: Transaction, query: PageQuery, *, with_content: bool) -> Sequence[LogRow]:
    """The rows after the cursor, oldest first, at most `limit`. Large contents are left to `objects.contents_of`."""
    conditions = _conditions(transaction, query)
    if conditions is None:
        return []
    content = (object_version.c.content,) if with_content else ()
    statement: Select[Any] = (
        select(
            delivery.c.date_added,
            delivery.c.contribution,
            stix_object.c.stix_id,
            delivery.c.version,
            contribution.c.version_text,
            delivery.c.spec,
            object_version.c.size,
            contribution.c.partner,
            contribution.c.handling,
            object_version.c.bytes_digest,
            *content,
        )
        .join(contribution, contribution.c.id == delivery.c.contribution)
        .join(object_version, object_version.c.id == delivery.c.version)
        .join(stix_object, stix_object.c.id == delivery.c.object)
        .where(*conditions)
        .order_by(delivery.c.date_added)
        .limit(query.limit)
    )
    return [
        LogRow(
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            SPEC_TEXTS[row[5]],
            row[6],
            row[7],
            row[8],
            bytes(row[9]),
            bytes(row[10]) if with_content and row[10] is not None else None,
        )
        for row in transaction.execute(statement)
    ]


def holds(transaction: Transaction, audience: int, collection: int, object_id: str, now: int) -> bool:
    """Whether the audience may see any version of the object."""
    return _any(transaction, delivery, audience, collection, object_id, _standing(delivery, now))


def was_withdrawn(
    transaction: Transaction, audience: int, collection: int, object_id: str, version_keys: Sequence[str]
) -> bool:
    """Whether one of these versions stood in this log until it was withdrawn."""
    gone = and_(retired.c.version_key.in_(version_keys), retired.c.reason == "withdrawn")
    return _any(transaction, retired, audience, collection, object_id, gone)


def _any(
    transaction: Transaction,
    log: Table,
    audience: int,
    collection: int,
    object_id: str,
    condition: ColumnElement[bool],
) -> bool:
    columns = log.c
    key = objects.keys_of(transaction, collection, [object_id]).get(object_id)
    if key is None:
        return False
    found = exists().where(columns.audience == audience, columns.object == key.id, condition)
    return bool(transaction.execute(select(found)).scalar_one())


def _standing(log: FromClause, now: int) -> ColumnElement[bool]:
    columns = log.c
    return or_(columns.not_after.is_(None), columns.not_after > now)


def _conditions(transaction: Transaction, query: PageQuery) -> list[ColumnElement[bool]] | None:
    """What a row must meet; None if no row can."""
    wanted = query.filter
    conditions: list[ColumnElement[bool]] = [
        delivery.c.audience == query.audience,
        delivery.c.date_added > query.cursor,
        _standing(delivery, query.now),
    ]
    ids = {query.object_id} if query.object_id is not None else wanted.ids
    if ids is not None:
        keys = [row.id for row in objects.keys_of(transaction, query.collection, ids).values()]
        if not keys:
            return None
        conditions.append(delivery.c.object.in_(keys))
    if wanted.types is not None:
        types = list(objects.types_of(transaction, wanted.types).values())
        if not types:
            return None
        conditions.append(delivery.c.type.in_(types))
    specs: list[int] | None = None
    if wanted.spec_versions is not None:
        specs = [SPECS[spec] for spec in wanted.spec_versions if spec in SPECS]
        if not specs:
            return None
        conditions.append(delivery.c.spec.in_(specs))
    conditions.append(_version_condition(query, specs))
    return conditions


def _version_condition(query: PageQuery, specs: Sequence[int] | None) -> ColumnElement[bool]:
    """`match[version]` (section 3.4.1) as an anti-join with the rest of what the request selects."""
    other = delivery.alias("other")
    wanted = query.filter
    rest = and_(
        other.c.audience == query.audience,
        other.c.object == delivery.c.object,
        # The sum keeps the planners off the range of dates: one object's few rows are what has to be looked at.
        other.c.date_added + 0 > query.started_after,
        _standing(other, query.now),
        other.c.spec.in_(specs) if specs is not None else true(),
    )
    chosen = _selected(wanted, other, rest)
    if specs is not None:
        return chosen
    newer_encoding = exists().where(rest, other.c.version_key == delivery.c.version_key, other.c.spec > delivery.c.spec)
    if wanted.last and not (wanted.first or wanted.all or wanted.versions):
        mine = tuple_(delivery.c.version_key, delivery.c.spec)
        return ~exists().where(rest, tuple_(other.c.version_key, other.c.spec) > mine)
    return and_(chosen, ~newer_encoding)


def _selected(wanted: MatchFilter, other: FromClause, rest: ColumnElement[bool]) -> ColumnElement[bool]:
    if wanted.all:
        return true()
    choices: list[ColumnElement[bool]] = []
    if wanted.last:
        choices.append(~exists().where(rest, other.c.version_key > delivery.c.version_key))
    if wanted.first:
        choices.append(~exists().where(rest, other.c.version_key < delivery.c.version_key))
    if wanted.versions:
        choices.append(delivery.c.version_key.in_(sorted(wanted.versions)))
    return or_(*choices)
