"""The portal's log of what happened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from callbacks.partner.activity import PATH, Ids
from data.db import owner_engine


def test_a_partner_reads_its_own_log_page_by_page(database: Path, visitor: Callable[..., Any]) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("delete from partner_event"))
        connection.execute(
            text(
                "insert into partner_event (company_id, actor, by_partner, event, subject, subject_id, title, href) "
                "select case when n <= 60 then 2 else 3 end, 'A', false, 'x', 'x', '1', 'Event ' || n || '.', '/help' "
                "from generate_series(1, 61) n"
            )
        )
    supplier = visitor("supplier")
    page = supplier.layout(PATH).text
    assert "Event 60." in page
    assert "Event 61." not in page
    assert "Event 5." not in page
    with owner_engine().connect() as connection:
        last = connection.scalar(text("select id from partner_event where title = 'Event 11.'"))
    answer = supplier.press(Ids.more, {f"{Ids.last}.data": last}).json["response"]
    assert [f"Event {number}." in str(answer[Ids.entries]) for number in (10, 1)] == [True, True]
    assert answer[Ids.more]["disabled"] is True
    assert visitor("planner").get(PATH).status_code == 403
