"""The page of forecast accuracy: sources, filters in the address, the triangle, the lists and their files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
import trading
from databases import TestServer
from rows import Rows
from visitor import Visitor

from callbacks.planner.forecast_accuracy import PATH, Ids
from services import accuracy_downloads

REQUEST = {"startRow": 0, "endRow": 100, "sortModel": [], "filterModel": {}}


@pytest.fixture(scope="module")
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    """People of every role; two products, forecast in January and in February for March; one tested run."""
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", "2026-04-10")
        rows = Rows({"KL": trading.load()["site"]})
        rows.channel()
        rows.product("A", unit_price=10, category="Sauces")
        rows.product("B", unit_price=2, category="Snacks")
        rows.sell("2025-01-01", "A", 50, 500)
        for day in ("2026-02-05", "2026-03-05"):
            rows.sell(day, "A", 100, 1000)
            rows.sell(day, "B", 40, 80)
        rows.sell("2026-04-01", "A", 1, 10)
        rows.forecast("2026-01-01", {("A", "2026-03-01"): 140, ("B", "2026-03-01"): 40})
        rows.forecast("2026-02-01", {("A", "2026-02-01"): 90, ("B", "2026-02-01"): 50})
        run = rows.forecast("2026-03-01", {("A", "2026-03-01"): 110, ("B", "2026-03-01"): 40})
        for product, signal in (("A", 5.5), ("B", 1.0)):
            rows.judged(run, product, tracking_signal=signal)
        yield rows


@pytest.fixture
def planner(company: Rows) -> Visitor:
    return Visitor.of("planner")


def page(visitor: Visitor, query: str = "") -> str:
    answer = visitor.layout(PATH, query)
    assert answer.status_code == 200, answer.text
    assert "Something went wrong" not in answer.text
    return json.dumps(answer.json, ensure_ascii=False)


def listed(visitor: Visitor, grid: str, filters: dict[str, str] | None = None, **more: Any) -> list[dict[str, Any]]:
    values = {f"{grid}.getRowsRequest": REQUEST, f"{Ids.filters}.data": filters or {}, **more}
    answer = visitor.call(f"{grid}.getRowsResponse", values)
    assert answer.status_code == 200, answer.text
    found = answer.json["response"][grid]["getRowsResponse"]
    assert found["rowCount"] == len(found["rowData"])
    return list(found["rowData"])


def test_lived_accuracy_opens_with_its_measures_beside_their_rivals(planner: Visitor) -> None:
    shown = page(planner)
    for part in ("What was forecast at lag 1 for 2026-01 to 2026-03", "WMAPE by period and lag", "By category"):
        assert part in shown
    assert "10.7 %" in shown, "30 missed of 280"
    assert "Seasonal naive 85.7 % (−75.0 pp)" in shown
    assert "n 4, 2 series" in shown
    for shade in ('"shade_3": "heat-worst"', '"shade_1": "heat-best"'):
        assert shade in shown
    assert "▲ +7.1 %" in shown, "the bias of March at lag 1"
    assert "/help#tracking-signal" in shown


def test_lists_come_from_the_server(planner: Visitor) -> None:
    assert [(row["label"], row["missed_money"]) for row in listed(planner, Ids.table)] == [
        ("Sauces", 200),
        ("Snacks", 20),
    ]
    by_lag = listed(planner, Ids.table, {"by": "lag"})
    assert [(row["label"], row["wmape"]) for row in by_lag] == [
        ("1", pytest.approx(30 / 280)),
        ("3", pytest.approx(40 / 140)),
    ]


def test_a_series_leads_to_where_it_is_explained(planner: Visitor, company: Rows) -> None:
    row = listed(planner, Ids.series)[0]
    assert (
        row["explorer"] == f"[Explain](/demand/forecast?run=3&product={company.ids['A']}&location={company.ids['KL']})"
    )


def test_a_cell_of_the_triangle_narrows_the_series_and_the_address(planner: Visitor) -> None:
    clicked = {"colId": "lag_3", "rowId": "2026-03-01", "value": 0.29}
    answer = planner.call(
        f"{Ids.cell}.data",
        {f"{Ids.triangle}.cellClicked": clicked, f"{Ids.filters}.data": {}},
        triggered=f"{Ids.triangle}.cellClicked",
    )
    found = answer.json["response"]
    assert found[Ids.scope]["children"].startswith("Only 2026-03 at lag 3: 2 series; the first 1 miss RM 400")
    assert found[Ids.pareto]["figure"]["data"][0]["x"] == ["A · KL"]
    address = parse_qs(found[Ids.place]["search"][1:])
    assert (address["cell_period"], address["cell_lag"]) == (["2026-03-01"], ["3"])
    series = listed(planner, Ids.series, **{f"{Ids.cell}.data": found[Ids.cell]["data"]})
    assert [(row["label"], row["wmape"]) for row in series] == [("A", pytest.approx(0.4)), ("B", 0)]
    assert "Only 2026-03 at lag 3" in page(planner, found[Ids.place]["search"])


def test_all_periods_come_back(planner: Visitor) -> None:
    found = planner.press(Ids.all_cells, {f"{Ids.filters}.data": {}}).json["response"]
    assert found[Ids.scope]["children"].startswith("2 series; the first 2 miss RM 220")
    assert "cell_period" not in found[Ids.place]["search"]


@pytest.mark.parametrize("clicked", [None, {"colId": "bias", "rowId": "2026-03-01", "value": "▲"}, {"colId": "lag_2"}])
def test_cells_without_an_error_do_nothing(planner: Visitor, clicked: object) -> None:
    answer = planner.call(
        f"{Ids.cell}.data",
        {f"{Ids.triangle}.cellClicked": clicked, f"{Ids.filters}.data": {}},
        triggered=f"{Ids.triangle}.cellClicked",
    )
    assert answer.json["response"] == {}


def test_filters_stand_in_the_address_and_in_the_files(planner: Visitor) -> None:
    query = "view=lived&frequency=month&by=product&level=category&weight=money&lag=1&start=2026-03-01&end=2026-03-01"
    shown = page(planner, f"?{query}&method=-&demand_class=-&run=-")
    assert f"/download/forecast-accuracy.csv?{query}" in shown
    assert "3.6 %" not in shown
    assert "9.3 %" in shown, "RM 100 of 1,080"


def test_tested_accuracy_is_of_one_run(planner: Visitor) -> None:
    shown = page(planner, "?view=tested")
    assert "What the methods of forecast #3 would have said at earlier dates" in shown
    assert "n 2 of 2 series" in shown
    assert "series beyond ±4" in shown
    assert "Errors taken at" not in shown
    rows = listed(planner, Ids.table, {"view": "tested", "by": "method"})
    assert [(row["label"], row["wmape"], row["alarms"]) for row in rows] == [("Theta", pytest.approx(0.1), 1)]


def test_runs_and_drift(planner: Visitor) -> None:
    shown = page(planner, "?view=history")
    assert "2026-03 #3" in shown
    assert "1 series drift" in shown
    assert "No series is beyond the limit" in shown, "of lived accuracy"


def test_files_hold_what_the_page_shows(planner: Visitor) -> None:
    def file(name: str, query: str = "") -> list[dict[str, str]]:
        answer = planner.get(f"/download/{name}.csv{query}")
        assert answer.status_code == 200, answer.text
        return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))

    assert [row["label"] for row in file("forecast-accuracy")] == ["Sauces", "Snacks"]
    series = file("forecast-accuracy-series", "?cell_period=2026-03-01&cell_lag=3")
    assert [(row["label"], row["name"], row["missed_money"]) for row in series] == [
        ("A", "Product A", "400"),
        ("B", "Product B", "0"),
    ]
    triangle = file("forecast-accuracy-triangle")
    assert [(row["period"], row["lag"]) for row in triangle] == [
        ("2026-02-01", "1"),
        ("2026-03-01", "1"),
        ("2026-03-01", "3"),
    ]
    runs = file("forecast-accuracy-runs", "?view=history")
    assert [(row["label"], row["wmape"]) for row in runs if row["run_id"] == "3"] == [
        ("All series", "0.1"),
        ("Theta", "0.1"),
    ]
    assert [row["label"] for row in file("forecast-drift", "?view=tested")] == ["A"]
    assert file("forecast-drift", "?view=lived") == []


def test_a_long_list_comes_whole(planner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = planner.get("/download/forecast-accuracy-series.csv").data
    monkeypatch.setattr(accuracy_downloads, "PAGE_ROWS", 1)
    assert planner.get("/download/forecast-accuracy-series.csv").data == whole


@pytest.mark.parametrize("query", ["?view=secret", "?start=soon", "?lag=x", "?by=drop", "?start=1900-01-01"])
def test_a_filter_that_makes_no_sense_is_explained(planner: Visitor, query: str) -> None:
    assert "This page can't be shown" in page(planner, query)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?method=prophet", "No forecast fits these filters"),
        ("?view=tested&demand_class=lumpy", "No forecast fits these filters"),
        ("?frequency=week", "No forecast of weeks has finished yet"),
        ("?frequency=week&view=history", "No forecast of weeks has finished yet"),
    ],
)
def test_what_is_empty_says_what_to_do(planner: Visitor, query: str, message: str) -> None:
    assert message in page(planner, query)


def test_before_any_period_is_over_the_page_leads_to_tested_accuracy(
    server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-04-10")
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        rows = Rows({"KL": trading.load()["site"]})
        planner = Visitor.of("planner")
        assert "No forecast of months has finished yet" in page(planner)
        rows.channel()
        rows.product("A")
        rows.sell("2026-03-05", "A", 100, 1000)
        rows.forecast("2026-03-01", {("A", "2026-03-01"): 110})
        shown = page(planner)
        assert "No period that was forecast is over yet: the first is 2026-03" in shown
        assert "view=tested" in shown


def test_an_executive_reads_it_too(company: Rows) -> None:
    assert "WMAPE by period and lag" in page(Visitor.of("executive"))


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_partners_do_not_get_in(company: Rows, name: str) -> None:
    partner = Visitor.of(name)
    assert partner.get(PATH).status_code == 403
    for grid in (Ids.table, Ids.series):
        assert partner.call(f"{grid}.getRowsResponse").status_code == 403
    assert partner.get("/download/forecast-accuracy.csv").status_code == 403
