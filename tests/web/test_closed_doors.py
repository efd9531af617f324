"""Every door for those who are out: of a suspended company, removed, or allowed to look only. Generated from the app,
so that a new page, callback, route or endpoint is covered without anybody naming it here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from api_client import API, ApiClient
from canaries import foreign, marks, plant
from databases import TestServer
from doors import (
    CALLBACKS,
    DISPATCH,
    ENDPOINTS,
    PAGES,
    ROUTES,
    ask,
    call,
    fewest,
    fingerprint,
    foreign_numbers,
    methods_of,
    path_of,
    permission_of,
)
from sqlalchemy import Connection, event, text
from trading import TODAY, Trading, load
from visitor import Visitor

import app
from core.guard import PUBLIC
from core.viewer import Viewer
from data.db import PARTNER_ROLE, app_engine, owner_engine
from services import accounts, api_keys, companies, partner_people
from services.downloads import LISTS

SEVERAL = 7  # of so many callbacks one is called: the gate stands before all of them alike


@dataclass(frozen=True, slots=True)
class Insider:
    """A partner's person with all that opens doors: a browser, tokens and a key."""

    name: str
    browser: Visitor
    token: ApiClient
    key: ApiClient

    @classmethod
    def of(cls, name: str, viewer: Viewer) -> Insider:
        scopes = [right.value for right in api_keys.grantable(viewer)]
        key = api_keys.create(viewer, name="planted", scopes=scopes, days=30)
        return cls(name, Visitor.of(name), ApiClient.of(name), ApiClient(key))


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    home: Path = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch, server.copy(home, template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        made = load()
        plant()
        yield made


@pytest.fixture
def insider(ids: Trading, viewer_of: Callable[[str], Viewer]) -> Iterator[Callable[[str], Insider]]:
    yield lambda name: Insider.of(name, viewer_of(name))
    with owner_engine().begin() as connection:
        connection.execute(text("update company set active = true; update app_user set active = true"))


def suspend(ids: Trading, company: str) -> None:
    operator = accounts.operator()
    found = companies.company(operator, ids[company])
    companies.set_active(operator, found.id, active=False, version=found.version, reason="contract ended")


def test_b15_every_door_closes_with_the_company(ids: Trading, insider: Callable[[str], Insider]) -> None:
    person = insider("customer")
    assert_open(person)
    suspend(ids, "gamma")
    assert_closed(person)


def test_b15_every_door_closes_for_a_person_who_is_removed(
    ids: Trading, insider: Callable[[str], Insider], viewer_of: Callable[[str], Viewer]
) -> None:
    person = insider("supplier-colleague")
    assert_open(person)
    admin = viewer_of("supplier")
    found = next(each for each in partner_people.partner_people(admin).people if each["email"].startswith(person.name))
    partner_people.change(admin, found["id"], level=found["level"], active=False, version=found["version"])
    assert_closed(person)


def assert_open(person: Insider) -> None:
    """Proof that the doors are closed for what happened, not for how they are tried."""
    assert person.browser.get("/portal").status_code == 200
    assert [door.get("/activity").status_code for door in (person.token, person.key)] == [200, 200]


def assert_closed(person: Insider) -> None:
    browser = person.browser
    pages = [browser.get(path) for path in PAGES]
    assert {(each.status_code, each.location.partition("?")[0]) for each in pages} == {(302, "/login")}
    keys = list(CALLBACKS)[len(person.name) % SEVERAL :: SEVERAL]
    inside = [*(browser.layout(path) for path in PAGES)]
    inside += [browser.post(DISPATCH, json=browser.envelope_of(key)) for key in keys]
    inside += [ask(browser, "GET", path) for path in ("/_dash-layout", "/_dash-dependencies")]
    assert {(each.status_code, each.data) for each in inside} == {(401, inside[0].data)}
    routes = [(method, rule) for rule in ROUTES if permission_of(rule) != PUBLIC for method in methods_of(rule)]
    asked = [(method, path_of(rule)) for method, rule in routes]
    asked += [("GET", f"/download/{listed}.csv") for listed in LISTS]
    for method, path in asked:
        answer = ask(browser, method, path)
        assert answer.status_code == (302 if method == "GET" else 401), path
        assert not marks(answer), path
    for number, (method, path) in enumerate(endpoints()):
        # From an address of its own each time, for strangers are counted by it.
        where = {"REMOTE_ADDR": f"198.51.{number // 100}.{number % 100}"}
        answer = (person.token, person.key)[number % 2].open(method, path, environ_base=where)
        assert answer.status_code == 401, path
        assert not marks(answer), path


def endpoints() -> list[tuple[str, str]]:
    """Method and path of every endpoint that is not open to everybody."""
    closed = [rule for rule in ENDPOINTS if permission_of(rule) != PUBLIC]
    return [(method, path_of(rule).removeprefix(API)) for rule in closed for method in methods_of(rule)]


# B01: the room next door


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_b01_foreign_ids_answer_like_unknown_ones(ids: Trading, viewer_of: Callable[[str], Viewer], name: str) -> None:
    """Every endpoint with an id, asked for ids that are somebody else's in as many tables as possible."""
    viewer, token = viewer_of(name), ApiClient.of(name)
    others = fewest(foreign_numbers(viewer, nowhere_own=True), 6)
    assert others
    allowed = {path_of(rule, UNKNOWN).removeprefix(API) for rule in ENDPOINTS if viewer.may(permission_of(rule))}
    before = fingerprint()
    for method, path, body in described(UNKNOWN):
        if str(UNKNOWN) in path and path in allowed:
            told = {number: _told(token, method, path, body, number) for number in (UNKNOWN, *others)}
            assert told[UNKNOWN][0] in (400, 403, 404), (method, path)
            assert [number for number in others if told[number] != told[UNKNOWN]] == [], (method, path)
    after = fingerprint()
    assert {table for table, found in after.items() if before[table] != found} <= OF_THE_SESSION


def _told(token: ApiClient, method: str, path: str, body: object, number: int) -> tuple[int, bytes, set[str]]:
    answer = token.open(method, path.replace(str(UNKNOWN), str(number)), json=body, headers={"If-Match": "*"})
    return answer.status_code, answer.data, {*answer.headers.keys()}


UNKNOWN = 987654321


# B05: who may only look

OF_THE_SESSION = {"audit_entry", "token_family", "refresh_token", "request_window"}


@pytest.mark.parametrize(("name", "company"), [("supplier", "alpha"), ("customer", "gamma"), ("oem", "omega")])
def test_b05_whoever_may_only_look_changes_nothing(ids: Trading, name: str, company: str) -> None:
    """Every button pressed with the own company's ids, every endpoint asked with a body as described."""
    browser = Visitor.of(f"{name}-viewer")
    own = next(number for known, number in ids.items() if known.startswith(f"{company}."))
    before = fingerprint()
    buttons = [key for key, spec in CALLBACKS.items() if any(each["property"] == "n_clicks" for each in spec["inputs"])]
    for number, key in enumerate(buttons):
        row = {"id": own, "line_id": own, "version": 1, "quantity": 1, "reason": "x"}
        assert call(browser, key, [row] if number % 2 else own).status_code < 500, key
    token = ApiClient.of(f"{name}-viewer")  # one of the buttons ends all others
    for method, path, body in described(own):
        if method != "GET" and not path.startswith("/token"):
            answer = token.open(method, path, json=body, headers={"If-Match": "*"})
            assert answer.status_code in (400, 403, 404, 409, 412, 422), (method, path, answer.text)
    after = fingerprint()
    assert {table for table, found in after.items() if before[table] != found} <= OF_THE_SESSION
    with owner_engine().connect() as connection:
        done = connection.scalars(
            text("select distinct action from audit_entry where user_id = :id"), {"id": ids[f"person.{name}-viewer"]}
        )
        assert {action.partition(".")[0] for action in done} <= {"session", "token", "second_factor"}


def described(number: int) -> Iterator[tuple[str, str, object]]:
    """Every endpoint with a body as its description wants it."""
    spec = app.server.config["TANDEM_API"].spec.to_dict()
    for path, item in spec["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            if method in item:
                content = item[method].get("requestBody", {}).get("content", {}).get("application/json")
                body = None if content is None else example(spec, content["schema"], number)
                yield method.upper(), re.sub(r"{\w+}", str(number), path).removeprefix(API), body


def example(spec: dict[str, Any], schema: dict[str, Any], number: int) -> Any:
    """One value that fits a schema."""
    if "$ref" in schema:
        return example(spec, spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]], number)
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: example(spec, field, number) for name, field in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(spec, schema["items"], number)] * schema.get("minItems", 1)
    if kind == "string":
        return {"date": str(TODAY), "date-time": f"{TODAY}T00:00:00Z"}.get(schema.get("format", ""), "1")
    return {"integer": number, "number": 1, "boolean": True}.get(str(kind), "1")


# B22: what the database says of a neighbour

BROKEN_RULE = """do $$ begin
raise unique_violation using message = 'duplicate key', detail = 'Key (name)=(CANARY-company-99-99) already exists.';
end $$"""


@pytest.fixture
def stumbling(ids: Trading) -> Iterator[None]:
    """From here on whatever is asked in a partner's name breaks a rule of the database that names its neighbour."""

    def stumble(connection: Connection, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> tuple[str, Any]:
        if statement.startswith("set local role"):
            connection.info["partner"] = PARTNER_ROLE in statement
        if connection.info.get("partner") and not statement.startswith(("set local", "select set_config")):
            return BROKEN_RULE, {}
        return statement, parameters

    event.listen(app_engine(), "before_cursor_execute", stumble, retval=True)
    yield
    event.remove(app_engine(), "before_cursor_execute", stumble)


@pytest.mark.usefixtures("stumbling")
def test_b22_no_door_tells_what_the_database_says_of_a_neighbour(ids: Trading) -> None:
    browser, token = Visitor.of("supplier"), ApiClient.of("supplier")
    answers = {path: browser.layout(path) for path in PAGES}
    answers |= {key: call(browser, key, 1) for key in list(CALLBACKS)[::SEVERAL]}
    answers |= {rule.rule: ask(browser, "GET", path_of(rule)) for rule in ROUTES if "GET" in rule.methods}
    answers |= {f"{method} {path}": token.open(method, path, json=body) for method, path, body in described(1)}
    assert not [where for where, answer in answers.items() if foreign(answer, ids["alpha"])]
    assert not [where for where, answer in answers.items() if "duplicate key" in answer.text]
    assert len([answer for answer in answers.values() if "Something went wrong" in answer.text]) >= 10, "they stumbled"
