"""Keys of one's own: made, shown once, used, revoked; never with more rights than their owner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from api_client import ApiClient
from sqlalchemy import text
from visitor import Visitor

from callbacks.account.api_keys import Ids
from core.errors import InvalidInput, NotAllowed, NotFound
from data.db import owner_engine
from services import api_keys

PAGE = "/account/api-keys"


@pytest.fixture
def supplier(database: Path, visitor: Callable[[str], Visitor]) -> Visitor:
    return visitor("supplier")


def made_by(visitor: Visitor, *scopes: str) -> str:
    typed = {f"{Ids.name}.value": "Till", f"{Ids.scopes}.value": list(scopes), f"{Ids.days}.value": "90"}
    shown = visitor.press(Ids.create, typed).json["response"][Ids.made]["children"]
    return str(shown["props"]["children"][1]["props"]["children"])


def set_person(name: str, change: str) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text(f"update app_user set {change} where email = '{name}@demo.tandem.example'"))


def test_a_key_is_shown_once_and_opens_what_it_was_given(supplier: Visitor) -> None:
    key = made_by(supplier, "portal.supplier")
    page = supplier.layout(PAGE).text
    assert key not in page
    assert key[:19] in page
    program = ApiClient(key)
    assert program.get("/supplier/order-lines").status_code == 200
    assert program.get("/supplier/order-lines").json["items"]
    refused = program.post("/supplier/order-lines/1/confirmation")
    assert refused.status_code == 403, "the key has no right to answer, though its owner has"
    with owner_engine().connect() as connection:
        stored = connection.scalar(text("select string_agg(k::text, ' ') from api_key k"))
    assert key.rpartition("_")[2] not in str(stored)


def test_b15_a_key_ends_with_its_owner_and_comes_back_with_it(supplier: Visitor) -> None:
    program = ApiClient(made_by(supplier, "portal.supplier"))
    set_person("supplier", "active = false")
    assert program.get("/supplier/order-lines").status_code == 401
    set_person("supplier", "active = true")
    assert program.get("/supplier/order-lines").status_code == 200


def test_b14_a_key_loses_the_rights_its_owner_loses(supplier: Visitor) -> None:
    program = ApiClient(made_by(supplier, "portal.supplier", "portal.answer"))
    set_person("supplier", "level = 'portal_viewer'")
    assert program.get("/supplier/order-lines").status_code == 200
    assert program.post("/supplier/order-lines/1/confirmation").status_code == 403
    set_person("supplier", "level = 'portal_admin'")


def test_features_withheld_from_a_company_close_its_keys(supplier: Visitor) -> None:
    program = ApiClient(made_by(supplier, "portal.supplier"))
    withhold = "select company_id, '{}' from app_user where email = 'supplier@demo.tandem.example'"
    for right, status in (("portal.supplier", 403), ("portal.api", 401)):
        with owner_engine().begin() as connection:
            connection.execute(text(f"insert into company_withheld {withhold.format(right)}"))
        assert program.get("/supplier/order-lines").status_code == status
        if right == "portal.api":
            assert "not open to your account" in supplier.layout(PAGE).text
        with owner_engine().begin() as connection:
            connection.execute(text("delete from company_withheld"))


def test_revoked_expired_and_altered_keys_open_nothing(supplier: Visitor, viewer_of: Callable[[str], Any]) -> None:
    key = made_by(supplier, "portal.supplier")
    assert ApiClient(key[:-1] + ("A" if key[-1] != "A" else "B")).get("/supplier/order-lines").status_code == 401
    newest = api_keys.own_keys(viewer_of("supplier"))[0]
    told = supplier.press(Ids.revoke, {f"{Ids.keys}.selectedRows": [{"id": newest.id}]})
    assert "revoked" in told.text
    assert ApiClient(key).get("/supplier/order-lines").status_code == 401
    expired = made_by(supplier, "portal.supplier")
    with owner_engine().begin() as connection:
        connection.execute(text("update api_key set expires_at = now() - interval '1 minute'"))
    assert ApiClient(expired).get("/supplier/order-lines").status_code == 401


def test_nobody_gives_a_key_what_they_have_not_and_revokes_what_is_not_theirs(
    supplier: Visitor, viewer_of: Callable[[str], Any]
) -> None:
    person, neighbour = viewer_of("supplier"), viewer_of("supplier2")
    for scopes in (
        [],
        ["purchase.read"],
        ["portal.supplier", "master.edit"],
        ["portal.people"],
        "portal.supplier",
        None,
    ):
        with pytest.raises(InvalidInput):
            api_keys.create(person, name="Till", scopes=scopes, days=90)
    for name, days in (("", 90), ("Till", 5), ("Till", None)):
        with pytest.raises(InvalidInput):
            api_keys.create(person, name=name, scopes=["portal.supplier"], days=days)
    made_by(supplier, "portal.supplier")
    newest = api_keys.own_keys(person)[0]
    assert api_keys.own_keys(neighbour) == []
    told = set()
    for key_id in (newest.id, 10**9, None):
        with pytest.raises(NotFound) as refusal:
            api_keys.revoke(neighbour, key_id)
        told.add(str(refusal.value))
    assert len(told) == 1
    with pytest.raises(NotAllowed):
        api_keys.all_keys(person)
