"""Forecast runs and their comparison as files: the columns and rows of each list, for the query of its page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any

from core.viewer import Viewer
from services import forecast_comparison, forecasts
from services.forecast_comparison import DIFFERENCE_COLUMNS, SERIES_COLUMNS
from services.forecasts import PAGE_ROWS, RunView

Query = Mapping[str, str]
Rows = Iterable[Sequence[Any]]

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
    return [derived[name] if name in derived else _utc(getattr(run, name)) for name in RUN_COLUMNS]


def _utc(value: Any) -> Any:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


def _differences(part: str, viewer: Viewer, query: Query) -> Rows:
    return forecast_comparison.differences_download(viewer, *_compared(query), part)


def _series(viewer: Viewer, query: Query) -> Rows:
    return forecast_comparison.series_download(viewer, *_compared(query))


def _compared(query: Query) -> tuple[int, int]:
    """Ids of two runs; one that is none becomes one that no run has."""
    own, other = (query.get(name, "") for name in ("run", "other"))
    return _id(own), _id(other)


def _id(text: str) -> int:
    return int(text[:18]) if text.isascii() and text.isdigit() else 0


LISTS: dict[str, tuple[Sequence[str], Callable[[Viewer, Query], Rows]]] = {
    "forecast-runs": (RUN_COLUMNS, _runs),
    "forecast-comparison-series": (SERIES_COLUMNS, _series),
    **{
        f"forecast-comparison-{part}": ((key, *DIFFERENCE_COLUMNS), partial(_differences, part))
        for part, key in PARTS.items()
    },
}
