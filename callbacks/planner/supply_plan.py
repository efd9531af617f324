"""Supply › Plan: what runs short when, the weeks of one item, why its orders are there, and what if."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, no_update
from dash.development.base_component import Component

from components.figures.projected_stock import projected_stock
from components.forms import chosen
from components.grid import requested_rows, requested_sort, selected_row
from components.todo_cards import TodoCard, todo_cards
from components.week_grid import week_columns, week_rows
from core.errors import InvalidInput
from core.i18n import EMPTY, _, day, number
from core.identity import viewer
from core.ids import PageIds
from services import supply_plan
from services.supply_plan import Change, ItemPlan, PlanFilters, PlanPage

PATH = "/supply/plan"
FILTERS = ("only", "location", "kind", "search")
CLOSED, OPEN = "panel plan-item plan-item-closed", "panel plan-item"


class Ids(PageIds):
    filters: str
    only: str
    location: str
    kind: str
    search: str
    rows: str
    totals: str
    item: str
    seen: str
    title: str
    place: str
    chart: str
    weeks: str
    orders: str
    late: str
    demand: str
    lead: str
    safety: str
    reset: str
    tried: str
    why: str
    why_title: str


ITEM = (
    (Ids.item, "className"),
    (Ids.seen, "data"),
    (Ids.title, "children"),
    (Ids.place, "children"),
    (Ids.late, "children"),
    (Ids.demand, "value"),
    (Ids.lead, "value"),
    (Ids.safety, "value"),
    (Ids.weeks, "columnDefs"),
    (Ids.weeks, "rowData"),
)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_plan(request: object, filters: object) -> tuple[dict[str, Any], str]:
    start, count = requested_rows(request)
    found = supply_plan.plan_page(
        viewer(), wanted_plan(filters), start=start, end=start + count, sort=requested_sort(request)
    )
    return {"rowData": [plan_row(row) for row in found.rows], "rowCount": found.total}, totals_text(found)


@callback(*(Output(*part) for part in ITEM), Input(Ids.rows, "selectedRows"), prevent_initial_call=True)
def show_item(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return (no_update,) * len(ITEM)
    key = {"product_id": row.get("product_id"), "location_id": row.get("location_id")}
    found = supply_plan.item_plan(viewer(), **key)
    item = found.item
    place = f"{item['code']} · {item['location_name']}"
    late = late_text(supply_plan.why_late(viewer(), **key), item["uom"])
    values = (0, found.lead_weeks, round(found.safety_stock, 2))
    seen = {**key, "values": values}
    return OPEN, seen, item["name"], place, late, *values, week_columns(found.weeks), week_rows(found.lines)


@callback(
    Output(Ids.chart, "figure"),
    Output(Ids.orders, "rowData"),
    Output(Ids.orders, "selectedRows"),
    Output(Ids.tried, "children"),
    Input(Ids.demand, "value"),
    Input(Ids.lead, "value"),
    Input(Ids.safety, "value"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
def show_change(demand: object, lead: object, safety: object, seen: object) -> tuple[Any, ...]:
    item = seen if isinstance(seen, dict) else {}
    if not item:
        return (no_update,) * 4
    change = wanted_change((demand, lead, safety), item.get("values"))
    found = supply_plan.item_plan(viewer(), item.get("product_id"), item.get("location_id"), change)
    shown = projected_stock(found.weeks, found.lines, tried=found.tried, unit=found.item["uom"])
    return shown, [order_row(order) for order in shown_orders(found)], [], change_text(found)


@callback(
    Output(Ids.demand, "value", allow_duplicate=True),
    Output(Ids.lead, "value", allow_duplicate=True),
    Output(Ids.safety, "value", allow_duplicate=True),
    Input(Ids.reset, "n_clicks"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
def drop_change(clicks: int | None, seen: object) -> tuple[Any, ...]:
    values = seen.get("values") if isinstance(seen, dict) else None
    if not clicks or not isinstance(values, list) or len(values) != 3:
        return (no_update,) * 3
    return tuple(values)


@callback(
    Output(Ids.why_title, "children"),
    Output(Ids.why, "rowData"),
    Input(Ids.orders, "selectedRows"),
    State(Ids.demand, "value"),
    State(Ids.lead, "value"),
    State(Ids.safety, "value"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
def show_why(selected: object, demand: object, lead: object, safety: object, seen: object) -> tuple[Any, ...]:
    row, item = selected_row(selected), seen if isinstance(seen, dict) else {}
    if row is None or row.get("number") != EMPTY:
        return _("Choose a planned order to see what it is for."), []
    if wanted_change((demand, lead, safety), item.get("values")):
        return _("This order is tried, not planned: go back to the plan to see what its orders are for."), []
    pegs = supply_plan.why_order(viewer(), item.get("product_id"), item.get("location_id"), row.get("week"))
    title = _("%(quantity)s for %(week)s are wanted by", quantity=number(row.get("quantity")), week=row.get("arrives"))
    return title, [why_row(peg, place) for place, peg in enumerate(pegs)]


def wanted_plan(filters: object) -> PlanFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return PlanFilters(**{name: chosen(given.get(name)) for name in FILTERS})


def wanted_change(asked: tuple[object, object, object], known: object) -> Change | None:
    """What differs from the plan; None when nothing does."""
    values = [_figure(value) for value in asked]
    plan = known if isinstance(known, list | tuple) and len(known) == len(values) else (0, None, None)
    demand, lead, safety = (
        value if value is not None and value != was else None for value, was in zip(values, plan, strict=True)
    )
    if lead is not None and lead != int(lead):
        raise InvalidInput(_("Lead time: enter whole weeks."))
    change = Change((demand or 0.0) / 100, None if lead is None else int(lead), safety)
    return None if change == Change() else change


def _figure(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def plan_cards(found: PlanPage, short: PlanPage, release: PlanPage) -> list[Component]:
    """All items, those that run short, and those with orders to release now."""
    return todo_cards(
        [
            TodoCard(_("Items planned"), number(found.total), _("%(weeks)s weeks", weeks=found.weeks), PATH),
            TodoCard(
                _("Run short"),
                number(short.total),
                _("items with demand served late"),
                f"{PATH}?only=short",
                "bad" if short.total else "good",
            ),
            TodoCard(
                _("To release"),
                number(release.total),
                _("items with orders to release this week"),
                f"{PATH}?only=release",
                "warn" if release.total else "quiet",
            ),
        ]
    )


def plan_row(row: dict[str, Any]) -> dict[str, Any]:
    """One item as the list shows it."""
    names = (
        "id", "product_id", "location_id", "code", "name", "location", "location_name", "short_quantity", "short_value",
        "stock", "demand", "firm", "release_quantity", "planned", "lowest",
    )  # fmt: skip
    short = row["short_quantity"] > 0
    return {
        **{name: row[name] for name in names},
        "state": _("short %(week)s", week=day(row["short_week"])) if short else _("covered"),
        "tone": "bad" if short else "good",
    }


def totals_text(found: PlanPage) -> str:
    """What the list holds."""
    return _(
        "%(count)s items · %(short)s run short · %(release)s have orders to release this week · %(weeks)s weeks from "
        "%(first)s",
        count=number(found.total),
        short=number(found.short),
        release=number(found.to_release),
        weeks=found.weeks,
        first=day(found.first_week),
    )


def shown_orders(found: ItemPlan) -> list[dict[str, Any]]:
    """Firm orders and the planned ones, those of the change when one is tried."""
    if found.tried is None:
        return found.orders
    firm = [order for order in found.orders if order["number"]]
    return sorted([*firm, *found.tried_orders], key=lambda order: order["week"])


def order_row(order: dict[str, Any]) -> dict[str, Any]:
    """One order as the grid shows it."""
    kind = order_kinds()[order["kind"]]
    return {
        "id": f"{order['number']}-{order['week']}-{order['supplier']}",
        "number": order["number"] or EMPTY,
        "what": f"{kind}, {_('firm') if order['number'] else _('planned')}",
        "from": order["supplier"] or EMPTY,
        "release": day(order["release"]) if order["release"] else EMPTY,
        "arrives": day(order["arrives"]),
        "week": order["week"],
        "quantity": order["quantity"],
    }


def order_kinds() -> dict[str, str]:
    """What an order is, in the reader's language."""
    return {"buy": _("Purchase"), "make": _("Production"), "move": _("Transfer")}


def why_row(peg: dict[str, Any], place: int) -> dict[str, Any]:
    """One demand that an order is for."""
    if peg["code"] is None:
        return {"id": place, "item": _("Safety stock, lot size"), "week": EMPTY, "quantity": peg["quantity"]}
    item = f"{peg['code']} {peg['name']} · {peg['location']}"
    return {"id": place, "item": item, "week": day(peg["week"]), "quantity": peg["quantity"]}


def change_text(found: ItemPlan) -> str:
    """What a change does to the lowest stock and to what is ordered."""
    if found.tried is None:
        return ""
    ordered = sum(order["quantity"] for order in found.tried_orders)
    before = sum(order["quantity"] for order in found.orders if not order["number"])
    return _(
        "Tried, not stored: lowest stock %(lowest)s (was %(was)s), planned orders %(ordered)s (was %(before)s).",
        lowest=number(min(found.tried)),
        was=number(min(found.lines["stock"])),
        ordered=number(ordered),
        before=number(before),
    )


def late_text(late: list[dict[str, Any]], unit: str) -> str:
    """The first demand that is served late, and why."""
    if not late:
        return _("All demand is served in its week.")
    first = late[0]
    told = {"quantity": number(first["quantity"]), "unit": unit, "week": day(first["week"])}
    if first["arrives"] is None:
        return _("%(quantity)s %(unit)s of the week of %(week)s are served by no order in the plan.", **told)
    return _(
        "%(quantity)s %(unit)s of the week of %(week)s come %(late)s late: what serves them can't arrive before "
        "%(arrives)s.",
        **told,
        late=_("a week") if first["late"] == 1 else _("%(count)s weeks", count=first["late"]),
        arrives=day(first["arrives"]),
    )
