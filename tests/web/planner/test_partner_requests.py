"""Supply › Partner requests: each button pressed, and what is stored afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from callbacks.planner.partner_requests import PATH, Ids
from core.permissions import Permission
from core.viewer import Viewer
from data.db import owner_engine
from services.submission_kinds import KINDS
from services.submissions import Described, Kind, Submission

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def wishes(database: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Three pending requests of a kind made for these tests, the first of which needs no judgement."""

    def describe(_session: Session, _viewer: Viewer, found: Sequence[Submission]) -> dict[int, Described]:
        facts = [("Lead time", "3 days", "5 days")]
        return {each.id: Described(f"W{each.subject_id}", facts, plain=each.subject_id == "1") for each in found}

    def accept(_session: Session, _viewer: Viewer, _found: Submission) -> None:
        """Nothing."""

    kind = Kind("wish", "Wish", Permission.REVIEW_DECIDE, "/portal/supplier/orders", describe, accept)
    monkeypatch.setitem(KINDS, "wish", kind)
    with owner_engine().begin() as connection:
        connection.execute(text("delete from partner_submission where kind = 'wish'"))
        made = connection.scalars(
            text(
                "insert into partner_submission (company_id, kind, subject_id, payload, created_by) "
                "select 2, 'wish', n::text, '{}', 5 from generate_series(1, 3) n returning id"
            )
        )
        return sorted(made)


def stored(submission_id: int) -> tuple[str, str | None]:
    with owner_engine().connect() as connection:
        row = connection.execute(
            text("select status, decision_note from partner_submission where id = :id"), {"id": submission_id}
        ).one()
    return row.status, row.decision_note


def test_the_page_lists_what_waits_and_the_detail_compares(visitor: Visit, wishes: list[int]) -> None:
    planner = visitor("planner")
    page = planner.layout(PATH, "?kind=wish").text
    assert all(f"W{number}" in page for number in (1, 2, 3))
    shown = planner.call(f"{Ids.about}.children", {f"{Ids.rows}.selectedRows": [{"id": wishes[1]}]}).json["response"]
    assert {"Lead time", "3 days", "5 days"} <= set(map(str, _texts(shown[Ids.about]["children"])))
    assert shown[Ids.deciding]["style"] == {}
    assert shown[Ids.accept]["disabled"] is False


def test_accepting_rejecting_and_many_at_once(visitor: Visit, wishes: list[int]) -> None:
    planner = visitor("planner")
    planner.press(Ids.accept, {f"{Ids.chosen}.data": wishes[1], f"{Ids.note}.value": "fine"})
    assert stored(wishes[1]) == ("accepted", "fine")
    answer = planner.press(Ids.reject, {f"{Ids.chosen}.data": wishes[2], f"{Ids.note}.value": ""})
    assert "Note" in answer.text
    planner.press(Ids.reject, {f"{Ids.chosen}.data": wishes[2], f"{Ids.note}.value": "no room"})
    assert stored(wishes[2]) == ("rejected", "no room")
    chosen = [{"id": each} for each in wishes]
    answer = planner.press(Ids.accept_chosen, {f"{Ids.rows}.selectedRows": chosen}).json["response"]
    assert answer[Ids.outcome]["children"].startswith("One request accepted.")
    assert stored(wishes[0]) == ("accepted", None)
    rows = planner.call(f"{Ids.rows}.rowData", {f"{Ids.filter}.data": {"kind": "wish", "show": "decided"}})
    assert {row["note"] for row in rows.json["response"][Ids.rows]["rowData"]} >= {"fine", "no room"}
    decided = planner.layout(PATH, "?kind=wish&show=decided").text
    assert "The newest decision first." in decided


def test_who_may_not_decide_sees_no_buttons_and_changes_nothing(visitor: Visit, wishes: list[int]) -> None:
    executive = visitor("executive")
    shown = executive.call(f"{Ids.about}.children", {f"{Ids.rows}.selectedRows": [{"id": wishes[0]}]})
    assert shown.json["response"][Ids.deciding]["style"] == {"display": "none"}
    executive.press(Ids.accept, {f"{Ids.chosen}.data": wishes[0]})
    assert stored(wishes[0]) == ("pending", None)


def test_an_empty_queue_says_where_requests_come_from(visitor: Visit, wishes: list[int]) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("delete from partner_submission where id = any(:ids)"), {"ids": wishes})
    assert "No request of this kind waits" in visitor("planner").layout(PATH, "?kind=wish").text


def _texts(found: Any) -> list[Any]:
    if isinstance(found, dict):
        return [text for value in found.values() for text in _texts(value)]
    if isinstance(found, list):
        return [text for value in found for text in _texts(value)]
    return [found]
