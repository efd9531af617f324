"""When the newest orders made for brand owners were released, begun and reported, as the audit trail has it."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from data.demo.frames import rows
from data.demo.people import PLANNER_ID
from data.demo.portal_log import KEPT_DAYS, Row, at, name_of

RELEASED_DAYS = 2  # before the start
BEFORE = {"release": "planned", "start": "released", "report": "running"}
AFTER = {"release": "released", "start": "running", "report": "done"}


def production_steps(orders: pd.DataFrame, today: date) -> pd.DataFrame:
    """Table audit_entry: the steps of the orders made for OEMs that began in the last KEPT_DAYS days."""
    own = orders[orders["oem_id"].notna() & orders["status"].isin(["released", "running", "done"])]
    own = own[pd.to_datetime(own["starts_on"]) >= pd.Timestamp(today - timedelta(KEPT_DAYS))]
    entries: list[Row] = []
    for order in rows(own.astype({"finished_on": object})):
        days = {"release": order.starts_on - timedelta(RELEASED_DAYS)}
        if order.status in ("running", "done"):
            days["start"] = order.starts_on
        if order.status == "done":
            days["report"] = order.finished_on
        entries += [_entry(order.id, step, on, today) for step, on in days.items()]
    found = sorted(entries, key=lambda entry: entry["at"])
    return pd.DataFrame(found, columns=list(_entry(0, "release", today, today))).assign(id=range(1, len(found) + 1))


def _entry(order: int, step: str, on: date, today: date) -> Row:
    moment = at(min(pd.Timestamp(on), pd.Timestamp(today - timedelta(1))), 9)
    return {
        "at": moment,
        "user_id": PLANNER_ID,
        "company_id": 1,
        "actor": name_of(PLANNER_ID),
        "action": f"production_order.{step}",
        "subject": "production_order",
        "subject_id": str(order),
        "before": f'{{"status": "{BEFORE[step]}"}}',
        "after": f'{{"status": "{AFTER[step]}"}}',
    }
