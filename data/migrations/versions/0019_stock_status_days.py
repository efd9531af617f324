"""What the statuses of the stock came to, day by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLE = "stock_status_day"
CHECKS = {
    "status": "status in ('stocked_out', 'at_risk', 'no_policy', 'excess', 'over_ordered', 'healthy')",
    "items": "items >= 0",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Numeric(18, 4), nullable=False) for name in ("money_at_stake", "stock_value")),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.PrimaryKeyConstraint("day", "status", name=f"pk_{TABLE}"),
    )
    op.execute(f"grant select, insert, update, delete on {TABLE} to tandem_internal")


def downgrade() -> None:
    op.drop_table(TABLE)
