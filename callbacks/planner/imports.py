"""Importing a file on the page: reading, columns, dry run, commit, undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import dash_bootstrap_components as dbc
from dash import ALL, Input, Output, State, callback, html, no_update
from dash.development.base_component import Component

from components.forms import NOTHING, chosen, field, select
from components.grid import grid, text_column
from components.import_panels import count_tiles, open_questions
from components.job_progress import job_ended, job_id_of
from components.page import panel
from core.errors import InvalidInput, NotFound
from core.guard import requires
from core.i18n import EMPTY, _, money, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import imports
from services.import_file import Reading
from services.imports import Batch, Options

JOB = "import"
SHOWN_ROWS = 1000


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


@callback(
    Output(Ids.preview, "columnDefs"),
    Output(Ids.preview, "rowData"),
    Output(Ids.questions, "children"),
    Input({"type": Ids.reading, "index": ALL}, "value"),
    State({"type": Ids.reading, "index": ALL}, "id"),
    State(Ids.batch, "data"),
)
def show_preview(values: list[Any], names: list[dict[str, str]], batch_id: str) -> tuple[Any, Any, Component | None]:
    seen = imports.file_preview(viewer(), batch_uuid(batch_id), _reading(values, names))
    questions = [*seen.detection.questions(), *([seen.header_problem] if seen.header_problem else [])]
    columns = [text_column(f"c{place}", name, sortable=False) for place, name in enumerate(seen.header)]
    rows = [{f"c{place}": cell for place, cell in enumerate(cells)} for cells in seen.rows]
    return columns, rows, open_questions(questions)


@callback(
    Output(job_id_of(JOB), "data", allow_duplicate=True),
    Input(Ids.check, "n_clicks"),
    State(Ids.batch, "data"),
    State({"type": Ids.reading, "index": ALL}, "value"),
    State({"type": Ids.reading, "index": ALL}, "id"),
    State({"type": Ids.column, "index": ALL}, "value"),
    State({"type": Ids.column, "index": ALL}, "id"),
    State({"type": Ids.constant, "index": ALL}, "value"),
    State({"type": Ids.constant, "index": ALL}, "id"),
    State(Ids.import_mode, "value"),
    State(Ids.period_start, "value"),
    State(Ids.period_end, "value"),
    State(Ids.service_codes, "value"),
    State(Ids.cancellation_prefix, "value"),
    prevent_initial_call=True,
)
@requires(Permission.IMPORT_RUN)
def check_file(clicks: int | None, batch_id: str, *given: Any) -> Any:
    if not clicks:
        return no_update
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
    mapping = _by_name(column_ids, columns)
    reading = _reading(readings, reading_ids)
    return str(imports.start_check(viewer(), batch_uuid(batch_id), reading=reading, mapping=mapping, options=options))


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
    Input(job_ended(JOB), "data"),
    State(Ids.batch, "data"),
    prevent_initial_call=True,
)
def show_outcome(ended: dict[str, Any] | None, batch_id: str) -> Any:
    return outcome_panel(imports.batch(viewer(), batch_uuid(batch_id))) if ended else no_update


@callback(
    Output(Ids.rows, "rowData"),
    Input(Ids.rule, "value"),
    State(Ids.batch, "data"),
)
def show_rows_not_taken(rule: str | None, batch_id: str) -> list[dict[str, Any]]:
    listed = imports.rows_not_taken(viewer(), batch_uuid(batch_id), rule=chosen(rule) or None, limit=SHOWN_ROWS)
    names = {"set_aside": _("set aside"), "rejected": _("rejected")}
    return [row | {"outcome": names[row["outcome"]]} for row in listed]


def batch_uuid(text: object) -> UUID:
    """The id of an import; anything else is an unknown one."""
    try:
        return UUID(str(text))
    except ValueError as error:
        raise NotFound(_("There is no such import.")) from error


def outcome_panel(found: Batch) -> Component | None:
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
        *_not_taken(counts),
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
        blank = [_("%(count)s lines hold no text and are not rows.", count=number(counts["blank"]))]
    return " ".join([*(_sales_facts(counts) if "net_quantity" in counts else []), *blank])


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


def _not_taken(counts: dict[str, Any]) -> list[Component]:
    """The rows that are not taken, by rule; nothing when all are."""
    by_rule = counts["by_rule"]
    rules = [(rule, rows) for outcome in ("rejected", "set_aside") for rule, rows in by_rule.get(outcome, {}).items()]
    if not rules:
        return []
    choices = [(NOTHING, _("All rules"))]
    choices += [(rule, f"{imports.rule_text(rule)} ({number(rows)})") for rule, rows in rules]
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
        html.Div(field(_("Rows that are not taken"), select(Ids.rule, choices, NOTHING)), className="filters"),
        html.Div(grid(Ids.rows, columns, height=300), className="mb-3"),
    ]


def _next_step(found: Batch) -> Component | None:
    if not viewer().may(Permission.IMPORT_RUN):
        return None
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


def _by_name(names: list[dict[str, str]], values: list[Any]) -> dict[str, str]:
    """What was chosen for each field."""
    if len(values) != len(names):
        raise InvalidInput(_("Reload the page and try again."))
    return {str(name["index"]): chosen(value) for name, value in zip(names, values, strict=True)}


def _reading(values: list[Any], names: list[dict[str, str]]) -> Reading:
    if len(values) != len(names):
        raise InvalidInput(_("Reload the page and try again."))
    return Reading.of({str(name["index"]): value for name, value in zip(names, values, strict=True)})
