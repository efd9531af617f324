"""Staging of imports: rows and findings of checked files, replaced rows and created master data for undo."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _batch(table: str, **options: object) -> sa.Column[object]:
    reference = sa.ForeignKey("import_batch.id", ondelete="CASCADE", name=f"fk_{table}_batch_id")
    return sa.Column("batch_id", sa.Uuid(), reference, nullable=False, **options)  # type: ignore[arg-type]


def upgrade() -> None:
    number = sa.Numeric(18, 4)
    op.create_table(
        "import_row",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _batch("import_row"),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text()),
        sa.Column("day", sa.Date()),
        sa.Column("product", sa.Text()),
        sa.Column("description", sa.Text()),
        sa.Column("quantity", number),
        sa.Column("revenue", number),
        sa.Column("customer", sa.Text()),
        sa.Column("region", sa.Text()),
        sa.Column("location", sa.Text()),
        sa.Column("channel", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_import_row"),
        prefixes=["UNLOGGED"],  # after a crash of the server a file is checked again
    )
    op.create_index("ix_import_row_batch_id_outcome_line", "import_row", ["batch_id", "outcome", "line"])
    op.create_table(
        "import_problem",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _batch("import_problem"),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.Text()),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("notice", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_problem"),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_import_problem_batch_id_line", "import_problem", ["batch_id", "line"])
    op.create_table(
        "import_replaced",
        _batch("import_replaced"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", number, nullable=False),
        sa.Column("revenue", number, nullable=False),
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
    op.execute(
        "grant select, insert, update, delete on import_row, import_problem, import_replaced, import_created "
        "to tandem_internal"
    )


def downgrade() -> None:
    for table in ("import_created", "import_replaced", "import_problem", "import_row"):
        op.drop_table(table)
