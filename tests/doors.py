"""Every door of the app, as the app itself lists them: pages, callbacks, routes and endpoints of the API."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from uuid import uuid4

from sqlalchemy import text
from visitor import Visitor
from werkzeug.test import TestResponse

import app
from core.guard import DASH_RULES
from core.identity import API
from core.pages import pages
from core.viewer import Viewer
from data.db import owner_engine, session_scope

DISPATCH = "/_dash-update-component"
CALLBACKS = {key: spec for key, spec in app.app.callback_map.items() if "callback" in spec}
ROUTER = next(key for key in CALLBACKS if "_pages_content" in key)
PAGES = {page.path: page for page in pages()}
RULES = [rule for rule in app.server.url_map.iter_rules() if rule.rule not in DASH_RULES]
ENDPOINTS = [rule for rule in RULES if rule.rule.startswith(API)]
ROUTES = [rule for rule in RULES if rule not in ENDPOINTS]


def permission_of(rule: Any) -> Any:
    """Who may use a route or an endpoint."""
    return app.server.view_functions[rule.endpoint].__permission__  # type: ignore[attr-defined]


def methods_of(rule: Any) -> list[str]:
    return sorted(rule.methods - {"HEAD", "OPTIONS"})


def path_of(rule: Any, number: int = 1) -> str:
    """An address of the rule; ``number`` stands for whatever id it takes."""

    def filler(found: re.Match[str]) -> str:
        converter, first_choice = found.groups()
        return first_choice or {"int": str(number), "uuid": str(uuid4())}.get(converter or "", "x")

    return re.sub(r"<(?:(\w+)(?:\((\w+)[^)]*\))?:)?\w+>", filler, rule.rule)


def ask(visitor: Visitor, method: str, path: str) -> TestResponse:
    """Ask for an address as a page does."""
    if method == "GET":
        return visitor.get(path)
    return visitor.http.open(path, method=method, headers={"X-CSRFToken": visitor.csrf_token()})


def call(visitor: Visitor, key: str, value: object) -> TestResponse:
    """Call a callback with ``value`` for everything that isn't obvious from the property."""
    envelope = visitor.envelope_of(key)
    for arguments in (envelope["inputs"], envelope["state"]):
        for argument in arguments:
            for item in argument if isinstance(argument, list) else [argument]:
                if value is not None and item["property"] != "id":
                    item["value"] = PLAUSIBLE.get(item["property"], value)
    return visitor.post(DISPATCH, json=envelope)


ROWS_REQUEST = {"startRow": 0, "endRow": 100, "filterModel": {}, "sortModel": []}
PLAUSIBLE: dict[str, object] = {"n_clicks": 1, "n_intervals": 1, "getRowsRequest": ROWS_REQUEST}


def fingerprint() -> dict[str, Any]:
    """Count and content of every table but those of signing in and the largest ones."""
    content = "select count(*), md5(coalesce(string_agg(t::text, ' ' order by t::text), '')) from \"{}\" t"
    with owner_engine().connect() as connection:
        tables = connection.scalars(text(TABLES)).all()
        return {table: connection.execute(text(content.format(table))).one() for table in tables}


TABLES = """
select relname from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'r' and not relispartition
  and relname not in ('user_session', 'sign_in_throttle') and pg_relation_size(oid) < 2000000
"""


def foreign_numbers(viewer: Viewer, *, nowhere_own: bool = False) -> dict[str, set[int]]:
    """Of each table that partners may read by an id: ids of rows that are not this partner's, there or in any."""
    with owner_engine().connect() as connection:
        known = {
            table: set(connection.scalars(text(f"select id from {table} order by id limit 2000")))
            for table in connection.scalars(text(WITH_ID))
        }
    with session_scope(viewer) as session:
        own = {table: set(session.scalars(text(f"select id from {table}"))) for table in known}
    everywhere = set().union(*own.values()) if nowhere_own else set()
    return {table: known[table] - own[table] - everywhere for table in known}


WITH_ID = """
select table_name from information_schema.column_privileges join information_schema.columns c
  using (table_schema, table_name, column_name)
where grantee = 'tandem_partner' and privilege_type = 'SELECT' and table_schema = 'public' and column_name = 'id'
  and c.data_type = 'bigint'
order by 1
"""


def fewest(numbers: dict[str, set[int]], most: int) -> list[int]:
    """Few numbers that are foreign ids in as many tables as possible."""
    waiting, chosen = {table: found for table, found in numbers.items() if found}, []
    while waiting and len(chosen) < most:
        counted = Counter(number for found in waiting.values() for number in found)
        chosen.append(min(counted, key=lambda number: (-counted[number], number)))
        waiting = {table: found for table, found in waiting.items() if chosen[-1] not in found}
    return chosen
