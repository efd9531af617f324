"""Every callback, page and route for every kind of visitor, generated from the app itself.

What a visitor may do follows from the permissions of their role; whoever lacks one gets a constant answer, nothing
is changed, and no byte of another company leaves, whatever is asked for.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import dash
import pytest
from canaries import foreign, marks, plant
from doors import (
    CALLBACKS,
    DISPATCH,
    ENDPOINTS,
    PAGES,
    ROUTER,
    ROUTES,
    ROWS_REQUEST,
    ask,
    call,
    fewest,
    fingerprint,
    foreign_numbers,
    methods_of,
    path_of,
    permission_of,
)
from sqlalchemy import text
from visitor import Visitor
from werkzeug.test import TestResponse

from core.guard import PUBLIC
from core.pages import Page
from core.permissions import LEVELS, ROLES, Level, Permission, Role
from core.viewer import Viewer
from data.db import owner_engine
from services.demo import DEMO_EMAILS
from services.downloads import LISTS

PARTNERS = ("supplier", "supplier2", "customer", "customer2", "oem", "oem2")
PEOPLE = ("planner", "executive", "analyst", "sales", "marketing", "finance", "admin", *PARTNERS)
FAULT = "Something went wrong"
FEW = 3  # ids of other companies to try: so few are foreign in almost every table
REFUSED = re.compile(r"^You don't have permission for this\. Ask your administrator for the right “[a-z._]+”\.$")


@pytest.fixture(scope="module")
def people(database: Path) -> dict[str, Visitor]:
    """Everybody signed in, with marks in the rows of every company."""
    plant()
    return {name: Visitor.of(name) for name in PEOPLE}


@pytest.fixture(scope="module")
def company_ids(people: dict[str, Visitor]) -> dict[str, int]:
    with owner_engine().connect() as connection:
        rows = connection.execute(text("select email, company_id from app_user"))
        return {row.email.partition("@")[0]: row.company_id for row in rows}


@pytest.fixture
def untouched(people: dict[str, Visitor]) -> Iterator[None]:
    """What a refused request must leave behind: everything as it was."""
    before = fingerprint()
    yield
    assert fingerprint() == before


def may(name: str, permission: Permission) -> bool:
    rights = ROLES[Role(name.rstrip("2"))] | (LEVELS[Level.ADMIN] if name in PARTNERS else frozenset())
    return permission is Permission.SIGNED_IN or permission in rights


def is_refusal(answer: TestResponse) -> bool:
    """A 403 whose text is the same for everybody and names nothing but the right."""
    return answer.status_code == 403 and bool(REFUSED.match(answer.json["error"]))


def is_sane(answer: TestResponse) -> bool:
    return answer.status_code < 500 and FAULT.encode() not in answer.data


# The accounts of the matrix are those of the demo


def test_matrix_has_all_accounts() -> None:
    assert {f"{name}@demo.tandem.example" for name in PEOPLE} == set(DEMO_EMAILS)


def test_matrix_has_all_roles_and_every_permission_belongs_to_one() -> None:
    assert {Role(name.rstrip("2")) for name in PEOPLE} == set(Role)
    assert set.union(*map(set, ROLES.values()), *map(set, LEVELS.values())) == set(Permission) - {Permission.SIGNED_IN}


# Callbacks


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.usefixtures("untouched")
def test_a02_callbacks_refuse_those_without_the_permission(people: dict[str, Visitor], name: str) -> None:
    refused = [key for key, spec in CALLBACKS.items() if not may(name, spec["permission"])]
    assert len(refused) < len(CALLBACKS)
    assert not [key for key in refused if not is_refusal(call(people[name], key, None))]


@pytest.mark.parametrize("name", PEOPLE)
def test_callbacks_answer_those_with_the_permission(people: dict[str, Visitor], name: str) -> None:
    for key, spec in CALLBACKS.items():
        if key != ROUTER and may(name, spec["permission"]):
            answer = call(people[name], key, None)
            assert is_sane(answer), (key, answer.text[:300])
            assert not is_refusal(answer), key


ODD = {
    "text": "' or 1=1 --",
    "huge": 10**30,
    "negative": -1,
    "fraction": 0.5,
    "yes": True,
    "list": [],
    "nested": [[{}]],
    "object": {},
    "rows": [{"id": "x", "version": None, "active": "?"}],
    "rows of ids": [{"id": 10**30, "line_id": -1, "version": 2**63}],
    "id": "00000000-0000-0000-0000-000000000000",
}


@pytest.mark.parametrize("odd", ODD)
def test_a08_callbacks_bear_values_of_any_kind(people: dict[str, Visitor], odd: str) -> None:
    """Arguments come from an attacker: the answer to nonsense is a message, never a fault."""
    faults = []
    for key, spec in CALLBACKS.items():
        if key == ROUTER:
            continue
        name = next(name for name in PEOPLE if may(name, spec["permission"]))
        answer = call(people[name], key, ODD[odd])
        if not is_sane(answer):
            faults.append((key, answer.status_code))
    assert not faults


def test_a08_rows_requests_of_any_kind(people: dict[str, Visitor]) -> None:
    requests = [
        {},
        [],
        "x",
        {"startRow": -5, "endRow": 10**12},
        {"startRow": "0", "endRow": None},
        {**ROWS_REQUEST, "sortModel": [{"colId": "id; drop table product", "sort": "up"}]},
        {**ROWS_REQUEST, "sortModel": [5], "filterModel": [5]},
        {**ROWS_REQUEST, "filterModel": {"name": {"filterType": "text", "type": "contains", "filter": "%_\\'\""}}},
        {**ROWS_REQUEST, "filterModel": {"1=1": {"type": "x"}, "quantity": {"type": "inRange", "filter": "x"}}},
    ]
    grids = [
        key for key, spec in CALLBACKS.items() if any(item["property"] == "getRowsRequest" for item in spec["inputs"])
    ]
    assert grids
    for key in grids:
        name = next(name for name in PEOPLE if may(name, CALLBACKS[key]["permission"]))
        for request in requests:
            envelope = people[name].envelope_of(key)
            for item in envelope["inputs"]:
                item["value"] = request
            answer = people[name].post(DISPATCH, json=envelope)
            assert is_sane(answer), (key, request, answer.text[:300])


# Pages


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_for_those_with_the_permission_only(people: dict[str, Visitor], path: str) -> None:
    for name, visitor in people.items():
        opened, content = visitor.get(path), visitor.layout(path)
        if may(name, PAGES[path].permission):
            assert opened.status_code == 200, name
            assert content.status_code == 200, name
            assert is_sane(content), (name, content.text[:300])
        else:
            assert opened.status_code == (302 if path == "/" else 403), name
            assert is_refusal(content), name


@pytest.mark.parametrize("path", PAGES)
def test_pages_lead_strangers_to_sign_in(database: Path, path: str) -> None:
    answer = Visitor.of().get(path)
    assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login")


ODD_QUERIES = ("", "0", "-1", "9" * 30, "x", "' or 1=1 --", "2026-02-31", "%", "é😀", "<b>")


@pytest.mark.parametrize("path", PAGES)
def test_pages_bear_queries_of_any_kind(people: dict[str, Visitor], path: str) -> None:
    name = next(name for name in PEOPLE if may(name, PAGES[path].permission))
    visitor = people[name]
    names = [*_arguments_of(PAGES[path]), "unknown"]
    for turn in range(len(ODD_QUERIES)):
        # Each name has each value once, and each time the others have other values.
        asked = {name: ODD_QUERIES[(turn + place) % len(ODD_QUERIES)] for place, name in enumerate(names)}
        answer = visitor.layout(path, f"?{urlencode(asked)}")
        assert is_sane(answer), (asked, answer.text[:300])


@pytest.mark.parametrize("name", PEOPLE)
def test_navigation_lists_exactly_the_pages_that_open(people: dict[str, Visitor], name: str) -> None:
    linked = set(re.findall(r'"href": "(/[^"?#]*)"', json.dumps(people[name].get("/_dash-layout").json)))
    listed = {page.path for page in PAGES.values() if page.in_navigation}
    assert linked & listed == {path for path in listed if may(name, PAGES[path].permission)}


# Routes

# Shared by several kinds of partners: the service asks for the right of the viewer's own kind.
OF_EACH_KIND = {
    "/download/own-forecast.<any(csv, xlsx):kind>": [Permission.CUSTOMER_FORECAST, Permission.OEM_DEMAND],
    "/download/order.edi": [Permission.SUPPLIER_PORTAL, Permission.PURCHASE_READ],
}


@pytest.mark.parametrize("rule", ROUTES, ids=lambda rule: f"{'/'.join(sorted(rule.methods))} {rule.rule}")
def test_routes_open_for_those_with_the_permission_only(database: Path, rule: Any) -> None:
    permission = permission_of(rule)
    rights = OF_EACH_KIND.get(rule.rule, [permission])
    path = path_of(rule)
    for method in methods_of(rule):
        for name in ("", *PEOPLE):
            # A visitor of its own, for signing out is a route too.
            answer = ask(Visitor.of(name), method, path)
            assert is_sane(answer) or path == "/health/ready", (name, answer.text[:300])
            if (method, path) == ("POST", "/login"):
                assert answer.status_code in (401, 429), "an empty form signs nobody in"
            elif permission == PUBLIC or (name and any(may(name, right) for right in rights)):
                assert answer.status_code not in (401, 403), name
            else:
                assert answer.status_code == (403 if name else 302 if method == "GET" else 401), name


@pytest.mark.parametrize("name", ["planner", "admin", "supplier"])
def test_d11_no_cookie_opens_an_endpoint_of_the_api(people: dict[str, Visitor], name: str) -> None:
    for rule in ENDPOINTS:
        if permission_of(rule) != PUBLIC:
            for method in methods_of(rule):
                answer = ask(people[name], method, path_of(rule))
                assert answer.status_code in (401, 429), rule
                assert not answer.headers.getlist("Set-Cookie"), rule


# What leaves for partners


@pytest.mark.parametrize("name", PARTNERS)
def test_no_page_gives_a_partner_anything_of_another_company(
    people: dict[str, Visitor], company_ids: dict[str, int], name: str
) -> None:
    visitor = people[name]
    for path in PAGES:
        assert not foreign(visitor.get(path), company_ids[name]), path
    for address, answer in walk(visitor):
        assert not foreign(answer, company_ids[name]), address
    for listed in LISTS:
        assert not foreign(visitor.get(f"/download/{listed}.csv?show=all"), company_ids[name]), listed
    for path in ("/_dash-layout", "/_dash-dependencies", "/login", "/zz"):
        assert not foreign(visitor.get(path), company_ids[name]), path


@pytest.mark.parametrize("name", PARTNERS)
def test_b01_no_page_and_no_file_opens_for_ids_of_another_company(
    people: dict[str, Visitor], company_ids: dict[str, int], viewer_of: Callable[[str], Viewer], name: str
) -> None:
    visitor, company_id = people[name], company_ids[name]
    numbers = foreign_numbers(viewer_of(name))
    with_number = [rule for rule in ROUTES if "GET" in rule.methods and "<int:" in rule.rule]
    for number in fewest(numbers, FEW):
        for page in PAGES.values():
            if may(name, page.permission):
                asked = dict.fromkeys(_arguments_of(page), number)
                answer = visitor.layout(page.path, f"?{urlencode(asked)}")
                assert is_sane(answer), (page.path, number)
                assert not foreign(answer, company_id), (page.path, number)
    for rule in with_number:
        for number in {*fewest(numbers, FEW), *sorted(numbers["attachment"])[:FEW]}:
            answer = ask(visitor, "GET", path_of(rule, number))
            assert answer.status_code in (403, 404), (rule.rule, number)
            assert not foreign(answer, company_id), (rule.rule, number)


@pytest.mark.parametrize("name", PARTNERS)
def test_b02_b03_no_callback_gives_a_partner_anything_of_another_company(
    people: dict[str, Visitor], company_ids: dict[str, int], viewer_of: Callable[[str], Viewer], name: str
) -> None:
    visitor, company_id = people[name], company_ids[name]
    others = fewest(foreign_numbers(viewer_of(name)), FEW)
    allowed = [key for key, spec in CALLBACKS.items() if key != ROUTER and may(name, spec["permission"])]
    for key in CALLBACKS:
        assert not foreign(call(visitor, key, None), company_id), key
    for value in ("", [], *_shapes(others)):
        for key in allowed:
            answer = call(visitor, key, value)
            assert not foreign(answer, company_id), (key, value)
            assert is_sane(answer), (key, value, answer.text[:300])


@pytest.mark.parametrize("name", PARTNERS)
def test_the_marks_are_seen_where_they_belong(
    people: dict[str, Visitor], company_ids: dict[str, int], name: str
) -> None:
    """Proof that the tests above can see: a partner's own orders do reach the partner, with their marks."""
    answers = [answer for _address, answer in walk(people[name])]
    answers += [call(people[name], key, None) for key in CALLBACKS if key != ROUTER]
    seen = set().union(*(marks(answer) for answer in answers))
    assert {mark for mark in seen if mark.kind == "order" and mark.company_id == company_ids[name]}


def walk(visitor: Visitor) -> Iterator[tuple[str, TestResponse]]:
    """Every page as the router gives it, and every view of a page that one of them links to."""
    waiting, seen = list(PAGES), set()
    while waiting:
        address = waiting.pop()
        path, mark, query = address.partition("?")
        if address in seen or path not in PAGES:
            continue
        seen.add(address)
        answer = visitor.layout(path, mark + query)
        yield address, answer
        waiting += re.findall(r'"href": "(/[^"#]*\?[^"#]*)', json.dumps(answer.json))


def _shapes(numbers: Iterable[int]) -> list[object]:
    """Ids in the shapes in which pages send them."""
    return [
        shape
        for number in numbers
        for shape in (number, str(number), [{"id": number, "line_id": number, "version": 1}])
    ]


def _arguments_of(page: Page) -> list[str]:
    """The query names that a page's layout knows."""
    layout = dash.page_registry[page.module]["layout"].__wrapped__
    return [name for name, found in inspect.signature(layout).parameters.items() if found.kind is not found.VAR_KEYWORD]
