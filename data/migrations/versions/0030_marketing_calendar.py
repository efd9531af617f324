"""Marketing calendar: what an event is for, how it works, what it costs and brings, who decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

EVENT = "planning_event"
TEXTS = ("category", "family", "brand", "mechanic", "lessons", "decision")
SHARES = ("pull_forward", "cannibalisation")
CHECKS = {
    "mechanic": "mechanic in ('discount', 'bogo', 'bundle', 'display', 'sampling', 'price', 'other')",
    "budget": "budget >= 0",
    "expected_uplift": "expected_uplift between -1 and 20",
    **{name: f"{name} between 0 and 1" for name in SHARES},
}
STATUS = "status in ('draft', 'proposed', 'approved', 'rejected', 'cancelled')"
STATUS_BEFORE = "status in ('draft', 'approved', 'cancelled')"
SEVERAL = ("product", "channel")


def upgrade() -> None:
    for name in TEXTS:
        op.add_column(EVENT, sa.Column(name, sa.Text()))
    op.add_column(EVENT, sa.Column("budget", sa.Numeric(18, 4)))
    op.add_column(EVENT, sa.Column("expected_uplift", sa.Numeric(7, 4)))
    for name in SHARES:
        op.add_column(EVENT, sa.Column(name, sa.Numeric(5, 4)))
    for name in ("owner_id", "decided_by"):
        person = sa.ForeignKey("app_user.id", name=f"fk_{EVENT}_{name}")
        op.add_column(EVENT, sa.Column(name, sa.BigInteger(), person))
    op.add_column(EVENT, sa.Column("decided_at", sa.DateTime(timezone=True)))
    op.create_index(f"ix_{EVENT}_owner_id", EVENT, ["owner_id"])
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{EVENT}_{name}"), EVENT, rule)
    _status(STATUS)
    for name in SEVERAL:
        _link(f"{EVENT}_{name}", name)


def downgrade() -> None:
    for name in SEVERAL:
        op.drop_table(f"{EVENT}_{name}")
    op.execute(f"update {EVENT} set status = 'draft' where status = 'proposed'")
    op.execute(f"update {EVENT} set status = 'cancelled' where status = 'rejected'")
    _status(STATUS_BEFORE)
    for name in (*TEXTS, "budget", "expected_uplift", *SHARES, "owner_id", "decided_by", "decided_at"):
        op.drop_column(EVENT, name)


def _status(rule: str) -> None:
    name = op.f(f"ck_{EVENT}_status")
    op.drop_constraint(name, EVENT, type_="check")
    op.create_check_constraint(name, EVENT, rule)


def _link(table: str, name: str) -> None:
    targets = (("event_id", EVENT, "CASCADE"), (f"{name}_id", name, None))
    op.create_table(
        table,
        *(
            sa.Column(
                column,
                sa.BigInteger(),
                sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}", ondelete=ondelete),
                nullable=False,
            )
            for column, target, ondelete in targets
        ),
        sa.PrimaryKeyConstraint("event_id", f"{name}_id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_{name}_id", table, [f"{name}_id"])
    op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")
