"""Demand › Forecast runs: start one, follow it, open it, approve it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, no_update, set_props
from dash.development.base_component import Component

from components.forms import NOTHING, chosen
from components.grid import requested_rows, selected_row
from components.run_progress import ClassBar, LoggedLine, class_bars, log_lines
from components.shell import Ids as Shell
from components.shell import toast
from core.guard import requires
from core.i18n import _, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import forecast_approval, forecast_progress, forecasts
from services.forecast_progress import RunProgress
from services.forecast_run_texts import class_name, estimate_line, run_row, speed_text

PATH = "/demand/forecast-runs"
JOB = "forecast-run"
FILL_STOCK_OUTS, ANEW = "fill_stock_outs", "anew"


class Ids(PageIds):
    address: str
    frequency: str
    horizon: str
    level: str
    mode: str
    origins: str
    category: str
    family: str
    location: str
    life_cycle: str
    products: str
    methods: str
    options: str
    estimate: str
    start: str
    shown: str
    filters: str
    rows: str
    totals: str
    run: str
    followed: str
    tick: str
    bars: str
    speed: str
    log: str
    note: str
    seen: str
    approve: str
    compared_with: str


SCOPE = ("category", "family", "location", "life_cycle", "products")
ASKED = ("frequency", "horizon", "level", "mode", "origins", "methods")
FORM = (*SCOPE, *ASKED, "options")
FORM_STATES = tuple(State(getattr(Ids, name), "value") for name in FORM)


@callback(
    Output(Ids.address, "search"),
    Input(Ids.start, "n_clicks"),
    *FORM_STATES,
    prevent_initial_call=True,
)
@requires(Permission.FORECAST_RUN)
def start_run(clicks: int | None, *values: object) -> Any:
    if not clicks:
        return no_update
    started = forecasts.start(viewer(), **asked_for(values))
    return address(run=started.run_id)


@callback(
    Output(Ids.estimate, "children"),
    *(Input(getattr(Ids, name), "value") for name in FORM),
)
@requires(Permission.FORECAST_RUN)
def show_estimate(*values: object) -> str:
    return estimate_line(viewer(), **asked_for(values))


@callback(
    Output(Ids.family, "options"),
    Output(Ids.family, "value"),
    Input(Ids.category, "value"),
    prevent_initial_call=True,
)
def show_families(category: object) -> tuple[list[dict[str, str]], str]:
    families = forecasts.form_choices(viewer()).families(chosen(category))
    every = {"value": NOTHING, "label": _("All")}
    return [every, *({"value": family, "label": family} for family in families)], NOTHING


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_runs(request: object, shown: object) -> tuple[dict[str, Any], str]:
    first, count = requested_rows(request)
    found = forecasts.run_page(viewer(), first=first, limit=count, shown=str(shown))
    counted = _("%(count)s forecasts, the newest first", count=number(found.total))
    return {"rowData": [run_row(run) for run in found.runs], "rowCount": found.total}, counted


@callback(
    Output(Ids.address, "search", allow_duplicate=True),
    Input(Ids.rows, "selectedRows"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def open_run(selected: object, shown: object) -> Any:
    row = selected_row(selected)
    return no_update if row is None else address(run=row.get("id"), shown=shown)


@callback(
    Output(Ids.bars, "children"),
    Output(Ids.speed, "children"),
    Output(Ids.log, "children"),
    Output(Ids.tick, "disabled"),
    Output(Ids.address, "search", allow_duplicate=True),
    Input(Ids.tick, "n_intervals"),
    State(Ids.run, "data"),
    State(Ids.followed, "data"),
    prevent_initial_call=True,
)
def show_progress(_ticks: object, run_id: object, followed: object) -> tuple[Any, ...]:
    """When the run ends, its page is opened once more: there are results now."""
    found = forecast_progress.progress(viewer(), run_id)
    running = found.run.state == "running"
    ended = no_update if running else address(run=found.run.id, ended=found.run.state)
    return *progress_parts(found, followed=bool(followed)), not running, ended


@callback(
    Output(Ids.address, "search", allow_duplicate=True),
    Input(Ids.approve, "n_clicks"),
    State(Ids.run, "data"),
    State(Ids.note, "value"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.FORECAST_APPROVE)
def approve_run(clicks: int | None, run_id: object, note: object, seen: object) -> Any:
    if not clicks:
        return no_update
    run = forecast_approval.approve(viewer(), run_id, note=note, seen=seen)
    told = _("Forecast #%(id)s is the baseline now. Later forecasts are held against it.", id=run.id)
    set_props(Shell.toasts, {"children": [toast(told)]})
    return address(run=run.id, approved=1)


def asked_for(values: tuple[object, ...]) -> dict[str, Any]:
    """What the form asks for, as services.forecasts.start wants it."""
    given = dict(zip(FORM, values, strict=True))
    scope = {name: None if given[name] == NOTHING else given[name] for name in SCOPE}
    options = given["options"] if isinstance(given["options"], list) else []
    switches = {name: name in options for name in (FILL_STOCK_OUTS, ANEW)}
    return {"scope": scope, **{name: given[name] for name in ASKED}, **switches}


def address(**query: object) -> str:
    """The query of a view of this page."""
    return "?" + urlencode({name: value for name, value in query.items() if value})


def progress_parts(found: RunProgress, *, followed: bool) -> tuple[list[Component], str, list[Component]]:
    """Bars, speed and log of a run; the line that follows its job, if there is one, tells the time left."""
    bars = [ClassBar(class_name(part.name), part.done, part.total) for part in found.classes]
    lines = [LoggedLine(f"{line.at:%H:%M:%S}", line.text, line.warning) for line in found.log]
    return class_bars(bars), speed_text(found, time_left=not followed), log_lines(lines)
