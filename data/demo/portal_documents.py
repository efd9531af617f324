"""Documents of the suppliers with a portal: a certificate that ends soon, and what they are asked for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from core.certificate_kinds import kind_name
from data.demo.people import PLANNER_ID
from data.demo.portal_log import Log, Row, at

ENDS_DAYS, VALID_DAYS = 40, 730
PAGE = "/portal/supplier/documents"
# Supplier by place, kind, asked so many days ago, due in days from today, state, note.
REQUESTS = (
    (0, "haccp", 6, 10, "open", "The present one ends soon; please send the renewal."),
    (0, "organic", 30, 14, "cancelled", "For the organic range that was planned."),
    (1, "coa", 5, 21, "open", "Of the newest lot, with the migration test."),
    (1, "inspection", 25, 30, "cancelled", None),
)
WITHDRAWN_DAYS = 8  # after it was asked for


def with_ending_soon(certificates: pd.DataFrame, suppliers: pd.DataFrame, *, today: date) -> pd.DataFrame:
    """Table certificate with one more of the supplier: HACCP, which ends soon."""
    supplier, until = _with_portal(suppliers).iloc[0], today + timedelta(ENDS_DAYS)
    more = pd.DataFrame(
        {
            "id": [len(certificates) + 1],
            "kind": "haccp",
            "number": f"HACCP/{supplier.code}/{until.year}",
            "body": "SIRIM QAS International",
            "supplier_id": supplier.id,
            "valid_from": until - timedelta(VALID_DAYS),
            "valid_until": until,
        }
    )
    shape = more.reindex(columns=certificates.columns).astype(certificates.dtypes)
    return pd.concat([certificates, shape], ignore_index=True)


def document_requests(suppliers: pd.DataFrame, log: Log) -> pd.DataFrame:
    """Table document_request: open ones are reminded of by Tandem when they are due, and none is before ten days."""
    portals = _with_portal(suppliers)
    return pd.DataFrame([_request(number, rule, portals, log) for number, rule in enumerate(REQUESTS, start=1)])


def _request(number: int, rule: tuple[Any, ...], portals: pd.DataFrame, log: Log) -> Row:
    place, kind, ago, due, state, note = rule
    company, due_on = int(portals.iloc[place].company_id), log.today + timedelta(due)
    asked_at = at(log.today - timedelta(ago), 9)
    detail = ". ".join(filter(None, (f"Due {due_on}", note)))
    told = {"href": PAGE, "detail": detail}
    about, what = ("document_request", number), kind_name(kind)
    log.ours(asked_at, company, "document.asked", about, title=f"Please send a document: {what}", **told)
    if state == "cancelled":
        withdrawn_at = asked_at + timedelta(WITHDRAWN_DAYS)
        log.ours(withdrawn_at, company, "document.withdrawn", about, title=f"Not needed any more: {what}", **told)
    return {
        "id": number,
        "company_id": company,
        "kind": kind,
        "due_on": due_on,
        "note": note,
        "state": state,
        "created_by": PLANNER_ID,
        "created_at": asked_at,
        "reminded_at": asked_at,
    }


def _with_portal(suppliers: pd.DataFrame) -> pd.DataFrame:
    return suppliers.dropna(subset=["company_id"]).sort_values("company_id", ignore_index=True)
