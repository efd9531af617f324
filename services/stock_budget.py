"""The money in safety stock shared out over all items: what service it buys, and where the next ringgit goes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.exchange_curve import cycle_stock_exchange_curve, implied_order_cost_over_holding_rate
from analytics.stock_budget import (
    StockBudget,
    best_stock_for_budget,
    least_money_for_fill_rate,
    outcome_of_stock,
    ranked_investments,
    service_exchange_curve,
)
from core.clock import today
from core.errors import InvalidInput
from core.i18n import _, money
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import stock_budget as queries
from services import item_classes, policy_review, positions
from services.class_rules import class_rules
from services.form_values import quantity_of
from services.plain_rows import plain_rows
from services.positions import KEYS

PAGE_ROWS = 500
YEAR_DAYS = 365
MONEY, FILL_RATE = "money", "fill"
AIMS = (MONEY, FILL_RATE)
MORE, LESS, LEFT_OUT = "more", "less", "left-out"
SHOWN = (MORE, LESS, LEFT_OUT)
NO_POLICY, NO_COST, NO_DEMAND, NO_SPREAD = "policy", "cost", "demand", "spread"
REASONS = (NO_POLICY, NO_COST, NO_DEMAND, NO_SPREAD)
# A step of the ranked list raises the safety stock by so much of the spread, so that steps of all items compare.
STEP_SHARE, STEPS = 0.1, 5
DECIMALS = 4
SMALLEST = 10**-DECIMALS / 2
CURVE_POINTS = 50
CYCLE_RATIOS = np.geomspace(1 / 16, 16, 33)
HIGHEST_FILL_PERCENT = 99.99

NAMES = ["code", "name", "category", "location", "location_name", "uom", "abc"]
TERMS = ["annual_demand", "order_quantity", "lead_time_demand_sd", "unit_cost", "shortage_cost_per_unit"]
ITEM_COLUMNS = (
    *("code", "name", "category", "location", "uom", "abc", "left_out", "unit_cost", "safety_stock"),
    *("best_safety_stock", "change", "money", "best_money", "money_change", "fill_rate", "best_fill_rate"),
    *("cycle_service", "best_cycle_service"),
)
STEP_COLUMNS = (
    *("rank", "code", "name", "category", "location", "uom", "abc", "step", "quantity", "money", "saved_per_year"),
    *("return_on_money", "total_money", "total_saved_per_year"),
)
SHIFTED = ["safety_stock", "reorder_point", "order_up_to"]


@dataclass(frozen=True, slots=True)
class BudgetFilters:
    """Whose stock shares the money, and what is aimed at; an empty text narrows nothing.

    aim: money (the default) or fill; target: ringgit or per cent as typed, empty for the money of today; show: more,
    less or left-out, which narrow the list and not what is reckoned.
    """

    location: str = ""
    category: str = ""
    abc: str = ""
    show: str = ""
    aim: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """Safety stocks of all items together: money at cost, share of demand met, shortages a year in money."""

    money: float
    fill_rate: float
    short_value: float


@dataclass(frozen=True, slots=True)
class Budget:
    """The exchange curve as points, and the points on and below it: today's policies, the most service for their money,
    the least money for their service, and what was chosen.

    target is what was chosen as it is entered, price the shortage cost a year that one more ringgit would save, most
    the point beyond which no item has use for more. left_out counts items by reason; left_out_money is their safety
    stock at cost, where that is known, and stays as it is.
    """

    items: int
    curve: list[Point]
    now: Point
    same_money: Point
    same_service: Point
    chosen: Point
    most: Point
    aim: str
    target: float
    price: float
    left_out: dict[str, int]
    left_out_money: float


@dataclass(frozen=True, slots=True)
class _Standing:
    """Budget as far as it does not depend on what is chosen, and the items with their stock of today."""

    curve: list[Point]
    now: Point
    same_money: Point
    same_service: Point
    items: pd.DataFrame


@dataclass(frozen=True, slots=True)
class BudgetPage:
    """Some rows of the list, how many it has, and their change of money in all."""

    rows: list[dict[str, Any]]
    total: int
    money: float
    best_money: float


@dataclass(frozen=True, slots=True)
class StepPage:
    """Some rows of the ranked list, how many it has."""

    rows: list[dict[str, Any]]
    total: int


@dataclass(frozen=True, slots=True)
class CycleStock:
    """Mean cycle stock (money) against orders a year: the curve of economic quantities as pairs of orders and stock,
    where today's order quantities stand, and the stock of economic ones with as many orders."""

    curve: list[tuple[float, float]]
    orders: float
    stock_value: float
    best_value: float


def budget(viewer: Viewer, filters: BudgetFilters) -> Budget:
    """What money in safety stock buys in service, today and at its best.

    Inputs: a viewer with inventory.read; filters.
    Returns: Budget over the items that match and can be reckoned.
    Raises: NotAllowed; InvalidInput for a target that is none.
    Source: Silver, Pyke & Thomas, ch. 6 (exchange curves); screens.md 8.
    """
    found = _scope(viewer, filters)
    left_out = found[found["left_out"].notna()]
    items = found[found["left_out"].isna()]
    standing, chosen = _standing(viewer, filters), _chosen(viewer, filters)
    return Budget(
        items=len(items),
        curve=standing.curve,
        now=standing.now,
        same_money=standing.same_money,
        same_service=standing.same_service,
        chosen=_point(chosen),
        most=standing.curve[-1],
        aim=_aim(filters),
        target=_target(filters, standing.now),
        price=chosen.marginal_return,
        left_out={reason: int((left_out["left_out"] == reason).sum()) for reason in REASONS},
        left_out_money=float((left_out["safety_stock"] * left_out["unit_cost"]).sum()),
    )


def budget_items(
    viewer: Viewer,
    filters: BudgetFilters,
    *,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: tuple[tuple[str, bool], ...] = (),
) -> BudgetPage:
    """A page of the list of items with their safety stock today and at its best, the largest change first.

    Inputs: a viewer with inventory.read, filters, first row and the one after the last, columns to sort by with
        whether descending.
    Returns: the page; rows hold ITEM_COLUMNS, KEYS and id, None for what is unknown.
    Raises: NotAllowed; InvalidInput for a target that is none.
    Source: Silver, Pyke & Thomas, ch. 6.
    """
    found = _listed(_compared(viewer, filters), filters.show)
    first = max(start, 0)
    page = _sorted(found, sort).iloc[first : min(max(end, first), first + PAGE_ROWS)]
    rows = plain_rows(page[[*ITEM_COLUMNS, "location_name", *KEYS]])
    for row in rows:
        row["id"] = f"{row['product_id']}-{row['location_id']}"
    return BudgetPage(rows, len(found), float(found["money"].sum()), float(found["best_money"].sum()))


def next_steps(viewer: Viewer, filters: BudgetFilters, *, start: int = 0, end: int = PAGE_ROWS) -> StepPage:
    """A page of the list of where the next money in safety stock brings most, from today's stocks on.

    Inputs: a viewer with inventory.read, filters, first row and the one after the last.
    Returns: the page; rows hold STEP_COLUMNS, totals down to the row, and id.
    Raises: NotAllowed.
    Source: marginal analysis, Fox 1966; screens.md 10.
    """
    found = _scope(viewer, filters)
    items = found[found["left_out"].isna()].reset_index(drop=True)
    step = np.ceil(items["lead_time_demand_sd"] * STEP_SHARE)
    ranked = ranked_investments(items, safety_stock=items["safety_stock"], step_quantity=step, steps=STEPS)
    ranked = ranked[ranked["saved_per_year"] > 0]
    first = max(start, 0)
    page = ranked.iloc[first : min(max(end, first), first + PAGE_ROWS)]
    page = page.assign(rank=page.index + 1).join(items[[*NAMES, *KEYS]], on="item")
    rows = plain_rows(page)
    for row in rows:
        row["id"] = f"{row['product_id']}-{row['location_id']}-{row['step']}"
    return StepPage(rows, len(ranked))


def cycle_stock(viewer: Viewer, filters: BudgetFilters) -> CycleStock | None:
    """What fewer or more orders would do to the stock between orders.

    Inputs: a viewer with inventory.read; filters.
    Returns: CycleStock of the items that match and can be reckoned; None when nothing is ordered.
    Raises: NotAllowed.
    Source: formulas.md 3.5 (exchange curve of cycle stock); Silver, Pyke & Thomas, ch. 5.
    """
    found = _scope(viewer, filters)
    items = found[found["left_out"].isna()]
    orders = float((items["annual_demand"] / items["order_quantity"]).sum())
    held = float((items["order_quantity"] / 2 * items["unit_cost"]).sum())
    value = (items["annual_demand"] * items["unit_cost"]).to_numpy(dtype=np.float64)
    if not (orders > 0 and held > 0):
        return None
    ratios = implied_order_cost_over_holding_rate(value, cycle_stock_value=held) * CYCLE_RATIOS
    curve = cycle_stock_exchange_curve(value, order_cost_over_holding_rate=ratios)
    pairs = [
        (float(count), float(stock)) for count, stock in curve[["orders_per_year", "cycle_stock_value"]].to_numpy()
    ]
    # Along the curve stock times orders is the same everywhere.
    (some_orders, some_stock), *_others = pairs
    return CycleStock(curve=pairs, orders=orders, stock_value=held, best_value=some_orders * some_stock / orders)


def propose(viewer: Viewer, filters: BudgetFilters, *, only: Collection[str] | None = None) -> int:
    """Put the best safety stocks on the list of policies to approve, reorder point and order-up-to moved along.

    Inputs: a viewer with inventory.edit; filters with what was chosen; the ids of the items, None for all that the
        filters list.
    Returns: how many policies would change.
    Raises: NotAllowed; InvalidInput for a target that is none, and when nothing of it would change.
    Source: screens.md 8; product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    found = _listed(_compared(viewer, filters), filters.show).set_index(KEYS)
    wanted = found[found["change"].abs() > SMALLEST]
    if only is not None:
        wanted = wanted[[f"{product}-{place}" in only for product, place in wanted.index]]
    if wanted.empty:
        raise InvalidInput(_("Nothing to propose: none of these items has another best safety stock."))
    levels = pd.DataFrame(
        {
            "safety_stock": wanted["best_safety_stock"],
            "reorder_point": (wanted["reorder_point"] + wanted["change"]).clip(lower=0),
            "order_quantity": wanted["order_quantity"],
            "order_up_to": (wanted["order_up_to"] + wanted["change"]).clip(lower=0),
        }
    )
    with session_scope(viewer) as session:
        return policy_review.propose(session, viewer, levels, source="budget", reason=_reason(filters))


def any_item(viewer: Viewer) -> bool:
    """Whether there is any item with a policy that can be reckoned.

    Inputs: a viewer with inventory.read.
    Returns: False while nothing can be shared out.
    Raises: NotAllowed.
    Source: none; ours.
    """
    return bool(_scope(viewer, BudgetFilters())["left_out"].isna().any())


def _facts(session: Session, viewer: Viewer) -> pd.DataFrame:
    """All items with what a budget reckons with, and why it leaves one out; in the order of their codes."""
    return shared_frame(
        session,
        viewer,
        "stock_budget",
        subjects=item_classes.SUBJECTS,
        args=(today(), class_rules(session)),
        compute=lambda: _made(session, viewer),
    )


def _made(session: Session, viewer: Viewer) -> pd.DataFrame:
    classes = item_classes.classes_of_items(session, viewer)
    held = positions.shared_positions(session, viewer, as_of=today())
    items = held.join(classes["abc"]).join(queries.spreads(session).set_index(KEYS))
    items["annual_demand"] = items["mean_daily_demand"].astype("float64") * YEAR_DAYS
    items["shortage_cost_per_unit"] = items["shortage_cost_per_unit"].where(items["shortage_cost_per_unit"] > 0)
    ordered = (items["order_quantity"] > 0) & items["lead_time_demand_sd"].notna()
    reasons = [items["safety_stock"].isna(), ~(items["unit_cost"] > 0), ~(items["annual_demand"] > 0), ~ordered]
    why = np.select(reasons, REASONS, default="").astype(object)
    why[why == ""] = None
    items["left_out"] = pd.Series(why, index=items.index, dtype=object)
    return items[[*NAMES, *TERMS, *SHIFTED, "left_out"]].reset_index().sort_values(["code", "location"])


def _scope(viewer: Viewer, filters: BudgetFilters) -> pd.DataFrame:
    """The items that share the money, those left out among them."""
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        return _within(_facts(session, viewer), filters)


def _within(found: pd.DataFrame, filters: BudgetFilters) -> pd.DataFrame:
    keep = pd.Series(True, index=found.index)
    for name in ("location", "category", "abc"):
        wanted = getattr(filters, name)
        if wanted:
            keep &= found[name] == wanted
    return found[keep]


def _reckoned(session: Session, viewer: Viewer, filters: BudgetFilters) -> pd.DataFrame:
    found = _within(_facts(session, viewer), filters)
    return found[found["left_out"].isna()]


def _standing(viewer: Viewer, filters: BudgetFilters) -> _Standing:
    """What does not depend on the choice, kept: of many items it takes longer than the choice itself."""
    with session_scope(viewer) as session:
        return shared_frame(
            session,
            viewer,
            "stock_budget_standing",
            subjects=item_classes.SUBJECTS,
            args=(today(), class_rules(session), filters.location, filters.category, filters.abc),
            compute=lambda: _stands(_reckoned(session, viewer, filters)),
        )


def _chosen(viewer: Viewer, filters: BudgetFilters) -> StockBudget:
    """The best stocks for what was chosen, kept: the figures, the list and its pages show the same."""
    with session_scope(viewer) as session:
        return shared_frame(
            session,
            viewer,
            "stock_budget_chosen",
            subjects=item_classes.SUBJECTS,
            args=(today(), class_rules(session), replace(filters, show="")),
            compute=lambda: _best(_reckoned(session, viewer, filters), filters),
        )


def _stands(items: pd.DataFrame) -> _Standing:
    today_ = _today(items)
    now = _point(today_)
    same_money = _point(best_stock_for_budget(items, budget=now.money))
    known = 0 < now.fill_rate < 1
    same_service = _point(least_money_for_fill_rate(items, fill_rate=now.fill_rate)) if known else now
    curve = service_exchange_curve(items, points=CURVE_POINTS)
    rows = curve[["money", "fill_rate", "short_value_per_year"]].to_numpy()
    return _Standing(
        [Point(*(float(value) for value in row)) for row in rows], now, same_money, same_service, today_.items
    )


def _point(found: StockBudget) -> Point:
    return Point(found.money, found.fill_rate, found.short_value_per_year)


def _today(items: pd.DataFrame) -> StockBudget:
    return outcome_of_stock(items, safety_stock=items["safety_stock"])


def _best(items: pd.DataFrame, filters: BudgetFilters) -> StockBudget:
    target = _target(filters, _point(_today(items)))
    if _aim(filters) == FILL_RATE:
        return least_money_for_fill_rate(items, fill_rate=target / 100)
    return best_stock_for_budget(items, budget=target)


def _aim(filters: BudgetFilters) -> str:
    return filters.aim if filters.aim in AIMS else MONEY


def _target(filters: BudgetFilters, now: Point) -> float:
    """What is aimed at, as it is entered: ringgit or per cent."""
    typed = filters.target.strip()
    if _aim(filters) == MONEY:
        return _entered_money(typed) if typed else round(now.money, 2)
    if typed:
        return _entered_percent(typed)
    return min(round(np.nan_to_num(now.fill_rate, nan=1.0) * 100, 2) or 1.0, HIGHEST_FILL_PERCENT)


def _reason(filters: BudgetFilters) -> str:
    typed = filters.target.strip()
    if not typed:
        return _("Best stocks for the money of today")
    if _aim(filters) == MONEY:
        return _("Best stocks for a budget of %(money)s", money=money(_entered_money(typed)))
    return _("Best stocks for a fill rate of %(rate)s %%", rate=typed)


def _entered_money(typed: str) -> float:
    wanted = float(quantity_of(typed, name=_("Budget RM")))
    if wanted < 0:
        raise InvalidInput(_("Budget RM: enter an amount from zero up."))
    return wanted


def _entered_percent(typed: str) -> float:
    wanted = float(quantity_of(typed, name=_("Fill rate %")))
    if not 0 < wanted <= HIGHEST_FILL_PERCENT:
        raise InvalidInput(_("Fill rate %%: enter more than 0 and at most %(most)s.", most=HIGHEST_FILL_PERCENT))
    return wanted


def _compared(viewer: Viewer, filters: BudgetFilters) -> pd.DataFrame:
    """Every item of the scope with its stock of today and the best one for what was chosen."""
    found = _scope(viewer, filters)
    now, best = _standing(viewer, filters).items, _chosen(viewer, filters)
    figures = ["money", "fill_rate", "cycle_service"]
    found = found.join(now[figures]).join(best.items[["safety_stock", *figures]].add_prefix("best_"))
    known = found["safety_stock"] * found["unit_cost"]
    return found.assign(
        money=found["money"].fillna(known),
        change=found["best_safety_stock"] - found["safety_stock"],
        money_change=found["best_money"] - found["money"],
    )


def _listed(found: pd.DataFrame, show: str) -> pd.DataFrame:
    counted = found["left_out"].isna()
    kept = {MORE: found["change"] > SMALLEST, LESS: found["change"] < -SMALLEST, LEFT_OUT: ~counted}
    narrowed: pd.DataFrame = found[kept.get(show, counted)]
    return narrowed


def _sorted(found: pd.DataFrame, sort: tuple[tuple[str, bool], ...]) -> pd.DataFrame:
    known = [(name, descending) for name, descending in sort if name in ITEM_COLUMNS]
    if not known:
        return found.iloc[np.argsort(-found["money_change"].abs().fillna(-1.0).to_numpy(), kind="stable")]
    names, descending = zip(*known, strict=True)
    return found.sort_values(
        list(names), ascending=[not down for down in descending], na_position="last", kind="stable"
    )
