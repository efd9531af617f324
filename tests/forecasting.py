"""Forecast runs in tests, done at once in this process."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from core.viewer import Viewer
from data.db import session_scope
from services import forecast_work, forecasts


def silent(_fraction: float, _message: str) -> None:
    """Nobody looks at the progress."""


def query(viewer: Viewer, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with session_scope(viewer) as session:
        return [tuple(row) for row in session.execute(text(statement), values)]


def forecast_of(
    viewer: Viewer,
    scope: dict[str, Any] | None = None,
    frequency: str = "month",
    horizon: int = 3,
    **options: object,
) -> int:
    """A finished run."""
    run_id = forecasts.open_run(viewer, scope=scope or {}, frequency=frequency, horizon=horizon, **options)
    forecast_work.run_forecast(viewer, {"run_id": run_id}, silent)
    return run_id


def results(viewer: Viewer, run_id: int) -> list[tuple[Any, ...]]:
    """All figures that a run has stored, in a fixed order."""
    return query(
        viewer,
        "select product_id, location_id, period, q10, q50, q90, s.method, s.wmape, s.coverage "
        "from forecast_value v join forecast_series s using (run_id, product_id, location_id) "
        "where run_id = :id order by 1, 2, 3",
        id=run_id,
    )
