"""The supplier's portal: what it can deliver, when it is closed, and lead times that change."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner.supplier_capacity import PATH, Ids, asked_rows, counted_rows
from components.forms import field, select
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import supplier_capacity
from services.submissions import NOTE_LENGTH
from services.supplier_capacity import CATEGORY, MOST_LEAD_DAYS, REASON_LENGTH, CapacityCalendar

register_page(
    __name__,
    path=PATH,
    permission=Permission.SUPPLIER_CAPACITY,
    name="Capacity and lead times",
    area=Area.PORTAL_PLANNING,
    order=20,
    description="What you can deliver at most, when you are closed, and lead times that change",
)


def layout(**_query: str) -> Component:
    found = supplier_capacity.calendar(viewer())
    title = _("Capacity and lead times")
    lead = _("Tell your buyer early. It counts in the plan once the buyer accepts it.")
    if not found.items:
        nothing = _("There is no item that you sell yet. Ask your buyer to set up your items.")
        return page_frame(empty_state(nothing), title=title, lead=lead)
    writable = viewer().may(Permission.PORTAL_COMMIT)
    forms = [_capacity(found), _closure(), _lead_time(found)] if writable else []
    return page_frame(
        dcc.Store(id=Ids.sent),
        html.Div(forms, className="three-forms"),
        html.Div([_asked(found), _counted(found)], className="two-columns"),
        title=title,
        lead=lead,
    )


def _capacity(found: CapacityCalendar) -> Component:
    choices = [(str(item.product_id), f"{item.code} · {item.name}") for item in found.items]
    choices += [(f"{CATEGORY}{name}", _("All %(category)s together", category=name)) for name in found.categories]
    each = _("At most, a week") if found.bucket == "week" else _("At most, a month")
    return panel(
        field(_("Item or group"), select(Ids.scope, choices, "")),
        field(_("First day"), dbc.Input(id=Ids.first, type="date")),
        field(_("Last day"), dbc.Input(id=Ids.last, type="date")),
        field(each, dbc.Input(id=Ids.quantity, type="number", min=0, step="any")),
        field(_("Note to the buyer"), dbc.Input(id=Ids.note, maxLength=NOTE_LENGTH)),
        dbc.Button(_("Send capacity"), id=Ids.send_capacity, color="primary"),
        title=_("Capacity"),
    )


def _closure() -> Component:
    return panel(
        field(_("First day closed"), dbc.Input(id=Ids.closed_first, type="date")),
        field(_("Last day closed"), dbc.Input(id=Ids.closed_last, type="date")),
        field(_("Reason"), dbc.Input(id=Ids.closed_reason, maxLength=REASON_LENGTH)),
        dbc.Button(_("Send closure"), id=Ids.send_closure, color="primary"),
        title=_("Holidays and shutdowns"),
    )


def _lead_time(found: CapacityCalendar) -> Component:
    days = _("%(code)s · %(name)s, now %(days)s days")
    choices = [
        (str(item.product_id), days % {"code": item.code, "name": item.name, "days": item.lead_time_days})
        for item in found.items
    ]
    return panel(
        field(_("Item"), select(Ids.item, choices, "")),
        field(_("New lead time, days"), dbc.Input(id=Ids.days, type="number", min=0, max=MOST_LEAD_DAYS, step=1)),
        field(_("Valid from"), dbc.Input(id=Ids.valid_from, type="date")),
        field(_("Reason"), dbc.Input(id=Ids.reason, maxLength=REASON_LENGTH)),
        dbc.Button(_("Send notice"), id=Ids.send_lead_time, color="primary"),
        title=_("Change of a lead time"),
    )


def _asked(found: CapacityCalendar) -> Component:
    columns = [
        two_line_column("what", _("Sent"), minWidth=170),
        state_column("state", _("State"), minWidth=110, width=150),
    ]
    empty = _("Nothing was sent yet. Fill in one of the forms above.")
    return panel(
        two_line_grid(Ids.asked, columns, asked_rows(found), empty=empty, selection="single"),
        dbc.Button(_("Withdraw the selected one"), id=Ids.withdraw, color="primary", outline=True, disabled=True),
        title=_("What you sent"),
    )


def _counted(found: CapacityCalendar) -> Component:
    columns = [two_line_column("what", _("What"), minWidth=150), two_line_column("when", _("From"), minWidth=120)]
    empty = _("Nothing limits what is planned to be bought of you.")
    return panel(
        two_line_grid(Ids.counted, columns, counted_rows(found), empty=empty), title=_("What the buyer counts on")
    )
