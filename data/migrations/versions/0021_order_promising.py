"""What is promised before it is ordered, and what part of it each channel may have."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

RESERVATION, ALLOCATION = "stock_reservation", "channel_allocation"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        RESERVATION,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        *(_reference(RESERVATION, name, nullable=False) for name in ("product", "location")),
        *(_reference(RESERVATION, name) for name in ("channel", "customer")),
        sa.Column("quantity", sa.Numeric(18, 4), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("wanted_on", "promised_on")),
        sa.Column("status", sa.Text(), server_default="held", nullable=False),
        sa.Column("expires_at", moment),
        sa.Column("note", sa.Text()),
        sa.Column("request_key", sa.Uuid()),
        _reference(RESERVATION, "app_user", column="created_by"),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        _check(RESERVATION, "status", "status in ('held', 'confirmed', 'released', 'expired')"),
        _check(RESERVATION, "quantity", "quantity > 0"),
        _check(RESERVATION, "expires_at", "status <> 'held' or expires_at is not null"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{RESERVATION}"),
        sa.UniqueConstraint("request_key", name=f"uq_{RESERVATION}_request_key"),
    )
    op.create_index(
        f"ix_{RESERVATION}_open",
        RESERVATION,
        ["product_id", "location_id"],
        postgresql_where=sa.text("status in ('held', 'confirmed')"),
    )
    op.create_index(f"ix_{RESERVATION}_customer_id", RESERVATION, ["customer_id"])
    op.create_table(
        ALLOCATION,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        *(_reference(ALLOCATION, name, ondelete="CASCADE") for name in ("product", "location")),
        sa.Column("category", sa.Text()),
        _reference(ALLOCATION, "channel", nullable=False, ondelete="CASCADE"),
        sa.Column("share", sa.Numeric(6, 4), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        _check(ALLOCATION, "share", "share >= 0 and share <= 1"),
        _check(ALLOCATION, "scope", "product_id is null or category is null"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ALLOCATION}"),
        sa.UniqueConstraint(
            *("product_id", "category", "location_id", "channel_id", "valid_from"),
            name=f"uq_{ALLOCATION}_scope",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.execute(f"grant select, insert, update, delete on {RESERVATION}, {ALLOCATION} to tandem_internal")


def downgrade() -> None:
    op.drop_table(ALLOCATION)
    op.drop_table(RESERVATION)


def _reference(
    table: str, target: str, *, column: str = "", nullable: bool = True, ondelete: str | None = None
) -> sa.Column[Any]:
    name = column or f"{target}_id"
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))
