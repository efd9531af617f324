"""The S&OP cycle: roles and rights, demand by month, edits and published plans, cycles, comments, inbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INTERNAL_READ = [
    *("home.read", "demand.read", "forecast.read", "inventory.read", "purchase.read", "master.read", "plan.read"),
]
CONTRIBUTOR = ["plan.sign_off", "risk.edit", "decision.edit"]
NEW_ROLES = {
    "sales": [*INTERNAL_READ, *CONTRIBUTOR, "export", "stream.sales", "stream.customer"],
    "marketing": [*INTERNAL_READ, *CONTRIBUTOR, "export", "stream.marketing", "event.edit"],
    "finance": [*INTERNAL_READ, *CONTRIBUTOR, "export", "stream.finance", "aop.edit"],
}
NEW_RIGHTS = {
    "planner": [
        *("plan.read", *CONTRIBUTOR, "demand.edit", "stream.sales", "stream.marketing", "stream.customer"),
        *("stream.finance", "event.edit", "event.approve", "aop.edit", "cycle.manage"),
    ],
    "executive": ["plan.read", *CONTRIBUTOR, "event.approve", "aop.approve", "cycle.reopen", "scenario.approve"],
    "analyst": ["plan.read"],
}

STEPS = "step in ('data', 'product', 'demand', 'supply', 'reconcile', 'executive')"
STREAMS = ("planner", "sales", "marketing", "customer", "finance")
LEAF = ("product_id", "location_id", "channel_id")
TABLES = (
    *("sop_cycle", "plan_version", "demand_plan_value", "supply_plan_value", "capacity_plan_value", "demand_edit"),
    *("demand_edit_cell", "sop_step", "sop_decision", "comment", "notification", "snooze"),
)

# Whole statements at once: a row of a million counts once. One writer after the other, so that two imports of the same
# months never wait for each other crosswise.
COUNT = """
create function tandem_count_demand() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'TRUNCATE' then
        truncate demand_month;
        return null;
    end if;
    perform pg_advisory_xact_lock(hashtext('tandem demand_month'));
    if tg_op <> 'INSERT' then
        insert into demand_month as kept (product_id, location_id, channel_id, month, quantity, revenue, lines)
        select product_id, location_id, channel_id, date_trunc('month', day::timestamp)::date, -sum(quantity),
               -sum(revenue), -count(*)
        from old_rows group by 1, 2, 3, 4 order by 1, 2, 3, 4
        on conflict (product_id, location_id, channel_id, month) do update
        set quantity = kept.quantity + excluded.quantity, revenue = kept.revenue + excluded.revenue,
            lines = kept.lines + excluded.lines;
    end if;
    if tg_op <> 'DELETE' then
        insert into demand_month as kept (product_id, location_id, channel_id, month, quantity, revenue, lines)
        select product_id, location_id, channel_id, date_trunc('month', day::timestamp)::date, sum(quantity),
               sum(revenue), count(*)
        from new_rows group by 1, 2, 3, 4 order by 1, 2, 3, 4
        on conflict (product_id, location_id, channel_id, month) do update
        set quantity = kept.quantity + excluded.quantity, revenue = kept.revenue + excluded.revenue,
            lines = kept.lines + excluded.lines;
    end if;
    if tg_op <> 'INSERT' then
        delete from demand_month m
        using (
            select distinct product_id, location_id, channel_id, date_trunc('month', day::timestamp)::date as month
            from old_rows
        ) touched
        where (m.product_id, m.location_id, m.channel_id, m.month)
              = (touched.product_id, touched.location_id, touched.channel_id, touched.month) and m.lines = 0;
    end if;
    return null;
end $$
"""
TRIGGERS = {
    "insert": "referencing new table as new_rows",
    "update": "referencing old table as old_rows new table as new_rows",
    "delete": "referencing old table as old_rows",
    "truncate": "",
}


def upgrade() -> None:
    _rights()
    _demand_month()
    _cycle()
    _plans()
    _edits()
    _inbox()
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")


def downgrade() -> None:
    for event in TRIGGERS:
        op.execute(f"drop trigger tandem_count_demand_{event} on demand_history")
    op.execute("drop function tandem_count_demand()")
    for table in ("demand_month", *reversed(TABLES)):
        op.execute(f"drop table {table} cascade")
    for role, rights in (NEW_RIGHTS | NEW_ROLES).items():
        op.execute(
            sa.text("delete from role_permission where role = :role and permission = any(:rights)").bindparams(
                role=role, rights=rights
            )
        )
    op.execute("delete from role where name in ('sales', 'marketing', 'finance')")


def _rights() -> None:
    role = sa.table("role", sa.column("name"), sa.column("company_kind"))
    right = sa.table("role_permission", sa.column("role"), sa.column("permission"))
    op.bulk_insert(role, [{"name": name, "company_kind": "internal"} for name in NEW_ROLES])
    given = NEW_RIGHTS | NEW_ROLES
    op.bulk_insert(right, [{"role": name, "permission": p} for name, rights in given.items() for p in rights])


def _demand_month() -> None:
    number = sa.Numeric(18, 4)
    op.create_table(
        "demand_month",
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in LEAF),
        sa.Column("month", sa.Date(), nullable=False),
        *(sa.Column(name, number, nullable=False) for name in ("quantity", "revenue")),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*LEAF, "month", name="pk_demand_month"),
    )
    op.create_index("ix_demand_month_month", "demand_month", ["month"])
    op.execute(
        "insert into demand_month select product_id, location_id, channel_id, "
        "date_trunc('month', day::timestamp)::date, sum(quantity), sum(revenue), count(*) "
        "from demand_history group by 1, 2, 3, 4"
    )
    op.execute(COUNT)
    op.execute("revoke all on function tandem_count_demand() from public")
    for event, referencing in TRIGGERS.items():
        op.execute(
            f"create trigger tandem_count_demand_{event} after {event} on demand_history {referencing} "
            "for each statement execute function tandem_count_demand()"
        )
    op.execute("grant select on demand_month to tandem_internal")


def _cycle() -> None:
    op.create_table(
        "sop_cycle",
        _id(),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        *_made("sop_cycle"),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        _version(),
        *_checks("sop_cycle", {"month": "extract(day from month) = 1", "status": "status in ('open', 'closed')"}),
        sa.UniqueConstraint("month", name="uq_sop_cycle_month"),
        sa.PrimaryKeyConstraint("id", name="pk_sop_cycle"),
    )
    table = "sop_decision"
    op.create_table(
        table,
        _id(),
        _reference(table, "cycle_id", "sop_cycle", nullable=False, ondelete="CASCADE"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("step", "kind", "title")),
        sa.Column("detail", sa.Text()),
        _reference(table, "owner_id", "app_user"),
        sa.Column("due_on", sa.Date()),
        sa.Column("expected_value", sa.Numeric(18, 4)),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        _reference(table, "decided_by", "app_user"),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("actual_value", sa.Numeric(18, 4)),
        sa.Column("checked_on", sa.Date()),
        *_made(table),
        _version(),
        *_checks(
            table,
            {
                "step": STEPS,
                "kind": "kind in ('decision', 'action')",
                "status": "status in ('asked', 'open', 'done', 'dropped')",
            },
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    for column in ("cycle_id", "owner_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _plans() -> None:
    table = "plan_version"
    op.create_table(
        table,
        _id(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_period", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("number", "months")),
        _reference(table, "cycle_id", "sop_cycle", ondelete="SET NULL"),
        _reference(table, "run_id", "forecast_run", ondelete="SET NULL"),
        sa.Column("note", sa.Text()),
        sa.Column("summary", JSONB(), server_default="{}", nullable=False),
        _reference(table, "published_by", "app_user"),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *_checks(
            table,
            {
                "kind": "kind in ('demand', 'supply', 'consensus')",
                "first_period": "extract(day from first_period) = 1",
            },
        ),
        sa.UniqueConstraint("kind", "first_period", "number", name=f"uq_{table}_kind_first_period_number"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    for column in ("cycle_id", "run_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])
    _values(
        "demand_plan_value",
        LEAF,
        *(sa.Column("naive", sa.Double()), sa.Column("statistical", sa.Double(), nullable=False)),
        sa.Column("uplift", sa.Double(), server_default="0", nullable=False),
        *(sa.Column(name, sa.Double()) for name in STREAMS),
        sa.Column("consensus", sa.Double(), nullable=False),
    )
    flows = ("demand", "receipts", "end_stock", "owed")
    _values("supply_plan_value", LEAF[:2], *(sa.Column(name, sa.Double(), nullable=False) for name in flows))
    hours = ("load_hours", "available_hours")
    _values("capacity_plan_value", ("resource_id",), *(sa.Column(name, sa.Double(), nullable=False) for name in hours))
    table = "sop_step"
    op.create_table(
        table,
        _id(),
        _reference(table, "cycle_id", "sop_cycle", nullable=False, ondelete="CASCADE"),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        _reference(table, "owner_id", "app_user"),
        sa.Column("due_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("agenda", "notes")),
        sa.Column("accepted", JSONB(), server_default="{}", nullable=False),
        _reference(table, "closed_by", "app_user"),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        _reference(table, "plan_version_id", "plan_version", ondelete="SET NULL"),
        _version(),
        *_checks(table, {"step": STEPS, "status": "status in ('waiting', 'open', 'closed')"}),
        sa.UniqueConstraint("cycle_id", "step", name=f"uq_{table}_cycle_id_step"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    for column in ("owner_id", "plan_version_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _values(table: str, keys: tuple[str, ...], *figures: sa.Column[Any]) -> None:
    version = sa.ForeignKeyConstraint(
        ["version_id"], ["plan_version.id"], name=f"fk_{table}_version_id", ondelete="CASCADE"
    )
    op.create_table(
        table,
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("version_id", *keys)),
        sa.Column("period", sa.Date(), nullable=False),
        *figures,
        version,
        sa.PrimaryKeyConstraint("version_id", *keys, "period", name=f"pk_{table}"),
    )


def _edits() -> None:
    table = "demand_edit"
    op.create_table(
        table,
        _id(),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("scope", JSONB(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), server_default="none", nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("source", sa.Text(), server_default="grid", nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("expires_on", sa.Date()),
        sa.Column("cells", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("before_total", "after_total")),
        _reference(table, "undoes", "demand_edit", ondelete="SET NULL"),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        *_made(table),
        _version(),
        *_checks(
            table,
            {
                "stream": "stream in ('planner', 'sales', 'marketing', 'customer', 'finance')",
                "mode": "mode in ('set', 'share', 'add', 'last_year', 'hold', 'clear', 'undo')",
                "rule": "rule in ('forecast', 'history', 'equal', 'none')",
                "source": "source in ('grid', 'paste', 'undo', 'import', 'consensus', 'life_cycle')",
                "undoes": "undoes <> id",
            },
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    for column in ("created_at", "created_by", "undoes"):
        op.create_index(f"ix_{table}_{column}", table, [column])
    table = "demand_edit_cell"
    op.create_table(
        table,
        _reference(table, "edit_id", "demand_edit", nullable=False, ondelete="CASCADE"),
        *(_reference(table, f"{name}_id", name, nullable=False) for name in ("product", "location", "channel")),
        sa.Column("period", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Double()) for name in ("before", "after")),
        sa.Column("consensus", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("edit_id", *LEAF, "period", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_item", table, ["product_id", "location_id", "period"])
    op.create_index(f"ix_{table}_location_id", table, ["location_id"])


def _inbox() -> None:
    texts = ("subject", "subject_id", "body")
    op.create_table(
        "comment",
        _id(),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        *_made("comment"),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
    )
    op.create_index("ix_comment_subject", "comment", ["subject", "subject_id"])
    table = "notification"
    op.create_table(
        table,
        _id(),
        _reference(table, "user_id", "app_user", nullable=False, ondelete="CASCADE"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "key", "title")),
        sa.Column("detail", sa.Text()),
        sa.Column("href", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date()),
        *_made(table),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        *_checks(table, {"kind": "kind in ('task', 'mention', 'approval', 'reminder')"}),
        sa.UniqueConstraint("user_id", "key", name=f"uq_{table}_user_id_key"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_open", table, ["user_id"], postgresql_where="done_at is null")
    op.create_table(
        "snooze",
        _reference("snooze", "user_id", "app_user", nullable=False, ondelete="CASCADE"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key", name="pk_snooze"),
    )


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer(), server_default="1", nullable=False)


def _made(table: str) -> tuple[sa.Column[Any], ...]:
    return (
        _reference(table, "created_by", "app_user"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )


def _checks(table: str, rules: Mapping[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _reference(
    table: str, name: str, target: str, *, nullable: bool = True, ondelete: str | None = None
) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)
