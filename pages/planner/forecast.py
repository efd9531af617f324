"""Demand › Forecast: the series of a run, how good each of them is, and why it is as it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.as_of import AsOfView, as_of_view
from callbacks.forecast_views import forecast_parts
from callbacks.planner.forecast import (
    FORECAST,
    PATH,
    TABS,
    Ids,
    asked_by,
    panel_of,
    parameters_of,
    wanted_series,
)
from callbacks.planner.forecast_runs import PATH as RUNS_PATH
from components.download import list_download
from components.figures.chart import chart, empty_figure
from components.figures.forecast_fan import HEIGHT
from components.figures.season_view import HEIGHT as SEASON_HEIGHT
from components.figures.stacked_parts import HEIGHT as PARTS_HEIGHT
from components.filters import choice_filter, filter_form, text_filter
from components.forecast_columns import (
    annotation_columns,
    candidate_columns,
    parts_columns,
    period_columns,
    series_columns,
    trial_columns,
)
from components.forms import NOTHING, field, select, status
from components.grid import grid, said_when_empty
from components.page import empty_state, page_frame, panel
from components.step_lock import lock_banner
from core.errors import NotFound
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from core.viewer import Viewer
from services import forecast_detail, forecast_series, forecast_trial, forecasts
from services.cycle_lock import DEMAND, step_lock
from services.demand_annotations import NOTE_LENGTH, OWN_KINDS
from services.forecast_detail import SeriesDetail
from services.forecast_reasons import method_name
from services.forecast_rows import kind_name, other_run_name
from services.forecast_series import SeriesFilters
from services.forecast_texts import accuracy_line, run_line, run_name
from services.forecast_trial import PARAMETERS
from services.forecasts import RunView
from services.published_plans import DEMAND_KINDS

register_page(
    __name__,
    path=PATH,
    permission=Permission.FORECAST_READ,
    name="Forecast",
    area=Area.DEMAND,
    order=10,
    description="Forecast of every product and location, its accuracy and its reasons",
)

LIST_HEIGHT = 290
TABLE_HEIGHT = 270
FIRST_TRIED = "theta"


def layout(
    run: str = "",
    product: str = "",
    location: str = "",
    tab: str = "",
    *,
    search: str = "",
    category: str = "",
    place: str = "",
    method: str = "",
    demand_class: str = "",
    as_of: str = "",
    **_query: str,
) -> Component:
    person = viewer()
    finished = forecasts.runs(person, finished_only=True)
    shown = next((found for found in finished if str(found.id) == run), finished[0] if finished else None)
    narrowed = {"category": category, "place": place, "method": method, "demand_class": demand_class}
    wanted = wanted_series({"search": search, **narrowed})
    past = as_of_view(DEMAND_KINDS, as_of)
    return page_frame(
        lock_banner(step_lock(viewer(), DEMAND)),
        dcc.Location(id=Ids.place, refresh=False),
        _nothing_yet(person)
        if shown is None
        else _results(shown, finished, wanted, _chosen_series(shown, wanted, (product, location)), past, tab=tab),
        title=_("Forecast"),
        lead=run_line(shown) if shown else _("What will be asked for, how sure that is, and why."),
        actions=[_runs_link(person, shown)],
    )


def _runs_link(person: Viewer, shown: RunView | None) -> Component:
    text = _("Run, compare or approve forecasts") if person.may(Permission.FORECAST_RUN) else _("Forecast runs")
    href = f"{RUNS_PATH}?run={shown.id}" if shown else RUNS_PATH
    return dcc.Link(text, href=href, className="btn btn-outline-primary btn-sm")


def _nothing_yet(person: Viewer) -> Component:
    if person.may(Permission.FORECAST_RUN):
        return empty_state(_("There is no forecast yet."), action=_("Run the first one"), href=RUNS_PATH)
    return empty_state(_("There is no forecast yet. A planner or an analyst can run one."))


def _results(
    run: RunView,
    finished: list[RunView],
    wanted: SeriesFilters,
    found: SeriesDetail | None,
    past: AsOfView,
    *,
    tab: str,
) -> Component:
    item = {"product_id": found.product_id, "location_id": found.location_id} if found else None
    shown_tab = tab if tab in TABS else TABS[0]
    return html.Div(
        [
            dcc.Store(id=Ids.run, data=run.id),
            dcc.Store(id=Ids.filters, data=asdict(wanted)),
            dcc.Store(id=Ids.item, data=item),
            dcc.Store(id=Ids.changed, data=0),
            *(dcc.Store(id=asked_by(name), data=_asked(name, run, item)) for name in TABS),
            _outdated(run),
            html.P(accuracy_line(forecast_series.run_accuracy(viewer(), run.id)), className="totals"),
            *past.strip(PATH),
            _filters(run, finished, wanted, past),
            *past.beside(Ids.as_of_rows, ["consensus"], scope={"category": wanted.category, "location": wanted.place}),
            _list(run, wanted),
            _detail(found, shown_tab),
            _notes(),
        ],
        className="explorer",
    )


def _asked(name: str, run: RunView, item: dict[str, int] | None) -> dict[str, int]:
    """The first series is in the page already; the other tabs ask when they are opened. An empty store must hold
    something, or it reports a change as soon as it is there."""
    return {"run": run.id, **item, "changed": 0} if item and name == TABS[0] else {}


def _chosen_series(run: RunView, wanted: SeriesFilters, item: tuple[str, str]) -> SeriesDetail | None:
    """The one in the address; without one the worst of the list, so that the page shows what it is for."""
    keys = tuple(int(text) if text.isascii() and text.isdigit() else 0 for text in item)
    if not any(item):
        worst = forecast_series.series(viewer(), run.id, filters=wanted, limit=1).rows
        if not worst:
            return None
        keys = (worst[0]["product_id"], worst[0]["location_id"])
    try:
        return forecast_detail.series_detail(viewer(), run.id, *keys)
    except NotFound:
        return None


def _outdated(run: RunView) -> Component | None:
    if not run.outdated:
        return None
    return html.P(status(_("Demand has changed since this forecast. Run a new one."), "warn"))


def _filters(run: RunView, finished: list[RunView], wanted: SeriesFilters, past: AsOfView) -> Component:
    found = forecast_series.filter_choices(viewer(), run.id)
    every = (NOTHING, _("All"))
    categories = [every, *((name, name) for name in found.categories)]
    places = [every, *((code, code) for code in found.places)]
    methods = [every, *((key, method_name(key)) for key in found.methods)]
    classes = [every, *((key, key.capitalize()) for key in found.demand_classes)]
    listed = finished if run in finished else [run, *finished]
    runs = [(str(one.id), run_name(one)) for one in listed]
    return filter_form(
        PATH,
        choice_filter(Ids.shown_run, "run", _("Forecast of"), runs, str(run.id)),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code or name")),
        choice_filter(Ids.category, "category", _("Category"), categories, wanted.category or NOTHING),
        choice_filter(Ids.shown_place, "place", _("Place"), places, wanted.place or NOTHING),
        choice_filter(Ids.method, "method", _("Method"), methods, wanted.method or NOTHING),
        choice_filter(Ids.demand_class, "demand_class", _("Demand class"), classes, wanted.demand_class or NOTHING),
        *past.choice(Ids.as_of),
    )


def _list(run: RunView, wanted: SeriesFilters) -> Component:
    query = {"run": str(run.id), **asdict(wanted)}
    return panel(
        html.Div(
            [
                html.P("", id=Ids.totals, className="totals", role="status"),
                html.Div(
                    [
                        list_download("forecast-series", query, grid_id=Ids.rows, name=_("Series")),
                        list_download("forecast-values", query, name=_("Their forecasts")),
                    ],
                    className="page-actions",
                ),
            ],
            className="panel-head",
        ),
        grid(
            Ids.rows,
            series_columns(),
            row_id="id",
            selection="single",
            height=LIST_HEIGHT,
            rowModelType="infinite",
        ),
    )


def _detail(found: SeriesDetail | None, tab: str) -> Component:
    values = forecast_parts(found) if found else _no_series()
    parts = dict(zip((name for name, _property in FORECAST), values, strict=True))
    other = other_run_name(found.other_run) if found else ""
    return html.Section(
        [
            _detail_head(parts),
            chart(
                Ids.chart,
                parts[Ids.chart],
                summary=_("Demand, fitted path and forecast with its band; the table holds the same figures."),
                height=HEIGHT,
            ),
            html.P(
                _("Drag over the chart to look closer, double-click to see all. The legend switches lines on and off."),
                className="note",
            ),
            dbc.Tabs(
                [dbc.Tab(label=_TABS[name](), tab_id=name) for name in TABS],
                id=Ids.tab,
                active_tab=tab,
                className="detail-tabs",
            ),
            *(
                html.Div(content, id=panel_of(name), hidden=name != tab, className="tab-panel")
                for name, content in _tab_contents(parts, other).items()
            ),
        ],
        className="panel forecast-detail",
    )


def _detail_head(parts: dict[str, Any]) -> Component:
    return html.Div(
        [
            html.Div(
                [
                    html.H2(parts[Ids.title], id=Ids.title),
                    html.P(parts[Ids.subtitle], id=Ids.subtitle, className="note"),
                ]
            ),
            html.Div(
                [
                    _step_button(Ids.previous, _("‹ Previous"), "k", _("The series before in the list (key k)")),
                    _step_button(Ids.next, _("Next ›"), "j", _("The next series of the list (key j)")),
                ],
                className="page-actions",
            ),
        ],
        className="panel-head series-head",
    )


def _step_button(component_id: str, text: str, key: str, title: str) -> Component:
    named = {"aria-keyshortcuts": key}
    return html.Button(text, id=component_id, title=title, className="btn btn-outline-secondary btn-sm", **named)


def _tab_contents(parts: dict[str, Any], other: str) -> dict[str, list[Component]]:
    contents = {
        "forecast": [grid(Ids.values, period_columns(other), parts[Ids.values], height=TABLE_HEIGHT)],
        "why": _why(),
        "components": _split(
            Ids.parts_chart,
            Ids.parts,
            _("Level, trend, season and events, prices among them, add up to the forecast, period by period."),
        ),
        "try": _try(),
        "history": _history(),
        "season": _season(),
        "channels": _split(
            Ids.channels_chart, Ids.channels, _("What goes through each channel adds up to the forecast.")
        ),
    }
    return {name: contents[name] for name in TABS}


def _why() -> list[Component]:
    return [
        html.Div(
            [html.Div(id=Ids.reasons, className="why"), html.Div(id=Ids.errors)],
            className="two-columns why-columns",
        ),
        html.H3(_("Methods tried; those that make the forecast are marked ●")),
        grid(Ids.candidates, candidate_columns([]), [], height=TABLE_HEIGHT),
    ]


def _split(chart_id: str, grid_id: str, note: str) -> list[Component]:
    return [
        html.P(note, className="note"),
        chart(chart_id, summary=_("The parts of the forecast; the table holds the same figures."), height=PARTS_HEIGHT),
        grid(grid_id, parts_columns([]), [], height=TABLE_HEIGHT),
    ]


def _try() -> list[Component]:
    methods = [(method.key, method.name) for method in forecast_trial.trial_methods()]
    taken = parameters_of(FIRST_TRIED)
    return [
        html.P(
            _(
                "Try another method on this series: it is drawn above beside the forecast, with its errors at the same "
                "earlier dates. It learns from the corrected history, without events. Nothing is stored."
            ),
            className="note",
        ),
        html.Div(
            [
                field(_("Method"), select(Ids.tried_method, methods, FIRST_TRIED)),
                *(
                    html.Div(
                        field(parameter.name(), _parameter_input(parameter.key)),
                        id={"type": Ids.parameter_field, "index": parameter.key},
                        hidden=parameter.key not in taken,
                    )
                    for parameter in PARAMETERS
                ),
                dbc.Button(_("Try"), id=Ids.attempt, color="primary", size="sm"),
            ],
            className="form-line",
        ),
        html.P("", id=Ids.tried_note, className="note outcome", role="status"),
        grid(
            Ids.trial,
            trial_columns(),
            [],
            height=TABLE_HEIGHT,
            options=said_when_empty(_("Choose a method and press Try.")),
        ),
    ]


def _parameter_input(key: str) -> Component:
    # No bounds here: a browser sends nothing for a value out of them, and the reader would not learn why.
    component_id = {"type": Ids.parameter, "index": key}
    return dbc.Input(id=component_id, type="number", step="any", size="sm", placeholder=_("by itself"))


def _history() -> list[Component]:
    may_decide = viewer().may(Permission.FORECAST_RUN)
    hidden = {} if may_decide else {"display": "none"}
    return [
        html.Div(
            [
                html.P(
                    _(
                        "What is out of line in the history. The next run learns from accepted corrections; what was "
                        "sold is kept."
                    ),
                    className="note",
                ),
                html.Div(_decisions(), className="decisions", style=hidden),
            ]
        ),
        html.P("", id=Ids.history_note, className="note outcome", role="status"),
        grid(
            Ids.annotations,
            annotation_columns(),
            [],
            row_id="id",
            selection="multiple" if may_decide else None,
            height=TABLE_HEIGHT,
            options=said_when_empty(
                _("Nothing noticed so far. Press Find outliers, or note an event below.")
                if may_decide
                else _("Nothing noticed so far.")
            ),
        ),
        html.Div([html.H3(_("Note an event or a correction")), _own_annotation()], style=hidden),
    ]


def _decisions() -> list[Component]:
    return [
        dbc.Button(_("Find outliers"), id=Ids.find, color="primary", size="sm"),
        html.Label(_("Note"), htmlFor=Ids.note, className="visually-hidden"),
        dbc.Input(
            id=Ids.note, size="sm", maxLength=NOTE_LENGTH, placeholder=_("Note, needed to reject"), className="reason"
        ),
        dbc.Button(_("Accept selected"), id=Ids.accept, color="primary", outline=True, size="sm"),
        dbc.Button(_("Reject selected"), id=Ids.reject, color="primary", outline=True, size="sm"),
    ]


def _own_annotation() -> Component:
    kinds = [(kind, kind_name(kind)) for kind in OWN_KINDS]
    return html.Div(
        [
            field(_("Period"), select(Ids.own_period, [], "")),
            field(_("Kind"), select(Ids.own_kind, kinds, OWN_KINDS[0])),
            field(
                _("Corrected demand"),
                dbc.Input(id=Ids.own_corrected, type="number", step="any", size="sm", placeholder=_("as sold")),
            ),
            html.Div(
                field(_("What happened"), dbc.Input(id=Ids.own_note, size="sm", maxLength=NOTE_LENGTH)),
                className="field-wide",
            ),
            dbc.Button(_("Add"), id=Ids.annotate, color="primary", outline=True, size="sm"),
        ],
        className="form-line",
    )


def _season() -> list[Component]:
    return [
        html.Div(
            [
                chart(Ids.years, summary=_("Demand by month or week, a line a year."), height=SEASON_HEIGHT),
                chart(Ids.decomposition, summary=_("Trend, season and remainder of demand."), height=SEASON_HEIGHT),
            ],
            className="two-columns season-columns",
        ),
        html.P("", id=Ids.season_note, className="note"),
    ]


def _no_series() -> tuple[Any, ...]:
    return (
        _("Nothing to show"),
        _("Choose a series in the list, or other filters."),
        empty_figure("", height=HEIGHT),
        [],
    )


def _notes() -> Component:
    return html.Div(
        [
            html.P(
                _(
                    "Errors are from earlier dates: each method forecast periods it had not seen. Errors of several "
                    "series are weighted with their demand. The method was chosen on the same dates, so expect "
                    "somewhat larger errors ahead."
                )
            ),
            html.P(
                [
                    _("Stocking policies don't change with a new forecast by themselves. "),
                    dcc.Link(_("Recalculate them under Inventory"), href="/inventory/positions")
                    if viewer().may(Permission.INVENTORY_EDIT)
                    else None,
                ]
            ),
        ],
        className="note",
    )


_TABS = {
    "forecast": lambda: _("Forecast"),
    "why": lambda: _("Why"),
    "components": lambda: _("Components"),
    "try": lambda: _("Try"),
    "history": lambda: _("History"),
    "season": lambda: _("Season"),
    "channels": lambda: _("Channels"),
}
