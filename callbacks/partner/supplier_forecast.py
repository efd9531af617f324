"""The supplier's commit grid: type or paste commits, send them, withdraw them."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, set_props
from dash.development.base_component import Component

from components.commit_grid import COMMENT, COMMIT, DIFFERENCE, HEAD, commit_rows, difference_text
from components.forms import status
from components.shell import Ids as Shell
from components.shell import toast
from core.i18n import _, counted, moment
from core.identity import viewer
from core.ids import PageIds
from services import supplier_commits
from services.submissions import Submission
from services.supplier_commit_grid import CommitGrid
from services.supplier_commit_lights import typed_lights

PATH = "/portal/supplier/forecast"
HIDDEN: dict[str, str] = {"display": "none"}
SHOWN: dict[str, str] = {}
FIXED = ("id", "item", "measure", "line", "about", "tones")


class Ids(PageIds):
    number: str
    shown: str
    rows: str
    note: str
    send: str
    withdraw: str
    state: str


SENT = (Output(Ids.rows, "rowData"), Output(Ids.state, "children"), Output(Ids.withdraw, "style"))


@callback(
    Output(Ids.rows, "rowTransaction"),
    Input(Ids.rows, "cellValueChanged"),
    State(Ids.rows, "rowData"),
    State(Ids.shown, "data"),
    prevent_initial_call=True,
)
def show_difference(changes: object, rows: object, shown: object) -> dict[str, Any]:
    """What is typed is compared with the forecast at once; it is sent with the button."""
    known = {str(row.get("id")): row for row in rows if isinstance(row, dict)} if isinstance(rows, list) else {}
    items = {
        str(change["data"].get("item"))
        for change in (changes if isinstance(changes, list) else [])
        if isinstance(change, dict) and isinstance(change.get("data"), dict)
    }
    return {"update": [row for item in sorted(items) if (row := _compared(known, item, shown)) is not None]}


@callback(
    *SENT,
    Input(Ids.send, "n_clicks"),
    State(Ids.rows, "rowData"),
    State(Ids.shown, "data"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
def send_commits(_clicks: object, rows: object, shown: object, note: object) -> tuple[Any, ...]:
    version = shown.get("version") if isinstance(shown, dict) else None
    changed = supplier_commits.send(viewer(), version, typed_cells(rows), note=note)
    told = counted("%(count)s commit sent; the buyer decides.", "%(count)s commits sent; the buyer decides.", changed)
    set_props(Shell.toasts, {"children": [toast(told if changed else _("0 changed: nothing new to send."))]})
    return renewed()


@callback(
    *(Output(each.component_id, each.component_property, allow_duplicate=True) for each in SENT),
    Input(Ids.withdraw, "n_clicks"),
    State(Ids.shown, "data"),
    prevent_initial_call=True,
)
def withdraw_commits(_clicks: object, _shown: object) -> tuple[Any, ...]:
    found = supplier_commits.commit_grid(viewer())
    supplier_commits.take_back(viewer(), None if found.pending is None else found.pending.id)
    set_props(Shell.toasts, {"children": [toast(_("Withdrawn. What was accepted before still counts."))]})
    return renewed()


def renewed() -> tuple[Any, ...]:
    """The values of SENT."""
    found = supplier_commits.commit_grid(viewer())
    rows = commit_rows(found.items, compared=compared(found))
    return rows, state_text(found), SHOWN if found.pending else HIDDEN


def compared(found: CommitGrid) -> bool:
    """Whether there is a version before the one on the screen."""
    return found.version is not None and found.version.number > min(each.number for each in found.versions)


def typed_cells(rows: object) -> list[dict[str, Any]]:
    """Commits and comments as the browser sent them, a cell each; the service checks them."""
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    comments = {str(row.get("item")): row for row in found if row.get("measure") == COMMENT}
    cells = []
    for row in found:
        if row.get("measure") != COMMIT:
            continue
        said = comments.get(str(row.get("item")), {})
        for field, value in row.items():
            if field not in FIXED:
                cells.append(
                    {"item": row.get("item"), "starts_on": field, "quantity": value, "comment": said.get(field)}
                )
    return cells


def state_text(found: CommitGrid) -> list[Component | str]:
    """What became of what was sent last."""
    if found.pending is not None:
        return [status(_("With the buyer"), "warn"), _(" since %(when)s (UTC)", when=moment(found.pending.created_at))]
    if found.decided is None:
        return [status(_("Not committed yet"), "quiet")]
    return _decided(found.decided)


def _decided(found: Submission) -> list[Component | str]:
    accepted = found.status == "accepted"
    said: list[Component | str] = [status(_("Accepted") if accepted else _("Declined"), "good" if accepted else "bad")]
    if found.decided_at is not None:
        said.append(_(" on %(when)s (UTC)", when=moment(found.decided_at)))
    return [*said, _(" · Buyer: %(note)s", note=found.decision_note)] if found.decision_note else said


def _compared(known: dict[str, Any], item: str, shown: object) -> dict[str, Any] | None:
    """The row of differences of an item, worked out anew."""
    difference, head, commit = (known.get(f"{item}|{measure}") for measure in (DIFFERENCE, HEAD, COMMIT))
    if difference is None or head is None or commit is None:
        return None
    near = shown.get("near") if isinstance(shown, dict) else None
    terms = shown.get("terms") if isinstance(shown, dict) else None
    fields = [field for field in head if field not in FIXED and _figure(head[field]) is not None]
    forecasts = [_figure(head[field]) or 0.0 for field in fields]
    commits = [_figure(commit.get(field)) for field in fields]
    lights = typed_lights(forecasts, commits, fields=fields, near=near, terms=terms)
    texts = {
        field: difference_text(asked, given, tone)
        for field, asked, given, tone in zip(fields, forecasts, commits, lights, strict=True)
    }
    # What is sent back is text: a browser may have written any number into its row.
    named = {name: str(difference.get(name) or "") for name in FIXED}
    return {**named, **texts, "tones": dict(zip(fields, lights, strict=True))}


def _figure(value: object) -> float | None:
    """A figure as it stands in the grid; what is typed wrong counts as none until it is sent."""
    if isinstance(value, bool):
        return None
    try:
        found = float(str(value).replace(",", ""))
    except ValueError:
        return None
    return found if abs(found) < 1e15 else None
