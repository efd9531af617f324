"""Progress of production orders with what they took from stock, and levers of capacity."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ORDER, USE, LEVER = "production_order", "production_use", "capacity_lever"
LEVER_CHECKS = {
    "kind": "kind in ('overtime', 'shift', 'alternate', 'pre_build')",
    "status": "status in ('active', 'withdrawn')",
    "hours": "hours > 0 and last_week >= first_week",
    "moved": "(kind in ('alternate', 'pre_build')) = (product_id is not null) "
    "and (kind = 'alternate') = (to_resource_id is not null)",
}


def upgrade() -> None:
    number = sa.Numeric(18, 4)
    op.add_column(ORDER, sa.Column("scrap_quantity", number, server_default="0", nullable=False))
    op.add_column(ORDER, sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        USE,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _reference(USE, "order_id", ORDER, ondelete="CASCADE"),
        *(_reference(USE, f"{name}_id", name) for name in ("product", "location")),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("quantity", number, nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f(f"ck_{USE}_quantity")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{USE}"),
    )
    op.create_index(f"ix_{USE}_order_id", USE, ["order_id"])
    op.create_index(f"ix_{USE}_location_id", USE, ["location_id"])
    op.create_index(f"ix_{USE}_lot", USE, ["product_id", "location_id", "lot"])
    op.create_table(
        LEVER,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        _reference(LEVER, "resource_id", "resource", ondelete="CASCADE"),
        _reference(LEVER, "to_resource_id", "resource", nullable=True, ondelete="CASCADE"),
        _reference(LEVER, "product_id", "product", nullable=True, ondelete="CASCADE"),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("first_week", "last_week")),
        *(sa.Column(name, number, nullable=False) for name in ("hours", "cost")),
        sa.Column("changed", JSONB(), nullable=False),
        _reference(LEVER, "created_by", "app_user", nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{LEVER}_{name}")) for name, rule in LEVER_CHECKS.items()),
        sa.PrimaryKeyConstraint("id", name=f"pk_{LEVER}"),
    )
    op.create_index(f"ix_{LEVER}_resource_id", LEVER, ["resource_id"])
    for table in (USE, LEVER):
        op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")


def downgrade() -> None:
    op.drop_table(LEVER)
    op.drop_table(USE)
    op.drop_column(ORDER, "version")
    op.drop_column(ORDER, "scrap_quantity")


def _reference(
    table: str, name: str, target: str, *, nullable: bool = False, ondelete: str | None = None
) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)
