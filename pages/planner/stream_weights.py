"""S&OP › How streams are weighed: weights by category, each stream's past, and whether learning pays."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.consensus import PATH as CONSENSUS_PATH
from callbacks.planner.consensus import layer_names
from callbacks.planner.stream_weights import (
    HAND_IDS,
    HEIGHT,
    NAMES,
    PATH,
    Ids,
    mode_names,
    record_rows,
    rolling_figure,
    rolling_table,
    verdict,
    weight_columns,
    weight_rows,
)
from components.figures.chart import chart
from components.forms import field, select
from components.grid import figure_column, grid, percent_column, said_when_empty, text_column
from components.page import page_frame, panel
from components.step_lock import lock_banner
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import stream_weights
from services.cycle_lock import RECONCILE, step_lock
from services.stream_weights import MOST, WeightReport

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Stream weights",
    area=Area.SOP,
    order=31,
    description="How the streams of the demand plan are weighed in the consensus, and why",
    in_navigation=False,
)


def layout(**_query: str) -> Component:
    found = stream_weights.report(viewer())
    lock = step_lock(viewer(), RECONCILE)
    return page_frame(
        *([lock_banner(lock)] if lock else []),
        _choice(found, closed=lock is not None),
        _weights(found),
        _evaluation(found),
        _records(found),
        title=_("How streams are weighed"),
        lead=_(
            "The consensus is the weighted mean of statistics with events and of the streams that spoke. What the "
            "planner decides stands as it is."
        ),
        trail=[(_("Consensus"), CONSENSUS_PATH)],
    )


def _choice(found: WeightReport, *, closed: bool) -> Component:
    decided = found.choice
    if closed or not viewer().may(Permission.DEMAND_EDIT):
        return panel(html.P(_("Weights are %(mode)s.", mode=mode_names()[decided.mode]), className="totals"))
    names = layer_names()
    hand = [
        field(
            names[name],
            dbc.Input(id=name_id, type="number", min=0, max=MOST, step="any", value=decided.hand[name], size="sm"),
        )
        for name, name_id in zip(NAMES, HAND_IDS, strict=True)
    ]
    return panel(
        dcc.Store(id=Ids.seen, data=decided.version),
        html.Div(
            [
                field(_("Weights are"), select(Ids.mode, list(mode_names().items()), decided.mode)),
                *hand,
                dbc.Button(_("Save"), id=Ids.save, color="primary", size="sm"),
            ],
            className="form-line",
        ),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        html.P(_("The figures count when weights are set by hand."), className="note"),
    )


def _weights(found: WeightReport) -> Component:
    return panel(
        grid(
            Ids.rows,
            weight_columns(),
            weight_rows(found),
            row_id="category",
            height=300,
            options=said_when_empty(_("No product has demand or a forecast yet.")),
        ),
        title=_("Weights by category"),
        note=_(
            "Statistics with events weigh 1, a stream with half their squared error in RM 2. Few figures are drawn "
            "towards the weights of the company, and those towards 1; none is above 4 or below ¼."
        ),
    )


def _evaluation(found: WeightReport) -> Component:
    table = rolling_table(found)
    return panel(
        html.P(verdict(found), id=Ids.verdict, className="totals", role="status"),
        *([table, _chart(found)] if table is not None else []),
        title=_("Does learning pay?"),
        note=_("Each published plan is judged with weights from months that were over before its first one."),
    )


def _chart(found: WeightReport) -> Component:
    return chart(Ids.chart, rolling_figure(found), summary=_("WMAPE of each published plan by way"), height=HEIGHT)


def _records(found: WeightReport) -> Component:
    columns = [
        text_column("stream", _("Stream"), minWidth=120),
        figure_column("cells", _("Figures"), minWidth=90),
        percent_column("wmape", _("WMAPE")),
        percent_column("baseline_wmape", _("WMAPE with events"), headerTooltip=_("on the same figures")),
        percent_column("gain", _("Better by")),
        percent_column("bias", _("Bias")),
        percent_column("baseline_bias", _("Bias with events")),
    ]
    empty = said_when_empty(_("No stream spoke in a published plan of a month that is over."))
    return panel(
        grid(Ids.records, columns, record_rows(found), row_id="stream", height=270, options=empty),
        title=_("The past of each stream"),
        note=_("One to three months ahead, errors in RM, beside statistics with events on the same figures."),
    )
