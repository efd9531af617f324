"""S&OP › Limits and assumptions: floors and ceilings of finance, and what the plan takes for granted."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from callbacks.planner.consensus import PATH as CONSENSUS_PATH
from callbacks.planner.consensus import layer_names
from callbacks.planner.plan_bounds import PATH, Ids, shown_assumptions, shown_bounds
from components.forms import field, select
from components.grid import figure_column, grid, said_when_empty, text_column
from components.page import empty_state, page_frame, panel
from components.step_lock import lock_banner
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import consensus_streams
from services.consensus_streams import StreamView
from services.cycle_lock import RECONCILE, step_lock
from services.plan_scope import LAYERS

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Limits and assumptions",
    area=Area.SOP,
    order=32,
    description="Floors and ceilings of the plan, and what it takes for granted",
    in_navigation=False,
)
TONES = {"tone-bad": "params.data && params.data.broken"}
MOVED = {"tone-warn": "params.data && params.data.has_moved"}


def layout(**_query: str) -> Component:
    months = [f"{month:%Y-%m}" for month in consensus_streams.streams(viewer(), StreamView(by="company")).months]
    if not months:
        return page_frame(_nothing(), title=_("Limits and assumptions"))
    lock = step_lock(viewer(), RECONCILE)
    scopes = _scopes()
    return page_frame(
        *([lock_banner(lock)] if lock else []),
        _bounds(months, scopes, closed=lock is not None),
        _assumptions(months, scopes, closed=lock is not None),
        title=_("Limits and assumptions"),
        lead=_("What the consensus must not fall below or rise above, and what it takes for granted."),
        trail=[(_("Consensus"), CONSENSUS_PATH)],
    )


def _scopes() -> list[tuple[str, str]]:
    found = [("company", _("Company"))]
    for level in ("category", "channel"):
        listed = consensus_streams.streams(viewer(), StreamView(by=level))
        found += [(f"{level}:{key}", name) for key, name in zip(listed.keys, listed.names, strict=True)]
    return found


def _bounds(months: list[str], scopes: list[tuple[str, str]], *, closed: bool) -> Component:
    rows, text = shown_bounds()
    columns = [
        text_column("whose", _("Of"), pinned="left", minWidth=110),
        text_column("month", _("Month"), minWidth=90),
        text_column("measure", _("In"), minWidth=70),
        figure_column("floor", _("Floor"), minWidth=100),
        figure_column("planned", _("Plan"), minWidth=100),
        figure_column("ceiling", _("Ceiling"), minWidth=100),
        text_column("state", _("State"), minWidth=190, cellClassRules=TONES),
        figure_column("gap_value", _("Outside by RM"), minWidth=120),
        text_column("note", _("Note"), minWidth=140, tooltipField="note"),
        text_column("who", _("By"), minWidth=120),
    ]
    empty = said_when_empty(_("No bound yet: finance sets a floor or a ceiling below."))
    return panel(
        html.P(text, id=Ids.totals, className="totals", role="status"),
        grid(Ids.bounds, columns, rows, row_id="id", selection="single", height=300, options=empty),
        _inside(closed=closed),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        *([] if closed or not viewer().may(Permission.AOP_EDIT) else [_bound_form(months, scopes)]),
        title=_("Floors and ceilings"),
    )


def _inside(*, closed: bool) -> Component:
    buttons = []
    if not closed and viewer().may(Permission.DEMAND_EDIT):
        buttons += [_button(Ids.preview, _("What would bring it inside?")), _button(Ids.inside, _("Bring inside"))]
    if not closed and viewer().may(Permission.AOP_EDIT):
        buttons.append(_button(Ids.remove, _("Remove the bound")))
    return html.Div([*buttons, html.Span("", id=Ids.told, className="note", role="status")], className="decisions")


def _bound_form(months: list[str], scopes: list[tuple[str, str]]) -> Component:
    return html.Div(
        [
            field(_("Of"), select(Ids.whose, scopes, "company")),
            field(_("From"), select(Ids.starts, _named(months), months[0])),
            field(_("To"), select(Ids.ends, _named(months), months[0])),
            field(_("In"), select(Ids.measure, _measures(), "revenue")),
            field(_("Floor"), _figure(Ids.floor)),
            field(_("Ceiling"), _figure(Ids.ceiling)),
            field(_("Note"), dbc.Input(id=Ids.note, type="text", maxLength=500, size="sm")),
            dbc.Button(_("Set the bound"), id=Ids.save, color="primary", size="sm"),
        ],
        className="form-line",
    )


def _assumptions(months: list[str], scopes: list[tuple[str, str]], *, closed: bool) -> Component:
    columns = [
        text_column("body", _("Assumption"), pinned="left", minWidth=180, width=280, tooltipField="body"),
        text_column("rests", _("Rests on"), minWidth=220, tooltipField="rests"),
        figure_column("figure", _("Figure then"), minWidth=110),
        figure_column("now", _("Figure now"), minWidth=110),
        text_column("moved", _("Since then"), minWidth=150, cellClassRules=MOVED),
        text_column("status", _("Status"), minWidth=100),
        text_column("owner", _("Owner"), minWidth=120),
        text_column("cycle", _("Cycle"), minWidth=90),
    ]
    empty = said_when_empty(_("Nothing is written down yet: say below what a figure of the plan rests on."))
    may = not closed and viewer().may(Permission.PLAN_SIGN_OFF)
    decisions = [_button(Ids.confirm, _("Confirmed")), _button(Ids.refute, _("Wrong"))] if may else []
    return panel(
        grid(Ids.assumptions, columns, shown_assumptions(), row_id="id", selection="single", height=300, options=empty),
        html.Div([*decisions, html.Span("", id=Ids.written, className="note", role="status")], className="decisions"),
        *([_assumption_form(months, scopes)] if may else []),
        title=_("Assumptions"),
        note=_("Each is linked to a figure of the plan, and marked when that has moved by more than was agreed."),
    )


def _assumption_form(months: list[str], scopes: list[tuple[str, str]]) -> Component:
    names = layer_names()
    layers = [(name, names[name]) for name in LAYERS]
    return html.Div(
        [
            html.Div(
                field(_("Assumption"), dbc.Input(id=Ids.body, type="text", maxLength=500, size="sm")),
                className="field field-wide",
            ),
            field(_("Rests on"), select(Ids.layer, layers, "consensus")),
            field(_("Of"), select(Ids.of, scopes, "company")),
            field(_("From"), select(Ids.since, _named(months), months[0])),
            field(_("To"), select(Ids.until, _named(months), months[-1])),
            field(_("In"), select(Ids.in_measure, _measures(), "revenue")),
            field(_("Moved by more than %"), _figure(Ids.tolerance, 5)),
            dbc.Button(_("Write down"), id=Ids.write, color="primary", size="sm"),
        ],
        className="form-line",
    )


def _named(months: list[str]) -> list[tuple[str, str]]:
    return [(month, month) for month in months]


def _measures() -> list[tuple[str, str]]:
    return [("revenue", _("RM")), ("volume", _("Units"))]


def _figure(component_id: str, value: Any = None) -> Component:
    return dbc.Input(id=component_id, type="number", min=0, step="any", value=value, size="sm")


def _button(component_id: str, text: str) -> Component:
    return dbc.Button(text, id=component_id, color="primary", outline=True, size="sm")


def _nothing() -> Component:
    return empty_state(
        _("There is no monthly forecast of all products yet: limits need a plan."),
        action=_("Run a forecast"),
        href="/demand/forecast-runs",
    )
