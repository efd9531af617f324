"""S&OP › AOP: each button pressed, and what is stored afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from callbacks.planner.aop import PATH, Ids
from data.db import owner_engine

Visit = Callable[..., Any]
ASKED = {"year": "2026", "measure": "revenue", "level": "category"}


@pytest.fixture(autouse=True)
def company(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-11-21")
    with owner_engine().begin() as connection:
        connection.execute(text("delete from aop_version"))


def page(seen: Any, **values: Any) -> dict[str, Any]:
    return {f"{Ids.asked}.data": ASKED, f"{Ids.seen}.data": seen, **values}


def shown(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    response: dict[str, Any] = answer.json["response"]
    return response


def typed(visitor: Any, seen: Any, column: str, value: Any, *, member: str = "Snacks", rule: str = "equal") -> Any:
    changes = [{"colId": column, "value": value, "data": {"member": member}}]
    listens = f"{Ids.rows}.cellValueChanged"
    given = page(seen, **{listens: changes, f"{Ids.rule}.value": rule})
    found = next(
        name
        for name, spec in visitor.app.callback_map.items()
        if any(f"{item['id']}.{item['property']}" == listens for item in spec["inputs"])
    )
    body = visitor.envelope_of(found, given, triggered=listens)
    return visitor.post("/_dash-update-component", json=body)


def snacks(found: dict[str, Any]) -> dict[str, Any]:
    return next(row for row in found[Ids.rows]["rowData"] if row["member"] == "Snacks")


def press(visitor: Any, button: str, seen: Any, **values: Any) -> dict[str, Any]:
    return shown(visitor.press(button, page(seen, **values)))


def test_months_and_years_are_typed_and_levels_agree(visitor: Visit) -> None:
    finance = visitor("finance")
    found = shown(typed(finance, {"version": 0, "id": 0}, "total", "1200"))
    assert [snacks(found)[f"m{at}"] for at in range(1, 13)] == [100] * 12
    found = shown(typed(finance, found[Ids.seen]["data"], "m3", 250))
    assert (snacks(found)["m3"], snacks(found)["total"]) == (250, 1350)
    found = press(finance, Ids.take_sum, found[Ids.seen]["data"])
    differs = next(row for row in found[Ids.rows]["rowData"] if row["sum"] == "difference")
    assert abs(differs["total"]) < 0.01
    found = press(finance, Ids.spread, found[Ids.seen]["data"])
    assert "nothing to spread" in found[Ids.outcome]["children"]


def test_what_is_refused_or_too_late_is_shown_as_it_is_stored(visitor: Visit) -> None:
    finance = visitor("finance")
    found = shown(typed(finance, {"version": 0, "id": 0}, "m1", 77))
    late = shown(typed(finance, {"version": 0, "id": 0}, "m1", 88))
    assert (snacks(late)["m1"], "changed these targets" in late[Ids.outcome]["children"]) == (77, True)
    wrong = shown(typed(finance, found[Ids.seen]["data"], "m1", "a lot"))
    assert (snacks(wrong)["m1"], "enter a number" in wrong[Ids.outcome]["children"]) == (77, True)


def test_from_draft_to_locked_and_a_new_draft(visitor: Visit) -> None:
    finance, executive = visitor("finance"), visitor("executive")
    found = press(finance, Ids.submit, {"version": 0, "id": 0}, **{f"{Ids.note}.value": "Board"})
    assert found[Ids.editing]["style"] == {"display": "none"}
    assert finance.press(Ids.approve, page(found[Ids.seen]["data"])).status_code == 403
    found = press(executive, Ids.send_back, found[Ids.seen]["data"], **{f"{Ids.note}.value": "Too low"})
    found = press(finance, Ids.submit, found[Ids.seen]["data"])
    for button in (Ids.approve, Ids.lock):
        found = press(executive, button, found[Ids.seen]["data"])
    assert [row["state"] for row in found[Ids.versions]["rowData"]] == ["● Locked"]
    assert "Locked" in finance.layout(PATH, "?year=2026").text
    found = press(finance, Ids.begin, found[Ids.seen]["data"], **{f"{Ids.source}.value": "-"})
    assert [row["name"] for row in found[Ids.versions]["rowData"]] == ["v2", "v1"]
    first = str(found[Ids.versions]["rowData"][1]["id"])
    same = press(finance, Ids.compare, None, **{f"{Ids.one}.value": first, f"{Ids.other}.value": "-"})
    assert (same[Ids.differences]["rowData"], same[Ids.outcome]["children"]) == ([], "They hold the same.")


def test_a_year_is_made_and_its_season_told(visitor: Visit) -> None:
    finance = visitor("finance")
    growth = [{"category": "Snacks", "growth": 10}, "odd"]
    found = press(finance, Ids.make, {"version": 0, "id": 0}, **{f"{Ids.growth}.rowData": growth})
    assert "targets made for 2026" in found[Ids.outcome]["children"]
    chosen = {f"{Ids.rows}.selectedRows": [{"member": "Snacks"}], f"{Ids.asked}.data": ASKED}
    assert "Snacks: " in finance.call(f"{Ids.season}.children", chosen).text


def test_who_only_reads_sees_targets_and_changes_none(visitor: Visit) -> None:
    sales = visitor("sales")
    assert "Targets" in sales.layout(PATH, "?year=odd&level=x&measure=[]").text
    assert typed(sales, {"version": 0, "id": 0}, "m1", 1).status_code == 403
    assert sales.press(Ids.submit, page({"version": 0})).status_code == 403
    listed = sales.get("/download/aop.csv?year=2026").text.splitlines()
    assert listed[0].endswith("level,member,period,measure,value")
    assert len(listed) > 12
    assert visitor("admin").get("/download/aop.csv").status_code == 403
