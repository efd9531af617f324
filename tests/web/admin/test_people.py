"""People: an administrator keeps accounts out and lets them in again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from visitor import Visitor

from callbacks.admin.people import Ids
from data.db import owner_engine
from services.demo import DEMO_EMAILS

CUSTOMER = "customer@demo.tandem.example"


@pytest.fixture
def admin(database: Path, visitor: Callable[[str], Visitor]) -> Visitor:
    return visitor("admin")


def rows(admin: Visitor) -> dict[str, dict[str, Any]]:
    """The rows of the grid by e-mail, as the page shows them."""
    page = admin.layout("/admin/people").json
    return {row["email"]: row for row in _grid(page)["rowData"]}


def change(admin: Visitor, *selected: object) -> Any:
    return admin.press(Ids.change, {f"{Ids.accounts}.selectedRows": list(selected)})


def message(answer: Any) -> str:
    """The toast of an answer."""
    return str(answer.json["sideUpdate"]["shell--toasts"]["children"][0]["props"]["children"])


def test_all_accounts_are_listed_colleagues_first(admin: Visitor) -> None:
    listed = list(rows(admin).values())
    assert len(listed) == len(DEMO_EMAILS)
    assert [row["kind"] for row in listed[:4]] == ["Internal"] * 4
    assert {row["role"] for row in listed} >= {"Planner", "OEM", "Supplier"}
    assert not [key for row in listed for key in row if "password" in key]


def test_the_button_says_what_it_would_do(admin: Visitor) -> None:
    def said(*selected: object) -> tuple[str, bool]:
        answer = admin.call(f"{Ids.change}.children", {f"{Ids.accounts}.selectedRows": list(selected)})
        button = answer.json["response"][Ids.change]
        return button["children"], button["disabled"]

    assert said() == ("Deactivate", True)
    assert said({"id": 1, "active": True}) == ("Deactivate", False)
    assert said({"id": 1, "active": False}) == ("Activate", False)


def test_deactivating_signs_out_at_once_and_activating_lets_in_again(
    admin: Visitor, visitor: Callable[[str], Visitor]
) -> None:
    customer = visitor("customer")
    answer = change(admin, rows(admin)[CUSTOMER])
    assert "is signed out" in answer.json["response"][Ids.outcome]["children"]
    shown = {row["email"]: row["state"] for row in answer.json["response"][Ids.accounts]["rowData"]}
    assert shown[CUSTOMER] == "Deactivated"
    assert customer.get("/account").status_code == 302
    change(admin, rows(admin)[CUSTOMER])
    assert rows(admin)[CUSTOMER]["state"] == "Active"
    assert _audit_actions(CUSTOMER) == ["person.deactivate", "person.activate"]


def test_what_changed_meanwhile_is_not_overwritten(admin: Visitor) -> None:
    seen = rows(admin)[CUSTOMER]
    with owner_engine().begin() as connection:
        connection.execute(text("update app_user set version = version + 1 where email = :email"), {"email": CUSTOMER})
    assert "meanwhile" in message(change(admin, seen))
    assert rows(admin)[CUSTOMER]["state"] == "Active"


def test_nobody_locks_themselves_out(admin: Visitor) -> None:
    own = rows(admin)["admin@demo.tandem.example"]
    assert "yourself" in message(change(admin, own))


@pytest.mark.parametrize("forged", [{"id": 10**12}, {"id": "1"}, {"id": None}, {"id": True}, {"id": [1]}, {}])
def test_accounts_that_do_not_exist_are_not_found(admin: Visitor, forged: dict[str, Any]) -> None:
    assert change(admin, {"active": True, "version": 1, **forged}).status_code == 404


@pytest.mark.parametrize("version", [None, "1", 0, 10**30, True, [1]])
def test_versions_that_no_row_has_change_nothing(admin: Visitor, version: object) -> None:
    assert "meanwhile" in message(change(admin, {**rows(admin)[CUSTOMER], "version": version}))


def test_without_a_selection_nothing_happens(admin: Visitor) -> None:
    assert "Select an account" in message(change(admin))
    assert "Select an account" in message(change(admin, {"id": 1}, {"id": 2}))


def _grid(page: Any) -> dict[str, Any]:
    """The properties of the accounts' grid in a layout."""
    waiting = [page]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            if found.get("id") == Ids.accounts:
                return found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)
    raise AssertionError("no grid of accounts")


def _audit_actions(email: str) -> list[str]:
    statement = (
        "select action from audit_entry where subject = 'app_user' and action like 'person.%' "
        "and subject_id = (select id::text from app_user where email = :email) order by id"
    )
    with owner_engine().connect() as connection:
        return list(connection.scalars(text(statement), {"email": email}))
