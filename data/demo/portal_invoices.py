"""Invoices of the suppliers with a portal: one a month for what came long ago, one for each of the newest shipments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from data.demo.frames import rows
from data.demo.people import PLANNER_ID
from data.demo.portal_deliveries import partner_lines
from data.demo.portal_log import Log, Row, at, letters_of, person_of

# How the newest shipments were invoiced, the newest first: status, asked too much of a unit, too many units.
NEWEST = (
    (None, 0.0, 0.0),
    ("sent", 0.0, 0.02),
    ("sent", 0.0, 0.0),
    ("sent", 0.03, 0.0),
    ("disputed", 0.04, 0.0),
)
APPROVED = ("approved", 0.0, 0.0)
DISPUTE = "The price is 4 % above the order. Please invoice it again at the ordered price."
ISSUED_DAYS, DECIDED_DAYS = 1, 5  # after the last delivery, after that
INSIDE, PORTAL = "/supply/invoices", "/portal/supplier/invoices"


def supplier_invoices(
    frames: dict[str, pd.DataFrame], delivered: dict[str, pd.DataFrame], log: Log
) -> dict[str, pd.DataFrame]:
    """Tables supplier_invoice and supplier_invoice_line: everything received is in one, but for the newest shipment."""
    lines = partner_lines(frames)[["id", "company_id", "unit_price"]].rename(columns={"id": "line_id"})
    came = frames["receipt"].merge(lines, on="line_id")
    came = came.merge(_shipments(delivered), on=["line_id", "received_on", "lot"], how="left")
    month = pd.to_datetime(came["received_on"]).dt.strftime("%Y-%m-")
    shipment = came["shipment_id"].fillna(0).astype(int)
    came["group"] = month.where(shipment == 0, "9999-" + shipment.astype(str).str.zfill(6))
    by_line = came.groupby(["company_id", "group", "line_id"], as_index=False).agg(
        quantity=("quantity", "sum"), unit_price=("unit_price", "first"), on=("received_on", "max")
    )
    invoices = by_line.groupby(["company_id", "group"], as_index=False).agg(on=("on", "max"))
    back = invoices.groupby("company_id").cumcount(ascending=False)
    heads: list[Row] = []
    made: list[tuple[float, ...]] = []
    for place, invoice in zip(back.tolist(), rows(invoices), strict=True):
        how = NEWEST[place] if invoice.group.startswith("9999") and place < len(NEWEST) else APPROVED
        number = 0 if how[0] is None else _head(heads, invoice.company_id, _issued(invoice.on, log.today), how[0], log)
        made.append((number, *how[1:]))
    how_made = invoices[["company_id", "group"]].assign(**pd.DataFrame(made, columns=["invoice_id", "dearer", "more"]))
    asked = by_line.merge(how_made, on=["company_id", "group"])
    return {
        "supplier_invoice": pd.DataFrame(heads).astype({"decided_by": "Int64"}),
        "supplier_invoice_line": _asked(asked[asked["invoice_id"] > 0]),
    }


def _shipments(delivered: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """In which shipment a receipt came."""
    booked = delivered["goods_receipt_line"].merge(
        delivered["goods_receipt"][["id", "shipment_id", "received_on"]], left_on="goods_receipt_id", right_on="id"
    )
    booked["received_on"] = pd.to_datetime(booked["received_on"])
    return booked[["line_id", "received_on", "lot", "shipment_id"]]


def _issued(on: Any, today: date) -> date:
    last = pd.Timestamp(on).date() + timedelta(ISSUED_DAYS)
    return min(last, today - timedelta(1))


def _head(heads: list[Row], company: int, issued_on: date, status: str, log: Log) -> int:
    own = sum(head["company_id"] == company for head in heads) + 1
    decided_on = min(issued_on + timedelta(DECIDED_DAYS), log.today - timedelta(1))
    decided = status != "sent"
    head = {
        "id": len(heads) + 1,
        "company_id": company,
        "number": f"{letters_of(company)}-INV{issued_on:%y%m}-{own:03d}",
        "status": status,
        "issued_on": issued_on,
        "created_by": person_of(company),
        "created_at": at(issued_on, 10),
        "decided_by": PLANNER_ID if decided else None,
        "decided_at": at(decided_on, 15) if decided else None,
        "decision_note": DISPUTE if status == "disputed" else None,
        "version": 2 if decided else 1,
    }
    heads.append(head)
    _tell(log, head)
    return len(heads)


def _tell(log: Log, head: Row) -> None:
    about, number = ("supplier_invoice", head["id"]), head["number"]
    title = f"Invoice {number} was sent"
    log.theirs(head["created_at"], head["company_id"], "supplier_invoice.sent", about, title=title, href=INSIDE)
    if head["decided_at"] is not None:
        status, note = head["status"], head["decision_note"]
        told: dict[str, Any] = {"title": f"Invoice {number} is {status}", "href": PORTAL, "detail": note}
        log.ours(head["decided_at"], head["company_id"], f"supplier_invoice.{status}", about, **told)


def _asked(lines: pd.DataFrame) -> pd.DataFrame:
    """What invoices ask for: of each order line what came, of the first one too dear or too many."""
    quantity, price = lines["quantity"].astype(float).round(3), lines["unit_price"].astype(float)
    first = ~lines.duplicated("invoice_id")
    many = (quantity * lines["more"]).round().clip(lower=1).where(first & (lines["more"] > 0), 0.0)
    found = lines.assign(
        quantity=quantity + many, unit_price=price.where(~first, price * (1 + lines["dearer"])).round(4)
    )
    return found[["line_id", "company_id", "quantity", "unit_price", "invoice_id"]].reset_index(drop=True)
