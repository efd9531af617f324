"""Data › Import: from a dropped file to demand history, and back."""

from __future__ import annotations

import re

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.imports import JOB, Ids, batch_uuid, outcome_panel
from components.forms import NOTHING, field, select
from components.grid import figure_column, grid, text_column
from components.import_panels import drop_zone
from components.job_progress import job_progress
from components.page import empty_state, page_frame, panel
from core.i18n import _, moment, number
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import imports
from services.import_file import date_formats, number_styles
from services.imports import Batch

register_page(
    __name__,
    path="/data/import",
    permission=Permission.IMPORT_READ,
    name="Import",
    area=Area.DATA,
    order=10,
    description="Bring sales transactions into the plan",
)

HEADER_ROWS = [(str(row), str(row)) for row in range(11)]
DELIMITERS = [(",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Bar")]


def layout(batch: str = "", entity: str = "transactions", **_query: str) -> Component:
    if batch:
        return _one_import(imports.batch(viewer(), batch_uuid(batch)))
    return page_frame(
        *_upload_panels(entity),
        panel(_history(), title=_("History")),
        title=_("Import"),
        lead=_(
            "CSV, TSV or Excel, also as .gz or .zip of one file. Nothing changes before you have seen the dry run, "
            "and for %(days)s days every import can be taken back.",
            days=imports.UNDO_DAYS,
        ),
    )


def _upload_panels(entity: str) -> list[Component]:
    if not viewer().may(Permission.IMPORT_RUN):
        return []
    known = imports.importable(viewer())
    wanted = known.get(entity) or next(iter(known.values()))
    links = [
        dcc.Link(
            _(found.label),
            href=f"/data/import?entity={name}",
            className="pill active" if found is wanted else "pill",
            title=_(found.help),
        )
        for name, found in known.items()
    ]
    return [
        panel(html.Nav(links, className="pills", **{"aria-label": _("Kind of rows")}), title=_("What to bring in")),
        panel(
            drop_zone(
                upload_path=f"/data/import/upload?entity={wanted.name}",
                open_path="/data/import?batch=",
                label=_("Drop a file here, or choose one"),
            ),
            title=_(wanted.label),
            note=_(wanted.help),
        ),
    ]


def _history() -> Component:
    listed = imports.newest_batches(viewer())
    if not listed:
        return empty_state(_("Nothing was imported yet. Drop a file above: its columns are found by their names."))
    columns = [
        {"field": "file", "headerName": _("File"), "cellRenderer": "markdown", "minWidth": 220},
        text_column("entity", _("Rows"), minWidth=150),
        text_column("state", _("State"), maxWidth=130),
        text_column("author", _("By"), maxWidth=160),
        text_column("at", _("Uploaded (UTC)"), minWidth=150),
        *(
            figure_column(key, name, maxWidth=120)
            for key, name in (
                ("rows", _("Lines")),
                ("new", _("New")),
                ("changed", _("Changed")),
                ("same", _("Same")),
                ("set_aside", _("Set aside")),
                ("rejected", _("Rejected")),
            )
        ),
    ]
    return grid(Ids.history, columns, [_history_row(found) for found in listed], height=360)


def _history_row(found: Batch) -> dict[str, object]:
    counts = {key: found.counts.get(key) for key in ("rows", "new", "changed", "same", "set_aside", "rejected")}
    name = re.sub(r"([\\\[\]()<>`*_])", r"\\\1", found.file_name)  # shown by Markdown, for the link's sake
    return {
        "file": f"[{name}](/data/import?batch={found.id})",
        "entity": _(found.entity.label),
        "state": found.state,
        "author": found.author,
        "at": moment(found.created_at),
        **counts,
    }


def _one_import(found: Batch) -> Component:
    open_for_change = found.state in ("uploaded", "checked") and viewer().may(Permission.IMPORT_RUN)
    steps = [_reading_panel(found), _columns_panel(found)] if open_for_change else []
    twin = imports.twin(viewer(), found.id)
    return page_frame(
        dcc.Store(id=Ids.batch, data=str(found.id)),
        dbc.Alert(twin, color="warning") if twin else None,
        *steps,
        job_progress(JOB, imports.running_job(viewer(), found)),
        html.Div(outcome_panel(found), id=Ids.outcome),
        title=found.file_name,
        lead=_(
            "%(size)s kB, %(lines)s lines, uploaded %(at)s by %(who)s",
            size=number(found.size_bytes / 1000),
            lines=number(found.source["lines"]),
            at=moment(found.created_at),
            who=found.author,
        ),
        trail=[(_("Import"), "/data/import")],
    )


def _reading_panel(found: Batch) -> Component:
    reading, source = found.reading, found.source
    seen = imports.file_preview(viewer(), found.id, reading).detection
    styles = [(style, style) for style in number_styles()]
    formats = [(name, name) for name in seen.date_format.choices or date_formats()]
    row = seen.header_row.value if reading.header_row is None else reading.header_row
    sheets = [(name, name) for name in source.get("sheets") or ()]
    as_text = [
        ("encoding", _("Encoding"), [(name, name) for name in source["encoding_choices"]], source["encoding"]),
        ("delimiter", _("Columns are separated by"), DELIMITERS, seen.delimiter.value),
    ]
    as_workbook = [("sheet", _("Sheet"), sheets, reading.sheet or source.get("sheet"))]
    choices = [
        *(as_workbook if sheets else as_text),
        ("numbers", _("Numbers are written like"), styles, seen.numbers.value and seen.numbers.value.example),
        ("date_format", _("Dates are written like"), formats, seen.date_format.value),
        (
            "header_row",
            _("Column names in row"),
            [(str(n), str(n)) for n in range(11)],
            None if row is None else str(row),
        ),
    ]
    return panel(
        html.Div(id=Ids.questions),
        html.Div([_reading_field(*choice) for choice in choices], className="field-grid mb-3"),
        grid(Ids.preview, [], height=250),
        title=_("1 · How the file is read"),
        note=_("Found by looking at the file. Change what is not right; the rows below follow."),
    )


def _reading_field(name: str, label: str, choices: list[tuple[str, str]], value: str | None) -> Component:
    control = select({"type": Ids.reading, "index": name}, choices, value or "")
    return html.Label([html.Span(label, className="form-label"), control], className="field")


def _columns_panel(found: Batch) -> Component:
    header = imports.file_preview(viewer(), found.id, found.reading).header
    columns = [(NOTHING, _("– none –")), *((name, name) for name in header)]
    chosen = found.mapping
    fields = found.entity.fields
    constants = imports.reference_choices(viewer(), found.entity)
    return panel(
        html.Div(
            [
                html.Label(
                    [
                        html.Span(_(item.label) + (" *" if item.required else ""), className="form-label"),
                        select({"type": Ids.column, "index": item.name}, columns, chosen.get(item.name, NOTHING)),
                    ],
                    className="field",
                    title=_(item.help),
                )
                for item in fields
            ],
            className="field-grid",
        ),
        html.Div(
            [
                *(
                    _constant(_(found.entity.field(name).label), name, listed, found.options.constants.get(name, ""))
                    for name, listed in constants.items()
                ),
                *_way(found),
            ],
            className="field-grid mt-2",
        ),
        html.Div(_sales_rules(found), className="field-grid mt-2", hidden=not found.entity.stored_as),
        html.Div(dbc.Button(_("Check the file"), id=Ids.check, color="primary"), className="mt-3"),
        title=_("2 · What the columns mean"),
        note=_("Remembered for the next file with these columns. * must be given."),
    )


def _constant(label: str, name: str, choices: list[tuple[str, str]], value: str) -> Component:
    """The value of rows that give none."""
    listed = [(NOTHING, _("– none –")), *((code, f"{code} · {text}") for code, text in choices)]
    control = select({"type": Ids.constant, "index": name}, listed, value or NOTHING)
    caption = html.Span(_("%(field)s of rows without one", field=label), className="form-label")
    return html.Label([caption, control], className="field")


def _way(found: Batch) -> list[Component]:
    """What the import may do, and for a replacement of which days."""
    modes = [
        ("upsert", _("Add new rows and change those that are there")),
        ("insert", _("Add new rows only")),
        ("update", _("Change rows that are there only")),
    ]
    replaceable = bool(imports.period_field(found.entity))
    if replaceable:
        modes.append(("replace", _("Replace a period as a whole")))
    start, end = found.options.period or (None, None)
    days = [
        field(_("Replace from"), dbc.Input(id=Ids.period_start, type="date", value=start and start.isoformat())),
        field(_("to"), dbc.Input(id=Ids.period_end, type="date", value=end and end.isoformat())),
    ]
    return [
        field(_("What the import may do"), select(Ids.import_mode, modes, found.options.mode)),
        html.Div(
            days,
            className="filters",
            hidden=not replaceable,
            title=_("Rows of these days that the file does not have are removed; empty: the days the file spans."),
        ),
    ]


def _sales_rules(found: Batch) -> list[Component]:
    return [
        field(
            _("Codes that are no products"),
            dbc.Input(id=Ids.service_codes, value=", ".join(found.options.service_codes)),
            hint=_("Postage, fees and the like, separated by commas; they are set aside."),
        ),
        field(
            _("Cancelling documents begin with"),
            dbc.Input(id=Ids.cancellation_prefix, value=found.options.cancellation_prefix, maxLength=8),
        ),
    ]
