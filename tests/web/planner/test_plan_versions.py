"""S&OP › Plan versions: the list, drilling down, the triangle, frozen months, and screens as of a published plan."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stock_company
from databases import TestServer
from rows import Rows
from sqlalchemy import text
from stock_company import TODAY

from callbacks.planner.plan_versions import PATH, Ids
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import plan_versions
from services.accounts import operator

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "sortModel": []}


@pytest.fixture(scope="module", autouse=True)
def published(
    server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, int]]:
    """A demand and a supply plan of March, and plans of January and February for February: 120, then 105 and no
    sales."""
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        stock_company.load()
        with owner_engine().begin() as connection:
            connection.execute(text("insert into channel (code, name) values ('MT', 'MT') on conflict do nothing"))
            connection.execute(text("update product set category = 'Snacks', unit_price = 5 where kind = 'finished'"))
        ids = {}
        boss: Viewer = operator()
        with session_scope(boss) as session:
            ids["demand"] = plan_versions.publish_demand(session, boss, note="after the review")
            ids["supply"] = plan_versions.publish_supply(session, boss)
        for first, quantity in (("2026-01-01", 120), ("2026-02-01", 105)):
            ids[first] = Rows().add("plan_version", kind="demand", first_period=first, number=1, months=3)
            with owner_engine().begin() as connection:
                connection.execute(
                    text(
                        "insert into demand_plan_value (version_id, product_id, location_id, channel_id, period, "
                        "statistical, consensus) select :id, p.id, l.id, c.id, date '2026-02-01', :quantity, :quantity "
                        "from product p, location l, channel c where p.code = 'CHIPS' and l.code = 'KL' "
                        "and c.id = (select min(id) from channel)"
                    ),
                    {"id": ids[first], "quantity": quantity},
                )
        yield ids


def page(visitor: Any, query: str = "") -> str:
    return json.dumps(visitor.layout(PATH, query).json, ensure_ascii=False)


def rows_of(visitor: Any, grid: str, **given: Any) -> list[dict[str, Any]]:
    answer = visitor.call(f"{grid}.getRowsResponse", {f"{grid}.getRowsRequest": REQUEST, **given})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["response"][grid]["getRowsResponse"]["rowData"]
    return found


def test_the_page_lists_what_was_published(visitor: Visit) -> None:
    shown = page(visitor("executive"))
    for told in ("Demand 2026-03 v1", "Supply 2026-03 v1", "after the review", "Demand 2026-01 v1"):
        assert told in shown


def test_a_plan_is_chosen_and_a_group_is_opened(visitor: Visit, published: dict[str, int]) -> None:
    def go(grid: str, row: dict[str, Any]) -> str:
        given = {f"{grid}.selectedRows": [row], f"{Ids.asked}.data": {"one": "1", "by": "category"}}
        answer = visitor("planner").call(f"{Ids.go}.href", given, triggered=f"{grid}.selectedRows")
        return str(answer.json["response"][Ids.go]["href"])

    assert go(Ids.versions, {"id": published["supply"]}) == f"{PATH}?one={published['supply']}&other=now&by=category"
    assert go(Ids.changes, {"key": "Snacks"}) == f"{PATH}?one=1&by=family&category=Snacks"


def test_odd_addresses_show_the_newest_plan(visitor: Visit, published: dict[str, int]) -> None:
    assert "→ now" in page(visitor("planner"), "?one=x&other=-1&by=moon&measure=odd&shown=odd&kind=odd&category=none")
    assert "Supply 2026-03 v1 → now" in page(visitor("planner"), f"?one={published['supply']}&measure=end_stock")


def test_a_figure_of_the_triangle_lists_its_items(visitor: Visit) -> None:
    clicked = {"colId": "lag_2", "rowId": "2026-02"}
    planner = visitor("planner")
    chosen = planner.call(f"{Ids.cell}.data", {f"{Ids.triangle}.cellClicked": clicked}).json["response"]
    cell = chosen[Ids.cell]["data"]
    assert cell == {"lag": 2, "month": "2026-02"}
    (row,) = rows_of(planner, Ids.missed, **{f"{Ids.cell}.data": cell, f"{Ids.asked}.data": {}})
    assert (row["code"], row["planned"]) == ("CHIPS", 120)
    assert rows_of(planner, Ids.missed, **{f"{Ids.cell}.data": ["odd"], f"{Ids.asked}.data": 7}) == []


def test_a_plan_lists_the_items_that_it_changed(visitor: Visit, published: dict[str, int]) -> None:
    planner = visitor("planner")
    given = {f"{Ids.plan}.data": published["2026-02-01"], f"{Ids.asked}.data": {}}
    (row,) = rows_of(planner, Ids.changed, **given)
    assert (row["code"], row["changed"]) == ("CHIPS", 15)


def test_frozen_months_are_the_planner_s_to_change(visitor: Visit) -> None:
    typed = {f"{Ids.frozen}.value": 1, f"{Ids.seen}.data": {"months": 2}, f"{Ids.asked}.data": {}}
    assert visitor("analyst").press(Ids.save, typed).status_code == 403
    found = visitor("planner").press(Ids.save, typed).json["response"]
    assert {row["months"] for row in found[Ids.stability]["rowData"]} == {1}
    assert "Somebody else has changed these figures" in visitor("planner").press(Ids.save, typed).text


def test_the_forecast_as_of_a_published_plan(visitor: Visit, published: dict[str, int]) -> None:
    shown = json.dumps(
        visitor("planner").layout("/demand/forecast", f"?as_of={published['demand']}").json, ensure_ascii=False
    )
    assert "As of Demand 2026-03 v1" in shown
    assert "As published and now, RM" in shown
    odd = json.dumps(visitor("planner").layout("/demand/forecast", "?as_of=odd").json, ensure_ascii=False)
    assert "As published and now" not in odd


def test_demand_and_supply_as_of_a_published_plan(visitor: Visit, published: dict[str, int]) -> None:
    query = f"?as_of={published['supply']}&shown=units&location=KL&by=category"
    shown = json.dumps(visitor("executive").layout("/supply/levels", query).json, ensure_ascii=False)
    assert "As of Supply 2026-03 v1" in shown
    assert "As published and now, units" in shown
    assert "Stock at the end" in shown
