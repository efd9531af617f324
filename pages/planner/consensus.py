"""S&OP › Consensus: the streams of the demand plan side by side, and the signatures under what comes of them."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.consensus import (
    PATH,
    Ids,
    columns,
    group_figure,
    level_names,
    month_choices,
    signing_parts,
    wanted_view,
)
from components.download import list_download
from components.figures.chart import chart
from components.figures.consensus_streams import HEIGHT
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field
from components.grid import grid, said_when_empty
from components.page import empty_state, page_frame, panel
from components.step_lock import lock_banner
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import consensus, consensus_streams
from services.consensus import LOCKERS, SIGNERS, ConsensusState
from services.consensus_streams import MONEY, UNITS, Streams, StreamView
from services.cycle_lock import RECONCILE, step_lock

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Consensus",
    area=Area.SOP,
    order=30,
    description="The streams of the demand plan side by side, their weights, and the signatures under the consensus",
)


def layout(**query: str) -> Component:
    view = wanted_view(query)
    found = consensus_streams.streams(viewer(), view)
    if not found.months:
        return page_frame(_nothing(), title=_("Consensus"))
    lock = step_lock(viewer(), RECONCILE)
    return page_frame(
        dcc.Store(id=Ids.view, data=asdict(view)),
        *([lock_banner(lock)] if lock else []),
        _signing(consensus.state(viewer()), closed=lock is not None),
        _filters(found, view),
        _chart(view),
        _grid(found, view),
        title=_("Consensus"),
        lead=_(
            "What statistics, sales, marketing, customers, finance and the planner expect, side by side, the widest "
            "disagreement first."
        ),
        actions=[
            dcc.Link(
                _("How streams are weighed"), href="/sop/stream-weights", className="btn btn-outline-primary btn-sm"
            ),
            dcc.Link(_("Limits and assumptions"), href="/sop/limits", className="btn btn-outline-primary btn-sm"),
            list_download("consensus-streams", asdict(view)),
        ],
    )


def _signing(found: ConsensusState, *, closed: bool) -> Component:
    parts, seen = signing_parts(found)
    return panel(
        dcc.Store(id=Ids.seen, data=seen),
        html.Div(parts, id=Ids.signing),
        _decisions(closed=closed or found.month is None),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        title=_("Signatures"),
    )


def _decisions(*, closed: bool) -> Component:
    """What a role may do stays on the screen: what is possible changes with every signature."""
    who = viewer()
    signs = who.may(Permission.PLAN_SIGN_OFF) and who.role in SIGNERS
    buttons = [
        (Ids.ask, _("Ask for signatures"), who.may(Permission.DEMAND_EDIT)),
        (Ids.sign, _("Sign this plan"), signs),
        (Ids.lock, _("Lock"), signs and who.role in LOCKERS),
        (Ids.unlock, _("Open again"), who.may(Permission.CYCLE_REOPEN)),
    ]
    note = dbc.Input(id=Ids.note, type="text", maxLength=consensus.LONGEST_NOTE, size="sm", debounce=False)
    made = [
        dbc.Button(text, id=name, color="primary", outline=name != Ids.sign, size="sm")
        for name, text, allowed in buttons
        if allowed
    ]
    if closed or not made:
        return html.Div()
    return html.Div(
        [field(_("Note, or the reason to open it again"), note), html.Div(made, className="decisions")],
        className="form-line",
    )


def _filters(found: Streams, view: StreamView) -> Component:
    shown = [(MONEY, _("RM")), (UNITS, _("Units"))]
    return filter_form(
        PATH,
        choice_filter(Ids.by, "by", _("Rows"), list(level_names().items()), view.by),
        choice_filter(Ids.month, "month", _("Month"), month_choices(found), view.month or NOTHING),
        choice_filter(Ids.shown, "shown", _("Figures"), shown, view.shown),
        text_filter(Ids.search, "search", _("Search"), view.search, placeholder=_("code or name")),
    )


def _chart(view: StreamView) -> Component:
    made, title = group_figure(view, None)
    return panel(
        html.H2(title, id=Ids.chart_title),
        chart(Ids.chart, made, summary=_("The layers of the plan by month, as in the table below"), height=HEIGHT),
    )


def _grid(found: Streams, view: StreamView) -> Component:
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            columns(found, view),
            row_id="id",
            selection="single",
            height=400,
            rowModelType="infinite",
            options=said_when_empty(_("No group is called that. Take the search off.")),
        ),
        html.P(
            _(
                "A stream counts as statistics and events where it is silent. ▲ and ▼ mark the two that are furthest "
                "apart; “apart” compares statistics with events and the streams that spoke."
            ),
            className="note",
        ),
    )


def _nothing() -> Component:
    return empty_state(
        _("There is no monthly forecast of all products yet: the consensus needs one to start from."),
        action=_("Run a forecast"),
        href="/demand/forecast-runs",
    )
