"""What a customer sends back: report a problem, see what was agreed and where the goods are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Input, Output, State, callback, no_update, set_props

from components.forms import NOTHING, chosen
from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from components.two_line_grid import marked
from core.errors import InvalidInput
from core.i18n import EMPTY, _, day, money
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import customer_returns
from services.customer_returns import Delivery, Reported, Return, Returns, reason_names
from services.form_values import chosen_id, shown_quantity
from services.returns import state_names

PATH = "/portal/customer/returns"


class Ids(PageIds):
    line: str
    quantity: str
    lot: str
    reason: str
    note: str
    report: str
    rows: str
    back: str


@callback(
    Output(Ids.rows, "rowData"),
    Output(Ids.line, "value"),
    Output(Ids.quantity, "value"),
    Output(Ids.lot, "value"),
    Output(Ids.note, "value"),
    Input(Ids.report, "n_clicks"),
    State(Ids.line, "value"),
    State(Ids.quantity, "value"),
    State(Ids.lot, "value"),
    State(Ids.reason, "value"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
def report_problem(
    _clicks: object, line: object, quantity: object, lot: object, reason: object, note: object
) -> tuple[Any, ...]:
    if not chosen(line):
        raise InvalidInput(_("Delivery: choose the one that something is wrong with."))
    customer_returns.report(
        viewer(), chosen_id(chosen(line)), quantity=quantity, lot=lot, reason=chosen(reason), note=note
    )
    set_props(Shell.toasts, {"children": [toast(_("We have your report and answer it here."))]})
    return return_rows(customer_returns.returns(viewer())), NOTHING, None, "", ""


@callback(Output(Ids.back, "disabled"), Input(Ids.rows, "selectedRows"), prevent_initial_call=True)
def offer_taking_back(selected: object) -> bool:
    row = selected_row(selected)
    return row is None or row.get("waits") is not True or not viewer().may(Permission.PORTAL_ANSWER)


@callback(
    Output(Ids.rows, "rowData", allow_duplicate=True),
    Output(Ids.rows, "selectedRows"),
    Input(Ids.back, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def take_back(_clicks: object, selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return no_update, no_update
    customer_returns.take_back(viewer(), row.get("submission"))
    return return_rows(customer_returns.returns(viewer())), []


def return_rows(found: Returns) -> list[dict[str, Any]]:
    """Reports and returns as grid rows of two text lines each, what waits on top."""
    lines = {each.line_id: each for each in found.deliveries}
    return [
        *(_reported(each, lines.get(each.line_id)) for each in found.reported if each.status == "pending"),
        *(_agreed(each) for each in found.returns),
        *(_reported(each, lines.get(each.line_id)) for each in found.reported if each.status == "rejected"),
    ]


def line_choices(deliveries: Sequence[Delivery]) -> list[tuple[str, str]]:
    """Deliveries for a select."""
    return [
        (
            str(each.line_id),
            f"{each.order} / {each.line_no} · {each.code} {each.item} · "
            f"{shown_quantity(each.delivered_quantity)} {each.uom} · {day(each.delivered_on)}",
        )
        for each in deliveries
    ]


def _reported(found: Reported, line: Delivery | None) -> dict[str, Any]:
    states = {"pending": (_("With us"), "quiet"), "rejected": (_("Not accepted"), "bad")}
    text, tone = states[found.status]
    name = f"{line.order} / {line.line_no}\n{line.code} {line.item}" if line else _("Order line")
    uom = line.uom if line else ""
    return {
        "id": f"s{found.id}",
        "submission": found.id,
        "waits": found.status == "pending",
        "order": name,
        "state": marked(text, tone) + f"\n{found.decision_note or ''}",
        "tone": tone,
        "what": f"{shown_quantity(found.report.quantity)} {uom}\n{reason_names()[found.report.reason]}",
        "number": f"{EMPTY}\n{found.asked_by}",
        "credit": EMPTY,
    }


def _agreed(found: Return) -> dict[str, Any]:
    tone = {"expected": "warn", "received": "quiet"}.get(found.status, "good")
    return {
        "id": f"r{found.id}",
        "submission": None,
        "waits": False,
        "order": f"{found.order} / {found.line_no}\n{found.code} {found.item}",
        "state": marked(state_names()[found.status], tone) + f"\n{day(found.closed_on or found.received_on)}",
        "tone": tone,
        "what": f"{shown_quantity(found.quantity)} {found.uom}\n{reason_names()[found.reason]}",
        "number": f"{found.number}\n{found.lot or ''}",
        "credit": f"{money(found.credit_expected, decimals=2)}\n{_('expected')}",
    }
