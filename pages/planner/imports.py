"""Data › Import: from a dropped file to demand history, and back."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.imports import (
    JOB,
    PATH,
    Ids,
    batch_uuid,
    column_block,
    fields_of,
    outcome_panels,
    template_choices,
    way_texts,
)
from components.file_reading import reading_fields
from components.forms import NOTHING, field, select
from components.grid import figure_column, grid, text_column
from components.import_columns import field_table
from components.import_panels import drop_zone
from components.job_progress import job_progress
from components.page import empty_state, page_frame, panel
from core.errors import NotFound
from core.i18n import _, moment, number
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import import_history, import_proposals, imports
from services.import_file import FilePreview, reading_choices
from services.imports import Batch

register_page(
    __name__,
    path=PATH,
    permission=Permission.IMPORT_READ,
    name="Import",
    area=Area.DATA,
    order=10,
    description="Bring any table into the plan, look first, and back",
)


def layout(batch: str = "", entity: str = "transactions", **_query: str) -> Component:
    if batch:
        return _one_import(imports.batch(viewer(), batch_uuid(batch)))
    return page_frame(
        *_upload_panels(entity),
        panel(*_history(), title=_("History")),
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
    known = import_proposals.importable(viewer())
    wanted = known.get(entity) or next(iter(known.values()))
    links = [
        dcc.Link(
            _(found.label),
            href=f"{PATH}?entity={name}",
            className="pill active" if found is wanted else "pill",
            title=_(found.help),
        )
        for name, found in known.items()
    ]
    return [
        panel(html.Nav(links, className="pills", **{"aria-label": _("Kind of rows")}), title=_("What to bring in")),
        panel(
            drop_zone(
                upload_path=f"{PATH}/upload?entity={wanted.name}",
                open_path=f"{PATH}?batch=",
                label=_("Drop files here, or choose them"),
                several=True,
            ),
            html.Details(
                [html.Summary(_("What the columns hold")), field_table(fields_of(wanted.name))],
                className="field-help mt-2",
            ),
            title=_(wanted.label),
            note=_(wanted.help),
            actions=_forms(wanted.name),
        ),
    ]


def _forms(entity: str) -> list[Component]:
    """Files to fill in."""
    kinds = (
        (_("Template CSV"), f"/data/template/{entity}.csv"),
        (_("Template XLSX"), f"/data/template/{entity}.xlsx"),
        (_("All templates"), "/data/template/all.zip"),
    )
    return [
        html.A(text, href=address, className="btn btn-outline-primary btn-sm", download="") for text, address in kinds
    ]


def _history() -> list[Component]:
    if not import_history.newest_batches(viewer(), limit=1):
        return [empty_state(_("Nothing was imported yet. Drop a file above: its columns are found by their names."))]
    columns = [
        {"field": "file", "headerName": _("File"), "cellRenderer": "markdown", "minWidth": 220},
        text_column("entity", _("Rows"), minWidth=150),
        text_column("state", _("State"), maxWidth=130, minWidth=100),
        text_column("author", _("By"), maxWidth=160, minWidth=110),
        text_column("at", _("Uploaded (UTC)"), minWidth=150),
        *(
            figure_column(key, name, maxWidth=120, minWidth=90)
            for key, name in (
                ("rows", _("Lines")),
                ("new", _("New")),
                ("changed", _("Changed")),
                ("same", _("Same")),
                ("set_aside", _("Set aside")),
                ("rejected", _("Rejected")),
            )
        ),
        text_column("scan", _("Virus scan"), minWidth=120),
    ]
    kinds = [(NOTHING, _("All"))]
    kinds += [(name, _(entity.label)) for name, entity in import_proposals.importable(viewer()).items()]
    return [
        html.Div(field(_("Kind of rows"), select(Ids.history_entity, kinds, NOTHING)), className="filters"),
        grid(Ids.history, columns, height=360),
    ]


def _one_import(found: Batch) -> Component:
    twin = import_history.twin(viewer(), found.id)
    may_change = not found.finished and viewer().may(Permission.IMPORT_RUN)
    return page_frame(
        dcc.Location(id=Ids.address, refresh="callback-nav"),
        dcc.Store(id=Ids.batch, data=str(found.id)),
        dbc.Alert(twin, color="warning") if twin else None,
        html.Div(_steps(found) if may_change else [], id=Ids.steps),
        job_progress(JOB, imports.running_job(viewer(), found)),
        html.Div(outcome_panels(found), id=Ids.outcome),
        title=found.file_name,
        lead=_(
            "%(rows)s: %(size)s kB, %(lines)s lines, uploaded %(at)s by %(who)s",
            rows=_(found.entity.label),
            size=number(found.size_bytes / 1000),
            lines=number(found.source["lines"]),
            at=moment(found.created_at),
            who=found.author,
        ),
        trail=[(_("Import"), PATH)],
    )


def _steps(found: Batch) -> list[Component | None]:
    """How the file is read and what its columns mean, to be changed until it is imported."""
    try:
        seen = imports.file_preview(viewer(), found.id, found.reading)
    except NotFound as gone:
        return [empty_state(gone.message, action=_("Upload it again"), href=PATH)]
    return [_better_entity(found, seen), _reading_panel(found, seen), _columns_panel(found, seen)]


def _better_entity(found: Batch, seen: FilePreview) -> Component | None:
    """The columns look like those of other rows: one press takes the file as such."""
    other = import_proposals.better_entity(viewer(), seen, found.entity)
    if other is None:
        return None
    told = imports.told_of_better_entity(viewer(), found)
    switch = dbc.Button(_("Bring it in as %(other)s", other=_(other.label)), id=Ids.switch, size="sm", color="primary")
    return dbc.Alert(
        [html.Span(told), switch, dcc.Store(id=Ids.other_entity, data=other.name)], color="warning", className="switch"
    )


def _reading_panel(found: Batch, seen: FilePreview) -> Component:
    return panel(
        html.Div(id=Ids.questions),
        reading_fields(Ids.reading, reading_choices(seen, found.reading)),
        grid(Ids.preview, [], height=250),
        title=_("1 · How the file is read"),
        note=_("Found by looking at the file. Change what is not right; the rows below follow."),
    )


def _columns_panel(found: Batch, seen: FilePreview) -> Component:
    constants = import_proposals.reference_choices(viewer(), found.entity)
    return panel(
        _templates(found),
        html.Div(column_block(found, seen.header, found.mapping, found.by_content), id=Ids.columns),
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


def _templates(found: Batch) -> Component:
    """Saved ways of importing: choose one, or save what is chosen below under a name."""
    buttons = [
        dbc.Button(_("Use"), id=Ids.use_template, color="secondary", outline=True),
        dbc.Button(_("Delete"), id=Ids.remove_template, color="danger", outline=True),
    ]
    saving = dbc.Input(id=Ids.template_name, maxLength=80, placeholder=_("Monthly sales of the shops"))
    return html.Div(
        [
            field(_("Saved template"), select(Ids.template, template_choices(found.entity.name), NOTHING)),
            *buttons,
            field(_("Save as template"), saving),
            dbc.Button(_("Save"), id=Ids.save_template, color="secondary", outline=True),
            html.Span(id=Ids.template_told, className="note", role="status"),
        ],
        className="filters",
    )


def _constant(label: str, name: str, choices: list[tuple[str, str]], value: str) -> Component:
    """The value of rows that give none."""
    listed = [(NOTHING, _("– none –")), *((code, f"{code} · {text}") for code, text in choices)]
    control = select({"type": Ids.constant, "index": name}, listed, value or NOTHING)
    caption = html.Span(_("%(field)s of rows without one", field=label), className="form-label")
    return html.Label([caption, control], className="field")


def _way(found: Batch) -> list[Component]:
    """What the import may do, and for a replacement of which days."""
    replaceable = bool(imports.period_field(found.entity))
    modes = [(mode, text) for mode, text in way_texts().items() if replaceable or mode != "replace"]
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
