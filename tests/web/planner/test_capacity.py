"""Supply › Capacity: the heat map, what loads a cell of it, and levers tried, applied and taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select
from stock_company import TODAY

from callbacks.planner.capacity import PATH, Ids, load_rows, summary
from data.db import owner_engine
from models.capacity import CapacityLever
from services.capacity import ResourceLoad

Visit = Callable[..., Any]
CELL = {"resource": "LINE", "week": 1}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    stock_company.make_tea()
    stock_company.sell_out_of_tea()


def clicked(visitor: Any, row_id: object, column: object) -> Any:
    cell = {"rowId": row_id, "colId": column}
    return visitor.call(f"{Ids.chart}.figure", {f"{Ids.load}.cellClicked": cell})


def form(**values: object) -> dict[str, object]:
    typed = {"kind": "overtime", "hours": 10, "weeks": 4, "to": None, **values}
    return {f"{Ids.cell}.data": CELL, **{f"{getattr(Ids, name)}.value": value for name, value in typed.items()}}


def tried(visitor: Any, **values: object) -> dict[str, Any]:
    answer: dict[str, Any] = visitor.call(f"{Ids.effect}.children", form(**values)).json["response"]
    return answer


def statuses() -> list[str]:
    with owner_engine().connect() as connection:
        return list(connection.scalars(select(CapacityLever.status)))


def test_a_share_a_week_and_closed_weeks_in_words() -> None:
    (row,) = load_rows([ResourceLoad("LINE", "Line", "KL", [5.0, 15.0, 12.0, 0.0], [10.0, 10.0, 0.0, 0.0])])
    assert [row[f"w{week}"] for week in range(4)] == [0.5, 1.5, "closed: 12 h", None]
    assert row["over"] == 2


def test_a_week_in_which_two_are_over_counts_once() -> None:
    weeks = [TODAY, TODAY]
    two = [ResourceLoad(code, code, "KL", [15.0, 5.0], [10.0, 10.0]) for code in ("A", "B")]
    text = summary(two, weeks)
    assert "2 of them are over in some week" in text
    assert "1 of the weeks have" in text


def test_page_shows_the_load(visitor: Visit) -> None:
    page = visitor("executive").layout(PATH)
    assert "1 resources over 13 weeks" in page.text
    assert "None yet" in page.text


def test_a_cell_shows_what_loads_it(visitor: Visit) -> None:
    shown = clicked(visitor("planner"), "LINE", "w0").json["response"]
    assert [row["code"] for row in shown[Ids.products]["rowData"]] == ["TEA"]
    assert shown[Ids.title]["children"] == "Line, week of 2026-03-02"
    assert "hours wanted for 1 products, 50.0 hours there" in shown[Ids.note]["children"]
    names = [trace["name"] for trace in shown[Ids.chart]["figure"]["data"]]
    assert names == ["TEA", "Hours there"]
    assert shown[Ids.levers]["style"] == {}


@pytest.mark.parametrize(
    ("row_id", "column"),
    [
        ("LINE", "w0"),
        ("LINE", "name"),
        ("NONE", "w0"),
        (None, None),
        ("LINE", "w99"),
        ({}, []),
        ("LINE", "w" + "9" * 99),
    ],
    ids=repr,
)
def test_whatever_is_clicked_is_answered(visitor: Visit, row_id: object, column: object) -> None:
    assert clicked(visitor("planner"), row_id, column).status_code in (200, 204, 404)


def test_a_lever_is_tried_at_once(visitor: Visit) -> None:
    answer = tried(visitor("planner"))
    assert "RM 45.00 an hour" in str(answer[Ids.effect]["children"])
    assert answer[Ids.apply]["disabled"] is False
    assert answer[Ids.weeks_field]["style"] == {"display": "none"}
    assert tried(visitor("planner"), kind="shift")[Ids.weeks_field]["style"] == {}


def test_half_a_form_says_what_is_missing(visitor: Visit) -> None:
    answer = tried(visitor("planner"), kind="pre_build", hours=1)
    assert answer[Ids.effect]["children"] == "Item: select what to move in the table."
    assert answer[Ids.apply]["disabled"] is True
    assert "Hours: enter a number" in tried(visitor("planner"), hours=None)[Ids.effect]["children"]


def test_applied_and_taken_back(visitor: Visit) -> None:
    planner = visitor("planner")
    seen = tried(planner)[Ids.seen]["data"]
    answer = planner.press(Ids.apply, {**form(), f"{Ids.seen}.data": seen}).json["response"]
    assert "Applied" in answer[Ids.outcome]["children"]
    assert "60.0 hours there" in answer[Ids.note]["children"]
    (option,) = answer[Ids.chosen]["options"]
    assert option["label"].startswith("LINE · 2026-03-09 · Overtime")
    assert statuses() == ["active"]
    again = planner.press(Ids.apply, {**form(), f"{Ids.seen}.data": seen})
    assert "has changed since you looked" in again.text
    back = planner.press(Ids.back, {f"{Ids.chosen}.value": option["value"], f"{Ids.cell}.data": CELL}).json["response"]
    assert "50.0 hours there" in back[Ids.note]["children"]
    assert statuses() == ["withdrawn"]


@pytest.mark.parametrize("odd", [None, "", "x", "1", "9.9", ".", "1." + "9" * 40, [], {}], ids=repr)
def test_whatever_is_taken_back_or_applied(visitor: Visit, odd: object) -> None:
    planner = visitor("planner")
    assert planner.press(Ids.back, {f"{Ids.chosen}.value": odd}).status_code in (200, 404, 409)
    values = {f"{getattr(Ids, name)}.value": odd for name in ("kind", "hours", "weeks", "to")}
    values |= {f"{Ids.cell}.data": odd, f"{Ids.seen}.data": odd, f"{Ids.products}.selectedRows": odd}
    assert planner.press(Ids.apply, values).status_code in (200, 400, 404, 409)
    assert planner.call(f"{Ids.effect}.children", values).status_code in (200, 204)
    assert statuses() == []


def test_others_may_try_and_not_apply(visitor: Visit) -> None:
    analyst = visitor("analyst")
    assert clicked(analyst, "LINE", "w0").json["response"][Ids.levers]["style"] == {"display": "none"}
    assert analyst.press(Ids.apply, form()).status_code == 403
    assert analyst.press(Ids.back, {f"{Ids.chosen}.value": "1.1"}).status_code == 403
    supplier = visitor("supplier")
    assert supplier.get(PATH).status_code == 403
    assert supplier.call(f"{Ids.effect}.children", form()).status_code == 403
