"""What the engines do by themselves: the same page read, and the same rows inserted, with nothing around them."""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import psycopg

from app.storage.dialects import database_file

PAGE = """
SELECT d.date_added, d.contribution, o.stix_id, c.version_text, v.size, c.handling, v.bytes_digest, v.content
FROM delivery d JOIN contribution c ON c.id = d.contribution JOIN object_version v ON v.id = d.version
JOIN object o ON o.id = d.object
WHERE d.audience = {0} AND d.date_added > {0} ORDER BY d.date_added LIMIT {0}
"""
TABLES = {
    "object": ("id", "collection", "stix_id", "type"),
    "object_version": (
        "id", "object", "spec", "bytes_digest", "tree_digest", "created", "revoked", "size", "content",
    ),
    "contribution": (
        "id", "collection", "object", "version", "version_key", "version_text", "spec", "dated", "origin", "partner",
        "account", "push", "handling", "received", "state", "unnamed",
    ),
    "delivery": ("audience", "date_added", "contribution", "object", "version", "version_key", "spec", "type"),
}  # fmt: skip
PARENTS = (
    "INSERT INTO partnership (id, root, revision) VALUES (1, 'raw', 1)",
    "INSERT INTO collection (id, partnership, uuid, alias) VALUES (1, 1, 'raw', 'raw')",
    "INSERT INTO object_type (id, name) VALUES (1, 'indicator')",
    "INSERT INTO handling (id, collection, extractor, digest, facts) VALUES (1, 1, 1, '', '')",
)


def connect(url: str) -> Any:
    """A connection as Comity has them: durable, and binary on PostgreSQL."""
    file = database_file(url)
    if file is None:
        return psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -32768"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def read_pages(url: str, audience: int, limit: int) -> float:
    """Rows a second of a whole walk, page by page."""
    with closing(connect(url)) as connection:
        postgres = isinstance(connection, psycopg.Connection)
        cursor = connection.cursor(binary=True) if postgres else connection.cursor()
        statement = PAGE.format("%s" if postgres else "?")
        after, count = 0, 0
        begun = time.perf_counter()
        while True:
            rows = cursor.execute(statement, (audience, after, limit)).fetchall()
            if not rows:
                return count / (time.perf_counter() - begun)
            count += len(rows)
            after = rows[-1][0]


def insert(url: str, contents: Sequence[bytes], audiences: int, batch: int = 1000) -> float:
    """Objects a second: the rows that a push writes, in batches that are committed, with nothing decided."""
    with closing(connect(url)) as connection:
        mark = "%s" if isinstance(connection, psycopg.Connection) else "?"
        for statement in PARENTS:
            connection.execute(statement)
        statements = {
            name: f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"
            for name, columns in TABLES.items()
        }
        begun = time.perf_counter()
        for start in range(0, len(contents), batch):
            part = contents[start : start + batch]
            connection.execute("BEGIN")
            cursor = connection.cursor()
            for name, rows in _rows(part, start + 1, audiences).items():
                cursor.executemany(statements[name], rows)
            connection.execute("COMMIT")
        return len(contents) / (time.perf_counter() - begun)


def _rows(contents: Sequence[bytes], first: int, audiences: int) -> dict[str, list[tuple[Any, ...]]]:
    digest, key = b"d" * 32, "2026-05-01T08:00:00"
    keys = range(first, first + len(contents))
    return {
        "object": [(n, 1, f"indicator--{hash((n, 'x')) & (2**128 - 1):032x}", 1) for n in keys],
        "object_version": [
            (n, n, 21, digest + n.to_bytes(8, "big"), digest, key, False, len(content), content)
            for n, content in zip(keys, contents, strict=True)
        ],
        "contribution": [
            (n, 1, n, n, key, key, 21, True, "x via feed", "feed", "feed", "push", 1, 1, "live", False) for n in keys
        ],
        "delivery": [(audience, n, n, n, n, key, 21, 1) for audience in range(1, audiences + 1) for n in keys],
    }
