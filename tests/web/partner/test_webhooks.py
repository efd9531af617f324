"""The page of webhooks: add, try, switch, delete."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from visitor import Visitor

from callbacks.partner.webhooks import PATH, Ids

URL = "https://erp.example.com/partner"


def told(answer: Any) -> str:
    """The toast of an answer."""
    return str(answer.json["sideUpdate"]["shell--toasts"]["children"][0]["props"]["children"])


def add(who: Visitor, url: object, events: object = ()) -> Any:
    return who.press(Ids.add, {f"{Ids.url}.value": url, f"{Ids.events}.value": list(events)})  # type: ignore[call-overload]


def press(who: Visitor, button: str, row: dict[str, Any]) -> Any:
    return who.press(button, {f"{Ids.hooks}.selectedRows": [row], f"{Ids.log}.selectedRows": [row]})


def test_a_webhook_is_added_tried_switched_off_and_deleted(database: Path, visitor: Callable[[str], Visitor]) -> None:
    person = visitor("supplier")
    answer = add(person, URL, ["orders"]).json["response"]
    assert "whsec_" in answer[Ids.secret]["children"]
    (row,) = answer[Ids.hooks]["rowData"]
    assert (row["url"], row["events"], row["state"]) == (URL, "orders", "On")
    page = person.layout(PATH).text
    assert "erp.example.com" in page
    assert "whsec_" not in page
    (sent,) = press(person, Ids.test, row).json["response"][Ids.log]["rowData"]
    assert (sent["event"], sent["state"], sent["url"]) == ("test", "Waiting", URL)
    assert len(press(person, Ids.redeliver, sent).json["response"][Ids.log]["rowData"]) == 2
    assert press(person, Ids.switch, row).json["response"][Ids.hooks]["rowData"][0]["state"] == "Off"
    assert press(person, Ids.delete, row).json["response"][Ids.hooks]["rowData"] == []


@pytest.mark.parametrize("odd", ["http://erp.example.com/", "", None, 7])
def test_f09_an_address_that_is_none(database: Path, visitor: Callable[[str], Visitor], odd: object) -> None:
    assert "https://" in told(add(visitor("supplier"), odd))


def test_colleagues_have_a_page_of_their_own(database: Path, visitor: Callable[[str], Visitor]) -> None:
    assert add(visitor("planner"), URL).status_code == 403
