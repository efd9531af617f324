"""The production orders made for an OEM, to look at."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash.development.base_component import Component

from components.order_texts import days, days_to
from components.todo_cards import TodoCard, todo_cards
from components.two_line_grid import marked
from core.clock import today
from core.i18n import _, day, percent
from core.ids import PageIds
from services.form_values import shown_quantity
from services.oem_orders import NEXT_DAYS, MadeOrder, MadeOrders, OrderCounts

PATH = "/portal/oem/production-orders"


class Ids(PageIds):
    show: str
    search: str
    orders: str


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
