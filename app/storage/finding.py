"""What of an audience's log is found by ids: objects, and what refers to them; the newest version of each."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from app.storage import dialects
from app.storage.engine import Transaction
from app.storage.index_tables import searchable, term
from app.storage.instants import AFTER_ALL
from app.storage.leads import one_by_one
from app.storage.log_rows import LogRow, columns, found_by, newest, of_audience, read, standing, with_what_is_shown
from app.storage.revisions import AudienceRow
from app.storage.tables import delivery, reference, stix_object


def by_ids(transaction: Transaction, log: AudienceRow, ids: Iterable[str], now: int) -> Sequence[LogRow]:
    """The objects of these ids that stand in this log, contents left aside."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    asked = {
        "collection": log.collection,
        "audience": log.id,
        "now": now,
        "ids": dialects.listed(wanted),
    }
    return [read(row, with_content=False) for row in transaction.execute(_by_ids(transaction.dialect.name), asked)]


def referring_to(
    transaction: Transaction,
    log: AudienceRow,
    targets: Iterable[str],
    now: int,
    limit: int,
    *,
    until: int | None = None,
) -> Sequence[LogRow]:
    """What of this log refers to one of these objects, contents left aside, newest first; at most `limit`.

    `until` is a date added: what is newer is left out.
    """
    wanted = sorted(set(targets))
    if not wanted:
        return []
    asked = {
        "collection": log.collection,
        "audience": log.id,
        "now": now,
        "until": AFTER_ALL if until is None else until,
        "limit": limit,
        "targets": dialects.listed(wanted),
    }
    return [read(row, with_content=False) for row in transaction.execute(_referring(transaction.dialect.name), asked)]


def joined_to(
    transaction: Transaction, log: AudienceRow, targets: Iterable[str], kinds: Iterable[str], now: int, limit: int
) -> Sequence[tuple[str, str, LogRow]]:
    """The relationships of this log, of one of these types, whose target is one of these objects, each after the ids of
    its source and its target; contents left aside, at most `limit`.
    """
    wanted = sorted(set(targets))
    if not wanted:
        return []
    asked = {
        "collection": log.collection,
        "audience": log.id,
        "now": now,
        "limit": limit,
        "targets": dialects.listed(wanted),
        "kinds": dialects.listed(kinds),
    }
    statement = _joined(transaction.dialect.name)
    return [(row[-2], row[-1], read(row, with_content=False)) for row in transaction.execute(statement, asked)]


@cache
def _joined(dialect: str) -> Select[Any]:
    source = reference.alias("source")
    return (
        found_by(reference, source.c.target, reference.c.target)
        .join(source, source.c.contribution == reference.c.contribution)
        .join(searchable, searchable.c.contribution == reference.c.contribution)
        .where(
            dialects.one_of(dialect, reference.c.target, "targets"),
            reference.c.property == "target_ref",
            source.c.property == "source_ref",
            one_by_one(
                term.c.collection == reference.c.collection,
                term.c.kind == "relationship",
                dialects.one_of(dialect, term.c.value, "kinds"),
                term.c.shelf == searchable.c.shelf,
                term.c.contribution == reference.c.contribution,
            ),
        )
        .limit(bindparam("limit"))
    )


@cache
def _by_ids(dialect: str) -> Select[Any]:
    return with_what_is_shown(select(*columns(with_content=False))).where(
        stix_object.c.collection == bindparam("collection"),
        dialects.one_of(dialect, stix_object.c.stix_id, "ids"),
        of_audience(stix_object.c.id),
        standing(delivery),
        newest(),
    )


@cache
def _referring(dialect: str) -> Select[Any]:
    return (
        found_by(reference)
        .distinct()
        .where(
            dialects.one_of(dialect, reference.c.target, "targets"),
            delivery.c.date_added + 0 <= bindparam("until"),
        )
        .order_by(delivery.c.date_added.desc())
        .limit(bindparam("limit"))
    )
