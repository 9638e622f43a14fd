"""The exchange as it first stands: accounts, agreements, contributions, one log per audience; and the ledger.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

key_text = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")
serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade(store: str) -> None:
    if store == "exchange":
        upgrade_exchange()
    else:
        upgrade_ledger()


def upgrade_exchange() -> None:
    op.create_table(
        "epoch",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_epoch")),
    )
    op.create_table(
        "delivery",
        sa.Column("audience", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("date_added", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contribution", sa.BigInteger(), nullable=False),
        sa.Column("object", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("version_key", key_text, nullable=False),
        sa.Column("spec", sa.SmallInteger(), nullable=False),
        sa.Column("type", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("audience", "date_added", name=op.f("pk_delivery")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_delivery_object_audience_version_key"), "delivery", ["object", "audience", "version_key"], unique=False
    )
    op.create_table(
        "dated",
        sa.Column("audience", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("audience", "first", name=op.f("pk_dated")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "clock_reading",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_reading")),
    )
    op.create_table(
        "object_type",
        sa.Column("id", serial, nullable=False),
        sa.Column("name", key_text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_object_type")),
        sa.UniqueConstraint("name", name=op.f("uq_object_type_name")),
    )
    op.create_table(
        "partner",
        sa.Column("id", serial, nullable=False),
        sa.Column("name", key_text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_name")),
    )
    op.create_table(
        "partnership",
        sa.Column("id", serial, nullable=False),
        sa.Column("root", key_text, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership")),
        sa.UniqueConstraint("root", name=op.f("uq_partnership_root")),
    )
    op.create_table(
        "retired",
        sa.Column("audience", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("date_added", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contribution", sa.BigInteger(), nullable=False),
        sa.Column("object", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("version_key", key_text, nullable=False),
        sa.Column("spec", sa.SmallInteger(), nullable=False),
        sa.Column("type", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("audience", "date_added", name=op.f("pk_retired")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_retired_object_audience"), "retired", ["object", "audience"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", serial, nullable=False),
        sa.Column("partner", serial, nullable=False),
        sa.Column("name", key_text, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("secret_kind", sa.Text(), nullable=False),
        sa.Column("secret", key_text, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["partner"], ["partner.id"], name=op.f("fk_account_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
        sa.UniqueConstraint("secret", name=op.f("uq_account_secret")),
    )
    op.create_table(
        "collection",
        sa.Column("id", serial, nullable=False),
        sa.Column("partnership", serial, nullable=False),
        sa.Column("uuid", key_text, nullable=False),
        sa.Column("alias", key_text, nullable=False),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.id"], name=op.f("fk_collection_partnership")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection")),
        sa.UniqueConstraint("uuid", name=op.f("uq_collection_uuid")),
    )
    op.create_table(
        "revision",
        sa.Column("partnership", serial, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("clauses", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.id"], name=op.f("fk_revision_partnership")),
        sa.PrimaryKeyConstraint("partnership", "number", name=op.f("pk_revision")),
    )
    op.create_table(
        "audience",
        sa.Column("id", serial, nullable=False),
        sa.Column("collection", serial, nullable=False),
        sa.Column("partner", key_text, nullable=False),
        sa.Column("red_account", key_text, nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name=op.f("fk_audience_collection")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience")),
        sa.UniqueConstraint(
            "collection", "partner", "red_account", name=op.f("uq_audience_collection_partner_red_account")
        ),
    )
    op.create_table(
        "handling",
        sa.Column("id", serial, nullable=False),
        sa.Column("collection", serial, nullable=False),
        sa.Column("extractor", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name=op.f("fk_handling_collection")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handling")),
        sa.UniqueConstraint("collection", "extractor", "digest", name=op.f("uq_handling_collection_extractor_digest")),
    )
    op.create_table(
        "object",
        sa.Column("id", serial, nullable=False),
        sa.Column("collection", serial, nullable=False),
        sa.Column("stix_id", key_text, nullable=False),
        sa.Column("type", serial, nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name=op.f("fk_object_collection")),
        sa.ForeignKeyConstraint(["type"], ["object_type.id"], name=op.f("fk_object_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_object")),
        sa.UniqueConstraint("collection", "stix_id", name=op.f("uq_object_collection_stix_id")),
    )
    op.create_index(op.f("ix_object_stix_id"), "object", ["stix_id"], unique=False)
    op.create_table(
        "push",
        sa.Column("id", key_text, nullable=False),
        sa.Column("collection", serial, nullable=False),
        sa.Column("partner", key_text, nullable=False),
        sa.Column("account", key_text, nullable=False),
        sa.Column("operator", sa.Text(), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcomes", sa.Text(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name=op.f("fk_push_collection")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push")),
    )
    op.create_index(op.f("ix_push_state_expires"), "push", ["state", "expires"], unique=False)
    op.create_table(
        "head",
        sa.Column("audience", serial, autoincrement=False, nullable=False),
        sa.Column("last_date", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["audience"], ["audience.id"], name=op.f("fk_head_audience")),
        sa.PrimaryKeyConstraint("audience", name=op.f("pk_head")),
    )
    op.create_table(
        "object_version",
        sa.Column("id", serial, nullable=False),
        sa.Column("object", serial, nullable=False),
        sa.Column("spec", sa.SmallInteger(), nullable=False),
        sa.Column("bytes_digest", sa.LargeBinary(), nullable=False),
        sa.Column("tree_digest", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.Text(), nullable=True),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["object"], ["object.id"], name=op.f("fk_object_version_object")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_object_version")),
        sa.UniqueConstraint("object", "bytes_digest", name=op.f("uq_object_version_object_bytes_digest")),
    )
    op.create_table(
        "derivative",
        sa.Column("id", serial, nullable=False),
        sa.Column("collection", serial, nullable=False),
        sa.Column("original", serial, nullable=False),
        sa.Column("origin", key_text, nullable=False),
        sa.Column("member", key_text, nullable=False),
        sa.Column("view", key_text, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("object", serial, nullable=False),
        sa.Column("identity", key_text, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name=op.f("fk_derivative_collection")),
        sa.ForeignKeyConstraint(["object"], ["object.id"], name=op.f("fk_derivative_object")),
        sa.ForeignKeyConstraint(["original"], ["object.id"], name=op.f("fk_derivative_original")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_derivative")),
        sa.UniqueConstraint(
            "original",
            "origin",
            "member",
            "view",
            "generation",
            name=op.f("uq_derivative_original_origin_member_view_generation"),
        ),
    )
    op.create_index(op.f("ix_derivative_collection_id"), "derivative", ["collection", "id"], unique=False)
    op.create_index(op.f("ix_derivative_object"), "derivative", ["object"], unique=False)
    op.create_table(
        "left_by_marks",
        sa.Column("original", serial, nullable=False),
        sa.Column("origin", key_text, nullable=False),
        sa.Column("member", key_text, nullable=False),
        sa.Column("view", key_text, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["original"], ["object.id"], name=op.f("fk_left_by_marks_original")),
        sa.PrimaryKeyConstraint("original", "origin", "member", "view", "digest", name=op.f("pk_left_by_marks")),
    )
    op.create_table(
        "secret",
        sa.Column("name", key_text, nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )
    op.create_table(
        "contribution",
        sa.Column("id", serial, nullable=False),
        sa.Column("collection", serial, nullable=False),
        sa.Column("object", serial, nullable=False),
        sa.Column("version", serial, nullable=False),
        sa.Column("version_key", key_text, nullable=False),
        sa.Column("version_text", sa.Text(), nullable=False),
        sa.Column("spec", sa.SmallInteger(), nullable=False),
        sa.Column("dated", sa.Boolean(), nullable=False),
        sa.Column("origin", key_text, nullable=False),
        sa.Column("lines_left", sa.Text(), nullable=True),
        sa.Column("partner", key_text, nullable=False),
        sa.Column("account", key_text, nullable=False),
        sa.Column("push", key_text, nullable=False),
        sa.Column("handling", serial, nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("not_after", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("derivative", serial, nullable=True),
        sa.Column("aged_from", key_text, nullable=True),
        sa.Column("unnamed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name=op.f("fk_contribution_collection")),
        sa.ForeignKeyConstraint(["derivative"], ["derivative.id"], name=op.f("fk_contribution_derivative")),
        sa.ForeignKeyConstraint(["handling"], ["handling.id"], name=op.f("fk_contribution_handling")),
        sa.ForeignKeyConstraint(["object"], ["object.id"], name=op.f("fk_contribution_object")),
        sa.ForeignKeyConstraint(["version"], ["object_version.id"], name=op.f("fk_contribution_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
    )
    op.create_index(op.f("ix_contribution_collection_id"), "contribution", ["collection", "id"], unique=False)
    op.create_index(op.f("ix_contribution_object"), "contribution", ["object"], unique=False)
    op.create_table(
        "large_content",
        sa.Column("version", serial, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["object_version.id"], name=op.f("fk_large_content_version")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_large_content")),
    )
    op.create_table(
        "marking",
        sa.Column("partnership", serial, nullable=False),
        sa.Column("marking_id", key_text, nullable=False),
        sa.Column("contribution", serial, nullable=False),
        sa.Column("partner", key_text, nullable=False),
        sa.ForeignKeyConstraint(["contribution"], ["contribution.id"], name=op.f("fk_marking_contribution")),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.id"], name=op.f("fk_marking_partnership")),
        sa.PrimaryKeyConstraint("partnership", "marking_id", "contribution", name=op.f("pk_marking")),
    )
    op.create_table(
        "marking_use",
        sa.Column("partnership", serial, nullable=False),
        sa.Column("marking_id", key_text, nullable=False),
        sa.Column("contribution", serial, nullable=False),
        sa.ForeignKeyConstraint(["contribution"], ["contribution.id"], name=op.f("fk_marking_use_contribution")),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.id"], name=op.f("fk_marking_use_partnership")),
        sa.PrimaryKeyConstraint("partnership", "marking_id", "contribution", name=op.f("pk_marking_use")),
    )
    op.create_index(op.f("ix_marking_use_contribution"), "marking_use", ["contribution"], unique=False)
    op.create_table(
        "held",
        sa.Column("collection", serial, nullable=False),
        sa.Column("contribution", serial, nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name=op.f("fk_held_collection")),
        sa.ForeignKeyConstraint(["contribution"], ["contribution.id"], name=op.f("fk_held_contribution")),
        sa.PrimaryKeyConstraint("collection", "contribution", name=op.f("pk_held")),
    )
    op.create_table(
        "blocked",
        sa.Column("collection", serial, nullable=False),
        sa.Column("stix_id", key_text, nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name=op.f("fk_blocked_collection")),
        sa.PrimaryKeyConstraint("collection", "stix_id", name=op.f("pk_blocked")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", serial, nullable=False),
        sa.Column("partnership", serial, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.id"], name=op.f("fk_outbox_partnership")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_partnership_id"), "outbox", ["partnership", "id"], unique=False)
    op.create_table(
        "reference",
        sa.Column("collection", serial, nullable=False),
        sa.Column("target", key_text, nullable=False),
        sa.Column("contribution", serial, nullable=False),
        sa.Column("property", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name=op.f("fk_reference_collection")),
        sa.ForeignKeyConstraint(["contribution"], ["contribution.id"], name=op.f("fk_reference_contribution")),
        sa.PrimaryKeyConstraint("collection", "target", "contribution", "property", name=op.f("pk_reference")),
    )
    op.create_index(op.f("ix_reference_contribution"), "reference", ["contribution"], unique=False)
    op.create_table(
        "observable",
        sa.Column("collection", serial, nullable=False),
        sa.Column("kind", key_text, nullable=False),
        sa.Column("value", key_text, nullable=False),
        sa.Column("contribution", serial, nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name=op.f("fk_observable_collection")),
        sa.ForeignKeyConstraint(["contribution"], ["contribution.id"], name=op.f("fk_observable_contribution")),
        sa.PrimaryKeyConstraint("collection", "kind", "value", "contribution", name=op.f("pk_observable")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "term",
        sa.Column("collection", serial, nullable=False),
        sa.Column("kind", key_text, nullable=False),
        sa.Column("value", key_text, nullable=False),
        sa.Column("shelf", key_text, nullable=False),
        sa.Column("contribution", serial, nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name=op.f("fk_term_collection")),
        sa.ForeignKeyConstraint(["contribution"], ["contribution.id"], name=op.f("fk_term_contribution")),
        sa.PrimaryKeyConstraint("collection", "kind", "value", "shelf", "contribution", name=op.f("pk_term")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "searchable",
        sa.Column("contribution", serial, autoincrement=False, nullable=False),
        sa.Column("shelf", key_text, nullable=False),
        sa.Column("confidence", sa.SmallInteger(), nullable=True),
        sa.Column("created", key_text, nullable=True),
        sa.Column("valid_from", key_text, nullable=True),
        sa.Column("valid_until", key_text, nullable=True),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["contribution"], ["contribution.id"], name=op.f("fk_searchable_contribution")),
        sa.PrimaryKeyConstraint("contribution", name=op.f("pk_searchable")),
    )
    create_words()


def create_words() -> None:
    """The words of contributions, in the full text index of the engine, which no table of the code declares."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE TABLE searchable_word (contribution bigint PRIMARY KEY, words tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_searchable_word_words ON searchable_word USING gin (words)")
    else:
        op.execute("CREATE VIRTUAL TABLE searchable_word USING fts5(words, content='', detail=none, tokenize='ascii')")


def upgrade_ledger() -> None:
    op.create_table(
        "disclosure",
        sa.Column("id", serial, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("partnership", key_text, nullable=False),
        sa.Column("collection", key_text, nullable=False),
        sa.Column("audience", sa.BigInteger(), nullable=False),
        sa.Column("partner", key_text, nullable=False),
        sa.Column("account", key_text, nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("first_date", sa.BigInteger(), nullable=False),
        sa.Column("last_date", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("dates", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    op.create_index(op.f("ix_disclosure_audience_last_date"), "disclosure", ["audience", "last_date"], unique=False)
