"""The triangle of months and lags: how the error of a period's forecast fell as the period came nearer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from dash.development.base_component import Component

from components.grid import figure_column, grid, percent_column, text_column
from core.i18n import _, signed

# An error so many times the middle one begins the next shade, from clearly better to clearly worse.
SHADES = ((0.75, "heat-best"), (0.92, "heat-better"), (1.08, "heat-middle"), (1.25, "heat-worse"))
WORST = "heat-worst"
ROW_HEIGHT, HEADER_HEIGHT, TALLEST = 30, 52, 450
LAG_COLUMN = "lag_"


Cell = Mapping[str, Any]


def triangle(component_id: str, cells: Sequence[Cell], *, bias_lag: int) -> Component:
    """The newest period on top, the farthest lag on the left; every cell can be chosen.

    Cells hold period, label, lag, wmape, bias and pairs; the last two are shown of one lag only.
    """
    columns = [
        text_column("label", _("Period"), pinned="left", minWidth=90, maxWidth=105, sortable=False),
        *(_lag_column(lag) for lag in range(max(cell["lag"] for cell in cells), 0, -1)),
        text_column(
            "bias",
            _("Bias, lag %(lag)s", lag=bias_lag),
            type="rightAligned",
            cellClass="figure",
            minWidth=95,
            sortable=False,
            headerTooltip=_("▲ over-forecast, ▼ under-forecast"),
        ),
        figure_column("pairs", _("n"), minWidth=60, maxWidth=75, sortable=False),
    ]
    return grid(component_id, columns, triangle_rows(cells, bias_lag), row_id="id", height=triangle_height(cells))


def triangle_height(cells: Sequence[Cell]) -> int:
    """In pixels: all rows if they are not too many."""
    return min(HEADER_HEIGHT + ROW_HEIGHT * len({cell["period"] for cell in cells}), TALLEST)


def triangle_rows(cells: Sequence[Cell], bias_lag: int) -> list[dict[str, Any]]:
    """A row a period, the newest first, with the error and its shade of every lag."""
    errors = [cell["wmape"] for cell in cells if cell["wmape"] is not None]
    middle = median(errors) if errors else 0.0
    rows: dict[str, dict[str, Any]] = {}
    for cell in cells:
        row = rows.setdefault(
            cell["period"], {"id": cell["period"], "label": cell["label"], "bias": "–", "pairs": None}
        )
        lag, error = cell["lag"], cell["wmape"]
        row[f"{LAG_COLUMN}{lag}"] = error
        row[f"shade_{lag}"] = _shade(error, middle)
        if lag == bias_lag:
            row |= {"bias": _arrow(cell["bias"]), "pairs": cell["pairs"]}
    return [rows[period] for period in sorted(rows, reverse=True)]


def chosen_lag(column: object) -> int:
    """The lag of a column that was clicked; 0 for any other column."""
    text = str(column)
    lag = text.removeprefix(LAG_COLUMN)
    return int(lag) if text.startswith(LAG_COLUMN) and lag.isascii() and lag.isdigit() else 0


def _lag_column(lag: int) -> dict[str, Any]:
    shades = [shade for _limit, shade in SHADES] + [WORST]
    rules = {shade: f"params.data && params.data.shade_{lag} == '{shade}'" for shade in shades}
    return percent_column(
        f"{LAG_COLUMN}{lag}",
        _("Lag %(lag)s", lag=lag),
        minWidth=74,
        sortable=False,
        cellClass="figure heat",
        cellClassRules=rules,
    )


def _shade(error: float | None, middle: float) -> str:
    if error is None or not middle:
        return ""
    return next((shade for limit, shade in SHADES if error / middle < limit), WORST)


def _arrow(bias: float | None) -> str:
    if bias is None:
        return "–"
    mark = "▲" if bias > 0 else "▼" if bias < 0 else "●"
    return f"{mark} {signed(bias * 100, decimals=1)} %"
