"""A row of an audience's log with what a decision and an answer need of it, however it was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
    tuple_,
)

from app.storage.objects import SPEC_TEXTS
from app.storage.tables import contribution, delivery, object_version, stix_object


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of a log with what rendering and the second decision need. `content` is None if it was not asked for.

    Instants are in milliseconds: when the version was received, the beginning that its own markings name, and the end
    under which it stands in the log. `aged_from` is the version key by which the age of a derivative counts.
    """

    date_added: int
    contribution: int
    stix_id: str
    version_id: int
    version_text: str
    spec: str
    size: int
    partner: str
    origin: str
    handling: int
    received: int
    not_before: int | None
    not_after: int | None
    digest: bytes
    aged_from: str | None
    content: bytes | None


def columns(*, with_content: bool) -> tuple[ColumnElement[Any], ...]:
    """The columns from which `read` makes a row."""
    content = (object_version.c.content,) if with_content else ()
    return (
        delivery.c.date_added,
        delivery.c.contribution,
        stix_object.c.stix_id,
        delivery.c.version,
        contribution.c.version_text,
        delivery.c.spec,
        object_version.c.size,
        contribution.c.partner,
        contribution.c.origin,
        contribution.c.handling,
        contribution.c.received,
        contribution.c.not_before,
        delivery.c.not_after,
        object_version.c.bytes_digest,
        contribution.c.aged_from,
        *content,
    )


def with_what_is_shown(statement: Select[Any]) -> Select[Any]:
    """The statement over the log, joined with everything that `columns` names."""
    return (
        statement.select_from(delivery)
        .join(contribution, contribution.c.id == delivery.c.contribution)
        .join(object_version, object_version.c.id == delivery.c.version)
        .join(stix_object, stix_object.c.id == delivery.c.object)
    )


def found_by(index: Table, *besides: ColumnElement[Any]) -> Select[Any]:
    """The rows of the log of `audience` that this index of contributions in `collection` leads to, contents left aside:
    the newest version of each object that stands there. `besides` are columns of the index.

    The index leads: whatever follows is asked for by keys, and never by the range of a log (`of_audience`).
    """
    return (
        select(*columns(with_content=False), *besides)
        .select_from(index)
        .join(contribution, contribution.c.id == index.c.contribution)
        .join(delivery, and_(delivery.c.object == contribution.c.object, delivery.c.contribution == contribution.c.id))
        .join(object_version, object_version.c.id == delivery.c.version)
        .join(stix_object, stix_object.c.id == delivery.c.object)
        .where(
            index.c.collection == bindparam("collection"),
            of_audience(contribution.c.id),
            standing(delivery),
            newest(),
        )
    )


def of_audience(led_by: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a row is of the log of `audience`, for a statement that a key of another table leads.

    Bound to that key, the condition says nothing of the log alone: else a planner with statistics takes it for so
    selective that it reads the whole log, and asks for each row whether it is among thousands of values.
    """
    return delivery.c.audience + literal_column("0") * led_by == bindparam("audience")


def read(row: Sequence[Any], *, with_content: bool) -> LogRow:
    """The row that these columns hold."""
    return LogRow(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        SPEC_TEXTS[row[5]],
        row[6],
        row[7],
        row[8],
        row[9],
        row[10],
        row[11],
        row[12],
        bytes(row[13]),
        row[14],
        bytes(row[15]) if with_content and row[15] is not None else None,
    )


def standing(log: FromClause) -> ColumnElement[bool]:
    """Rows that have not expired at `now`."""
    return or_(log.c.not_after.is_(None), log.c.not_after > bindparam("now"))


def later(other: FromClause) -> ColumnElement[bool]:
    """Whether another row of the object is of a later version, or of the same one in a newer encoding."""
    return tuple_(other.c.version_key, other.c.spec) > tuple_(delivery.c.version_key, delivery.c.spec)


def newest() -> ColumnElement[bool]:
    """Rows of the newest version that stands in the log of `audience`, in its newer encoding."""
    other = delivery.alias("other")
    of_the_object = and_(other.c.object == delivery.c.object, other.c.audience + 0 == bindparam("audience"))
    return ~exists().where(of_the_object, standing(other), later(other))
