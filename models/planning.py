"""What Tandem worked out: forecasts, inventory policies, proposals."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Double, ForeignKey, ForeignKeyConstraint, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json, Money, Quantity, Ref, Version
from models.policy import MEASURES, METHODS, SOURCES


class ForecastRun(Base):
    """One calculation of forecasts, kept for ever so that accuracy at any lag can be measured.

    ``first_period`` is the first period that was forecast: no later data was known to the run. ``attempt`` counts how
    often a worker began it, so that one believed dead can't write beside its successor. ``summary`` is the account of
    what was forecast and what was left out. ``parameters`` are all the settings that make it again; ``progress`` is
    rewritten while it runs: done and total of each demand class, series per second, log. An approved run is the
    statistical baseline.
    """

    __tablename__ = "forecast_run"
    __table_args__ = (
        CheckConstraint("frequency in ('month', 'week')", name="frequency"),
        CheckConstraint("state in ('running', 'done', 'cancelled', 'failed')", name="state"),
        CheckConstraint("mode in ('fast', 'full')", name="mode"),
        Index("ix_forecast_run_first_period", "frequency", "state", "first_period"),
    )

    id: Mapped[Id]
    job_id: Mapped[UUID | None] = mapped_column(unique=True)
    frequency: Mapped[str]
    first_period: Mapped[date]
    horizon: Mapped[int]
    scope: Mapped[Json]
    mode: Mapped[str] = mapped_column(server_default="fast")
    parameters: Mapped[Json] = mapped_column(server_default="{}")
    state: Mapped[str] = mapped_column(server_default="running")
    series_count: Mapped[int] = mapped_column(server_default="0")
    data_version: Mapped[int] = mapped_column(server_default="0")
    attempt: Mapped[int] = mapped_column(server_default="0")
    progress: Mapped[Json] = mapped_column(server_default="{}")
    summary: Mapped[Json] = mapped_column(server_default="{}")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    finished_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    approved_at: Mapped[datetime | None]
    approval_note: Mapped[str | None]


class ForecastBlock(Base):
    """Products of a run that are forecast together. Whoever holds the row's lock works on it; ``done_at`` tells that
    its results are stored. ``account`` is what the log says of it: worker, seconds, classes, methods, failed fits.
    """

    __tablename__ = "forecast_block"
    __table_args__ = (Index("ix_forecast_block_open", "run_id", "number", postgresql_where="done_at is null"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("forecast_run.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    products: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    series_count: Mapped[int]
    account: Mapped[Json] = mapped_column(server_default="{}")
    done_at: Mapped[datetime | None]


class ForecastSeries(Base):
    """The forecast of one product at one location: the method, why it was chosen, and how good it is.

    Errors are rolling-origin errors as shares; ``naive_*`` are those of seasonal naive on the same origins.
    ``why`` holds the candidates with their errors; ``fitted`` starts at ``fitted_from``; ``volume`` is the demand of
    the last twelve months (52 weeks) before the run, ``judged_volume`` that of the periods at the rolling origins, per
    year: errors of several series are added up with it. ``value`` is the volume in money. ``coverage`` is the share of
    the backtest's actuals inside the 10-90 % band. ``components`` (level, trend, season, event, price; one figure a
    future period) add up to the forecast.
    """

    __tablename__ = "forecast_series"

    run_id: Mapped[int] = mapped_column(ForeignKey("forecast_run.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), primary_key=True)
    method: Mapped[str]
    demand_class: Mapped[str]
    volume: Mapped[float] = mapped_column(Double, server_default="0")
    judged_volume: Mapped[float] = mapped_column(Double, server_default="0")
    value: Mapped[float] = mapped_column(Double, server_default="0")
    wmape: Mapped[float | None] = mapped_column(Double)
    bias: Mapped[float | None] = mapped_column(Double)
    mase: Mapped[float | None] = mapped_column(Double)
    rmsse: Mapped[float | None] = mapped_column(Double)
    coverage: Mapped[float | None] = mapped_column(Double)
    tracking_signal: Mapped[float | None] = mapped_column(Double)
    naive_wmape: Mapped[float | None] = mapped_column(Double)
    naive_bias: Mapped[float | None] = mapped_column(Double)
    naive_mase: Mapped[float | None] = mapped_column(Double)
    naive_rmsse: Mapped[float | None] = mapped_column(Double)
    why: Mapped[Json]
    components: Mapped[Json] = mapped_column(server_default="{}")
    fitted_from: Mapped[date | None]
    fitted: Mapped[list[float | None]] = mapped_column(ARRAY(Double))


def _of_series(table: str) -> ForeignKeyConstraint:
    """A figure belongs to a series, and that to a run, a product and a location: one check a row instead of three."""
    keys = ("run_id", "product_id", "location_id")
    series = [f"forecast_series.{key}" for key in keys]
    return ForeignKeyConstraint(keys, series, name=f"fk_{table}_series", ondelete="CASCADE")


class ForecastValue(Base):
    """The forecast of one period with its 10, 50 and 90 % quantiles."""

    __tablename__ = "forecast_value"
    __table_args__ = (_of_series("forecast_value"), CheckConstraint("q10 <= q50 and q50 <= q90", name="ordered"))

    run_id: Mapped[Ref] = mapped_column(primary_key=True)
    product_id: Mapped[Ref] = mapped_column(primary_key=True)
    location_id: Mapped[Ref] = mapped_column(primary_key=True)
    period: Mapped[date] = mapped_column(primary_key=True)
    q10: Mapped[float] = mapped_column(Double)
    q50: Mapped[float] = mapped_column(Double)
    q90: Mapped[float] = mapped_column(Double)


class ForecastChannelValue(Base):
    """The part of a period's median forecast that goes through one channel; the channels add up to the forecast."""

    __tablename__ = "forecast_channel_value"
    __table_args__ = (_of_series("forecast_channel_value"),)

    run_id: Mapped[Ref] = mapped_column(primary_key=True)
    product_id: Mapped[Ref] = mapped_column(primary_key=True)
    location_id: Mapped[Ref] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"), primary_key=True)
    period: Mapped[date] = mapped_column(primary_key=True)
    q50: Mapped[float] = mapped_column(Double)


class InventoryPolicy(Base):
    """When and how much to order of an item at a location. ``inputs`` are the figures it was worked out from.

    ``measure`` says what the target means: cycles without a stock-out, or the share of demand filled at once.
    ``source`` is who gave the levels: the calculation, or the page on which somebody decided on others.
    """

    __tablename__ = "inventory_policy"
    __table_args__ = (
        CheckConstraint(METHODS, name="method"),
        CheckConstraint(MEASURES, name="measure"),
        CheckConstraint(SOURCES, name="source"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), primary_key=True)
    service_target: Mapped[float] = mapped_column(Double)
    service_target_fixed: Mapped[bool] = mapped_column(server_default="false")
    measure: Mapped[str] = mapped_column(server_default="cycle")
    method: Mapped[str] = mapped_column(server_default="reorder_point")
    source: Mapped[str] = mapped_column(server_default="calculation")
    safety_stock: Mapped[Quantity]
    reorder_point: Mapped[Quantity]
    order_quantity: Mapped[Quantity]
    order_up_to: Mapped[Quantity]
    daily_demand: Mapped[float] = mapped_column(Double)
    inputs: Mapped[Json]
    computed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[Version]


class ReorderProposal(Base):
    """An order Tandem advises, until a planner accepts or dismisses it. At most one open per item and location."""

    __tablename__ = "reorder_proposal"
    __table_args__ = (
        CheckConstraint("status in ('open', 'accepted', 'dismissed', 'withdrawn')", name="status"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index(
            "uq_reorder_proposal_open_item",
            "product_id",
            "location_id",
            unique=True,
            postgresql_where="status = 'open'",
        ),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"))
    quantity: Mapped[Quantity]
    unit_price: Mapped[Money]
    needed_on: Mapped[date]
    days_to_stockout: Mapped[float | None] = mapped_column(Double)
    money_at_stake: Mapped[Money]
    why: Mapped[Json]
    status: Mapped[str] = mapped_column(server_default="open", index=True)
    order_line_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_order_line.id"))
    created_at: Mapped[Created]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    version: Mapped[Version]
