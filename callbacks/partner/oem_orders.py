"""The production orders made for an OEM, to look at."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, dcc, html, no_update, set_props
from dash.development.base_component import Component

from components.forms import facts, status
from components.grid import selected_row
from components.order_texts import days, days_to
from components.shell import Ids as Shell
from components.shell import toast
from components.todo_cards import TodoCard, todo_cards
from components.two_line_grid import marked
from core.clock import today
from core.i18n import _, day, moment, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import oem_orders, oem_priority
from services.form_values import shown_quantity
from services.oem_orders import NEXT_DAYS, MadeOrder, MadeOrders, Milestone, OrderCounts, OrderProgress
from services.submissions import Submission

PATH = "/portal/oem/production-orders"


class Ids(PageIds):
    show: str
    search: str
    orders: str
    chosen: str
    detail: str
    wanted_on: str
    quantity: str
    reason: str
    ask: str
    asked: str
    withdraw: str


@callback(
    Output(Ids.chosen, "data"),
    Output(Ids.detail, "children"),
    Output(Ids.asked, "rowData"),
    Input(Ids.orders, "selectedRows"),
    prevent_initial_call=True,
)
def show_order(selected: object) -> tuple[Any, Any, Any]:
    row = selected_row(selected)
    if row is None:
        return no_update, no_update, no_update
    shown = _shown(row.get("id"))
    if may_ask():
        set_props(Ids.ask, {"disabled": False})
    return row.get("id"), *shown


@callback(Output(Ids.withdraw, "disabled"), Input(Ids.asked, "selectedRows"), prevent_initial_call=True)
def offer_withdrawing(selected: object) -> bool:
    row = selected_row(selected)
    return row is None or row.get("waits") is not True


@callback(
    Output(Ids.detail, "children", allow_duplicate=True),
    Output(Ids.asked, "rowData", allow_duplicate=True),
    Output(Ids.wanted_on, "value"),
    Output(Ids.quantity, "value"),
    Output(Ids.reason, "value"),
    Input(Ids.ask, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.wanted_on, "value"),
    State(Ids.quantity, "value"),
    State(Ids.reason, "value"),
    prevent_initial_call=True,
)
def ask_priority(
    _clicks: object, chosen: object, wanted_on: object, quantity: object, reason: object
) -> tuple[Any, ...]:
    oem_priority.ask(viewer(), chosen, due_on=wanted_on, quantity=quantity, reason=reason)
    set_props(Shell.toasts, {"children": [toast(_("Sent. The order changes once your planner accepts it."))]})
    return *_shown(chosen), None, None, ""


@callback(
    Output(Ids.detail, "children", allow_duplicate=True),
    Output(Ids.asked, "rowData", allow_duplicate=True),
    Output(Ids.asked, "selectedRows"),
    Input(Ids.withdraw, "n_clicks"),
    State(Ids.asked, "selectedRows"),
    State(Ids.chosen, "data"),
    prevent_initial_call=True,
)
def withdraw_priority(_clicks: object, selected: object, chosen: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    oem_priority.take_back(viewer(), None if row is None else row.get("id"))
    set_props(Shell.toasts, {"children": [toast(_("Withdrawn."))]})
    return *_shown(chosen), []


def may_ask() -> bool:
    """Whether the reader asks for another day or quantity."""
    return all(viewer().may(right) for right in (Permission.OEM_PRIORITY, Permission.PORTAL_COMMIT))


def order_detail(found: OrderProgress) -> Component:
    """One order: how far it is, step by step, and what is late."""
    order = found.order
    text, tone = _state(order)
    late = _("%(days)s late", days=days(order.late_days)) if order.late_days else _("on time")
    made = f"{shown_quantity(order.made_quantity)} / {shown_quantity(order.quantity)} {order.uom}"
    pairs = [
        (_("Item"), f"{order.code} · {order.item}"),
        (_("Made of ordered"), f"{made} ({percent(order.progress, decimals=0)})"),
        (_("Due"), f"{day(order.due_on)}, {late}"),
        (_("Delivered to"), order.location),
    ]
    return html.Div(
        [
            html.H3([order.number, " ", status(text, tone)]),
            facts(pairs),
            html.Ol([html.Li(_step(each, order)) for each in found.milestones]),
            dcc.Link(
                _("Messages about this order"),
                href=f"/portal/messages?{urlencode({'about': 'production_order', 'id': order.id})}",
                className="btn btn-outline-primary",
            ),
        ]
    )


def asked_rows(asked: list[Submission]) -> list[dict[str, Any]]:
    """What was asked for about an order, as grid rows of two lines."""
    states = {
        "pending": (_("With the planner"), "warn"),
        "accepted": (_("Accepted"), "good"),
        "rejected": (_("Declined"), "bad"),
        "superseded": (_("Replaced"), "quiet"),
        "withdrawn": (_("Withdrawn"), "quiet"),
    }
    return [
        {
            "id": each.id,
            "what": f"{_wish(each)}\n{each.decision_note or each.note or ''}",
            "state": f"{marked(*states[each.status])}\n{moment(each.created_at)}",
            "tone": states[each.status][1],
            "waits": each.status == "pending",
        }
        for each in asked
    ]


def _wish(asked: Submission) -> str:
    units = shown_quantity(Decimal(asked.payload["quantity"]))
    return _("on %(day)s, %(units)s units", day=asked.payload["due_on"], units=units)


def _shown(order_id: object) -> tuple[Component, list[dict[str, Any]]]:
    found = oem_orders.progress(viewer(), order_id)
    return order_detail(found), asked_rows(found.asked)


def _step(milestone: Milestone, order: MadeOrder) -> Component:
    names = {
        "planned": _("Planned to start"),
        "released": _("Released to the plant"),
        "started": _("Started"),
        "made": _("First units made"),
        "finished": _("Finished"),
    }
    when = day(milestone.on) if milestone.on else _("day not recorded") if milestone.reached else _("still to come")
    overdue = milestone.name == "finished" and order.late_days > 0
    tone = "bad" if overdue else "good" if milestone.reached else "quiet"
    return status(f"{names[milestone.name]}: {when}", tone)


def order_cards(found: OrderCounts, show: str) -> list[Component]:
    """What is being made, what is due next, what is late."""
    late_days = (today() - found.late_since).days if found.late_since else 0
    return todo_cards(
        [
            TodoCard(
                _("Open orders"),
                str(found.open),
                _("%(count)s running", count=found.running),
                _href("open"),
                chosen=show == "open",
            ),
            TodoCard(
                _("Due in the next %(days)s", days=days(NEXT_DAYS)),
                str(found.next_days),
                _("next on %(day)s", day=day(found.next_on)) if found.next_on else _("Nothing is planned"),
                _href("open"),
            ),
            TodoCard(
                _("Late"),
                str(found.late),
                _("the oldest by %(days)s", days=days(late_days)) if found.late else _("All on time"),
                _href("late"),
                tone="bad" if found.late else "quiet",
                chosen=show == "late",
            ),
        ]
    )


def order_rows(found: MadeOrders) -> list[dict[str, Any]]:
    """Production orders as grid rows of two text lines each."""
    return [_row(order) for order in found.orders]


def _row(order: MadeOrder) -> dict[str, Any]:
    text, tone = _state(order)
    state = marked(text, tone)
    closed = order.status in ("done", "cancelled")
    made = f"{shown_quantity(order.made_quantity)} / {shown_quantity(order.quantity)} {order.uom}"
    return {
        "id": order.id,
        "order": f"{order.number}\n{order.item}",
        "state": state if closed else f"{state}\n{days_to((order.due_on - order.today).days)}",
        "tone": tone,
        "progress": f"{percent(order.progress, decimals=0)}\n{made}",
        "dates": f"{day(order.starts_on)}\n{day(order.due_on)}",
        "finished": day(order.finished_on),
        "location": order.location,
    }


def _state(order: MadeOrder) -> tuple[str, str]:
    states = {
        "planned": (_("Planned"), "quiet"),
        "released": (_("Released"), "quiet"),
        "running": (_("Running"), "good"),
        "late": (_("Late"), "bad"),
        "done": (_("Done"), "good"),
        "done_late": (_("Done late"), "warn"),
        "cancelled": (_("Cancelled"), "quiet"),
    }
    return states[order.state]


def _href(show: str) -> str:
    return f"{PATH}?{urlencode({'show': show})}"
