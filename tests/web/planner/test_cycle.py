"""S&OP › Cycle in the browser's words: what each role sees, each button, what is stored, odd values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cycle_company import MONTH, one, stored

from callbacks.planner.cycle import PATH, Ids
from core.viewer import Viewer
from services import cycle

Visit = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("cycles")


@pytest.fixture
def started(cycles: None, viewer_of: Callable[[str], Viewer]) -> int:
    return cycle.start(viewer_of("planner"), MONTH)


def seen(name: str = "data", *, month: str = MONTH) -> dict[str, Any]:
    ((cycle_id, step, version),) = stored("select cycle_id, id, version from sop_step where step = :step", step=name)
    return {f"{Ids.seen}.data": {"cycle": cycle_id, "step": step, "version": version, "month": month, "name": name}}


def test_starting_the_first_cycle(visitor: Visit) -> None:
    planner = visitor("planner")
    assert "Start the cycle of 2026-03" in planner.layout(PATH).text
    answer = planner.press(Ids.start, {f"{Ids.month}.data": MONTH})
    assert "1 Data" in answer.text
    assert "Analyst" in answer.text
    assert one("select count(*) from sop_cycle") == 1


@pytest.mark.usefixtures("started")
def test_the_board_shows_each_step_with_its_checklist(visitor: Visit) -> None:
    text = visitor("finance").layout(PATH).text
    for word in ("1 Data", "6 Executive", "due 2026-03-04", "Data health", "Sales are up to date", "not met"):
        assert word in text
    assert "Close this step" not in text, "finance does not own it"
    text = visitor("finance").layout(PATH, "?step=reconcile").text
    assert "Gap to AOP is explained" in text
    assert "It waits for the step before it." in text


@pytest.mark.usefixtures("started")
def test_accepting_and_closing(visitor: Visit) -> None:
    planner = visitor("planner")
    for item in ("sales_fresh", "data_health", "imports_open", "forecast_run"):
        values = {f"{Ids.item}.value": item, f"{Ids.accept_reason}.value": "known"}
        answer = planner.press(Ids.accept, {**values, **seen()})
        assert ("Accepted." in answer.text) != ("choose one that is not met" in answer.text)
    answer = planner.press(Ids.close, seen())
    assert "Closed. Who owns the next step was told." in answer.text
    assert "Closed for 2026-03 by Planner" in answer.text
    assert one("select status from sop_step where step = 'product'") == "open"
    again = planner.press(Ids.close, seen())
    assert "Data is closed now" in again.text


@pytest.mark.usefixtures("started")
def test_a_step_is_not_closed_before_its_items_are_met(visitor: Visit) -> None:
    answer = visitor("planner").press(Ids.close, seen())
    assert "Data can't be closed" in answer.text.encode().decode("unicode_escape")
    assert one("select status from sop_step where step = 'data'") == "open"


@pytest.mark.usefixtures("started")
def test_texts_of_a_step(visitor: Visit) -> None:
    planner = visitor("planner")
    owner = one("select id from app_user where role = 'sales'")
    values = {
        f"{Ids.owner}.value": str(owner),
        f"{Ids.due_on}.value": "2026-03-05",
        f"{Ids.agenda}.value": "Sell-in",
        f"{Ids.notes}.value": "All in",
        **seen(),
    }
    assert "Saved." in planner.press(Ids.save, values).text
    assert stored("select owner_id, due_on::text, agenda, notes from sop_step where step = 'data'") == [
        (owner, "2026-03-05", "Sell-in", "All in")
    ]
    assert "changed it at" in planner.press(Ids.save, values).text, "the version on the screen is old by now"


@pytest.mark.usefixtures("started")
def test_decisions_of_a_step(visitor: Visit) -> None:
    planner = visitor("planner")
    values = {
        f"{Ids.kind}.value": "asked",
        f"{Ids.title}.value": "Second shift in April?",
        f"{Ids.decider}.value": "-",
        f"{Ids.decide_by}.value": "2026-03-20",
        f"{Ids.expected}.value": 12000,
        **seen("supply"),
    }
    answer = planner.press(Ids.add, values)
    assert "Second shift in April?" in answer.text
    assert "expected RM 12,000" in answer.text
    ((decision, version, status),) = stored("select id, version, status from sop_decision")
    assert status == "asked"
    assert "1 open decision" in planner.layout(PATH).text
    drop = {f"{Ids.chosen}.value": f"{decision}:{version}", f"{Ids.drop_reason}.value": "Not needed", **seen("supply")}
    assert "Dropped." in planner.press(Ids.drop, drop).text
    action = {**values, f"{Ids.kind}.value": "action", f"{Ids.title}.value": "Ask Plastik for a date"}
    planner.press(Ids.add, action)
    ((decision, version),) = stored("select id, version from sop_decision where status = 'open'")
    done = {f"{Ids.chosen}.value": f"{decision}:{version}", **seen("supply")}
    assert "Done." in planner.press(Ids.finish, done).text
    assert stored("select status from sop_decision order by id") == [("dropped",), ("done",)]


@pytest.mark.usefixtures("started")
def test_a_items_are_confirmed(visitor: Visit) -> None:
    planner = visitor("planner")
    text = planner.layout(PATH, "?step=demand").text
    assert "1 item that nobody has looked at" in text
    item = one("select p.id || ':' || l.id from product p, location l where p.code = 'CHIPS' and l.code = 'KL'")
    answer = planner.press(Ids.confirm, {f"{Ids.to_review}.selectedRows": [{"id": item}], **seen("demand")})
    assert "1 item confirmed." in answer.text
    assert "0 items that nobody has looked at" in answer.text


@pytest.mark.usefixtures("started")
def test_opening_again(visitor: Visit, viewer_of: Callable[[str], Viewer]) -> None:
    executive = visitor("executive")
    assert "Open again" not in executive.layout(PATH, "?step=data").text
    from cycle_company import change

    change("update sop_step set status = 'closed', closed_at = now() where step = 'data'")
    text = executive.layout(PATH, "?step=data").text
    assert "Open again" in text
    assert "Open again" not in visitor("planner").layout(PATH, "?step=data").text
    answer = executive.press(Ids.reopen, {f"{Ids.reopen_reason}.value": "Sales are missing", **seen()})
    assert "Open again. All owners of the cycle were told." in answer.text
    assert one("select status from sop_step where step = 'data'") == "open"


def test_the_template_is_edited_on_the_page(visitor: Visit) -> None:
    planner = visitor("planner")
    text = planner.layout(PATH, "?show=template").text
    assert "What every cycle begins with" in text
    assert "Data health at least" in text
    assert "What every cycle begins with" not in visitor("executive").layout(PATH, "?show=template").text


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("name", ["executive", "analyst", "sales", "marketing", "finance"])
def test_others_read_and_may_not_manage(visitor: Visit, name: str) -> None:
    reader = visitor(name)
    assert reader.layout(PATH).status_code == 200
    for button, values in (
        (Ids.start, {f"{Ids.month}.data": "2026-04"}),
        (Ids.accept, {f"{Ids.item}.value": "sales_fresh", f"{Ids.accept_reason}.value": "x", **seen()}),
    ):
        assert reader.press(button, values).status_code == 403
    if name != "executive":
        assert reader.press(Ids.reopen, {f"{Ids.reopen_reason}.value": "x", **seen()}).status_code == 403


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("name", ["supplier", "admin"])
def test_outsiders_see_nothing(visitor: Visit, name: str) -> None:
    assert visitor(name).get(PATH).status_code == 403
    assert visitor(name).press(Ids.close, seen()).status_code == 403


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("value", [None, "x", [], {"step": {"a": 1}}, {"step": 10**30, "version": "1"}], ids=repr)
def test_senseless_steps_are_answered(visitor: Visit, value: object) -> None:
    planner = visitor("planner")
    for button in (Ids.close, Ids.save, Ids.accept, Ids.add, Ids.finish, Ids.drop, Ids.confirm):
        answer = planner.press(button, {f"{Ids.seen}.data": value})
        assert answer.status_code in (200, 204, 400, 404, 409)
    assert one("select count(*) from sop_decision") == 0


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("query", ["?month=2026-99&step=x", "?show=x"])
def test_any_address_shows_the_board(visitor: Visit, query: str) -> None:
    assert "1 Data" in visitor("planner").layout(PATH, query).text
