"""On time in full of customer orders by month, and by parts of the range."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy.orm import Session

from analytics.service import otif_lines
from core.clock import today
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import deliveries, demand_plan
from services.delivery_rules import DeliveryRules, delivery_rules
from services.kpi import OTIF_DAYS, TREND_MONTHS, month_end
from services.stored_figure import stored_figures


@dataclass(frozen=True, slots=True)
class Service:
    """On time in full of the lines due of a ``member``: a month, or what a level names."""

    member: str
    rate: float
    lines: int


def otif_by_month(viewer: Viewer, *, months: int = TREND_MONTHS) -> list[Service]:
    """On time in full of the lines due in each of the newest months, that of the last delivery the last one.

    Inputs: a viewer with demand.read; how many months at most.
    Returns: Service by month (“2026-11”), in order; months in which no line was due are absent.
    Raises: NotAllowed.
    Source: glossary, otif; SCOR RL.1.1.
    """
    require(viewer, Permission.DEMAND_READ)
    return _kept(viewer, "month", months=months)


def otif_by(viewer: Viewer, level: str) -> dict[str, float]:
    """The same of the lines due in the last OTIF_DAYS days, by category or family.

    Inputs: a viewer with demand.read; "category" or "family".
    Returns: share of the lines by member.
    Raises: NotAllowed.
    Source: glossary, otif; services.kpi.customer_otif is the same of all lines.
    """
    require(viewer, Permission.DEMAND_READ)
    return {found.member: found.rate for found in _kept(viewer, level)}


def _kept(viewer: Viewer, by: str, *, months: int = 0) -> list[Service]:
    with session_scope(viewer) as session:
        rules = delivery_rules(session)
        return stored_figures(
            session,
            viewer,
            "service by",
            Service,
            subjects=("orders", "products"),
            args={"today": today(), "by": by, "months": months, "rules": str(rules)},
            compute=lambda: _service(session, rules, by, months),
        )


def _service(session: Session, rules: DeliveryRules, by: str, months: int) -> list[Service]:
    end = deliveries.last_delivery(session, before=today())
    if end is None:
        return []
    start = _first_month(end, months) if by == "month" else end - timedelta(days=OTIF_DAYS - 1)
    tolerance = timedelta(days=rules.late_tolerance_days)
    lines = deliveries.lines_due(session, start=start - tolerance, end=end - tolerance)
    judged = otif_lines(lines, as_of=end, **asdict(rules))
    due = judged[judged["due"]]
    if due.empty:
        return []
    if by == "month":
        last_good_day = pd.to_datetime(lines.loc[due.index, "first_confirmed_date"]) + tolerance
        member = last_good_day.dt.strftime("%Y-%m")
    else:
        names = demand_plan.products(session).set_index("product_id")[by]
        member = lines.loc[due.index, "product_id"].map(names)
    found = due["otif"].groupby(member).agg(["mean", "size"])
    return [Service(str(name), float(row["mean"]), int(row["size"])) for name, row in found.iterrows()]


def _first_month(end: date, months: int) -> date:
    return (pd.Timestamp(month_end(end)).replace(day=1) - pd.DateOffset(months=months - 1)).date()
