"""Forecast runs keep parameters, progress and approval; channels, planned events and findings in the history."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("forecast_channel_value", "planning_event", "demand_annotation")
SERIES_FIGURES = ("rmsse", "naive_rmsse", "coverage", "tracking_signal")


def upgrade() -> None:
    _extend_runs()
    _extend_series()
    _create_channel_values()
    _create_events()
    _create_annotations()
    op.execute(f"grant select, insert, update, delete on {', '.join(TABLES)} to tandem_internal")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for name in ("components", "value", *SERIES_FIGURES):
        op.drop_column("forecast_series", name)
    for name in ("approval_note", "approved_by", "approved_at", "progress", "parameters", "mode"):
        op.drop_column("forecast_run", name)


def _extend_runs() -> None:
    op.add_column("forecast_run", sa.Column("mode", sa.Text(), server_default="fast", nullable=False))
    op.create_check_constraint(op.f("ck_forecast_run_mode"), "forecast_run", "mode in ('fast', 'full')")
    for name in ("parameters", "progress"):
        op.add_column("forecast_run", _json(name))
    op.add_column("forecast_run", sa.Column("approved_at", sa.DateTime(timezone=True)))
    op.add_column("forecast_run", _reference("forecast_run", "approved_by", "app_user"))
    op.add_column("forecast_run", sa.Column("approval_note", sa.Text()))


def _extend_series() -> None:
    for name in SERIES_FIGURES:
        op.add_column("forecast_series", sa.Column(name, sa.Double()))
    op.add_column("forecast_series", sa.Column("value", sa.Double(), server_default="0", nullable=False))
    op.add_column("forecast_series", _json("components"))


def _create_channel_values() -> None:
    table = "forecast_channel_value"
    op.create_table(
        table,
        _reference(table, "run_id", "forecast_run", nullable=False, ondelete="CASCADE"),
        *(_reference(table, f"{name}_id", name, nullable=False) for name in ("product", "location", "channel")),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("q50", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "product_id", "location_id", "channel_id", "period", name=f"pk_{table}"),
    )


def _create_events() -> None:
    table = "planning_event"
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *(_reference(table, f"{name}_id", name) for name in ("product", "location", "channel")),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("discount", sa.Numeric(5, 4)),
        sa.Column("note", sa.Text()),
        sa.Column("status", sa.Text(), server_default="approved", nullable=False),
        *_created(table),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kind in ('promotion', 'price', 'school_holiday', 'closure', 'other')", name=op.f(f"ck_{table}_kind")
        ),
        sa.CheckConstraint("status in ('draft', 'approved', 'cancelled')", name=op.f(f"ck_{table}_status")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f(f"ck_{table}_days")),
        sa.CheckConstraint("discount between 0 and 1", name=op.f(f"ck_{table}_discount")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("code", name=f"uq_{table}_code"),
    )
    op.create_index(f"ix_{table}_product_id_starts_on", table, ["product_id", "starts_on"])
    op.create_index(f"ix_{table}_starts_on", table, ["starts_on"])


def _create_annotations() -> None:
    table = "demand_annotation"
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        *(_reference(table, f"{name}_id", name, nullable=False) for name in ("product", "location")),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="proposed", nullable=False),
        sa.Column("observed", sa.Double(), nullable=False),
        sa.Column("corrected", sa.Double()),
        sa.Column("note", sa.Text()),
        *_created(table),
        _reference(table, "decided_by", "app_user"),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("frequency in ('month', 'week')", name=op.f(f"ck_{table}_frequency")),
        sa.CheckConstraint("kind in ('outlier', 'level_shift', 'stock_out', 'event')", name=op.f(f"ck_{table}_kind")),
        sa.CheckConstraint("status in ('proposed', 'accepted', 'rejected')", name=op.f(f"ck_{table}_status")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("product_id", "location_id", "frequency", "period", "kind", name=f"uq_{table}_finding"),
    )


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False)


def _reference(
    table: str, name: str, target: str, *, nullable: bool = True, ondelete: str | None = None
) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)


def _created(table: str) -> list[sa.Column[Any]]:
    at = sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    return [_reference(table, "created_by", "app_user"), at]
