"""The demand plans that were published month by month, and what people had said for them."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.demand_consensus import BASELINE, Cells, consensus
from data.demo.calendar import MALAYSIA
from data.demo.frames import rows
from data.demo.people import FINANCE_ID, MARKETING_ID, PLANNER_ID, SALES_ID
from data.demo.rules import STREAM_RULES, StreamRule
from data.demo.scale import stream

Floats = NDArray[np.float64]
LEAF = ["product_id", "location_id", "channel_id"]
STREAMS = ("sales", "marketing", "customer", "finance", "planner")
AUTHORS = {
    "sales": SALES_ID,
    "marketing": MARKETING_ID,
    "customer": SALES_ID,
    "finance": FINANCE_ID,
    "planner": PLANNER_ID,
}
KINDS = {"demand": 8, "consensus": 16}
"""What is published in a cycle, and on which day of the month."""
SAID_ON_DAY = 6
SHARE_MONTHS = 12


def published_plans(sold: pd.DataFrame, run: pd.DataFrame, values: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables plan_version, demand_plan_value, demand_edit and demand_edit_cell, of every month but the running one.

    ``sold``: demand_history; ``run``, ``values``: the published forecasts. Cycles have the ids of their runs.
    """
    months = sold.assign(month=sold["day"].dt.to_period("M").dt.to_timestamp().dt.date)
    months = months.groupby([*LEAF, "month"], as_index=False)[["quantity", "revenue"]].sum()
    versions: list[dict[str, object]] = []
    figures: list[pd.DataFrame] = []
    edits: list[pd.DataFrame] = []
    cells: list[pd.DataFrame] = []
    for forecast in rows(run.sort_values("first_period").iloc[:-1]):
        first = forecast.first_period
        plan = _leaves(values[values["run_id"] == forecast.id], months, first)
        plan = _with_streams(plan, months, first)
        written, touched = _edits(plan, first, known=sum(len(found) for found in edits))
        edits.append(written)
        cells.append(touched)
        for kind, day_of_month in KINDS.items():
            number = len(versions) + 1
            versions.append(_version(number, kind, forecast, plan, first + timedelta(days=day_of_month)))
            figures.append(plan[[*LEAF, "period", *_FIGURES]].assign(version_id=number))
    return {
        "plan_version": pd.DataFrame(versions),
        "demand_plan_value": pd.concat(figures, ignore_index=True),
        "demand_edit": pd.concat(edits, ignore_index=True),
        "demand_edit_cell": pd.concat(cells, ignore_index=True),
    }


_FIGURES = ["naive", "statistical", *STREAMS, "consensus"]


def _leaves(values: pd.DataFrame, months: pd.DataFrame, first: date) -> pd.DataFrame:
    """The forecast by channel, as demand was split in the year before, beside the naive one."""
    known = months[months["month"] < first]
    since = (pd.Timestamp(first) - pd.DateOffset(months=SHARE_MONTHS)).date()
    recent = known[known["month"] >= since].groupby(LEAF, as_index=False)["quantity"].sum()
    recent["share"] = recent["quantity"] / recent.groupby(LEAF[:2])["quantity"].transform("sum")
    plan = values[[*LEAF[:2], "period", "q50"]].merge(recent[[*LEAF, "share"]], on=LEAF[:2])
    plan["period"] = pd.to_datetime(plan["period"]).dt.date
    plan["statistical"] = plan["q50"] * plan["share"]
    plan["year_before"] = (pd.to_datetime(plan["period"]) - pd.DateOffset(years=1)).dt.date
    last_month = (pd.Timestamp(first) - pd.DateOffset(months=1)).date()
    by_month = known[[*LEAF, "month", "quantity"]]
    latest = by_month[by_month["month"] == last_month].drop(columns="month")
    plan = plan.merge(by_month.rename(columns={"month": "year_before", "quantity": "season"}), how="left")
    plan = plan.merge(latest.rename(columns={"quantity": "latest"}), how="left", on=LEAF)
    plan["naive"] = plan["season"].fillna(plan["latest"]).fillna(0.0)
    return plan.sort_values([*LEAF, "period"], ignore_index=True)


def _with_streams(plan: pd.DataFrame, months: pd.DataFrame, first: date) -> pd.DataFrame:
    """What each stream said: part of the way from statistics to what came, times its bias, and noise."""
    coming = months[["month", *LEAF, "quantity"]].rename(columns={"month": "period", "quantity": "came"})
    plan = plan.merge(coming, how="left", on=[*LEAF, "period"])
    came = plan["came"].fillna(0.0).to_numpy(dtype=float)
    statistical = plan["statistical"].to_numpy(dtype=float)
    lag = pd.to_datetime(plan["period"]).dt.to_period("M").astype("int64") - pd.Period(first, "M").ordinal
    ranked = plan.groupby("product_id")["statistical"].sum().sort_values(ascending=False).index
    for rule in STREAM_RULES:
        rng = stream(f"{rule.stream} {first}")
        knows = rule.knows * 0.7 ** lag.to_numpy()
        noise = np.exp(rng.normal(0.0, rule.noise, len(plan)))
        said = np.round((statistical + knows * (came - statistical)) * (1 + rule.bias) * noise)
        plan[rule.stream] = np.where(_spoken(plan, rule, ranked), np.maximum(said, 0.0), np.nan)
    plan["consensus"] = _consensus(plan)
    return plan


def _spoken(plan: pd.DataFrame, rule: StreamRule, ranked: pd.Index) -> NDArray[np.bool_]:  # type: ignore[type-arg]
    """The products that sell best, every so many of them, through the channel the stream speaks of."""
    chosen = ranked[: max(int(len(ranked) * rule.share), 1)][:: rule.every]
    own = plan["product_id"].isin(chosen)
    if rule.channel_id:
        own &= plan["channel_id"] == rule.channel_id
    return own.to_numpy()


def _consensus(plan: pd.DataFrame) -> Floats:
    """As the application weighs them while it has learned nothing: all alike, the planner's word stands."""
    cells = {name: _cells(plan[name]) for name in STREAMS}
    decided = cells.pop("planner")
    even = np.ones(len(plan))
    baseline = plan["statistical"].to_numpy(dtype=float)[:, None]
    weights = dict.fromkeys((BASELINE, *cells), even)
    return consensus(baseline, cells, weights=weights, decided=decided)[:, 0]


def _cells(said: pd.Series[float]) -> Cells:
    row = np.flatnonzero(said.notna().to_numpy()).astype(np.int64)
    quantity = np.asarray(said.dropna().to_numpy(), dtype=np.float64)
    return Cells(row, np.zeros(len(row), dtype=np.int64), quantity)


def _version(number: int, kind: str, forecast: object, plan: pd.DataFrame, on: date) -> dict[str, object]:
    return {
        "id": number,
        "kind": kind,
        "first_period": forecast.first_period,  # type: ignore[attr-defined]
        "number": 1,
        "months": plan["period"].nunique(),
        "cycle_id": forecast.id,  # type: ignore[attr-defined]
        "run_id": forecast.id,  # type: ignore[attr-defined]
        "summary": json.dumps(
            {"statistical": round(plan["statistical"].sum(), 2), "consensus": round(plan["consensus"].sum(), 2)}
        ),
        "published_by": PLANNER_ID,
        "published_at": datetime.combine(on, time(17), tzinfo=MALAYSIA),
    }


def _edits(plan: pd.DataFrame, first: date, *, known: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One edit for each stream and product it spoke of."""
    said = plan.melt([*LEAF, "period", "statistical", "consensus"], list(STREAMS), "stream", "after").dropna()
    said = said.sort_values(["stream", "product_id", *LEAF[1:], "period"], ignore_index=True)
    said["edit_id"] = said.groupby(["stream", "product_id"]).ngroup() + known + 1
    reasons = {rule.stream: rule.reason for rule in STREAM_RULES}
    edits = said.groupby("edit_id", as_index=False).agg(
        stream=("stream", "first"),
        product_id=("product_id", "first"),
        cells=("after", "size"),
        before_total=("statistical", "sum"),
        after_total=("after", "sum"),
    )
    months = sorted(plan["period"].unique())
    edits = edits.assign(
        mode="set",
        rule="forecast",
        value=edits["after_total"],
        reason=edits["stream"].map(reasons),
        expires_on=(pd.Timestamp(months[-1]) + pd.offsets.MonthEnd(0)).date(),
        created_by=edits["stream"].map(AUTHORS),
        created_at=datetime.combine(first + timedelta(days=SAID_ON_DAY), time(10), tzinfo=MALAYSIA),
    )
    cells = said.assign(before=np.nan, consensus=said["statistical"])
    columns = ["edit_id", *LEAF, "period", "before", "after", "consensus"]
    return edits.rename(columns={"edit_id": "id"}), cells[columns]


def with_scopes(edits: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """The edits with the scope that a person chose: the product by its code."""
    codes = edits["product_id"].map(products.set_index("id")["code"])
    return edits.drop(columns="product_id").assign(scope=[json.dumps({"product": code}) for code in codes])
