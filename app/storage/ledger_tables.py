"""The schema of the ledger, a store of its own (design, section 4): append-only."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from app.storage.dialects import KeyText, Serial
from app.storage.tables import NAMES

metadata = MetaData(naming_convention=NAMES)

disclosure = Table(
    "disclosure",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("partnership", KeyText, nullable=False),
    Column("collection", KeyText, nullable=False),
    Column("audience", BigInteger, nullable=False),
    Column("partner", KeyText, nullable=False),
    Column("account", KeyText, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("engine", Text, nullable=False),
    Column("first_date", BigInteger, nullable=False),
    Column("last_date", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    Column("dates", LargeBinary, nullable=False),  # the date added of each row, see app.ledger.disclosures
    Column("digest", LargeBinary, nullable=False),
    Index(None, "audience", "last_date"),
)
