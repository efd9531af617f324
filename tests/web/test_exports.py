"""Exports and forms at their addresses: who gets them, and nothing for others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.entities import ENTITIES

Visitors = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("database")

EXPORTS = ("/data/export/products.csv", "/data/export/products.xlsx", "/data/export/everything.zip")
FORMS = ("/data/template/products.csv", "/data/template/products.xlsx", "/data/template/all.zip")
STARTS = {".csv": b"\xef\xbb\xbf", ".xlsx": b"PK", ".zip": b"PK"}
TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


@pytest.mark.parametrize("path", [*EXPORTS, *FORMS])
def test_a_planner_gets_the_file(visitor: Visitors, path: str) -> None:
    answer = visitor("planner").get(path)
    assert answer.status_code == 200, answer.text
    ending = Path(path).suffix
    assert answer.data.startswith(STARTS[ending])
    assert answer.headers["Content-Type"] == TYPES[ending]
    assert answer.headers["Content-Disposition"].endswith(f'{ending}"')


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_partners_get_nothing(visitor: Visitors, name: str) -> None:
    partner = visitor(name)
    for path in (*EXPORTS, *FORMS, *(f"/data/export/{entity}.csv" for entity in ENTITIES)):
        assert partner.get(path).status_code == 403, path


@pytest.mark.parametrize("path", [*EXPORTS, *FORMS])
def test_strangers_sign_in_first(visitor: Visitors, path: str) -> None:
    assert visitor().get(path).location.startswith("/login")


@pytest.mark.parametrize("folder", ["export", "template"])
def test_the_forbidden_and_the_unknown_are_not_there(visitor: Visitors, folder: str) -> None:
    planner = visitor("planner")
    accept = {"Accept": "text/csv"}
    forbidden = planner.get(f"/data/{folder}/users.csv", headers=accept)
    unknown = planner.get(f"/data/{folder}/nothing.csv", headers=accept)
    assert (forbidden.status_code, unknown.status_code) == (404, 404)
    assert forbidden.json["error"] == unknown.json["error"]
    for path in ("..%2F..%2Fetc%2Fpasswd.csv", "products.csv%00.csv", "PRODUCTS.xlsx"):
        assert planner.get(f"/data/{folder}/{path}").status_code in (400, 404)


def test_each_role_gets_its_own(visitor: Visitors) -> None:
    assert visitor("executive").get("/data/export/products.csv").status_code == 200
    assert visitor("executive").get("/data/template/products.csv").status_code == 403
    assert visitor("admin").get("/data/export/users.csv").status_code == 200
