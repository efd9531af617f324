"""Imports of every entity: staged rows in tables of their own, one log of changes for undo and history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create schema staging")
    op.execute("revoke all on schema staging from public")
    op.execute("grant usage, create on schema staging to tandem_internal")
    for table in ("import_created", "import_replaced", "import_row"):
        op.drop_table(table)
    _create_rows()
    _create_changes()
    op.add_column("import_batch", sa.Column("source", sa.Text(), server_default="file", nullable=False))
    sources = "source in ('file', 'folder', 'command', 'edit')"
    op.create_check_constraint(op.f("ck_import_batch_source"), "import_batch", sources)
    # Files that were checked before have lost their rows: they are checked again.
    op.execute("update import_batch set state = 'uploaded' where state = 'checked'")
    op.execute("grant select, insert, update, delete on import_row, data_change to tandem_internal")
    # Imports set ids aside for products and customers that they may make.
    op.execute("grant usage on sequence product_id_seq, customer_id_seq to tandem_internal")
    op.execute("insert into role_permission (role, permission) values ('admin', 'import.run')")
    op.execute("grant delete on app_user, company to tandem_internal")  # an import of people is taken back, too


def downgrade() -> None:
    op.execute("delete from role_permission where (role, permission) = ('admin', 'import.run')")
    op.execute("revoke usage on sequence product_id_seq, customer_id_seq from tandem_internal")
    op.execute("revoke delete on app_user, company from tandem_internal")
    op.drop_column("import_batch", "source")
    for table in ("data_change", "import_row"):
        op.drop_table(table)
    op.execute("drop schema staging cascade")
    _create_former_tables()


def _batch(table: str, *, nullable: bool = False) -> sa.Column[object]:
    reference = sa.ForeignKey("import_batch.id", ondelete="CASCADE", name=f"fk_{table}_batch_id")
    return sa.Column("batch_id", sa.Uuid(), reference, nullable=nullable)


def _create_rows() -> None:
    op.create_table(
        "import_row",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _batch("import_row"),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_row"),
        prefixes=["UNLOGGED"],  # after a crash of the server a file is checked again
    )
    op.create_index("ix_import_row_batch_id_outcome_line", "import_row", ["batch_id", "outcome", "line"])


def _create_changes() -> None:
    table = "data_change"
    json = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _batch(table, nullable=True),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("record_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_key", json, nullable=False),
        sa.Column("before", json),
        sa.Column("after", json),
        sa.Column("changed_by", sa.BigInteger()),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('insert', 'update', 'delete')", name=op.f(f"ck_{table}_kind")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_entity_record_key", table, ["entity", "record_key"])
    op.create_index(f"ix_{table}_batch_id", table, ["batch_id"], postgresql_where=sa.text("batch_id is not null"))


def _create_former_tables() -> None:
    """As 0005 made them."""
    number = sa.Numeric(18, 4)
    texts = ("source_key", "product", "description", "customer", "region", "location", "channel")
    op.create_table(
        "import_row",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _batch("import_row"),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("day", sa.Date()),
        *(sa.Column(name, sa.Text()) for name in texts),
        *(sa.Column(name, number) for name in ("quantity", "revenue")),
        sa.PrimaryKeyConstraint("id", name="pk_import_row"),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_import_row_batch_id_outcome_line", "import_row", ["batch_id", "outcome", "line"])
    ids = [sa.Column(f"{name}_id", sa.BigInteger(), nullable=False) for name in ("product", "location", "channel")]
    op.create_table(
        "import_replaced",
        _batch("import_replaced"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        *ids,
        sa.Column("customer_id", sa.BigInteger()),
        sa.Column("kind", sa.Text(), nullable=False),
        *(sa.Column(name, number, nullable=False) for name in ("quantity", "revenue")),
        sa.Column("before_batch_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("batch_id", "day", "source_key", name="pk_import_replaced"),
    )
    op.create_index("ix_import_replaced_before_batch_id", "import_replaced", ["before_batch_id"])
    op.create_table(
        "import_created",
        _batch("import_created"),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "table_name", "row_id", name="pk_import_created"),
    )
    tables = "import_row, import_replaced, import_created"
    op.execute(f"grant select, insert, update, delete on {tables} to tandem_internal")
