"""What customers with a portal send back, and the baskets that they order again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from data.demo.calendar import Calendar
from data.demo.frames import numbered

# The newest lines delivered to each customer with a portal: reason and state of the return of each.
RETURNED = (("damaged", "expected"), ("quality", "received"), ("expired", "scrapped"))
RETURNED_SHARE = 0.05
REPORTED_DAYS = 1
TEMPLATE_LINES = 6


def portal_customer_frames(
    orders: pd.DataFrame, lines: pd.DataFrame, customers: pd.DataFrame, users: pd.DataFrame, calendar: Calendar
) -> dict[str, pd.DataFrame]:
    """Tables customer_return and order_template."""
    portals = customers.dropna(subset=["company_id"]).set_index("id")["company_id"].astype(int)
    own = lines.merge(orders[["id", "customer_id", "ordered_on"]].rename(columns={"id": "order_id"}), on="order_id")
    own = own[own["customer_id"].isin(portals.index)].assign(company_id=lambda found: found["customer_id"].map(portals))
    return {"customer_return": _returns(own, calendar), "order_template": _templates(own, users)}


def _returns(own: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    delivered = own[own["status"] == "delivered"].sort_values(["delivered_on", "id"], ascending=False)
    chosen = delivered.groupby("company_id").head(len(RETURNED)).sort_values(["company_id", "id"], ignore_index=True)
    place = chosen.groupby("company_id").cumcount()
    status = place.map(lambda number: RETURNED[number][1])
    quantity = np.maximum(np.floor(chosen["delivered_quantity"].astype(float) * RETURNED_SHARE), 1)
    today = calendar.today
    here = status.isin(["received", "scrapped"])
    closed = status == "scrapped"
    return numbered(
        pd.DataFrame(
            {
                "number": [f"RT-{today.year}-{number:05d}" for number in range(1, len(chosen) + 1)],
                "company_id": chosen["company_id"],
                "line_id": chosen["id"],
                "quantity": quantity,
                "reason": place.map(lambda number: RETURNED[number][0]),
                "status": status,
                "credit_expected": np.round(quantity * chosen["unit_price"].astype(float), 4),
                "reported_on": today - timedelta(REPORTED_DAYS),
                "received_on": [today if each else None for each in here],
                "closed_on": [today if each else None for each in closed],
            }
        )
    )


def _templates(own: pd.DataFrame, users: pd.DataFrame) -> pd.DataFrame:
    """One basket a company: what it orders most often, in its usual quantity."""
    people = users.groupby("company_id")["id"].min()
    rows: list[dict[str, Any]] = []
    for company, bought in own.groupby("company_id"):
        products = bought["product_id"].value_counts(sort=True).head(TEMPLATE_LINES).index
        usual = bought.groupby("product_id")["quantity"].median()
        kept = [{"product_id": int(product), "count": str(int(usual[product]))} for product in sorted(products)]
        rows.append(
            {"company_id": company, "name": "Weekly order", "lines": json.dumps(kept), "created_by": people[company]}
        )
    return numbered(pd.DataFrame(rows, columns=["company_id", "name", "lines", "created_by"]))
