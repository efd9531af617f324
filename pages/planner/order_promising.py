"""Supply › Order promising: what can be had when, what is kept for whom, and how much is whose."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.order_promising import PATH, Ids, allocation_row, suggested, wants_all
from components.download import list_download
from components.forms import NOTHING, field, select
from components.grid import figure_column, grid, said_when_empty, text_column
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column
from core.clock import today
from core.i18n import _, day
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import channel_allocations, order_promising
from services.reservations import LONGEST_NOTE

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Order promising",
    area=Area.SUPPLY,
    order=28,
    description="What can be had when, what is kept for whom, and how much is whose",
)


def layout(item: str = "", location: str = "", show: str = "", **_query: str) -> Component:
    places = order_promising.places(viewer())
    filters = {"show": "all" if show == "all" else ""}
    content = [_question(item, location, places), _answer(), _reservations(filters), _allocations()]
    return page_frame(
        dcc.Store(id=Ids.seen),
        dcc.Store(id=Ids.changed),
        dcc.Store(id=Ids.renewed),
        dcc.Store(id=Ids.filters, data=filters),
        *(content if places else [_nothing()]),
        title=_("Order promising"),
        lead=_(
            "What of stock and planned receipts is promised to nobody yet. A hold keeps it for a while; nothing is "
            "promised twice."
        ),
    )


def _nothing() -> Component:
    return empty_state(
        _("There is nothing to promise yet. Import finished products and stock, or run a forecast."),
        action=_("Import data"),
        href="/data/import",
    )


def _question(item: str, location: str, places: list[tuple[str, str]]) -> Component:
    codes = [code for code, _name in places]
    channels = [(NOTHING, _("Any")), *channel_allocations.choices(viewer())["channel"]]
    shown = [(code, f"{code} · {name}") for code, name in places]
    return panel(
        html.Div(
            [
                field(_("Item"), _code(Ids.item, value=item[:80], list=Ids.known, autocomplete="off")),
                html.Datalist(suggested(item), id=Ids.known),
                field(_("Place"), select(Ids.place, shown, location if location in codes else codes[0])),
                field(_("Quantity"), _figure(Ids.quantity)),
                field(_("Wanted on"), dbc.Input(id=Ids.wanted, type="date", value=day(today()))),
                field(_("Channel"), select(Ids.channel, channels, NOTHING)),
                dbc.Button(_("Ask"), id=Ids.ask, color="primary"),
            ],
            className="form-line promise-question",
        ),
        title=_("What can be had when"),
    )


def _answer() -> Component:
    columns = [
        text_column("kind", _("Offer"), pinned="left", minWidth=105, maxWidth=120),
        text_column("day", _("Day"), minWidth=98, maxWidth=120),
        figure_column("quantity", _("Quantity"), minWidth=88, maxWidth=130),
        text_column("uom", _("Unit"), minWidth=65, maxWidth=80),
        text_column("code", _("Item"), minWidth=100, maxWidth=130, tooltipField="name"),
        text_column("location", _("Place"), minWidth=130, tooltipField="location"),
    ]
    empty = said_when_empty(_("Ask for an item above."))
    note = field(_("Note"), dbc.Input(id=Ids.note, maxLength=LONGEST_NOTE))
    note.className = "field field-wide"
    units = [("hours", _("hours")), ("days", _("days"))]
    hold_for = dbc.Input(id=Ids.hold_for, type="number", min=0, step="any", value=24)
    holding = html.Div(
        [
            field(_("Hold for"), hold_for),
            field(_("Hours or days"), select(Ids.hold_unit, units, "hours")),
            field(_("Customer"), _code(Ids.customer, placeholder=_("code, if any"))),
            note,
            dbc.Button(_("Hold this offer"), id=Ids.hold, color="primary", disabled=True),
        ],
        id=Ids.holding,
        className="form-line promise-hold",
        style={} if _may_edit() else {"display": "none"},
    )
    return panel(
        html.Div([], id=Ids.answer, className="promise-answer", role="status"),
        grid(Ids.offers, columns, [], row_id="id", selection="single", height=210, options=empty),
        holding,
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        title=_("Offers"),
    )


def _reservations(filters: dict[str, str]) -> Component:
    columns = [
        state_column("status", _("State"), pinned="left", minWidth=112, maxWidth=125),
        text_column("code", _("Item"), minWidth=100, maxWidth=130, tooltipField="name"),
        text_column("location", _("Place"), minWidth=80, maxWidth=100, tooltipField="location_name"),
        figure_column("quantity", _("Quantity"), minWidth=90),
        text_column("wanted_on", _("Wanted on"), minWidth=100),
        text_column("promised_on", _("Promised on"), minWidth=108),
        text_column("expires_at", _("Time left"), minWidth=88),
        text_column("customer", _("Customer"), minWidth=120, tooltipField="customer"),
        text_column("channel", _("Channel"), minWidth=100),
        text_column("note", _("Note"), minWidth=120, tooltipField="note"),
        text_column("made_by", _("By"), minWidth=100, tooltipField="made_by"),
    ]
    options = {
        **said_when_empty(_("Nothing is kept for anybody.")),
    }
    every = wants_all(filters)
    other = dcc.Link(
        _("Only those that count") if every else _("Show those that are over too"),
        href=PATH if every else f"{PATH}?show=all",
        className="btn btn-outline-primary btn-sm",
    )
    buttons = [
        dbc.Button(_("Confirm"), id=Ids.confirm, color="primary", size="sm", disabled=True),
        dbc.Button(_("Release"), id=Ids.release, color="primary", outline=True, size="sm", disabled=True),
    ]
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            columns,
            row_id="id",
            selection="single",
            height=240,
            rowModelType="infinite",
            options=options,
        ),
        html.Div(buttons, className="form-line promise-decide", style={} if _may_edit() else {"display": "none"}),
        html.P("", id=Ids.decided, className="note outcome", role="status"),
        title=_("Reservations"),
        actions=[other, list_download("reservations", filters, grid_id=Ids.rows)],
    )


def _allocations() -> Component:
    columns = [
        text_column("what", _("Of"), pinned="left", minWidth=130, tooltipField="what"),
        text_column("location", _("Place"), minWidth=95),
        text_column("channel", _("Channel"), minWidth=120),
        text_column("share", _("Share"), minWidth=80, type="rightAligned", cellClass="figure"),
        text_column("valid_from", _("From"), minWidth=100),
    ]
    empty = said_when_empty(_("No channel has a share of its own: who asks first is served first."))
    rows = [allocation_row(row) for row in channel_allocations.allocations(viewer())]
    return panel(
        grid(Ids.allocations, columns, rows, row_id="id", selection="single", height=200, options=empty),
        html.Div(
            _allocation_form(), className="form-line promise-share", style={} if _may_edit() else {"display": "none"}
        ),
        html.P("", id=Ids.saved, className="note outcome", role="status"),
        title=_("Shares of channels"),
        note=_(
            "A channel takes from its own share first, then from what is nobody's. The narrowest share of an item "
            "counts: item before category before all."
        ),
    )


def _allocation_form() -> list[Component]:
    choices = channel_allocations.choices(viewer())
    categories, places = ([(NOTHING, _("All")), *choices[name]] for name in ("category", "location"))
    return [
        field(_("One item"), _code(Ids.scope_item, placeholder=_("code, if one"))),
        field(_("Category"), select(Ids.scope_category, categories, NOTHING)),
        field(_("Place"), select(Ids.scope_place, places, NOTHING)),
        field(_("Channel"), select(Ids.scope_channel, choices["channel"], "")),
        field(_("Share, %"), _figure(Ids.share)),
        field(_("From"), dbc.Input(id=Ids.valid_from, type="date", value=day(today()))),
        dbc.Button(_("Save share"), id=Ids.save, color="primary"),
        dbc.Button(_("Remove"), id=Ids.remove, color="primary", outline=True, disabled=True),
    ]


def _code(component_id: str, *, placeholder: str = "", **options: str) -> Component:
    return dbc.Input(id=component_id, maxLength=80, placeholder=placeholder or _("code"), **options)


def _figure(component_id: str) -> Component:
    return dbc.Input(id=component_id, type="number", step="any", min=0)


def _may_edit() -> bool:
    return viewer().may(Permission.INVENTORY_EDIT)
