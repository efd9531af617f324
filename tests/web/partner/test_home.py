"""The first page of a portal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from callbacks.partner.home import PATH
from data.db import owner_engine


@pytest.mark.parametrize(
    ("name", "shown", "others"),
    [
        ("supplier", ("To confirm", "To ship", "Forecast to commit", "Quality issues to answer"), ("Open lines",)),
        ("customer", ("Open lines", "Late", "Your forecast"), ("To confirm", "Open orders")),
        ("oem", ("Open orders", "Late", "Your forecast"), ("To confirm", "Open lines")),
    ],
)
def test_each_partner_finds_what_waits_for_it(
    database: Path, visitor: Callable[..., Any], name: str, shown: tuple[str, ...], others: tuple[str, ...]
) -> None:
    page = visitor(name).layout(PATH).text
    for card in (*shown, "Unread messages", "Requests with us", "What happened last"):
        assert f'"{card}"' in page
    assert not [card for card in others if f'"{card}"' in page]


def test_a_withheld_feature_has_no_card_and_decisions_are_read(database: Path, visitor: Callable[..., Any]) -> None:
    supplier = visitor("supplier")
    with owner_engine().begin() as connection:
        company, person = connection.execute(
            text("select company_id, id from app_user where email = 'supplier@demo.tandem.example'")
        ).one()
        connection.execute(
            text(
                "insert into partner_submission (company_id, kind, subject_id, payload, status, created_by, "
                "decided_at, decision_note) "
                "values (:company, 'supplier_commit', '', '{}', 'rejected', :person, now(), 'Too little.')"
            ),
            {"company": company, "person": person},
        )
    page = supplier.layout(PATH).text
    assert "Too little." in page
    assert "Commit to a forecast" in page
    with owner_engine().begin() as connection:
        connection.execute(
            text("insert into company_withheld values (:company, 'portal.supplier.forecast')"), {"company": company}
        )
    page = supplier.layout(PATH).text
    assert "Forecast to commit" not in page
    assert "Too little." not in page


def test_colleagues_are_not_let_in(database: Path, visitor: Callable[..., Any]) -> None:
    assert visitor("planner").get(PATH).status_code == 403
    assert visitor().get(PATH).location.startswith("/login")
