"""The part of the exchange's schema that sanitised derivatives need."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, UniqueConstraint

from app.storage.dialects import KeyText, Serial
from app.storage.tables import metadata as metadata

derivative = Table(  # what stands in for the versions of one line, for one member and one set of TLP levels
    "derivative",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("collection", ForeignKey("collection.id"), nullable=False),
    Column("original", ForeignKey("object.id"), nullable=False),
    Column("origin", KeyText, nullable=False),
    Column("member", KeyText, nullable=False),  # for whom: one that others share would tell of them
    Column("view", KeyText, nullable=False),
    Column("generation", Integer, nullable=False),  # one ends when the line gives nothing more
    Column("object", ForeignKey("object.id"), nullable=False),
    Column("identity", KeyText, nullable=False),  # who signs it
    Column("created", BigInteger, nullable=False),
    Column("closed_by", BigInteger),  # the contribution that revokes it: nothing follows
    UniqueConstraint("original", "origin", "member", "view", "generation"),
    Index(None, "object"),
    Index(None, "collection", "id"),
)

left_by_marks = Table(  # what came, the first time, of what the markings alone leave of the versions of a line
    "left_by_marks",
    metadata,
    Column("original", ForeignKey("object.id"), primary_key=True),
    Column("origin", KeyText, primary_key=True),
    Column("member", KeyText, primary_key=True),
    Column("view", KeyText, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("said", LargeBinary),  # the digest of what went out; nothing did where it is NULL
)

secret = Table(  # random bytes by name, made at first need: what the exchange's own ids are keyed with
    "secret",
    metadata,
    Column("name", KeyText, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
