"""What the demo's customers and OEMs forecast: two accepted versions, one that waits, a promotion."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

import pandas as pd

from data.demo.people import PEOPLE, PORTAL_COMPANIES, SALES_ID

BIAS = {4: 0.12, 5: -0.08, 6: 0.05, 7: 0.10}  # of what came, by company
SPREAD = (-0.06, 0.03, 0.0, 0.05, -0.02)  # by product and month, over and over
# State, months since it was sent, first and last month of which it speaks, from that of today.
VERSIONS = (("superseded", 4, -3, -1), ("accepted", 3, -2, -1), ("sent", 0, 1, 12))
SENT_ON = 18  # day of the month; the version that waits was sent on the first one
PROMOTION_DAYS = (45, 58)  # from today
Row = dict[str, Any]
KINDS = {"customer": "customer_forecast", "oem": "oem_demand"}


def partner_forecasts(frames: dict[str, pd.DataFrame], *, today: date) -> dict[str, pd.DataFrame]:
    """Tables partner_forecast, partner_forecast_value and partner_submission."""
    this_month = pd.Timestamp(today).replace(day=1)
    heads: list[Row] = []
    requests: list[Row] = []
    values: list[pd.DataFrame] = []
    for party, needed in _needed(frames).items():
        for party_id, company in enumerate(PORTAL_COMPANIES[party], start=1):
            own = needed[needed["party_id"] == party_id]
            for number, (state, ago, first, last) in enumerate(VERSIONS, start=1):
                said = _said(own, BIAS[company], this_month, range(first, last + 1))
                if said.empty:
                    continue
                sent_at = _moment(this_month - pd.DateOffset(months=ago), SENT_ON if ago else 1)
                head = _head(len(heads) + 1, company, party, (number, state, sent_at))
                heads.append(head)
                values.append(said.assign(forecast_id=head["id"]))
                requests.append(_request(head, cells=len(said)))
            if party == "customer" and party_id == 1 and not own.empty:
                requests.append(_promotion(company, own, frames["product"], today))
    columns = ["forecast_id", "product_id", "period", "quantity"]
    return {
        "partner_forecast": pd.DataFrame(heads),
        "partner_forecast_value": pd.concat(values, ignore_index=True)[columns] if values else pd.DataFrame(),
        "partner_submission": pd.DataFrame(requests).astype({"decided_by": "Int64"}),
    }


def _needed(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """What was ordered by month: party_id, product_id, period, quantity."""
    lines, orders = frames["sales_order_line"], frames["sales_order"].set_index("id")
    lines = lines[lines["status"] != "cancelled"]
    made = frames["production_order"].dropna(subset=["oem_id"])
    made = made[made["status"] != "cancelled"]
    parts = {
        "customer": lines.assign(party_id=lines["order_id"].map(orders["customer_id"]), day=lines["requested_on"]),
        "oem": made.assign(party_id=made["oem_id"].astype("int64"), day=made["due_on"]),
    }
    return {party: _by_month(part) for party, part in parts.items()}


def _by_month(part: pd.DataFrame) -> pd.DataFrame:
    period = pd.to_datetime(part["day"]).dt.to_period("M").dt.to_timestamp()
    ordered = part.assign(period=period, quantity=part["quantity"].astype(float))
    return ordered.groupby(["party_id", "product_id", "period"])["quantity"].sum().reset_index()


def _said(own: pd.DataFrame, bias: float, this_month: pd.Timestamp, months: range) -> pd.DataFrame:
    """What came, of months that are over, and what came a year before of those to come; so much too high or low."""
    known = own.set_index(["product_id", "period"])["quantity"]
    rows = []
    for step in months:
        month = this_month + pd.DateOffset(months=step)
        seen = month if step < 0 else month - pd.DateOffset(years=1)
        for product in sorted(own["product_id"].unique()):
            came = known.get((product, seen))
            if came is not None:
                spread = SPREAD[(int(product) + month.month) % len(SPREAD)]
                rows.append((product, month.date(), round(came * (1 + bias) * (1 + spread))))
    return pd.DataFrame(rows, columns=["product_id", "period", "quantity"])


def _head(place: int, company: int, party: str, version: tuple[int, str, datetime]) -> Row:
    number, state, sent_at = version
    return {
        "id": place,
        "company_id": company,
        "party": party,
        "number": number,
        "state": state,
        "created_by": _person(company),
        "created_at": sent_at,
        "sent_at": sent_at,
        "decided_at": None if state == "sent" else sent_at + pd.Timedelta(days=2),
    }


def _request(head: Row, *, cells: int) -> Row:
    accepted = head["state"] != "sent"
    return {
        "company_id": head["company_id"],
        "kind": KINDS[str(head["party"])],
        "subject_id": "",
        "payload": json.dumps({"forecast_id": head["id"], "number": head["number"], "cells": cells}),
        "status": "accepted" if accepted else "pending",
        "created_by": head["created_by"],
        "created_at": head["sent_at"],
        "decided_by": SALES_ID if accepted else None,
        "decided_at": head["decided_at"],
    }


def _promotion(company: int, own: pd.DataFrame, products: pd.DataFrame, today: date) -> Row:
    """The item that it buys most of, half a month's volume on top."""
    item = int(str(own.groupby("product_id")["quantity"].sum().idxmax()))
    product = products.set_index("id").loc[item]
    first, last = (today + pd.Timedelta(days=days) for days in PROMOTION_DAYS)
    monthly = own.loc[own["product_id"] == item, "quantity"].mean()
    payload = {
        "name": "Anniversary weeks",
        "starts_on": str(first)[:10],
        "ends_on": str(last)[:10],
        "mechanic": "display",
        "products": [
            {
                "product_id": item,
                "code": product["code"],
                "name": product["name"],
                "uom": product["uom"],
                "quantity": round(monthly / 2),
            }
        ],
    }
    return {
        "company_id": company,
        "kind": "customer_promotion",
        "subject_id": "anniversary",
        "payload": json.dumps(payload),
        "status": "pending",
        "created_by": _person(company),
        "created_at": _moment(pd.Timestamp(today).replace(day=1), 1),
        "decided_by": None,
        "decided_at": None,
    }


def _person(company: int) -> int:
    return next(number for number, person in enumerate(PEOPLE, start=1) if person[2] == company)


def _moment(month: pd.Timestamp, day: int) -> datetime:
    return datetime.combine(month.replace(day=day).date(), time(2, 30), tzinfo=UTC)
