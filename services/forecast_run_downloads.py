"""Forecast runs and their comparison as files: the columns and rows of each list, for the query of its page."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import Any

from core.permissions import Permission
from core.viewer import Viewer
from services import forecast_comparison, forecasts
from services.download_list import DownloadList, Query, Rows, reordered
from services.forecast_comparison import DIFFERENCE_COLUMNS, SERIES_COLUMNS
from services.forecasts import RunView
from services.listed_rows import PAGE_ROWS

RUN_COLUMNS = (
    *("id", "state", "baseline", "outdated", "created_at", "finished_at", "author", "frequency", "first_period"),
    *("horizon", "mode", "level", "scope", "data_version", "code_version", "series", "calculated", "copied", "seconds"),
    *("wmape", "naive_wmape", "approved_at", "approver", "approval_note"),
)
PARTS = {"periods": "period", "categories": "category", "families": "family"}


def _runs(viewer: Viewer, query: Query) -> Rows:
    for first in count(0, PAGE_ROWS):
        page = forecasts.run_page(viewer, first=first, limit=PAGE_ROWS, shown=query.get("shown", ""))
        yield from (_run_row(run) for run in page.runs)
        if first + PAGE_ROWS >= page.total:
            return


def _run_row(run: RunView) -> list[Any]:
    derived = {
        "scope": "; ".join(f"{name} {value}" for name, value in run.scope.as_json().items()),
        "level": run.parameters.get("level"),
        "code_version": run.parameters.get("code"),
        "series": run.series_count,
        **{name: run.summary.get(name) for name in ("calculated", "copied", "wmape", "naive_wmape")},
    }
    return [derived[name] if name in derived else getattr(run, name) for name in RUN_COLUMNS]


def _differences(part: str, viewer: Viewer, query: Query) -> Rows:
    found = forecast_comparison.differences_download(viewer, *_compared(query), part)
    return reordered(found, query, (PARTS[part], *DIFFERENCE_COLUMNS))


def _series(viewer: Viewer, query: Query) -> Rows:
    return reordered(forecast_comparison.series_download(viewer, *_compared(query)), query, SERIES_COLUMNS)


def _compared(query: Query) -> tuple[int, int]:
    """Ids of two runs; one that is none becomes one that no run has."""
    own, other = (query.get(name, "") for name in ("run", "other"))
    return _id(own), _id(other)


def _id(text: str) -> int:
    return int(text[:18]) if text.isascii() and text.isdigit() else 0


LISTS = {
    "forecast-runs": DownloadList(Permission.FORECAST_READ, RUN_COLUMNS, _runs),
    "forecast-comparison-series": DownloadList(Permission.FORECAST_READ, SERIES_COLUMNS, _series),
    **{
        f"forecast-comparison-{part}": DownloadList(
            Permission.FORECAST_READ, (key, *DIFFERENCE_COLUMNS), partial(_differences, part)
        )
        for part, key in PARTS.items()
    },
}
