"""Supply › Plan under limits: what binds in words, the plan beside the one without limits, and changing the limits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import update
from stock_company import TODAY

from callbacks.planner.limits import PATH, Ids
from components.limits_columns import binding_list, family_rows
from data.db import owner_engine
from models.product import Resource
from services.company_rules import as_entered
from services.limit_rules import NAMES, LimitRules

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    stock_company.make_tea()
    stock_company.sell_out_of_tea()


def save(visitor: Any, **changed: object) -> Any:
    seen = as_entered(LimitRules())
    values = {f"{getattr(Ids, name)}.value": {**seen, **changed}[name] for name in NAMES}
    return visitor.press(Ids.save, {**values, f"{Ids.seen}.data": seen, f"{Ids.filters}.data": {"step": "week"}})


def test_where_nothing_binds_the_page_says_so(visitor: Visit) -> None:
    page = visitor("executive").layout(PATH)
    assert "It can be done, and no limit binds." in page.text
    assert "Save limits" not in page.text


def test_what_binds_is_told_in_words(visitor: Visit) -> None:
    with owner_engine().begin() as connection:
        connection.execute(update(Resource).values(hours_per_week=1.2))
    page = visitor("planner").layout(PATH, "?step=week")
    assert "One more hour of LINE in the week of 2026-03-" in page.text
    assert "It can be done; the limits cost RM" in page.text


def test_what_has_to_give_is_told_in_words() -> None:
    limits = [
        {"limit": "capacity", "name": "LINE", "period": TODAY, "worth": 0.0, "lacking": 2.5},
        {"limit": "storage", "name": "", "period": TODAY, "worth": 0.0, "lacking": 100.0},
        {"limit": "budget", "name": "", "period": TODAY, "worth": 0.0, "lacking": 7.0},
    ]
    told = str(binding_list(limits, feasible=False, step="month"))
    assert "LINE lacks 2.5 hours in Mar 2026." in told
    assert "Room for RM 100.0 more" in told
    assert "RM 7.0 more has to be spent" in told


def test_other_limits_make_another_plan(visitor: Visit) -> None:
    answer = save(visitor("planner"), budget=10, second_source_share=0).json["response"]
    assert "can't be done" in str(answer[Ids.verdict]["children"])
    assert answer[Ids.seen]["data"]["budget"] == 10
    assert "the plan follows" in answer[Ids.outcome]["children"]
    assert answer[Ids.families]["columnDefs"][3]["headerName"] == "02 Mar"
    assert "changed these figures since" in save(visitor("planner"), budget=20).text


@pytest.mark.parametrize("odd", [None, "", -1, "x", [], {}], ids=repr)
def test_limits_that_are_none_are_told(visitor: Visit, odd: object) -> None:
    assert "Overtime, RM an hour" in save(visitor("planner"), overtime_cost=odd).text


def test_demand_to_try_that_is_none_is_told(visitor: Visit) -> None:
    assert "Demand: enter a number" in visitor("planner").layout(PATH, "?demand=x").text


def test_rows_of_a_family_leave_out_what_is_nothing() -> None:
    zero = [0.0, 0.0]
    family = {"family": "Tea", "uom": "EA", "demand": zero, "free": zero, "made": zero, "elsewhere": zero}
    rows = family_rows([{**family, "stock": [0.0, 5.0], "late": zero, "lost": zero}])
    assert [row["measure"] for row in rows] == [
        "Demand", "Made without limits", "Made under limits", "Stock at the end"
    ]  # fmt: skip
    assert rows[3]["p1"] == 5.0


def test_it_can_be_taken_along(visitor: Visit) -> None:
    lines = visitor("planner").get("/download/plan-under-limits.csv?step=month").text.splitlines()
    assert lines[0].lstrip("\ufeff").startswith("family,uom,period,demand,free,made")
    assert len(lines) > 3


def test_others_read_and_may_not_change(visitor: Visit) -> None:
    assert save(visitor("analyst")).status_code == 403
    supplier = visitor("supplier")
    assert supplier.get(PATH).status_code == 403
    assert save(supplier).status_code == 403
    assert supplier.get("/download/plan-under-limits.csv").status_code == 403


def test_nothing_to_plan_says_what_to_do(visitor: Visit) -> None:
    with owner_engine().begin() as connection:
        connection.exec_driver_sql("delete from forecast_value")
    assert "No finished item has demand" in visitor("planner").layout(PATH).text
