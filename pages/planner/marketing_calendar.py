"""Demand › Calendar: promotions and other events in lanes of months, with their effect on the demand plan."""

from __future__ import annotations

from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.marketing_calendar import CLOSED, HIDDEN, Ids, board_view, totals_text
from components.download import list_download
from components.event_texts import kind_name, mechanic_name, status_name
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field, select
from components.grid import figure_column, grid, percent_column, said_when_empty, text_column
from components.page import page_frame, panel
from components.step_lock import lock_banner
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import marketing_calendar
from services.cycle_lock import DEMAND, step_lock
from services.event_fields import KINDS, LONGEST_NAME, LONGEST_NOTE, MECHANICS
from services.marketing_calendar import STATUSES, CalendarView, calendar_view
from services.planning_events import PATH

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Calendar",
    area=Area.DEMAND,
    order=40,
    description="Promotions and other events by brand or channel, what they bring, and their effect on the demand plan",
)
Choices = dict[str, list[tuple[str, str]]]
EVERY = [(NOTHING, "–")]


def layout(event: str = "", **query: str) -> Component:
    view = calendar_view({name: "" if value == NOTHING else value for name, value in query.items()})
    found = marketing_calendar.board(viewer(), view)
    choices = marketing_calendar.choices(viewer())
    opened = {"kind": "open", "event": int(event)} if event.isdecimal() and len(event) < 19 else None
    return page_frame(
        dcc.Store(id=Ids.view, data=_query(view)),
        dcc.Store(id=Ids.acted, data=opened),
        dcc.Store(id=Ids.changed),
        dcc.Store(id=Ids.renewed),
        dcc.Store(id=Ids.seen),
        dcc.Store(id=Ids.proposal),
        lock_banner(step_lock(viewer(), DEMAND)),
        _filters(view, choices),
        html.Div(
            [
                panel(
                    html.P(totals_text(found), id=Ids.totals, className="totals", role="status"),
                    html.Div(board_view(found), id=Ids.board, className="calendar-board", **{"data-store": Ids.acted}),
                    html.P(
                        _(
                            "Drag a bar, or move it by ← and → (with Shift a week), to see what another date does "
                            "before you save it. Double-click a lane for a new event."
                        ),
                        className="note calendar-hint",
                    )
                    if viewer().may(Permission.EVENT_EDIT)
                    else None,
                ),
                _detail(choices),
            ],
            id=Ids.split,
            className=CLOSED[0],
        ),
        _results(),
        title=_("Marketing calendar"),
        lead=_("Promotions, price changes and other events; approved ones change the demand plan at once."),
        actions=_actions(view),
    )


def _query(view: CalendarView) -> dict[str, str]:
    names = ("by", "brand", "channel", "status", "search")
    return {"month": f"{view.month:%Y-%m}", **{name: getattr(view, name) for name in names}}


def _actions(view: CalendarView) -> list[Component]:
    def link(text: str, label: str, months: int) -> Component:
        query = {name: value for name, value in _query(view.moved(months)).items() if value}
        style = "btn btn-outline-primary btn-sm"
        return html.Span(dcc.Link(text, href=f"{PATH}?{urlencode(query)}", className=style, title=label))

    new = dbc.Button(_("New event"), id=Ids.new, color="primary", size="sm")
    if not viewer().may(Permission.EVENT_EDIT):
        new.style = HIDDEN
    return [link("◀", _("A month back"), -1), link("▶", _("A month on"), 1), new]


def _filters(view: CalendarView, choices: Choices) -> Component:
    every = [(NOTHING, _("All"))]
    lanes = [("brand", _("Brand")), ("channel", _("Channel"))]
    states = [*every, *((name, status_name(name)) for name in STATUSES)]
    month = dbc.Input(id=Ids.filter_month, name="month", type="month", value=f"{view.month:%Y-%m}")
    return filter_form(
        PATH,
        field(_("From month"), month),
        choice_filter(Ids.filter_by, "by", _("Lanes"), lanes, view.by),
        choice_filter(Ids.filter_brand, "brand", _("Brand"), [*every, *choices["brand"]], view.brand or NOTHING),
        choice_filter(
            Ids.filter_channel, "channel", _("Channel"), [*every, *choices["channel"]], view.channel or NOTHING
        ),
        choice_filter(Ids.filter_status, "status", _("Status"), states, view.status or NOTHING),
        text_filter(Ids.filter_search, "search", _("Search"), view.search, placeholder=_("code or name")),
    )


def _detail(choices: Choices) -> Component:
    close = {"aria-label": _("Close the detail")}
    return html.Section(
        [
            html.Div(
                [
                    html.Div([html.H2("", id=Ids.title), html.P("", id=Ids.state, className="note")]),
                    html.Button("✕", id=Ids.close, className="icon-button detail-close", **close),
                ],
                className="panel-head",
            ),
            html.P("", id=Ids.outcome, className="note outcome", role="status"),
            html.Div(id=Ids.warnings),
            html.Div(id=Ids.brought),
            _form(choices),
            html.H3(_("Effect on the demand plan, if approved")),
            html.Div(id=Ids.preview, role="status"),
            html.Div(
                [
                    dbc.Button(_("Save"), id=Ids.save, color="primary", size="sm"),
                    dbc.Button(_("Propose"), id=Ids.propose, color="primary", outline=True, size="sm"),
                    dbc.Button(_("Approve"), id=Ids.approve, color="primary", outline=True, size="sm"),
                ],
                className="form-line event-buttons",
            ),
            html.Div(
                [
                    field(_("Reason"), dbc.Input(id=Ids.reason, size="sm", maxLength=LONGEST_NOTE)),
                    dbc.Button(_("Reject"), id=Ids.reject, color="primary", outline=True, size="sm"),
                    dbc.Button(_("Cancel event"), id=Ids.cancel, color="primary", outline=True, size="sm"),
                ],
                id=Ids.deciding,
                className="form-line event-buttons",
                style=HIDDEN,
            ),
        ],
        id=Ids.detail,
        className=CLOSED[1],
        **{"aria-label": _("The chosen event")},
    )


def _form(choices: Choices) -> Component:
    channels = dbc.Checklist(
        id=Ids.channels, options=[{"value": code, "label": name} for code, name in choices["channel"]], inline=True
    )
    groups = (
        (Ids.category, _("Category"), "category"),
        (Ids.family, _("Family"), "family"),
        (Ids.brand, _("Brand"), "brand"),
        (Ids.location, _("Location"), "location"),
    )
    return html.Div(
        [
            _wide(_("Name"), dbc.Input(id=Ids.name, size="sm", maxLength=LONGEST_NAME)),
            field(_("Kind"), select(Ids.kind, [(kind, kind_name(kind)) for kind in KINDS], "")),
            field(_("Mechanic"), select(Ids.mechanic, [(name, mechanic_name(name)) for name in MECHANICS], "")),
            _wide(_("Products (codes), or a group below; none: all"), dbc.Input(id=Ids.products, size="sm")),
            *(field(label, select(part, [*EVERY, *choices[name]], NOTHING)) for part, label, name in groups),
            _wide(_("Channels (none: all)"), channels),
            field(_("First day"), dbc.Input(id=Ids.starts_on, type="date", size="sm")),
            field(_("Last day"), dbc.Input(id=Ids.ends_on, type="date", size="sm")),
            field(_("Discount, %"), _figure(Ids.discount)),
            field(_("Budget, RM"), _figure(Ids.budget)),
            field(_("Expected uplift, %"), _figure(Ids.uplift)),
            field(_("Missing after, %"), _figure(Ids.pull_forward)),
            field(_("From sisters, %"), _figure(Ids.cannibalisation)),
            html.Div(
                [
                    html.P("", id=Ids.evidence, className="note"),
                    dbc.Button(_("Take over"), id=Ids.take, color="primary", outline=True, size="sm"),
                ],
                className="event-evidence",
            ),
            _wide(_("Note"), dbc.Input(id=Ids.note, size="sm", maxLength=LONGEST_NOTE)),
            _wide(_("Lessons"), dbc.Textarea(id=Ids.lessons, size="sm", maxLength=LONGEST_NOTE, rows=2)),
        ],
        className="event-form",
    )


def _figure(component_id: str) -> Component:
    return dbc.Input(id=component_id, type="number", step="any", size="sm", debounce=True)


def _wide(label: str, control: Component) -> Component:
    found = field(label, control)
    found.className = "field field-wide"
    return found


def _results() -> Component:
    columns = [
        text_column("code", _("Event"), pinned="left", minWidth=120, maxWidth=190, tooltipField="code"),
        text_column("name", _("Name"), minWidth=170, tooltipField="name"),
        text_column("ends_on", _("Ended"), minWidth=98, maxWidth=110),
        text_column("works_by", _("Mechanic"), minWidth=95),
        percent_column("discount", _("Discount"), decimals=0, minWidth=90),
        percent_column("expected_uplift", _("Expected"), decimals=0, minWidth=92),
        percent_column("actual_uplift", _("Actual"), decimals=0, minWidth=80),
        figure_column("incremental_units", _("Units on top"), minWidth=105),
        figure_column("incremental_margin", _("Margin RM"), minWidth=100),
        figure_column("budget", _("Budget RM"), minWidth=98),
        percent_column("roi", _("Return"), decimals=0, minWidth=80),
        text_column("lessons", _("Lessons"), minWidth=140, tooltipField="lessons"),
    ]
    return panel(
        html.P("", id=Ids.result_totals, className="totals", role="status"),
        grid(
            Ids.results,
            columns,
            row_id="id",
            height=300,
            rowModelType="infinite",
            options=said_when_empty(_("Events stand here once they and the week after them are over.")),
        ),
        title=_("Past events: expected and actual"),
        actions=[list_download("past-events", grid_id=Ids.results)],
    )
