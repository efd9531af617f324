"""Demand › Overrides: the ledger of edits, and one edit with its cells."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, no_update

from components.forms import chosen, facts
from components.grid import requested_page, selected_row
from components.order_texts import list_length
from components.override_texts import (
    change_text,
    mode_name,
    months_text,
    score_text,
    source_name,
    state_name,
    state_tone,
    stream_name,
    verdict_text,
)
from core.i18n import EMPTY, _, counted, day, moment, money, number, percent, signed
from core.identity import viewer
from core.ids import PageIds
from services import overrides
from services.overrides import OverrideFilters, OverridePage

PATH = "/demand/overrides"
FILTERS = ("stream", "person", "state", "search")
CLOSED = ("split", "panel detail")
OPEN = ("split split-open", "panel detail detail-open")


class Ids(PageIds):
    filters: str
    stream: str
    person: str
    state: str
    search: str
    rows: str
    totals: str
    split: str
    detail: str
    close: str
    title: str
    facts: str
    cells: str
    cells_total: str


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_overrides(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_overrides(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: overrides.overrides(viewer(), wanted, start=start, end=end, sort=sort),
        override_row,
    )
    return answer, totals_text(found)


@callback(
    Output(Ids.split, "className"),
    Output(Ids.detail, "className"),
    Output(Ids.title, "children"),
    Output(Ids.facts, "children"),
    Output(Ids.cells, "rowData"),
    Output(Ids.cells_total, "children"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_override(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return (no_update,) * 6
    found = overrides.override(viewer(), row.get("id"))
    touched = overrides.cells(viewer(), row.get("id"))
    told = found["scope"], facts(override_facts(found))
    return *OPEN, *told, [cell_row(cell) for cell in touched.rows], list_length(len(touched.rows), touched.total)


@callback(
    Output(Ids.split, "className", allow_duplicate=True),
    Output(Ids.detail, "className", allow_duplicate=True),
    Output(Ids.rows, "selectedRows"),
    Input(Ids.close, "n_clicks"),
    prevent_initial_call=True,
)
def close_override(_clicks: object) -> tuple[str, str, list[Any]]:
    return *CLOSED, []


def wanted_overrides(filters: object) -> OverrideFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return OverrideFilters(**{name: chosen(given.get(name)) for name in FILTERS})


def override_row(row: dict[str, Any]) -> dict[str, Any]:
    """One edit as the list shows it."""
    return {
        **{name: row[name] for name in ("id", "cells", "before_total", "after_total", "gain", "gain_money")},
        "when": moment(row["created_at"]),
        "person": row["person"] or _("nobody known"),
        "stream": stream_name(row["stream"]),
        "scope": row["scope"],
        "months": months_text(row["first_month"], row["last_month"]),
        "change": change_text(row["mode"], row["value"]),
        "reason": row["reason"] or "",
        "expires_on": day(row["expires_on"]) if row["expires_on"] else "",
        "state": state_name(row["state"]),
        "tone": state_tone(row["state"]),
        "score": score_text(row),
        "score_tone": "quiet" if row["gain"] is None else "good" if row["gain"] > 0 else "bad",
    }


def override_facts(row: dict[str, Any]) -> list[tuple[str, str]]:
    """What is known of one edit, with what came of it."""
    told = [
        (_("Who"), row["person"] or _("nobody known")),
        (_("When"), moment(row["created_at"])),
        (_("Stream"), stream_name(row["stream"])),
        (_("Months"), months_text(row["first_month"], row["last_month"])),
        (_("Change"), f"{mode_name(row['mode'])} {change_text(row['mode'], row['value'])}".strip()),
        (_("Before → after"), f"{number(row['before_total'])} → {number(row['after_total'])}"),
        (_("Reason"), row["reason"] or EMPTY),
        (_("Expires on"), day(row["expires_on"]) if row["expires_on"] else _("never")),
        (_("Made by"), source_name(row["source"])),
        (_("State"), state_name(row["state"])),
    ]
    if row["undone_at"] is not None:
        told.append((_("Taken back"), moment(row["undone_at"])))
    return [*told, *_outcome(row)]


def _outcome(row: dict[str, Any]) -> list[tuple[str, str]]:
    if row["gain"] is None:
        return [(_("Score"), _("No month of it is over yet."))]
    return [
        (_("Score"), score_text(row)),
        (_("Error before → after"), f"{number(row['before_error'])} → {number(row['after_error'])}"),
        (_("Error taken away"), f"{signed(row['gain'])} · {money(row['gain_money'])}"),
    ]


def cell_row(row: dict[str, Any]) -> dict[str, Any]:
    """One cell of an edit as the detail shows it."""
    return {
        **{name: row[name] for name in ("before", "after", "consensus", "actual")},
        "item": f"{row['code']} · {row['location']} · {row['channel']}",
        "name": row["name"],
        "month": f"{row['period']:%Y-%m}",
        "verdict": verdict_text(row["verdict"]),
    }


def totals_text(found: OverridePage) -> str:
    """How good the edits of the list were."""
    text = counted("1 edit", "%(count)s edits", found.total)
    score = found.score
    if not score.judged:
        return _("%(edits)s · none of their months is over yet", edits=text)
    return _(
        "%(edits)s · better in %(closer)s of %(judged)s cells that are over (%(share)s), worse in %(further)s · "
        "error %(gain)s units, %(money)s",
        edits=text,
        closer=number(score.closer),
        judged=number(score.judged),
        share=percent(score.closer / score.judged, decimals=0),
        further=number(score.further),
        gain=signed(-score.gain),
        money=money(-score.gain_money),
    )
