"""The schema of the exchange: one private truth and one log per audience (design, section 4).

Instants are whole milliseconds since 1970, UTC. Integer keys never leave the process. `delivery` and `retired` carry
no foreign keys: they are written many times for each object, and only by the statements that wrote what they name.
Their index leads with the object, and who knows the object asks for `audience + 0`: so no planner, with statistics or
without, can take the range of a whole log for one object's few rows.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from app.storage.dialects import KeyText, Serial

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMES)

partner = Table(
    "partner",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", KeyText, nullable=False, unique=True),
)

account = Table(
    "account",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("partner", ForeignKey("partner.id"), nullable=False),
    Column("name", KeyText, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("secret_kind", Text, nullable=False),
    Column("secret", KeyText, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
)

partnership = Table(
    "partnership",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("root", KeyText, nullable=False, unique=True),
    Column("revision", Integer, nullable=False),
)

revision = Table(
    "revision",
    metadata,
    Column("partnership", ForeignKey("partnership.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("files", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("clauses", Text, nullable=False),
)

collection = Table(
    "collection",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("partnership", ForeignKey("partnership.id"), nullable=False),
    Column("uuid", KeyText, nullable=False, unique=True),
    Column("alias", KeyText, nullable=False),
)

audience = Table(
    "audience",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("collection", ForeignKey("collection.id"), nullable=False),
    Column("partner", KeyText, nullable=False),
    Column("red_account", KeyText, nullable=False),  # "" for the audience of all the member's other accounts
    Column("began", BigInteger, nullable=False),  # rows up to this date were taken over from the member's log
    UniqueConstraint("collection", "partner", "red_account"),
)

head = Table(
    "head",
    metadata,
    Column("audience", ForeignKey("audience.id"), primary_key=True, autoincrement=False),
    Column("last_date", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("changes", BigInteger, nullable=False),  # how often what stands in the log has changed; told to nobody
)

handling = Table(
    "handling",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("collection", ForeignKey("collection.id"), nullable=False),
    Column("extractor", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("facts", Text, nullable=False),
    UniqueConstraint("collection", "extractor", "digest"),
)

object_type = Table(
    "object_type",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", KeyText, nullable=False, unique=True),
)

stix_object = Table(
    "object",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("collection", ForeignKey("collection.id"), nullable=False),
    Column("stix_id", KeyText, nullable=False),
    Column("type", ForeignKey("object_type.id"), nullable=False),
    UniqueConstraint("collection", "stix_id"),
    Index(None, "stix_id"),
)

object_version = Table(
    "object_version",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("object", ForeignKey("object.id"), nullable=False),
    Column("spec", SmallInteger, nullable=False),  # 20 or 21
    Column("bytes_digest", LargeBinary, nullable=False),
    Column("tree_digest", LargeBinary, nullable=False),
    Column("created", Text),
    Column("revoked", Boolean, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary),  # None: too large for the table that pages scan, see large_content
    UniqueConstraint("object", "bytes_digest"),
)

large_content = Table(
    "large_content",
    metadata,
    Column("version", ForeignKey("object_version.id"), primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

contribution = Table(
    "contribution",
    metadata,
    Column("id", Serial, primary_key=True),  # the order of arrival
    Column("collection", ForeignKey("collection.id"), nullable=False),
    Column("object", ForeignKey("object.id"), nullable=False),
    Column("version", ForeignKey("object_version.id"), nullable=False),
    Column("version_key", KeyText, nullable=False),
    Column("version_text", Text, nullable=False),
    Column("spec", SmallInteger, nullable=False),
    Column("dated", Boolean, nullable=False),  # whether the version is the object's own, not the exchange's
    Column("origin", KeyText, nullable=False),
    Column("lines_left", Text),  # origins that it had before, with commas between; None for those that never moved
    Column("partner", KeyText, nullable=False),
    Column("account", KeyText, nullable=False),
    Column("push", KeyText, nullable=False),
    Column("handling", ForeignKey("handling.id"), nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("not_before", BigInteger),
    Column("not_after", BigInteger),
    Column("state", Text, nullable=False),  # live, held, withdrawn, refused or released
    Column("ended", BigInteger),
    Column("derivative", ForeignKey("derivative.id")),  # None for what was pushed
    Column("aged_from", KeyText),  # the version key by which the ages of a derivative's versions count
    Column("unnamed", Boolean, nullable=False),  # a definition that counts for reports without a name alone
    Index(None, "object"),
    Index(None, "collection", "id"),
)

marking = Table(
    "marking",
    metadata,
    Column("partnership", ForeignKey("partnership.id"), primary_key=True),
    Column("marking_id", KeyText, primary_key=True),
    Column("contribution", ForeignKey("contribution.id"), primary_key=True),
    Column("partner", KeyText, nullable=False),
)

marking_use = Table(
    "marking_use",
    metadata,
    Column("partnership", ForeignKey("partnership.id"), primary_key=True),
    Column("marking_id", KeyText, primary_key=True),
    Column("contribution", ForeignKey("contribution.id"), primary_key=True),
    Index(None, "contribution"),
)

held = Table(  # why contributions wait, or waited, for an officer
    "held",
    metadata,
    Column("collection", ForeignKey("collection.id"), primary_key=True),
    Column("contribution", ForeignKey("contribution.id"), primary_key=True),
    Column("rules", Text, nullable=False),
    Column("why", Text, nullable=False),
)

blocked = Table(  # ids that a collection takes from nobody
    "blocked",
    metadata,
    Column("collection", ForeignKey("collection.id"), primary_key=True),
    Column("stix_id", KeyText, primary_key=True),
)

outbox = Table(  # officers' acts, on their way to the ledger: rows are added, never changed
    "outbox",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("partnership", ForeignKey("partnership.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("record", Text, nullable=False),
    Index(None, "partnership", "id"),
)

reference = Table(  # which contribution names which object, signatures and markings left aside
    "reference",
    metadata,
    Column("collection", ForeignKey("collection.id"), primary_key=True),
    Column("target", KeyText, primary_key=True),
    Column("contribution", ForeignKey("contribution.id"), primary_key=True),
    Column("property", Text, primary_key=True),
    Index(None, "contribution"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("audience", BigInteger, primary_key=True, autoincrement=False),
    Column("date_added", BigInteger, primary_key=True, autoincrement=False),
    Column("contribution", BigInteger, nullable=False),
    Column("object", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("version_key", KeyText, nullable=False),
    Column("spec", SmallInteger, nullable=False),
    Column("type", BigInteger, nullable=False),
    Column("not_after", BigInteger),
    Index(None, "object", "audience", "version_key"),
    sqlite_with_rowid=False,
)

dated = Table(  # dates added that nobody is known to have looked at since their commit
    "dated",
    metadata,
    Column("audience", BigInteger, primary_key=True, autoincrement=False),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

clock_reading = Table(  # one row: the greatest reading of a clock that a process has recorded
    "clock_reading",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
)

retired = Table(
    "retired",
    metadata,
    Column("audience", BigInteger, primary_key=True, autoincrement=False),
    Column("date_added", BigInteger, primary_key=True, autoincrement=False),
    Column("contribution", BigInteger, nullable=False),
    Column("object", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("version_key", KeyText, nullable=False),
    Column("spec", SmallInteger, nullable=False),
    Column("type", BigInteger, nullable=False),
    Column("not_after", BigInteger),
    Column("ended", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),  # withdrawn, withheld or appended-again
    Index(None, "object", "audience"),
    sqlite_with_rowid=False,
)

due = Table(  # what time alone will change
    "due",
    metadata,
    Column("contribution", ForeignKey("contribution.id"), primary_key=True, autoincrement=False),
    Column("collection", ForeignKey("collection.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "at", "contribution"),
)

job = Table(  # what a revision has yet to append, batch by batch
    "job",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("partnership", ForeignKey("partnership.id"), nullable=False),
    Column("collection", ForeignKey("collection.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("base", Integer, nullable=False),  # under whose terms nothing had been left
    Column("definitions", Boolean, nullable=False),  # of marking-definitions alone: done before the other one
    Column("due", BigInteger, nullable=False),  # not before this instant
    Column("after", BigInteger, nullable=False),  # contributions up to here are done
    Column("last", BigInteger, nullable=False),  # and those after this one need nothing
    Column("appended", BigInteger, nullable=False),
    UniqueConstraint("collection", "due", "definitions"),
    Index(None, "due"),
)

lease = Table(
    "lease",
    metadata,
    Column("name", KeyText, primary_key=True),
    Column("holder", KeyText, nullable=False),
    Column("until", BigInteger, nullable=False),
)

push = Table(
    "push",
    metadata,
    Column("id", KeyText, primary_key=True),  # the status id
    Column("collection", ForeignKey("collection.id"), nullable=False),
    Column("partner", KeyText, nullable=False),
    Column("account", KeyText, nullable=False),
    Column("operator", Text),  # who ran `comity load`; None over HTTP
    Column("received", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcomes", Text, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Index(None, "state", "expires"),
)

epoch = Table(  # see app.storage.epochs
    "epoch",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("floor", BigInteger),  # None: the database was restored, and has to begin an epoch
    Column("place", Text),  # None on SQLite, and where it has not been served yet
)
