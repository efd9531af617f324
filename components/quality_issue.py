"""A quality issue with a supplier: how it reads in a list, in full, and what is said of its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from components.forms import facts, status
from components.two_line_grid import marked, state_column, two_line_column, two_line_grid
from core.i18n import EMPTY, _, day, moment, number

Row = Mapping[str, Any]


def state_text(state: str) -> str:
    """What a state is called."""
    names = {
        "open": _("Containment wanted"),
        "contained": _("Root cause wanted"),
        "cause_found": _("Action wanted"),
        "action": _("To verify"),
        "closed": _("Closed"),
    }
    return names[state]


def severity_text(severity: str) -> str:
    """What a severity is called."""
    return {"minor": _("Minor"), "major": _("Major"), "critical": _("Critical")}[severity]


def issue_list(component_id: str, rows: Sequence[dict[str, Any]], *, empty: str) -> Component:
    """Issues as a list of two lines a row."""
    columns = [
        two_line_column("about", _("Issue"), minWidth=150, flex=2, sortable=False),
        state_column("state", _("State, due"), minWidth=125, flex=1, sortable=False),
    ]
    return two_line_grid(component_id, columns, rows, empty=empty, selection="single")


def issue_rows(found: Sequence[Row], *, inside: bool, today: date) -> list[dict[str, Any]]:
    """Issues as rows of the list."""
    return [_row(each, inside=inside, today=today) for each in found]


def issue_facts(row: Row, *, uom: str = "") -> Component:
    """An issue as it was raised."""
    quantity = EMPTY if row["quantity"] is None else f"{row['quantity'].normalize():f} {uom}".strip()
    pairs = [
        (_("Supplier"), row["supplier"]),
        (_("Item"), f"{row['code']} · {row['item']}" if row["code"] else EMPTY),
        (_("Lot"), row["lot"] or EMPTY),
        (_("Quantity affected"), quantity),
        (_("Severity"), severity_text(row["severity"])),
        (_("Found on"), day(row["found_on"])),
        (_("Answer due"), day(row["due_on"])),
    ]
    if row["action_on"]:
        pairs.append((_("Action done on"), day(row["action_on"])))
    return facts(pairs)


def lot_deliveries(found: Sequence[Row], *, orders: str) -> Component | None:
    """The order lines that the lot came in on, each with a link to the list of orders."""
    if not found:
        return None
    lines = [
        html.Li(
            [
                dcc.Link(f"{row['order']} / {row['line_no']}", href=f"{orders}&{urlencode({'search': row['order']})}"),
                _(", received %(day)s: %(quantity)s", day=day(row["received_on"]), quantity=number(row["quantity"])),
            ]
        )
        for row in found
    ]
    return html.Div([html.H3(_("This lot came in")), html.Ul(lines)], className="note")


def timeline(steps: Sequence[Row]) -> Component:
    """What happened, the oldest first."""
    return html.Ol([_step(step) for step in steps], className="rounds")


def evidence(files: Sequence[tuple[str, str]]) -> Component:
    """Files that go along with it: (name, address)."""
    if not files:
        return html.P(_("No file is kept with it yet."), className="note")
    return html.Ul([html.Li(html.A(name, href=href, download=name)) for name, href in files], className="note")


def _row(row: Row, *, inside: bool, today: date) -> dict[str, Any]:
    late = row["state"] != "closed" and row["due_on"] < today
    tone = "good" if row["state"] == "closed" else "bad" if late or row["severity"] == "critical" else "warn"
    who = f"{row['supplier']} · " if inside else ""
    due = _("%(day)s, late", day=day(row["due_on"])) if late else day(row["due_on"])
    return {
        "id": row["id"],
        "about": f"{row['title']}\n{who}{severity_text(row['severity'])} · {row['code'] or EMPTY}",
        "state": f"{marked(state_text(row['state']), tone)}\n{due}",
        "tone": tone,
    }


def _step(step: Row) -> Component:
    names = {
        "raised": (_("Raised"), "warn"),
        "contained": (_("Containment"), "quiet"),
        "cause_found": (_("Root cause"), "quiet"),
        "action": (_("Corrective action"), "quiet"),
        "sent_back": (_("Sent back"), "bad"),
        "closed": (_("Verified and closed"), "good"),
        "file": (_("File added"), "quiet"),
    }
    text, tone = names.get(step["event"], (step["event"], "quiet"))
    said = _("%(who)s, %(moment)s (UTC)", who=step["actor"], moment=moment(step["at"]))
    return html.Li(
        [
            html.Div([status(text, tone), html.Span(said, className="note")], className="round-head"),
            html.P(step["note"], className="post-body") if step["note"] else None,
        ],
        className="round",
    )
