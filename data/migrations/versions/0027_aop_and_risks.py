"""Versions of the annual operating plan, and the register of risks and opportunities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLES = ("aop_version", "aop_version_target", "plan_risk")


def upgrade() -> None:
    _versions()
    _targets()
    _risks()
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _versions() -> None:
    table = "aop_version"
    op.create_table(
        table,
        _id(),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("year", "number")),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("note", sa.Text()),
        *_made(table),
        *(column for verb in ("changed", "approved", "locked") for column in _done(table, verb)),
        _version(),
        *_checks(
            table,
            {
                "status": "status in ('draft', 'review', 'approved', 'locked')",
                "year": "year between 1900 and 2999",
            },
        ),
        sa.UniqueConstraint("year", "number", name=f"uq_{table}_year_number"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    one_draft = sa.text("status in ('draft', 'review')")
    op.create_index(f"uq_{table}_draft", table, ["year"], unique=True, postgresql_where=one_draft)


def _targets() -> None:
    table = "aop_version_target"
    op.create_table(
        table,
        _reference(table, "version_id", "aop_version", nullable=False, ondelete="CASCADE"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("level", "member")),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(18, 4), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "level", "member", "period", "measure", name=f"pk_{table}"),
    )


def _risks() -> None:
    table = "plan_risk"
    op.create_table(
        table,
        _id(),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("title", "kind")),
        sa.Column("category", sa.Text()),
        _reference(table, "product_id", "product"),
        sa.Column("probability", sa.Numeric(5, 4), nullable=False),
        sa.Column("impact", sa.Numeric(18, 4), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        _reference(table, "owner_id", "app_user"),
        sa.Column("due_on", sa.Date()),
        sa.Column("mitigation", sa.Text()),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        _reference(table, "cycle_id", "sop_cycle", ondelete="SET NULL"),
        sa.Column("source", sa.Text()),
        sa.Column("evidence", JSONB(), server_default="{}", nullable=False),
        *_made(table),
        *_done(table, "changed"),
        _version(),
        *_checks(
            table,
            {
                "kind": "kind in ('risk', 'opportunity')",
                "status": "status in ('open', 'mitigated', 'happened', 'closed')",
                "probability": "probability between 0 and 1",
                "impact": "impact >= 0",
                "month": "extract(day from month) = 1",
            },
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    for column in ("product_id", "owner_id", "cycle_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index(f"uq_{table}_source", table, ["source"], unique=True, postgresql_where=sa.text("status = 'open'"))


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer(), server_default="1", nullable=False)


def _made(table: str) -> tuple[sa.Column[Any], ...]:
    return (
        _reference(table, "created_by", "app_user"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )


def _done(table: str, verb: str) -> tuple[sa.Column[Any], ...]:
    return _reference(table, f"{verb}_by", "app_user"), sa.Column(f"{verb}_at", sa.DateTime(timezone=True))


def _checks(table: str, rules: Mapping[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _reference(
    table: str, name: str, target: str, *, nullable: bool = True, ondelete: str | None = None
) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)
