"""Inventory › Policy review: proposed stocking policies beside those in force, to approve or reject."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.policy_review import CLOSED, PATH, POSITIONS_PATH, Ids, wanted_proposals
from components.download import list_download
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field
from components.grid import grid, said_when_empty
from components.page import page_frame, panel
from components.policy_columns import policy_columns
from components.policy_texts import source_name
from components.step_lock import lock_banner
from components.two_line_grid import ROW_HEIGHT
from core.i18n import _, percent
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import policy_review, positions
from services.cycle_lock import SUPPLY, step_lock
from services.item_classes import BOXES
from services.policy_review import REASON_LENGTH, SOURCES, PolicyFilters

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Policy review",
    area=Area.INVENTORY,
    order=22,
    description="Changes of stocking policies to approve, with the service they promise and would give",
)


def layout(**query: str) -> Component:
    wanted = wanted_proposals(query)
    may_edit = viewer().may(Permission.INVENTORY_EDIT)
    limit = policy_review.change_limit(viewer())
    return page_frame(
        lock_banner(step_lock(viewer(), SUPPLY)),
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        dcc.Store(id=Ids.changed),
        dcc.Store(id=Ids.renewed),
        dcc.Store(id=Ids.seen),
        _filters(wanted, limit),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        html.Div([_list(limit, may_edit=may_edit), _detail(may_edit=may_edit)], id=Ids.split, className=CLOSED[0]),
        title=_("Policy review"),
        lead=_(
            "Changes of stocking policies that wait for a decision, the most money first. The recalculation applies "
            "changes up to %(limit)s by itself.",
            limit=percent(limit, decimals=0),
        ),
        actions=[list_download("policy-proposals", asdict(wanted), grid_id=Ids.rows)],
    )


def _filters(wanted: PolicyFilters, limit: float) -> Component:
    choices = positions.filter_choices(viewer())
    every = [(NOTHING, _("All"))]
    sources = [*every, *((name, source_name(name)) for name in SOURCES)]
    boxes = [*every, *((name, name) for name in BOXES)]
    places, categories = ([*every, *choices[name]] for name in ("location", "category"))
    company = f"{limit * 100:g}"
    limits = [*every, *((step, _("over %(limit)s %%", limit=step)) for step in dict.fromkeys((company, "50", "100")))]
    return filter_form(
        PATH,
        choice_filter(Ids.source, "source", _("From"), sources, wanted.source or NOTHING),
        choice_filter(Ids.box, "box", _("Class"), boxes, wanted.box or NOTHING),
        choice_filter(Ids.location, "location", _("Location"), places, wanted.location or NOTHING),
        choice_filter(Ids.category, "category", _("Category"), categories, wanted.category or NOTHING),
        choice_filter(Ids.beyond, "beyond", _("Change"), limits, wanted.beyond or NOTHING),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code or name")),
    )


def _list(limit: float, *, may_edit: bool) -> Component:
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        _decisions(limit) if may_edit else html.Div(),
        grid(
            Ids.rows,
            policy_columns(),
            row_id="id",
            selection="multiple" if may_edit else None,
            height=560,
            rowModelType="infinite",
            options={
                "rowHeight": ROW_HEIGHT,
                **said_when_empty(
                    _("Nothing waits for a decision. Recalculate under Positions, or propose levels there.")
                ),
            },
        ),
    )


def _decisions(limit: float) -> Component:
    return html.Div(
        [
            html.Label(_("Change limit, %"), htmlFor=Ids.limit, className="form-label policy-limit-name"),
            dbc.Input(
                id=Ids.limit,
                type="number",
                step="any",
                size="sm",
                value=round(limit * 100, 2),
                className="policy-limit",
            ),
            dbc.Button(_("Approve selected"), id=Ids.approve, color="primary", size="sm", disabled=True),
            dbc.Button(_("Approve all listed"), id=Ids.approve_all, color="primary", outline=True, size="sm"),
            html.Label(_("Reason to reject"), htmlFor=Ids.reason, className="visually-hidden"),
            dbc.Input(
                id=Ids.reason, size="sm", maxLength=REASON_LENGTH, placeholder=_("Reason to reject"), className="reason"
            ),
            dbc.Button(_("Reject selected"), id=Ids.reject, color="primary", outline=True, size="sm", disabled=True),
            html.Span("", id=Ids.selected, className="note", role="status"),
        ],
        className="decisions",
    )


def _detail(*, may_edit: bool) -> Component:
    close = {"aria-label": _("Close the detail")}
    return html.Section(
        [
            html.Div(
                [
                    html.Div([html.H2("", id=Ids.title), html.P("", id=Ids.place, className="note")]),
                    html.Button("✕", id=Ids.close, className="icon-button detail-close", **close),
                ],
                className="panel-head",
            ),
            html.Div(id=Ids.levels),
            _deciding(may_edit=may_edit),
            html.H3(_("Service")),
            html.Div(id=Ids.service),
            html.H3(_("Why these levels")),
            html.Div(id=Ids.why, className="why"),
            html.H3(_("History")),
            html.Div(id=Ids.history),
            dcc.Link(_("See its stock position"), id=Ids.position, href=POSITIONS_PATH, className="to-position"),
        ],
        id=Ids.detail,
        className=CLOSED[1],
        **{"aria-label": _("The chosen proposal")},
    )


def _deciding(*, may_edit: bool) -> Component:
    note = field(_("Note, or why it is rejected"), dbc.Input(id=Ids.note, size="sm", maxLength=REASON_LENGTH))
    note.className = "field field-wide"
    return html.Div(
        [
            note,
            dbc.Button(_("Approve"), id=Ids.approve_one, color="primary", size="sm"),
            dbc.Button(_("Reject"), id=Ids.reject_one, color="primary", outline=True, size="sm"),
        ],
        className="form-line decide-one",
        style={} if may_edit else {"display": "none"},
    )
