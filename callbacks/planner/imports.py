"""Importing a file on the page: reading, columns, dry run, commit, undo."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import dash_bootstrap_components as dbc
from dash import ALL, Input, Output, State, callback, html, no_update
from dash.development.base_component import Component

from components.forms import NOTHING, chosen, facts, field, select
from components.grid import grid, text_column
from components.import_columns import ColumnField, column_fields
from components.import_panels import count_tiles, open_questions
from components.job_progress import job_ended, job_id_of
from components.page import panel
from core.clock import now
from core.errors import InvalidInput, NotFound
from core.guard import requires
from core.i18n import EMPTY, _, counted, moment, money, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import import_findings, import_history, import_proposals, import_templates, imports
from services.import_file import FilePreview, Reading
from services.imports import Batch, Options

JOB = "import"
PATH = "/data/import"
SHOWN_ROWS = 1000
PAGE_ROWS = 100
PREVIEW_WIDTH = 110
NAMED_COLUMNS = 20


class Ids(PageIds):
    batch: str
    reading: str
    column: str
    constant: str
    import_mode: str
    period_start: str
    period_end: str
    service_codes: str
    cancellation_prefix: str
    preview: str
    questions: str
    check: str
    commit: str
    mode: str
    undo: str
    leave_edited: str
    outcome: str
    rule: str
    rows: str
    history: str
    history_entity: str
    address: str
    steps: str
    columns: str
    switch: str
    other_entity: str
    template: str
    use_template: str
    remove_template: str
    template_name: str
    save_template: str
    template_told: str
    changed_field: str
    differences: str


READING_NOW = (
    State({"type": Ids.reading, "index": ALL}, "value"),
    State({"type": Ids.reading, "index": ALL}, "id"),
)
SCREEN = (
    *READING_NOW,
    State({"type": Ids.column, "index": ALL}, "value"),
    State({"type": Ids.column, "index": ALL}, "id"),
    State({"type": Ids.constant, "index": ALL}, "value"),
    State({"type": Ids.constant, "index": ALL}, "id"),
    State(Ids.import_mode, "value"),
    State(Ids.period_start, "value"),
    State(Ids.period_end, "value"),
    State(Ids.service_codes, "value"),
    State(Ids.cancellation_prefix, "value"),
)


@callback(
    Output(Ids.preview, "columnDefs"),
    Output(Ids.preview, "rowData"),
    Output(Ids.questions, "children"),
    Output(Ids.columns, "children"),
    Input({"type": Ids.reading, "index": ALL}, "value"),
    State({"type": Ids.reading, "index": ALL}, "id"),
    State({"type": Ids.column, "index": ALL}, "value"),
    State({"type": Ids.column, "index": ALL}, "id"),
    State({"type": Ids.column, "index": ALL}, "options"),
    State(Ids.batch, "data"),
)
def show_preview(values: list[Any], names: list[dict[str, str]], *given: Any) -> tuple[Any, ...]:
    columns, column_ids, options, batch_id = given
    found = imports.batch(viewer(), batch_uuid(batch_id))
    seen = imports.file_preview(viewer(), found.id, _reading(values, names))
    questions = [*seen.detection.questions(), *([seen.header_problem] if seen.header_problem else [])]
    shown = [
        text_column(f"c{place}", name, sortable=False, minWidth=PREVIEW_WIDTH) for place, name in enumerate(seen.header)
    ]
    rows = [{f"c{place}": cell for place, cell in enumerate(cells)} for cells in seen.rows]
    listed = [option.get("value") for option in (options or [[]])[0] if isinstance(option, dict)]
    if listed[1:] == list(seen.header):
        return shown, rows, open_questions(questions), no_update
    return shown, rows, open_questions(questions), columns_read_anew(found, seen, _by_name(column_ids, columns))


@callback(
    Output(job_id_of(JOB), "data", allow_duplicate=True),
    Input(Ids.check, "n_clicks"),
    State(Ids.batch, "data"),
    *SCREEN,
    prevent_initial_call=True,
)
@requires(Permission.IMPORT_RUN)
def check_file(clicks: int | None, batch_id: str, *given: Any) -> Any:
    if not clicks:
        return no_update
    reading, mapping, options = _on_screen(*given)
    return str(imports.start_check(viewer(), batch_uuid(batch_id), reading=reading, mapping=mapping, options=options))


@callback(
    Output(Ids.address, "href"),
    Input(Ids.switch, "n_clicks"),
    State(Ids.batch, "data"),
    State(Ids.other_entity, "data"),
    prevent_initial_call=True,
)
@requires(Permission.IMPORT_RUN)
def switch_entity(clicks: int | None, batch_id: str, entity: object) -> Any:
    if not clicks:
        return no_update
    found = imports.switch_entity(viewer(), batch_uuid(batch_id), str(entity))
    return address_of(found)


@callback(
    Output(Ids.address, "href", allow_duplicate=True),
    Input(Ids.use_template, "n_clicks"),
    State(Ids.batch, "data"),
    State(Ids.template, "value"),
    prevent_initial_call=True,
)
@requires(Permission.IMPORT_RUN)
def use_template(clicks: int | None, batch_id: str, name: str | None) -> Any:
    if not clicks:
        return no_update
    return address_of(import_templates.use(viewer(), batch_uuid(batch_id), _named(name)))


@callback(
    Output(Ids.template, "options", allow_duplicate=True),
    Output(Ids.template, "value", allow_duplicate=True),
    Output(Ids.template_told, "children", allow_duplicate=True),
    Input(Ids.remove_template, "n_clicks"),
    State(Ids.batch, "data"),
    State(Ids.template, "value"),
    prevent_initial_call=True,
)
@requires(Permission.IMPORT_RUN)
def remove_template(clicks: int | None, batch_id: str, name: str | None) -> Any:
    if not clicks:
        return no_update, no_update, no_update
    entity = imports.batch(viewer(), batch_uuid(batch_id)).entity
    import_templates.remove(viewer(), entity.name, _named(name))
    return _template_options(entity.name), NOTHING, _("Deleted.")


@callback(
    Output(Ids.template, "options"),
    Output(Ids.template, "value"),
    Output(Ids.template_told, "children"),
    Input(Ids.save_template, "n_clicks"),
    State(Ids.batch, "data"),
    State(Ids.template_name, "value"),
    *SCREEN,
    prevent_initial_call=True,
)
@requires(Permission.IMPORT_RUN)
def save_template(clicks: int | None, batch_id: str, name: str | None, *given: Any) -> Any:
    if not clicks:
        return no_update, no_update, no_update
    saved = import_templates.save(viewer(), batch_uuid(batch_id), str(name or ""), *_on_screen(*given))
    entity = imports.batch(viewer(), batch_uuid(batch_id)).entity
    return (
        _template_options(entity.name),
        saved,
        _("Saved for everybody who imports %(rows)s.", rows=_(entity.label).lower()),
    )


@callback(
    Output(job_id_of(JOB), "data", allow_duplicate=True),
    Input(Ids.commit, "n_clicks"),
    State(Ids.batch, "data"),
    State(Ids.mode, "value"),
    prevent_initial_call=True,
)
@requires(Permission.IMPORT_RUN)
def commit_file(clicks: int | None, batch_id: str, mode: str) -> Any:
    if not clicks:
        return no_update
    return str(imports.start_commit(viewer(), batch_uuid(batch_id), good_rows=mode == "good_rows"))


@callback(
    Output(job_id_of(JOB), "data", allow_duplicate=True),
    Input(Ids.undo, "n_clicks"),
    State(Ids.batch, "data"),
    State(Ids.leave_edited, "value"),
    prevent_initial_call=True,
)
@requires(Permission.IMPORT_RUN)
def undo_file(clicks: int | None, batch_id: str, leave_edited: object) -> Any:
    if not clicks:
        return no_update
    return str(imports.start_undo(viewer(), batch_uuid(batch_id), leave_edited=bool(leave_edited)))


@callback(
    Output(Ids.outcome, "children"),
    Output(Ids.steps, "hidden"),
    Input(job_ended(JOB), "data"),
    State(Ids.batch, "data"),
    prevent_initial_call=True,
)
def show_outcome(ended: dict[str, Any] | None, batch_id: str) -> Any:
    if not ended:
        return no_update, no_update
    found = imports.batch(viewer(), batch_uuid(batch_id))
    error = ended.get("error")
    panels = outcome_panels(found, refusal=error if isinstance(error, str) else "")
    if ended.get("state") == "cancelled":
        panels.insert(0, dbc.Alert(_("Cancelled. Nothing was changed."), color="info"))
    return panels, found.finished


@callback(
    Output(Ids.outcome, "children", allow_duplicate=True),
    *(Input(state.component_id, state.component_property) for state in SCREEN),
    State(Ids.batch, "data"),
    prevent_initial_call=True,
)
def hold_back_outcome(*given: Any) -> Any:
    """An account of other choices than the screen has is no account: what is imported is what was checked."""
    *on_screen, batch_id = given
    found = imports.batch(viewer(), batch_uuid(batch_id))
    if found.state != "checked":
        return no_update
    if _as_checked(found, *on_screen):
        return outcome_panels(found)
    told = _("The choices above are no longer those of the last check. Check the file again to see what would happen.")
    return [dbc.Alert(told, color="info"), _details_panel(found)]


def _as_checked(found: Batch, *given: Any) -> bool:
    try:
        reading, mapping, options = _on_screen(*given)
        return imports.is_as_checked(viewer(), found.id, reading=reading, mapping=mapping, options=options)
    except InvalidInput:  # half a period, for example
        return False


@callback(
    Output(Ids.rows, "rowData"),
    Input(Ids.rule, "value"),
    State(Ids.batch, "data"),
)
def show_rows_not_taken(rule: str | None, batch_id: str) -> list[dict[str, Any]]:
    listed = import_findings.rows_not_taken(viewer(), batch_uuid(batch_id), rule=chosen(rule) or None, limit=SHOWN_ROWS)
    names = {"set_aside": _("set aside"), "rejected": _("rejected")}
    return [row | {"outcome": names[row["outcome"]]} for row in listed]


@callback(
    Output(Ids.differences, "rowData"),
    Input(Ids.changed_field, "value"),
    State(Ids.batch, "data"),
)
def show_differences(field: str | None, batch_id: str) -> list[dict[str, Any]]:
    return import_findings.differences(viewer(), batch_uuid(batch_id), field=chosen(field), limit=SHOWN_ROWS)


@callback(
    Output(Ids.history, "rowData"),
    Input(Ids.history_entity, "value"),
)
def show_history(entity: str | None) -> list[dict[str, Any]]:
    return [_history_row(found) for found in import_history.newest_batches(viewer(), entity=chosen(entity))]


def batch_uuid(text: object) -> UUID:
    """The id of an import; anything else is an unknown one."""
    try:
        return UUID(str(text))
    except ValueError as error:
        raise NotFound(_("There is no such import.")) from error


def address_of(found: Batch) -> str:
    """The page of an import; never the same address twice, so that the page is made anew."""
    return f"{PATH}?batch={found.id}&shown={now():%H%M%S%f}"


def column_block(
    found: Batch, header: Sequence[str], mapping: Mapping[str, str], by_content: Mapping[str, str]
) -> Component:
    """The columns of a file for the fields of its entity."""
    fields = [
        replace(item, column=column, by_content=bool(column) and by_content.get(item.name) == column)
        for item in fields_of(found.entity.name)
        for column in (mapping.get(item.name, ""),)
    ]
    return column_fields(Ids.column, fields, header)


def columns_read_anew(found: Batch, seen: FilePreview, chosen_columns: Mapping[str, str]) -> Component:
    """The columns of a file that has others under another reading; what was chosen stays where it is still there."""
    proposal = import_proposals.proposed_columns(viewer(), seen, found.entity, chosen=chosen_columns)
    return column_block(found, seen.header, proposal.mapping, proposal.by_content)


def fields_of(entity: str) -> list[ColumnField]:
    """The fields of an entity with their texts."""
    return [ColumnField(**texts) for texts in import_proposals.field_texts(entity)]


def outcome_panels(found: Batch, *, refusal: str = "") -> list[Component | None]:
    """What became of the rows, and all that is kept about the import; ``refusal`` is why the last press did nothing."""
    return [_outcome_panel(found, refusal), _details_panel(found)]


def _details_panel(found: Batch) -> Component:
    """Who, when, what, how: the whole record of an import."""
    ways = {"file": _("on the page"), "folder": _("by the drop folder"), "command": _("at the command line")}
    columns = [
        f"{_(item.label)} ← {found.mapping[item.name]}" for item in found.entity.fields if item.name in found.mapping
    ]
    values = [f"{_(found.entity.field(name).label)} = {value}" for name, value in found.options.constants.items()]
    pairs = [
        (_("Rows"), _(found.entity.label)),
        (_("State"), _state_text(found)),
        (
            _("Uploaded (UTC)"),
            _(
                "%(at)s by %(who)s, %(way)s",
                at=moment(found.created_at),
                who=found.author,
                way=ways.get(found.came_by, ""),
            ),
        ),
        (_("Imported (UTC)"), moment(found.committed_at)),
        (_("Can be undone until (UTC)"), EMPTY if found.state != "committed" else moment(found.undo_until)),
        (_("Undone (UTC)"), moment(found.undone_at)),
        (_("Size"), _("%(size)s kB", size=number(found.size_bytes / 1000, decimals=1))),
        (_("SHA-256 of the file"), found.sha256),
        (_("Virus scan"), _("nothing found") if found.scanned else _("not scanned")),
        (_("Read as"), ", ".join(_read_as(found)) or EMPTY),
        (_("Columns"), "; ".join(columns) or EMPTY),
        (_("Values of rows without one"), "; ".join(values) or EMPTY),
        (_("What it may do"), way_texts()[found.options.mode] + _period_text(found)),
    ]
    link = html.A(
        _("Download the original"), href=f"{PATH}/{found.id}/original", className="btn btn-outline-primary btn-sm"
    )
    return panel(facts(pairs), title=_("About this import"), actions=[link] if found.path.exists() else [])


def _state_text(found: Batch) -> str:
    states = {"uploaded": _("not checked"), "checked": _("checked"), "committed": _("imported"), "undone": _("undone")}
    return states[found.state]


def _read_as(found: Batch) -> list[str]:
    """What was settled about the file, beside what could be found in it."""
    source, reading = found.source, found.reading
    place = _("sheet %(name)s", name=source["sheet"]) if source.get("sheet") else source["encoding"]
    row = "" if reading.header_row is None else _("names in row %(row)s", row=reading.header_row)
    delimiter = "" if reading.delimiter is None else _("separated by “%(sign)s”", sign=reading.delimiter)
    return [part for part in (place, delimiter, reading.numbers or "", reading.date_format or "", row) if part]


def _period_text(found: Batch) -> str:
    if not found.options.period:
        return ""
    first, last = found.options.period
    return f" ({first.isoformat()} – {last.isoformat()})"


def way_texts() -> dict[str, str]:
    """What an import may do."""
    return {
        "upsert": _("Add new rows and change those that are there"),
        "insert": _("Add new rows only"),
        "update": _("Change rows that are there only"),
        "replace": _("Replace a period as a whole"),
    }


def template_choices(entity: str) -> list[tuple[str, str]]:
    """The templates for files of one kind."""
    return [(NOTHING, _("– none –")), *((name, name) for name in import_templates.names(viewer(), entity))]


def _template_options(entity: str) -> list[dict[str, str]]:
    return [{"value": value, "label": text} for value, text in template_choices(entity)]


def _named(name: str | None) -> str:
    if not chosen(name):
        raise InvalidInput(_("Choose a template first."))
    return chosen(name)


def _on_screen(*given: Any) -> tuple[Reading, dict[str, str], Options]:
    """Reading, columns and options as the screen has them."""
    readings, reading_ids, columns, column_ids, constants, constant_ids, *rest = given
    mode, start, end, service_codes, prefix = map(chosen, rest)
    options = Options.of(
        {
            "mode": mode,
            "constants": _by_name(constant_ids, constants),
            "period": (start, end) if start or end else (),
            "service_codes": service_codes,
            "cancellation_prefix": prefix,
        }
    )
    return _reading(readings, reading_ids), _by_name(column_ids, columns), options


def _history_row(found: Batch) -> dict[str, object]:
    counts = {key: found.counts.get(key) for key in ("rows", "new", "changed", "same", "set_aside", "rejected")}
    name = re.sub(r"([\\\[\]()<>`*_])", r"\\\1", found.file_name)  # shown by Markdown, for the link's sake
    return {
        "file": f"[{name}]({PATH}?batch={found.id})",
        "entity": _(found.entity.label),
        "state": _state_text(found),
        "author": found.author,
        "at": moment(found.created_at),
        "scan": _("nothing found") if found.scanned else _("not scanned"),
        **counts,
    }


def _outcome_panel(found: Batch, refusal: str) -> Component | None:
    """The account of the rows and what can be done next; nothing before the first check."""
    if found.state == "uploaded":
        return None
    counts = found.counts
    tiles = [
        (_("rows in the file"), number(counts["rows"])),
        (_("new"), number(counts["new"])),
        (_("changed"), number(counts["changed"])),
        (_("same"), number(counts["same"])),
        (_("set aside by rule"), number(counts["set_aside"])),
        (_("rejected"), number(counts["rejected"])),
    ]
    if found.options.mode == "replace":
        tiles.append((_("removed from the period"), number(counts["removed"])))
    return panel(
        count_tiles(tiles),
        html.P(_facts(counts), className="note"),
        *_changes(found),
        *_not_taken(found),
        dbc.Alert(refusal, color="danger", className="mt-2") if refusal else None,
        _next_step(found),
        title=_OUTCOME_TITLES[found.state](),
        note=_("New, changed, same, set aside and rejected add up to the rows of the file."),
    )


_OUTCOME_TITLES = {
    "checked": lambda: _("3 · Dry run: what would happen"),
    "committed": lambda: _("Imported"),
    "undone": lambda: _("Taken back"),
}


def _facts(counts: dict[str, Any]) -> str:
    blank = []
    if counts.get("blank"):
        blank = [_("Lines without text, which are no rows: %(count)s.", count=number(counts["blank"]))]
    sales = _sales_facts(counts) if "net_quantity" in counts else []
    return " ".join([*sales, *blank, *_unused_columns(counts), *_undo_facts(counts)])


def _unused_columns(counts: dict[str, Any]) -> list[str]:
    """A column that nothing takes, a misspelt one perhaps, is never left out in silence."""
    unused = counts.get("unused_columns")
    if not unused:
        return []
    more = [_("%(count)s more", count=number(len(unused) - NAMED_COLUMNS))] if len(unused) > NAMED_COLUMNS else []
    names = ", ".join([*(f"“{name}”" for name in unused[:NAMED_COLUMNS]), *more])
    return [_("Columns of the file that are not brought in: %(names)s.", names=names)]


def _undo_facts(counts: dict[str, Any]) -> list[str]:
    """What an undo did."""
    undo = counts.get("undo")
    if not undo:
        return []
    return [
        _(
            "%(removed)s new rows were removed, %(restored)s have their old values again, %(left)s were changed or "
            "used since and stayed as they are.",
            **{name: number(undo[name]) for name in ("removed", "restored", "left")},
        )
    ]


def _sales_facts(counts: dict[str, Any]) -> list[str]:
    """What sales transactions amount to."""
    sentences = [
        _(
            "%(first)s to %(last)s: %(new_products)s new products, %(new_customers)s new customers, "
            "net quantity %(quantity)s, net revenue %(revenue)s.",
            first=counts["first_day"] or EMPTY,
            last=counts["last_day"] or EMPTY,
            new_products=number(counts["new_products"]),
            new_customers=number(counts["new_customers"]),
            quantity=number(float(counts["net_quantity"])),
            revenue=money(float(counts["net_revenue"])),
        ),
        _(
            "%(returns)s rows are returns: they reduce demand on the day they were booked.",
            returns=number(counts["returns"]),
        ),
    ]
    if counts["without_customer"]:
        count = number(counts["without_customer"])
        sentences.append(_("%(count)s rows name no customer and count all the same.", count=count))
    if counts["codes_unlike_case"]:
        sentences.append(
            _(
                "%(count)s product codes differ from another one only in capital letters (%(examples)s): "
                "they are kept apart.",
                count=number(counts["codes_unlike_case"]),
                examples=", ".join(counts["examples_unlike_case"]),
            )
        )
    return sentences


def _changes(found: Batch) -> list[Component]:
    """Field by field what changes in rows that are there; nothing when nothing does."""
    changed = import_findings.changed_fields(found)
    removed = found.counts.get("removed", 0) if found.state == "committed" else 0
    if found.state == "undone" or not (changed or removed):
        return []
    by_field = [
        (name, counted("%(field)s: %(count)s row", "%(field)s: %(count)s rows", rows, field=label))
        for name, label, rows in changed
    ]
    choices = [(NOTHING, _("All fields")), *by_field]
    columns = [
        text_column("line", _("Row"), maxWidth=90, type="rightAligned", hide=found.state != "checked"),
        text_column("key", _("Key"), minWidth=150, tooltipField="key"),
        text_column("field", _("Field"), minWidth=140),
        text_column("before", _("Value now") if found.state == "checked" else _("Value before"), minWidth=140),
        text_column("after", _("Value then") if found.state == "checked" else _("Value after"), minWidth=140),
    ]
    paged = {"pagination": True, "paginationPageSize": PAGE_ROWS, "paginationPageSizeSelector": False}
    told = [text for _name, text in by_field]
    if found.counts["changed"] > SHOWN_ROWS:
        told.append(_("the first %(count)s changed rows are shown", count=number(SHOWN_ROWS)))
    return [
        html.Div(field(_("What changes"), select(Ids.changed_field, choices, NOTHING)), className="filters"),
        html.Div(grid(Ids.differences, columns, height=320, options=paged), className="mb-2"),
        html.P("; ".join(told), className="note"),
    ]


def _not_taken(found: Batch) -> list[Component]:
    """The rows that are not taken, by rule; nothing when all are."""
    by_rule = found.counts["by_rule"]
    rules = [(rule, rows) for outcome in ("rejected", "set_aside") for rule, rows in by_rule.get(outcome, {}).items()]
    if not rules:
        return []
    choices = [(NOTHING, _("All rules"))]
    choices += [(rule, f"{import_findings.rule_text(rule)} ({number(rows)})") for rule, rows in rules]
    columns = [
        text_column("line", _("Row"), maxWidth=90, type="rightAligned"),
        text_column("outcome", _("Outcome"), maxWidth=120),
        text_column("label", _("Key"), maxWidth=170),
        text_column("column_name", _("Column"), maxWidth=140),
        text_column("value", _("Value"), maxWidth=160),
        text_column("message", _("What is wrong"), minWidth=240, tooltipField="message"),
        text_column("remedy", _("What to do"), minWidth=220, tooltipField="remedy"),
    ]
    return [
        html.Div(
            [field(_("Rows that are not taken"), select(Ids.rule, choices, NOTHING)), *_error_files(found)],
            className="filters",
        ),
        html.Div(grid(Ids.rows, columns, height=300), className="mb-3"),
    ]


def _error_files(found: Batch) -> list[Component]:
    """The rejected rows to correct, or the whole file with what is wrong."""
    if not found.counts.get("rejected") or not found.path.exists():
        return []
    links = (("rejected", _("Rejected rows with errors (CSV)")), ("all", _("Whole file with errors (CSV)")))
    return [
        html.A(text, href=f"{PATH}/{found.id}/errors/{which}.csv", className="btn btn-outline-primary", download="")
        for which, text in links
    ]


def _next_step(found: Batch) -> Component | None:
    if not viewer().may(Permission.IMPORT_RUN):
        return None
    if found.state == "checked" and not _brings(found.counts):
        told = _("There is nothing to bring in: no row of the file is new or differs from the data.")
        return dbc.Alert(told, color="info", className="mt-2")
    if found.state == "checked":
        modes = [
            ("all_or_nothing", _("All rows or nothing")),
            ("good_rows", _("Good rows only, rejected ones are left out")),
        ]
        return html.Div(
            [
                field(_("Way to import"), select(Ids.mode, modes, "all_or_nothing")),
                dbc.Button(_("Import"), id=Ids.commit, color="primary"),
            ],
            className="filters",
        )
    if found.state == "committed":
        return html.Div(
            [
                dbc.Button(_("Undo this import"), id=Ids.undo, color="secondary", outline=True),
                dbc.Checkbox(id=Ids.leave_edited, label=_("Leave rows that were changed or used since as they are")),
            ],
            className="filters",
        )
    return None


def _brings(counts: dict[str, Any]) -> bool:
    """Whether an import would change anything."""
    return any(counts.get(name) for name in ("new", "changed", "removed"))


def _by_name(names: list[dict[str, str]], values: list[Any]) -> dict[str, str]:
    """What was chosen for each field."""
    if len(values) != len(names):
        raise InvalidInput(_("Reload the page and try again."))
    return {str(name["index"]): chosen(value) for name, value in zip(names, values, strict=True)}


def _reading(values: list[Any], names: list[dict[str, str]]) -> Reading:
    if len(values) != len(names):
        raise InvalidInput(_("Reload the page and try again."))
    return Reading.of({str(name["index"]): value for name, value in zip(names, values, strict=True)})
