"""What a published demand plan said of one month is found without reading the rest of it."""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_demand_plan_value_period", "demand_plan_value", ["version_id", "period"])


def downgrade() -> None:
    op.drop_index("ix_demand_plan_value_period", table_name="demand_plan_value")
