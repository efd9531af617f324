"""Scenarios that are asked for, approved and promoted; promotions as a change; policies that come from a scenario."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

PEOPLE = ("requested_by", "approved_by", "promoted_by")
MOMENTS = ("requested_at", "approved_at", "promoted_at")
OLD_SOURCES = "'cockpit', 'budget', 'network', 'buffer'"
SOURCES = {"inventory_policy": "'calculation', ", "policy_proposal": "'calculation', "}
OF_CHANGES = "'calculation', 'service_target', "
OLD_KINDS = "'price', 'lead_time', 'safety_stock', 'service', 'moq', 'capacity', 'calendar'"
OLD_STATUSES = "'draft', 'kept', 'promoted', 'archived'"


def upgrade() -> None:
    for name in PEOPLE:
        key = sa.ForeignKey("app_user.id", name=f"fk_scenario_{name}")
        op.add_column("scenario", sa.Column(name, sa.BigInteger(), key))
    for name in MOMENTS:
        op.add_column("scenario", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column("scenario", sa.Column("decision_note", sa.Text()))
    op.add_column("scenario", sa.Column("effects", JSONB(), server_default="[]", nullable=False))
    _check("scenario", "status", "status in ('draft', 'kept', 'requested', 'approved', 'promoted', 'archived')")
    op.add_column("scenario_change", sa.Column("discount", sa.Numeric(5, 4)))
    _check("scenario_change", "kind", f"kind in ('demand', 'promotion', {OLD_KINDS})")
    op.create_check_constraint(
        op.f("ck_scenario_change_discount"),
        "scenario_change",
        "discount between 0 and 1 and (discount is null or kind = 'promotion')",
    )
    for table, first in (*SOURCES.items(), ("policy_change", OF_CHANGES)):
        _check(table, "source", f"source in ({first}{OLD_SOURCES}, 'scenario')")


def downgrade() -> None:
    for table, first in (*SOURCES.items(), ("policy_change", OF_CHANGES)):
        op.execute(f"update {table} set source = 'calculation' where source = 'scenario'")
        _check(table, "source", f"source in ({first}{OLD_SOURCES})")
    op.execute("delete from scenario_change where kind = 'promotion'")
    op.drop_column("scenario_change", "discount")
    _check("scenario_change", "kind", f"kind in ('demand', {OLD_KINDS})")
    op.execute("update scenario set status = 'kept' where status in ('requested', 'approved')")
    _check("scenario", "status", f"status in ({OLD_STATUSES})")
    for name in (*PEOPLE, *MOMENTS, "decision_note", "effects"):
        op.drop_column("scenario", name)


def _check(table: str, name: str, rule: str) -> None:
    constraint = op.f(f"ck_{table}_{name}")
    op.drop_constraint(constraint, table)
    op.create_check_constraint(constraint, table, rule)
