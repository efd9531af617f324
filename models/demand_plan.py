"""The demand plan: edits of people, and the plans that were published."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Double, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json, Ref, Version

STREAMS = "stream in ('planner', 'sales', 'marketing', 'customer', 'finance')"


class DemandEdit(Base):
    """One act of a person on the demand plan: a value typed at any level, pasted, taken back.

    ``scope`` tells at which level and of which members, ``mode`` what was done with ``value``. ``before_total`` and
    ``after_total`` add up its cells. ``undoes`` names the edit that this one took back.
    """

    __tablename__ = "demand_edit"
    __table_args__ = (
        CheckConstraint(STREAMS, name="stream"),
        CheckConstraint("mode in ('set', 'share', 'add', 'last_year', 'hold', 'clear', 'undo')", name="mode"),
        CheckConstraint("rule in ('forecast', 'history', 'equal', 'none')", name="rule"),
        CheckConstraint(
            "source in ('grid', 'paste', 'undo', 'import', 'consensus', 'life_cycle', 'partner')",
            name="source",
        ),
        CheckConstraint("undoes <> id", name="undoes"),
        Index("ix_demand_edit_created_at", "created_at"),
    )

    id: Mapped[Id]
    stream: Mapped[str]
    scope: Mapped[Json]
    mode: Mapped[str]
    rule: Mapped[str] = mapped_column(server_default="none")
    value: Mapped[float | None] = mapped_column(Double)
    source: Mapped[str] = mapped_column(server_default="grid")
    reason: Mapped[str | None]
    expires_on: Mapped[date | None]
    cells: Mapped[int]
    before_total: Mapped[float] = mapped_column(Double)
    after_total: Mapped[float] = mapped_column(Double)
    undoes: Mapped[int | None] = mapped_column(ForeignKey("demand_edit.id", ondelete="SET NULL"), index=True)
    undone_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    created_at: Mapped[Created]
    version: Mapped[Version]


class DemandEditCell(Base):
    """What an edit did to one month of one product, location and channel.

    ``before`` and ``after`` are the stream's figures, none where it had or has no figure of its own. ``consensus`` is
    the plan before the edit: an edit is good when ``after`` came closer to what was sold than it. ``before_reason``,
    ``before_expires_on`` and ``before_held`` are what came with ``before``, so that it can be put back.
    """

    __tablename__ = "demand_edit_cell"
    __table_args__ = (Index("ix_demand_edit_cell_item", "product_id", "location_id", "period"),)

    edit_id: Mapped[int] = mapped_column(ForeignKey("demand_edit.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), primary_key=True, index=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"), primary_key=True)
    period: Mapped[date] = mapped_column(primary_key=True)
    before: Mapped[float | None] = mapped_column(Double)
    after: Mapped[float | None] = mapped_column(Double)
    consensus: Mapped[float] = mapped_column(Double)
    before_reason: Mapped[str | None]
    before_expires_on: Mapped[date | None]
    before_held: Mapped[bool] = mapped_column(server_default="false")


class PlanVersion(Base):
    """A plan that was published, kept for ever. ``number`` counts within the month and kind.

    ``first_period`` is the first month it plans: no later sales were known to it. ``summary`` holds its totals.
    """

    __tablename__ = "plan_version"
    __table_args__ = (
        CheckConstraint("kind in ('demand', 'supply', 'consensus')", name="kind"),
        CheckConstraint("extract(day from first_period) = 1", name="first_period"),
        UniqueConstraint("kind", "first_period", "number"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    first_period: Mapped[date]
    number: Mapped[int]
    months: Mapped[int]
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("sop_cycle.id", ondelete="SET NULL"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("forecast_run.id", ondelete="SET NULL"), index=True)
    note: Mapped[str | None]
    summary: Mapped[Json] = mapped_column(server_default="{}")
    published_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    published_at: Mapped[Created]


def _of_version(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["version_id"], ["plan_version.id"], name=f"fk_{table}_version_id", ondelete="CASCADE")


class DemandPlanValue(Base):
    """One month of a published demand plan, step by step: naive, statistics, events, streams (where one spoke), and
    the consensus that was planned with."""

    __tablename__ = "demand_plan_value"
    __table_args__ = (
        _of_version("demand_plan_value"),
        # What a plan said of one month: accuracy at a lag reads no more of it.
        Index("ix_demand_plan_value_period", "version_id", "period"),
    )

    version_id: Mapped[Ref] = mapped_column(primary_key=True)
    product_id: Mapped[Ref] = mapped_column(primary_key=True)
    location_id: Mapped[Ref] = mapped_column(primary_key=True)
    channel_id: Mapped[Ref] = mapped_column(primary_key=True)
    period: Mapped[date] = mapped_column(primary_key=True)
    naive: Mapped[float | None] = mapped_column(Double)
    statistical: Mapped[float] = mapped_column(Double)
    uplift: Mapped[float] = mapped_column(Double, server_default="0")
    sales: Mapped[float | None] = mapped_column(Double)
    marketing: Mapped[float | None] = mapped_column(Double)
    customer: Mapped[float | None] = mapped_column(Double)
    finance: Mapped[float | None] = mapped_column(Double)
    planner: Mapped[float | None] = mapped_column(Double)
    consensus: Mapped[float] = mapped_column(Double)


class SupplyPlanValue(Base):
    """One month of a published supply plan of an item at a place: flows add up, ``end_stock`` and ``owed`` are those
    at the end of the month."""

    __tablename__ = "supply_plan_value"
    __table_args__ = (_of_version("supply_plan_value"),)

    version_id: Mapped[Ref] = mapped_column(primary_key=True)
    product_id: Mapped[Ref] = mapped_column(primary_key=True)
    location_id: Mapped[Ref] = mapped_column(primary_key=True)
    period: Mapped[date] = mapped_column(primary_key=True)
    demand: Mapped[float] = mapped_column(Double)
    receipts: Mapped[float] = mapped_column(Double)
    end_stock: Mapped[float] = mapped_column(Double)
    owed: Mapped[float] = mapped_column(Double)


class CapacityPlanValue(Base):
    """Load and hours of a resource in one month of a published supply plan."""

    __tablename__ = "capacity_plan_value"
    __table_args__ = (_of_version("capacity_plan_value"),)

    version_id: Mapped[Ref] = mapped_column(primary_key=True)
    resource_id: Mapped[Ref] = mapped_column(primary_key=True)
    period: Mapped[date] = mapped_column(primary_key=True)
    load_hours: Mapped[float] = mapped_column(Double)
    available_hours: Mapped[float] = mapped_column(Double)
