"""One page of an audience's log: one index range, from a cursor on, with the version filter as an anti-join.

The filters of TAXII 2.1 section 3.4 in the order that docs/protocol.md gives them: id, type and spec version first,
then first or last among what these and `added_after` leave. Without a spec version filter, of two encodings of one
version only the newer is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, bindparam, exists, or_, select, true

from app.storage import objects
from app.storage.engine import Transaction
from app.storage.log_rows import LogRow, columns, later, read, standing, with_what_is_shown
from app.storage.objects import SPECS
from app.storage.tables import delivery, retired, stix_object
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


def page(transaction: Transaction, query: PageQuery, *, with_content: bool) -> Sequence[LogRow]:
    """The rows after the cursor, oldest first, at most `limit`. Large contents are left to `objects.contents_of`."""
    wanted = query.filter
    parameters: dict[str, object] = {
        "audience": query.audience,
        "cursor": query.cursor,
        "started_after": query.started_after,
        "now": query.now,
        "limit": query.limit,
    }
    narrowing = _narrowing(transaction, query)
    parameters.update(narrowing)
    if wanted.versions:
        parameters["versions"] = sorted(wanted.versions)
    shape = Shape(
        with_content=with_content,
        narrowed=frozenset(narrowing),
        first=wanted.first,
        last=wanted.last,
        all=wanted.all,
        versions=bool(wanted.versions),
    )
    return [read(row, with_content=with_content) for row in transaction.execute(_statement(shape), parameters)]


def holds(transaction: Transaction, audience: int, collection: int, object_id: str, now: int) -> bool:
    """Whether the audience may see any version of the object."""
    wanted = {"audience": audience, "collection": collection, "ids": [object_id], "now": now}
    return transaction.execute(_HOLDS, wanted).first() is not None


def was_withdrawn(
    transaction: Transaction, audience: int, collection: int, object_id: str, version_keys: Sequence[str]
) -> bool:
    """Whether one of these versions stood in this log until it was withdrawn, and does not stand there again."""
    wanted = {"audience": audience, "collection": collection, "ids": [object_id], "versions": list(version_keys)}
    gone = set(transaction.scalars(_versions_in(retired).where(retired.c.reason == "withdrawn"), wanted))
    return bool(gone - set(transaction.scalars(_versions_in(delivery), wanted)))


def _versions_in(log: Table) -> Select[tuple[str]]:
    return select(log.c.version_key).where(
        log.c.audience + 0 == bindparam("audience"),
        log.c.object.in_(_OBJECTS),
        log.c.version_key.in_(bindparam("versions", expanding=True)),
    )


def _narrowing(transaction: Transaction, query: PageQuery) -> dict[str, object]:
    """What the filters by id, type and spec version ask for, by parameter.

    Unknown ids and types are looked up like known ones, so that nobody learns from the time which there are.
    """
    wanted = query.filter
    ids = {query.object_id} if query.object_id is not None else wanted.ids
    narrowing: dict[str, object] = {}
    if ids is not None:
        narrowing.update(ids=sorted(ids), collection=query.collection)
    if wanted.types is not None:
        narrowing.update(types=sorted(objects.types_of(transaction, wanted.types).values()) or [NO_TYPE])
    if wanted.spec_versions is not None:
        narrowing.update(specs=sorted(SPECS.get(spec, 0) for spec in wanted.spec_versions))
    return narrowing


_OBJECTS: Final = select(stix_object.c.id).where(
    stix_object.c.collection == bindparam("collection"), stix_object.c.stix_id.in_(bindparam("ids", expanding=True))
)
NO_TYPE: Final = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a query decides the form of its statement: which filters there are, not what they ask for."""

    with_content: bool
    narrowed: frozenset[str]
    first: bool
    last: bool
    all: bool
    versions: bool


@cache  # building a statement takes longer than running it, and there are few shapes
def _statement(shape: Shape) -> Select[Any]:
    # Whoever asks for objects by id is led by them; everybody else by the range of the log.
    by_object = "ids" in shape.narrowed
    conditions = [
        (delivery.c.audience + 0 if by_object else delivery.c.audience) == bindparam("audience"),
        (delivery.c.date_added + 0 if by_object else delivery.c.date_added) > bindparam("cursor"),
        standing(delivery),
        _version_condition(shape),
    ]
    if by_object:
        conditions.append(delivery.c.object.in_(_OBJECTS))
    if "types" in shape.narrowed:
        conditions.append(delivery.c.type.in_(bindparam("types", expanding=True)))
    if "specs" in shape.narrowed:
        conditions.append(delivery.c.spec.in_(bindparam("specs", expanding=True)))
    return (
        with_what_is_shown(select(*columns(with_content=shape.with_content)))
        .where(*conditions)
        .order_by(delivery.c.date_added)
        .limit(bindparam("limit"))
    )


_HOLDS: Final = (
    select(delivery.c.date_added)
    .where(
        delivery.c.audience + 0 == bindparam("audience"),
        delivery.c.object.in_(_OBJECTS),
        standing(delivery),
    )
    .limit(1)
)


def _version_condition(shape: Shape) -> ColumnElement[bool]:
    """`match[version]` (section 3.4.1) as an anti-join with the rest of what the request selects."""
    other = delivery.alias("other")
    by_spec = "specs" in shape.narrowed
    rest = and_(
        other.c.object == delivery.c.object,
        other.c.audience + 0 == bindparam("audience"),
        other.c.date_added + 0 > bindparam("started_after"),
        standing(other),
        other.c.spec.in_(bindparam("specs", expanding=True)) if by_spec else true(),
    )
    if by_spec:
        return _selected(shape, other, rest)
    if shape.last and not (shape.first or shape.all or shape.versions):
        return ~exists().where(rest, later(other))
    newer_encoding = exists().where(rest, other.c.version_key == delivery.c.version_key, other.c.spec > delivery.c.spec)
    return and_(_selected(shape, other, rest), ~newer_encoding)


def _selected(shape: Shape, other: FromClause, rest: ColumnElement[bool]) -> ColumnElement[bool]:
    if shape.all:
        return true()
    choices: list[ColumnElement[bool]] = []
    if shape.last:
        choices.append(~exists().where(rest, other.c.version_key > delivery.c.version_key))
    if shape.first:
        choices.append(~exists().where(rest, other.c.version_key < delivery.c.version_key))
    if shape.versions:
        choices.append(delivery.c.version_key.in_(bindparam("versions", expanding=True)))
    return or_(*choices)
