"""The forecast page: list, one series with its tabs, trials and findings, for those who may."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import selling
import trading
from databases import TestServer
from sqlalchemy import text
from visitor import Visitor

from callbacks.planner.forecast import PATH, TABS, Ids, asked_by
from callbacks.planner.forecast_runs import PATH as RUNS_PATH
from data.db import owner_engine
from services import accounts, forecast_work, forecasts
from services.forecast_trial import PARAMETERS

ROWS = {"startRow": 0, "endRow": 100, "sortModel": [], "filterModel": {}}


@pytest.fixture(scope="module")
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """People of every role, goods with sales, and one finished run."""
    home = tmp_path_factory.mktemp("home")
    with server.copy(home, template=empty_template), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
        trading.load()
        selling.load_goods()
        finished_run()
        yield home


@pytest.fixture
def planner(company: Path) -> Visitor:
    return Visitor.of("planner")


def finished_run() -> int:
    run_id = forecasts.open_run(accounts.operator(), scope={}, frequency="month", horizon=3)
    forecast_work.run_forecast(accounts.operator(), {"run_id": run_id}, lambda _fraction, _message: None)
    return run_id


def first_run() -> int:
    return forecasts.runs(accounts.operator(), finished_only=True)[-1].id


def rows(visitor: Visitor, run_id: int, **filters: str) -> list[dict[str, Any]]:
    answer = visitor.call(
        f"{Ids.rows}.getRowsResponse",
        {f"{Ids.rows}.getRowsRequest": ROWS, f"{Ids.run}.data": run_id, f"{Ids.filters}.data": filters},
    )
    assert answer.status_code == 200, answer.text
    found = answer.json["response"][Ids.rows]["getRowsResponse"]
    assert found["rowCount"] == len(found["rowData"])
    return list(found["rowData"])


def test_page_shows_the_run_its_accuracy_and_the_worst_series(planner: Visitor) -> None:
    page = planner.layout(PATH, f"?run={first_run()}").text
    for part in (
        "all products",
        "demand known up to 2026-02-28",
        "WMAPE at earlier dates",
        "better than seasonal naive",
    ):
        assert part in page
    worst = rows(planner, first_run())[0]
    assert worst["name"] in page
    assert "Recalculate them under Inventory" in page


def asked(visitor: Visitor, run_id: int, code: str = "SOY", place: str = "KL") -> dict[str, Any]:
    """What the browser notes for a tab that is to show a series."""
    row = next(row for row in rows(visitor, run_id) if (row["code"], row["location"]) == (code, place))
    return {"run": run_id, "product_id": row["product_id"], "location_id": row["location_id"], "changed": 0}


def store(tab: str) -> str:
    return f"{json.dumps(asked_by(tab), sort_keys=True, separators=(',', ':'))}.data"


def shown(visitor: Visitor, tab: str, output: str, series: dict[str, Any]) -> dict[str, Any]:
    answer = visitor.call(output, {store(tab): series})
    assert answer.status_code == 200, answer.text
    return dict(answer.json["response"])


def test_a_series_shows_its_history_and_forecast_and_has_an_address(planner: Visitor) -> None:
    run_id = first_run()
    series = asked(planner, run_id)
    found = shown(planner, "forecast", f"{Ids.chart}.figure", series)
    assert found[Ids.title]["children"] == "SOY · Soy"
    traces = {trace["name"]: trace for trace in found[Ids.chart]["figure"]["data"]}
    assert {"Demand", "Fitted", "Forecast", "10–90 % band", "Seasonal naive", "Feasts"} <= traces.keys()
    assert traces["Forecast"]["x"] == ["2026-03-01", "2026-04-01", "2026-05-01"]
    assert traces["Demand"]["x"][-1] == "2026-02-01"
    values = found[Ids.values]["rowData"]
    assert [row["period"] for row in values] == ["2026-03", "2026-04", "2026-05", "Sum"]
    assert values[-1]["q50"] == pytest.approx(sum(row["q50"] for row in values[:-1]))
    assert "q10" not in values[-1], "bands don't add up"
    address = f"?run={run_id}&product={series['product_id']}&location={series['location_id']}&tab=why"
    page = planner.layout(PATH, address).text
    assert "SOY · Soy" in page
    assert '"active_tab": "why"' in page or '"active_tab":"why"' in page


def test_why_shows_the_reasons_and_every_candidate_at_every_origin(planner: Visitor) -> None:
    found = shown(planner, "why", f"{Ids.reasons}.children", asked(planner, first_run()))
    assert "compared" in json.dumps(found[Ids.reasons])
    candidates = found[Ids.candidates]["rowData"]
    assert any(row["method"].startswith("●") and row["weight"] > 0 for row in candidates)
    assert sum("benchmark" in row["method"] for row in candidates) == 1
    columns = [column["field"] for column in found[Ids.candidates]["columnDefs"]]
    origins = [name for name in columns if name.startswith("held_out_")]
    assert origins
    assert all(row[name] is not None for row in candidates for name in origins)


def test_components_are_shown_with_their_sum_beside_the_forecast(planner: Visitor) -> None:
    found = shown(planner, "components", f"{Ids.parts}.rowData", asked(planner, first_run()))
    for row in found[Ids.parts]["rowData"]:
        parts = [value for name, value in row.items() if name.startswith("part_")]
        assert len(parts) >= 4
        assert row["total"] == pytest.approx(sum(parts))
        assert row["forecast"] == pytest.approx(row["total"])
    bars = [trace for trace in found[Ids.parts_chart]["figure"]["data"] if trace["type"] == "bar"]
    assert [bar["name"] for bar in bars][:3] == ["Level", "Trend", "Season"]


def test_a_run_without_channels_says_what_to_do(planner: Visitor) -> None:
    found = shown(planner, "channels", f"{Ids.channels}.rowData", asked(planner, first_run()))
    assert found[Ids.channels]["rowData"] == []
    assert "Choose channels in a new run" in json.dumps(found[Ids.channels_chart])


def test_season_lays_the_years_on_top_of_each_other(planner: Visitor) -> None:
    found = shown(planner, "season", f"{Ids.years}.figure", asked(planner, first_run(), "CHILLI"))
    assert [trace["name"] for trace in found[Ids.years]["figure"]["data"]] == ["2023", "2024", "2025", "2026"]
    panels = found[Ids.decomposition]["figure"]["data"]
    assert [panel["name"] for panel in panels] == ["Trend", "Season", "Remainder"]


def step(visitor: Visitor, button: str, series: dict[str, Any], **filters: str) -> Any:
    values = {
        f"{Ids.item}.data": series,
        f"{Ids.run}.data": first_run(),
        f"{Ids.filters}.data": filters,
        f"{Ids.rows}.getRowsRequest": ROWS | {"sortModel": [{"colId": "code", "sort": "asc"}]},
    }
    output = next(key for key in visitor.app.callback_map if f"{Ids.rows}.scrollTo" in key)
    envelope = visitor.envelope_of(output, {f"{button}.n_clicks": 1, **values}, triggered=f"{button}.n_clicks")
    return visitor.post("/_dash-update-component", json=envelope)


def test_next_and_previous_follow_the_list_as_it_is_sorted_and_filtered(planner: Visitor) -> None:
    first, second = asked(planner, first_run(), "CHILLI"), asked(planner, first_run(), "SOY")
    found = step(planner, Ids.next, first, place="KL").json["response"]
    assert found[Ids.item]["data"] == {name: second[name] for name in ("product_id", "location_id")}
    assert found[Ids.rows]["scrollTo"]["rowIndex"] == 1
    assert found[Ids.rows]["selectedRows"] == {"ids": [f"{second['product_id']}-{second['location_id']}"]}
    back = step(planner, Ids.previous, second, place="KL").json["response"]
    assert back[Ids.item]["data"]["product_id"] == first["product_id"]
    assert step(planner, Ids.next, second, place="KL").json["response"] == {}, "the end of the list"


def attempt(visitor: Visitor, series: dict[str, Any], method: str, **parameters: object) -> Any:
    given = {parameter.key: parameters.get(parameter.key) for parameter in PARAMETERS}
    values = {f"{Ids.tried_method}.value": method, store("forecast"): series}
    return visitor.press(Ids.attempt, values, many={Ids.parameter: given})


def test_a_trial_is_drawn_beside_the_forecast_and_says_that_nothing_is_stored(planner: Visitor) -> None:
    series = asked(planner, first_run())
    found = attempt(planner, series, "croston", alpha=0.2, window=99).json["response"]
    traces = {trace["name"] for trace in found[Ids.chart]["figure"]["data"]}
    assert {"Forecast", "Tried: Croston"} <= traces
    assert "Nothing is stored" in found[Ids.tried_note]["children"]
    measures = [row["measure"] for row in found[Ids.trial]["rowData"]]
    assert measures[:2] == ["WMAPE", "Bias"]
    assert len(measures) > 2
    cleared = shown(planner, "try", f"{Ids.trial}.rowData", series)
    assert cleared[Ids.trial]["rowData"] == []


def hidden_fields(visitor: Visitor, method: str) -> set[str]:
    """The parameters that a method does not take, as the page hides them."""
    key = next(key for key in visitor.app.callback_map if Ids.parameter_field in key)
    envelope = visitor.envelope_of(key, {f"{Ids.tried_method}.value": method})
    fields = [{"type": Ids.parameter_field, "index": parameter.key} for parameter in PARAMETERS]
    envelope["outputs"] = [{"id": field, "property": "hidden"} for field in fields]
    envelope["state"] = [[{"id": field, "property": "id", "value": field} for field in fields]]
    found = visitor.post("/_dash-update-component", json=envelope).json["response"]
    return {json.loads(name)["index"] for name, value in found.items() if value["hidden"]}


def test_parameters_are_offered_where_a_method_takes_them(planner: Visitor) -> None:
    every = {parameter.key for parameter in PARAMETERS}
    for method, offered in (("croston", {"alpha"}), ("seasonal_naive", set()), ("nonsense", set())):
        assert every - hidden_fields(planner, method) == offered
    refused = attempt(planner, asked(planner, first_run()), "croston", alpha=7)
    assert "from 0.01 to 1" in refused.text


def test_findings_are_decided_on_the_page(planner: Visitor) -> None:
    series = asked(planner, first_run())
    noted = planner.press(
        Ids.annotate,
        {
            store("forecast"): series,
            f"{Ids.changed}.data": 4,
            f"{Ids.own_period}.value": "2025-05-01",
            f"{Ids.own_kind}.value": "outlier",
            f"{Ids.own_corrected}.value": 10,
            f"{Ids.own_note}.value": "Typing error",
        },
    ).json["response"]
    assert noted[Ids.changed]["data"] == 5, "what is shown is asked for anew"
    history = shown(planner, "history", f"{Ids.annotations}.rowData", series)
    (row,) = history[Ids.annotations]["rowData"]
    assert (row["period"], row["status"], row["corrected"], row["note"]) == (
        "2025-05", "● Accepted", 10, "Typing error",
    )  # fmt: skip
    assert history[Ids.own_period]["options"][0]["label"] == "2026-02"
    names = {
        trace["name"]
        for trace in shown(planner, "forecast", f"{Ids.chart}.figure", series)[Ids.chart]["figure"]["data"]
    }
    assert {"Cleaned", "Accepted"} <= names
    selected = {f"{Ids.annotations}.selectedRows": [row], f"{Ids.changed}.data": 5}
    assert "Note: write a few words" in planner.press(Ids.reject, selected).text
    rejected = planner.press(Ids.reject, {**selected, f"{Ids.note}.value": "It was real"})
    assert "Rejected: 1" in rejected.text
    assert "changed meanwhile" in planner.press(Ids.accept, selected).text
    found = planner.press(Ids.find, {store("forecast"): series, f"{Ids.changed}.data": 6})
    assert found.json["response"][Ids.changed]["data"] == 7


def test_executive_looks_but_decides_nothing(company: Path) -> None:
    executive = Visitor.of("executive")
    series = asked(executive, first_run())
    assert attempt(executive, series, "theta").status_code == 200, "a trial changes nothing"
    for button in (Ids.find, Ids.accept, Ids.reject, Ids.annotate):
        assert executive.press(button, {store("forecast"): series}).status_code == 403


def test_list_is_filtered_by_the_address(planner: Visitor) -> None:
    page = planner.layout(PATH, f"?run={first_run()}&search=dump&method=-&demand_class=-").text
    assert '"search": "dump"' in page or '"search":"dump"' in page
    assert [row["code"] for row in rows(planner, first_run(), search="dump", method="-")] == ["DUMPLING"]


def test_filters_that_leave_nothing_say_so(planner: Visitor) -> None:
    page = planner.layout(PATH, f"?run={first_run()}&search=zzz").text
    assert "Choose a series in the list, or other filters" in page
    answer = planner.call(
        f"{Ids.rows}.getRowsResponse",
        {f"{Ids.rows}.getRowsRequest": ROWS, f"{Ids.run}.data": first_run(), f"{Ids.filters}.data": {"search": "zzz"}},
    )
    assert answer.json["response"][Ids.totals]["children"] == "No series fits these filters."


def file(visitor: Visitor, address: str) -> list[dict[str, str]]:
    answer = visitor.get(address)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_list_and_values_come_as_files_with_the_filters_of_the_page(planner: Visitor) -> None:
    page = json.dumps(planner.layout(PATH, f"?run={first_run()}&place=KL").json)
    for name in ("forecast-series", "forecast-values"):
        assert f"/download/{name}.csv?run={first_run()}&place=KL" in page
    series = file(planner, f"/download/forecast-series.csv?run={first_run()}&place=KL&method=-")
    assert {(row["code"], row["location"]) for row in series} == {("CHILLI", "KL"), ("SOY", "KL")}
    values = file(planner, f"/download/forecast-values.csv?run={first_run()}&place=KL&method=-")
    assert [row["period"] for row in values] == ["2026-03-01", "2026-04-01", "2026-05-01"] * 2
    for odd in ("", "x", "9" * 40, "-1"):
        assert planner.get(f"/download/forecast-values.csv?run={odd}").status_code == 404


@pytest.mark.parametrize("tab", TABS)
def test_series_of_another_run_or_of_nobody_is_not_found(planner: Visitor, tab: str) -> None:
    if tab == "try":
        return
    output = next(
        key
        for key, spec in planner.app.callback_map.items()
        if "callback" in spec and [f"{item['id']}.{item['property']}" for item in spec["inputs"]] == [store(tab)]
    )
    for odd in ({"run": first_run(), "product_id": 10**30, "location_id": 1}, {"run": "x"}, {"run": 10**9}):
        envelope = planner.envelope_of(output, {store(tab): odd})
        assert planner.post("/_dash-update-component", json=envelope).status_code == 404


def test_runs_are_started_on_a_page_of_their_own(planner: Visitor) -> None:
    link = f"{RUNS_PATH}?run={first_run()}"
    page = json.dumps(planner.layout(PATH, f"?run={first_run()}").json)
    assert link in page
    assert "Run, compare or approve" in page
    page = json.dumps(Visitor.of("executive").layout(PATH, f"?run={first_run()}").json)
    assert link in page
    assert "Run, compare or approve" not in page


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_partners_are_refused(company: Path, name: str) -> None:
    partner = Visitor.of(name)
    assert partner.get(PATH).status_code == 403
    assert partner.layout(PATH).status_code == 403
    call = {f"{Ids.rows}.getRowsRequest": ROWS, f"{Ids.run}.data": first_run()}
    assert partner.call(f"{Ids.rows}.getRowsResponse", call).status_code == 403


def test_page_without_any_run_says_what_to_do(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
    trading.load()
    selling.load_goods()
    for name in ("planner", "analyst"):
        page = json.dumps(Visitor.of(name).layout(PATH).json)
        assert "Run the first one" in page
        assert RUNS_PATH in page
    assert "A planner or an analyst can run one" in Visitor.of("executive").layout(PATH).text
    with owner_engine().begin() as connection:
        assert connection.scalar(text("select count(*) from forecast_run")) == 0
