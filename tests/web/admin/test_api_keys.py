"""Keys of everybody: an administrator sees whose they are, and ends them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from api_client import ApiClient
from visitor import Visitor

from callbacks.admin.api_keys import Ids
from services import api_keys


def test_an_administrator_ends_a_key_of_a_partner(
    database: Path, visitor: Callable[[str], Visitor], viewer_of: Callable[[str], Any]
) -> None:
    key = api_keys.create(viewer_of("customer"), name="Shop", scopes=["portal.customer"], days=30)
    admin = visitor("admin")
    assert "Shop" in admin.layout("/admin/api-keys").text
    assert ApiClient(key).get("/customer/order-lines").status_code == 200
    (row,) = api_keys.all_keys(viewer_of("admin"))
    assert (row.state, row.company != "") == ("active", True)
    assert "revoked" in admin.press(Ids.revoke, {f"{Ids.keys}.selectedRows": [{"id": row.id}]}).text
    assert ApiClient(key).get("/customer/order-lines").status_code == 401
    assert "Select a key first" in admin.press(Ids.revoke, {f"{Ids.keys}.selectedRows": []}).text
