"""Supply › Returns: goods that customers send back, and what becomes of them."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.returns import PATH, Ids, return_rows
from components.download import list_download
from components.filters import choice_filter, filter_form
from components.forms import NOTHING, field
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import returns
from services.returns import LONGEST_NOTE, ReturnRow, state_names

register_page(
    __name__,
    path=PATH,
    permission=Permission.PARTNER_READ,
    name="Returns",
    area=Area.SUPPLY,
    order=38,
    description="Goods that customers send back: received, restocked, scrapped",
)


def layout(show: str = "", **_query: str) -> Component:
    shown = show if show in returns.STATES else ""
    found = returns.returns(viewer(), show=shown)
    choices = [(NOTHING, _("All")), *state_names().items()]
    return page_frame(
        dcc.Store(id=Ids.shown, data=shown),
        filter_form(PATH, choice_filter(Ids.show, "show", _("Show"), choices, shown or NOTHING)),
        _list(found) if found or shown else _nothing(),
        title=_("Returns"),
        lead=_("What was agreed to come back. Received goods are set aside; they count as stock only once put back."),
        actions=[list_download("returns", {"show": shown}, grid_id=Ids.rows)],
    )


def _nothing() -> Component:
    return empty_state(
        _("No return is agreed. What customers report waits among the requests of partners."),
        action=_("See the requests"),
        href="/supply/partner-requests?kind=customer_return",
    )


def _list(found: list[ReturnRow]) -> Component:
    columns = [
        two_line_column("number", _("Return, reported"), minWidth=120, width=155),
        two_line_column("customer", _("Customer, order"), minWidth=130, width=225),
        two_line_column("item", _("Item"), minWidth=120, width=225),
        two_line_column("quantity", _("Quantity, lot"), minWidth=100, width=125, sortable=False),
        two_line_column("reason", _("Reason"), minWidth=100, width=110),
        two_line_column("credit", _("Credit"), minWidth=100, width=105, sortable=False),
        state_column("state", _("State"), minWidth=120, width=235),
    ]
    return panel(
        two_line_grid(Ids.rows, columns, return_rows(found), empty=_("No return in this state."), selection="single"),
        html.Div(
            [
                field(_("Note for colleagues"), dbc.Input(id=Ids.note, maxLength=LONGEST_NOTE)),
                html.Div(
                    [
                        dbc.Button(_("Received"), id=Ids.receive, color="primary", disabled=True),
                        dbc.Button(_("Back into stock"), id=Ids.restock, color="primary", outline=True, disabled=True),
                        dbc.Button(_("Scrap"), id=Ids.scrap, color="secondary", outline=True, disabled=True),
                    ],
                    className="button-row",
                ),
            ],
            className="proposal",
        ),
    )
