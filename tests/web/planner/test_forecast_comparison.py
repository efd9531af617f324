"""The page that compares two runs: choices, figures, what changed most, files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import selling
import trading
from databases import TestServer
from forecasting import forecast_of
from visitor import Visitor

from callbacks.planner.forecast_comparison import PATH, Ids
from services import accounts
from services.forecast_approval import approve
from services.forecast_comparison import compare


@pytest.fixture(scope="module")
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Runs 1 to 3 in months, 4 in weeks; the first is the baseline."""
    home = tmp_path_factory.mktemp("home")
    with server.copy(home, template=empty_template), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
        trading.load()
        selling.load_goods()
        operator = accounts.operator()
        forecast_of(operator)
        forecast_of(operator, methods=["mean"])
        forecast_of(operator, methods=["theta"], horizon=5)
        forecast_of(operator, frequency="week")
        approve(operator, 1, note="", seen=0)
        yield home


@pytest.fixture
def planner(company: Path) -> Visitor:
    return Visitor.of("planner")


def changed(visitor: Visitor, run: object, other: object, by: object = "money") -> Any:
    runs = {"run": run, "other": other}
    return visitor.call(f"{Ids.series}.rowData", {f"{Ids.ranked_by}.value": by, f"{Ids.runs}.data": runs})


def test_two_runs_are_shown_side_by_side(planner: Visitor) -> None:
    page = planner.layout(PATH, "?run=2&other=3").text
    for part in ("WMAPE at earlier dates", "Coverage of the 80", "By category", "By family", "Series that changed"):
        assert part in page
    figures = compare(accounts.operator(), 2, 3).figures
    for total in (figures.total.quantity, figures.own.wmape):
        assert total is not None
    assert f"{figures.total.quantity:,.0f}" in page
    assert f"{(figures.own.wmape or 0) * 100:.1f} %" in page
    assert "forecast-runs?run=2" in page
    assert "forecast?run=3" in page


def test_without_a_choice_the_newest_is_compared_with_the_baseline(planner: Visitor) -> None:
    page = planner.layout(PATH, "?run=3").text
    assert '"run": 3' in page or '"run":3' in page
    assert '"other": 1' in page or '"other":1' in page


def test_weeks_beside_months_are_explained(planner: Visitor) -> None:
    assert "in months can't be compared with one in weeks" in planner.layout(PATH, "?run=4&other=1").text
    assert "no other finished forecast" in planner.layout(PATH, "?run=4").text


@pytest.mark.parametrize("by", ["money", "quantity"])
def test_series_are_ranked_by_their_change(planner: Visitor, by: str) -> None:
    rows = changed(planner, 2, 3, by).json["response"][Ids.series]["rowData"]
    assert len(rows) == len({row["id"] for row in rows}) == 4
    sizes = [abs(row["money_change" if by == "money" else "change"]) for row in rows]
    assert sizes == sorted(sizes, reverse=True)


def test_unknown_runs_are_not_found(planner: Visitor) -> None:
    for run in (99, None, "x", {}):
        assert changed(planner, run, 1).status_code == 404
    assert planner.layout(PATH, "?run=99&other=x").status_code == 200


def test_differences_are_downloaded(planner: Visitor) -> None:
    for part, rows in (("periods", 3), ("categories", 2), ("families", 3), ("series", 4)):
        answer = planner.get(f"/download/forecast-comparison-{part}.csv?run=2&other=3")
        assert answer.status_code == 200, answer.text
        assert len(answer.text.splitlines()) == 1 + rows, part
    assert planner.get("/download/forecast-comparison-periods.csv?run=x&other=1").status_code == 404
    assert planner.get("/download/forecast-comparison-periods.csv?run=4&other=1").status_code == 422


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_partners_are_refused(company: Path, name: str) -> None:
    partner = Visitor.of(name)
    assert partner.layout(PATH, "?run=2&other=1").status_code == 403
    assert changed(partner, 2, 1).status_code == 403
    assert partner.get("/download/forecast-comparison-series.csv?run=2&other=1").status_code == 403


def test_page_without_any_forecast_says_so(empty_database: Path) -> None:
    trading.load()
    assert "no finished forecast yet" in Visitor.of("executive").layout(PATH).text
