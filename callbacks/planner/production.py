"""Supply › Production: accept planned orders, and follow orders to the plant from released to done."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, dcc, html, no_update
from dash.development.base_component import Component

from callbacks.grid_renewal import renew_rows
from components.forms import chosen
from components.grid import requested_page, selected_row, selected_rows
from components.message_thread import thread_link
from components.production_columns import (
    component_list,
    make_row,
    order_facts,
    order_history,
    order_row,
)
from components.todo_cards import TodoCard, todo_cards
from core.guard import requires
from core.i18n import _, counted, day, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import production, production_orders, production_steps
from services.form_values import shown_quantity
from services.message_threads import INSIDE
from services.production import MakeFilters, MakeList
from services.production_orders import OrderDetail, OrderFilters, OrderPage
from services.proposals import Accepted

PATH = "/supply/production"
FILTERS = ("weeks", "resource", "search")
ORDER_FILTERS = ("show", "resource", "search")
SEEN = ("id", "quantity")
HIDDEN = {"display": "none"}
SHOWN: dict[str, str] = {}
CLOSED = ("split", "panel detail production-detail")
OPENED = ("split split-open", "panel detail detail-open production-detail")
LISTED_PEGS = 8
LARGEST = 2**53


class Ids(PageIds):
    filters: str
    weeks: str
    show: str
    resource: str
    search: str
    cards: str
    outcome: str
    rows: str
    totals: str
    selected: str
    select: str
    accept: str
    made_for: str
    orders: str
    order_totals: str
    changed: str
    renewed: str
    split: str
    detail: str
    close: str
    seen: str
    title: str
    place: str
    about: str
    components: str
    history: str
    told: str
    lacking: str
    anyway: str
    begin: str
    release: str
    start: str
    reporting: str
    made: str
    scrap: str
    report: str
    finish: str
    calling_off: str
    reason: str
    cancel: str


DETAIL = (
    (Ids.split, "className"),
    (Ids.detail, "className"),
    (Ids.seen, "data"),
    (Ids.title, "children"),
    (Ids.place, "children"),
    (Ids.about, "children"),
    (Ids.components, "children"),
    (Ids.history, "children"),
    (Ids.begin, "style"),
    (Ids.release, "style"),
    (Ids.reporting, "style"),
    (Ids.calling_off, "style"),
    (Ids.lacking, "style"),
    (Ids.anyway, "value"),
)
SELECTED = (*DETAIL, (Ids.told, "children"))
AFTER_STEP = (*SELECTED, (Ids.changed, "data"))

renew_rows(Ids.orders, after=Ids.changed, renewed=Ids.renewed)


@callback(
    Output(Ids.selected, "children"),
    Output(Ids.accept, "disabled"),
    Output(Ids.made_for, "children"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_selection(selected: object) -> tuple[Any, ...]:
    rows = selected_rows(selected)
    one = selected_row(selected)
    return selection_text(rows), not rows, made_for_text(one) if one else ""


@callback(
    Output(Ids.rows, "selectedRows"),
    Input(Ids.select, "n_clicks"),
    State(Ids.rows, "rowData"),
    prevent_initial_call=True,
)
def select_all(_clicks: object, rows: object) -> list[dict[str, Any]]:
    return [row for row in selected_rows(rows) if is_plain(row)]


@callback(
    Output(Ids.rows, "rowData"),
    Output(Ids.rows, "selectedRows", allow_duplicate=True),
    Output(Ids.totals, "children"),
    Output(Ids.outcome, "children"),
    Output(Ids.changed, "data"),
    Input(Ids.accept, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def accept_selected(_clicks: object, selected: object, filters: object) -> tuple[Any, ...]:
    choices = [{name: row.get(name) for name in SEEN} for row in selected_rows(selected)]
    done = production.accept(viewer(), choices)
    found = production.make_list(viewer(), wanted_list(filters))
    rows = [make_row(row) for row in found.rows]
    return rows, [], totals_text(found), accepted_text(done), done.orders[-1]


@callback(
    Output(Ids.cards, "children"),
    Input(Ids.changed, "data"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_cards(_changed: object, filters: object) -> list[Component]:
    """Counted anew after every step of an order."""
    return cards(filters)


@callback(
    Output(Ids.orders, "getRowsResponse"),
    Output(Ids.order_totals, "children"),
    Input(Ids.orders, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_orders(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_orders(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: production_orders.orders(viewer(), wanted, start=start, end=end, sort=sort),
        order_row,
    )
    return answer, order_totals_text(found)


@callback(
    *(Output(*part) for part in SELECTED),
    Input(Ids.orders, "selectedRows"),
    prevent_initial_call=True,
)
def show_order(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return (no_update,) * len(SELECTED)
    return *detail_parts(production_orders.order(viewer(), row.get("id"))), ""


@callback(
    Output(Ids.split, "className", allow_duplicate=True),
    Output(Ids.detail, "className", allow_duplicate=True),
    Output(Ids.orders, "selectedRows"),
    Input(Ids.close, "n_clicks"),
    prevent_initial_call=True,
)
def close_order(_clicks: object) -> tuple[str, str, list[Any]]:
    return *CLOSED, []


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_STEP),
    Input(Ids.release, "n_clicks"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def release_order(_clicks: object, seen: object) -> tuple[Any, ...]:
    return step_parts(production_steps.release(viewer(), *held(seen)), _("Released to the plant."))


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_STEP),
    Input(Ids.start, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.anyway, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def start_order(_clicks: object, seen: object, anyway: object) -> tuple[Any, ...]:
    found = production_steps.start(viewer(), *held(seen), anyway=anyway)
    return step_parts(found, _("Started: its components have left the stock."))


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_STEP),
    Output(Ids.made, "value"),
    Output(Ids.scrap, "value"),
    Input(Ids.report, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.made, "value"),
    State(Ids.scrap, "value"),
    State(Ids.anyway, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def report_made(_clicks: object, seen: object, made: object, scrap: object, anyway: object) -> tuple[Any, ...]:
    found = production_steps.report(viewer(), *held(seen), made=made, scrap=scrap, anyway=anyway)
    return *step_parts(found, _("Reported: what was made is in stock.")), None, None


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_STEP),
    Input(Ids.finish, "n_clicks"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def finish_order(_clicks: object, seen: object) -> tuple[Any, ...]:
    return step_parts(production_steps.finish(viewer(), *held(seen)), _("Finished."))


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_STEP),
    Output(Ids.reason, "value"),
    Input(Ids.cancel, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.reason, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def cancel_order(_clicks: object, seen: object, reason: object) -> tuple[Any, ...]:
    found = production_steps.cancel(viewer(), *held(seen), reason=reason)
    return *step_parts(found, _("Called off; what it had taken is back in stock.")), ""


def wanted_list(filters: object) -> MakeFilters:
    """What planned orders are narrowed to, from the page's own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return MakeFilters(**{name: chosen(given.get(name)) for name in FILTERS if given.get(name)})


def wanted_orders(filters: object) -> OrderFilters:
    """The same for orders to the plant."""
    given = filters if isinstance(filters, dict) else {}
    return OrderFilters(**{name: chosen(given.get(name)) for name in ORDER_FILTERS if given.get(name)})


def is_plain(row: dict[str, Any]) -> bool:
    """Whether a row is one of the grid's, so that it can be sent back: texts, and figures that JSON holds."""
    return isinstance(row.get("id"), str) and all(
        isinstance(value, str) or (isinstance(value, int | float) and abs(value) < LARGEST) for value in row.values()
    )


def held(seen: object) -> tuple[object, object]:
    """Id and version of the order on the screen."""
    order = seen if isinstance(seen, dict) else {}
    return order.get("id"), order.get("version")


def cards(filters: object) -> list[Component]:
    """What there is to do; each card opens its list."""
    wanted = wanted_orders(filters)
    planned = production.make_list(viewer(), MakeFilters(), limit=0)
    found = production_orders.orders(viewer(), OrderFilters(), end=0)
    return todo_cards(
        [
            TodoCard(
                _("To release this week"), number(planned.total), lacking_text(planned.lacking), PATH,
                "warn" if planned.lacking else "quiet",
            ),
            TodoCard(
                _("Open orders"), number(found.open), _("planned, released or running"), f"{PATH}?show=open",
                chosen=wanted.show == "open",
            ),
            TodoCard(
                _("Running"), number(found.running), _("components taken"), f"{PATH}?show=running",
                chosen=wanted.show == "running",
            ),
            TodoCard(
                _("Late"), number(found.late), _("past the due day"), f"{PATH}?show=late",
                "bad" if found.late else "quiet", chosen=wanted.show == "late",
            ),
        ]
    )  # fmt: skip


def totals_text(found: MakeList) -> str:
    """How much there is to release."""
    parts = (
        counted("%(count)s order to release", "%(count)s orders to release", found.total),
        _("%(hours)s hours", hours=number(found.hours)),
        counted("%(count)s comes late", "%(count)s come late", found.late),
        lacking_text(found.lacking),
    )
    text = " · ".join(parts)
    if len(found.rows) < found.total:
        text += _(" · the first %(count)s are listed", count=number(len(found.rows)))
    return text


def order_totals_text(found: OrderPage) -> str:
    """How many orders there are."""
    return counted(
        "%(count)s order · %(running)s running · %(late)s late",
        "%(count)s orders · %(running)s running · %(late)s late",
        found.total,
        running=number(found.running),
        late=number(found.late),
    )


def lacking_text(count: int) -> str:
    """How many orders to release have not all their components."""
    return counted("%(count)s lacks components", "%(count)s lack components", count)


def selection_text(rows: list[dict[str, Any]]) -> str:
    """How much is selected."""
    if not rows:
        return ""
    hours = [row.get("hours") for row in rows]
    known = sum(value for value in hours if isinstance(value, int | float))
    return _("%(count)s selected · %(hours)s hours", count=number(len(rows)), hours=number(known, decimals=1))


def made_for_text(row: dict[str, Any]) -> list[Any]:
    """Whose demand the order is for, the most first."""
    served = production.made_for(viewer(), row.get("id"))
    told = [
        _(
            "%(quantity)s for %(code)s %(name)s at %(place)s in the week of %(week)s",
            quantity=shown_quantity(round(peg["quantity"], 1)),
            code=peg["code"],
            name=peg["name"],
            place=peg["location"],
            week=day(peg["week"]),
        )
        for peg in served[:LISTED_PEGS]
    ]
    more = len(served) - len(told)
    if more > 0:
        told.append(_("and %(count)s more", count=number(more)))
    return [_("For whom: "), "; ".join(told) or _("nobody yet: it keeps the safety stock or fills the lot."), "."]


def accepted_text(done: Accepted) -> list[Any]:
    """What came of it."""
    told = _("%(count)s accepted: %(orders)s. ", count=number(done.count), orders=", ".join(done.orders[:LISTED_PEGS]))
    return [told, dcc.Link(_("Show open orders"), href=f"{PATH}?show=open#orders")]


def step_parts(found: OrderDetail, told: str) -> tuple[Any, ...]:
    """The values of AFTER_STEP."""
    return *detail_parts(found), told, f"{found.order['id']}.{found.order['version']}"


def _messages(order: dict[str, Any]) -> list[Component]:
    """The way to what is written about an order for a brand owner with a portal."""
    if order["company_id"] is None or not viewer().may(Permission.PARTNER_READ):
        return []
    return [thread_link(INSIDE, "production_order", order["id"])]


def detail_parts(found: OrderDetail) -> tuple[Any, ...]:
    """The values of DETAIL for one order."""
    order, may_edit = found.order, viewer().may(Permission.INVENTORY_EDIT)
    state = order["status"] if may_edit else ""
    may_cancel = state in ("planned", "released", "running") and not order["made_quantity"]
    return (
        *OPENED,
        {"id": order["id"], "version": order["version"]},
        order["number"],
        html.Span(f"{order['location']} · {order['location_name']}"),
        html.Div([order_facts(order), *_messages(order)]),
        component_list(order, found.components),
        order_history(found.history),
        SHOWN if state in ("planned", "released") else HIDDEN,
        SHOWN if state == "planned" else HIDDEN,
        SHOWN if state == "running" else HIDDEN,
        SHOWN if may_cancel else HIDDEN,
        SHOWN if state in ("planned", "released", "running") else HIDDEN,
        False,
    )
