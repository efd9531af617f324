"""Demand › Life cycle: launch, end and successors from their forms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import consensus_company as company
import pytest
from rows import Rows

from callbacks.planner.life_cycle import PATH, Ids

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setenv("TANDEM_TODAY", company.TODAY.isoformat())
    found = company.load()
    company.cycle(found)
    found.product("KETCHUP", category="Sauces", launched_on=company.date(2025, 1, 5))
    for month in range(12):
        found.sell(f"2025-{month + 1:02d}-10", "KETCHUP", 50 if not month else 100, 900)
    found.product("CHILI", category="Sauces", life_cycle="planned")
    for subject in ("demand", "products"):
        found.bump(subject)
    return found


def launch(rows: Rows, **changed: Any) -> dict[str, Any]:
    form = {
        Ids.product: str(rows.ids["CHILI"]),
        Ids.month: "2026-04",
        Ids.place: str(rows.ids["KL"]),
        Ids.channel: str(rows.ids["MT"]),
        Ids.level: 200,
        Ids.share: 0,
        Ids.victims: None,
    }
    values = {f"{name}.value": value for name, value in form.items()}
    return {**values, f"{Ids.donors}.selectedRows": [{"id": rows.ids["KETCHUP"]}], **changed}


def test_a_launch_from_look_alikes_to_tracking(visitor: Visit, rows: Rows) -> None:
    marketing = visitor("marketing")
    assert "CHILI Product CHILI" in marketing.layout(PATH).text
    values = {f"{Ids.product}.value": str(rows.ids["CHILI"])}
    donors = marketing.call(f"{Ids.donors}.rowData", values).json["response"][Ids.donors]
    assert [row["code"] for row in donors["selectedRows"]] == ["KETCHUP"]
    shown = marketing.press(Ids.preview, launch(rows)).json["response"]
    assert shown[Ids.told]["children"] == "300 units in 2 months on the course of 1 look-alike"
    answer = marketing.press(Ids.launch, launch(rows)).json["response"]
    assert answer[Ids.launched]["rowData"][0]["state"] == "not launched yet"


def test_an_end_and_a_successor(visitor: Visit, rows: Rows) -> None:
    planner = visitor("planner")
    ending = {f"{Ids.ending}.value": str(rows.ids["CHIPS"]), f"{Ids.last_day}.value": "2026-04-15"}
    answer = planner.press(Ids.end, ending).json["response"]
    assert answer[Ids.ended]["children"] == "The end is set; 2 figures became smaller."
    assert "buy" in answer[Ids.ends]["rowData"][0]["state"]
    joined = {
        f"{Ids.predecessor}.value": str(rows.ids["CHIPS"]),
        f"{Ids.successor}.value": str(rows.ids["CHILI"]),
        f"{Ids.starts}.value": "2026-04-16",
        f"{Ids.part}.value": 100,
    }
    links = planner.press(Ids.join, joined).json["response"][Ids.links]["rowData"]
    assert links[0]["chain"] == "CHIPS → CHILI"
    drawn = planner.call(f"{Ids.history}.figure", {f"{Ids.links}.selectedRows": links}).json["response"]
    assert sum(drawn[Ids.history]["figure"]["data"][0]["y"]) == pytest.approx(200)
    assert planner.press(Ids.part_ways, {f"{Ids.links}.selectedRows": links}).json["response"][Ids.links] == {
        "rowData": []
    }


@pytest.mark.parametrize("value", [None, "x", [], 2**70, "9" * 5000], ids=["none", "text", "list", "huge", "long"])
def test_odd_values_are_answered_in_words(visitor: Visit, rows: Rows, value: object) -> None:
    planner = visitor("planner")
    for pressed in (
        planner.press(Ids.launch, launch(rows, **{f"{Ids.product}.value": value})),
        planner.press(Ids.end, {f"{Ids.ending}.value": value, f"{Ids.last_day}.value": "2026-04-15"}),
        planner.press(Ids.part_ways, {f"{Ids.links}.selectedRows": [value]}),
        planner.call(f"{Ids.donors}.rowData", {f"{Ids.product}.value": value}),
    ):
        assert pressed.status_code < 500


def test_others_only_look(visitor: Visit) -> None:
    page = visitor("executive").layout(PATH).text
    assert "Set the end" not in page
    assert "Write into the plan" not in page
    assert "permission" in visitor("sales").press(Ids.join, {}).text
