"""What the suppliers with a portal are told of the plan: agreements, a first shared forecast, items they manage."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from analytics.supplier_forecast import buckets
from data.demo.people import PLANNER_ID

# Supplier by place among those with a portal: buckets ahead, week or month, by item or place, smoothed over.
AGREEMENTS = ((6, "month", "item", 2), (13, "week", "location", 1))
SHARES = {"near_warn": 0.05, "near_bad": 0.1, "far_warn": 0.15, "far_bad": 0.3}
AGREED_DAYS, YEAR_DAYS = 180, 365
MANAGED, MIN_DAYS, MAX_DAYS = 2, 7, 28


def planning_frames(
    suppliers: pd.DataFrame, orders: pd.DataFrame, lines: pd.DataFrame, *, today: date
) -> dict[str, pd.DataFrame]:
    """Agreements of the suppliers with a portal; the forecast of the first one: what was ordered of each item in the
    last year, evenly by month, and what is open as firm; its two most ordered items it manages."""
    with_portal = suppliers.dropna(subset=["company_id"]).sort_values("company_id")["id"].head(len(AGREEMENTS)).tolist()
    agreements = pd.DataFrame(
        [
            {
                "supplier_id": supplier,
                "horizon": horizon,
                "bucket": bucket,
                "level": level,
                "smoothing": smoothing,
                "firm_fence": 1,
                **SHARES,
                "shared_from": today - timedelta(AGREED_DAYS),
            }
            for supplier, (horizon, bucket, level, smoothing) in zip(with_portal, AGREEMENTS, strict=False)
        ]
    )
    first = with_portal[0]
    sent = orders[orders["supplier_id"] == first]
    own = lines.merge(sent, left_on="order_id", right_on="id", suffixes=("", "_order"))
    year = own[pd.to_datetime(own["ordered_on"]) > pd.Timestamp(today - timedelta(YEAR_DAYS))]
    daily = year.groupby("product_id")["quantity"].sum().astype(float).sort_values(ascending=False) / YEAR_DAYS
    times = buckets(today - timedelta(today.weekday()), bucket="month", count=AGREEMENTS[0][0])
    forecast = pd.DataFrame(
        {
            "id": [1],
            "supplier_id": first,
            "number": 1,
            "plan_day": today,
            "bucket": "month",
            "level": "item",
            "fence_ends_on": times[1][0],
            "shared_by": PLANNER_ID,
        }
    )
    return {
        "supplier_agreement": agreements,
        "supplier_forecast": forecast,
        "supplier_forecast_line": _lines(own, daily, times),
        "supplier_managed_item": _managed(own, daily, first),
    }


def _lines(own: pd.DataFrame, daily: pd.Series[float], times: list[tuple[date, date]]) -> pd.DataFrame:
    waiting = own[(own["status_order"] == "sent") & own["status"].isin(["open", "confirmed"])]
    due = pd.to_datetime(waiting["requested_on"])
    rows = []
    for product, each in daily.items():
        of_item = waiting["product_id"] == product
        for at, (start, end) in enumerate(times):
            # What is overdue is wanted in the first month.
            inside = of_item & (due < pd.Timestamp(end)) & ((due >= pd.Timestamp(start)) | (at == 0))
            firm = float(waiting.loc[inside, "quantity"].astype(float).sum())
            forecast = max(round(each * (end - start).days), firm)
            rows.append((1, product, start, end, forecast, firm))
    columns = ["forecast_id", "product_id", "starts_on", "ends_on", "forecast", "firm"]
    return pd.DataFrame(rows, columns=columns).assign(id=range(1, len(rows) + 1))


def _managed(own: pd.DataFrame, daily: pd.Series[float], supplier: int) -> pd.DataFrame:
    place = own.groupby("product_id")["location_id"].agg(lambda found: found.mode().iloc[0])
    chosen = daily.head(MANAGED)
    return pd.DataFrame(
        {
            "supplier_id": supplier,
            "product_id": chosen.index,
            "location_id": place.reindex(chosen.index).to_numpy(),
            "min_quantity": (chosen * MIN_DAYS).round().to_numpy(),
            "max_quantity": (chosen * MAX_DAYS).round().to_numpy(),
        }
    )
