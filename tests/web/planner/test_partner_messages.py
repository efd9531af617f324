"""Supply › Partner messages: choosing a thread and writing to a partner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from callbacks.planner.partner_messages import PATH, Ids
from data.db import owner_engine

Visit = Callable[..., Any]


@pytest.fixture
def company(database: Path) -> str:
    with owner_engine().connect() as connection:
        statement = text("select company_id from app_user where email = 'supplier@demo.tandem.example'")
        return str(connection.execute(statement).scalar_one())


def test_writing_to_a_partner(company: str, visitor: Visit) -> None:
    planner = visitor("planner")
    assert "Write to" in planner.layout(PATH).text
    chosen = planner.press(Ids.write, {f"{Ids.company}.value": company}).json["response"][Ids.chosen]["data"]
    sent = planner.press(Ids.send, {f"{Ids.chosen}.data": chosen, f"{Ids.body}.value": "Happy new year"})
    assert sent.status_code == 200
    assert "Happy new year" in planner.layout(PATH, "?search=happy").text
    assert "Happy new year" not in planner.layout(PATH, "?search=nothing+like+it").text


def test_without_a_partner_nothing_opens(company: str, visitor: Visit) -> None:
    planner = visitor("planner")
    chosen = planner.press(Ids.write, {f"{Ids.company}.value": None}).json["response"][Ids.chosen]["data"]
    answer = planner.call(f"{Ids.posts}.children", {f"{Ids.chosen}.data": chosen})
    assert answer.status_code == 404
