"""Demand › Forecast a file: any file of quantities, forecast beside the plan."""

from __future__ import annotations

import re
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.forecast_file import (
    GOOD_ONLY,
    JOB,
    PATH,
    WHOLE_PERIODS,
    Ids,
    outcome,
)
from components.file_reading import reading_fields
from components.forms import NOTHING, field, select
from components.grid import figure_column, grid, text_column
from components.import_panels import drop_zone
from components.job_progress import job_progress
from components.page import empty_state, page_frame, panel
from core.errors import NotFound
from core.i18n import _, day, moment, number
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import forecast_file
from services.forecast_file import KEPT_DAYS, LONGEST_HORIZON, UploadedFile, file_id_of
from services.import_file import reading_choices

register_page(
    __name__,
    path=PATH,
    permission=Permission.FORECAST_RUN,
    name="Forecast a file",
    area=Area.DEMAND,
    order=18,
    description="Forecast any file of quantities without touching the plan",
)


def layout(file: str = "", **_query: str) -> Component:
    if file:
        return _opened(file)
    return page_frame(
        panel(
            drop_zone(
                upload_path="/data/forecast-file/upload",
                open_path=f"{PATH}?file=",
                label=_("Drop a file here, or choose one"),
            ),
            title=_("New file"),
            note=_(
                "Only you see your files. Each is deleted with all that came of it after %(count)s days, or at once "
                "when you press Delete.",
                count=KEPT_DAYS,
            ),
        ),
        panel(_own_files(), title=_("Your files")),
        title=_("Forecast a file"),
        lead=_(
            "Any table with a date and a quantity: forecasts, accuracy, chart and download. The plan stays as it is."
        ),
    )


def _opened(file: str) -> Component:
    """The file in the address; it may be deleted by now, or never have been this person's."""
    try:
        return _one_file(forecast_file.uploaded_file(viewer(), file_id_of(file)))
    except NotFound as missing:
        return page_frame(
            empty_state(missing.message, action=_("Your files"), href=PATH),
            title=_("Nothing here"),
            trail=[(_("Forecast a file"), PATH)],
        )


def _own_files() -> Component:
    listed = forecast_file.own_files(viewer())
    if not listed:
        return empty_state(_("No files yet. Drop one above: its columns are found by their names and cells."))
    columns = [
        {"field": "file", "headerName": _("File"), "cellRenderer": "markdown", "minWidth": 220},
        text_column("state", _("State"), minWidth=140),
        figure_column("kilobytes", _("kB"), maxWidth=110),
        text_column("at", _("Uploaded (UTC)"), minWidth=150),
        text_column("until", _("Deleted on"), minWidth=120),
    ]
    return grid(Ids.own_files, columns, [_own_row(found) for found in listed], height=280)


def _own_row(found: UploadedFile) -> dict[str, Any]:
    name = re.sub(r"([\\\[\]()<>`*_])", r"\\\1", found.name)  # shown by Markdown, for the link's sake
    return {
        "file": f"[{name}]({PATH}?file={found.id})",
        "state": _state(found),
        "kilobytes": found.size_bytes / 1000,
        "at": moment(found.uploaded_at),
        "until": day(found.deleted_at),
    }


def _state(found: UploadedFile) -> str:
    told = found.folder.summary()
    if forecast_file.running_job(viewer(), found) is not None:
        return _("under way")
    if told is None:
        return _("not forecast yet")
    return _("forecast") if told["forecast"] else _("faults in its rows")


def _one_file(found: UploadedFile) -> Component:
    return page_frame(
        dcc.Location(id=Ids.address, refresh="callback-nav"),
        dcc.Store(id=Ids.file, data=str(found.id)),
        _reading_panel(found),
        _choices_panel(found),
        job_progress(JOB, forecast_file.running_job(viewer(), found)),
        html.Div(outcome(found.id), id=Ids.outcome, className="mt-3"),
        title=found.name,
        lead=_(
            "%(size)s kB, %(lines)s lines. Only you see it. Deleted with all that came of it on %(day)s, or when you "
            "press Delete.",
            size=number(found.size_bytes / 1000),
            lines=number(found.source.lines),
            day=day(found.deleted_at),
        ),
        trail=[(_("Forecast a file"), PATH)],
        actions=[dbc.Button(_("Delete"), id=Ids.delete, color="danger", outline=True, size="sm")],
    )


def _reading_panel(found: UploadedFile) -> Component:
    """Closed once there is a result: then the result is what one came for."""
    seen = forecast_file.look(viewer(), found.id, found.reading)
    body = [
        html.Div(id=Ids.questions),
        reading_fields(Ids.reading, reading_choices(seen, found.reading)),
        grid(Ids.preview, [], height=230),
    ]
    summary = html.Summary(_("1 · How the file is read"))
    note = html.P(_("Found by looking at the file. Change what is not right; the rows below follow."), className="note")
    opened = found.folder.summary() is None
    return html.Section(html.Details([summary, note, *body], open=opened), className="panel run-panel")


def _choices_panel(found: UploadedFile) -> Component:
    return panel(
        html.Div([*_columns(found), *_periods(found)], className="field-grid"),
        _options(found),
        html.Div(dbc.Button(_("Forecast"), id=Ids.start, color="primary"), className="mt-3"),
        title=_("2 · What to forecast"),
        note=_("Proposed from the names and cells of the columns. Several rows of an item and period are added up."),
    )


def _columns(found: UploadedFile) -> list[Component]:
    header = forecast_file.look(viewer(), found.id, found.reading).header
    named = [(name, name) for name in header]
    columns = found.columns
    return [
        field(_("Item"), select(Ids.item, [(NOTHING, _("– none: one series –")), *named], columns.item or NOTHING)),
        field(_("Date"), select(Ids.day, named, columns.day)),
        field(_("Quantity"), select(Ids.quantity, named, columns.quantity)),
    ]


def _periods(found: UploadedFile) -> list[Component]:
    choices = found.choices
    buckets = [("day", _("Days")), ("week", _("Weeks")), ("month", _("Months"))]
    gaps = [
        ("no_demand", _("Zero, to the file's end")),
        ("own_end", _("Zero, to its last row")),
        ("unknown", _("Not known")),
    ]
    modes = [("fast", _("Fast: statistical methods")), ("full", _("Full: global model too"))]
    ahead = dbc.Input(
        id=Ids.horizon, type="number", min=1, max=max(LONGEST_HORIZON.values()), step=1, value=choices.horizon
    )
    return [
        field(_("Summed by"), select(Ids.bucket, buckets, choices.bucket)),
        field(_("Periods ahead"), ahead),
        field(_("A period without a row"), select(Ids.gaps, gaps, choices.gaps)),
        field(_("Mode"), select(Ids.mode, modes, choices.mode)),
    ]


def _options(found: UploadedFile) -> Component:
    options = [
        {"value": WHOLE_PERIODS, "label": _("Leave the last period out when it is not over in the file")},
        {"value": GOOD_ONLY, "label": _("With faults in some rows, forecast the series without faults")},
    ]
    ticked = {WHOLE_PERIODS: found.choices.whole_periods, GOOD_ONLY: found.choices.good_only}
    value = [name for name, on in ticked.items() if on]
    return html.Div(dbc.Checklist(id=Ids.options, options=options, value=value), className="run-options mt-3")
