"""The page of forecast runs: start, follow, open, approve, by its own callbacks, for those who may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import selling
import trading
from databases import TestServer
from forecasting import forecast_of
from visitor import Visitor

from callbacks.planner.forecast_runs import PATH, Ids
from services import accounts, forecasts, jobs, worker
from services.forecast_request import METHODS

ROWS = {"startRow": 0, "endRow": 100, "sortModel": [], "filterModel": {}}
SHOWN = {
    "frequency": "month",
    "horizon": 2,
    "level": "location",
    "mode": "fast",
    "origins": "3",
    "category": "-",
    "family": "-",
    "location": "-",
    "life_cycle": "-",
    "products": None,
    "methods": list(METHODS),
    "options": [],
}


@pytest.fixture(scope="module")
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """People of every role, goods with sales, and two finished runs."""
    home = tmp_path_factory.mktemp("home")
    with server.copy(home, template=empty_template), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
        trading.load()
        selling.load_goods()
        forecast_of(accounts.operator())
        forecast_of(accounts.operator(), {"location": "KL"}, mode="full")
        yield home


@pytest.fixture
def planner(company: Path) -> Visitor:
    return Visitor.of("planner")


def form(**values: Any) -> dict[str, Any]:
    """The form as it stands on the page, with some fields changed."""
    return {f"{getattr(Ids, name)}.value": value for name, value in {**SHOWN, **values}.items()}


def query_of(answer: Any) -> dict[str, str]:
    """The address that a callback leads to."""
    assert answer.status_code == 200, answer.text
    search = answer.json["response"][Ids.address]["search"]
    return {name: values[0] for name, values in parse_qs(search[1:]).items()}


def rows(visitor: Visitor, shown: str = "all") -> list[dict[str, Any]]:
    answer = visitor.call(
        f"{Ids.rows}.getRowsResponse", {f"{Ids.rows}.getRowsRequest": ROWS, f"{Ids.filters}.data": shown}
    )
    assert answer.status_code == 200, answer.text
    found = answer.json["response"][Ids.rows]["getRowsResponse"]
    assert found["rowCount"] == len(found["rowData"])
    return list(found["rowData"])


def choose(visitor: Visitor, row: dict[str, Any]) -> Any:
    """Click a row of the list of finished runs."""
    listens = f"{Ids.rows}.selectedRows"
    key = next(
        found
        for found, spec in visitor.app.callback_map.items()
        if any(f"{item['id']}.{item['property']}" == listens for item in spec["inputs"])
    )
    body = visitor.envelope_of(key, {listens: [row], f"{Ids.filters}.data": "done"}, triggered=listens)
    return visitor.post("/_dash-update-component", json=body)


def estimate(visitor: Visitor, **values: Any) -> str:
    answer = visitor.call(f"{Ids.estimate}.children", form(**values))
    assert answer.status_code == 200, answer.text
    return str(answer.json["response"][Ids.estimate]["children"])


def progress(visitor: Visitor, run_id: int) -> dict[str, Any]:
    answer = visitor.call(f"{Ids.bars}.children", {f"{Ids.tick}.n_intervals": 1, f"{Ids.run}.data": run_id})
    assert answer.status_code == 200, answer.text
    return dict(answer.json["response"])


def approve(visitor: Visitor, run_id: object, note: object = "", seen: object = 0) -> Any:
    return visitor.press(Ids.approve, {f"{Ids.run}.data": run_id, f"{Ids.note}.value": note, f"{Ids.seen}.data": seen})


def test_planner_runs_a_forecast_and_follows_it_to_its_results(planner: Visitor) -> None:
    started = planner.press(Ids.start, form(products="SOY, CHILLI", location="KL", level="channel", methods=["theta"]))
    run_id = int(query_of(started)["run"])
    run = forecasts.run(accounts.operator(), run_id)
    assert run.scope.as_json() == {"products": ["SOY", "CHILLI"], "location": "KL"}
    assert (run.parameters["level"], run.parameters["methods"]) == ("channel", ["theta"])
    page = planner.layout(PATH).text
    assert f"Forecast #{run_id}" in page, "a reloaded page opens the run under way"
    assert "job-line" in page
    waiting = progress(planner, run_id)
    assert waiting[Ids.tick]["disabled"] is False
    assert "Waiting for a worker" in waiting[Ids.speed]["children"]
    assert run.job_id is not None
    worker.run_job(run.job_id)
    ended = progress(planner, run_id)
    assert "2 of 2 series" in ended[Ids.speed]["children"]
    assert ended[Ids.tick]["disabled"] is True
    assert "Finished" in str(ended[Ids.log]["children"])
    query = parse_qs(ended[Ids.address]["search"][1:])
    assert query == {"run": [str(run_id)], "ended": ["done"]}
    shown = planner.layout(PATH, ended[Ids.address]["search"]).text
    for part in ("WMAPE at earlier dates", "Product × location × channel", "forecast?run=", "Seed"):
        assert part in shown


def test_cancelled_run_says_that_nothing_was_kept(planner: Visitor) -> None:
    run_id = int(query_of(planner.press(Ids.start, form(horizon=5)))["run"])
    job_id = forecasts.run(accounts.operator(), run_id).job_id
    assert job_id is not None
    jobs.cancel(accounts.operator(), job_id)
    assert progress(planner, run_id)[Ids.tick]["disabled"] is True
    assert "Cancelled" in planner.layout(PATH, f"?run={run_id}").text


def test_what_can_not_be_forecast_is_explained_and_starts_nothing(planner: Visitor) -> None:
    before = forecasts.run_page(accounts.operator()).total
    for values, message in (
        ({"horizon": 99}, "from 1 to 36 months"),
        ({"products": "NONSENSE"}, "no product with the code: NONSENSE"),
        ({"category": "Frozen", "family": "Soy"}, "No product fits"),
        ({"methods": ["magic"]}, "no forecasting method"),
        ({"mode": None, "origins": "9"}, "1 to 6 earlier dates"),
    ):
        assert message in planner.press(Ids.start, form(**values)).text
    assert forecasts.run_page(accounts.operator()).total == before


def test_time_is_estimated_before_the_start(planner: Visitor) -> None:
    assert estimate(planner).startswith("4 series at most. About")
    assert "series/s as in the run of this kind that was nearest in size" in estimate(planner, mode="full")
    assert "No forecast of this kind has been finished yet" in estimate(planner, frequency="week")
    assert estimate(planner, location="PG").startswith("2 series at most.")
    assert "from 1 to 36 months" in estimate(planner, horizon=99)
    assert "no product with the code" in estimate(planner, products="NONSENSE")


def test_families_follow_the_category(planner: Visitor) -> None:
    answer = planner.call(f"{Ids.family}.options", {f"{Ids.category}.value": "Sauces"})
    offered = [option["value"] for option in answer.json["response"][Ids.family]["options"]]
    assert offered == ["-", "Chilli", "Soy"]


def test_list_shows_what_each_run_is_and_opens_it(planner: Visitor) -> None:
    listed = {row["id"]: row for row in rows(planner)}
    assert list(listed) == sorted(listed, reverse=True)
    assert (listed[2]["mode"], listed[2]["scope"], listed[2]["series"]) == ("Full", "KL", 2)
    assert listed[1]["wmape"] == pytest.approx(forecasts.run(accounts.operator(), 1).summary["wmape"])
    assert listed[1]["state"].startswith("● Done")
    assert query_of(choose(planner, listed[2])) == {"run": "2", "shown": "done"}
    page = planner.layout(PATH, "?run=2").text
    assert "Forecast #2" in page
    assert "events and the global model" in page


def test_run_is_approved_with_a_note_where_it_needs_one(company: Path) -> None:
    planner = Visitor.of("planner")
    assert "Approve as baseline" in planner.layout(PATH, "?run=1").text
    assert query_of(approve(planner, 1))["run"] == "1"
    page = planner.layout(PATH, "?run=1").text
    assert "Approved by" in page
    assert "Approve as baseline" not in page
    assert [row["id"] for row in rows(planner, "approved")] == [1]
    assert "● Baseline" in rows(planner, "approved")[0]["state"]
    assert "The baseline is #1" in planner.layout(PATH, "?run=2").text
    narrow = "It does not cover all products"
    assert narrow in planner.layout(PATH, "?run=2").text
    assert narrow in approve(planner, 2, seen=1).text
    assert "Meanwhile forecast #1" in approve(planner, 2, note="Only KL is planned", seen=0).text
    assert query_of(approve(planner, 2, note="Only KL is planned", seen=1))["run"] == "2"
    assert "Only KL is planned" in planner.layout(PATH, "?run=2").text
    assert "Earlier baseline" in planner.layout(PATH, "?run=1").text


def test_unknown_runs_are_not_found(planner: Visitor) -> None:
    for run_id in (99, "1", None, {}):
        call = {f"{Ids.tick}.n_intervals": 1, f"{Ids.run}.data": run_id}
        assert planner.call(f"{Ids.bars}.children", call).status_code == 404
        assert approve(planner, run_id).status_code == 404
    assert "run a forecast" in planner.layout(PATH, "?run=99").text


@pytest.mark.parametrize(("name", "runs", "approves"), [("executive", False, False), ("analyst", True, False)])
def test_who_may_look_run_and_approve(company: Path, name: str, runs: bool, approves: bool) -> None:
    visitor = Visitor.of(name)
    page = visitor.layout(PATH, "?run=1").text
    assert ("New forecast" in page) is runs
    assert ("Approve as baseline" in page) is approves
    assert rows(visitor)
    assert progress(visitor, 1)[Ids.tick]["disabled"] is True
    if not runs:
        assert visitor.press(Ids.start, form()).status_code == 403
        assert visitor.call(f"{Ids.estimate}.children", form()).status_code == 403
    assert approve(visitor, 1).status_code == 403


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_partners_are_refused(company: Path, name: str) -> None:
    partner = Visitor.of(name)
    assert partner.get(PATH).status_code == 403
    assert partner.layout(PATH).status_code == 403
    assert partner.press(Ids.start, form()).status_code == 403
    assert partner.call(f"{Ids.rows}.getRowsResponse", {f"{Ids.rows}.getRowsRequest": ROWS}).status_code == 403
    assert partner.call(f"{Ids.bars}.children", {f"{Ids.run}.data": 1}).status_code == 403


def test_page_without_any_run_says_what_to_do(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
    trading.load()
    assert "Import sales" in Visitor.of("analyst").layout(PATH).text
    assert "Ask an analyst" in Visitor.of("planner").layout(PATH).text
    assert "There is no demand to forecast from" in estimate(Visitor.of("planner"))
    selling.load_goods()
    assert "run a forecast" in Visitor.of("planner").layout(PATH).text
    assert "A planner or an analyst can run one" in Visitor.of("executive").layout(PATH).text


def test_runs_are_downloaded_as_listed(planner: Visitor) -> None:
    lines = planner.get("/download/forecast-runs.csv?shown=done").text.splitlines()
    assert lines[0].lstrip("\ufeff").startswith("id,state,baseline")
    assert len(lines) == 1 + len(rows(planner, "done"))
