"""Ways between our own locations, and orders that move stock on them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

LANE, ORDER = "lane", "transfer_order"
LANE_CHECKS = {
    "locations": "from_location_id <> to_location_id",
    "terms": "lead_time_days >= 0 and cost_per_unit >= 0 and moq >= 0 and multiple > 0",
    "share": "share between 0 and 1",
}
ORDER_CHECKS = {
    "status": "status in ('planned', 'in_transit', 'received', 'cancelled')",
    "quantity": "quantity > 0",
    "locations": "from_location_id <> to_location_id",
    "days": "arrives_on >= ships_on",
}


def upgrade() -> None:
    _create_lanes()
    _create_orders()
    op.execute(f"grant select, insert, update, delete on {LANE}, {ORDER} to tandem_internal")


def downgrade() -> None:
    op.drop_table(ORDER)
    op.drop_table(LANE)


def _create_lanes() -> None:
    op.create_table(
        LANE,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _reference(LANE, "product_id", "product"),
        *_ends(LANE),
        sa.Column("lead_time_days", sa.Integer(), nullable=False),
        *(_amount(name, default) for name, default in (("cost_per_unit", "0"), ("moq", "0"), ("multiple", "1"))),
        _amount("share", "1"),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        *_checks(LANE, LANE_CHECKS),
        sa.PrimaryKeyConstraint("id", name=f"pk_{LANE}"),
        sa.UniqueConstraint(
            *("product_id", "from_location_id", "to_location_id"),
            name=f"uq_{LANE}_way",
            postgresql_nulls_not_distinct=True,
        ),
    )
    _index(LANE, "from_location_id", "to_location_id")


def _create_orders() -> None:
    op.create_table(
        ORDER,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        _reference(ORDER, "product_id", "product", nullable=False),
        *_ends(ORDER),
        _amount("quantity"),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("ships_on", "arrives_on")),
        *(sa.Column(name, sa.Date()) for name in ("shipped_on", "received_on")),
        sa.Column("status", sa.Text(), server_default="planned", nullable=False),
        sa.Column("lots", JSONB()),
        _reference(ORDER, "created_by", "app_user"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *_checks(ORDER, ORDER_CHECKS),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ORDER}"),
        sa.UniqueConstraint("number", name=f"uq_{ORDER}_number"),
    )
    _index(ORDER, "product_id", "from_location_id", "to_location_id")


def _ends(table: str) -> list[sa.Column[Any]]:
    return [_reference(table, name, "location", nullable=False) for name in ("from_location_id", "to_location_id")]


def _reference(table: str, name: str, target: str, *, nullable: bool = True) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}")
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)


def _amount(name: str, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Numeric(18, 4), server_default=default, nullable=False)


def _checks(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])
