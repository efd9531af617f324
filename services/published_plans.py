"""Published demand plans beside what was sold, and beside the plan before them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.plan_stability import changed_share
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import published_plans as rows
from services import company_rules
from services.form_values import row_id
from services.listed_rows import PAGE_ROWS, Sort, one_page
from services.overrides import first_open_month
from services.plain_rows import plain_rows
from services.plan_rules import FrozenRules
from services.plan_versions import CONSENSUS, DEMAND, SUBJECT, version_name

DEMAND_KINDS = (DEMAND, CONSENSUS)
DEEPEST_LAG = 6
ERROR_COLUMNS = ("code", "name", "location", "uom", "planned", "actual", "missed", "money")
CHANGE_COLUMNS = ("code", "name", "location", "uom", "before", "now", "changed", "money")


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Some items of a list and how many it has."""

    rows: list[dict[str, Any]]
    total: int


def lag_triangle(viewer: Viewer, *, kind: str = "") -> list[dict[str, Any]]:
    """Accuracy and bias of published demand plans by month and lag.

    Inputs: a viewer with plan.read; DEMAND, CONSENSUS or empty for the last plan of each month.
    Returns: a row a month that is over and lag up to DEEPEST_LAG: period and label (text), lag, wmape and bias (shares,
        None where nothing was sold), pairs. Lag 1 is the plan whose first month it is, the last before its sales.
    Raises: NotAllowed.
    Source: formulas.md 3.1, accuracy by lag; WMAPE and bias by sums as analytics.accuracy.
    """
    require(viewer, Permission.PLAN_READ)
    kinds = _kinds(kind)
    with session_scope(viewer) as session:
        before = first_open_month(session)
        found = shared_frame(
            session,
            viewer,
            "published_errors",
            subjects=(SUBJECT, "demand"),
            args=(tuple(kinds), before),
            compute=lambda: rows.errors(session, kinds=kinds, deepest=DEEPEST_LAG, before=before),
        )
    sold = found["actual"].where(found["actual"] > 0)
    labels = [f"{period:%Y-%m}" for period in found["period"]]
    shares = found.assign(period=labels, label=labels, wmape=found["missed"] / sold, bias=found["over"] / sold)
    return plain_rows(shares[["period", "label", "lag", "wmape", "bias", "pairs"]])


def missed_items(
    viewer: Viewer, month: object, lag: object, *, kind: str = "", start: int = 0, end: int = PAGE_ROWS, sort: Sort = ()
) -> ItemPage:
    """The items behind a figure of the triangle, those that miss most money first.

    Inputs: a viewer with plan.read; month: text such as 2026-05, lag: whole number, as a browser sent them; kind as
        lag_triangle; first row and the one after the last; columns to sort by with whether descending.
    Returns: ItemPage of ERROR_COLUMNS; none for a month or lag there is not.
    Raises: NotAllowed.
    Source: screens.md 7.
    """
    require(viewer, Permission.PLAN_READ)
    period = month_of(month)
    if period is None or not isinstance(lag, int) or not 0 < lag <= DEEPEST_LAG:
        return ItemPage([], 0)
    with session_scope(viewer) as session:
        if period >= first_open_month(session):
            return ItemPage([], 0)
        found = rows.item_errors(session, kinds=_kinds(kind), period=period, lag=lag)
    return _page(found, ERROR_COLUMNS, start=start, end=end, sort=sort)


def stability(viewer: Viewer, *, kind: str = "") -> list[dict[str, Any]]:
    """How much every published demand plan changed the one before in the frozen months.

    Inputs: a viewer with plan.read; kind as lag_triangle.
    Returns: the newest first: id, plan and before (names), months (how many are frozen), now, planned and changed
        (units), nervousness and adherence (shares, None where nothing was planned).
    Raises: NotAllowed.
    Source: formulas.md 3.3, plan adherence; analytics.plan_stability.
    """
    require(viewer, Permission.PLAN_READ)
    kinds = _kinds(kind)
    with session_scope(viewer) as session:
        frozen = int(company_rules.in_force(session, FrozenRules).months)
        found = shared_frame(
            session,
            viewer,
            "plan_changes",
            subjects=(SUBJECT,),
            args=(tuple(kinds), frozen),
            compute=lambda: rows.changes(session, kinds=kinds, frozen=frozen),
        )
    share = changed_share(found["changed"].astype(float), found["before"].astype(float))
    told = found.assign(
        plan=[version_name(*pair) for pair in zip(found["first_period"], found["number"], strict=True)],
        earlier=[version_name(*pair) for pair in zip(found["before_period"], found["before_number"], strict=True)],
        months=frozen,
        nervousness=share,
        adherence=1.0 - share,
    )
    names = ["id", "plan", "earlier", "months", "now", "before", "changed", "nervousness", "adherence"]
    return plain_rows(told.sort_values("first_period", ascending=False)[names])


def changed_items(
    viewer: Viewer, version_id: object, *, kind: str = "", start: int = 0, end: int = PAGE_ROWS, sort: Sort = ()
) -> ItemPage:
    """The items that a published demand plan changed in the frozen months, the most money first.

    Inputs: a viewer with plan.read; id of the version as a browser sent it; the rest as missed_items.
    Returns: ItemPage of CHANGE_COLUMNS.
    Raises: NotAllowed.
    Source: formulas.md 3.3.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        frozen = int(company_rules.in_force(session, FrozenRules).months)
        found = rows.item_changes(session, row_id(version_id), kinds=_kinds(kind), frozen=frozen)
    return _page(found, CHANGE_COLUMNS, start=start, end=end, sort=sort)


def month_of(text: object) -> date | None:
    """A month as an address has it.

    Inputs: text such as 2026-05, whatever the browser sent.
    Returns: its first day, None for anything else.
    Raises: nothing.
    Source: none; ours.
    """
    try:
        return date.fromisoformat(f"{text}-01") if isinstance(text, str) and len(text) == len("2026-05") else None
    except ValueError:
        return None


def _kinds(kind: str) -> list[str]:
    return [kind] if kind in DEMAND_KINDS else list(DEMAND_KINDS)


def _page(found: pd.DataFrame, columns: tuple[str, ...], *, start: int, end: int, sort: Sort) -> ItemPage:
    page = one_page(found, sort, start=start, end=end, otherwise=(("money", True), ("code", False)), sortable=columns)
    listed = plain_rows(page[["product_id", "location_id", *columns]])
    return ItemPage([{**row, "id": f"{row['product_id']}-{row['location_id']}"} for row in listed], len(found))
