"""What a search compares of contributions, and the rows of an audience's log that it selects.

Where words or terms that are asked for stand in few versions on the shelves of the log, these lead
(`app.storage.leads`). Otherwise a search is a walk of the log, newest first, that leaves out what does not fit. Nothing
that the log does not hold plays any part in it, neither in the order nor in where a page ends.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, false, func, or_, select

from app.storage import dialects, leads
from app.storage.engine import Transaction
from app.storage.index_tables import searchable, term
from app.storage.leads import Led, Term
from app.storage.log_rows import LogRow, columns, newest, of_audience, read, standing, with_what_is_shown
from app.storage.objects import types_of
from app.storage.pages import NO_TYPE
from app.storage.revisions import AudienceRow
from app.storage.tables import contribution, delivery


@dataclass(frozen=True, slots=True)
class Searchable:
    """What of one contribution is compared, and the shelf that it stands on: terms as (kind, value), words, and the
    rest; instants as version keys.
    """

    contribution: int
    shelf: str
    terms: frozenset[tuple[str, str]]
    words: Sequence[str]
    confidence: int | None
    created: str | None
    valid_from: str | None
    valid_until: str | None
    revoked: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for; None or empty asks for nothing. Dates added in milliseconds, both ends included.

    `terms` has all that are asked for, each with the values of which one has to be there; `among` the keys of
    contributions, one of which it has to be.
    """

    types: frozenset[str] | None
    words: Sequence[str]
    terms: tuple[Term, ...]
    among: frozenset[int] | None
    compared: tuple[tuple[str, str | int], ...]
    valid: bool | None
    valid_at: str
    first: int
    last: int


COMPARED = {
    "confidence_min": searchable.c.confidence >= bindparam("confidence_min"),
    "confidence_max": searchable.c.confidence <= bindparam("confidence_max"),
    "created_after": searchable.c.created > bindparam("created_after"),
    "created_before": searchable.c.created < bindparam("created_before"),
    "modified_after": delivery.c.version_key > bindparam("modified_after"),
    "modified_before": delivery.c.version_key < bindparam("modified_before"),
}


def add(transaction: Transaction, collection_id: int, rows: Sequence[Searchable]) -> None:
    """Record what is compared of contributions to this collection."""
    if not rows:
        return
    terms = [
        {
            "collection": collection_id,
            "kind": kind,
            "value": value,
            "shelf": row.shelf,
            "contribution": row.contribution,
        }
        for row in rows
        for kind, value in row.terms
    ]
    if terms:
        transaction.execute(term.insert(), terms)
    transaction.execute(
        searchable.insert(),
        [
            {
                "contribution": row.contribution,
                "shelf": row.shelf,
                "confidence": row.confidence,
                "created": row.created,
                "valid_from": row.valid_from,
                "valid_until": row.valid_until,
                "revoked": row.revoked,
            }
            for row in rows
        ],
    )
    shelved = [(row.contribution, [row.shelf + word for word in row.words]) for row in rows if row.words]
    dialects.add_words(transaction, shelved)


def search(
    transaction: Transaction, log: AudienceRow, shelves: Set[str], wanted: Wanted, now: int, limit: int
) -> Sequence[LogRow]:
    """What of this log fits, contents left aside, newest first; at most `limit`. `shelves` are those of the log."""
    led = leads.lead(transaction, log.collection, shelves, wanted.terms, wanted.words).among(wanted.among)
    return [] if led.keys == set() else rows(transaction, log, led, wanted, now, limit)


def rows(
    transaction: Transaction, log: AudienceRow, led: Led, wanted: Wanted, now: int, limit: int
) -> Sequence[LogRow]:
    """The rows of this log, newest first, that fit: of those to which an index leads, or of all."""
    asked: dict[str, object] = {
        "audience": log.id,
        "collection": log.collection,
        "now": now,
        "first": wanted.first,
        "last": wanted.last,
        "limit": limit,
        **dict(wanted.compared),
        **leads.terms_asked(led.terms),
    }
    if led.keys is not None:
        asked["keys"] = dialects.listed(led.keys)
    if wanted.types is not None:
        asked["types"] = sorted(types_of(transaction, wanted.types).values()) or [NO_TYPE]
    if led.words:
        asked["words"] = dialects.all_of_one(transaction.dialect.name, led.words)
    if wanted.valid is not None:
        asked["valid_at"] = wanted.valid_at
    shape = Shape(
        transaction.dialect.name,
        led=led.keys is not None,
        types=wanted.types is not None,
        words=bool(led.words),
        terms=len(led.terms),
        compared=tuple(name for name, _ in wanted.compared),
        valid=wanted.valid,
    )
    return [read(row, with_content=False) for row in transaction.execute(_statement(shape), asked)]


def turns(transaction: Transaction, audience: int, now: int, valid_at: str) -> tuple[int | None, str | None]:
    """When time alone next changes which rows of this log stand (milliseconds), and which hold (a version key)."""
    ends = func.min(case((delivery.c.not_after > now, delivery.c.not_after)))
    begin = func.min(case((searchable.c.valid_from > valid_at, searchable.c.valid_from)))
    end = func.min(case((searchable.c.valid_until > valid_at, searchable.c.valid_until)))
    statement = (
        select(ends, begin, end)
        .join(searchable, searchable.c.contribution == delivery.c.contribution)
        .where(delivery.c.audience == audience)
    )
    not_after, *keys = transaction.execute(statement).one()
    return not_after, min((key for key in keys if key is not None), default=None)


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a search decides the form of its statement."""

    dialect: str
    led: bool
    types: bool
    words: bool
    terms: int
    compared: tuple[str, ...]
    valid: bool | None


@cache
def _statement(shape: Shape) -> Select[Any]:
    added: ColumnElement[Any] = delivery.c.date_added + 0 if shape.led else delivery.c.date_added
    conditions: list[Any] = [
        of_audience(contribution.c.id) if shape.led else delivery.c.audience == bindparam("audience"),
        added >= bindparam("first"),
        added <= bindparam("last"),
        standing(delivery),
        newest(),
        *(leads.has_term(shape.dialect, number) for number in range(shape.terms)),
    ]
    if shape.types:
        conditions.append(delivery.c.type.in_(bindparam("types", expanding=True)))
    if shape.words:
        conditions.append(dialects.has_words(shape.dialect))
    compared = [COMPARED[name] for name in shape.compared]
    if shape.valid is not None:
        compared.append(_valid() if shape.valid else ~_valid())
    if compared:
        # Statistics know little of the newest objects. Where they say nothing of these bounds, a planner neither takes
        # them for so selective that it reads the whole log and sorts, nor reads an index of all logs for one of them.
        conditions.append(func.coalesce(and_(*compared), false()))
    if shape.led:
        conditions.append(dialects.keys_in(shape.dialect, contribution.c.id, "keys"))
        conditions.append(delivery.c.object == contribution.c.object)
    return (
        with_what_is_shown(select(*columns(with_content=False)))
        .join(searchable, searchable.c.contribution == delivery.c.contribution)
        .where(*conditions)
        .order_by(delivery.c.date_added.desc())
        .limit(bindparam("limit"))
    )


def _valid() -> ColumnElement[bool]:
    return and_(
        searchable.c.revoked.is_(False),
        or_(searchable.c.valid_from.is_(None), searchable.c.valid_from <= bindparam("valid_at")),
        or_(searchable.c.valid_until.is_(None), searchable.c.valid_until > bindparam("valid_at")),
    )
