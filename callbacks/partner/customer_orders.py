"""A customer's own orders, to look at."""

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
from services.customer_orders import NEXT_DAYS, SalesLine, SalesLines, Service
from services.form_values import shown_quantity

PATH = "/portal/customer/orders"


class Ids(PageIds):
    show: str
    search: str
    lines: str


def order_cards(found: SalesLines, show: str) -> list[Component]:
    """What comes, what is late, and how well it was served."""
    late_days = (today() - found.late_since).days if found.late_since else 0
    return todo_cards(
        [
            TodoCard(
                _("Open lines"),
                str(found.open),
                _("%(count)s in the next %(days)s", count=found.next_days, days=days(NEXT_DAYS))
                + (" · " + _("next on %(day)s", day=day(found.next_on)) if found.next_on else ""),
                _href("open"),
                chosen=show == "open",
            ),
            TodoCard(
                _("Late"),
                str(found.late),
                _("the oldest by %(days)s", days=days(late_days)) if found.late else _("All on time"),
                _href("late"),
                tone="bad" if found.late else "quiet",
                chosen=show == "late",
            ),
            TodoCard(
                _("On time in full"),
                percent(found.service.rate if found.service else None),
                _service_text(found.service),
                _href("delivered"),
                chosen=show == "delivered",
            ),
        ]
    )


def line_rows(found: SalesLines) -> list[dict[str, Any]]:
    """Order lines as grid rows of two text lines each."""
    return [_row(line) for line in found.lines]


def _row(line: SalesLine) -> dict[str, Any]:
    text, tone = _state(line)
    left = (line.due_on - line.today).days
    confirmed = day(line.first_confirmed_on) if line.first_confirmed_on else _("not confirmed")
    delivered = f"{shown_quantity(line.delivered_quantity)} {line.uom}\n{day(line.delivered_on)}"
    return {
        "id": line.id,
        "order": f"{line.order} / {line.line_no}\n{line.item}",
        "state": f"{marked(text, tone)}\n{days_to(left)}" if line.status == "open" else marked(text, tone),
        "tone": tone,
        "terms": f"{shown_quantity(line.quantity)} {line.uom}\n{confirmed}",
        "delivered": delivered if line.delivered_quantity else "",
        "requested": f"{day(line.requested_on)}\n{line.location}",
    }


def _state(line: SalesLine) -> tuple[str, str]:
    states = {
        "open": (_("Open"), "quiet"),
        "partly": (_("Partly delivered"), "warn"),
        "late": (_("Late"), "bad"),
        "delivered": (_("Delivered"), "good"),
        "delivered_late": (_("Delivered late"), "warn"),
        "delivered_short": (_("Delivered short"), "warn"),
        "cancelled": (_("Cancelled"), "quiet"),
    }
    return states[line.state]


def _service_text(service: Service | None) -> str:
    if service is None or not service.lines_due:
        return _("No line was due yet")
    return _("of %(count)s lines due since %(start)s", count=service.lines_due, start=day(service.start))


def _href(show: str) -> str:
    return f"{PATH}?{urlencode({'show': show})}"
