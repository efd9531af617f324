"""Supply › Plan: what runs short when, the weeks of one item, why its orders are there, and what if."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Input, Output, State, callback, ctx, dcc, no_update
from dash.development.base_component import Component

from components.figures.projected_stock import projected_stock
from components.forms import chosen
from components.grid import requested_rows, requested_sort, selected_row
from components.item_link import cockpit_address
from components.todo_cards import TodoCard, todo_cards
from components.week_grid import week_columns, week_rows
from components.what_if_bar import keep_target, kept_text, opened_scenario
from core.errors import InvalidInput
from core.guard import requires
from core.i18n import EMPTY, _, counted, day, money, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import plan_levers, scenarios, supply_plan
from services.plan_levers import Lever, Levers
from services.supply_plan import Change, ItemPlan, PlanFilters, PlanPage

PATH = "/supply/plan"
FILTERS = ("only", "location", "kind", "search")
CLOSED, OPEN = "panel plan-item plan-item-closed", "panel plan-item"


class Ids(PageIds):
    filters: str
    scenario: str
    shown: str
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
    minimum: str
    reset: str
    keep_name: str
    keep_into: str
    keep: str
    kept: str
    tried: str
    why: str
    why_title: str
    served: str
    served_title: str
    levers: str
    levers_title: str
    try_levers: str
    path: str


ITEM = (
    (Ids.item, "className"),
    (Ids.seen, "data"),
    (Ids.title, "children"),
    (Ids.place, "children"),
    (Ids.late, "children"),
    (Ids.demand, "value"),
    (Ids.lead, "value"),
    (Ids.safety, "value"),
    (Ids.minimum, "value"),
    (Ids.weeks, "columnDefs"),
    (Ids.weeks, "rowData"),
    (Ids.kept, "children"),
    (Ids.levers, "rowData"),
    (Ids.levers_title, "children"),
    (Ids.path, "href"),
)
FIELDS = (Ids.demand, Ids.lead, Ids.safety, Ids.minimum)
ASKED = tuple(State(name, "value") for name in FIELDS)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    State(Ids.scenario, "data"),
    prevent_initial_call=True,
)
def show_plan(request: object, filters: object, scenario: object) -> tuple[dict[str, Any], str]:
    start, count = requested_rows(request)
    found = supply_plan.plan_page(
        viewer(),
        wanted_plan(filters),
        start=start,
        end=start + count,
        sort=requested_sort(request),
        scenario=opened_scenario(scenario),
    )
    return {"rowData": [plan_row(row) for row in found.rows], "rowCount": found.total}, totals_text(found)


@callback(
    *(Output(*part) for part in ITEM),
    Input(Ids.rows, "selectedRows"),
    State(Ids.scenario, "data"),
    prevent_initial_call=True,
)
def show_item(selected: object, scenario: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return (no_update,) * len(ITEM)
    key = {"product_id": row.get("product_id"), "location_id": row.get("location_id")}
    opened = opened_scenario(scenario)
    found = supply_plan.item_plan(viewer(), **key, scenario=opened)
    item = found.item
    cockpit = dcc.Link(_("Open the cockpit"), href=cockpit_address(item["product_id"], item["location_id"]))
    place = [f"{item['code']} · {item['location_name']} · ", cockpit]
    late = late_text(supply_plan.why_late(viewer(), **key, scenario=opened), item["uom"])
    values = (0, found.lead_weeks, round(found.safety_stock, 2), round(found.minimum, 2))
    seen = {**key, "values": values}
    path = f"/supply/path?product={item['product_id']}&location={item['location_id']}"
    return (
        *(OPEN, seen, item["name"], place, late),
        *values,
        *(week_columns(found.weeks), week_rows(found.lines)),
        *("", [], _("Which changes would make it less late, tried one by one."), path),
    )


@callback(
    Output(Ids.chart, "figure"),
    Output(Ids.orders, "rowData"),
    Output(Ids.orders, "selectedRows"),
    Output(Ids.tried, "children"),
    *(Input(name, "value") for name in FIELDS),
    State(Ids.seen, "data"),
    State(Ids.scenario, "data"),
    prevent_initial_call=True,
)
def show_change(*given: object) -> tuple[Any, ...]:
    *asked, seen, scenario = given
    item = seen if isinstance(seen, dict) else {}
    if not item:
        return (no_update,) * 4
    key = (item.get("product_id"), item.get("location_id"))
    opened = opened_scenario(scenario)
    try:
        change = wanted_change(asked, item.get("values"))
        found = supply_plan.item_plan(viewer(), *key, change, scenario=opened)
        told = change_text(found)
    except InvalidInput as error:
        # What was tried before must not stand there as the answer to what was asked now.
        found = supply_plan.item_plan(viewer(), *key, scenario=opened)
        told = _("Not tried: %(why)s", why=error.message)
    shown = projected_stock(found.weeks, found.lines, tried=found.tried, unit=found.item["uom"])
    return shown, [order_row(order) for order in shown_orders(found)], [], told


@callback(
    *(Output(name, "value", allow_duplicate=True) for name in FIELDS),
    Input(Ids.reset, "n_clicks"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
def drop_change(clicks: int | None, seen: object) -> tuple[Any, ...]:
    values = seen.get("values") if isinstance(seen, dict) else None
    if not clicks or not isinstance(values, list) or len(values) != len(FIELDS):
        return (no_update,) * len(FIELDS)
    return tuple(values)


@callback(
    Output(Ids.kept, "children", allow_duplicate=True),
    Output(Ids.keep_name, "value"),
    Output(Ids.keep_into, "options"),
    Input(Ids.keep, "n_clicks"),
    State(Ids.keep_name, "value"),
    State(Ids.keep_into, "value"),
    State(Ids.keep_into, "options"),
    *ASKED,
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def keep_change(clicks: int | None, name: object, into: object, options: object, *given: object) -> tuple[Any, ...]:
    *asked, seen = given
    item = seen if isinstance(seen, dict) else {}
    if not clicks:
        return (no_update,) * 3
    change = wanted_change(asked, item.get("values"))
    key = (item.get("product_id"), item.get("location_id"))
    kept = scenarios.keep_tried(viewer(), *key, change, name=name, into=keep_target(into))
    called = scenarios.scenario(viewer(), kept)["name"]
    known = options if isinstance(options, list) else []
    if keep_target(into) is None:
        known = [*known, {"value": str(kept), "label": called}]
    return kept_text(kept, called, PATH), "", known


@callback(
    Output(Ids.why_title, "children"),
    Output(Ids.why, "rowData"),
    Input(Ids.orders, "selectedRows"),
    *ASKED,
    State(Ids.seen, "data"),
    State(Ids.scenario, "data"),
    prevent_initial_call=True,
)
def show_why(selected: object, *given: object) -> tuple[Any, ...]:
    *asked, seen, scenario = given
    row, item = selected_row(selected), seen if isinstance(seen, dict) else {}
    if row is None or row.get("number") != EMPTY:
        return _("Choose a planned order to see what it is for."), []
    if wanted_change(asked, item.get("values")):
        return _("This order is tried, not planned: go back to the plan to see what its orders are for."), []
    key = (item.get("product_id"), item.get("location_id"))
    pegs = supply_plan.why_order(viewer(), *key, row.get("week"), scenario=opened_scenario(scenario))
    title = _("%(quantity)s for %(week)s are wanted by", quantity=number(row.get("quantity")), week=row.get("arrives"))
    return title, [why_row(peg, place) for place, peg in enumerate(pegs)]


@callback(
    Output(Ids.served_title, "children"),
    Output(Ids.served, "rowData"),
    Input(Ids.weeks, "cellClicked"),
    Input(Ids.seen, "data"),
    State(Ids.scenario, "data"),
    prevent_initial_call=True,
)
def show_served(clicked: object, seen: object, scenario: object) -> tuple[str, list[dict[str, Any]]]:
    item = seen if isinstance(seen, dict) else {}
    column = str(clicked.get("colId")) if isinstance(clicked, dict) else ""
    if ctx.triggered_id == Ids.seen or not item or not column.removeprefix("w").isdecimal():
        return choose_week_text(), []
    key = (item.get("product_id"), item.get("location_id"))
    week, pegs = supply_plan.what_serves(
        viewer(), *key, int(column.removeprefix("w")[:4]), scenario=opened_scenario(scenario)
    )
    wanted = sum(peg["quantity"] for peg in pegs)
    if not pegs:
        return _("Nothing is wanted in the week of %(week)s.", week=day(week)), []
    title = _("%(quantity)s wanted in the week of %(week)s are served by", quantity=number(wanted), week=day(week))
    return title, [served_row(peg, place) for place, peg in enumerate(pegs)]


@callback(
    Output(Ids.levers_title, "children", allow_duplicate=True),
    Output(Ids.levers, "rowData", allow_duplicate=True),
    Input(Ids.try_levers, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.scenario, "data"),
    prevent_initial_call=True,
)
def show_levers(clicks: int | None, seen: object, scenario: object) -> tuple[str, list[dict[str, Any]]]:
    item = seen if isinstance(seen, dict) else {}
    if not clicks or not item:
        return _("Choose an item first."), []
    found = plan_levers.levers(
        viewer(), item.get("product_id"), item.get("location_id"), scenario=opened_scenario(scenario)
    )
    return levers_text(found), [lever_row(lever, place) for place, lever in enumerate(found.levers)]


def wanted_plan(filters: object) -> PlanFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return PlanFilters(**{name: chosen(given.get(name)) for name in FILTERS})


def wanted_change(asked: Sequence[object], known: object) -> Change | None:
    """What differs from the plan; None when nothing does."""
    values = [_figure(value) for value in asked]
    plan = known if isinstance(known, list | tuple) and len(known) == len(values) else (0, None, None, None)
    demand, lead, safety, minimum = (
        value if value is not None and value != was else None for value, was in zip(values, plan, strict=True)
    )
    if lead is not None and lead != int(lead):
        raise InvalidInput(_("Lead time: enter whole weeks."))
    change = Change((demand or 0.0) / 100, None if lead is None else int(lead), safety, minimum)
    return None if change == Change() else change


def _figure(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def plan_cards(found: PlanPage, short: PlanPage, release: PlanPage, *, scenario: int | None = None) -> list[Component]:
    """All items, those that run short, and those with orders to release now."""
    opened = f"&scenario={scenario}" if scenario else ""
    return todo_cards(
        [
            TodoCard(
                _("Items planned"), number(found.total), _("%(weeks)s weeks", weeks=found.weeks), f"{PATH}?{opened}"
            ),
            TodoCard(
                _("Run short"),
                number(short.total),
                _("items with demand served late"),
                f"{PATH}?only=short{opened}",
                "bad" if short.total else "good",
            ),
            TodoCard(
                _("To release"),
                number(release.total),
                _("items with orders to release this week"),
                f"{PATH}?only=release{opened}",
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
    told = _("short %(week)s, supplier's limit") if row["limited"] else _("short %(week)s")
    return {
        **{name: row[name] for name in names},
        "state": told % {"week": day(row["short_week"])} if short else _("covered"),
        "tone": "bad" if short else "good",
    }


def totals_text(found: PlanPage) -> str:
    """What the list holds."""
    parts = (
        counted("%(count)s item", "%(count)s items", found.total),
        counted("%(count)s runs short", "%(count)s run short", found.short),
        counted(
            "%(count)s has orders to release this week",
            "%(count)s have orders to release this week",
            found.to_release,
        ),
        _("%(weeks)s weeks from %(first)s", weeks=found.weeks, first=day(found.first_week)),
    )
    return " · ".join(parts)


def shown_orders(found: ItemPlan) -> list[dict[str, Any]]:
    """Firm orders and the planned ones, those of the change when one is tried."""
    if found.tried is None:
        return found.orders
    firm = [order for order in found.orders if order["number"]]
    return sorted([*firm, *found.tried_orders], key=lambda order: order["week"])


def order_row(order: dict[str, Any]) -> dict[str, Any]:
    """One order as the grid shows it."""
    kind = order_kinds()[order["kind"]]
    state = _("firm") if order["number"] else _("planned")
    return {
        "id": f"{order['number']}-{order['week']}-{order['supplier']}",
        "number": order["number"] or EMPTY,
        "what": kind if order["kind"] == "substitute" else f"{kind}, {state}",
        "from": order["supplier"] or EMPTY,
        "release": day(order["release"]) if order["release"] else EMPTY,
        "arrives": day(order["arrives"]),
        "week": order["week"],
        "quantity": order["quantity"],
    }


def order_kinds() -> dict[str, str]:
    """What an order is, in the reader's language."""
    return {
        "buy": _("Purchase"),
        "make": _("Production"),
        "move": _("Transfer"),
        "substitute": _("Substitute"),
    }


def why_row(peg: dict[str, Any], place: int) -> dict[str, Any]:
    """One demand that an order is for."""
    if peg["code"] is None:
        return {"id": place, "item": _("Safety stock, lot size"), "week": EMPTY, "quantity": peg["quantity"]}
    item = f"{peg['code']} {peg['name']} · {peg['location']}"
    return {"id": place, "item": item, "week": day(peg["week"]), "quantity": peg["quantity"]}


def choose_week_text() -> str:
    return _("Choose a week in the table above to see what serves its demand.")


def served_row(peg: dict[str, Any], place: int) -> dict[str, Any]:
    """One supply that serves a week."""
    names = {
        "stock": _("Stock"),
        "firm": _("Firm order"),
        "planned": _("Planned order"),
        "owed": _("Nothing in the plan"),
    }
    late = "" if not peg["late"] else counted("%(count)s week late", "%(count)s weeks late", peg["late"])
    return {
        "id": place,
        "supply": names[peg["supply"]],
        "number": peg["number"] or EMPTY,
        "arrives": day(peg["arrives"]) if peg["arrives"] else EMPTY,
        "for": _("customers") if peg["code"] is None else f"{peg['code']} {peg['name']}",
        "quantity": peg["quantity"],
        "late": late,
    }


def levers_text(found: Levers) -> str:
    """How late the item is, and whether anything that was tried helps."""
    if not found.late_value:
        return _("All demand of this item is served in its week: there is nothing to mend.")
    told = {"late": money(found.late_value), "tries": number(found.tries)}
    if not found.levers:
        return _("%(late)s is served late. None of %(tries)s changes that were tried makes it less.", **told)
    return _("%(late)s is served late. %(tries)s changes were tried; these help most for their money.", **told)


def lever_row(lever: Lever, place: int) -> dict[str, Any]:
    """One change that makes an item less late."""
    return {
        "id": place,
        "lever": lever.text,
        "prevented": lever.prevented,
        "cost": lever.cost,
        "stock": lever.stock_value,
    }


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
