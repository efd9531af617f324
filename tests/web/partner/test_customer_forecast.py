"""The page of a partner's forecast by its buttons, as a customer and as an OEM."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from data.db import owner_engine

CUSTOMER, OEM = "/portal/customer/forecast", "/portal/oem/demand"
Visitors = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


@pytest.fixture(params=["customer", "oem"])
def page(request: pytest.FixtureRequest, visitor: Visitors, ids: Trading) -> tuple[Any, Any, int]:
    """The visitor, the names of its page, and the item of its company."""
    from callbacks.partner import customer_forecast, oem_demand

    module, company = (customer_forecast, "gamma") if request.param == "customer" else (oem_demand, "omega")
    with owner_engine().begin() as connection:
        connection.execute(text("delete from partner_forecast"))
        connection.execute(text("delete from partner_submission"))
    return visitor(request.param), module.Ids, ids[f"{company}.item"]


def typed(item: object, month: str, value: object, before: object = None) -> list[dict[str, Any]]:
    return [{"data": {"id": item}, "colId": f"m{month}", "value": value, "oldValue": before}]


def write(visitor: Any, names: Any, changes: object) -> Any:
    return visitor.call(f"{names.rows}.rowData", {f"{names.rows}.cellValueChanged": changes})


def stored() -> list[tuple[Any, ...]]:
    with owner_engine().connect() as connection:
        found = connection.execute(text("select period::text, quantity::float8 from partner_forecast_value order by 1"))
        return [tuple(row) for row in found]


def test_a_forecast_is_typed_sent_and_withdrawn(page: Any) -> None:
    visitor, names, item = page
    assert "1 figure changed" in write(visitor, names, typed(item, "2026-04", "1,500")).text
    assert stored() == [("2026-04-01", 1500)]
    assert "Version 1 is sent" in visitor.press(names.send, {f"{names.note}.value": "As agreed"}).text
    path = CUSTOMER if "customer" in names.rows else OEM
    assert "Waits for an answer" in visitor.layout(path).text
    assert "As agreed" in visitor.layout(path, "?show=versions").text
    assert "Withdrawn" in visitor.press(names.withdraw).text


def test_refused_cells_are_explained_and_the_grid_shows_what_is_stored(page: Any) -> None:
    visitor, names, item = page
    answer = write(visitor, names, typed(item, "2026-04", "much"))
    assert "no number" in answer.text
    assert answer.json["response"][names.rows]["rowData"][0]["m2026-04"] is None
    assert stored() == []


def test_a_file_is_looked_at_then_taken_over(page: Any, ids: Trading) -> None:
    visitor, names, _item = page
    code = "GAMMA-ITEM" if "customer" in names.rows else "OMEGA-ITEM"
    file = "data:text/csv;base64," + base64.b64encode(f"item,2026-05\n{code},70".encode()).decode()
    looked = visitor.call(f"{names.found}.children", {f"{names.file}.contents": file})
    assert "1 cell changes" in looked.text
    assert stored() == []
    assert "1 figure changed" in visitor.press(names.take, {f"{names.contents}.data": file}).text
    assert stored() == [("2026-05-01", 70)]
    assert f"{code}" in visitor.get("/download/own-forecast.csv").text


def test_accuracy_says_what_to_do_first_then_shows_what_was_ordered(page: Any) -> None:
    visitor, names, item = page
    path = CUSTOMER if "customer" in names.rows else OEM
    assert "No month that you forecast is over yet" in visitor.layout(path, "?show=accuracy").text
    head = (
        "with f as (insert into partner_forecast (company_id, party, number, state, created_by, sent_at) "
        "select company_id, role, 1, 'sent', id, '2026-01-10' from app_user where email like :person returning id) "
        "insert into partner_forecast_value select id, :item, '2026-02-01', 500 from f"
    )
    with owner_engine().begin() as connection:
        person = "customer@%" if "customer" in names.rows else "oem@%"
        connection.execute(text(head), {"person": person, "item": item})
    shown = visitor.layout(path, "?show=accuracy&lag=1").text
    assert "WMAPE, 1 month ahead" in shown
    assert "1 figure judged" in shown


def test_foreign_items_are_answered_like_unknown_ones(page: Any, ids: Trading) -> None:
    visitor, names, _item = page
    for foreign in (ids["delta.item"], ids["sigma.item"], 987654):
        answer = write(visitor, names, typed(foreign, "2026-04", 5)).text
        assert f"item “{foreign}”: You never ordered it, so it is not in your forecast." in answer
    assert stored() == []


@pytest.mark.parametrize("name", ["customer-viewer", "oem-viewer"])
def test_a_viewer_reads_and_changes_nothing(visitor: Visitors, ids: Trading, name: str) -> None:
    from callbacks.partner import customer_forecast, oem_demand

    reader = visitor(name)
    module, path = (customer_forecast, CUSTOMER) if name == "customer-viewer" else (oem_demand, OEM)
    shown = reader.layout(path).text
    assert "Send to us" not in shown
    assert '"editable":true' not in shown
    assert reader.press(module.Ids.send).status_code == 403


@pytest.mark.parametrize(
    ("name", "path"), [("oem", CUSTOMER), ("customer", OEM), ("supplier", OEM), ("planner", CUSTOMER)]
)
def test_nobody_else_opens_the_page(visitor: Visitors, name: str, path: str) -> None:
    assert visitor(name).layout(path).status_code == 403
