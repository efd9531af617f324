"""Inventory › Item cockpit: other terms tried on one item, what they cost and give, its weeks, its simulation."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, html, no_update
from dash.development.base_component import Component

from components.answers import comparison
from components.figures.chart import Figure
from components.figures.projected_stock import projected_stock
from components.figures.service_curve import Point, service_curve
from components.forms import status
from components.item_link import COCKPIT_PATH
from components.policy_bar import policy_bar
from components.week_grid import week_columns, week_rows
from core.guard import requires
from core.i18n import _, day, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import item_cockpit, supply_plan
from services.item_cockpit import CurvePoint, Interval, Outcome, Simulated, Trial, Zone
from services.supply_plan import ItemPlan

PATH = COCKPIT_PATH
TERMS = ("service_target", "lead_time_days", "moq", "review_days")

ZONE_TONES: dict[Zone, str] = {"out": "bad", "safety": "bad", "reorder": "warn", "target": "good", "above": "warn"}


class Ids(PageIds):
    seen: str
    search: str
    ahead: str
    service_slider: str
    service: str
    lead_slider: str
    lead: str
    moq_slider: str
    moq: str
    review_slider: str
    review: str
    budget: str
    tried: str
    tried_note: str
    curve: str
    curve_note: str
    simulate: str
    simulated: str
    drop: str
    propose: str
    reason: str
    proposed: str
    chart: str
    weeks: str
    weeks_note: str
    lot_rows: str


PAIRS = (
    (Ids.service_slider, Ids.service),
    (Ids.lead_slider, Ids.lead),
    (Ids.moq_slider, Ids.moq),
    (Ids.review_slider, Ids.review),
)

for _slider, _typed in PAIRS:
    clientside_callback(
        ClientsideFunction("cockpit", "same"),
        Output(_slider, "value"),
        Output(_typed, "value"),
        Input(_slider, "value"),
        Input(_typed, "value"),
        prevent_initial_call=True,
    )


@callback(
    Output(Ids.tried, "children"),
    Output(Ids.tried_note, "children"),
    Output(Ids.curve, "figure"),
    Output(Ids.curve_note, "children"),
    Output(Ids.simulated, "children"),
    Input(Ids.seen, "data"),
    Input(Ids.budget, "value"),
    *(Input(typed, "value") for _slider, typed in PAIRS),
    prevent_initial_call=True,
)
def show_tried(seen: object, budget: object, *terms: object) -> tuple[Any, ...]:
    item, wanted = item_and_terms(seen, terms)
    found = item_cockpit.trial(viewer(), *item, wanted)
    return *tried_parts(found, budget_of(budget)), simulate_first()


@callback(
    Output(Ids.simulated, "children", allow_duplicate=True),
    Input(Ids.simulate, "n_clicks"),
    State(Ids.seen, "data"),
    *(State(typed, "value") for _slider, typed in PAIRS),
    prevent_initial_call=True,
)
def show_simulation(clicks: int | None, seen: object, *terms: object) -> Any:
    if not clicks:
        return no_update
    item, wanted = item_and_terms(seen, terms)
    return simulation_table(item_cockpit.simulated(viewer(), *item, wanted))


@callback(
    Output(Ids.proposed, "children"),
    Input(Ids.propose, "n_clicks"),
    State(Ids.reason, "value"),
    State(Ids.seen, "data"),
    *(State(typed, "value") for _slider, typed in PAIRS),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def propose_tried(clicks: int | None, reason: object, seen: object, *terms: object) -> Any:
    if not clicks:
        return no_update
    item, wanted = item_and_terms(seen, terms)
    if item_cockpit.propose(viewer(), *item, wanted, reason=reason):
        return _("Proposed. The policy in force stays until somebody approves the tried one.")
    return _("These terms come to the levels in force: there is nothing to approve.")


@callback(
    *(Output(typed, "value", allow_duplicate=True) for _slider, typed in PAIRS),
    Input(Ids.drop, "n_clicks"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
def drop_tried(clicks: int | None, seen: object) -> tuple[Any, ...]:
    values = seen.get("values") if isinstance(seen, dict) else None
    if not clicks or not isinstance(values, list) or len(values) != len(PAIRS):
        return (no_update,) * len(PAIRS)
    return tuple(values)


@callback(
    Output(Ids.ahead, "children"),
    Output(Ids.weeks, "columnDefs"),
    Output(Ids.weeks, "rowData"),
    Output(Ids.weeks_note, "children"),
    Input(Ids.seen, "data"),
)
def show_weeks(seen: object) -> tuple[Any, ...]:
    """Asked for when the page is there: the plan of all items may have to be worked out first."""
    item, _wanted = item_and_terms(seen, ())
    found = supply_plan.item_plan(viewer(), *item)
    return zones(found), week_columns(found.weeks), week_rows(found.lines), weeks_text(found)


@callback(
    Output(Ids.chart, "figure"),
    Input(Ids.seen, "data"),
    *(Input(typed, "value") for _slider, typed in PAIRS),
)
def show_projection(seen: object, *terms: object) -> Figure:
    item, wanted = item_and_terms(seen, terms)
    found = item_cockpit.plan_with(viewer(), *item, wanted)
    return projected_stock(found.weeks, found.lines, tried=found.tried, unit=found.item["uom"])


def item_and_terms(seen: object, values: Sequence[object]) -> tuple[tuple[object, object], dict[str, object]]:
    """The item that is open, and what is tried of it: what stands there as it stood is not tried."""
    known = seen if isinstance(seen, dict) else {}
    shown = known.get("values")
    before = shown if isinstance(shown, list | tuple) and len(shown) == len(TERMS) else (None,) * len(TERMS)
    wanted: dict[str, object] = {}
    for name, value, was in zip(TERMS, values, before, strict=False):
        if value is not None and value != was:
            wanted[name] = _share(value) if name == "service_target" else value
    return (known.get("product_id"), known.get("location_id")), wanted


def _share(value: object) -> object:
    """A percentage as a share; what is no figure stays what it is, and is refused for it."""
    is_figure = isinstance(value, int | float) and not isinstance(value, bool)
    return round(value / 100, 6) if is_figure else value  # type: ignore[operator]


def shown_terms(now: Outcome) -> list[float]:
    """The terms of today's policy as the fields hold them, in their order."""
    terms = now.terms
    return [
        round(terms.service_target * 100, 2),
        round(terms.lead_time_days, 1),
        round(terms.moq, 2),
        round(terms.review_days, 1),
    ]


def budget_of(value: object) -> float | None:
    """Money to keep in this item; None for nothing and for what is no amount."""
    is_figure = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_figure and isfinite(value) and value > 0 else None  # type: ignore[arg-type, operator]


def tried_parts(found: Trial, budget: float | None) -> tuple[Any, ...]:
    """Today's policy beside the tried one, what differs in words, the curve, and what the budget pays for."""
    return tried_table(found), tried_text(found), curve_figure(found, budget), budget_text(found, budget)


def tried_table(found: Trial) -> Component:
    """Today and tried, a row a figure."""
    columns = [_("Today"), _("Tried")] if found.changed else [_("Today")]
    shown = [found.now, found.tried] if found.changed else [found.now]
    rows = [
        (_("Safety stock"), [number(each.safety_stock) for each in shown]),
        (_("Reorder point"), [number(each.reorder_point) for each in shown]),
        (_("Order quantity"), [number(each.order_quantity) for each in shown]),
        (_("Order-up-to"), [number(each.order_up_to) for each in shown]),
        (_("Money in stock"), [money(each.stock_value) for each in shown]),
        (_("Demand met, expected"), [percent(each.fill_rate, decimals=2) for each in shown]),
    ]
    return comparison(columns, rows)


def tried_text(found: Trial) -> str:
    """What the change costs and brings."""
    if not found.changed:
        return _("Move a slider or type a figure to see what it would change. Nothing is stored until it is approved.")
    now, tried = found.now, found.tried
    if now.stock_value is None or tried.stock_value is None or now.fill_rate is None or tried.fill_rate is None:
        return _("Tried, not stored.")
    return _(
        "Tried, not stored: %(money)s in stock (%(more)s), %(rate)s of demand met (%(points)s points).",
        money=money(tried.stock_value),
        more=_signed_money(tried.stock_value - now.stock_value),
        rate=percent(tried.fill_rate, decimals=2),
        points=f"{(tried.fill_rate - now.fill_rate) * 100:+.2f}",
    )


def _signed_money(amount: float) -> str:
    return ("+" if amount >= 0 else "") + money(amount)


def curve_figure(found: Trial, budget: float | None) -> Figure:
    """The exchange curve with today, tried and budget."""
    tried = _mark(found.tried) if found.changed else None
    return service_curve(
        [_point(point) for point in found.curve],
        [_point(point) for point in found.tried_curve],
        now=_mark(found.now),
        tried=tried,
        budget=budget,
    )


def _point(point: CurvePoint) -> Point:
    return point.stock_value, point.fill_rate, point.service_target


def _mark(outcome: Outcome) -> Point | None:
    if outcome.stock_value is None or outcome.fill_rate is None:
        return None
    return outcome.stock_value, outcome.fill_rate, outcome.terms.service_target


def budget_text(found: Trial, budget: float | None) -> str:
    """What a budget pays for, with the terms that are tried."""
    curve = found.tried_curve or found.curve
    if budget is None or not curve:
        return ""
    best = item_cockpit.affordable(curve, budget)
    if best is None:
        return _("Even the least service keeps %(least)s in stock.", least=money(curve[0].stock_value))
    return _(
        "%(budget)s pays for a target of %(target)s: %(rate)s of demand met.",
        budget=money(budget),
        target=percent(best.service_target),
        rate=percent(best.fill_rate, decimals=2),
    )


def simulate_first() -> str:
    """What stands in place of a simulation that has not been asked for."""
    return _("Press Simulate to replay both policies on 200 sampled half-years of this item.")


def simulation_table(found: list[Simulated] | None) -> Component | str:
    """What both policies gave on sampled futures, each with its 95 % interval."""
    if found is None:
        return _("There is no demand in the last year to sample futures from.")
    rows = [
        (_("Demand met"), [_shares(each.fill_rate) for each in found]),
        (_("Cycles without stock-out"), [_shares(each.cycle_service) for each in found]),
        (_("Mean stock"), [_figures(each.mean_stock) for each in found]),
        (_("Orders a year"), [_figures(each.orders, decimals=1) for each in found]),
        (_("Expired a year"), [_figures(each.wasted) for each in found]),
    ]
    note = _("Mean and 95 % interval of 200 sampled half-years, the same for both; unmet demand waits.")
    return html.Div([comparison([_("Today"), _("Tried")], rows), html.P(note, className="note")], className="simulated")


def _shares(found: Interval) -> str:
    if found.mean is None or found.low is None or found.high is None:
        return percent(found.mean)
    return f"{percent(found.mean)} ({found.low * 100:.1f}–{found.high * 100:.1f})"


def _figures(found: Interval, *, decimals: int = 0) -> str:
    if found.mean is None or found.low is None or found.high is None:
        return number(found.mean, decimals=decimals)
    low, high = number(found.low, decimals=decimals), number(found.high, decimals=decimals)
    return f"{number(found.mean, decimals=decimals)} ({low}–{high})"


def zones(found: ItemPlan) -> list[Component]:
    """The zones of the policy with the stock of today and that of one lead time ahead; the lower gives the status."""
    standing = item_cockpit.standing(viewer(), found)
    ahead = _("In %(days)s days, nothing more ordered", days=number(standing.lead_time_days))
    bar = policy_bar(
        safety_stock=standing.safety_stock,
        reorder_point=standing.reorder_point,
        order_up_to=standing.order_up_to,
        marks=[(_("Today, not promised"), standing.free, "hand"), (ahead, standing.ahead, "position")],
        uom=found.item["uom"],
    )
    if standing.zone is None:
        return [bar]
    return [status(zone_text(standing.zone), ZONE_TONES[standing.zone]), bar]


def zone_text(zone: Zone) -> str:
    """What the lower of both marks says."""
    return {
        "out": _("Runs out within one lead time: an order placed today comes late"),
        "safety": _("Eats into the safety stock within one lead time: order now"),
        "reorder": _("Between safety stock and reorder point"),
        "target": _("Within the policy"),
        "above": _("More than order-up-to, even one lead time ahead"),
    }[zone]


def weeks_text(found: ItemPlan) -> str:
    """How much expires unsold as planned."""
    wasted = sum(found.lines["waste"])
    if wasted <= 0:
        return _("%(weeks)s weeks as planned; nothing expires unsold.", weeks=number(len(found.weeks)))
    return _(
        "%(weeks)s weeks as planned; %(wasted)s %(unit)s expire unsold.",
        weeks=number(len(found.weeks)),
        wasted=number(wasted),
        unit=found.item["uom"],
    )


def proposal_text(found: dict[str, Any] | None) -> str:
    """What is advised to order now, and why."""
    if found is None:
        return _("No order is proposed now.")
    told = {
        "quantity": number(found["quantity"]),
        "supplier": found["supplier"],
        "value": money(found["value"]),
        "day": day(found["needed_on"]),
    }
    said = _("Proposed: %(quantity)s from %(supplier)s for %(value)s, needed on %(day)s", **told)
    days = found["days_to_stockout"]
    if days is None:
        return _("%(said)s.", said=said)
    return _(
        "%(said)s: stock lasts %(days)s days, %(stake)s at stake.",
        said=said,
        days=number(days),
        stake=money(found["money_at_stake"]),
    )
