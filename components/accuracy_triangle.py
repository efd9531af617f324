"""The triangle of months and lags: how the error of a period's forecast fell as the period came nearer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from dash.development.base_component import Component

from components.grid import figure_column, grid, percent_column, text_column
from core.i18n import _

# An error so many times the middle one begins the next shade, from clearly better to clearly worse.
SHADES = ((0.75, "heat-best"), (0.92, "heat-better"), (1.08, "heat-middle"), (1.25, "heat-worse"))
WORST = "heat-worst"
ROW_HEIGHT, HEADER_HEIGHT, TALLEST = 30, 52, 450
LAG_COLUMN = "lag_"


@dataclass(frozen=True, slots=True)
class TriangleRow:
    """A period: its WMAPE by lag, and the bias and count at the lag that is looked at."""

    key: str
    name: str
    wmape: Mapping[int, float]
    bias: float | None
    pairs: int | None


def triangle(component_id: str, rows: Sequence[TriangleRow], *, lags: int, bias_lag: int) -> Component:
    """The newest period on top, the farthest lag on the left; every cell can be chosen."""
    columns = [
        text_column("period", _("Period"), pinned="left", minWidth=90, maxWidth=105, sortable=False),
        *(_lag_column(lag) for lag in range(lags, 0, -1)),
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
    middle = middle_error(rows)
    shown = [_row(row, middle) for row in reversed(rows)]
    return grid(component_id, columns, shown, row_id="id", height=triangle_height(len(rows)))


def triangle_height(rows: int) -> int:
    """In pixels: all rows if they are not too many."""
    return min(HEADER_HEIGHT + ROW_HEIGHT * rows, TALLEST)


def middle_error(rows: Sequence[TriangleRow]) -> float | None:
    """The error that half of the cells are below: what the shades are measured from."""
    known = [error for row in rows for error in row.wmape.values()]
    return median(known) if known else None


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


def _row(row: TriangleRow, middle: float | None) -> dict[str, Any]:
    errors = {f"{LAG_COLUMN}{lag}": error for lag, error in row.wmape.items()}
    shades = {f"shade_{lag}": _shade(error, middle) for lag, error in row.wmape.items()}
    return {"id": row.key, "period": row.name, "bias": _arrow(row.bias), "pairs": row.pairs, **errors, **shades}


def _shade(error: float, middle: float | None) -> str:
    if not middle:
        return "heat-middle"
    return next((shade for limit, shade in SHADES if error / middle < limit), WORST)


def _arrow(bias: float | None) -> str:
    if bias is None:
        return "–"
    mark = "▲" if bias > 0 else "▼" if bias < 0 else "●"
    return f"{mark} {bias * 100:+,.1f} %"
