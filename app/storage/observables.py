"""Which contribution names which value, and what of it an audience is shown.

Values are index keys (`app.stix.observables`). What is found is found through an audience's log: the newest version
of each object that stands there.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam

from app.stix.observables import IndexKey, KeyRange
from app.storage import dialects
from app.storage.chunks import chunks
from app.storage.engine import Transaction
from app.storage.index_tables import observable
from app.storage.log_rows import LogRow, found_by, read
from app.storage.revisions import AudienceRow

KEYS_PER_STATEMENT = 20_000

Named = tuple[IndexKey, LogRow]
"""A row of a log, and one value that its version names."""


def add(transaction: Transaction, collection_id: int, values: Sequence[tuple[int, IndexKey]]) -> None:
    """Record (contribution, value) of contributions to this collection."""
    rows = [
        {"collection": collection_id, "kind": value.kind, "value": value.key, "contribution": key}
        for key, value in values
    ]
    if rows:
        transaction.execute(observable.insert(), rows)


def by_kind(keys: Iterable[IndexKey]) -> Mapping[str, Collection[str]]:
    """Keys by their kind."""
    found: dict[str, list[str]] = defaultdict(list)
    for kind, key in keys:
        found[kind].append(key)
    return found


def asked(keys: Mapping[str, Collection[str]]) -> Sequence[Mapping[str, object]]:
    """What `naming` asks each log: keys by their kind, in parts."""
    return [
        {"kind": kind, "values": dialects.listed(part)}
        for kind, of_kind in keys.items()
        for part in chunks(list(of_kind), KEYS_PER_STATEMENT)
    ]


def naming(
    transaction: Transaction, log: AudienceRow, parts: Sequence[Mapping[str, object]], now: int, limit: int
) -> Sequence[Named]:
    """What of this log names one of the values that were `asked`; contents left aside, no more than about `limit`."""
    found: list[Named] = []
    for part in parts:
        found.extend(_named(transaction, log, part, now, limit, in_range=False))
        if len(found) >= limit:
            break
    return found


def lying_in(transaction: Transaction, log: AudienceRow, within: KeyRange, now: int, limit: int) -> Sequence[Named]:
    """What of this log names a value in this range, contents left aside; at most `limit`."""
    parameters = {"kind": within.kind, "first": within.first, "end": within.end}
    return _named(transaction, log, parameters, now, limit, in_range=True)


def _named(
    transaction: Transaction,
    log: AudienceRow,
    parameters: Mapping[str, object],
    now: int,
    limit: int,
    *,
    in_range: bool,
) -> Sequence[Named]:
    wanted = {"collection": log.collection, "audience": log.id, "now": now, "limit": limit, **parameters}
    statement = _statement(transaction.dialect.name, in_range=in_range)
    return [
        (IndexKey(row[-2], row[-1]), read(row, with_content=False)) for row in transaction.execute(statement, wanted)
    ]


@cache
def _statement(dialect: str, *, in_range: bool) -> Select[Any]:
    among = (
        and_(observable.c.value >= bindparam("first"), observable.c.value < bindparam("end"))
        if in_range
        else dialects.one_of(dialect, observable.c.value, "values")
    )
    return (
        found_by(observable, observable.c.kind, observable.c.value)
        .where(observable.c.kind == bindparam("kind"), among)
        .limit(bindparam("limit"))
    )
