"""Items that are buffered, with the factors that size their zones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLE = "item_buffer"
CHECKS = {
    "lead_time_factor": "lead_time_factor > 0 and lead_time_factor <= 1",
    "variability_factor": "variability_factor >= 0 and variability_factor <= 1",
    "order_cycle_days": "order_cycle_days > 0 and order_cycle_days <= 365",
    "spike_threshold": "spike_threshold > 0 and spike_threshold <= 10",
    "spike_horizon_days": "spike_horizon_days between 0 and 365",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(_reference(f"{name}_id", name, nullable=False) for name in ("product", "location")),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("lead_time_factor", "variability_factor")),
        sa.Column("order_cycle_days", sa.Double()),
        sa.Column("spike_threshold", sa.Double(), nullable=False),
        sa.Column("spike_horizon_days", sa.Integer()),
        _reference("created_by", "app_user"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.PrimaryKeyConstraint("product_id", "location_id", name=f"pk_{TABLE}"),
    )
    op.execute(f"grant select, insert, update, delete on {TABLE} to tandem_internal")


def downgrade() -> None:
    op.drop_table(TABLE)


def _reference(name: str, target: str, *, nullable: bool = True) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{TABLE}_{name}")
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)
