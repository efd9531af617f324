"""How long a forecast run will take, from how fast earlier ones were."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand
from data.queries import forecasts as rows
from services.forecast_request import RunRequest
from services.forecast_scope import Selected, selected
from services.forecasts import demand_window
from services.stored_figure import stored_figures

RUNS_ASKED = 20
# Some of the time of a run does not depend on its size, so those of about the same size tell most.
RUNS_ALIKE = 3


@dataclass(frozen=True, slots=True)
class Estimate:
    """``series`` to forecast at most; ``per_second`` as the ``runs`` earlier ones of the nearest size were, None before
    there is any."""

    series: int
    per_second: float | None
    runs: int

    @property
    def seconds(self) -> float | None:
        return self.series / self.per_second if self.per_second else None


@dataclass(frozen=True, slots=True)
class SeriesCount:
    """How many series are in a scope."""

    series: int


def estimate(
    viewer: Viewer, *, scope: Mapping[str, Any], frequency: object, horizon: object, **options: object
) -> Estimate:
    """What a run would have to do, and how long that took for others of its mode.

    Inputs: as services.forecasts.start.
    Returns: Estimate; what an earlier run has already costs next to nothing and is not known beforehand.
    Raises: as services.forecasts.start.
    Source: product.md, promise 4.
    """
    require(viewer, Permission.FORECAST_RUN)
    request = RunRequest.of(scope=scope, frequency=frequency, horizon=horizon, options=options)
    with session_scope(viewer) as session:
        chosen = selected(session, request.scope)
        speeds = rows.speeds(session, mode=request.mode, frequency=request.frequency, limit=RUNS_ASKED)
        counted = _series(session, viewer, request, chosen)
    alike = sorted(speeds, key=lambda run: abs(math.log(run[0] / max(counted, 1))))[:RUNS_ALIKE]
    series, seconds = sum(run[0] for run in alike), sum(run[1] for run in alike)
    return Estimate(counted, series / seconds if seconds else None, len(alike))


def _series(session: Session, viewer: Viewer, request: RunRequest, chosen: Selected) -> int:
    """Counting reads the whole history of demand, so it is done once for the same."""
    since, before = demand_window(session, request.frequency)
    products = chosen.products["product_id"].tolist()
    place: dict[str, Any] = {"location_id": chosen.location_id, "since": since, "before": before}
    (found,) = stored_figures(
        session,
        viewer,
        "series in scope",
        SeriesCount,
        subjects=("demand",),
        args={**place, "products": zlib.crc32(chosen.products["product_id"].to_numpy().tobytes())},
        compute=lambda: [SeriesCount(demand.series_count(session, products=products, **place))],
    )
    return found.series
