"""The supplier's capacity calendar: capacity, closures and lead times, each sent to the buyer."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, set_props

from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from components.two_line_grid import marked
from core.i18n import _, day, moment
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import supplier_capacity
from services.form_values import shown_quantity
from services.supplier_capacity import CapacityCalendar

PATH = "/portal/supplier/capacity"
TONES = {"pending": "warn", "accepted": "good", "rejected": "bad"}


class Ids(PageIds):
    scope: str
    first: str
    last: str
    quantity: str
    note: str
    send_capacity: str
    closed_first: str
    closed_last: str
    closed_reason: str
    send_closure: str
    item: str
    days: str
    valid_from: str
    reason: str
    send_lead_time: str
    sent: str
    asked: str
    withdraw: str
    counted: str


SENT = Output(Ids.sent, "data", allow_duplicate=True)


@callback(
    Output(Ids.sent, "data"),
    Input(Ids.send_capacity, "n_clicks"),
    State(Ids.scope, "value"),
    State(Ids.first, "value"),
    State(Ids.last, "value"),
    State(Ids.quantity, "value"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
def send_capacity(_clicks: object, scope: object, first: object, last: object, quantity: object, note: object) -> int:
    made = supplier_capacity.ask_capacity(viewer(), scope, first=first, last=last, quantity=quantity, note=note)
    return _told(made)


@callback(
    SENT,
    Input(Ids.send_closure, "n_clicks"),
    State(Ids.closed_first, "value"),
    State(Ids.closed_last, "value"),
    State(Ids.closed_reason, "value"),
    prevent_initial_call=True,
)
def send_closure(_clicks: object, first: object, last: object, reason: object) -> int:
    return _told(supplier_capacity.ask_closure(viewer(), first, last, reason))


@callback(
    SENT,
    Input(Ids.send_lead_time, "n_clicks"),
    State(Ids.item, "value"),
    State(Ids.days, "value"),
    State(Ids.valid_from, "value"),
    State(Ids.reason, "value"),
    prevent_initial_call=True,
)
def send_lead_time(_clicks: object, item: object, days: object, valid_from: object, reason: object) -> int:
    return _told(supplier_capacity.ask_lead_time(viewer(), item, days, valid_from, reason))


@callback(Output(Ids.withdraw, "disabled"), Input(Ids.asked, "selectedRows"), prevent_initial_call=True)
def offer_withdrawal(selected: object) -> bool:
    row = selected_row(selected)
    return row is None or not row.get("pending") or not viewer().may(Permission.PORTAL_COMMIT)


@callback(SENT, Input(Ids.withdraw, "n_clicks"), State(Ids.asked, "selectedRows"), prevent_initial_call=True)
def withdraw_notice(_clicks: object, selected: object) -> int:
    row = selected_row(selected)
    supplier_capacity.take_back(viewer(), None if row is None else row.get("id"))
    set_props(Shell.toasts, {"children": [toast(_("Withdrawn."))]})
    return 0


@callback(
    Output(Ids.asked, "rowData"),
    Output(Ids.asked, "selectedRows"),
    Output(Ids.counted, "rowData"),
    Input(Ids.sent, "data"),
    prevent_initial_call=True,
)
def show_calendar(_sent: object) -> tuple[list[dict[str, Any]], list[Any], list[dict[str, Any]]]:
    found = supplier_capacity.calendar(viewer())
    return asked_rows(found), [], counted_rows(found)


def asked_rows(found: CapacityCalendar) -> list[dict[str, Any]]:
    """What was sent, as grid rows of two lines."""
    states = {
        "pending": _("With the buyer"),
        "accepted": _("Accepted"),
        "rejected": _("Declined"),
        "superseded": _("Replaced"),
        "withdrawn": _("Withdrawn"),
    }
    codes = {item.product_id: item.code for item in found.items}
    return [
        {
            "id": each.id,
            "what": "\n".join(
                [
                    " ".join(
                        filter(None, (codes.get(each.payload.get("product_id")), supplier_capacity.asked_text(each)))
                    ),
                    each.decision_note or each.note or str(each.payload.get("reason") or ""),
                ]
            ),
            "state": f"{marked(states[each.status], TONES.get(each.status, 'quiet'))}\n{moment(each.created_at)}",
            "tone": TONES.get(each.status, "quiet"),
            "pending": each.status == "pending",
        }
        for each in found.asked
    ]


def counted_rows(found: CapacityCalendar) -> list[dict[str, Any]]:
    """What the buyer counts on, as grid rows of two lines."""
    capacities = [
        {
            "id": f"c{row.id}",
            "what": f"{row.code or row.category}\n{_('at most %(units)s', units=shown_quantity(row.quantity))}",
            "when": f"{day(row.starts_on)}\n{_('before %(day)s', day=day(row.ends_on))}",
        }
        for row in found.capacities
    ]
    closures = [
        {
            "id": f"d{row.id}",
            "what": f"{_('Closed')}\n{row.reason}",
            "when": f"{day(row.first_on)}\n{_('to %(day)s', day=day(row.last_on))}",
        }
        for row in found.closures
    ]
    changes = [
        {
            "id": f"l{row.product_id}-{row.valid_from}",
            "what": f"{row.code}\n{_('lead time %(days)s days', days=row.lead_time_days)}",
            "when": f"{day(row.valid_from)}\n{row.reason}",
        }
        for row in found.lead_times
    ]
    return [*closures, *changes, *capacities]


def _told(made: int) -> int:
    set_props(Shell.toasts, {"children": [toast(_("Sent. It counts once the buyer accepts it."))]})
    return made
