"""The series of a forecast run: ranked, filtered, one after the other, as files; and how good they are in all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import forecast_series as rows
from services.forecast_reasons import method_name
from services.forecasts import RunView, found_run
from services.form_values import row_id
from services.listed_rows import PAGE_ROWS
from services.stored_figure import stored_figures

DEEPEST_ROW = 1_000_000
# Where better forecasts pay most. Runs of before errors had a price are ranked by what they missed.
WORST_FIRST = (("error_value", True), ("error_volume", True))
SERIES_DOWNLOADED = (
    *("code", "name", "category", "location", "method", "demand_class", "volume", "value", "wmape", "naive_wmape"),
    *("bias", "mase", "coverage", "tracking_signal", "error_volume", "error_value"),
)
VALUES_DOWNLOADED = ("code", "location", "period", "q10", "q50", "q90")


@dataclass(frozen=True, slots=True)
class SeriesFilters:
    """What a list of series is narrowed to; an empty text narrows nothing. ``place`` is the code of a location."""

    search: str = ""
    category: str = ""
    place: str = ""
    method: str = ""
    demand_class: str = ""

    def arguments(self) -> dict[str, Any]:
        """What queries take: the text to search, and the columns that must have one value."""
        columns = {
            "category": self.category,
            "location": self.place,
            "method": self.method,
            "demand_class": self.demand_class,
        }
        return {"search": self.search.strip(), "equal": {name: value for name, value in columns.items() if value}}


EVERYTHING = SeriesFilters()


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What the series of a run can be narrowed to, methods and classes with the most series first."""

    categories: list[str]
    places: list[str]
    methods: list[str]
    demand_classes: list[str]


@dataclass(frozen=True, slots=True)
class RunAccuracy:
    """Errors at earlier dates, weighted with volume, beside those of seasonal naive on the same series.

    None where no series could be judged. ``better``: series whose method beats seasonal naive.
    """

    series: int
    judged: int
    better: int
    wmape: float | None
    bias: float | None
    naive_wmape: float | None
    naive_bias: float | None
    by_method: dict[str, int]
    by_class: dict[str, int]


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """Some series of a run and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


@dataclass(frozen=True, slots=True)
class Place:
    """A series and where it stands in the list, from 1."""

    product_id: int
    location_id: int
    place: int


def series(
    viewer: Viewer,
    run_id: object,
    *,
    filters: SeriesFilters = EVERYTHING,
    sort: Sequence[tuple[str, bool]] = (),
    first: int = 0,
    limit: int = 100,
) -> SeriesPage:
    """Series of a finished run: those first where most money is missed, unless another order is asked for.

    Inputs: a viewer with forecast.read; the run; filters; sort: (column, descending), unknown columns are passed over;
        which rows.
    Returns: SeriesPage; empty for a run without results.
    Raises: NotAllowed; NotFound.
    Source: screens.md 1: by what is at stake, never alphabetically.
    """
    require(viewer, Permission.FORECAST_READ)
    wanted = filters.arguments()
    with session_scope(viewer) as session:
        found = found_run(session, run_id)
        if found.state != "done":
            return SeriesPage([], 0)
        page = rows.series_page(
            session,
            found.id,
            **wanted,
            sort=_order(sort),
            offset=min(max(first, 0), DEEPEST_ROW),
            limit=min(max(limit, 1), PAGE_ROWS),
        )
        narrowed = wanted["search"] or wanted["equal"]
        total = rows.series_total(session, found.id, **wanted) if narrowed else found.series_count
    return SeriesPage([row._asdict() for row in page], total)


def series_beside(
    viewer: Viewer,
    run_id: object,
    item: tuple[object, object],
    *,
    distance: int,
    filters: SeriesFilters = EVERYTHING,
    sort: Sequence[tuple[str, bool]] = (),
) -> Place | None:
    """The series so many places further in the list, or before with a negative distance.

    Inputs: a viewer with forecast.read; the run; ids of product and location of the series to go from, as a browser
        sent them; distance in rows; filters and sort as for series.
    Returns: Place, the first of the list when the series is not in it; None beyond the ends.
    Raises: NotAllowed; NotFound.
    Source: screens.md 21.
    """
    require(viewer, Permission.FORECAST_READ)
    product_id, location_id = map(row_id, item)
    with session_scope(viewer) as session:
        found = rows.series_at_distance(
            session,
            finished_run(session, run_id).id,
            **filters.arguments(),
            sort=_order(sort),
            product_id=product_id,
            location_id=location_id,
            distance=distance,
        )
    return None if found is None else Place(**found._asdict())


def filter_choices(viewer: Viewer, run_id: object) -> FilterChoices:
    """What the series of a run can be narrowed to.

    Inputs: a viewer with forecast.read; the run.
    Returns: FilterChoices.
    Raises: NotAllowed; NotFound, also for a run without results.
    Source: none; ours.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        found = finished_run(session, run_id)
        return stored_figures(
            session,
            viewer,
            "forecast series choices",
            FilterChoices,
            subjects=("forecast",),
            args={"run": found.id},
            compute=lambda: [
                FilterChoices(
                    categories=sorted(rows.counts_by(session, found.id, "category")),
                    places=sorted(rows.counts_by(session, found.id, "location")),
                    methods=list(rows.counts_by(session, found.id, "method")),
                    demand_classes=list(rows.counts_by(session, found.id, "demand_class")),
                )
            ],
        )[0]


def run_accuracy(viewer: Viewer, run_id: object) -> RunAccuracy:
    """How good the methods of a finished run were at earlier dates, and what was chosen how often.

    Inputs: a viewer with forecast.read; the run.
    Returns: RunAccuracy.
    Raises: NotAllowed; NotFound, also for a run without results.
    Source: glossary, forecast-accuracy, forecast-bias, seasonal-naive.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        found = finished_run(session, run_id)
        return stored_figures(
            session,
            viewer,
            "forecast run accuracy",
            RunAccuracy,
            subjects=("forecast",),
            args={"run": found.id},
            compute=lambda: [_accuracy(session, found.id)],
        )[0]


def finished_run(session: Session, run_id: object) -> RunView:
    """The run in this session, when it has results.

    Inputs: an open session; the id as a browser sent it.
    Returns: RunView.
    Raises: NotFound.
    Source: none; ours.
    """
    found = found_run(session, run_id)
    if found.state != "done":
        raise NotFound(_("This forecast has no results."))
    return found


def series_download(
    viewer: Viewer, run_id: object, filters: SeriesFilters, *, sort: Sequence[tuple[str, bool]] = ()
) -> Iterator[list[Any]]:
    """The whole list of series, the largest miss first unless sorted otherwise.

    Inputs: a viewer with forecast.read; the run; filters; sort: as for series.
    Returns: rows of SERIES_DOWNLOADED.
    Raises: NotAllowed; NotFound.
    Source: product.md: the analyst downloads every table.
    """
    for first in range(0, DEEPEST_ROW, PAGE_ROWS):
        page = series(viewer, run_id, filters=filters, sort=sort, first=first, limit=PAGE_ROWS)
        named = [row | {"method": method_name(row["method"])} for row in page.rows]
        yield from ([row[name] for name in SERIES_DOWNLOADED] for row in named)
        if first + PAGE_ROWS >= page.total:
            return


def values_download(viewer: Viewer, run_id: object, filters: SeriesFilters) -> Iterator[list[Any]]:
    """The forecast of every series and period of a run.

    Inputs: a viewer with forecast.read; the run; filters.
    Returns: rows of VALUES_DOWNLOADED, some hundred series read at a time.
    Raises: NotAllowed; NotFound, also for a run without results.
    Source: product.md: the analyst downloads every table.
    """
    require(viewer, Permission.FORECAST_READ)
    after = (0, 0)
    while True:
        with session_scope(viewer) as session:
            found = finished_run(session, run_id)
            page = rows.values_after(session, found.id, **filters.arguments(), after=after, limit=PAGE_ROWS)
        if not page:
            return
        yield from ([getattr(row, name) for name in VALUES_DOWNLOADED] for row in page)
        after = (page[-1].product_id, page[-1].location_id)


def _order(sort: Sequence[tuple[str, bool]]) -> list[tuple[str, bool]]:
    return [*((name, descending) for name, descending in sort if name in rows.COLUMNS), *WORST_FIRST]


def _accuracy(session: Session, run_id: int) -> RunAccuracy:
    return RunAccuracy(
        **rows.totals(session, run_id)._asdict(),
        by_method=rows.counts_by(session, run_id, "method"),
        by_class=rows.counts_by(session, run_id, "demand_class"),
    )
