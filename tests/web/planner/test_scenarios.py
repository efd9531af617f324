"""Supply › Scenarios: each button pressed, and what the comparison shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from stock_company import TODAY

from callbacks.planner.scenarios import FORM, PATH, Ids
from components.forms import NOTHING
from components.shell import Ids as Shell
from core.viewer import Viewer
from services import scenarios

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def form(**values: object) -> dict[str, object]:
    asked = {"kind": "demand", "mode": "share", "value": 10, **values}
    return {f"{component}.value": asked.get(name) for name, component in FORM.items()}


def detail(visitor: Any, scenario_id: int) -> dict[str, Any]:
    answer = visitor.call(f"{Ids.detail}.style", {f"{Ids.rows}.selectedRows": [{"id": scenario_id}]})
    response: dict[str, Any] = answer.json["response"]
    return response


def test_a_scenario_is_made_changed_compared_and_dropped(visitor: Visit, planner: Viewer) -> None:
    browser = visitor("planner")
    made = browser.press(Ids.create, {f"{Ids.new_name}.value": "Peak", f"{Ids.new_base}.value": NOTHING})
    (stored,) = scenarios.scenarios(planner)
    listed = browser.call(
        f"{Ids.rows}.rowData", {f"{Ids.changed}.data": made.json["response"][Ids.changed]["data"]}
    ).json["response"][Ids.rows]
    assert listed["selectedRows"]["ids"] == [str(stored["id"])]
    assert [row["name"] for row in listed["rowData"]] == ["Peak"]

    seen = detail(browser, stored["id"])[Ids.seen]["data"]
    assert browser.press(Ids.add, {f"{Ids.seen}.data": seen, **form(product="CHIPS")}).status_code == 200
    shown = detail(browser, stored["id"])
    (change,) = shown[Ids.changes]["rowData"]
    assert (change["what"], change["how"], change["of"], change["weeks"]) == ("Demand", "+10 %", "CHIPS", "all")
    filled = browser.call(f"{Ids.kind}.value", {f"{Ids.changes}.selectedRows": [change]}).json["response"]
    assert (filled[Ids.value]["value"], filled[Ids.product]["value"]) == (10, "CHIPS")

    held = {f"{Ids.seen}.data": shown[Ids.seen]["data"], f"{Ids.changes}.selectedRows": [change]}
    browser.press(Ids.save, {**held, **form(value=20, product="CHIPS")})
    assert scenarios.scenario(planner, stored["id"])["changes"][0]["value"] == pytest.approx(0.2)

    values = {f"{Ids.rows}.selectedRows": [{"id": stored["id"]}], f"{Ids.metric}.value": "revenue"}
    compared = browser.call(f"{Ids.total}.children", values).json["response"]
    assert "Δ Peak" in str(compared[Ids.total]["children"])
    assert len(compared[Ids.chart]["figure"]["data"]) == 2

    held = {f"{Ids.seen}.data": detail(browser, stored["id"])[Ids.seen]["data"]}
    browser.press(Ids.remove, {**held, f"{Ids.changes}.selectedRows": [change]})
    for button in (Ids.keep, Ids.archive):
        browser.press(button, {f"{Ids.seen}.data": detail(browser, stored["id"])[Ids.seen]["data"]})
    assert scenarios.scenarios(planner)[0]["status"] == "archived"
    browser.press(Ids.drop, {f"{Ids.seen}.data": detail(browser, stored["id"])[Ids.seen]["data"]})
    assert scenarios.scenarios(planner) == []


def test_a_scenario_is_asked_for_turned_down_approved_and_promoted(visitor: Visit, planner: Viewer) -> None:
    browser, decider = visitor("planner"), visitor("executive")
    made = scenarios.branch(planner, "Dearer")
    scenarios.add_change(planner, made, 1, kind="price", mode="share", value=10, product="CHIPS")

    def press(person: Any, button: str) -> str:
        shown = detail(person, made)
        assert shown[button]["style"] == {}, button
        why = {f"{Ids.seen}.data": shown[Ids.seen]["data"], f"{Ids.why}.value": "Costs rose"}
        person.press(button, why)
        found: str = scenarios.scenario(planner, made)["status"]
        return found

    assert "List prices" in str(detail(browser, made)[Ids.effects]["children"])
    assert press(browser, Ids.ask) == "requested"
    assert detail(browser, made)[Ids.approve]["style"] == {"display": "none"}
    assert press(decider, Ids.reject) == "kept"
    assert press(browser, Ids.ask) == "requested"
    assert press(decider, Ids.approve) == "approved"
    assert press(browser, Ids.promote) == "promoted"
    assert "Written when it became the plan" in str(detail(browser, made)[Ids.effects]["children"])
    figure = browser.call(
        f"{Ids.bridge}.figure", {f"{Ids.rows}.selectedRows": [{"id": made}], f"{Ids.metric}.value": "revenue"}
    ).json["response"][Ids.bridge]["figure"]
    assert figure["data"][0]["x"] == ["Plan", "Price +10 %, CHIPS", "Dearer"]


def test_the_second_of_two_people_is_told(visitor: Visit, planner: Viewer) -> None:
    browser = visitor("planner")
    made = scenarios.branch(planner, "Peak")
    seen = detail(browser, made)[Ids.seen]["data"]
    scenarios.rename(planner, made, 1, name="Mine")
    values = {f"{Ids.seen}.data": seen, f"{Ids.name}.value": "Theirs"}
    answer = browser.press(Ids.rename, values)
    assert "meanwhile" in str(answer.json["sideUpdate"][Shell.toasts])
    assert scenarios.scenarios(planner)[0]["name"] == "Mine"


def test_readers_see_no_buttons_and_press_none(visitor: Visit, planner: Viewer) -> None:
    made = scenarios.branch(planner, "Peak")
    executive = visitor("executive")
    shown = detail(executive, made)
    assert shown[Ids.editing]["style"] == {"display": "none"}
    executive.press(Ids.drop, {f"{Ids.seen}.data": {"id": made, "version": 1}})
    assert len(scenarios.scenarios(planner)) == 1


def test_partners_do_not_see_the_page(visitor: Visit) -> None:
    assert "New scenario" not in visitor("supplier").layout(PATH).text


@pytest.mark.parametrize("selected", [None, [], "x", {"ids": ["a", 3]}, [{"id": [1]}], [{}]], ids=repr)
def test_whatever_the_browser_sends_is_answered(visitor: Visit, selected: object) -> None:
    browser = visitor("planner")
    for output in (f"{Ids.detail}.style", f"{Ids.total}.children"):
        answer = browser.call(output, {f"{Ids.rows}.selectedRows": selected, f"{Ids.metric}.value": selected})
        assert answer.status_code in (200, 204, 400, 404)
