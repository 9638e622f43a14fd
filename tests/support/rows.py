"""Thousands of rows of all that look-ups and searches read, written by a few statements, and the engine told how many
there are: what a planner knows of a store that has been in use for a while. They are of collection 2, and stand in the
logs of the audiences 1 and 2."""

from sqlalchemy import text

from app.storage import dialects
from app.storage.engine import Database

OBJECTS = 3_000

_NUMBERED = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :objects) SELECT"
_YEAR = "'20' || (20 + i % 10)"
_STATEMENTS = (
    "INSERT INTO partnership (id, root, revision) VALUES (1, 'p', 1)",
    "INSERT INTO collection (id, partnership, uuid, alias) VALUES (2, 1, 'u', 'c')",
    "INSERT INTO object_type (id, name) VALUES (1, 'indicator'), (2, 'relationship')",
    "INSERT INTO handling (id, collection, extractor, digest, facts) VALUES (1, 2, 1, :bytes, '')",
    f"INSERT INTO object (id, collection, stix_id, type) {_NUMBERED} i, 2, 'indicator--' || i, 1 + i % 2 FROM n",
    (
        "INSERT INTO object_version (id, object, spec, bytes_digest, tree_digest, revoked, size, content)"
        f" {_NUMBERED} i, i, 21, :bytes, :bytes, false, 1, :bytes FROM n"
    ),
    (
        "INSERT INTO contribution (id, collection, object, version, version_key, version_text, spec, dated, origin,"
        " partner, account, push, handling, received, state, unnamed)"
        f" {_NUMBERED} i, 2, i, i, {_YEAR}, '2026', 21, true, 'x', 'feed', 'feed', 'push', 1, i, 'live', false FROM n"
    ),
    f"INSERT INTO observable (collection, kind, value, contribution) {_NUMBERED} 2, 'url', 'x-' || i, i FROM n",
    (
        "INSERT INTO reference (collection, target, contribution, property)"
        f" {_NUMBERED} 2, 'report--' || i / 2, i, CASE i % 2 WHEN 0 THEN 'source_ref' ELSE 'target_ref' END FROM n"
    ),
    (
        "INSERT INTO term (collection, kind, value, shelf, contribution)"
        f" {_NUMBERED} 2, 'label', 'x-' || i % 100, 'c1h001', i FROM n"
    ),
    (
        "INSERT INTO searchable (contribution, shelf, confidence, created, revoked)"
        f" {_NUMBERED} i, 'c1h001', i % 100, {_YEAR}, false FROM n"
    ),
    *(
        "INSERT INTO delivery (audience, date_added, contribution, object, version, version_key, spec, type)"
        f" {_NUMBERED} {audience}, i, i, i, i, {_YEAR}, 21, 1 + i % 2 FROM n"
        for audience in (1, 2)
    ),
)


def fill(url: str) -> None:
    """Fill this database, which is new, and let the engine gather statistics."""
    database = Database(url, connections=1)
    with database.writing() as transaction:
        for statement in _STATEMENTS:
            transaction.execute(text(statement), {"objects": OBJECTS, "bytes": b"x"})
        dialects.add_words(transaction, [(number, [f"c1h001kit{number % 100}"]) for number in range(1, OBJECTS + 1)])
        transaction.execute(text("ANALYZE"))
    database.close()
