"""The index by which contributions are found, beside `reference`: written at intake, read through the logs."""

from sqlalchemy import Boolean, Column, ForeignKey, SmallInteger, Table

from app.storage.dialects import KeyText
from app.storage.tables import metadata

observable = Table(  # which contribution names which value; `value` is the key of app.stix.observables.IndexKey
    "observable",
    metadata,
    Column("collection", ForeignKey("collection.id"), primary_key=True),
    Column("kind", KeyText, primary_key=True),
    Column("value", KeyText, primary_key=True),
    Column("contribution", ForeignKey("contribution.id"), primary_key=True),
    sqlite_with_rowid=False,
)

term = Table(  # labels, markings and creators of contributions: what is asked for exactly
    "term",
    metadata,
    Column("collection", ForeignKey("collection.id"), primary_key=True),
    Column("kind", KeyText, primary_key=True),
    Column("value", KeyText, primary_key=True),
    Column("shelf", KeyText, primary_key=True),
    Column("contribution", ForeignKey("contribution.id"), primary_key=True),
    sqlite_with_rowid=False,
)

searchable = Table(  # what of a contribution a search compares; instants as version keys. Its words: `searchable_word`
    "searchable",
    metadata,
    Column("contribution", ForeignKey("contribution.id"), primary_key=True, autoincrement=False),
    Column("shelf", KeyText, nullable=False),  # see app.storage.leads; its words begin with it
    Column("confidence", SmallInteger),
    Column("created", KeyText),
    Column("valid_from", KeyText),
    Column("valid_until", KeyText),
    Column("revoked", Boolean, nullable=False),
)
