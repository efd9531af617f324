"""An index for the demand of a customer: without it a customer that goes makes PostgreSQL read all demand."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INDEX = "ix_demand_history_customer_id"


def upgrade() -> None:
    op.create_index(INDEX, "demand_history", ["customer_id"], postgresql_where="customer_id is not null")


def downgrade() -> None:
    op.drop_index(INDEX, table_name="demand_history")
