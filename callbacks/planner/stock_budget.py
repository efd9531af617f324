"""Inventory › Stock budget: money or service chosen, the curve with its marks, items and next steps."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from math import isnan
from typing import Any

from dash import Input, Output, State, callback, ctx, dcc, html, no_update
from dash.development.base_component import Component

from callbacks.grid_renewal import renew_rows
from components.answers import comparison
from components.download import list_download
from components.figures.chart import Figure, empty_figure
from components.figures.exchange_curve import HEIGHT, SMALL_HEIGHT, Mark, exchange_curve
from components.forms import chosen
from components.grid import requested_page, selected_rows
from core.guard import requires
from core.i18n import EMPTY, _, counted, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import stock_budget
from services.stock_budget import (
    AIMS,
    FILL_RATE,
    HIGHEST_FILL_PERCENT,
    LEFT_OUT,
    MONEY,
    SHOWN,
    Budget,
    BudgetFilters,
    BudgetPage,
    CycleStock,
    Point,
    StepPage,
)

PATH = "/inventory/budget"
REVIEW_PATH = "/inventory/policies"
CLASSES = ("A", "B", "C")
CHOICES = {"abc": CLASSES, "show": SHOWN, "aim": AIMS}


class Ids(PageIds):
    filters: str
    location: str
    category: str
    abc: str
    show: str
    form_aim: str
    form_target: str
    aim: str
    target: str
    slider: str
    curve: str
    figures: str
    account: str
    downloads: str
    rows: str
    totals: str
    propose_all: str
    propose: str
    selected: str
    outcome: str
    renewed: str
    steps: str
    step_totals: str
    cycle: str


# What a choice changes, in the order of choice_parts.
CHOSEN = (
    (Ids.curve, "figure"),
    (Ids.figures, "children"),
    (Ids.account, "children"),
    (Ids.target, "value"),
    (Ids.slider, "min"),
    (Ids.slider, "max"),
    (Ids.slider, "step"),
    (Ids.slider, "value"),
    (Ids.form_aim, "value"),
    (Ids.form_target, "value"),
    (Ids.downloads, "children"),
    (Ids.filters, "data"),
)

renew_rows(Ids.rows, after=Ids.filters, renewed=Ids.renewed)


@callback(
    *(Output(*part) for part in CHOSEN),
    Input(Ids.aim, "value"),
    Input(Ids.target, "value"),
    Input(Ids.slider, "value"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def choose(aim: object, target: object, slid: object, filters: object) -> tuple[Any, ...]:
    typed = {Ids.aim: "", Ids.slider: _slid(slid)}.get(str(ctx.triggered_id), _typed(target))
    return choice_parts(replace(wanted_budget(filters), aim=_known("aim", chosen(aim)), target=typed))


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_items(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_budget(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: stock_budget.budget_items(viewer(), wanted, start=start, end=end, sort=sort),
        item_row,
    )
    return answer, totals_text(found, wanted)


@callback(
    Output(Ids.steps, "getRowsResponse"),
    Output(Ids.step_totals, "children"),
    Input(Ids.steps, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_steps(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_budget(filters)
    answer, found = requested_page(
        request, lambda start, end, _sort: stock_budget.next_steps(viewer(), wanted, start=start, end=end)
    )
    return answer, steps_text(found)


@callback(
    Output(Ids.propose, "disabled"),
    Output(Ids.selected, "children"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_selection(selected: object) -> tuple[bool, str]:
    count = len(selected_rows(selected))
    return not count, _("%(count)s selected", count=number(count)) if count else ""


@callback(
    Output(Ids.outcome, "children"),
    Output(Ids.rows, "selectedRows"),
    Input(Ids.propose, "n_clicks"),
    Input(Ids.propose_all, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def propose(clicks: int | None, all_clicks: int | None, selected: object, filters: object) -> tuple[Any, Any]:
    if not (clicks or all_clicks):
        return no_update, no_update
    # Only what was asked for by its own button is proposed as a whole.
    every = ctx.triggered_id == Ids.propose_all
    only = None if every else {str(row.get("id")) for row in selected_rows(selected)}
    count = stock_budget.propose(viewer(), wanted_budget(filters), only=only)
    told = _("Policies proposed: %(count)s. They change when they are approved. ", count=number(count))
    return [told, dcc.Link(_("Review them"), href=f"{REVIEW_PATH}?source=budget")], []


def wanted_budget(filters: object) -> BudgetFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    wanted = {field.name: chosen(given.get(field.name)) for field in fields(BudgetFilters)}
    return BudgetFilters(**{name: _known(name, text) for name, text in wanted.items()})


def _known(name: str, text: str) -> str:
    return text if text in CHOICES.get(name, (text,)) else ""


def _typed(target: object) -> str:
    return "" if target is None else str(target)


def _slid(value: object) -> str:
    """A slider's position has no more decimals than its steps."""
    return str(round(value, 2)) if isinstance(value, int | float) and not isinstance(value, bool) else _typed(value)


def choice_parts(wanted: BudgetFilters) -> tuple[Any, ...]:
    """All that follows from what is aimed at, for CHOSEN."""
    found = stock_budget.budget(viewer(), wanted)
    wanted = replace(wanted, aim=found.aim, target=_plain(found.target))
    low, high, step = slider_range(found)
    return (
        curve_figure(found),
        figures_table(found),
        account_texts(found),
        _number(found.target),
        low,
        high,
        step,
        min(max(found.target, low), high),
        wanted.aim,
        wanted.target,
        downloads(wanted),
        asdict(wanted),
    )


def _number(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def _plain(value: float) -> str:
    """As it would be typed: never with an exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def slider_range(found: Budget) -> tuple[float, float, float]:
    """From no safety stock to all that is of use, in the unit of what is aimed at."""
    if found.aim == MONEY:
        return 0, max(round(found.most.money) + 1, 1), 1
    least = 0.0 if isnan(found.curve[0].fill_rate) else round(found.curve[0].fill_rate * 100, 2)
    return min(max(least, 0.01), HIGHEST_FILL_PERCENT - 0.01), HIGHEST_FILL_PERCENT, 0.01


def curve_figure(found: Budget) -> Figure:
    """Service against money, with today, the best for the same money, and what was chosen."""
    if not found.items:
        return empty_figure(_("No item here can be reckoned: choose other filters."), height=HEIGHT)
    marks = (
        (_("Today"), found.now),
        (_("Best, same money"), found.same_money),
        (_("Chosen"), found.chosen),
    )
    return exchange_curve(
        [(point.money, point.fill_rate) for point in found.curve],
        [Mark(name, point.money, point.fill_rate) for name, point in marks],
        name=_("Best stocks"),
        x_title=_("Safety stock, RM"),
        y_title=_("Fill rate"),
        shares=True,
    )


def figures_table(found: Budget) -> Component:
    """The marks in figures."""
    rows = (
        (_("Today"), found.now),
        (_("Best, same money"), found.same_money),
        (_("Same fill rate, least money"), found.same_service),
        (_("Chosen"), found.chosen),
    )
    columns = (_("Safety stock"), _("Fill rate"), _("Short a year"))
    return comparison(columns, [(name, _point_texts(point)) for name, point in rows])


def _point_texts(point: Point) -> tuple[str, str, str]:
    return money(point.money), percent(point.fill_rate, decimals=2), money(point.short_value)


def account_texts(found: Budget) -> list[Component]:
    """What the choice comes to in words, what one more ringgit would bring, and what is left out."""
    return [html.P(text, className="note") for text in (_difference(found), _next(found), _left_out(found)) if text]


def _difference(found: Budget) -> str:
    more = found.chosen.money - found.now.money
    told = {
        "money": money(abs(more)),
        "rate": percent(found.chosen.fill_rate, decimals=2),
        "now": percent(found.now.fill_rate, decimals=2),
    }
    if not found.items:
        return ""
    if abs(more) < 1:
        return _("Chosen: the money of today, a fill rate of %(rate)s instead of %(now)s.", **told)
    if more > 0:
        return _("Chosen: %(money)s more than today, a fill rate of %(rate)s instead of %(now)s.", **told)
    return _("Chosen: %(money)s less than today, a fill rate of %(rate)s instead of %(now)s.", **told)


def _next(found: Budget) -> str:
    if not found.items or isnan(found.price):
        return ""
    if found.aim == MONEY and found.target > found.chosen.money + 1:
        return _("No item has use for more than %(money)s.", money=money(found.chosen.money))
    return _("One more ringgit would save %(saved)s of shortages a year.", saved=money(found.price, decimals=2))


def _left_out(found: Budget) -> str:
    counts = [(reason, count) for reason, count in found.left_out.items() if count]
    if not counts:
        return counted(
            "1 item is reckoned, none is left out.", "%(count)s items are reckoned, none is left out.", found.items
        )
    reasons = ", ".join(f"{number(count)} {reason_name(reason)}" for reason, count in counts)
    return counted(
        "1 item is reckoned. Left out: %(reasons)s; their safety stock of %(money)s stays as it is. "
        "List: Left out shows them.",
        "%(count)s items are reckoned. Left out: %(reasons)s; their safety stock of %(money)s stays as it is. "
        "List: Left out shows them.",
        found.items,
        reasons=reasons,
        money=money(found.left_out_money),
    )


def reason_name(reason: str) -> str:
    """Why an item can't be reckoned, after its count."""
    return {
        stock_budget.NO_POLICY: _("without policy"),
        stock_budget.NO_COST: _("without cost"),
        stock_budget.NO_DEMAND: _("without demand"),
        stock_budget.NO_SPREAD: _("without lead time demand"),
    }[reason]


def downloads(wanted: BudgetFilters) -> list[Component | None]:
    """Both lists with the filters and the choice."""
    return [
        list_download("stock-budget", asdict(wanted), grid_id=Ids.rows, name=_("Items")),
        list_download("stock-budget-steps", asdict(wanted), name=_("Next steps")),
    ]


def item_row(row: dict[str, Any]) -> dict[str, Any]:
    """One item as the grid shows it."""
    reason = row.pop("left_out")
    change = row["money_change"] or 0.0
    tone = "quiet" if abs(change) < 1 else "warn" if change > 0 else "good"
    mark = {"quiet": "", "warn": "▲ +", "good": "▼ "}[tone]
    return {
        **row,
        "reason": reason_name(reason) if reason else EMPTY,
        "change_text": f"{mark}{number(change)}" if row["money_change"] is not None else EMPTY,
        "tone": tone,
    }


def totals_text(found: BudgetPage, wanted: BudgetFilters) -> str:
    """What the list binds today and would bind."""
    if wanted.show == LEFT_OUT:
        return counted(
            "1 item · %(money)s in safety stock",
            "%(count)s items · %(money)s in safety stock",
            found.total,
            money=money(found.money),
        )
    return counted(
        "1 item · in safety stock %(money)s today, %(best)s at best",
        "%(count)s items · in safety stock %(money)s today, %(best)s at best",
        found.total,
        money=money(found.money),
        best=money(found.best_money),
    )


def steps_text(found: StepPage) -> str:
    return counted("1 step that prevents something", "%(count)s steps that prevent something", found.total)


def cycle_figure(found: CycleStock | None) -> Figure:
    """Stock between orders against their number."""
    if found is None:
        return empty_figure(_("Nothing here is ordered."), height=SMALL_HEIGHT)
    marks = [
        Mark(_("Today"), found.orders, found.stock_value),
        Mark(_("Economic, as many orders"), found.orders, found.best_value),
    ]
    return exchange_curve(
        found.curve,
        marks,
        name=_("Economic order quantities"),
        x_title=_("Orders a year"),
        y_title=_("Cycle stock, RM"),
        height=SMALL_HEIGHT,
    )


def cycle_text(found: CycleStock | None) -> str:
    """What order quantities of the same number of orders would free."""
    if found is None:
        return ""
    return _(
        "Today %(orders)s orders a year hold %(stock)s between orders; economic quantities with as many orders would "
        "hold %(best)s. Supplier terms are not looked at.",
        orders=number(found.orders),
        stock=money(found.stock_value),
        best=money(found.best_value),
    )


def aim_name(aim: str) -> str:
    return {MONEY: _("Money budget, RM"), FILL_RATE: _("Fill rate, %")}[aim]


def show_name(show: str) -> str:
    return {
        stock_budget.MORE: _("More stock"),
        stock_budget.LESS: _("Less stock"),
        LEFT_OUT: _("Left out"),
    }[show]
