"""What needs a planner's eye, ranked by the money at stake: stock, expiry, what suppliers do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from analytics.expiry import expiry_risk
from analytics.inventory_position import StockStatus
from core.clock import today
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer
from data.db import session_scope
from data.queries import exceptions as rows
from services.exception_reasons import why
from services.plain_rows import plain_rows
from services.positions import KEYS, SUBJECTS, shared_positions
from services.stored_figure import stored_figures

TOP = 5
EXPIRY_WITHIN_DAYS = 90
POSITIONS_PATH = "/inventory/positions"
ORDERS_PATH = "/supply/purchase-orders"
REVIEW_PATH = "/supply/review-queue"
COMMITS_PATH = "/supply/partner-requests?kind=supplier_commit&show=decided"

EXPIRING = "expiring"
SUPPLIER_LATE = "supplier_late"
SUPPLIER_ANSWER = "supplier_answer"
SUPPLIER_SHORT = "supplier_short"
STOCK_KINDS = (
    StockStatus.STOCKED_OUT.value,
    StockStatus.AT_RISK.value,
    StockStatus.EXCESS.value,
    StockStatus.OVER_ORDERED.value,
)
STOCK_FACTS = (
    "code",
    "name",
    "uom",
    "location",
    "location_name",
    "on_hand",
    "mean_daily_demand",
    "days_of_cover",
    "days_to_stock_out",
    "days_to_replenishment",
    "lead_time_days",
    "order_up_to",
    "shortage_quantity",
    "excess_quantity",
    "surplus_order_quantity",
    "next_receipt_on",
    "overdue_since",
)
EXPIRY_FACTS = ("code", "name", "uom", "location", "location_name", "mean_daily_demand", "at_risk", "expiry_date")


@dataclass(frozen=True, slots=True)
class Case:
    """One item or order line with what its sentence is made of."""

    money: float
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """All cases of one kind: how many, their money, and the worst of them."""

    kind: str
    items: int
    money: float
    worst: list[Case]


@dataclass(frozen=True, slots=True)
class PlanningException:
    """One exception as a person reads it."""

    kind: str
    money: float
    what: str
    where: str
    why: str
    href: str


@dataclass(frozen=True, slots=True)
class KindTotal:
    """All exceptions of one kind, and the list that holds them."""

    kind: str
    items: int
    money: float
    href: str


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The worst ones, the most money first, and the totals of each kind that there are any of.

    ``watched`` tells whether there is anything that could be one.
    """

    worst: list[PlanningException]
    totals: list[KindTotal]
    watched: bool


def exceptions(viewer: Viewer, *, top: int = TOP) -> Exceptions:
    """The exceptions of the parts of the business the viewer may see.

    Inputs: a viewer; how many of the worst to tell, at most 5.
    Returns: Exceptions; empty for a viewer who may see neither stock nor purchase orders.
    Raises: nothing of its own.
    Source: screens.md 1; glossary, money-at-stake.
    """
    with session_scope(viewer) as session:
        found = _stock(session, viewer) if viewer.may(Permission.INVENTORY_READ) else []
        found += _supply(session, viewer) if viewer.may(Permission.PURCHASE_READ) else []
        watched = any(kind.items for kind in found) or _any_stock(session, viewer)
    ranked = sorted(((case, kind) for kind in found for case in kind.worst), key=lambda pair: -pair[0].money)
    return Exceptions(
        worst=[_told(kind.kind, case) for case, kind in ranked[: min(top, TOP)]],
        totals=[KindTotal(kind.kind, kind.items, kind.money, list_path(kind.kind)) for kind in found if kind.items],
        watched=watched,
    )


def kind_name(kind: str) -> str:
    """What a kind of exception is called.

    Inputs: kind.
    Returns: text.
    Raises: KeyError for an unknown kind.
    Source: screens.md 1.
    """
    return {
        StockStatus.STOCKED_OUT.value: _("Stocked out"),
        StockStatus.AT_RISK.value: _("At risk"),
        StockStatus.EXCESS.value: _("Excess"),
        StockStatus.OVER_ORDERED.value: _("Over-ordered"),
        EXPIRING: _("Expiring"),
        SUPPLIER_LATE: _("Supplier late"),
        SUPPLIER_ANSWER: _("Supplier answer"),
        SUPPLIER_SHORT: _("Supplier below plan"),
    }[kind]


def list_path(kind: str, **more: str) -> str:
    """The list on which the exceptions of a kind stand, narrowed to them.

    Inputs: kind, and further filters of the list.
    Returns: path with query.
    Raises: nothing.
    Source: screens.md 1: click a tile, see the same list pre-filtered.
    """
    if kind == SUPPLIER_SHORT:
        return COMMITS_PATH
    if kind in STOCK_KINDS:
        path, query = POSITIONS_PATH, {"status": kind}
    elif kind == SUPPLIER_LATE:
        path, query = ORDERS_PATH, {"show": "late"}
    else:
        path, query = (POSITIONS_PATH if kind == EXPIRING else REVIEW_PATH), {}
    query |= more
    return f"{path}?{urlencode(query)}" if query else path


def _any_stock(session: Session, viewer: Viewer) -> bool:
    may_know = viewer.may(Permission.INVENTORY_READ)
    return may_know and not shared_positions(session, viewer, as_of=today()).empty


def _stock(session: Session, viewer: Viewer) -> list[Found]:
    return stored_figures(
        session,
        viewer,
        "stock exceptions",
        Found,
        subjects=SUBJECTS,
        args={"today": today()},
        compute=lambda: _stock_cases(session, viewer),
    )


def _supply(session: Session, viewer: Viewer) -> list[Found]:
    short = _supplier_cases(SUPPLIER_SHORT, rows.short_commits(session, today=today(), limit=TOP))
    return [*_orders(session, viewer), short]


def _orders(session: Session, viewer: Viewer) -> list[Found]:
    return stored_figures(
        session,
        viewer,
        "supplier exceptions",
        Found,
        subjects=("orders",),
        args={"today": today()},
        compute=lambda: [
            _supplier_cases(SUPPLIER_LATE, rows.late_lines(session, today=today(), limit=TOP)),
            _supplier_cases(SUPPLIER_ANSWER, rows.pending_answers(session, limit=TOP)),
        ],
    )


def _stock_cases(session: Session, viewer: Viewer) -> list[Found]:
    positions = shared_positions(session, viewer, as_of=today())
    found = [
        _worst_of(kind, positions[positions["status"] == kind], "money_at_stake", STOCK_FACTS) for kind in STOCK_KINDS
    ]
    return [*found, _worst_of(EXPIRING, _expiring(session, positions), "value", EXPIRY_FACTS)]


def _expiring(session: Session, positions: pd.DataFrame) -> pd.DataFrame:
    """Items with lots that won't be sold before they expire within the next days, with the first such day."""
    lots = rows.lots_in_stock(session).join(positions[["mean_daily_demand", "unit_cost"]], on=KEYS)
    risk = expiry_risk(lots, by=KEYS, as_of=today())
    lots = lots.assign(at_risk=risk["quantity_at_risk"], value=risk["value_at_risk"])
    soon = lots[(risk["days_left"] <= EXPIRY_WITHIN_DAYS) & (lots["at_risk"] > 0)]
    by_item = soon.groupby(KEYS).agg(
        at_risk=("at_risk", "sum"), value=("value", "sum"), expiry_date=("expiry_date", "min")
    )
    return by_item.join(positions[["code", "name", "uom", "location", "location_name", "mean_daily_demand"]])


def _worst_of(kind: str, cases: pd.DataFrame, money: str, facts: tuple[str, ...]) -> Found:
    worst = cases[cases[money] > 0].nlargest(TOP, money)
    told = [Case(float(value), row) for value, row in zip(worst[money], plain_rows(worst[list(facts)]), strict=True)]
    return Found(kind, len(cases), float(cases[money].sum()), told)


def _supplier_cases(kind: str, found: list[Row[Any]]) -> Found:
    if not found:
        return Found(kind, 0, 0.0, [])
    told = [Case(float(row.money), row._asdict()) for row in found]
    return Found(kind, int(found[0].lines), float(found[0].all_money), told)


def _told(kind: str, case: Case) -> PlanningException:
    facts = case.facts
    where = facts.get("location_name") or facts["location"]
    if kind == SUPPLIER_SHORT:
        href = list_path(kind)
        where = facts["supplier"]
    elif kind in (SUPPLIER_LATE, SUPPLIER_ANSWER):
        href = list_path(kind, search=facts["number"])
        where = f"{facts['supplier']} → {where}"
    else:
        href = list_path(kind, search=facts["code"], location=facts["location"])
    return PlanningException(kind, case.money, f"{facts['code']} {facts['name']}", where, why(kind, facts), href)
