"""Two forecast runs compared: how good each is, what they forecast, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import forecast_comparison as rows
from services.forecasts import RunView, found_run
from services.stored_figure import stored_figures

TOP_SERIES = 100
MEASURES = rows.MEASURES
DIFFERENCE_COLUMNS = ("quantity", "other_quantity", "change", "money", "other_money", "money_change")
SERIES_COLUMNS = ("code", "name", "category", "location", "uom", *DIFFERENCE_COLUMNS)


@dataclass(frozen=True, slots=True)
class Judged:
    """How good a run was at earlier dates, on the series that both have; None where nothing could be judged."""

    wmape: float | None
    bias: float | None
    coverage: float | None
    naive_wmape: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What two runs forecast for the same: a period, a category, a family or everything; ``money`` at one price.

    ``change`` is own minus other.
    """

    key: str
    quantity: float
    other_quantity: float
    money: float
    other_money: float

    @property
    def change(self) -> float:
        return self.quantity - self.other_quantity

    @property
    def money_change(self) -> float:
        return self.money - self.other_money


@dataclass(frozen=True, slots=True)
class Figures:
    """What is the same however often two runs are compared."""

    common: int
    judged: int
    better: int
    worse: int
    own: Judged
    other: Judged
    total: Difference
    periods: list[Difference]
    categories: list[Difference]
    families: list[Difference]


@dataclass(frozen=True, slots=True)
class Comparison:
    """``run`` beside ``other``, over the periods that both forecast; ``common`` series are in both."""

    run: RunView
    other: RunView
    first: date
    last: date
    figures: Figures


def compare(viewer: Viewer, run_id: object, other_id: object) -> Comparison:
    """Two finished runs side by side.

    Inputs: a viewer with forecast.read; both runs.
    Returns: Comparison.
    Raises: NotAllowed; NotFound; InvalidInput for a run without results, for months beside weeks and for runs without
        a period that both forecast.
    Source: screens.md 13: compare page.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        run, other, first, last = _comparable(session, run_id, other_id)
        (figures,) = stored_figures(
            session,
            viewer,
            "forecast comparison",
            Figures,
            subjects=("forecast",),
            args={"run": run.id, "other": other.id},
            compute=lambda: [_figures(session, run, other, first, last)],
        )
    return Comparison(run, other, first, last, figures)


def changed_series(viewer: Viewer, run_id: object, other_id: object, *, by: object = "money") -> list[dict[str, Any]]:
    """The series whose forecast differs most between two runs.

    Inputs: a viewer with forecast.read; both runs; by: one of MEASURES.
    Returns: at most TOP_SERIES rows of product_id, location_id and SERIES_COLUMNS; None where one run has no forecast.
    Raises: as compare.
    Source: screens.md 1: by what is at stake.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        run, other, first, last = _comparable(session, run_id, other_id)
        measure = by if by in MEASURES else MEASURES[-1]
        found = rows.series(session, run.id, other.id, first=first, last=last, by=str(measure), limit=TOP_SERIES)
    return [_series_row(row) for row in found]


def differences_download(viewer: Viewer, run_id: object, other_id: object, part: str) -> Iterator[list[Any]]:
    """The differences by period, category or family, for a file.

    Inputs: a viewer with forecast.read; both runs; part: "periods", "categories" or "families".
    Returns: rows of its key and DIFFERENCE_COLUMNS.
    Raises: as compare.
    Source: product.md: the analyst downloads every table.
    """
    figures = compare(viewer, run_id, other_id).figures
    listed: Sequence[Difference] = getattr(figures, part)
    return ([found.key, *(getattr(found, name) for name in DIFFERENCE_COLUMNS)] for found in listed)


def series_download(viewer: Viewer, run_id: object, other_id: object) -> Iterator[list[Any]]:
    """All series of two runs, those first whose forecast differs most in money, for a file.

    Inputs: a viewer with forecast.read; both runs.
    Returns: rows of SERIES_COLUMNS.
    Raises: as compare.
    Source: product.md: the analyst downloads every table.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        run, other, first, last = _comparable(session, run_id, other_id)
        found = rows.series(session, run.id, other.id, first=first, last=last, by="money", limit=None)
    return ([_series_row(row)[name] for name in SERIES_COLUMNS] for row in found)


def _comparable(session: Session, run_id: object, other_id: object) -> tuple[RunView, RunView, date, date]:
    run, other = found_run(session, run_id), found_run(session, other_id)
    for found in (run, other):
        if found.state != "done":
            raise InvalidInput(_("Forecast #%(id)s has no results to compare.", id=found.id))
    if run.frequency != other.frequency:
        raise InvalidInput(_("A forecast in months can't be compared with one in weeks."))
    first, last = max(run.first_period, other.first_period), min(run.last_period, other.last_period)
    if first > last:
        raise InvalidInput(_("Forecasts #%(own)s and #%(other)s have no period in common.", own=run.id, other=other.id))
    return run, other, first, last


def _figures(session: Session, run: RunView, other: RunView, first: date, last: date) -> Figures:
    judged = rows.accuracy_of_common(session, run.id, other.id)
    found = rows.totals(session, run.id, other.id, first=first, last=last)
    periods = [_difference(row, row.period.isoformat()) for row in found if row.period is not None]
    categories = [_difference(row, row.category) for row in found if row.category is not None]
    families = [_difference(row, row.family) for row in found if row.family is not None]
    (total,) = (_difference(row, "") for row in found if (row.period, row.category, row.family) == (None,) * 3)
    names = ("wmape", "bias", "coverage", "naive_wmape")
    return Figures(
        common=judged.common,
        judged=judged.judged,
        better=judged.better,
        worse=judged.worse,
        own=Judged(*(getattr(judged, name) for name in names)),
        other=Judged(*(getattr(judged, f"other_{name}") for name in names)),
        total=total,
        periods=sorted(periods, key=lambda difference: difference.key),
        categories=_largest_first(categories),
        families=_largest_first(families),
    )


def _largest_first(found: list[Difference]) -> list[Difference]:
    return sorted(found, key=lambda difference: (-abs(difference.money_change), difference.key))


def _difference(row: Any, key: str) -> Difference:
    return Difference(key, row.quantity or 0.0, row.other_quantity or 0.0, row.money or 0.0, row.other_money or 0.0)


def _series_row(row: Any) -> dict[str, Any]:
    change = (row.quantity or 0.0) - (row.other_quantity or 0.0)
    money_change = (row.money or 0.0) - (row.other_money or 0.0)
    return {**row._asdict(), "change": change, "money_change": money_change}
