"""Demand › Forecast a file: look at it, choose, forecast, look at the result, delete."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from dash import ALL, Input, Output, State, callback, html, no_update
from dash.development.base_component import Component

from components.download import KINDS, download_buttons
from components.figures.chart import Figure, chart, empty_figure
from components.figures.forecast_fan import HEIGHT, forecast_fan
from components.file_forecast import fault_columns, result_columns
from components.forecast_summary import FigureCard, figure_cards
from components.forms import NOTHING, chosen
from components.grid import grid, requested_rows, requested_sort, selected_row, text_column
from components.import_panels import open_questions
from components.job_progress import job_ended, job_id_of
from components.page import panel
from core.errors import InvalidInput
from core.guard import requires
from core.i18n import _, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import forecast_file, forecast_file_results
from services.forecast_file import USUAL_HORIZON, Choices, file_id_of
from services.forecast_file_results import SeriesPaths
from services.forecast_file_texts import choice_line, left_out_lines, result_cards, series_line, series_row
from services.glossary import definition
from services.import_file import Reading

PATH = "/demand/forecast-file"
JOB = "file-forecast"
GRID_HEIGHT = 400
FAULTS_HEIGHT = 260
WHOLE_PERIODS, GOOD_ONLY = "whole_periods", "good_only"


class Ids(PageIds):
    address: str
    file: str
    reading: str
    preview: str
    questions: str
    item: str
    day: str
    quantity: str
    bucket: str
    gaps: str
    horizon: str
    mode: str
    options: str
    start: str
    outcome: str
    rows: str
    totals: str
    chart: str
    series: str
    faults: str
    delete: str
    own_files: str


@callback(
    Output(Ids.preview, "columnDefs"),
    Output(Ids.preview, "rowData"),
    Output(Ids.questions, "children"),
    Output(Ids.item, "options"),
    Output(Ids.day, "options"),
    Output(Ids.quantity, "options"),
    Output(Ids.item, "value"),
    Output(Ids.day, "value"),
    Output(Ids.quantity, "value"),
    Input({"type": Ids.reading, "index": ALL}, "value"),
    State({"type": Ids.reading, "index": ALL}, "id"),
    State(Ids.file, "data"),
    State(Ids.item, "value"),
    State(Ids.day, "value"),
    State(Ids.quantity, "value"),
)
def show_preview(values: list[Any], names: list[dict[str, str]], file_id: str, *columns: object) -> tuple[Any, ...]:
    seen = forecast_file.look(viewer(), file_id_of(file_id), _reading(values, names))
    questions = [*seen.detection.questions(), *([seen.header_problem] if seen.header_problem else [])]
    shown = [text_column(f"c{place}", name, sortable=False) for place, name in enumerate(seen.header)]
    rows = [{f"c{place}": cell for place, cell in enumerate(cells)} for cells in seen.rows]
    named = column_choices(seen.header)
    fitting = forecast_file.fitting_columns(seen, forecast_file.columns_of(*map(chosen, columns)))
    values_now = (fitting.item or NOTHING, fitting.day or None, fitting.quantity or None)
    return shown, rows, open_questions(questions), [_no_item(), *named], named, named, *values_now


@callback(
    Output(Ids.horizon, "value"),
    Input(Ids.bucket, "value"),
    prevent_initial_call=True,
)
def show_horizon(bucket: object) -> Any:
    """The usual horizon of a bucket; it can be changed."""
    return next((periods for name, periods in USUAL_HORIZON.items() if name == bucket), no_update)


@callback(
    Output(job_id_of(JOB), "data", allow_duplicate=True),
    Input(Ids.start, "n_clicks"),
    State(Ids.file, "data"),
    State({"type": Ids.reading, "index": ALL}, "value"),
    State({"type": Ids.reading, "index": ALL}, "id"),
    State(Ids.item, "value"),
    State(Ids.day, "value"),
    State(Ids.quantity, "value"),
    State(Ids.bucket, "value"),
    State(Ids.gaps, "value"),
    State(Ids.horizon, "value"),
    State(Ids.mode, "value"),
    State(Ids.options, "value"),
    prevent_initial_call=True,
)
@requires(Permission.FORECAST_RUN)
def start_forecast(clicks: int | None, file_id: str, *given: Any) -> Any:
    if not clicks:
        return no_update
    values, names, item, day, quantity, bucket, gaps, horizon, mode, options = given
    ticked = options if isinstance(options, list) else []
    choices = {
        "bucket": bucket,
        "gaps": gaps,
        "horizon": horizon,
        "mode": mode,
        "whole_periods": WHOLE_PERIODS in ticked,
        "good_only": GOOD_ONLY in ticked,
    }
    job_id = forecast_file.start(
        viewer(),
        file_id_of(file_id),
        reading=_reading(values, names),
        columns=forecast_file.columns_of(chosen(item), chosen(day), chosen(quantity)),
        choices=Choices.of(choices),
    )
    return str(job_id)


@callback(
    Output(Ids.outcome, "children"),
    Input(job_ended(JOB), "data"),
    State(Ids.file, "data"),
    prevent_initial_call=True,
)
def show_outcome(ended: object, file_id: str) -> Any:
    if not isinstance(ended, dict):
        return no_update
    cancelled = ended.get("state") == "cancelled"
    told = html.P(_("Cancelled. What was here before has stayed."), className="note", role="status")
    return [told if cancelled else None, outcome(file_id_of(file_id))]


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.file, "data"),
    prevent_initial_call=True,
)
def show_series(request: object, file_id: str) -> tuple[dict[str, Any], str]:
    first, count = requested_rows(request)
    found = forecast_file_results.series_page(
        viewer(),
        file_id_of(file_id),
        search=_searched(request),
        sort=requested_sort(request),
        first=first,
        limit=count,
    )
    rows = [series_row(row) for row in found.rows]
    return {"rowData": rows, "rowCount": found.total}, _("%(count)s series", count=number(found.total))


@callback(
    Output(Ids.chart, "figure"),
    Output(Ids.series, "children"),
    Input(Ids.rows, "selectedRows"),
    State(Ids.file, "data"),
    prevent_initial_call=True,
)
def show_one(selected: object, file_id: str) -> tuple[Any, Any]:
    row = selected_row(selected)
    if row is None:
        return no_update, no_update
    found = forecast_file_results.series_paths(viewer(), file_id_of(file_id), row.get("position"))
    return _figure(found), series_line(found)


@callback(
    Output(Ids.address, "href"),
    Input(Ids.delete, "n_clicks"),
    State(Ids.file, "data"),
    prevent_initial_call=True,
)
def delete_file(clicks: int | None, file_id: str) -> Any:
    if not clicks:
        return no_update
    forecast_file.delete(viewer(), file_id_of(file_id))
    return PATH


def column_choices(header: tuple[str, ...]) -> list[dict[str, str]]:
    """The columns of a file as a select has them."""
    return [{"value": name, "label": name} for name in header]


def outcome(file_id: UUID) -> Component | None:
    """What came of the file; nothing before anything did."""
    told = forecast_file_results.summary(viewer(), file_id)
    if told is None:
        return None
    faults = _faults(file_id, told) if told["faults"] else None
    return html.Div([faults, _result(file_id, told)] if told["forecast"] else [faults])


def _result(file_id: UUID, told: dict[str, Any]) -> Component:
    largest = forecast_file_results.series_paths(viewer(), file_id, None)
    cards = [FigureCard(*card[:3], definition(card[3]).href if card[3] else "", card[4]) for card in result_cards(told)]
    return panel(
        figure_cards(cards),
        html.P(" ".join(left_out_lines(told)), className="note"),
        html.P(series_line(largest), id=Ids.series, className="series-line", role="status"),
        chart(
            Ids.chart,
            _figure(largest),
            summary=_("History and forecast of the selected series with its band."),
            height=HEIGHT,
        ),
        html.P("", id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            result_columns(told["horizon"]),
            row_id="position",
            selection="single",
            height=GRID_HEIGHT,
            rowModelType="infinite",
        ),
        html.P(
            _(
                "Errors are from earlier dates: each method forecast periods it had not seen. Errors of several series "
                "are weighted with their quantity. Select a series to see it; write a part of its name to find it."
            ),
            className="note mt-2",
        ),
        title=_("Forecasts"),
        note=choice_line(told),
        actions=[
            _download(file_id, "forecasts", _("Forecasts")),
            _download(file_id, "metrics", _("Metrics")),
        ],
    )


def _faults(file_id: UUID, told: dict[str, Any]) -> Component:
    listed = forecast_file_results.first_problems(viewer(), file_id)
    note = _(
        "%(faults)s faults in %(rows)s rows of %(series)s series. Shown are the first %(shown)s.",
        faults=number(told["faults"]),
        rows=number(told["faulty_rows"]),
        series=number(told["faulty_series"]),
        shown=number(len(listed)),
    )
    return panel(
        grid(Ids.faults, fault_columns(), listed, height=FAULTS_HEIGHT),
        title=_("Rows with faults; their series were left out")
        if told["forecast"]
        else _("Rows with faults; nothing was forecast"),
        note=note,
        actions=[_download(file_id, "problems", _("Faults"))],
    )


def _download(file_id: UUID, what: str, name: str) -> Component:
    addresses = {text: f"/download/forecast-file/{file_id}/{what}.{kind}" for kind, text in KINDS}
    return download_buttons(addresses, name=name)


def _figure(found: SeriesPaths | None) -> Figure:
    if found is None:
        return empty_figure(_("There is no such series."), height=HEIGHT)
    return forecast_fan(
        history=found.history,
        cleaned=(),
        fitted=(),
        median=found.mean,
        lower=found.lower,
        upper=found.upper,
        naive=(),
        other=("", ()),
        tried=("", ()),
        flags=(),
        marks=(),
        unit="",
    )


def _searched(request: object) -> str:
    """What is written above the names of the series, whatever the browser sent."""
    asked = request.get("filterModel") if isinstance(request, dict) else None
    written = asked.get("unique_id") if isinstance(asked, dict) else None
    return str(written.get("filter") or "") if isinstance(written, dict) else ""


def _no_item() -> dict[str, str]:
    return {"value": NOTHING, "label": _("– none: one series –")}


def _reading(values: list[Any], names: list[dict[str, str]]) -> Reading:
    if not isinstance(values, list) or not isinstance(names, list) or len(values) != len(names):
        raise InvalidInput(_("Reload the page and try again."))
    return Reading.of({str(name["index"]): value for name, value in zip(names, values, strict=True)})
