"""What is done about lots that won't be sold before they expire."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "expiry_action"
CHECKS = {
    "kind": "kind in ('dispose', 'donate', 'urgent_sale', 'promotion', 'markdown')",
    "status": "status in ('proposed', 'approved', 'running', 'done', 'cancelled')",
    "quantity": "quantity > 0 and done_quantity >= 0",
    "recovery_share": "recovery_share between 0 and 10",
    "result": "(status = 'done') = (done_quantity is not null and recovered is not null and finished_on is not null)",
}


def upgrade() -> None:
    number = sa.Numeric(18, 4)
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        *(_reference(f"{name}_id", name, nullable=False) for name in ("product", "location")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("lot", "kind")),
        sa.Column("status", sa.Text(), server_default="proposed", nullable=False),
        sa.Column("quantity", number, nullable=False),
        sa.Column("recovery_share", sa.Numeric(6, 4), nullable=False),
        sa.Column("unit_cost", number),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text()),
        *(sa.Column(name, number) for name in ("done_quantity", "recovered")),
        sa.Column("finished_on", sa.Date()),
        _reference("event_id", "planning_event", ondelete="SET NULL"),
        _reference("created_by", "app_user"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
    )
    op.create_index(f"ix_{TABLE}_lot", TABLE, ["product_id", "location_id", "lot"])
    op.create_index(f"ix_{TABLE}_location_id", TABLE, ["location_id"])
    op.execute(f"grant select, insert, update, delete on {TABLE} to tandem_internal")


def downgrade() -> None:
    op.drop_table(TABLE)


def _reference(name: str, target: str, *, nullable: bool = True, ondelete: str | None = None) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{TABLE}_{name}", ondelete=ondelete)
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)
