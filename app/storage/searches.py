"""What a search compares of contributions, and the rows of an audience's log that it selects.

A search is a walk of the log, newest first, that leaves out what does not fit: nothing that the log does not hold plays
any part in it, neither in the order nor in where a page ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from app.stix.observables import KeyRange
from app.storage import dialects
from app.storage.engine import Transaction
from app.storage.index_tables import observable, searchable, term
from app.storage.log_rows import LogRow, columns, newest, read, standing, with_what_is_shown
from app.storage.objects import types_of
from app.storage.pages import NO_TYPE
from app.storage.revisions import AudienceRow
from app.storage.tables import delivery


@dataclass(frozen=True, slots=True)
class Searchable:
    """What of one contribution is compared: terms as (kind, value), words, and the rest; instants as version keys."""

    contribution: int
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

    `terms` has all that are asked for, each with the values of which one has to be there.
    """

    types: frozenset[str] | None
    words: Sequence[str]
    terms: tuple[tuple[str, frozenset[str]], ...]
    technique: KeyRange | None
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
        {"collection": collection_id, "kind": kind, "value": value, "contribution": row.contribution}
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
                "confidence": row.confidence,
                "created": row.created,
                "valid_from": row.valid_from,
                "valid_until": row.valid_until,
                "revoked": row.revoked,
            }
            for row in rows
        ],
    )
    dialects.add_words(transaction, [(row.contribution, row.words) for row in rows if row.words])


def search(transaction: Transaction, log: AudienceRow, wanted: Wanted, now: int, limit: int) -> Sequence[LogRow]:
    """What of this log fits, contents left aside, newest first; at most `limit`."""
    asked: dict[str, object] = {
        "audience": log.id,
        "collection": log.collection,
        "now": now,
        "first": wanted.first,
        "last": wanted.last,
        "limit": limit,
        **dict(wanted.compared),
    }
    for number, (kind, values) in enumerate(wanted.terms):
        asked |= {f"kind_{number}": kind, f"values_{number}": dialects.listed(transaction, values)}
    if wanted.types is not None:
        asked["types"] = sorted(types_of(transaction, wanted.types).values()) or [NO_TYPE]
    if wanted.words:
        asked["words"] = dialects.all_of(transaction, wanted.words)
    if wanted.technique is not None:
        asked |= {"of": wanted.technique.kind, "from": wanted.technique.first, "to": wanted.technique.end}
    if wanted.valid is not None:
        asked["valid_at"] = wanted.valid_at
    shape = Shape(
        transaction.dialect.name,
        types=wanted.types is not None,
        words=bool(wanted.words),
        terms=len(wanted.terms),
        technique=wanted.technique is not None,
        compared=tuple(name for name, _ in wanted.compared),
        valid=wanted.valid,
    )
    return [read(row, with_content=False) for row in transaction.execute(_statement(shape), asked)]


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a search decides the form of its statement."""

    dialect: str
    types: bool
    words: bool
    terms: int
    technique: bool
    compared: tuple[str, ...]
    valid: bool | None


@cache
def _statement(shape: Shape) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [
        delivery.c.audience == bindparam("audience"),
        delivery.c.date_added >= bindparam("first"),
        delivery.c.date_added <= bindparam("last"),
        standing(delivery),
        newest(),
        *(COMPARED[name] for name in shape.compared),
        *(delivery.c.contribution.in_(_with_term(shape.dialect, number)) for number in range(shape.terms)),
    ]
    if shape.types:
        conditions.append(delivery.c.type.in_(bindparam("types", expanding=True)))
    if shape.words:
        conditions.append(delivery.c.contribution.in_(dialects.with_words(shape.dialect)))
    if shape.technique:
        conditions.append(delivery.c.contribution.in_(_with_technique()))
    if shape.valid is not None:
        conditions.append(_valid() if shape.valid else ~_valid())
    return (
        with_what_is_shown(select(*columns(with_content=False)))
        .join(searchable, searchable.c.contribution == delivery.c.contribution)
        .where(*conditions)
        .order_by(delivery.c.date_added.desc())
        .limit(bindparam("limit"))
    )


def _with_term(dialect: str, number: int) -> Select[tuple[int]]:
    return select(term.c.contribution).where(
        term.c.collection == bindparam("collection"),
        term.c.kind == bindparam(f"kind_{number}"),
        dialects.one_of(dialect, term.c.value, f"values_{number}"),
    )


def _with_technique() -> Select[tuple[int]]:
    return select(observable.c.contribution).where(
        observable.c.collection == bindparam("collection"),
        observable.c.kind == bindparam("of"),
        observable.c.value >= bindparam("from"),
        observable.c.value < bindparam("to"),
    )


def _valid() -> ColumnElement[bool]:
    return and_(
        searchable.c.revoked.is_(False),
        or_(searchable.c.valid_from.is_(None), searchable.c.valid_from <= bindparam("valid_at")),
        or_(searchable.c.valid_until.is_(None), searchable.c.valid_until > bindparam("valid_at")),
    )
