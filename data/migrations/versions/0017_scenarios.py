"""What if, kept: scenarios and their changes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SCENARIO = {
    "status": "status in ('draft', 'kept', 'promoted', 'archived')",
    "based_on": "based_on <> id",
}
CHANGE = {
    "kind": "kind in ('demand', 'price', 'lead_time', 'safety_stock', 'service', 'moq', 'capacity', 'calendar')",
    "mode": "mode in ('share', 'set', 'add')",
    "weeks": "from_week <= to_week",
    "value": "mode <> 'share' or value >= -1",
}
SCOPE = ("product", "location", "channel", "resource")


def upgrade() -> None:
    op.create_table(
        "scenario",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        _reference("scenario", "based_on", "scenario", ondelete="SET NULL"),
        _reference("scenario", "created_by", "app_user"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *_checks("scenario", SCENARIO),
        sa.UniqueConstraint("name", name="uq_scenario_name"),
        sa.PrimaryKeyConstraint("id", name="pk_scenario"),
    )
    op.create_index("ix_scenario_based_on", "scenario", ["based_on"])
    op.create_table(
        "scenario_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _reference("scenario_change", "scenario_id", "scenario", nullable=False, ondelete="CASCADE"),
        sa.Column("kind", sa.Text(), nullable=False),
        *(_reference("scenario_change", f"{name}_id", name, ondelete="CASCADE") for name in SCOPE[:2]),
        sa.Column("category", sa.Text()),
        *(_reference("scenario_change", f"{name}_id", name, ondelete="CASCADE") for name in SCOPE[2:]),
        *(sa.Column(name, sa.Date()) for name in ("from_week", "to_week")),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(18, 4), nullable=False),
        sa.Column("note", sa.Text()),
        *_checks("scenario_change", CHANGE),
        sa.PrimaryKeyConstraint("id", name="pk_scenario_change"),
    )
    for name in ("scenario", *SCOPE):
        op.create_index(f"ix_scenario_change_{name}_id", "scenario_change", [f"{name}_id"])
    for table in ("scenario", "scenario_change"):
        op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")


def downgrade() -> None:
    op.drop_table("scenario_change")
    op.drop_table("scenario")


def _checks(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _reference(
    table: str, name: str, target: str, *, nullable: bool = True, ondelete: str | None = None
) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)
