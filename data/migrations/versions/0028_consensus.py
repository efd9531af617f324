"""Bounds of the plan, assumptions behind it, and signatures under the consensus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLES = ("plan_bound", "plan_assumption", "consensus_status", "consensus_sign_off")
NUMBER = sa.Numeric(18, 4)
SCOPE = {
    "level": "level in ('company', 'category', 'channel')",
    "measure": "measure in ('revenue', 'volume')",
    "months": "extract(day from starts_on) = 1 and extract(day from ends_on) = 1 and starts_on <= ends_on",
}


def upgrade() -> None:
    _bounds()
    _assumptions()
    _signatures()
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _bounds() -> None:
    table = "plan_bound"
    op.create_table(
        table,
        _id(),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), server_default="", nullable=False),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("starts_on", "ends_on")),
        sa.Column("measure", sa.Text(), nullable=False),
        *(sa.Column(name, NUMBER) for name in ("floor", "ceiling")),
        sa.Column("note", sa.Text()),
        *_made(table),
        *_checks(table, {**SCOPE, "bounds": "coalesce(floor, ceiling) >= 0 and coalesce(floor <= ceiling, true)"}),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def _assumptions() -> None:
    table = "plan_assumption"
    op.create_table(
        table,
        _id(),
        _reference(table, "cycle_id", "sop_cycle", ondelete="SET NULL"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("body", "level")),
        sa.Column("member", sa.Text(), server_default="", nullable=False),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("starts_on", "ends_on")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("layer", "measure")),
        *(sa.Column(name, NUMBER, nullable=False) for name in ("figure", "tolerance")),
        _reference(table, "owner_id", "app_user"),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        *_made(table),
        *_checks(
            table,
            {
                **SCOPE,
                "tolerance": "tolerance between 0 and 10",
                "status": "status in ('open', 'confirmed', 'wrong')",
            },
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    for column in ("cycle_id", "owner_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _signatures() -> None:
    table = "consensus_status"
    op.create_table(
        table,
        _reference(table, "cycle_id", "sop_cycle", nullable=False, ondelete="CASCADE"),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        _reference(table, "changed_by", "app_user"),
        _moment("changed_at"),
        _version(),
        *_checks(table, {"status": "status in ('draft', 'review', 'approved', 'locked')"}),
        sa.PrimaryKeyConstraint("cycle_id", name=f"pk_{table}"),
    )
    table = "consensus_sign_off"
    op.create_table(
        table,
        _id(),
        _reference(table, "cycle_id", "sop_cycle", nullable=False, ondelete="CASCADE"),
        sa.Column("role", sa.Text(), nullable=False),
        _reference(table, "signed_by", "app_user"),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        *(sa.Column(name, NUMBER, nullable=False) for name in ("units", "revenue")),
        *_checks(table, {"role": "role in ('planner', 'sales', 'marketing', 'finance', 'executive')"}),
        sa.UniqueConstraint("cycle_id", "role", name=f"uq_{table}_cycle_id_role"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer(), server_default="1", nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _made(table: str) -> tuple[sa.Column[Any], ...]:
    return _reference(table, "created_by", "app_user"), _moment("created_at"), _version()


def _checks(table: str, rules: Mapping[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _reference(
    table: str, name: str, target: str, *, nullable: bool = True, ondelete: str | None = None
) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)
