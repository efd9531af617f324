"""Stock that a supplier manages: choose an item, propose its levels or a replenishment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Input, Output, State, callback, set_props
from dash.development.base_component import Component

from components.answers import comparison
from components.forms import facts
from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from components.two_line_grid import marked
from core.i18n import EMPTY, _, day, moment, number
from core.identity import viewer
from core.ids import PageIds
from services import supplier_stock
from services.form_values import shown_quantity
from services.supplier_stock import ManagedItem, ManagedStock

PATH = "/portal/supplier/stock"
TONES = {"pending": "warn", "accepted": "good", "rejected": "bad"}
WEEKS_SHOWN = 8
HIDDEN: dict[str, str] = {"display": "none"}
SHOWN: dict[str, str] = {}


class Ids(PageIds):
    items: str
    about: str
    minimum: str
    maximum: str
    send_levels: str
    quantity: str
    arrives_on: str
    send_replenishment: str
    note: str
    sent: str
    asked: str


@callback(
    Output(Ids.about, "children"),
    Output(Ids.minimum, "value"),
    Output(Ids.maximum, "value"),
    Output(Ids.quantity, "value"),
    Input(Ids.items, "selectedRows"),
    prevent_initial_call=True,
)
def show_item(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    wanted = None if row is None else row.get("id")
    found = next((each for each in supplier_stock.managed_stock(viewer()).items if each.id == wanted), None)
    if found is None:
        return nothing_chosen(), None, None, None
    return about(found), float(found.minimum), float(found.maximum), float(found.proposal)


@callback(
    Output(Ids.sent, "data"),
    Input(Ids.send_levels, "n_clicks"),
    State(Ids.items, "selectedRows"),
    State(Ids.minimum, "value"),
    State(Ids.maximum, "value"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
def send_levels(_clicks: object, selected: object, minimum: object, maximum: object, note: object) -> int:
    return _told(supplier_stock.propose_levels(viewer(), _chosen(selected), minimum, maximum, note=note))


@callback(
    Output(Ids.sent, "data", allow_duplicate=True),
    Input(Ids.send_replenishment, "n_clicks"),
    State(Ids.items, "selectedRows"),
    State(Ids.quantity, "value"),
    State(Ids.arrives_on, "value"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
def send_replenishment(_clicks: object, selected: object, quantity: object, arrives_on: object, note: object) -> int:
    made = supplier_stock.propose_replenishment(viewer(), _chosen(selected), quantity, arrives_on, note=note)
    return _told(made)


@callback(Output(Ids.asked, "rowData"), Input(Ids.sent, "data"), prevent_initial_call=True)
def show_asked(_sent: object) -> list[dict[str, Any]]:
    return asked_rows(supplier_stock.managed_stock(viewer()))


def item_rows(found: Sequence[ManagedItem]) -> list[dict[str, Any]]:
    """Managed items as grid rows of two lines."""
    return [_row(each) for each in found]


def asked_rows(found: ManagedStock) -> list[dict[str, Any]]:
    """What was proposed, as grid rows of two lines."""
    states = {
        "pending": _("With the buyer"),
        "accepted": _("Accepted"),
        "rejected": _("Declined"),
        "superseded": _("Replaced"),
        "withdrawn": _("Withdrawn"),
    }
    return [
        {
            "id": each.id,
            "what": f"{each.payload.get('item', EMPTY)}\n{supplier_stock.asked_text(each)}",
            "state": f"{marked(states[each.status], TONES.get(each.status, 'quiet'))}\n{moment(each.created_at)}",
            "tone": TONES.get(each.status, "quiet"),
        }
        for each in found.asked
    ]


def nothing_chosen() -> str:
    """What stands there before an item is chosen."""
    return _("Choose an item to see its weeks and to propose levels or a replenishment.")


def about(found: ManagedItem) -> list[Component]:
    """An item with its next weeks."""
    named = [
        (_("Item"), f"{found.code} · {found.name}"),
        (_("At"), found.location),
        (_("In stock"), f"{shown_quantity(found.on_hand)} {found.uom}"),
        (_("Levels"), f"{shown_quantity(found.minimum)} … {shown_quantity(found.maximum)}"),
    ]
    if not found.weeks:
        return [facts(named), _line(_("The weeks ahead appear with the next forecast that is shared with you."))]
    return [facts(named), _weeks(found)]


def _weeks(found: ManagedItem) -> Component:
    rows = zip(found.weeks, found.demand, found.incoming, found.projected, strict=True)
    return comparison(
        [_("Needed"), _("On its way"), _("Left")],
        [(day(week), [number(figure) for figure in figures]) for week, *figures in list(rows)[:WEEKS_SHOWN]],
    )


def _line(text: str) -> Component:
    return facts([(_("Weeks"), text)])


def _row(found: ManagedItem) -> dict[str, Any]:
    short = found.on_hand < found.minimum
    below = found.below_from
    tone = "bad" if short else "warn" if below is not None else "good"
    state = _("Below minimum") if short else _("Below from %(day)s", day=day(below)) if below else _("Within levels")
    stock = f"{shown_quantity(found.on_hand)} {found.uom}"
    return {
        "id": found.id,
        "item": f"{found.code}\n{found.location}",
        "stock": f"{stock}\n{shown_quantity(found.minimum)} … {shown_quantity(found.maximum)}",
        "state": marked(state, tone),
        "tone": tone,
    }


def _chosen(selected: object) -> object:
    row = selected_row(selected)
    return None if row is None else row.get("id")


def _told(made: int) -> int:
    set_props(Shell.toasts, {"children": [toast(_("Sent. It counts once the buyer accepts it."))]})
    return made
