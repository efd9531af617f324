"""Demand › Forecast: look through the series of a run, and into each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, html, no_update

from callbacks.forecast_views import forecast_figure, forecast_parts, missing_view, season_view, split_view, trial_text
from components.forecast_columns import candidate_columns, period_columns
from components.forms import chosen, facts
from components.grid import requested_rows, requested_sort
from core.guard import requires
from core.i18n import _, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import demand_annotations, forecast_detail, forecast_season, forecast_series, forecast_trial
from services.demand_annotations import Choice
from services.forecast_reasons import method_name, short_method_name
from services.forecast_rows import (
    annotation_row,
    candidate_rows,
    component_name,
    error_facts,
    other_run_name,
    period_text,
    trial_rows,
)
from services.forecast_series import SeriesFilters
from services.form_values import row_id

PATH = "/demand/forecast"
FILTERS = ("search", "category", "place", "method", "demand_class")
TABS = ("forecast", "why", "components", "try", "history", "season", "channels")


class Ids(PageIds):
    place: str
    run: str
    filters: str
    item: str
    changed: str
    asked: str
    panel: str
    tab: str
    shown_run: str
    search: str
    category: str
    shown_place: str
    method: str
    demand_class: str
    as_of: str
    as_of_rows: str
    rows: str
    totals: str
    previous: str
    next: str
    title: str
    subtitle: str
    chart: str
    values: str
    reasons: str
    errors: str
    candidates: str
    parts_chart: str
    parts: str
    tried_method: str
    parameter: str
    parameter_field: str
    attempt: str
    tried_note: str
    trial: str
    find: str
    accept: str
    reject: str
    note: str
    history_note: str
    annotations: str
    own_period: str
    own_kind: str
    own_corrected: str
    own_note: str
    annotate: str
    years: str
    decomposition: str
    season_note: str
    channels_chart: str
    channels: str


def asked_by(tab: str) -> dict[str, str]:
    """The store that holds which series a tab is to show."""
    return {"type": Ids.asked, "index": tab}


def panel_of(tab: str) -> dict[str, str]:
    """What a tab shows."""
    return {"type": Ids.panel, "index": tab}


FORECAST = ((Ids.title, "children"), (Ids.subtitle, "children"), (Ids.chart, "figure"), (Ids.values, "rowData"))

clientside_callback(
    ClientsideFunction("forecast", "choose"),
    Output(Ids.item, "data"),
    Input(Ids.rows, "selectedRows"),
    State(Ids.item, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("forecast", "open"),
    Output({"type": Ids.asked, "index": ALL}, "data"),
    Output({"type": Ids.panel, "index": ALL}, "hidden"),
    Output(Ids.place, "search"),
    Input(Ids.item, "data"),
    Input(Ids.tab, "active_tab"),
    Input(Ids.changed, "data"),
    State(Ids.run, "data"),
    State(Ids.filters, "data"),
    State({"type": Ids.asked, "index": ALL}, "data"),
    State({"type": Ids.asked, "index": ALL}, "id"),
)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.run, "data"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_series(request: object, run_id: object, filters: object) -> tuple[dict[str, Any], str]:
    first, count = requested_rows(request)
    found = forecast_series.series(
        viewer(), run_id, filters=wanted_series(filters), sort=requested_sort(request), first=first, limit=count
    )
    return {"rowData": [series_row(row) for row in found.rows], "rowCount": found.total}, totals_text(found.total)


@callback(
    Output(Ids.item, "data", allow_duplicate=True),
    Output(Ids.rows, "selectedRows"),
    Output(Ids.rows, "scrollTo"),
    Input(Ids.previous, "n_clicks"),
    Input(Ids.next, "n_clicks"),
    State(Ids.item, "data"),
    State(Ids.run, "data"),
    State(Ids.filters, "data"),
    State(Ids.rows, "getRowsRequest"),
    prevent_initial_call=True,
)
def step(back: int | None, forth: int | None, item: object, *listed: object) -> tuple[Any, ...]:
    run_id, filters, request = listed
    shown = item if isinstance(item, dict) else {}
    found = forecast_series.series_beside(
        viewer(),
        run_id,
        (shown.get("product_id"), shown.get("location_id")),
        distance=-1 if ctx.triggered_id == Ids.previous else 1,
        filters=wanted_series(filters),
        sort=requested_sort(request),
    )
    if found is None or not (back or forth):
        return (no_update,) * 3
    key = {"product_id": found.product_id, "location_id": found.location_id}
    return key, {"ids": [row_key(key)]}, {"rowIndex": found.place - 1, "rowPosition": "middle"}


@callback(
    *(Output(*part) for part in FORECAST),
    Output(Ids.values, "columnDefs"),
    Input(asked_by("forecast"), "data"),
    prevent_initial_call=True,
)
def show_forecast(asked: object) -> tuple[Any, ...]:
    if not asked:
        return (no_update,) * (len(FORECAST) + 1)
    found = forecast_detail.series_detail(viewer(), *asked_series(asked))
    return *forecast_parts(found), period_columns(other_run_name(found.other_run))


@callback(
    Output(Ids.reasons, "children"),
    Output(Ids.errors, "children"),
    Output(Ids.candidates, "rowData"),
    Output(Ids.candidates, "columnDefs"),
    Input(asked_by("why"), "data"),
    prevent_initial_call=True,
)
def show_why(asked: object) -> tuple[Any, ...]:
    if not asked:
        return (no_update,) * 4
    found = forecast_detail.series_reasons(viewer(), *asked_series(asked))
    sentences = [html.P(sentence) for sentence in found.sentences]
    return sentences, facts(error_facts(found)), candidate_rows(found), candidate_columns(found.origins)


@callback(
    Output(Ids.parts_chart, "figure"),
    Output(Ids.parts, "rowData"),
    Output(Ids.parts, "columnDefs"),
    Input(asked_by("components"), "data"),
    prevent_initial_call=True,
)
def show_components(asked: object) -> tuple[Any, ...]:
    if not asked:
        return (no_update,) * 3
    split = forecast_detail.series_parts(viewer(), *asked_series(asked))
    if split is None:
        return missing_view(_("This forecast was made before its components were kept. Run a new one."))
    return split_view(split, [component_name(key) for key in split.values])


@callback(
    Output(Ids.channels_chart, "figure"),
    Output(Ids.channels, "rowData"),
    Output(Ids.channels, "columnDefs"),
    Input(asked_by("channels"), "data"),
    prevent_initial_call=True,
)
def show_channels(asked: object) -> tuple[Any, ...]:
    if not asked:
        return (no_update,) * 3
    split = forecast_detail.channel_split(viewer(), *asked_series(asked))
    if split is None:
        return missing_view(_("This forecast was not split over channels. Choose channels in a new run."))
    return split_view(split, list(split.values))


@callback(
    Output(Ids.years, "figure"),
    Output(Ids.decomposition, "figure"),
    Output(Ids.season_note, "children"),
    Input(asked_by("season"), "data"),
    prevent_initial_call=True,
)
def show_season(asked: object) -> tuple[Any, ...]:
    if not asked:
        return (no_update,) * 3
    return season_view(forecast_season.series_season(viewer(), *asked_series(asked)))


@callback(
    Output(Ids.annotations, "rowData"),
    Output(Ids.annotations, "selectedRows"),
    Output(Ids.own_period, "options"),
    Output(Ids.own_period, "value"),
    Input(asked_by("history"), "data"),
    prevent_initial_call=True,
)
def show_history(asked: object) -> tuple[Any, ...]:
    if not asked:
        return (no_update,) * 4
    found = demand_annotations.noticed(viewer(), *asked_series(asked))
    options = [
        {"value": f"{period:%Y-%m-%d}", "label": period_text(period, found.run)} for period in reversed(found.periods)
    ]
    rows = [annotation_row(annotation, found.run) for annotation in found.annotations]
    return rows, [], options, options[0]["value"] if options else None


@callback(
    Output(Ids.trial, "rowData"),
    Output(Ids.tried_note, "children"),
    Input(asked_by("try"), "data"),
    prevent_initial_call=True,
)
def clear_trial(_asked: object) -> tuple[list[Any], str]:
    """A trial belongs to the series it was made for."""
    return [], ""


@callback(
    Output({"type": Ids.parameter_field, "index": ALL}, "hidden"),
    Input(Ids.tried_method, "value"),
    State({"type": Ids.parameter_field, "index": ALL}, "id"),
    prevent_initial_call=True,
)
def show_parameters(method: object, names: Sequence[object]) -> list[bool]:
    taken = parameters_of(method)
    return [key_of(name) not in taken for name in names]


@callback(
    Output(Ids.chart, "figure", allow_duplicate=True),
    Output(Ids.trial, "rowData", allow_duplicate=True),
    Output(Ids.tried_note, "children", allow_duplicate=True),
    Input(Ids.attempt, "n_clicks"),
    State(Ids.tried_method, "value"),
    State({"type": Ids.parameter, "index": ALL}, "value"),
    State({"type": Ids.parameter, "index": ALL}, "id"),
    State(asked_by("forecast"), "data"),
    prevent_initial_call=True,
)
def show_trial(
    clicks: int | None, method: object, values: Sequence[object], names: Sequence[object], asked: object
) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 3
    run_id, *item = asked_series(asked)
    taken = parameters_of(method)
    typed = dict(zip(map(key_of, names), values, strict=False))  # whoever forges a call may send fewer
    given = {key: value for key, value in typed.items() if key in taken}
    found = forecast_trial.try_method(viewer(), run_id, (item[0], item[1]), method=method, parameters=given)
    detail = forecast_detail.series_detail(viewer(), run_id, *item)
    return forecast_figure(detail, tried=found), trial_rows(found), trial_text(found)


@callback(
    Output(Ids.changed, "data"),
    Output(Ids.history_note, "children"),
    Input(Ids.find, "n_clicks"),
    State(asked_by("forecast"), "data"),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
@requires(Permission.FORECAST_RUN)
def find_outliers(clicks: int | None, asked: object, changed: object) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    found = demand_annotations.find(viewer(), *asked_series(asked))
    if not found.waiting:
        return next_change(changed), _("Nothing is out of line beyond what has been decided.")
    return next_change(changed), _(
        "Waiting for a decision: %(waiting)s, new among them: %(new)s.",
        waiting=number(found.waiting),
        new=number(found.new),
    )


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.history_note, "children", allow_duplicate=True),
    Input(Ids.accept, "n_clicks"),
    State(Ids.annotations, "selectedRows"),
    State(Ids.note, "value"),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
@requires(Permission.FORECAST_RUN)
def accept(clicks: int | None, selected: object, note: object, changed: object) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    count = demand_annotations.decide(viewer(), choices_of(selected), accepted=True, note=note)
    return next_change(changed), _("Accepted: %(count)s. The next run learns from the corrected history.", count=count)


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.history_note, "children", allow_duplicate=True),
    Input(Ids.reject, "n_clicks"),
    State(Ids.annotations, "selectedRows"),
    State(Ids.note, "value"),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
@requires(Permission.FORECAST_RUN)
def reject(clicks: int | None, selected: object, note: object, changed: object) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    count = demand_annotations.decide(viewer(), choices_of(selected), accepted=False, note=note)
    return next_change(changed), _("Rejected: %(count)s. The history stays as it was sold.", count=count)


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.history_note, "children", allow_duplicate=True),
    Output(Ids.own_corrected, "value"),
    Output(Ids.own_note, "value"),
    Input(Ids.annotate, "n_clicks"),
    State(asked_by("forecast"), "data"),
    State(Ids.changed, "data"),
    State(Ids.own_period, "value"),
    State(Ids.own_kind, "value"),
    State(Ids.own_corrected, "value"),
    State(Ids.own_note, "value"),
    prevent_initial_call=True,
)
@requires(Permission.FORECAST_RUN)
def annotate(clicks: int | None, asked: object, changed: object, *typed: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    run_id, *item = asked_series(asked)
    fields = dict(zip(("period", "kind", "corrected", "note"), typed, strict=True))
    demand_annotations.annotate(viewer(), run_id, (item[0], item[1]), **fields)
    return next_change(changed), _("Noted. It holds from the next run on."), None, ""


def wanted_series(filters: object) -> SeriesFilters:
    """The filters of the list, from its own store or the page's address."""
    given = filters if isinstance(filters, dict) else {}
    return SeriesFilters(**{name: chosen(given.get(name)) for name in FILTERS})


def series_row(row: dict[str, Any]) -> dict[str, Any]:
    """One series as the grid shows it."""
    key = row["method"]
    return row | {"id": row_key(row), "method": short_method_name(key), "methods": method_name(key)}


def totals_text(total: int) -> str:
    """How many series the list has, and in which order."""
    if not total:
        return _("No series fits these filters.")
    return _("%(count)s series, those first where most money is missed a year", count=number(total))


def row_key(row: dict[str, Any]) -> str:
    """What the grid knows a series by."""
    return f"{row['product_id']}-{row['location_id']}"


def asked_series(asked: object) -> tuple[object, object, object]:
    """Run, product and location that a tab is to show, unchecked."""
    given = asked if isinstance(asked, dict) else {}
    return given.get("run"), given.get("product_id"), given.get("location_id")


def choices_of(selected: object) -> list[Choice]:
    """Ids and versions of the selected rows as the browser sent them."""
    rows = [row for row in selected if isinstance(row, dict)] if isinstance(selected, list) else []
    return [(row.get("id"), row.get("version")) for row in rows]


def next_change(changed: object) -> int:
    """A figure that differs after every change, so that what is shown is asked for anew."""
    return row_id(changed) + 1


def key_of(name: object) -> str:
    """The index in an id as the browser sent it."""
    return str(name.get("index")) if isinstance(name, dict) else ""


def parameters_of(method: object) -> tuple[str, ...]:
    """The keys of the parameters that a method takes."""
    return next((found.parameters for found in forecast_trial.trial_methods() if found.key == method), ())
