"""Demand › Forecast: start a run, follow it, look through its series."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, html, no_update
from dash.development.base_component import Component

from components.figures.forecast_fan import forecast_fan
from components.forms import NOTHING, chosen, facts
from components.grid import requested_rows, requested_sort, selected_row
from components.job_progress import job_ended, job_id_of
from core.guard import requires
from core.i18n import _, day, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import forecast_detail, forecast_series, forecasts
from services.forecast_detail import Candidate, ForecastPeriod, SeriesDetail, SeriesReasons
from services.forecast_series import SeriesFilters
from services.forecast_texts import percent_signed
from services.forecasts import RunView
from services.form_values import row_id

PATH = "/demand/forecast"
JOB = "forecast"
FILTERS = ("search", "method", "demand_class")


class Ids(PageIds):
    address: str
    place: str
    run: str
    filters: str
    frequency: str
    horizon: str
    category: str
    family: str
    products: str
    location: str
    life_cycle: str
    start: str
    outcome: str
    shown_run: str
    search: str
    method: str
    demand_class: str
    rows: str
    totals: str
    title: str
    subtitle: str
    chart: str
    reasons: str
    errors: str
    candidates: str
    values: str


DETAIL = (
    (Ids.title, "children"),
    (Ids.subtitle, "children"),
    (Ids.chart, "figure"),
    (Ids.reasons, "children"),
    (Ids.errors, "children"),
    (Ids.candidates, "rowData"),
    (Ids.values, "rowData"),
)


@callback(
    Output(job_id_of(JOB), "data"),
    Output(Ids.outcome, "children", allow_duplicate=True),
    Input(Ids.start, "n_clicks"),
    State(Ids.frequency, "value"),
    State(Ids.horizon, "value"),
    State(Ids.category, "value"),
    State(Ids.family, "value"),
    State(Ids.products, "value"),
    State(Ids.location, "value"),
    State(Ids.life_cycle, "value"),
    prevent_initial_call=True,
)
@requires(Permission.FORECAST_RUN)
def start_forecast(clicks: int | None, frequency: object, horizon: object, *narrowed: object) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    fields = ("category", "family", "products", "location", "life_cycle")
    scope = {name: None if value == NOTHING else value for name, value in zip(fields, narrowed, strict=True)}
    started = forecasts.start(viewer(), scope=scope, frequency=frequency, horizon=horizon)
    return str(started.job_id), ""


@callback(
    Output(Ids.address, "search"),
    Output(Ids.outcome, "children"),
    Input(job_ended(JOB), "data"),
    prevent_initial_call=True,
)
def show_outcome(ended: object) -> tuple[Any, Any]:
    found = ended if isinstance(ended, dict) else {}
    if found.get("state") == "cancelled":
        return no_update, _("Cancelled. Nothing of this forecast was kept.")
    result = found.get("result")
    run_id = row_id(result.get("run_id")) if isinstance(result, dict) else 0
    return (f"?run={run_id}", "") if run_id else (no_update, no_update)


@callback(
    Output(Ids.family, "options"),
    Output(Ids.family, "value"),
    Input(Ids.category, "value"),
    prevent_initial_call=True,
)
def show_families(category: object) -> tuple[list[dict[str, str]], str]:
    return family_options(forecasts.form_choices(viewer()).groups, chosen(category)), NOTHING


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
    return {"rowData": [series_row(row) for row in found.rows], "rowCount": found.total}, _(
        "%(count)s series, those first where most is missed a year", count=number(found.total)
    )


@callback(
    *(Output(*part) for part in DETAIL),
    Output(Ids.place, "search"),
    Input(Ids.rows, "selectedRows"),
    State(Ids.run, "data"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_detail(selected: object, run_id: object, filters: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return (no_update,) * (len(DETAIL) + 1)
    found = forecast_detail.series_detail(viewer(), run_id, row.get("product_id"), row.get("location_id"))
    return *detail_parts(found), address_of(found, wanted_series(filters))


def wanted_series(filters: object) -> SeriesFilters:
    """The filters of the list, from its own store or the page's address."""
    given = filters if isinstance(filters, dict) else {}
    return SeriesFilters(**{name: chosen(given.get(name)) for name in FILTERS})


def family_options(groups: list[tuple[str, str]], category: str) -> list[dict[str, str]]:
    """The product families of a category, or all of them."""
    families = sorted({family for group, family in groups if category in ("", group)})
    return [{"value": NOTHING, "label": _("All")}, *({"value": family, "label": family} for family in families)]


def series_row(row: dict[str, Any]) -> dict[str, Any]:
    """One series as the grid shows it."""
    return row | {"id": f"{row['product_id']}-{row['location_id']}"}


def address_of(found: SeriesDetail, filters: SeriesFilters) -> str:
    """The query that shows this very series again."""
    shown = {name: getattr(filters, name) for name in FILTERS if getattr(filters, name)}
    keys = {"run": found.run.id, "product": found.product_id, "location": found.location_id}
    return f"?{urlencode({**keys, **shown})}"


def detail_parts(found: SeriesDetail) -> tuple[Any, ...]:
    """The values of DETAIL for one series."""
    ahead = found.forecast
    shown = forecast_fan(
        found.history,
        found.fitted,
        median=[(period.period, period.q50) for period in ahead],
        lower=[(period.period, period.q10) for period in ahead],
        upper=[(period.period, period.q90) for period in ahead],
        naive=[(period.period, period.naive) for period in ahead],
        unit=found.uom,
    )
    why = forecast_detail.series_reasons(viewer(), found.run.id, found.product_id, found.location_id)
    reasons = [html.P(sentence) for sentence in why.sentences]
    return (
        f"{found.code} · {found.name}",
        subtitle(found),
        shown,
        reasons,
        error_facts(why),
        [candidate_row(candidate) for candidate in why.candidates],
        [value_row(found.run, period) for period in ahead],
    )


def subtitle(found: SeriesDetail) -> str:
    """Where, how much, and up to when."""
    return _(
        "%(place)s · %(volume)s %(unit)s in the last %(year)s · demand known up to %(day)s",
        place=found.location_name,
        volume=number(found.volume),
        unit=found.uom,
        year=_("12 months") if found.run.frequency == "month" else _("52 weeks"),
        day=day(found.run.data_until),
    )


def error_facts(found: SeriesReasons) -> Component:
    """The errors of the method, each beside seasonal naive."""

    def pair(own: str, naive: str) -> str:
        return _("%(own)s (seasonal naive %(naive)s)", own=own, naive=naive)

    own, naive = found.errors, found.naive_errors
    return facts(
        [
            (_("WMAPE"), pair(percent(own.wmape), percent(naive.wmape))),
            (_("Bias"), pair(percent_signed(own.bias), percent_signed(naive.bias))),
            (_("MASE"), pair(number(own.mase, decimals=2), number(naive.mase, decimals=2))),
        ]
    )


def candidate_row(candidate: Candidate) -> dict[str, Any]:
    """One method that was tried; the chosen one is marked."""
    names = ("score", "wmape", "bias", "mase")
    mark = "● " if candidate.chosen else "○ "
    return {"method": mark + candidate.name, **{name: getattr(candidate, name) for name in names}}


def value_row(run: RunView, period: ForecastPeriod) -> dict[str, Any]:
    """One period ahead as the grid shows it."""
    shown = f"{period.period:%Y-%m}" if run.frequency == "month" else day(period.period)
    return {"period": shown, "q10": period.q10, "q50": period.q50, "q90": period.q90, "naive": period.naive}
