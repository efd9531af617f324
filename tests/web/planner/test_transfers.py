"""Supply › Transfers: both lists, every button, and what is stored afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stock_company
from stock_company import TODAY, add_lane, make_tea, order_tea_in_johor

from callbacks.planner.transfers import PATH, Ids

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    make_tea()
    order_tea_in_johor(due_on=TODAY + timedelta(weeks=1))
    add_lane(multiple=24)


def rows(visitor: Any, grid: str) -> list[dict[str, Any]]:
    """The rows of a grid of the page."""
    waiting = [visitor.layout(PATH).json]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if part.get("id") == grid:
                found: list[dict[str, Any]] = part["rowData"]
                return found
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    raise AssertionError(f"{grid} is not on the page")


def press(visitor: Any, button: str, grid: str, **more: Any) -> Any:
    return visitor.press(button, {f"{grid}.selectedRows": rows(visitor, grid), **more})


def test_rows_say_what_moves_and_why(visitor: Visit) -> None:
    (row,) = rows(visitor("planner"), Ids.rows)
    assert (row["item"], row["way"]) == ("TEA\nTea", "KL\n→ JB")
    assert row["amount"] == "504 EA\n20,000 there now"
    assert row["when"] == "2026-03-02\n→ 2026-03-09"
    assert row["why"].startswith("▲ runs short 2026-03-09")


def test_it_is_ordered_shipped_and_received(visitor: Visit) -> None:
    planner = visitor("planner")
    assert "TO-2026-00001" in press(planner, Ids.accept, Ids.rows).text
    assert rows(planner, Ids.rows) == []
    (order,) = rows(planner, Ids.orders)
    assert order["order"] == "TO-2026-00001\nplanned"
    assert order["state"].startswith("○ ships 2026-03-02")
    assert "Shipped: TO-2026-00001" in press(planner, Ids.ship, Ids.orders).text
    assert rows(planner, Ids.orders)[0]["state"].startswith("○ arrives 2026-03-09")
    assert "Received: TO-2026-00001" in press(planner, Ids.receive, Ids.orders).text
    assert rows(planner, Ids.orders) == []


def test_cancelling_asks_for_a_reason(visitor: Visit) -> None:
    planner = visitor("planner")
    press(planner, Ids.accept, Ids.rows)
    reason = f"{Ids.reason}.value"
    assert "Reason" in press(planner, Ids.cancel, Ids.orders, **{reason: ""}).text
    assert len(rows(planner, Ids.orders)) == 1
    press(planner, Ids.cancel, Ids.orders, **{reason: "Called off"})
    assert rows(planner, Ids.orders) == []
    assert len(rows(planner, Ids.rows)) == 1


@pytest.mark.parametrize(
    ("states", "ship", "receive"),
    [(["planned"], True, False), (["in_transit"], False, True), (["planned", "in_transit"], False, False)],
    ids=["planned", "on its way", "both"],
)
def test_buttons_fit_what_is_selected(visitor: Visit, states: list[str], ship: bool, receive: bool) -> None:
    selected = [{"id": place, "status": state} for place, state in enumerate(states)]
    answer = visitor("planner").call(f"{Ids.ship}.disabled", {f"{Ids.orders}.selectedRows": selected}).json["response"]
    assert [answer[button]["disabled"] for button in (Ids.ship, Ids.receive)] == [not ship, not receive]


def test_readers_see_it_without_buttons(visitor: Visit) -> None:
    reader = visitor("executive")
    page = reader.layout(PATH).text
    assert "TEA" in page
    assert "Order selected" not in page
    assert press(reader, Ids.accept, Ids.rows).status_code == 403
    assert reader.press(Ids.ship, {f"{Ids.orders}.selectedRows": []}).status_code == 403


def test_supplier_is_refused(visitor: Visit) -> None:
    supplier = visitor("supplier")
    assert supplier.get(PATH).status_code == 403
    assert supplier.press(Ids.accept, {f"{Ids.rows}.selectedRows": []}).status_code == 403
    assert supplier.get("/download/transfers.csv").status_code == 403


def test_it_can_be_taken_along(visitor: Visit) -> None:
    content = visitor("planner").get("/download/transfers.csv?weeks=4").text.splitlines()
    assert content[0].lstrip("\ufeff").startswith("code,name,origin,location,quantity")
    assert content[1].startswith("TEA,Tea,KL,JB,504")
