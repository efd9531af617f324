"""Supply › Order promising: each button pressed, and what is stored afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import text
from stock_company import TODAY, add

from callbacks.planner.order_promising import PATH, Ids
from data.db import owner_engine
from models.network import Channel

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "sortModel": []}
ASKED = {
    f"{Ids.item}.value": "new",
    f"{Ids.place}.value": "KL",
    f"{Ids.quantity}.value": 4,
    f"{Ids.wanted}.value": "2026-03-04",
    f"{Ids.channel}.value": "-",
}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


def ask(visitor: Any, **typed: Any) -> Any:
    values = {**ASKED, **{f"{getattr(Ids, name)}.value": value for name, value in typed.items()}}
    return visitor.press(Ids.ask, values)


def hold(visitor: Any, shown: dict[str, Any], **typed: Any) -> Any:
    values = {"hold_for": 2, "hold_unit": "days", "customer": None, "note": "fair", **typed}
    return visitor.press(
        Ids.hold,
        {
            f"{Ids.offers}.selectedRows": shown[Ids.offers]["rowData"][:1],
            f"{Ids.seen}.data": shown[Ids.seen]["data"],
            **{f"{getattr(Ids, name)}.value": value for name, value in values.items()},
        },
    )


def stored(statement: str) -> list[tuple[Any, ...]]:
    with owner_engine().connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def listed(visitor: Any, **filters: str) -> list[dict[str, Any]]:
    given = {f"{Ids.rows}.getRowsRequest": REQUEST, f"{Ids.filters}.data": filters}
    answer = visitor.call(f"{Ids.rows}.getRowsResponse", given)
    rows: list[dict[str, Any]] = answer.json["response"][Ids.rows]["getRowsResponse"]["rowData"]
    return rows


def test_page_for_everybody_inside(visitor: Visit) -> None:
    page = visitor("executive").layout(PATH, "?item=NEW&location=KL&unknown=1").text
    assert "Order promising" in page
    assert "Shares of channels" in page
    assert "Order promising" not in visitor("supplier").layout(PATH).text


def test_ask_hold_confirm_release(visitor: Visit) -> None:
    planner = visitor("planner")
    shown = ask(planner).json["response"]
    assert "Yes: 4 EA on 2026-03-04." in str(shown[Ids.answer]["children"])
    (offer,) = shown[Ids.offers]["rowData"]
    assert (offer["kind"], offer["quantity"], offer["day"]) == ("All at once", 4, "2026-03-04")
    answers = [hold(planner, shown) for _twice in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "4 EA of NEW held for 2026-03-04" in answers[0].json["response"][Ids.outcome]["children"]
    assert stored("select quantity::int, status, note from stock_reservation") == [(4, "held", "fair")]
    (row,) = listed(planner)
    assert (row["status"], row["expires_at"]) == ("▲ Held", "48 h")
    for button, state in ((Ids.confirm, "confirmed"), (Ids.release, "released")):
        (row,) = listed(planner)
        answer = planner.press(button, {f"{Ids.rows}.selectedRows": [row]})
        assert answer.status_code == 200, answer.text
        assert stored("select status from stock_reservation") == [(state,)]
    assert listed(planner) == []
    assert [row["status"] for row in listed(planner, show="all")] == ["○ Released"]


def test_the_second_of_two_is_told(visitor: Visit) -> None:
    planner = visitor("planner")
    first, second = (ask(planner, quantity=9).json["response"] for _ in range(2))
    assert hold(planner, first).status_code == 200
    answer = hold(planner, second)
    assert "Of 9 only 0 can still be promised" in answer.text
    assert stored("select count(*) from stock_reservation") == [(1,)]


def test_what_can_not_be_had_is_said_with_what_binds(visitor: Visit) -> None:
    planner = visitor("planner")
    shown = ask(planner, item="CHIPS", quantity=50).json["response"]
    assert "40 in time; all 50 EA on 2026-03-20" in str(shown[Ids.answer]["children"])
    assert [row["kind"] for row in shown[Ids.offers]["rowData"]] == ["All at once", "Part 1", "Part 2"]
    shown = ask(planner, item="CHIPS", quantity=100_000).json["response"]
    assert "what binds is the lead time of CHIPS" in str(shown[Ids.answer]["children"])


@pytest.mark.parametrize(
    "typed",
    [
        {"item": "NOTHING"}, {"item": None}, {"item": ["NEW"]}, {"place": "JB"}, {"place": {"a": 1}},
        {"quantity": None}, {"quantity": "1e400"}, {"wanted": "x"}, {"channel": "9" * 22}, {"channel": "abc"},
    ],
    ids=str,
)  # fmt: skip
def test_senseless_questions_are_answered_in_words(visitor: Visit, typed: dict[str, Any]) -> None:
    answer = ask(visitor("planner"), **typed)
    assert answer.status_code in (200, 400, 422), answer.text
    assert "reference" not in answer.text


def test_only_who_may_edit_holds(visitor: Visit) -> None:
    executive = visitor("executive")
    shown = ask(executive).json["response"]
    assert hold(executive, shown).status_code == 403
    assert stored("select count(*) from stock_reservation") == [(0,)]


def test_suggestions_follow_what_is_typed(visitor: Visit) -> None:
    answer = visitor("planner").call(f"{Ids.known}.children", {f"{Ids.item}.value": "chi"})
    assert "CHIPS" in answer.text
    assert "TEA" not in answer.text


def test_shares_are_added_changed_and_removed(visitor: Visit) -> None:
    with owner_engine().begin() as connection:
        channel = add(connection, Channel, code="ECOM", name="Online")
    planner = visitor("planner")
    form = {"scope_item": "", "scope_category": "Drinks", "scope_place": "-", "valid_from": "2026-03-02"}

    def save(selected: list[Any], **typed: Any) -> Any:
        values = {f"{getattr(Ids, name)}.value": value for name, value in (form | typed).items()}
        return planner.press(Ids.save, {f"{Ids.allocations}.selectedRows": selected, **values})

    made = save([], scope_channel=str(channel), share=40)
    (row,) = made.json["response"][Ids.allocations]["rowData"]
    assert (row["what"], row["location"], row["channel"], row["share"]) == ("Drinks", "All places", "Online", "40.0 %")
    assert "already" in save([], scope_channel=str(channel), share=10).text
    changed = save([row], scope_channel=str(channel), share=100)
    (newer,) = changed.json["response"][Ids.allocations]["rowData"]
    assert newer["share"] == "100.0 %"
    assert "has changed" in save([row], scope_channel=str(channel), share=50).text
    assert ask(planner).json["response"][Ids.offers]["rowData"] == [], "all of it is kept for the other channel"
    gone = planner.press(Ids.remove, {f"{Ids.allocations}.selectedRows": [newer]})
    assert gone.json["response"][Ids.allocations]["rowData"] == []
    assert stored("select action from audit_entry where subject = 'channel_allocation' order by id") == [
        ("channel_allocation.save",), ("channel_allocation.save",), ("channel_allocation.remove",),
    ]  # fmt: skip
