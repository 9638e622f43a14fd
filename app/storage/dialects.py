"""Every difference between SQLite and PostgreSQL, in one place (design, decision 1)."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from psycopg import Cursor
from psycopg.pq import Format
from sqlalchemy import (
    URL,
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Insert,
    Integer,
    Select,
    Table,
    Text,
    TextClause,
    any_,
    bindparam,
    create_engine,
    event,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import ArgumentError
from sqlalchemy.sql.elements import CollectionAggregate
from sqlalchemy.types import TypeEngine

from app.errors import OperatorError, Unavailable

KeyText = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text that is compared byte by byte on both engines."""

Serial = BigInteger().with_variant(Integer, "sqlite")
"""An integer key that the database hands out; its values never leave the process."""

PARTNERSHIP_LOCKS = 0x434F4D
"""The first half of the advisory locks that stand for partnerships."""

REVISION_LOCK = 0x434F4E
"""The advisory lock of whoever makes revisions."""

WRITES = "comity_writes"
"""The execution option by which a transaction says that it will write."""


PINNED_PLANS = (
    " ".join(
        f"-c enable_{way}=off" for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "material", "memoize")
    )
    + " -c max_parallel_workers_per_gather=0 -c jit=off"
)
"""Every statement here asks for few rows by an index, in its order. A planner without statistics would read and sort
whole logs instead; these settings leave it only the plan that is always right."""


class BinaryCursor(Cursor[Any]):
    """A cursor that fetches in binary: text format doubles the time of a page of stored bytes."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.format = Format.BINARY


def open_engine(url: str, wait_seconds: int, connections: int, *, binary: bool = True) -> Engine:
    """An engine for `sqlite:///PATH` or `postgresql://…`. PostgreSQL's catalogue can only be read with `binary` off.

    Raises OperatorError for any other address.
    """
    parsed = _parsed(url)
    match parsed.get_backend_name():
        case "sqlite":
            return _open_sqlite(url, wait_seconds, connections)
        case "postgresql":
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                pool_size=connections,
                max_overflow=4,
                pool_pre_ping=True,
                connect_args={
                    "cursor_factory": BinaryCursor if binary else Cursor,
                    "connect_timeout": 10,
                    "options": f"{PINNED_PLANS if binary else ''} -c lock_timeout={wait_seconds * 1000}",
                },
                insertmanyvalues_page_size=2000,
                hide_parameters=True,
            )
        case other:
            raise OperatorError(
                f"COMITY_DATABASE_URL names the database kind `{other}`. Write sqlite:///PATH or postgresql://…"
            )


def _open_sqlite(url: str, wait_seconds: int, connections: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=4,
        connect_args={"timeout": wait_seconds, "check_same_thread": False},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun below, never by the driver
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",  # WAL's usual NORMAL loses acknowledged commits on power loss (law 4)
            f"busy_timeout = {wait_seconds * 1000}",
            "foreign_keys = ON",
            "mmap_size = 0",
            "cache_size = -32768",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A read that turns into a write fails at once when another has written since: writers say so when they begin.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def shown_url(url: str) -> str:
    """The address without its password, for people to read."""
    parsed = _parsed(url)
    query = {name: "***" if "password" in name else value for name, value in parsed.query.items()}
    return parsed.set(query=query).render_as_string(hide_password=True)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise OperatorError("COMITY_DATABASE_URL is no address. Write sqlite:///PATH or postgresql://…") from None


def database_file(url: str) -> Path | None:
    """The file of an embedded database; None for a server's."""
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


def ledger_file(file: Path) -> Path:
    """Where the ledger of the embedded database in this file is: beside it, in a file of its own."""
    return file.with_name(file.stem + "-ledger" + file.suffix)


def ledger_url(url: str) -> str:
    """Where the ledger of this database is: beside an embedded one in a file of its own, else in the same server."""
    file = database_file(url)
    return url if file is None else f"sqlite:///{ledger_file(file)}"


_PLACE = """
SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE concat_ws(
    '/',
    (SELECT system_identifier FROM pg_control_system()),
    substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
    (SELECT oid FROM pg_database WHERE datname = current_database()),
    'epoch'::regclass::oid
) END
"""
"""The server, its timeline (a promoted standby begins another one), the database, and the key of a table in it, which
no dump brings along. Nothing on a standby."""
_SERVED_AT = "SELECT place FROM epoch ORDER BY number DESC LIMIT 1"


def place_of(connection: Connection) -> str | None:
    """What changes where a database is restored or its standby promoted, and otherwise never. None on SQLite.

    Raises Unavailable on a standby, which is behind its primary.
    """
    if connection.dialect.name != "postgresql":
        return None
    return _known(connection.exec_driver_sql(_PLACE).scalar_one())


def _known(place: object) -> str:
    if place is None:
        raise Unavailable("The database is a standby: reads go to the primary. Promote it, or name the primary.")
    return str(place)


def refuse_elsewhere(engine: Engine) -> None:
    """Let new connections of this engine fail where the database is not at the place where it is served.

    A server that runs while its database fails over makes new connections, and would go on as if nothing had happened.
    """
    if engine.dialect.name != "postgresql":
        return

    @event.listens_for(engine, "connect")
    def _check(connection: Any, _record: object) -> None:
        with connection.transaction(), connection.cursor() as cursor:
            place = _known(cursor.execute(_PLACE).fetchone()[0])
            served = cursor.execute(_SERVED_AT).fetchone()
        if served is not None and served[0] not in (None, place):
            raise Unavailable("The database is not where it was last served. Run `comity db new-epoch`.")


def read_options(engine: Engine) -> dict[str, Any]:
    """Execution options of a transaction that reads: one snapshot for all its statements."""
    if engine.dialect.name == "postgresql":
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {WRITES: False}


def write_options(engine: Engine) -> dict[str, Any]:
    """Execution options of a transaction that writes.

    On PostgreSQL each statement sees what was committed before it, so that what is read after waiting for a lock
    is what the lock protects; on SQLite the write lock is taken at once.
    """
    if engine.dialect.name == "postgresql":
        return {"isolation_level": "READ COMMITTED"}
    return {WRITES: True}


def for_update(statement: Select[Any]) -> Select[Any]:
    """Hold the rows until the transaction ends (on SQLite the write lock does)."""
    return statement.with_for_update()


def queue_for(connection: Connection, key: int, *, alone: bool) -> None:
    """Wait for one's turn at a partnership, alone or beside others who do not want it alone; held until the end.

    PostgreSQL's advisory locks queue fairly, so that a revision gets its turn under any stream of pushes. On SQLite
    the write lock is all there is.
    """
    if connection.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        connection.execute(select(lock(PARTNERSHIP_LOCKS, key)))


def queue_to_revise(connection: Connection) -> None:
    """Wait until nobody else makes revisions, of partnerships that are there or of new ones; held until the end."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(REVISION_LOCK)))


def insert_new(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert | Insert":
    """An INSERT that leaves rows alone whose key is there already."""
    if connection.dialect.name == "postgresql":
        return postgresql_insert(table).on_conflict_do_nothing()
    return sqlite_insert(table).on_conflict_do_nothing()


def one_of(dialect: str, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column holds one of the texts that `listed` makes a parameter of: one parameter, however many."""
    if dialect == "postgresql":
        return column == _any_of(name, Text())
    return column.in_(select(func.json_each(bindparam(name, type_=Text())).table_valued("value").c.value))


def _any_of(name: str, of: TypeEngine[Any]) -> CollectionAggregate[Any]:
    """What planning does not look into: for each of thousands of values it would go through its statistics."""
    array = postgresql.ARRAY(of)
    return any_(func.array(select(func.unnest(bindparam(name, type_=array))).scalar_subquery(), type_=array))


def listed(connection: Connection, texts: Iterable[str]) -> object:
    """The parameter of `one_of`."""
    distinct = sorted(set(texts))
    return distinct if connection.dialect.name == "postgresql" else json.dumps(distinct)


def add_words(connection: Connection, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Record the words of these keys, which are new, in the full text index."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        statement = "INSERT INTO searchable_word VALUES (:key, array_to_tsvector(CAST(:words AS text[])))"
        connection.execute(text(statement), [{"key": key, "words": list(words)} for key, words in rows])
    else:
        statement = "INSERT INTO searchable_word (rowid, words) VALUES (:key, :words)"
        connection.execute(text(statement), [{"key": key, "words": " ".join(words)} for key, words in rows])


def keys_with(connection: Connection, groups: Sequence[Sequence[str]], limit: int) -> Sequence[int]:
    """The keys that have all words of one of these groups, at most `limit`. Nothing here ranks."""
    if not groups:
        return []
    asked = {"words": all_of_one(connection.dialect.name, groups), "limit": limit}
    if connection.dialect.name != "postgresql":
        found = text("SELECT rowid FROM searchable_word WHERE searchable_word MATCH :words LIMIT :limit")
        return connection.scalars(found, asked).all()
    found = text("SELECT contribution FROM searchable_word WHERE words @@ CAST(:words AS tsquery) LIMIT :limit")
    # an inverted index is only ever read by way of a bitmap
    connection.execute(_BITMAPS, {"bitmaps": "on", "others": "off"})
    keys = connection.scalars(found, asked).all()
    connection.execute(_BITMAPS, {"bitmaps": "off", "others": "on"})
    return keys


_BITMAPS = text("SELECT set_config('enable_bitmapscan', :bitmaps, true), set_config('enable_indexscan', :others, true)")


def keys_in(dialect: str, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column holds one of the keys that `listed_keys` makes a parameter of."""
    if dialect == "postgresql":
        return column == _any_of(name, BigInteger())
    return column.in_(select(func.json_each(bindparam(name, type_=Text())).table_valued("value").c.value))


def listed_keys(connection: Connection, keys: Iterable[int]) -> object:
    """The parameter of `keys_in`."""
    distinct = sorted(set(keys))
    return distinct if connection.dialect.name == "postgresql" else json.dumps(distinct)


def has_words(dialect: str) -> TextClause:
    """Whether the row of `searchable` has all words of one group of the parameter `words`, which `all_of_one` makes."""
    if dialect == "postgresql":
        return text(
            "EXISTS (SELECT 1 FROM searchable_word AS w WHERE w.contribution = searchable.contribution"
            " AND w.words @@ CAST(:words AS tsquery))"
        )
    # to ask FTS5 about one row is to read the whole of its list of a word
    return text("searchable.contribution IN (SELECT rowid FROM searchable_word WHERE searchable_word MATCH :words)")


def all_of_one(dialect: str, groups: Sequence[Sequence[str]]) -> str:
    """The parameter of `has_words`: words of letters, marks and digits alone, as both engines keep them."""
    if dialect == "postgresql":
        return " | ".join("(" + " & ".join(f"'{word}'" for word in group) + ")" for group in groups)
    return " OR ".join("(" + " AND ".join(f'"{word}"' for word in group) + ")" for group in groups)
