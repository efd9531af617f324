"""The life of a stocking policy: rules of classes, proposals to approve, the history of changes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

METHODS = "method in ('reorder_point', 'periodic', 'newsvendor', 'buffer')"
MEASURES = "measure in ('cycle', 'fill')"
SOURCES = "source in ('calculation', 'cockpit', 'budget', 'network', 'buffer')"
OF_POLICY = {"method": METHODS, "measure": MEASURES, "source": SOURCES}
OF_PROPOSAL = {
    "status": "status in ('open', 'approved', 'rejected', 'withdrawn')",
    **OF_POLICY,
    "service_target": "service_target > 0 and service_target < 1",
    "levels": "safety_stock >= 0 and reorder_point >= 0 and order_quantity >= 0 and order_up_to >= reorder_point",
}
OF_RULE = {
    "scope": "(box is null) <> (category is null)",
    "box": "box in ('AX', 'AY', 'AZ', 'BX', 'BY', 'BZ', 'CX', 'CY', 'CZ')",
    "service_target": "service_target > 0 and service_target < 1",
    "measure": MEASURES,
    "method": METHODS,
}
LEVELS = ("safety_stock", "reorder_point", "order_quantity", "order_up_to")


def upgrade() -> None:
    for name, default in (("measure", "cycle"), ("method", "reorder_point"), ("source", "calculation")):
        op.add_column("inventory_policy", sa.Column(name, sa.Text(), server_default=default, nullable=False))
        op.create_check_constraint(op.f(f"ck_inventory_policy_{name}"), "inventory_policy", OF_POLICY[name])
    _create_proposals()
    _create_changes()
    _create_rules()
    op.execute(
        "grant select, insert, update, delete on policy_proposal, policy_change, stocking_rule to tandem_internal"
    )


def downgrade() -> None:
    for table in ("stocking_rule", "policy_change", "policy_proposal"):
        op.drop_table(table)
    for name in ("source", "method", "measure"):
        op.drop_constraint(op.f(f"ck_inventory_policy_{name}"), "inventory_policy")
        op.drop_column("inventory_policy", name)


def _create_proposals() -> None:
    table = "policy_proposal"
    op.create_table(
        table,
        *_of_item(table),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("service_target", sa.Double(), nullable=False),
        sa.Column("service_target_fixed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("measure", sa.Text(), server_default="cycle", nullable=False),
        sa.Column("method", sa.Text(), server_default="reorder_point", nullable=False),
        *(sa.Column(name, sa.Numeric(18, 4), nullable=False) for name in LEVELS),
        sa.Column("daily_demand", sa.Double(), nullable=False),
        sa.Column("inputs", _json(), nullable=False),
        sa.Column("stock_money_change", sa.Numeric(18, 4)),
        sa.Column("reason", sa.Text()),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        _reference(table, "created_by", "app_user"),
        _moment("created_at"),
        _reference(table, "decided_by", "app_user"),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decision_note", sa.Text()),
        _version(),
        *_checks(table, OF_PROPOSAL),
    )
    item = ["product_id", "location_id"]
    open_only = sa.text("status = 'open'")
    op.create_index(f"uq_{table}_open_item", table, item, unique=True, postgresql_where=open_only)
    op.create_index(f"ix_{table}_item", table, [*item, "status"])


def _create_changes() -> None:
    table = "policy_change"
    op.create_table(
        table,
        *_of_item(table),
        _moment("at"),
        _reference(table, "changed_by", "app_user"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("before", _json()),
        sa.Column("after", _json(), nullable=False),
        sa.Column("reason", sa.Text()),
        *_checks(table, {"source": SOURCES.replace("'calculation',", "'calculation', 'service_target',")}),
    )
    op.create_index(f"ix_{table}_item", table, ["product_id", "location_id", "id"])


def _create_rules() -> None:
    table = "stocking_rule"
    op.create_table(
        table,
        _id(),
        sa.Column("box", sa.Text()),
        sa.Column("category", sa.Text()),
        sa.Column("service_target", sa.Double()),
        sa.Column("measure", sa.Text()),
        sa.Column("method", sa.Text()),
        sa.Column("priority", sa.Integer(), server_default="100", nullable=False),
        _reference(table, "changed_by", "app_user"),
        _moment("changed_at"),
        _version(),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in OF_RULE.items()),
    )
    for name in ("box", "category"):
        known = sa.text(f"{name} is not null")
        op.create_index(f"uq_{table}_{name}", table, [name], unique=True, postgresql_where=known)


def _of_item(table: str) -> list[sa.Column[Any]]:
    keys = (_reference(table, f"{name}_id", name, nullable=False) for name in ("product", "location"))
    return [_id(), *keys]


def _checks(table: str, rules: dict[str, str]) -> list[Any]:
    checks = [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]
    return [*checks, sa.PrimaryKeyConstraint("id", name=f"pk_{table}")]


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _json() -> Any:
    return postgresql.JSONB(astext_type=sa.Text())


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _version() -> sa.Column[Any]:
    return sa.Column("version", sa.Integer(), server_default="1", nullable=False)


def _reference(table: str, name: str, target: str, *, nullable: bool = True) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}")
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)
