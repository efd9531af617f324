"""The forecast page: run, list, detail by its own callbacks, for those who may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import pytest
import selling
import trading
from databases import TestServer
from sqlalchemy import text
from visitor import Visitor

from callbacks.planner.forecast import JOB, PATH, Ids
from components.job_progress import job_id_of
from data.db import owner_engine
from services import accounts, forecast_work, forecasts, jobs, worker

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


def form(**values: Any) -> dict[str, Any]:
    """The form as it stands on the page, with some fields changed."""
    shown = {"frequency": "month", "horizon": 2, "category": "-", "family": "-", "location": "-", "life_cycle": "-"}
    return {f"{getattr(Ids, name)}.value": value for name, value in {**shown, **values}.items()}


def rows(visitor: Visitor, run_id: int, **filters: str) -> list[dict[str, Any]]:
    answer = visitor.call(
        f"{Ids.rows}.getRowsResponse",
        {f"{Ids.rows}.getRowsRequest": ROWS, f"{Ids.run}.data": run_id, f"{Ids.filters}.data": filters},
    )
    assert answer.status_code == 200, answer.text
    found = answer.json["response"][Ids.rows]["getRowsResponse"]
    assert found["rowCount"] == len(found["rowData"])
    return list(found["rowData"])


def started_job(answer: Any) -> UUID:
    assert answer.status_code == 200, answer.text
    key = json.dumps(job_id_of(JOB), sort_keys=True, separators=(",", ":"))
    return UUID(answer.json["response"][key]["data"])


def test_planner_runs_a_forecast_and_is_led_to_it(planner: Visitor) -> None:
    job_id = started_job(planner.press(Ids.start, form(products="SOY, CHILLI", location="KL")))
    assert "job-line" in planner.layout(PATH).text, "a reloaded page follows the job again"
    worker.run_job(job_id)
    job = jobs.job(accounts.operator(), job_id)
    assert (job.state, job.result["series"]) == ("done", 2)
    run_id = job.result["run_id"]
    ended = {"id": str(job_id), "state": "done", "error": None, "result": job.result}
    answer = planner.call(
        f"{Ids.address}.search",
        {f'{{"index":"{JOB}","type":"job-progress--ended"}}.data': ended},
    )
    assert answer.json["response"][Ids.address]["search"] == f"?run={run_id}"
    assert {row["code"] for row in rows(planner, run_id)} == {"SOY", "CHILLI"}


def test_what_can_not_be_forecast_is_explained_and_starts_nothing(planner: Visitor) -> None:
    before = len(forecasts.runs(accounts.operator()))
    for values, message in (
        ({"horizon": 99}, "from 1 to 36 months"),
        ({"products": "NONSENSE"}, "no product with the code: NONSENSE"),
        ({"category": "Frozen", "family": "Soy"}, "No product fits"),
    ):
        assert message in planner.press(Ids.start, form(**values)).text
    assert len(forecasts.runs(accounts.operator())) == before


def test_cancelled_run_says_that_nothing_was_kept(planner: Visitor) -> None:
    job_id = started_job(planner.press(Ids.start, form(horizon=5)))
    jobs.cancel(accounts.operator(), job_id)
    worker.run_job(job_id)
    ended = {"id": str(job_id), "state": "cancelled", "error": None, "result": {}}
    answer = planner.call(f"{Ids.address}.search", {f'{{"index":"{JOB}","type":"job-progress--ended"}}.data': ended})
    assert "Nothing of this forecast was kept" in answer.text


def test_page_shows_the_run_its_accuracy_and_the_worst_series(planner: Visitor) -> None:
    page = planner.layout(PATH, f"?run={first_run()}").text
    for part in ("all products", "demand known up to 2026-02-28", "WMAPE at earlier dates", "1 retired"):
        assert part in page
    worst = rows(planner, first_run())[0]
    assert worst["name"] in page
    assert "Recalculate them under Inventory" in page


def test_choosing_a_row_shows_its_detail_and_an_address_that_shows_it_again(planner: Visitor) -> None:
    run_id = first_run()
    chosen = next(row for row in rows(planner, run_id) if row["code"] == "SOY")
    values = {f"{Ids.rows}.selectedRows": [chosen], f"{Ids.run}.data": run_id, f"{Ids.filters}.data": {}}
    shown = planner.call(f"{Ids.chart}.figure", values).json["response"]
    assert shown[Ids.title]["children"] == "SOY · Soy"
    traces = {trace["name"]: trace for trace in shown[Ids.chart]["figure"]["data"]}
    assert {"Demand", "Fitted", "Forecast", "10–90 % band", "Seasonal naive"} <= traces.keys()
    assert traces["Forecast"]["x"] == ["2026-03-01", "2026-04-01", "2026-05-01"]
    assert traces["Demand"]["x"][-1] == "2026-02-01"
    assert [row["period"] for row in shown[Ids.values]["rowData"]] == ["2026-03", "2026-04", "2026-05"]
    assert sum(row["method"].startswith("●") for row in shown[Ids.candidates]["rowData"]) == 1
    address = shown[Ids.place]["search"]
    assert parse_qs(address[1:]).keys() == {"run", "product", "location"}
    assert "SOY · Soy" in planner.layout(PATH, address).text


def test_list_is_filtered_by_the_address(planner: Visitor) -> None:
    page = planner.layout(PATH, f"?run={first_run()}&search=dump&method=-&demand_class=-").text
    assert '"search": "dump"' in page or '"search":"dump"' in page
    assert [row["code"] for row in rows(planner, first_run(), search="dump", method="-")] == ["DUMPLING"]


def test_families_follow_the_category(planner: Visitor) -> None:
    answer = planner.call(f"{Ids.family}.options", {f"{Ids.category}.value": "Sauces"})
    offered = [option["value"] for option in answer.json["response"][Ids.family]["options"]]
    assert offered == ["-", "Chilli", "Soy"]


def test_row_of_another_run_or_of_nobody_is_not_found(planner: Visitor) -> None:
    for row in ({"product_id": 10**30, "location_id": 1}, {"product_id": "1", "location_id": None}, {}):
        values = {f"{Ids.rows}.selectedRows": [row], f"{Ids.run}.data": first_run(), f"{Ids.filters}.data": {}}
        assert planner.call(f"{Ids.chart}.figure", values).status_code == 404


def test_executive_sees_but_can_not_run(company: Path) -> None:
    executive = Visitor.of("executive")
    page = executive.layout(PATH).text
    assert "WMAPE at earlier dates" in page
    assert "Run a forecast" not in page
    assert executive.press(Ids.start, form()).status_code == 403
    assert rows(executive, first_run())


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_partners_are_refused(company: Path, name: str) -> None:
    partner = Visitor.of(name)
    assert partner.get(PATH).status_code == 403
    assert partner.layout(PATH).status_code == 403
    assert partner.press(Ids.start, form()).status_code == 403
    call = {f"{Ids.rows}.getRowsRequest": ROWS, f"{Ids.run}.data": first_run()}
    assert partner.call(f"{Ids.rows}.getRowsResponse", call).status_code == 403


def test_page_without_any_run_says_what_to_do(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
    trading.load()
    assert "Import sales" in Visitor.of("analyst").layout(PATH).text
    assert "Ask an analyst" in Visitor.of("planner").layout(PATH).text
    selling.load_goods()
    assert "run the first one" in Visitor.of("planner").layout(PATH).text
    assert "A planner or an analyst can run one" in Visitor.of("executive").layout(PATH).text
    with owner_engine().begin() as connection:
        assert connection.scalar(text("select count(*) from forecast_run")) == 0
