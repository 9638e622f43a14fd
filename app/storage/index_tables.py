"""The index by which contributions are found, beside `reference`: written at intake, read through the logs."""

from sqlalchemy import Column, ForeignKey, Table

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
