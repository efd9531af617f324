"""Demand › Forecast: run one, see how good it is, and why each series is forecast as it is."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.forecast import (
    DETAIL,
    JOB,
    PATH,
    Ids,
    detail_parts,
    family_options,
    wanted_series,
)
from components.figures.chart import chart, empty_figure
from components.figures.forecast_fan import HEIGHT
from components.filters import choice_filter, filter_form, text_filter
from components.forecast_columns import candidate_columns, period_columns, series_columns
from components.forecast_summary import FigureCard, figure_cards
from components.forms import NOTHING, field, select, status
from components.grid import BLOCK_ROWS, grid
from components.job_progress import job_progress
from components.page import empty_state, page_frame, panel
from core.errors import NotFound
from core.i18n import _, day
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from core.viewer import Viewer
from services import forecast_detail, forecast_series, forecasts, jobs
from services.forecast_detail import SeriesDetail
from services.forecast_reasons import method_name
from services.forecast_series import RunAccuracy, SeriesFilters
from services.forecast_texts import RunCard, run_cards, run_line, run_name
from services.forecasts import FormChoices, RunView
from services.glossary import definition

register_page(
    __name__,
    path=PATH,
    permission=Permission.FORECAST_READ,
    name="Forecast",
    area=Area.DEMAND,
    order=10,
    description="Forecast of every product and location, its accuracy and its reasons",
)

GRID_HEIGHT = 330
SMALL_GRID_HEIGHT = 250
DEFAULT_HORIZON = 6


def layout(
    run: str = "",
    product: str = "",
    location: str = "",
    *,
    search: str = "",
    method: str = "",
    demand_class: str = "",
    **_query: str,
) -> Component:
    person = viewer()
    finished = forecasts.runs(person, finished_only=True)
    shown = next((found for found in finished if str(found.id) == run), finished[0] if finished else None)
    wanted = wanted_series({"search": search, "method": method, "demand_class": demand_class})
    return page_frame(
        dcc.Location(id=Ids.address, refresh="callback-nav"),
        dcc.Location(id=Ids.place, refresh=False),
        _run_panel(person, opened=shown is None),
        _nothing_yet(person) if shown is None else _results(shown, finished, wanted, (product, location)),
        title=_("Forecast"),
        lead=run_line(shown) if shown else _("What will be asked for, how sure that is, and why."),
    )


def _run_panel(person: Viewer, *, opened: bool) -> Component | None:
    """The form, closed while there are results to look at."""
    if not person.may(Permission.FORECAST_RUN):
        return None
    under_way = jobs.active_job(person, forecasts.JOB_KIND)
    return html.Section(
        [
            html.Details(
                [html.Summary(_("Run a forecast")), _form(forecasts.form_choices(person))],
                open=opened or under_way is not None,
            ),
            job_progress(JOB, under_way),
            html.P("", id=Ids.outcome, className="note outcome", role="status"),
        ],
        className="panel run-panel",
    )


def _form(choices: FormChoices) -> Component:
    every = [(NOTHING, _("All"))]
    categories = sorted({category for category, _family in choices.groups})
    families = [(found["value"], found["label"]) for found in family_options(choices.groups, "")]
    categories_offered = [*every, *((name, name) for name in categories)]
    stages = {"planned": _("Planned"), "launch": _("Launch"), "active": _("Active"), "phase_out": _("Phase-out")}
    places = [(code, f"{code} · {name}") for code, name in choices.locations]
    until = _("Sales are known up to %(day)s.", day=day(choices.data_until)) if choices.data_until else ""
    return html.Div(
        [
            html.Div(
                [
                    field(_("Periods"), select(Ids.frequency, [("month", _("Months")), ("week", _("Weeks"))], "month")),
                    field(_("How many ahead"), _horizon_input()),
                    field(_("Category"), select(Ids.category, categories_offered, NOTHING)),
                    field(_("Product family"), select(Ids.family, families, NOTHING)),
                    field(_("Location"), select(Ids.location, [*every, *places], NOTHING)),
                    field(_("Life cycle"), select(Ids.life_cycle, [*every, *stages.items()], NOTHING)),
                    field(
                        _("Product codes"),
                        dbc.Input(id=Ids.products, type="text", placeholder=_("all, or some with commas")),
                    ),
                    dbc.Button(_("Run forecast"), id=Ids.start, color="primary"),
                ],
                className="filters",
            ),
            html.P(
                _(
                    "%(until)s Only whole months or weeks count; at most %(months)s months or %(weeks)s weeks ahead. "
                    "Retired products are left out.",
                    until=until,
                    months=forecasts.LONGEST_HORIZON["month"],
                    weeks=forecasts.LONGEST_HORIZON["week"],
                ),
                className="note",
            ),
        ]
    )


def _horizon_input() -> Component:
    longest = max(forecasts.LONGEST_HORIZON.values())
    return dbc.Input(id=Ids.horizon, type="number", min=1, max=longest, step=1, value=DEFAULT_HORIZON)


def _nothing_yet(person: Viewer) -> Component:
    if not person.may(Permission.FORECAST_RUN):
        return empty_state(_("There is no forecast yet. A planner or an analyst can run one."))
    if forecasts.form_choices(person).data_until is not None:
        return empty_state(_("There is no forecast yet. Choose months or weeks above and run the first one."))
    if person.may(Permission.IMPORT_RUN):
        return empty_state(
            _("A forecast needs sales, and there are none yet."), action=_("Import sales"), href="/data/import"
        )
    return empty_state(_("A forecast needs sales, and there are none yet. Ask an analyst to import them."))


def _results(run: RunView, finished: list[RunView], wanted: SeriesFilters, item: tuple[str, str]) -> Component:
    accuracy = forecast_series.run_accuracy(viewer(), run.id)
    detail = _chosen_series(run, wanted, item)
    return html.Div(
        [
            dcc.Store(id=Ids.run, data=run.id),
            dcc.Store(id=Ids.filters, data=asdict(wanted)),
            _outdated(run),
            figure_cards([_card(card) for card in run_cards(run, accuracy)]),
            _filters(run, finished, accuracy, wanted),
            _list(),
            _detail(detail),
            _notes(),
        ]
    )


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


def _card(card: RunCard) -> FigureCard:
    meaning = definition(card.anchor).href if card.anchor else ""
    return FigureCard(card.name, card.value, card.comparison, meaning, card.tone)


def _filters(run: RunView, finished: list[RunView], found: RunAccuracy, wanted: SeriesFilters) -> Component:
    every = (NOTHING, _("All"))
    methods = [every, *((key, method_name(key)) for key in found.by_method)]
    classes = [every, *((key, key.capitalize()) for key in found.by_class)]
    listed = finished if run in finished else [run, *finished]
    return filter_form(
        PATH,
        choice_filter(
            Ids.shown_run, "run", _("Forecast of"), [(str(one.id), run_name(one)) for one in listed], str(run.id)
        ),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code or name")),
        choice_filter(Ids.method, "method", _("Method"), methods, wanted.method or NOTHING),
        choice_filter(Ids.demand_class, "demand_class", _("Demand class"), classes, wanted.demand_class or NOTHING),
    )


def _list() -> Component:
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            series_columns(),
            row_id="id",
            selection="single",
            height=GRID_HEIGHT,
            rowModelType="infinite",
            options={"cacheBlockSize": BLOCK_ROWS, "maxConcurrentDatasourceRequests": 1},
        ),
    )


def _detail(found: SeriesDetail | None) -> Component:
    parts = dict(zip((name for name, _property in DETAIL), detail_parts(found) if found else _no_series(), strict=True))
    return html.Div(
        [
            html.Section(
                [
                    html.Div(
                        html.Div(
                            [
                                html.H2(parts[Ids.title], id=Ids.title),
                                html.P(parts[Ids.subtitle], id=Ids.subtitle, className="note"),
                            ]
                        ),
                        className="panel-head",
                    ),
                    chart(
                        Ids.chart,
                        parts[Ids.chart],
                        summary=_("Demand, fitted path and forecast with its band; the table holds the same figures."),
                        height=HEIGHT,
                    ),
                    html.P(
                        _("Drag over the chart to look closer, double-click to see all. The legend switches lines on."),
                        className="note",
                    ),
                    grid(Ids.values, period_columns(), parts[Ids.values], height=SMALL_GRID_HEIGHT),
                ],
                className="panel",
            ),
            panel(
                html.Div(parts[Ids.reasons], id=Ids.reasons, className="why"),
                html.H3(_("Errors at earlier dates")),
                html.Div(parts[Ids.errors], id=Ids.errors),
                html.H3(_("Methods tried, the chosen one marked ●")),
                grid(Ids.candidates, candidate_columns(), parts[Ids.candidates], height=SMALL_GRID_HEIGHT),
                title=_("Why this forecast"),
            ),
        ],
        className="two-columns forecast-detail",
    )


def _no_series() -> tuple[object, ...]:
    message = _("This forecast has no such series. Choose one in the list.")
    return message, "", empty_figure("", height=HEIGHT), "", "", [], []


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
