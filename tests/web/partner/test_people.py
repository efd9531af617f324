"""A partner's people page: invite, change, remove; only the own company's, only by its administrators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import Trading, load

from callbacks.partner.people import PATH, Ids
from data.db import owner_engine
from services import invitations

Visitors = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        yield load()


def person(name: str) -> dict[str, Any]:
    """A row of the grid, as the page has it."""
    statement = "select id, version, level from app_user where email = :email"
    with owner_engine().connect() as connection:
        row = connection.execute(text(statement), {"email": f"{name}@demo.tandem.example"}).one()
    return {"person": row.id, "version": row.version, "level_name": row.level}


def save(admin: Any, row: dict[str, Any], level: object = "portal_manager") -> Any:
    return admin.press(Ids.save, {f"{Ids.people}.selectedRows": [row], f"{Ids.new_level}.value": level})


def test_the_page_lists_own_people_only(visitor: Visitors) -> None:
    page = visitor("supplier").layout(PATH).text
    assert "supplier-viewer@demo.tandem.example" in page
    assert "supplier2@" not in page
    assert "planner@" not in page


@pytest.mark.parametrize("name", ["supplier-viewer", "planner", "oem-viewer"])
def test_only_administrators_of_a_partner_get_in(visitor: Visitors, name: str) -> None:
    assert visitor(name).layout(PATH).status_code == 403


def test_an_invited_colleague_comes_in(visitor: Visitors) -> None:
    admin = visitor("supplier")
    typed = {"email": "new@alpha.example", "name": "New <b>", "level": "portal_viewer"}
    answer = admin.press(Ids.invite, {f"{getattr(Ids, key)}.value": value for key, value in typed.items()})
    link = answer.json["response"][Ids.invited]["children"]["props"]["children"][1]["props"]["children"]
    assert invitations.accept(link.partition("#")[2], "violet spoon harbour") == "new@alpha.example"


def test_b01_people_of_others_are_answered_like_nobody(visitor: Visitors) -> None:
    admin = visitor("supplier")
    answers = [save(admin, person("supplier2")), save(admin, person("planner")), save(admin, {"person": 10**9})]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


def test_a_level_changes_once_and_oneself_never(visitor: Visitors) -> None:
    admin, seen = visitor("supplier"), person("supplier-viewer")
    assert save(admin, seen).status_code == 200
    assert person("supplier-viewer")["level_name"] == "portal_manager"
    assert "meanwhile" in save(admin, seen).text
    assert "another administrator" in save(admin, person("supplier")).text
    assert "Choose a level" in save(admin, person("supplier-viewer"), "admin").text


def test_b15_whoever_is_removed_is_out_at_once_and_for_good(visitor: Visitors) -> None:
    admin, colleague = visitor("supplier"), visitor("supplier-colleague")
    assert colleague.get("/account").status_code == 200
    admin.press(Ids.remove, {f"{Ids.people}.selectedRows": [person("supplier-colleague")]})
    assert colleague.get("/account").status_code == 302
    save(admin, person("supplier-colleague"))
    assert colleague.get("/account").status_code == 302, "an old session does not come back to life"
