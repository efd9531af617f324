"""Demand › Forecast accuracy: what forecasts were worth, by anything, beside seasonal naive and the approved run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.forecast_accuracy import (
    EXPLORER_PATH,
    NO_CELL,
    PARETO_SERIES,
    PATH,
    RUN_SHOWN,
    Ids,
    address,
    largest,
    scope_text,
    series_row,
    wanted_cell,
    wanted_filters,
)
from components.accuracy_cards import AccuracyCard, accuracy_cards
from components.accuracy_columns import drift_columns, run_columns, series_columns, table_columns
from components.accuracy_triangle import triangle, triangle_height
from components.download import list_download
from components.figures import accuracy as figures
from components.figures.chart import chart
from components.filters import choice_filter, filter_form
from components.forms import NOTHING
from components.grid import grid
from components.page import empty_state, page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import accuracy_filters, forecast_accuracy, forecasts
from services import accuracy_texts as texts
from services.accuracy_cards import measure_cards
from services.accuracy_filters import HISTORY, LIVED, TESTED, AccuracyChoices, AccuracyFilters
from services.accuracy_tables import period_name
from services.forecast_accuracy import Overview
from services.forecast_reasons import method_name
from services.forecast_texts import run_name
from services.glossary import definition

register_page(
    __name__,
    path=PATH,
    permission=Permission.FORECAST_READ,
    name="Forecast accuracy",
    area=Area.DEMAND,
    order=15,
    description="How good past forecasts were, and how good their methods are",
)

TABLE_HEIGHT, SERIES_HEIGHT, DRIFT_HEIGHT, RUNS_HEIGHT = 420, 360, 300, 330
TABLE_HEADER, ROW_HEIGHT = 102, 30


def layout(**query: str) -> Component:
    wanted = wanted_filters(query)
    choices = accuracy_filters.choices_of(viewer(), wanted.frequency)
    cell = {name: query.get(name, "") for name in NO_CELL}
    content, text = _content(wanted, choices, cell) if choices.runs else ([_no_runs(wanted)], "")
    return page_frame(
        dcc.Location(id=Ids.place, refresh=False),
        dcc.Store(id=Ids.filters, data=address(wanted)),
        dcc.Store(id=Ids.cell, data=cell),
        dcc.Store(id=Ids.renewed),
        _views(wanted),
        *content,
        title=_("Forecast accuracy"),
        lead=text,
    )


# What is asked


def _views(wanted: AccuracyFilters) -> Component:
    """The sources; going to another keeps the filters that it knows too."""
    names = {
        LIVED: _("Lived accuracy"),
        TESTED: _("Tested accuracy"),
        HISTORY: _("Runs and drift"),
    }
    kept = {name: value for name, value in address(wanted).items() if name not in ("view", "by", "run")}
    links = [
        dcc.Link(
            [name, html.Span(_("(shown below)"), className="visually-hidden") if view == wanted.view else None],
            href=f"{PATH}?{urlencode({'view': view, **kept})}",
            className="nav-link active" if view == wanted.view else "nav-link",
        )
        for view, name in names.items()
    ]
    return html.Nav(links, className="nav nav-tabs accuracy-views")


def _filters(wanted: AccuracyFilters, choices: AccuracyChoices) -> Component:
    asked = [
        dbc.Input(id=Ids.view, type="hidden", name="view", value=wanted.view),
        choice_filter(Ids.frequency, "frequency", _("Periods"), texts.frequencies(), wanted.frequency),
        choice_filter(Ids.by, "by", _("Listed by"), texts.listings(wanted.view), wanted.by),
    ]
    if wanted.view == LIVED:
        asked.append(choice_filter(Ids.level, "level", _("Errors taken at"), texts.levels(), wanted.level))
    asked.append(choice_filter(Ids.weight, "weight", _("Weighted with"), texts.weights(), wanted.weight))
    methods, classes = accuracy_filters.methods_and_classes(viewer(), wanted.frequency)
    every = (NOTHING, _("All"))
    asked += [
        choice_filter(
            Ids.demand_class,
            "demand_class",
            _("Demand class"),
            [every, *((key, key.capitalize()) for key in classes)],
            wanted.demand_class or NOTHING,
        ),
        choice_filter(
            Ids.method,
            "method",
            _("Leading method"),
            [every, *((key, method_name(key)) for key in methods)],
            wanted.method or NOTHING,
        ),
    ]
    if wanted.view != TESTED:
        asked += _period_filters(wanted, choices)
    if wanted.view != HISTORY:
        asked.append(_run_filter(wanted))
    return filter_form(PATH, *asked)


def _period_filters(wanted: AccuracyFilters, choices: AccuracyChoices) -> list[Component]:
    farthest = max(min(run.horizon, accuracy_filters.DEEPEST_LAG[wanted.frequency]) for run in choices.runs)
    lags = [(str(lag), texts.lag_name(lag, wanted.frequency)) for lag in range(1, farthest + 1)]
    known = dict.fromkeys([*choices.periods, *(period for period in (wanted.start, wanted.end) if period)])
    periods = [(f"{period:%Y-%m-%d}", period_name(period, wanted.frequency)) for period in sorted(known, reverse=True)]
    asked = [choice_filter(Ids.lag, "lag", _("Lag"), lags, str(wanted.lag))]
    if wanted.start and wanted.end:
        asked += [
            choice_filter(Ids.start, "start", _("From"), periods, f"{wanted.start:%Y-%m-%d}"),
            choice_filter(Ids.end, "end", _("To"), periods, f"{wanted.end:%Y-%m-%d}"),
        ]
    return asked


def _run_filter(wanted: AccuracyFilters) -> Component:
    newest = _("Newest at each lag") if wanted.view == LIVED else _("Newest")
    found = forecasts.runs(viewer(), finished_only=True)
    listed = [(str(run.id), run_name(run)) for run in found if run.frequency == wanted.frequency]
    return choice_filter(Ids.run, "run", _("Forecast of"), [(NOTHING, newest), *listed], str(wanted.run or NOTHING))


# What is shown

Content = tuple[list[Component | None], str]


def _content(wanted: AccuracyFilters, choices: AccuracyChoices, cell: Mapping[str, str]) -> Content:
    """Filters and figures, and what they are in one sentence."""
    content, text = {LIVED: _lived, TESTED: _tested, HISTORY: _history}[wanted.view](wanted, choices, cell)
    return [_filters(wanted, choices), *content], text


def _lived(wanted: AccuracyFilters, choices: AccuracyChoices, cell: Mapping[str, str]) -> Content:
    found = forecast_accuracy.overview(viewer(), wanted)
    if found is None:
        return [_nothing_lived(wanted, choices)], ""
    approved = any(run.approved for run in choices.runs)
    content = [
        _cards(found, wanted),
        _table(wanted, approved=approved),
        html.Div([_by_period(found, wanted), _triangle(found, wanted)], className="two-columns accuracy-columns"),
        _series(wanted, cell),
        _notes(wanted, found),
    ]
    return content, texts.lead(found, wanted)


def _tested(wanted: AccuracyFilters, _choices: AccuracyChoices, cell: Mapping[str, str]) -> Content:
    found = forecast_accuracy.overview(viewer(), wanted)
    if found is None:
        return [_nothing_fits(wanted)], ""
    content = [
        _cards(found, wanted),
        _table(wanted, approved=found.baseline > 0),
        _series(wanted, cell),
        _notes(wanted, found),
    ]
    return content, texts.lead(found, wanted)


def _history(wanted: AccuracyFilters, _choices: AccuracyChoices, _cell: Mapping[str, str]) -> Content:
    rows = forecast_accuracy.run_history(viewer(), wanted)
    text = _("How the methods of every run did at earlier dates, and which series have begun to miss on one side.")
    if not rows:
        return [_nothing_fits(wanted)], text
    return [_runs(rows, wanted), _drift(wanted)], text


def _cards(found: Overview, wanted: AccuracyFilters) -> Component:
    return accuracy_cards(
        [
            AccuracyCard(card.name, card.value, card.lines, definition(card.anchor).href, card.tone)
            for card in measure_cards(found, wanted)
        ]
    )


def _table(wanted: AccuracyFilters, *, approved: bool) -> Component:
    name = texts.listing_name(wanted.by)
    rows = forecast_accuracy.accuracy_table(viewer(), wanted, limit=1).total
    columns = table_columns(
        wanted.by, name, lived=wanted.view == LIVED, in_money=wanted.weight == "money", approved=approved
    )
    height = min(TABLE_HEADER + ROW_HEIGHT * max(rows, 3), TABLE_HEIGHT)
    return panel(
        grid(
            Ids.table,
            columns,
            height=height,
            rowModelType="infinite",
        ),
        title=_("By %(name)s", name=name.lower()),
        note=_("Open a measure's heading to see what it is compared with."),
        actions=[
            html.Span("", id=Ids.table_totals, className="note", role="status"),
            *_download("forecast-accuracy", address(wanted), Ids.table),
        ],
    )


def _by_period(found: Overview, wanted: AccuracyFilters) -> Component:
    rows = found.by_period
    lines = {name: [row[column] for row in rows] for name, column in _LINES.items()}
    height = max(figures.HEIGHT, triangle_height(found.triangle))
    return panel(
        chart(
            Ids.periods,
            figures.errors_by_period([row["label"] for row in rows], **lines, height=height),
            summary=_("WMAPE and bias of every period; the table listed by period holds the same figures."),
            height=height,
        ),
        title=_("By period, lag %(lag)s", lag=wanted.lag),
        actions=_download("forecast-accuracy", address(wanted, by="period")),
    )


_LINES = {"own": "wmape", "naive": "naive_wmape", "approved": "approved_wmape", "bias": "bias"}


def _triangle(found: Overview, wanted: AccuracyFilters) -> Component:
    return panel(
        triangle(Ids.triangle, found.triangle, bias_lag=wanted.lag),
        html.P(
            _("Blue: below the middle one of these errors; orange: above. Choose a cell to list its series below."),
            className="note triangle-note",
        ),
        title=_("WMAPE by period and lag"),
        actions=_download("forecast-accuracy-triangle", address(wanted)),
    )


def _series(wanted: AccuracyFilters, named: Mapping[str, str]) -> Component:
    cell = wanted_cell(dict(named), wanted)
    found = forecast_accuracy.series_table(viewer(), wanted, cell=cell, limit=PARETO_SERIES)
    everything = dbc.Button(_("All periods"), id=Ids.all_cells, size="sm", outline=True, color="primary")
    return panel(
        html.P(scope_text(found, wanted, cell), id=Ids.scope, className="totals", role="status"),
        chart(
            Ids.pareto,
            largest(found),
            summary=_("The series that miss the most money; the list below holds the same figures."),
            height=figures.HEIGHT,
        ),
        grid(
            Ids.series,
            series_columns(lived=wanted.view == LIVED),
            row_id="id",
            height=SERIES_HEIGHT,
            rowModelType="infinite",
        ),
        title=_("Where the money is missed"),
        note=_("Absolute error × price, the largest first."),
        actions=[
            *([everything] if wanted.view == LIVED else []),
            *_download("forecast-accuracy-series", address(wanted), Ids.series),
        ],
    )


def _runs(rows: list[dict[str, Any]], wanted: AccuracyFilters) -> Component:
    name = texts.listing_name(wanted.by)
    listed = [{shown: row[shown] for shown in RUN_SHOWN} for row in sorted(rows, key=lambda row: -row["run_id"])]
    return panel(
        chart(
            Ids.runs,
            figures.runs_over_time(rows, key=wanted.by),
            summary=_("WMAPE of every run and how many of its series had which method; the list holds the same."),
            height=figures.RUNS_HEIGHT,
        ),
        grid(Ids.run_list, run_columns(name), listed, height=RUNS_HEIGHT),
        title=_("Run after run, by %(name)s", name=name.lower()),
        note=_("Errors at earlier dates, as each run found them when it was made; the newest first."),
        actions=_download("forecast-accuracy-runs", address(wanted), Ids.run_list),
    )


def _drift(wanted: AccuracyFilters) -> Component:
    return html.Div([_drifting(wanted, LIVED), _drifting(wanted, TESTED)], className="two-columns accuracy-columns")


def _drifting(wanted: AccuracyFilters, view: str) -> Component:
    lived = view == LIVED
    found = forecast_accuracy.drifting_series(viewer(), wanted, view=view)
    component_id = Ids.lived_drift if lived else Ids.tested_drift
    title = _("Drift of lived forecasts, lag %(lag)s", lag=wanted.lag) if lived else _("Drift at earlier dates")
    return panel(
        html.P(texts.drift_text(len(found.rows), found.total), className="totals"),
        grid(component_id, drift_columns(lived=lived), [series_row(row) for row in found.rows], height=DRIFT_HEIGHT)
        if found.rows
        else None,
        title=title,
        note=_("Signal beyond ±4: + too little was forecast, − too much."),
        actions=_download("forecast-drift", address(wanted, view=view, by=""), component_id),
    )


def _download(name: str, query: Mapping[str, str], grid_id: str = "") -> list[Component]:
    buttons = list_download(name, query, grid_id=grid_id)
    return [buttons] if buttons else []


def _notes(wanted: AccuracyFilters, found: Overview) -> Component:
    links = [
        dcc.Link(_(definition(anchor).name), href=definition(anchor).href)
        for anchor in (_SOURCES[wanted.view], *_DEFINED)
    ]
    spaced = [part for link in links for part in (" · ", link)][1:]
    return html.P([texts.how_to_read(found, wanted), " ", *spaced], className="note")


_SOURCES = {LIVED: "lived-accuracy", TESTED: "tested-accuracy"}
_DEFINED = ("forecast-accuracy", "lag", "seasonal-naive", "mase", "rmsse", "tracking-signal", "missed-money")


# What is said when there is nothing to show


def _no_runs(wanted: AccuracyFilters) -> Component:
    other = "week" if wanted.frequency == "month" else "month"
    return html.Div(
        [
            empty_state(texts.no_runs(wanted.frequency), action=_("Go to Forecast"), href=EXPLORER_PATH),
            dcc.Link(_("Look at weeks") if other == "week" else _("Look at months"), href=f"{PATH}?frequency={other}"),
        ]
    )


def _nothing_lived(wanted: AccuracyFilters, choices: AccuracyChoices) -> Component:
    if choices.periods:
        return _nothing_fits(wanted)
    first = min(run.first_period for run in choices.runs)
    return empty_state(
        _(
            "No period that was forecast is over yet: the first is %(period)s. Until its sales are in, see how the "
            "methods did at earlier dates.",
            period=period_name(first, wanted.frequency),
        ),
        action=_("Tested accuracy"),
        href=f"{PATH}?{urlencode({'view': TESTED, 'frequency': wanted.frequency})}",
    )


def _nothing_fits(wanted: AccuracyFilters) -> Component:
    return empty_state(
        _("No forecast fits these filters."),
        action=_("Show all"),
        href=f"{PATH}?{urlencode({'view': wanted.view, 'frequency': wanted.frequency})}",
    )
