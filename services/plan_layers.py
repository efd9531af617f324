"""A year of sales and plans side by side: actual, the plan of now, the plan published last, by product and channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from analytics.inputs import FloatArray
from core.clock import today
from core.i18n import _
from core.viewer import Viewer
from data.frames import shared_frame
from data.queries import demand_plan as names
from data.queries import plan_gap as rows
from services.demand_plan import LEAF, SUBJECTS, DemandPlan, demand_plan
from services.kpi import data_date, month_end
from services.plan_versions import SUBJECT, version_name

MEASURES = ("revenue", "volume", "margin")
ACTUAL, CURRENT, PUBLISHED = LAYERS = ("actual", "current", "published")
LINE = ["product_id", "channel_id"]
MONTHS = 12

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class YearLayers:
    """A year by line, a product in a channel. ``lines``: product, product_name, category, family, brand, channel, ...;
    ``figures`` by layer and measure: lines x 12 months; ``known`` by layer: the months it has. ``elapsed`` is the part
    of each month that has been sold to ``data_date``. ``published`` names the plan published last, none without one.
    All plans are at the realised price of now."""

    year: int
    months: list[date]
    lines: pd.DataFrame
    figures: dict[str, dict[str, FloatArray]]
    known: dict[str, Flags]
    elapsed: FloatArray
    data_date: date | None
    published: str | None

    @property
    def whole(self) -> Flags:
        """Months all of which have been sold."""
        return self.elapsed >= 1.0

    def landing(self, measure: str, *, plan: str = CURRENT) -> FloatArray:
        """lines x 12: what was sold, and of the days that are still to come their part of the plan; NaN in months
        that the plan does not reach."""
        left = np.where(self.known[plan] | self.whole, 1.0 - self.elapsed, np.nan)
        found: FloatArray = self.figures[ACTUAL][measure] + self.figures[plan][measure] * left
        return found

    @property
    def missing(self) -> list[date]:
        """Months that neither sales nor the plan of now know."""
        known = self.whole | self.known[CURRENT]
        return [month for month, there in zip(self.months, known, strict=True) if not there]


def year_layers(session: Session, viewer: Viewer, year: int) -> YearLayers:
    """Sales and plans of a year, kept in memory until they change.

    Inputs: an open session, the viewer, the year.
    Returns: YearLayers. Not to be changed.
    Raises: nothing of its own.
    Source: issue 6, AOP; formulas.md 3.3.
    """
    return shared_frame(
        session,
        viewer,
        "year_layers",
        subjects=(*SUBJECTS, SUBJECT),
        args=(today(), year),
        compute=lambda: _layers(session, demand_plan(session, viewer), year),
    )


def _layers(session: Session, plan: DemandPlan, year: int) -> YearLayers:
    months = [date(year, month, 1) for month in range(1, MONTHS + 1)]
    sold = rows.sold(session, first=months[0], last=months[-1])
    head = rows.last_published(session)
    published = (
        pd.DataFrame(columns=[*LEAF, "period", "consensus"])
        if head is None
        else rows.published(session, head.id, first=months[0], last=months[-1])
    )
    leaves = plan.base.leaves
    keys = pd.concat([sold[LINE], leaves[LINE], published[LINE]]).astype("int64").drop_duplicates()
    lines = _named(session, keys)
    index = pd.MultiIndex.from_frame(lines[LINE])
    figures = {
        ACTUAL: _actual(index, sold, months),
        CURRENT: _current(index, plan, months),
        PUBLISHED: _published(index, leaves, published, months),
    }
    cost = lines["unit_cost"].fillna(0.0).to_numpy(dtype=float)[:, None]
    for layer in figures.values():
        layer["margin"] = layer["revenue"] - layer["volume"] * cost
    last = data_date(session)
    reach = set() if head is None else set(published["period"])
    known = {CURRENT: set(plan.base.months), PUBLISHED: reach}
    elapsed = _elapsed(months, last)
    return YearLayers(
        year=year,
        months=months,
        lines=lines,
        figures=figures,
        known={
            ACTUAL: elapsed > 0,
            **{name: np.array([month in there for month in months]) for name, there in known.items()},
        },
        elapsed=elapsed,
        data_date=last,
        published=None if head is None else version_name(head.first_period, head.number),
    )


def _named(session: Session, keys: pd.DataFrame) -> pd.DataFrame:
    found = keys.merge(names.products(session), on="product_id").merge(names.channels(session), on="channel_id")
    found = found.sort_values(["product", "channel"], kind="stable").reset_index(drop=True)
    texts = {name: found[name].fillna(_("(none)")) for name in ("category", "family", "brand")}
    return found.assign(company="", **texts)


def _elapsed(months: list[date], last: date | None) -> FloatArray:
    if last is None:
        return np.zeros(len(months))
    days = np.array([(month_end(month) - month).days + 1 for month in months], dtype=float)
    sold = np.array([(last - month + timedelta(days=1)).days for month in months], dtype=float)
    found: FloatArray = np.clip(sold / days, 0.0, 1.0)
    return found


def _actual(index: pd.MultiIndex, sold: pd.DataFrame, months: list[date]) -> dict[str, FloatArray]:
    place = index.get_indexer(pd.MultiIndex.from_frame(sold[LINE].astype("int64")))
    at = pd.Index(months).get_indexer(pd.Index(sold["month"]))
    return {name: _added(index, place, at, sold[name].to_numpy(dtype=float)) for name in ("volume", "revenue")}


def _current(index: pd.MultiIndex, plan: DemandPlan, months: list[date]) -> dict[str, FloatArray]:
    place = index.get_indexer(pd.MultiIndex.from_frame(plan.base.leaves[LINE].astype("int64")))
    price = plan.base.leaves["price"].to_numpy(dtype=float)
    found = {name: np.zeros((len(index), MONTHS)) for name in ("volume", "revenue")}
    for at, month in enumerate(months):
        if month in plan.base.months:
            quantity = plan.consensus[:, plan.base.months.index(month)]
            for name, value in (("volume", quantity), ("revenue", quantity * price)):
                found[name][:, at] = np.bincount(place, weights=value, minlength=len(index))
    return found


def _published(
    index: pd.MultiIndex, leaves: pd.DataFrame, published: pd.DataFrame, months: list[date]
) -> dict[str, FloatArray]:
    keys = pd.MultiIndex.from_frame(leaves[LEAF].astype("int64"))
    leaf = keys.get_indexer(pd.MultiIndex.from_frame(published[LEAF].astype("int64")))
    price = np.append(leaves["price"].to_numpy(dtype=float), 0.0)[leaf]  # the last one is that of no leaf
    place = index.get_indexer(pd.MultiIndex.from_frame(published[LINE].astype("int64")))
    at = pd.Index(months).get_indexer(pd.Index(published["period"]))
    quantity = published["consensus"].to_numpy(dtype=float)
    values = {"volume": quantity, "revenue": quantity * price}
    return {name: _added(index, place, at, value) for name, value in values.items()}


def _added(index: pd.MultiIndex, place: Any, at: Any, values: FloatArray) -> FloatArray:
    inside = (place >= 0) & (at >= 0)
    cell = place[inside] * MONTHS + at[inside]
    added = np.bincount(cell, weights=values[inside], minlength=len(index) * MONTHS)
    return np.asarray(added.reshape(len(index), MONTHS), dtype=np.float64)
