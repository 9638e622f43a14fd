"""What time changes: contributions that become due, the batches of a revision, and who looks after both.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

key_text = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")
serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade(store: str) -> None:
    if store == "exchange":
        upgrade_exchange()


def upgrade_exchange() -> None:
    op.create_table(
        "due",
        sa.Column("contribution", serial, autoincrement=False, nullable=False),
        sa.Column("collection", serial, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name=op.f("fk_due_collection")),
        sa.ForeignKeyConstraint(["contribution"], ["contribution.id"], name=op.f("fk_due_contribution")),
        sa.PrimaryKeyConstraint("contribution", name=op.f("pk_due")),
    )
    op.create_index(op.f("ix_due_at_contribution"), "due", ["at", "contribution"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", serial, nullable=False),
        sa.Column("partnership", serial, nullable=False),
        sa.Column("collection", serial, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("definitions", sa.Boolean(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("appended", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name=op.f("fk_job_collection")),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.id"], name=op.f("fk_job_partnership")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("collection", "due", "definitions", name=op.f("uq_job_collection_due_definitions")),
    )
    op.create_index(op.f("ix_job_due"), "job", ["due"], unique=False)
    op.create_table(
        "lease",
        sa.Column("name", key_text, nullable=False),
        sa.Column("holder", key_text, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
