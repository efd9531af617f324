"""Two runs compared: totals that add up, money at one price, those first that changed most."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import selling
from databases import TestServer
from forecasting import forecast_of, query

from core.errors import InvalidInput, NotFound
from core.viewer import Viewer
from services import accounts, forecasts
from services.forecast_comparison import (
    SERIES_COLUMNS,
    Comparison,
    changed_series,
    compare,
    differences_download,
    series_download,
)


@pytest.fixture(scope="module")
def ann(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    """Run 1 and 2: all products with other methods and horizons; 3: one place; 4: weeks; 5: not begun."""
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
        selling.load()
        viewer = accounts.operator()
        forecast_of(viewer)
        forecast_of(viewer, horizon=5, methods=["mean", "seasonal_naive"])
        forecast_of(viewer, {"location": "KL"})
        forecast_of(viewer, frequency="week")
        forecasts.open_run(viewer, scope={}, frequency="month", horizon=2)
        yield viewer


@pytest.fixture(scope="module")
def found(ann: Viewer) -> Comparison:
    return compare(ann, 2, 1)


def sums(viewer: Viewer, run_id: int, by: str) -> dict[str, float]:
    rows = query(
        viewer,
        f"select {by}::text, sum(q50) from forecast_value v join product p on p.id = v.product_id "
        "where run_id = :id and period < '2026-06-01' group by 1",
        id=run_id,
    )
    return dict(rows)


@pytest.mark.parametrize(("part", "by"), [("periods", "period"), ("categories", "category"), ("families", "family")])
def test_totals_are_those_of_the_stored_forecasts(ann: Viewer, found: Comparison, part: str, by: str) -> None:
    listed = getattr(found.figures, part)
    assert {one.key: one.quantity for one in listed} == pytest.approx(sums(ann, 2, by))
    assert {one.key: one.other_quantity for one in listed} == pytest.approx(sums(ann, 1, by))
    total = found.figures.total
    assert sum(one.change for one in listed) == pytest.approx(total.change)
    assert sum(one.money_change for one in listed) == pytest.approx(total.money_change)


def test_only_periods_that_both_forecast_are_compared(found: Comparison) -> None:
    assert (found.first.isoformat(), found.last.isoformat()) == ("2026-03-01", "2026-05-01")
    assert [one.key for one in found.figures.periods] == ["2026-03-01", "2026-04-01", "2026-05-01"]


def test_errors_are_those_of_the_series_that_both_have(ann: Viewer, found: Comparison) -> None:
    stored = query(
        ann,
        "select sum(b.wmape * b.judged_volume) / sum(b.judged_volume), "
        "sum(a.wmape * b.judged_volume) / sum(b.judged_volume), avg(b.coverage) from forecast_series a "
        "join forecast_series b using (product_id, location_id) where a.run_id = 1 and b.run_id = 2",
    )
    figures = found.figures
    assert (figures.own.wmape, figures.other.wmape, figures.own.coverage) == pytest.approx(stored[0])
    assert (figures.common, figures.judged) == (4, 4)
    assert figures.better + figures.worse <= 4
    narrow = compare(ann, 3, 1).figures
    assert narrow.common == 2


def test_money_is_the_quantity_at_the_price_of_the_last_year(ann: Viewer) -> None:
    prices = query(ann, "select product_id, location_id, value / volume from forecast_series where run_id = 1")
    price = {(product, location): each for product, location, each in prices}
    for row in changed_series(ann, 2, 1):
        expected = row["change"] * price[row["product_id"], row["location_id"]]
        assert row["money_change"] == pytest.approx(expected)


@pytest.mark.parametrize("by", ["quantity", "money"])
def test_series_that_changed_most_come_first(ann: Viewer, by: str) -> None:
    change = {"quantity": "change", "money": "money_change"}[by]
    changes = [abs(row[change]) for row in changed_series(ann, 2, 1, by=by)]
    assert len(changes) == 4
    assert changes == sorted(changes, reverse=True)


def test_series_that_only_one_run_has_is_told_from_one_without_demand(ann: Viewer) -> None:
    only_before = [row for row in changed_series(ann, 3, 1) if row["location"] == "PG"]
    assert {row["quantity"] for row in only_before} == {None}
    assert all(row["change"] == -row["other_quantity"] < 0 for row in only_before)


def test_run_beside_itself_differs_in_nothing(ann: Viewer) -> None:
    same = compare(ann, 1, 1).figures
    assert (same.total.change, same.better, same.worse) == (0, 0, 0)


@pytest.mark.parametrize(
    ("run", "other", "message"),
    [(1, 4, "months can't be compared"), (1, 5, "#5 has no results"), (5, 1, "#5 has no results")],
)
def test_what_can_not_be_compared_is_explained(ann: Viewer, run: int, other: int, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        compare(ann, run, other)


@pytest.mark.parametrize("run", [99, None, "1", 2**70])
def test_unknown_run_is_not_found(ann: Viewer, run: object) -> None:
    with pytest.raises(NotFound):
        compare(ann, run, 1)
    with pytest.raises(NotFound):
        changed_series(ann, 1, run)


def test_downloads_hold_every_row(ann: Viewer, found: Comparison) -> None:
    for part in ("periods", "categories", "families"):
        rows = list(differences_download(ann, 2, 1, part))
        assert [row[0] for row in rows] == [one.key for one in getattr(found.figures, part)]
    series = [dict(zip(SERIES_COLUMNS, row, strict=True)) for row in series_download(ann, 2, 1)]
    assert sum(row["change"] for row in series) == pytest.approx(found.figures.total.change)
