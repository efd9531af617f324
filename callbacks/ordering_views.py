"""What stands beside a customer's basket: templates, what is held and for how long, the orders that were sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.forms import NOTHING
from components.two_line_grid import marked
from core.i18n import EMPTY, _, counted, day, moment
from core.identity import viewer
from services import customer_ordering, order_templates
from services.customer_ordering import Hold
from services.form_values import shown_quantity


def sent_rows() -> list[dict[str, Any]]:
    """What was ordered here, as grid rows of two text lines each."""
    states = {
        "pending": (_("With us"), "quiet"),
        "accepted": (_("Accepted"), "good"),
        "rejected": (_("Not accepted"), "bad"),
        "withdrawn": (_("Taken back"), "quiet"),
        "superseded": (_("Replaced"), "quiet"),
    }
    return [
        {
            "id": each.id,
            "status": each.status,
            "order": f"{each.reference or _('without a number')}\n{each.asked_by}, {moment(each.created_at)}",
            "lines": counted("%(count)s line", "%(count)s lines", each.lines)
            + "\n"
            + _("first for %(day)s", day=each.first_on or EMPTY),
            "state": marked(*states[each.status]) + (f"\n{each.decision_note}" if each.decision_note else ""),
            "tone": states[each.status][1],
        }
        for each in customer_ordering.sent_orders(viewer())
    ]


def held_lines(found: Sequence[Hold]) -> list[Component]:
    """What is held, and how long still."""
    if not found:
        return [html.P(_("Nothing is held. Check the dates, then hold them while you decide."), className="note")]
    until = found[0].expires_at.isoformat()
    left = _("Held for %(minutes)s more minutes", minutes=found[0].minutes_left)
    over = {
        "data-until": until,
        "data-left": _("Held for %s more minutes"),
        "data-over": _("No longer held: check again"),
    }
    return [
        html.P(left, className="countdown", role="timer", **over),
        html.Ul(
            [
                html.Li(
                    [
                        html.Strong(f"{hold.code} {hold.name}"),
                        html.Span(
                            f"{shown_quantity(hold.quantity)} {hold.uom} · {day(hold.promised_on)} · {hold.location}"
                        ),
                    ]
                )
                for hold in found
            ],
            className="held-lines",
        ),
    ]


def template_options() -> list[dict[str, str]]:
    """Templates for a select."""
    found = order_templates.templates(viewer())
    return [
        {"value": NOTHING, "label": _("Choose a template")},
        *(
            {
                "value": str(each.id),
                "label": f"{each.name} ({counted('%(count)s line', '%(count)s lines', each.lines)})",
            }
            for each in found
        ),
    ]


def nothing_chosen() -> str:
    """What the detail says before a line is chosen."""
    return _("Choose a line to see when you can have it, or to remove it.")


def no_way() -> str:
    """What the detail says of a line that nothing can be promised of."""
    return _("Nothing can be promised within our plan. Ask for less or a later day, or write us a message.")
