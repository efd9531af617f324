"""Supply › Buy list: planned purchases by the shortage that their money prevents, down to a budget."""

from __future__ import annotations

from dataclasses import asdict
from math import ceil

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.buy_list import PATH, Ids, buy_rows, supplier_rows, totals_text, wanted_list
from components.buy_list_columns import CUT, buy_columns, prevented_meaning, supplier_columns
from components.download import list_download
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field
from components.grid import grid, said_when_empty
from components.page import empty_state, page_frame, panel
from components.two_line_grid import ROW_HEIGHT
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import buy_list, positions
from services.buy_list import BuyFilters, BuyList

SUPPLIER_ROW, MOST_SUPPLIERS = 32, 8
CUT_STEPS = 500

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Buy list",
    area=Area.SUPPLY,
    order=16,
    description="Planned purchases by the shortage that their money prevents, down to a budget",
)


def layout(
    weeks: str = "", supplier: str = "", location: str = "", search: str = "", budget: str = "", **_query: str
) -> Component:
    asked = {"weeks": weeks, "supplier": supplier, "location": location, "search": search, "budget": budget}
    wanted = wanted_list(asked)
    found = buy_list.buy_list(viewer(), wanted)
    known = buy_list.suppliers(viewer())
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        _filters(wanted, known),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        *([_list(found), _suppliers(found)] if known else [_nothing()]),
        title=_("Buy list"),
        lead=_(
            "Planned purchases that have to be released soon, by the late demand that each ringgit prevents. Ordered "
            "ones become lines of draft orders."
        ),
        actions=[html.Span(list_download("buy-list", asdict(wanted)), id=Ids.download)],
    )


def _filters(wanted: BuyFilters, known: list[tuple[str, str]]) -> Component:
    every = [(NOTHING, _("All"))]
    weeks = [("1", _("this week")), ("2", _("within 2 weeks")), ("4", _("within 4 weeks"))]
    places = positions.filter_choices(viewer())["location"]
    budget = dbc.Input(
        id=Ids.budget, name="budget", type="number", min=0, step="any", value=wanted.budget, placeholder=_("no limit")
    )
    return filter_form(
        PATH,
        choice_filter(Ids.weeks, "weeks", _("To release"), weeks, wanted.weeks),
        choice_filter(Ids.supplier, "supplier", _("Supplier"), [*every, *known], wanted.supplier or NOTHING),
        choice_filter(Ids.location, "location", _("Location"), [*every, *places], wanted.location or NOTHING),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code or name")),
        field(_("Budget RM"), budget),
    )


def _nothing() -> Component:
    return empty_state(
        _("The plan buys nothing in the next four weeks."), action=_("See the supply plan"), href="/supply/plan"
    )


def _list(found: BuyList) -> Component:
    may_order = viewer().may(Permission.PURCHASE_EDIT) and viewer().may(Permission.PROPOSAL_DECIDE)
    empty = said_when_empty(_("Nothing has to be released: choose more weeks or other filters."))
    return panel(
        html.P(totals_text(found), id=Ids.totals, className="totals", role="status"),
        _cut_line(found),
        _decisions() if may_order else html.Div(),
        grid(
            Ids.rows,
            buy_columns(),
            buy_rows(found),
            row_id="id",
            selection="multiple" if may_order else None,
            height=520,
            options={"rowHeight": ROW_HEIGHT, **empty},
            rowClassRules=CUT,
        ),
        html.P(
            [
                _("Prevents: %(meaning)s.", meaning=prevented_meaning()),
                " ",
                _(
                    "A budget is spent down the ranking; an order that the rest of it does not pay for is passed over "
                    "for the next one that prevents something."
                ),
            ],
            className="note buy-meaning",
        ),
    )


def _cut_line(found: BuyList) -> Component:
    """Dragged to the right it pays for more of the list; at its end there is no limit."""
    most = max(ceil(found.money), 1)
    cut = most if found.budget is None else min(round(found.budget), most)
    slider = dcc.Slider(
        id=Ids.cut,
        min=0,
        max=most,
        step=max(most // CUT_STEPS, 1),
        value=cut,
        marks=None,
        updatemode="mouseup",
        allow_direct_input=False,
        tooltip={"placement": "bottom", "template": "RM {value}"},
    )
    return html.Div([html.Span(_("Cut line RM"), className="note"), slider], className="buy-cut")


def _decisions() -> Component:
    return html.Div(
        [
            dbc.Button(_("Select all above the line"), id=Ids.select, color="primary", outline=True, size="sm"),
            dbc.Button(_("Fill the containers"), id=Ids.fill, color="primary", outline=True, size="sm"),
            dbc.Button(_("Order selected"), id=Ids.accept, color="primary", size="sm", disabled=True),
            html.Span("", id=Ids.selected, className="note", role="status"),
        ],
        className="decisions",
    )


def _suppliers(found: BuyList) -> Component:
    height = SUPPLIER_ROW * (1 + min(max(len(found.suppliers), 1), MOST_SUPPLIERS)) + SUPPLIER_ROW // 2
    return panel(
        grid(Ids.suppliers, supplier_columns(), supplier_rows(found), row_id="supplier_code", height=height),
        title=_("By supplier"),
    )
