"""How a customer's own order lines read: the list, one line in full, the cards above them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from components.forms import facts, status
from components.order_texts import days, days_to
from components.todo_cards import TodoCard, todo_cards
from components.two_line_grid import marked
from core.clock import today
from core.i18n import _, day, percent
from core.identity import viewer
from core.permissions import Permission
from services.customer_lines import SalesLine
from services.customer_orders import NEXT_DAYS, LineCounts, LineDetail, SalesLines, Service
from services.form_values import shown_quantity
from services.order_changes import Asked
from services.returns import state_names

ORDERS = "/portal/customer/orders"


def nothing_chosen() -> str:
    """What the detail says before a line is chosen."""
    return _("Choose a line to see how it comes along and to ask for a change.")


def may_change(line: SalesLine) -> bool:
    """Whether the form to ask for a change does anything for this reader and line."""
    rights = (Permission.CUSTOMER_ORDERING, Permission.PORTAL_COMMIT)
    return line.status == "open" and all(viewer().may(right) for right in rights)


def about(found: LineDetail) -> list[Component]:
    """A line in full: its way so far, what was asked of it, where to go on."""
    line = found.line
    text, tone = _state(line)
    named = [
        (_("Item"), f"{line.code} · {line.item}"),
        (_("From"), line.location),
        (_("Quantity"), f"{shown_quantity(line.quantity)} {line.uom}"),
    ]
    return [
        status(text, tone),
        facts(named),
        html.Ol([html.Li([html.Strong(day_), html.Span(told)]) for day_, told in way(found)], className="way"),
        *_asked(found.changes, line.uom),
        html.Div(_links(line), className="button-row"),
    ]


def way(found: LineDetail) -> list[tuple[str, str]]:
    """What stored data says happened to a line, by day."""
    line = found.line
    steps = [
        (line.ordered_on, _("Ordered for %(day)s", day=day(line.requested_on))),
        (line.first_confirmed_on, _("Confirmed for this day")),
        (line.delivered_on, _("Delivered: %(quantity)s %(uom)s", quantity=_delivered(line), uom=line.uom)),
        *(
            (each.reported_on, _("Return %(number)s: %(state)s", number=each.number, state=state_names()[each.status]))
            for each in found.returns
        ),
    ]
    known = sorted(((on, told) for on, told in steps if on is not None), key=lambda step: step[0])
    told = [(day(on), said) for on, said in known]
    if line.first_confirmed_on is None and line.status == "open":
        told.append((_("open"), _("Not confirmed yet")))
    elif line.status == "open":
        told.append((_("open"), days_to((line.due_on - line.today).days)))
    return told


def delivery_cards(found: LineCounts, show: str) -> list[Component]:
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
        ]
    )


def order_cards(found: SalesLines, show: str) -> list[Component]:
    """What comes next, what is late, and how well the last deliveries went."""
    service = TodoCard(
        _("On time in full"),
        percent(found.service.rate if found.service else None),
        _service_text(found.service),
        _href("delivered"),
        chosen=show == "delivered",
    )
    return [*delivery_cards(found, show), *todo_cards([service])]


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


def _delivered(line: SalesLine) -> str:
    return shown_quantity(line.delivered_quantity)


def _asked(changes: Sequence[Asked], uom: str) -> list[Component]:
    if not changes:
        return []
    states = {
        "pending": (_("With us"), "quiet"),
        "accepted": (_("Accepted"), "good"),
        "rejected": (_("Not accepted"), "bad"),
        "withdrawn": (_("Taken back"), "quiet"),
        "superseded": (_("Replaced"), "quiet"),
    }
    return [
        html.Ol(
            [
                html.Li(
                    [
                        html.Div([status(*states[each.status]), html.Strong(_wish(each, uom))], className="round-head"),
                        html.P(each.asked_by, className="note"),
                        html.P(each.decision_note, className="round-reply") if each.decision_note else None,
                    ],
                    className="round",
                )
                for each in changes
            ],
            className="rounds",
        )
    ]


def _wish(asked: Asked, uom: str) -> str:
    change = asked.change
    return _("Cancel") if change.cancel else f"{shown_quantity(change.quantity)} {uom}, {day(change.wanted_on)}"


def _links(line: SalesLine) -> list[Component]:
    links = []
    if viewer().may(Permission.CUSTOMER_ORDERING):
        links.append((_("Order again"), f"/portal/customer/new-order?{urlencode({'order': line.order})}"))
    if viewer().may(Permission.CUSTOMER_RETURNS) and line.delivered_quantity:
        links.append((_("Report a problem"), f"/portal/customer/returns?{urlencode({'line': line.id})}"))
    if viewer().may(Permission.PORTAL_MESSAGES):
        about_line = {"about": "sales_order", "id": line.order_id}
        links.append((_("Write a message"), f"/portal/messages?{urlencode(about_line)}"))
    return [dcc.Link(text, href=href, className="btn btn-outline-primary") for text, href in links]


def _href(show: str) -> str:
    return f"{ORDERS}?{urlencode({'show': show})}"
