"""The commit grid: a block of rows an item, a column a bucket; commits and comments are typed into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dash.development.base_component import Component

from components.grid import TYPED_FIGURE, grid, said_when_empty
from components.two_line_grid import marked
from core.i18n import EMPTY, _, day, number, signed

HEAD, FIRM, COMMIT, DIFFERENCE, COMMENT, CHANGE = "forecast", "firm", "commit", "difference", "comment", "change"
TYPED = (COMMIT, COMMENT)
ROW, HEADER, SHORTEST, TALLEST = 30, 40, 200, 620
FIGURE = "params.value === '' ? '' : params.value - 0 == params.value ? d3.format(',.4~f')(params.value) : params.value"


def commit_columns(buckets: Sequence[tuple[date, bool]], bucket: str, *, writable: bool) -> list[dict[str, Any]]:
    """One for the names of rows, one a bucket; those within the firm fence are marked."""
    typed = f"{'true' if writable else 'false'} && ['{COMMIT}', '{COMMENT}'].includes(params.data.measure)"
    rules = {f"tone-{tone}": f"params.data.tones['{{field}}'] == '{tone}'" for tone in ("good", "warn", "bad")}
    columns: list[dict[str, Any]] = [
        {
            "field": "line",
            "headerName": _("Item"),
            "pinned": "left",
            "minWidth": 150,
            "sortable": False,
            "tooltipField": "about",
            "cellClassRules": {"commit-head": f"params.data.measure == '{HEAD}'"},
        }
    ]
    for starts_on, near in buckets:
        field = starts_on.isoformat()
        columns.append(
            {
                "field": field,
                "headerName": bucket_name(starts_on, bucket) + (f" · {_('firm')}" if near else ""),
                "type": "rightAligned",
                "cellClass": "figure",
                "minWidth": 104,
                "sortable": False,
                "editable": {"function": typed},
                "valueFormatter": {"function": FIGURE},
                "cellClassRules": {
                    **{name: rule.format(field=field) for name, rule in rules.items()},
                    "commit-typed": typed,
                    "commit-head": f"params.data.measure == '{HEAD}'",
                },
                **TYPED_FIGURE,
            }
        )
    return columns


def commit_grid(component_id: str, columns: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]]) -> Component:
    """As tall as its items, within bounds."""
    height = min(max(HEADER + len(rows) * ROW, SHORTEST), TALLEST)
    return grid(
        component_id,
        columns,
        rows,
        row_id="id",
        height=height,
        options={**said_when_empty(_("Nothing is needed of you in this forecast.")), "singleClickEdit": True},
        className="commit-grid",
    )


def commit_rows(items: Sequence[Any], *, compared: bool) -> list[dict[str, Any]]:
    """The rows of each item: forecast, change since the version before, firm, commit, difference, comment."""
    return [row for item in items for row in _rows(item, compared=compared)]


def bucket_name(starts_on: date, bucket: str) -> str:
    """A bucket in the head of its column."""
    return day(starts_on) if bucket == "week" else f"{month_name(starts_on.month)} {starts_on.year}"


def month_name(month: int) -> str:
    """A month, abbreviated."""
    return [
        *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun")),
        *(_("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
    ][month - 1]


def difference_text(forecast: float, commit: float | None, tone: str) -> str:
    """The difference with the mark of its light."""
    if commit is None:
        return EMPTY
    told = signed(commit - forecast) if abs(commit - forecast) >= 0.5 else number(0)
    return marked(told, tone or "quiet")


def _rows(item: Any, *, compared: bool) -> list[dict[str, Any]]:
    def row(
        measure: str, line: str, values: Mapping[str, Any], tones: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        about = f"{item.code} · {item.name} · {item.uom}"
        head = {"id": f"{item.id}|{measure}", "item": item.id, "measure": measure, "line": line, "about": about}
        return {**head, "tones": dict(tones or {}), **values}

    fields = {cell.starts_on.isoformat(): cell for cell in item.cells}
    place = f" · {item.location}" if item.location else ""
    change = {
        name: signed(float(cell.forecast - cell.before)) if cell.before is not None else _("new")
        for name, cell in fields.items()
    }
    found = [
        row(HEAD, f"{item.code}{place} · {item.uom}", {name: float(cell.forecast) for name, cell in fields.items()}),
        row(FIRM, _("Firm orders"), {name: float(cell.firm) for name, cell in fields.items()}),
        row(
            COMMIT,
            _("Commit"),
            {name: None if cell.commit is None else float(cell.commit) for name, cell in fields.items()},
        ),
        row(
            DIFFERENCE,
            _("Difference"),
            {
                name: difference_text(
                    float(cell.forecast), None if cell.commit is None else float(cell.commit), cell.light
                )
                for name, cell in fields.items()
            },
            {name: cell.light for name, cell in fields.items()},
        ),
        row(COMMENT, _("Comment"), {name: cell.comment for name, cell in fields.items()}),
    ]
    if compared:
        found.insert(1, row(CHANGE, _("Change since last"), change))
    return found
