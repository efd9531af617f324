"""The audit trail: who did what, when, from what, to what."""

from __future__ import annotations

import json
from typing import Any

from dash import Input, Output, State, callback
from dash.development.base_component import Component

from components.forms import facts
from components.grid import requested_rows, selected_row
from core.i18n import EMPTY, _
from core.identity import viewer
from core.ids import PageIds
from services import audit
from services.audit import AuditLine
from services.form_values import row_id

SHOWN = ("at", "actor", "action", "about", "change", "reason")


class Ids(PageIds):
    filter: str
    actor: str
    about: str
    since: str
    until: str
    cursors: str
    entries: str
    entry: str


@callback(
    Output(Ids.cursors, "data"),
    Output(Ids.entries, "getRowsResponse"),
    Input(Ids.entries, "getRowsRequest"),
    State(Ids.filter, "data"),
    State(Ids.cursors, "data"),
    prevent_initial_call=True,
)
def show_entries(request: object, typed: object, cursors: object) -> tuple[dict[str, int], dict[str, Any]]:
    start, count = requested_rows(request)
    known = _known(cursors)
    found = audit.trail(viewer(), wanted_entries(typed), **_position(known, start), limit=count)
    end = start + len(found)
    response = {"rowData": [entry_row(line) for line in found], "rowCount": end if len(found) < count else None}
    return {**known, **({str(end): found[-1].id} if found else {})}, response


@callback(Output(Ids.entry, "children"), Input(Ids.entries, "selectedRows"), prevent_initial_call=True)
def show_entry(selected: object) -> Component | str:
    row = selected_row(selected)
    if row is None:
        return _("Select an entry to read all of it.")
    names = (_("When (UTC)"), _("Who"), _("Action"), _("About"), _("Change"), _("Reason"))
    return facts([(name, str(row.get(field, EMPTY))) for name, field in zip(names, SHOWN, strict=True)])


def wanted_entries(typed: object) -> audit.AuditFilter:
    """The filter of the page, from its own store."""
    given = typed if isinstance(typed, dict) else {}
    return audit.audit_filter(**{name: given.get(name) for name in ("actor", "about", "since", "until")})


def _known(cursors: object) -> dict[str, int]:
    """The last entry of each block that the browser has, by the row after it."""
    given = cursors if isinstance(cursors, dict) else {}
    return {row: found for row, last_id in given.items() if (found := row_id(last_id))}


def _position(cursors: dict[str, int], start: int) -> dict[str, int]:
    """Where a block of rows begins: after the last entry of the block before it, or that far from the top."""
    last_id = cursors.get(str(start))
    return {"before_id": last_id} if last_id else {"skip": start}


def entry_row(line: AuditLine) -> dict[str, Any]:
    """One entry as a grid row."""
    return {
        "id": line.id,
        "at": f"{line.at:%Y-%m-%d %H:%M:%S}",
        "actor": line.actor,
        "action": line.action,
        "about": f"{line.subject} {line.subject_id}",
        "change": change_text(line.before, line.after) or EMPTY,
        "reason": line.reason or EMPTY,
    }


def change_text(before: dict[str, Any], after: dict[str, Any]) -> str:
    """The changed fields, each with what it was and what it is."""
    return "; ".join(
        f"{name}: {_value(before[name])} → {_value(after.get(name))}" if name in before else f"{name}: {_value(value)}"
        for name, value in {**before, **after}.items()
    )


def _value(value: object) -> str:
    if value is None:
        return EMPTY
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
