"""S&OP › Gap to AOP: what it shows of the demo company, its rows, bars and parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callbacks.planner.plan_gap import PATH, TO_AOP, TO_PUBLISHED, Ids

Visit = Callable[..., Any]
ASKED = {"year": "2026", "measure": "revenue", "level": "category"}


@pytest.fixture(autouse=True)
def company(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-11-21")


def shown(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    response: dict[str, Any] = answer.json["response"]
    return response


def bridge(visitor: Any, against: str, bar: str = "volume") -> dict[str, Any]:
    clicked = {"points": [{"customdata": bar}]}
    given = {f"{Ids.against}.value": against, f"{Ids.bridge}.clickData": clicked, f"{Ids.asked}.data": ASKED}
    return shown(visitor.call(f"{Ids.bridge}.figure", given))


def test_page_shows_where_the_year_lands_and_what_is_not_measured(visitor: Visit) -> None:
    page = visitor("executive").layout(PATH).text
    for text in ("Gap to AOP", "Beverages", "AOP 2026, working draft", "receivables and payables are not kept here"):
        assert text in page
    assert "Gap to AOP" in visitor("planner").layout(PATH, "?year=x&measure=gold&level=[]").text
    assert "Neither sales nor the plan reach" in visitor("planner").layout(PATH, "?year=2028&level=channel").text


def test_a_row_shows_its_months(visitor: Visit) -> None:
    row = {"id": "Snacks", "member": "Snacks"}
    found = shown(
        visitor("planner").call(f"{Ids.chart}.figure", {f"{Ids.rows}.selectedRows": [row], f"{Ids.asked}.data": ASKED})
    )
    assert found[Ids.member]["children"] == "Snacks"
    names = [trace["name"] for trace in found[Ids.chart]["figure"]["data"]]
    assert names[:2] == ["Actual", "AOP"]


def test_bars_add_up_and_open_their_parts(visitor: Visit) -> None:
    planner = visitor("planner")
    found = bridge(planner, TO_AOP, "price")
    values = found[Ids.bridge]["figure"]["data"][0]["y"]
    assert values[0] + sum(values[1:4]) == pytest.approx(values[4])
    parts = found[Ids.parts]["rowData"]
    assert sum(part["effect"] for part in parts) == pytest.approx(values[3])
    assert [abs(part["effect"]) for part in parts] == sorted((abs(part["effect"]) for part in parts), reverse=True)
    assert found[Ids.part_title]["children"] == "Price by category"


def test_without_a_published_plan_the_bridge_says_what_it_takes(visitor: Visit) -> None:
    found = bridge(visitor("planner"), TO_PUBLISHED)
    if not found[Ids.parts]["rowData"]:
        assert "Nothing to compare" in found[Ids.about]["children"]


def test_list_comes_as_a_file_and_not_to_outsiders(visitor: Visit) -> None:
    path = "/download/plan-gap.csv?year=2026&measure=margin&level=channel"
    assert visitor("finance").get(path).text.splitlines()[0].startswith("\ufeffmember,name,aop,aop_covered")
    assert visitor("supplier").get(path).status_code in (403, 404)
    assert visitor("admin").get(path).status_code == 403
