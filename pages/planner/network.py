"""Inventory › Network: where to hold an item's safety stock between supplier, plant and store."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.network import PATH, Ids, parts
from components.figures.chart import chart
from components.figures.network import HEIGHT
from components.filters import filter_form, text_filter
from components.forms import field, select
from components.network_columns import stage_columns
from components.page import empty_state, page_frame, panel
from components.two_line_grid import two_line_grid
from core.errors import NotFound, UserError
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import network
from services.glossary import definition
from services.network import LONGEST_WAIT, Network

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Network",
    area=Area.INVENTORY,
    order=30,
    description="Where to hold an item's safety stock between supplier, plant and store",
)


def layout(search: str = "", wait: str = "", **_query: str) -> Component:
    known = network.items(viewer(), search[:100])
    found = _found(known, wait)
    return page_frame(
        filter_form(
            PATH,
            text_filter(Ids.search, "search", _("Item or family"), search[:100], placeholder=_("code, name or family")),
        ),
        *([_stages(known, found)] if found else [_nothing(search)]),
        title=_("Network"),
        lead=_(
            "Where to hold an item's safety stock between supplier, plant and store, so that customers wait no longer "
            "than you promise and holding it costs least."
        ),
        actions=[dcc.Link(_("What is a day worth?"), href=definition("day-in-network").href, className="note")],
    )


def _found(known: list[tuple[int, str]], wait: str) -> Network | None:
    """The largest of the items that match."""
    if not known:
        return None
    try:
        return network.network(viewer(), known[0][0], wait)
    except NotFound:
        return None
    except UserError:
        return network.network(viewer(), known[0][0], 0)


def _nothing(search: str) -> Component:
    if search:
        return empty_state(_("No item with demand matches."), action=_("Show all items"), href=PATH)
    return empty_state(
        _("No item has demand yet. Forecast first."), action=_("Go to forecasts"), href="/demand/forecast-runs"
    )


def _stages(known: list[tuple[int, str]], found: Network) -> Component:
    totals, left_out, figure, rows, nothing, _outcome = parts(found)
    wait = dbc.Input(
        id=Ids.wait,
        type="number",
        min=0,
        max=LONGEST_WAIT,
        step=1,
        value=found.customer_days,
        debounce=False,
        size="sm",
    )
    choices = [(str(product), name) for product, name in known]
    return panel(
        html.Div(
            [
                html.Div(
                    field(_("Item"), select(Ids.item, choices, str(found.product_id))), className="field field-wide"
                ),
                field(_("Customers wait, days"), wait),
            ],
            className="form-line",
        ),
        html.P(totals, id=Ids.totals, className="totals", role="status"),
        _proposing(nothing),
        html.Details(
            [
                html.Summary(_("Picture")),
                chart(
                    Ids.picture,
                    figure,
                    summary=_("Stages from left to right, filled where stock stands; the table has the figures"),
                    height=HEIGHT,
                ),
            ],
            open=True,
        ),
        html.P(left_out, id=Ids.left_out, className="note"),
        two_line_grid(Ids.rows, stage_columns(), rows, empty=_("No stage."), selection="single"),
    )


def _proposing(nothing: bool) -> Component:
    outcome = html.Span("", id=Ids.outcome, className="note", role="status")
    button = dbc.Button(_("Propose these safety stocks"), id=Ids.propose, color="primary", size="sm", disabled=nothing)
    if not viewer().may(Permission.INVENTORY_EDIT):
        button.style = {"display": "none"}
    return html.Div([button, outcome], className="decisions")
