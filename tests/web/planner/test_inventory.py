"""Inventory › Positions: each button pressed, and what is stored afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import stock_company
from sqlalchemy import insert, select
from stock_company import TODAY, ids

from callbacks.planner.inventory import JOB, PATH, Ids
from components.job_progress import Ids as Progress
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Location
from models.operation import Job
from models.planning import InventoryPolicy
from models.product import Product
from models.stock_status import StockStatusDay
from services import inventory, worker

Visit = Callable[..., Any]
JOB_ID = f'{{"index":"{JOB}","type":"{Progress.job}"}}'
ENDED = f'{{"index":"{JOB}","type":"{Progress.ended}"}}'


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def calculated(viewer_of: Callable[[str], Viewer]) -> None:
    inventory.recalculate(viewer_of("planner"), as_of=TODAY)


def seen(code: str, version: int = 1) -> dict[str, int]:
    return {"product_id": ids(Product)[code], "location_id": ids(Location)["KL"], "version": version}


def policy(code: str) -> Any:
    table = InventoryPolicy.__table__
    with owner_engine().connect() as connection:
        return connection.execute(select(table).where(table.c.product_id == ids(Product)[code])).one()


def rows(visitor: Any, filters: dict[str, str] | None = None, **request: Any) -> dict[str, Any]:
    values = {
        f"{Ids.rows}.getRowsRequest": {"startRow": 0, "endRow": 100, "sortModel": [], **request},
        f"{Ids.filters}.data": filters or {},
    }
    answer = visitor.call(f"{Ids.rows}.getRowsResponse", values)
    assert answer.status_code == 200
    response: dict[str, Any] = answer.json["response"]
    return response


def test_page_shows_what_each_status_costs(calculated: None, visitor: Visit) -> None:
    page = visitor("planner").layout(PATH).text
    assert "RM 760" in page  # at risk: 400 of chips and 360 of bottles
    assert "At risk" in page
    assert "Recalculate" in page


def test_cards_say_how_a_status_has_gone(calculated: None, visitor: Visit) -> None:
    planner = visitor("planner")
    assert "trend from 2026-03-02 on" in planner.layout(PATH).text
    with owner_engine().begin() as connection:
        for day, money in ((date(2026, 2, 21), 900), (date(2026, 3, 1), 1000)):
            connection.execute(
                insert(StockStatusDay).values(day=day, status="at_risk", items=2, money_at_stake=money, stock_value=0)
            )
    page = planner.layout(PATH).text
    assert "▼ RM 240 less than 2026-03-01" in page
    assert "2 weeks: from RM 900 to RM 760" in page


def test_rows_are_filtered_sorted_and_paged_on_the_server(calculated: None, visitor: Visit) -> None:
    planner = visitor("planner")
    every = rows(planner)[Ids.rows]["getRowsResponse"]
    assert (every["rowCount"], every["rowData"][0]["code"]) == (6, "TEA")
    at_risk = rows(planner, {"status": "at_risk"})
    assert [row["code"] for row in at_risk[Ids.rows]["getRowsResponse"]["rowData"]] == ["CHIPS", "BOTTLE"]
    assert "2 items" in at_risk[Ids.totals]["children"]
    sorted_rows = rows(planner, startRow=1, endRow=3, sortModel=[{"colId": "code", "sort": "asc"}])
    assert [row["code"] for row in sorted_rows[Ids.rows]["getRowsResponse"]["rowData"]] == ["CHIPS", "NEW"]


@pytest.mark.parametrize("filters", [None, "x", {"status": ["at_risk"], "search": {"a": 1}}, {"status": "' or 1=1"}])
def test_senseless_filters_do_not_break_the_list(calculated: None, visitor: Visit, filters: Any) -> None:
    answer = visitor("planner").call(
        f"{Ids.rows}.getRowsResponse",
        {f"{Ids.rows}.getRowsRequest": {"startRow": -5, "endRow": "x"}, f"{Ids.filters}.data": filters},
    )
    assert answer.status_code == 200


def test_address_holds_the_filters(calculated: None, visitor: Visit) -> None:
    page = visitor("planner").layout(PATH, "?status=at_risk&location=KL&search=chi&unknown=1").text
    assert '"status": "at_risk"' in page.replace('":"', '": "')


def test_recalculate_starts_one_job_and_its_end_is_told(visitor: Visit) -> None:
    planner = visitor("planner")
    answers = [planner.press(Ids.recalculate) for _twice in range(2)]
    started = {answer.json["response"][JOB_ID]["data"] for answer in answers}
    assert len(started) == 1
    job_id = started.pop()
    assert job_id in planner.layout(PATH).text  # a reload goes on following it
    worker.run_job(UUID(job_id))
    with owner_engine().connect() as connection:
        job = connection.execute(select(Job.__table__)).one()
    told = planner.call(
        f"{Ids.outcome}.children",
        {f"{ENDED}.data": {"id": str(job.id), "state": job.state, "result": job.result}},
    ).json["response"]
    assert "5 policies, 5 of them changed, 0 larger changes wait" in told[Ids.outcome]["children"]
    assert told[Ids.changed]["data"] == str(job.id)
    assert policy("SUGAR").order_quantity == 1950


def test_selecting_a_row_tells_why(calculated: None, visitor: Visit) -> None:
    shown = (
        visitor("planner").call(f"{Ids.why}.children", {f"{Ids.rows}.selectedRows": [seen("SUGAR")]}).json["response"]
    )
    assert shown[Ids.title]["children"] == "Sugar"
    assert shown[Ids.seen]["data"] == seen("SUGAR")
    why = str(shown[Ids.why]["children"])
    assert "10 ± 1.6 days (5 receipts)" in why
    assert "20 ± 0 KG (issues to production)" in why
    assert "economic quantity 1,910" in why
    assert TODAY.isoformat() in why
    assert shown[Ids.target]["value"] == 95
    assert "expired 2026-03-02" in str(shown[Ids.lots]["children"])


def test_selecting_an_item_without_policy_tells_what_is_missing(calculated: None, visitor: Visit) -> None:
    answer = visitor("planner").call(f"{Ids.why}.children", {f"{Ids.rows}.selectedRows": [seen("NEW")]})
    assert "run a forecast" in answer.json["response"][Ids.why]["children"]


def test_selecting_nothing_or_nonsense(calculated: None, visitor: Visit) -> None:
    planner = visitor("planner")
    for nothing in (None, [], [{}, {}], "x"):
        assert planner.call(f"{Ids.why}.children", {f"{Ids.rows}.selectedRows": nothing}).status_code in (200, 204)
    for foreign in ([{"product_id": 10**9, "location_id": 1}], [{"product_id": "1 or 1=1"}]):
        assert planner.call(f"{Ids.why}.children", {f"{Ids.rows}.selectedRows": foreign}).status_code == 404


def test_closing_the_detail(calculated: None, visitor: Visit) -> None:
    answer = visitor("planner").call(f"{Ids.rows}.selectedRows", {f"{Ids.close}.n_clicks": 1}).json["response"]
    assert answer[Ids.split]["className"] == "split"
    assert answer[Ids.rows]["selectedRows"] == []


def test_saving_a_service_target_and_taking_it_back(calculated: None, visitor: Visit) -> None:
    planner = visitor("planner")
    values = {f"{Ids.target}.value": 99, f"{Ids.seen}.data": seen("SUGAR"), f"{Ids.filters}.data": {}}
    saved = planner.press(Ids.save_target, values)
    now = policy("SUGAR")
    assert (now.service_target, now.service_target_fixed) == (0.99, True)
    assert saved.json["response"][Ids.seen]["data"]["version"] == now.version
    assert saved.json["response"][Ids.target_note]["children"] == "Set for this item"
    planner.press(Ids.default_target, {**values, f"{Ids.seen}.data": seen("SUGAR", now.version)})
    assert (policy("SUGAR").service_target, policy("SUGAR").service_target_fixed) == (0.95, False)


@pytest.mark.parametrize(
    ("target", "message"), [(100, "between 50.0"), (None, "enter a percentage"), ("x", "percentage")]
)
def test_senseless_target_is_refused_in_words(calculated: None, visitor: Visit, target: Any, message: str) -> None:
    answer = visitor("planner").press(
        Ids.save_target, {f"{Ids.target}.value": target, f"{Ids.seen}.data": seen("SUGAR")}
    )
    assert message in answer.text
    assert policy("SUGAR").version == 1


def test_stale_target_is_a_conflict(calculated: None, visitor: Visit) -> None:
    planner = visitor("planner")
    values = {f"{Ids.target}.value": 99, f"{Ids.seen}.data": seen("SUGAR")}
    planner.press(Ids.save_target, values)
    assert (
        "has changed since you opened it" in planner.press(Ids.save_target, {**values, f"{Ids.target}.value": 80}).text
    )
    assert policy("SUGAR").service_target == 0.99


def test_executive_reads_and_may_not_change(calculated: None, visitor: Visit) -> None:
    executive = visitor("executive")
    page = executive.layout(PATH).text
    assert "Recalculate" not in page
    assert rows(executive)[Ids.rows]["getRowsResponse"]["rowCount"] == 6
    values = {f"{Ids.target}.value": 99, f"{Ids.seen}.data": seen("SUGAR")}
    assert executive.press(Ids.save_target, values).status_code == 403
    assert executive.press(Ids.default_target, values).status_code == 403
    assert executive.press(Ids.recalculate).status_code == 403
    assert policy("SUGAR").version == 1


def test_supplier_is_refused(calculated: None, visitor: Visit) -> None:
    supplier = visitor("supplier")
    assert supplier.get(PATH).status_code == 403
    for output in (f"{Ids.rows}.getRowsResponse", f"{Ids.why}.children", f"{Ids.outcome}.children"):
        assert supplier.call(output).status_code == 403


def test_empty_company_is_told_what_to_do(visitor: Visit) -> None:
    with owner_engine().begin() as connection:
        connection.exec_driver_sql("delete from stock_lot")
    page = visitor("planner").layout(PATH).text
    assert "Import data" in page
