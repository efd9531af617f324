"""How well a customer was served: on time in full, fill rate and lead time by month, and what is open."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.service import lead_time_statistics, otif_lines
from core.clock import today
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import customer_portal as own
from data.queries import deliveries
from services.delivery_rules import DeliveryRules, delivery_rules
from services.download_list import DownloadList, Query, Rows, as_shown, chosen
from services.kpi import TREND_MONTHS
from services.partners import partner_scope

COLUMNS = (
    *("order", "line_no", "code", "item", "uom", "ordered_quantity", "delivered_quantity", "first_confirmed_date"),
    *("delivered_date", "on_time", "in_full", "days_late"),
)


@dataclass(frozen=True, slots=True)
class Month:
    """Service of the lines due in a month (“2026-11”). Rates are shares; ``lead_days`` is the mean from order to
    delivery; NaN where nothing can be measured."""

    month: str
    lines: int
    rate: float
    on_time_rate: float
    in_full_rate: float
    fill_rate: float
    lead_days: float


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A line of a month and how it was judged; ``days_late`` counts from the first confirmed day."""

    id: int
    order: str
    line_no: int
    code: str
    item: str
    uom: str
    ordered_quantity: float
    delivered_quantity: float
    first_confirmed_date: date
    delivered_date: date | None
    on_time: bool
    in_full: bool
    days_late: float


@dataclass(frozen=True, slots=True)
class CustomerService:
    """Months in order with the lines of the one chosen, missed ones first; open lines past their day; what counts as
    in time and in full."""

    months: list[Month]
    chosen: str
    lines: list[ServiceLine]
    late_lines: int
    late_units: float
    rules: DeliveryRules
    until: date | None


def service(viewer: Viewer, *, month: str = "") -> CustomerService:
    """The service of the viewer's own lines, by the month they were due in.

    Inputs: a customer; a month (“2026-11”), anything unknown is the last one with lines.
    Returns: the newest TREND_MONTHS months, up to the last delivery.
    Raises: NotAllowed without ``portal.customer.service``.
    Source: glossary, otif and fill rate; analytics.service, as services.service_trend for all customers.
    """
    with partner_scope(viewer, Permission.CUSTOMER_SERVICE) as session:
        rules = delivery_rules(session)
        late = own.open_late(session, today=today())
        end = deliveries.last_delivery(session, before=today())
        judged = pd.DataFrame() if end is None else _judged(session, rules, end)
    months = [_month(str(name), lines) for name, lines in judged.groupby("month")] if len(judged) else []
    names = [each.month for each in months]
    wanted = month if month in names else names[-1] if names else ""
    lines = _lines(judged[judged["month"] == wanted]) if wanted else []
    return CustomerService(months, wanted, lines, int(late.lines), float(late.units), rules, end)


def _judged(session: Session, rules: DeliveryRules, end: date) -> pd.DataFrame:
    tolerance = timedelta(days=rules.late_tolerance_days)
    first = (pd.Timestamp(end).replace(day=1) - pd.DateOffset(months=TREND_MONTHS - 1)).date()
    lines = own.lines_due(session, start=first - tolerance, end=end - tolerance)
    verdicts = otif_lines(lines, as_of=end, **asdict(rules))
    due = lines.join(verdicts)[verdicts["due"]]
    days = pd.to_datetime(due["first_confirmed_date"]) + tolerance
    return due.assign(month=days.dt.strftime("%Y-%m"))


def _month(name: str, lines: pd.DataFrame) -> Month:
    ordered = lines["ordered_quantity"].sum()
    filled = np.minimum(lines["delivered_quantity"], lines["ordered_quantity"]).sum()
    times = lines.assign(all=True, order_date=lines["ordered_on"], receipt_date=lines["delivered_date"])
    return Month(
        month=name,
        lines=len(lines),
        rate=float(lines["otif"].mean()),
        on_time_rate=float(lines["on_time"].mean()),
        in_full_rate=float(lines["in_full"].mean()),
        fill_rate=float(filled / ordered) if ordered > 0 else float("nan"),
        lead_days=float(lead_time_statistics(times, by=["all"])["mean_days"].iloc[0]),
    )


def _lines(found: pd.DataFrame) -> list[ServiceLine]:
    ordered = found.sort_values(["otif", "days_late"], ascending=[True, False], kind="stable")
    return [_line(identity, row) for identity, row in ordered.iterrows()]


def _line(identity: Any, row: Any) -> ServiceLine:
    return ServiceLine(
        id=int(identity),
        order=row["order"],
        line_no=int(row["line_no"]),
        code=row["code"],
        item=row["item"],
        uom=row["uom"],
        ordered_quantity=float(row["ordered_quantity"]),
        delivered_quantity=float(row["delivered_quantity"]),
        first_confirmed_date=row["first_confirmed_date"],
        delivered_date=None if pd.isna(row["delivered_date"]) else row["delivered_date"],
        on_time=bool(row["on_time"]),
        in_full=bool(row["in_full"]),
        days_late=float(row["days_late"]),
    )


def _download(viewer: Viewer, query: Query) -> Rows:
    found = service(viewer, month=query.get("month", ""))
    records = [{name: getattr(line, name) for name in COLUMNS} for line in found.lines]
    return chosen(as_shown(records, query, {"order": ["order", "line_no", "code", "item"]}), COLUMNS)


LISTS = {"customer-service": DownloadList(Permission.CUSTOMER_SERVICE, COLUMNS, _download)}
