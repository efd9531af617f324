"""The gate, case by case of the threat catalogue: nothing forged gets in, nothing inside shows before sign-in."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from visitor import Visitor

from core.pages import register_page
from core.permissions import Permission

pytestmark = pytest.mark.usefixtures("database")

DISPATCH = "/_dash-update-component"
PROJECT = Path(__file__).resolve().parents[2]
NOT_SIGNED_IN = {"error": "Please sign in."}
UNKNOWN_OUTPUT = "zz.children"
Envelope = dict[str, Any]


@pytest.fixture(scope="module")
def anonymous(database: Path) -> Visitor:
    return Visitor.of()


@pytest.fixture(scope="module")
def supplier(database: Path) -> Visitor:
    return Visitor.of("supplier")


def envelopes(visitor: Visitor) -> list[Envelope]:
    """A valid call of each callback the server runs."""
    return [visitor.envelope_of(key) for key, spec in visitor.app.callback_map.items() if "callback" in spec]


def router(pathname: object, search: object = "") -> Envelope:
    """The call by which the browser asks for the page of a path."""
    return {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [
            {"id": "_pages_content", "property": "children"},
            {"id": "_pages_store", "property": "data"},
        ],
        "inputs": [
            {"id": "_pages_location", "property": "pathname", "value": pathname},
            {"id": "_pages_location", "property": "search", "value": search},
        ],
        "changedPropIds": ["_pages_location.pathname"],
    }


# A: the callback surface


def test_a01_anonymous_replay_of_every_callback(anonymous: Visitor) -> None:
    for envelope in envelopes(anonymous):
        answer = anonymous.post(DISPATCH, json=envelope)
        assert (answer.status_code, answer.json) == (401, NOT_SIGNED_IN), envelope["output"]


def test_a03_unknown_output(anonymous: Visitor, supplier: Visitor) -> None:
    envelope = {**router("/account"), "output": UNKNOWN_OUTPUT}
    assert anonymous.post(DISPATCH, json=envelope).status_code == 401
    answer = supplier.post(DISPATCH, json=envelope)
    assert (answer.status_code, answer.json) == (404, {"error": "Unknown callback."})


def _renamed_outputs(envelope: Envelope) -> None:
    envelope["outputs"] = {"id": "EVIL", "property": "children"}


def _no_outputs(envelope: Envelope) -> None:
    envelope["outputs"] = []


def _first_input(envelope: Envelope) -> dict[str, Any]:
    first = envelope["inputs"][0]
    found: dict[str, Any] = first[0] if isinstance(first, list) else first
    return found


def _renamed_id(envelope: Envelope) -> None:
    _first_input(envelope)["id"] = "EVIL"


def _renamed_property(envelope: Envelope) -> None:
    _first_input(envelope)["property"] = "zzz"


def _id_of_endless_depth(envelope: Envelope) -> None:
    _first_input(envelope)["id"] = '{"a":' * 100_000


def _input_missing(envelope: Envelope) -> None:
    envelope["inputs"] = envelope["inputs"][:-1]


def _input_added(envelope: Envelope) -> None:
    envelope["inputs"].append({"id": "role", "property": "data", "value": "admin"})


def _list_instead_of_one(envelope: Envelope) -> None:
    envelope["inputs"][0] = [[_first_input(envelope)]]


def _inputs_no_list(envelope: Envelope) -> None:
    envelope["inputs"] = {"id": "EVIL"}


def _state_added(envelope: Envelope) -> None:
    envelope["state"] = [*envelope["state"], {"id": "role", "property": "data", "value": "admin"}]


def _foreign_trigger(envelope: Envelope) -> None:
    envelope["changedPropIds"] = ["approve.n_clicks"]


def _broken_trigger(envelope: Envelope) -> None:
    envelope["changedPropIds"] = ['{"broken.n_clicks']


def _trigger_no_text(envelope: Envelope) -> None:
    envelope["changedPropIds"] = [{"id": "approve"}]


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(_renamed_outputs, id="A04 other outputs"),
        pytest.param(_no_outputs, id="A04 no outputs"),
        pytest.param(_renamed_id, id="A05 id"),
        pytest.param(_renamed_property, id="A05 property"),
        pytest.param(_id_of_endless_depth, id="A05 deep id"),
        pytest.param(_input_missing, id="A05 input missing"),
        pytest.param(_input_added, id="A05 input added"),
        pytest.param(_list_instead_of_one, id="A05 list for one"),
        pytest.param(_inputs_no_list, id="A05 inputs no list"),
        pytest.param(_state_added, id="A05 state added"),
        pytest.param(_foreign_trigger, id="A09 other trigger"),
        pytest.param(_broken_trigger, id="A09 broken trigger"),
        pytest.param(_trigger_no_text, id="A09 trigger no text"),
    ],
)
def test_forged_envelope_of_every_callback(supplier: Visitor, forge: Callable[[Envelope], None]) -> None:
    for valid in envelopes(supplier):
        forged = copy.deepcopy(valid)
        forge(forged)
        answer = supplier.post(DISPATCH, json=forged)
        assert (answer.status_code, answer.json) == (400, {"error": "Malformed request."}), valid["output"]


def test_a05_a_component_has_the_id_it_stands_for(database: Path) -> None:
    visitor = Visitor.of("analyst")
    told = [
        (envelope, item)
        for envelope in envelopes(visitor)
        for arguments in envelope["state"]
        for item in (arguments if isinstance(arguments, list) else [arguments])
        if item["property"] == "id"
    ]
    assert told
    for envelope, item in told:
        item["value"] = {"type": "other", "index": "x"}
        assert visitor.post(DISPATCH, json=envelope).status_code == 400


def test_a06_request_body_does_not_decide_what_is_public(anonymous: Visitor) -> None:
    for path in ("/login", "/health/live", "/assets/10-tokens.css"):
        assert anonymous.post(DISPATCH, json=router(path)).json == NOT_SIGNED_IN


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"5",
        b'"text"',
        b"{",
        b"{}",
        b'{"output": 5}',
        b'{"output": ["a"]}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"output": ' + b"9" * 5000 + b"}",
        b"\xff\xfe\x00",
        b'{"output": "\xed\xa0\x80"}',
    ],
    ids=lambda body: str(body[:12]),
)
def test_a08_bodies_that_are_no_call(supplier: Visitor, body: bytes) -> None:
    answer = supplier.post(DISPATCH, data=body, content_type="application/json")
    assert (answer.status_code, answer.json) == (400, {"error": "Malformed request."})


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", r'"\ud800"', r'"a\u0000b"', r'{"\u0000": 1}'])
def test_a08_values_that_nothing_can_store(supplier: Visitor, value: str) -> None:
    body = json.dumps(router("VALUE")).replace('"VALUE"', value)
    assert supplier.post(DISPATCH, data=body, content_type="application/json").status_code == 400


def test_a08_text_with_escapes_is_still_text(supplier: Visitor) -> None:
    harmless = r"?note=\ud800 and \u0000 as typed, é and 😀"
    answer = supplier.post(DISPATCH, data=json.dumps(router("/account", harmless)), content_type="application/json")
    assert answer.status_code == 200


@pytest.mark.parametrize("value", [None, 5, [], {}, True, ["/account"]])
def test_a08_router_takes_a_path_and_a_query_only(supplier: Visitor, value: object) -> None:
    assert supplier.post(DISPATCH, json=router(value)).status_code == 400
    assert supplier.post(DISPATCH, json=router("account")).status_code == 400
    assert supplier.post(DISPATCH, json=router("/account", value)).status_code == 400


def test_a08_nul_in_an_address(supplier: Visitor) -> None:
    assert supplier.get("/account?x=%00").status_code == 400
    assert supplier.get("/account%00").status_code == 400
    assert supplier.layout("/account", "?x=%00").status_code == 400


def test_j05_large_body(supplier: Visitor) -> None:
    body = json.dumps(router("x" * 1024 * 1024))
    assert supplier.post(DISPATCH, data=body, content_type="application/json").status_code == 413


@pytest.mark.parametrize("path", ["/admin/people", "/admin/people/", "//admin/people", "/admin/jobs", "/admin/audit"])
def test_a10_router_gives_no_forbidden_page(supplier: Visitor, path: str) -> None:
    answer = supplier.layout(path)
    assert answer.status_code == 403
    assert b"admin-" not in answer.data


def test_a11_pages_have_no_path_variables() -> None:
    with pytest.raises(TypeError):
        register_page("m", path="/m", path_template="/m/<id>", permission=Permission.SIGNED_IN)  # type: ignore[call-arg]


def test_a11_a_name_given_twice_is_refused(supplier: Visitor) -> None:
    assert supplier.layout("/account", "?family=a").status_code == 200
    assert supplier.layout("/account", "?family=a&family=b").status_code == 400


@pytest.mark.parametrize("path", ["/_dash-layout", "/_dash-dependencies"])
def test_a12_strangers_get_no_description_of_the_app(anonymous: Visitor, path: str) -> None:
    answer = anonymous.get(path)
    assert (answer.status_code, answer.json) == (401, NOT_SIGNED_IN)


def test_a12_partners_get_a_description_of_their_part_only(supplier: Visitor) -> None:
    described = supplier.get("/_dash-dependencies")
    assert {entry["output"] for entry in described.json} >= {router("/")["output"]}
    for text in (described.text, supplier.get("/_dash-layout").text, supplier.get("/account").text):
        assert not any(internal in text for internal in ("admin-", "planner-", "/admin/", "Audit trail"))


def test_a12_an_administrator_gets_the_callbacks_of_the_pages(database: Path) -> None:
    assert "admin-people--" in Visitor.of("admin").get("/_dash-dependencies").text


@pytest.mark.parametrize("path", ["/", "/account", "/login", "/zz", "/_dash-layout", "/_reload-hash"])
def test_a13_strangers_learn_no_version(anonymous: Visitor, path: str) -> None:
    answer = anonymous.http.get(path, follow_redirects=True)
    assert not any(
        word in answer.text for word in ("_dash-config", "dash_version", "plotly_version", "_dash-component")
    )


@pytest.mark.parametrize(
    "path", ["/zz", "/.git/config", "/_mcp", "/_reload-hash", "/_dash-update-component", "/%2e%2e/app.py", "/admin"]
)
def test_a14_no_answer_where_nothing_is(anonymous: Visitor, supplier: Visitor, path: str) -> None:
    for visitor in (anonymous, supplier):
        assert visitor.get(path).status_code in (404, 405)
    assert supplier.post("/_mcp", json={"method": "tools/list"}).status_code in (404, 405)


def test_a14_known_pages_ask_strangers_to_sign_in(anonymous: Visitor) -> None:
    answer = anonymous.get("/account?a=1&b=2")
    assert (answer.status_code, answer.location) == (302, "/login?next=/account?a%3D1%26b%3D2")


BUNDLE = "/_dash-component-suites/dash/dash-renderer/build/dash_renderer.min.js"


@pytest.mark.parametrize(
    "path",
    [
        "/_dash-component-suites/dash/../../etc/passwd",
        "/_dash-component-suites/dash/%2e%2e/%2e%2e/setup.py",
        "/_dash-component-suites/dash/..%2f..%2fdash.py",
        "/_dash-component-suites/dash/dash.py",
        "/_dash-component-suites/os/path.py",
        "/_dash-component-suites/nope/x.js",
        "/_dash-component-suites/dash/" + "a" * 3000,
    ],
)
def test_a15_component_suites_hold_registered_files_only(anonymous: Visitor, supplier: Visitor, path: str) -> None:
    assert anonymous.get(path).status_code == 401
    answer = supplier.get(path)
    assert (answer.status_code, answer.json) == (404, {"error": "There is nothing at this address."})


def test_a15_bundles_go_to_browsers_that_have_signed_in(anonymous: Visitor, supplier: Visitor) -> None:
    assert anonymous.get(BUNDLE).status_code == 401
    answer = supplier.get(BUNDLE)
    assert answer.status_code == 200
    assert "Cookie" not in answer.headers.get("Vary", ""), "or browsers fetch it anew with each CSRF token"
    answer.close()


def test_a15_bundles_want_a_cookie_that_we_signed(database: Path) -> None:
    stranger = Visitor.of()
    stranger.http.set_cookie("tandem", "eyJfdXNlcl9pZCI6ImEifQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
    assert stranger.get(BUNDLE).status_code == 401


@pytest.mark.parametrize("query", ["?cacheKey=abc~00", "?job=1~00", "?cancelJob=1", "?cacheKey=a&job=1&endId=2"])
def test_a17_forged_handles_of_background_callbacks_do_nothing(supplier: Visitor, query: str) -> None:
    answer = supplier.post(DISPATCH + query, json=router("/account"))
    assert answer.status_code == 200
    assert "_pages_content" in answer.json["response"]


# E: requests that other sites make


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/vnd.api+json",
        "application/x+json",
        "",
    ],
)
def test_e01_m7_only_plain_json(supplier: Visitor, content_type: str) -> None:
    answer = supplier.post(DISPATCH, data=json.dumps(router("/account")), content_type=content_type)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_e02_other_sites_change_nothing_even_with_a_token(supplier: Visitor, headers: dict[str, str]) -> None:
    for path in (DISPATCH, "/logout"):
        answer = supplier.post(path, json=router("/account"), headers=headers)
        assert (answer.status_code, answer.json) == (403, {"error": "Requests from other sites are refused."})


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {}], ids=str)
def test_e02_our_own_pages_are_answered(supplier: Visitor, headers: dict[str, str]) -> None:
    assert supplier.post(DISPATCH, json=router("/account"), headers=headers).status_code == 200


@pytest.mark.parametrize("token", [None, "", "forged"])
def test_e02_no_callback_without_csrf_token(supplier: Visitor, token: str | None) -> None:
    headers = {} if token is None else {"X-CSRFToken": token}
    answer = supplier.http.post(DISPATCH, json=router("/account"), headers=headers)
    assert answer.status_code == 400
    assert "expired" in answer.json["error"]


def test_e02_token_of_another_session(supplier: Visitor, database: Path) -> None:
    headers = {"X-CSRFToken": Visitor.of("planner").csrf_token()}
    assert supplier.http.post(DISPATCH, json=router("/account"), headers=headers).status_code == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_e05_no_cors(supplier: Visitor, origin: str) -> None:
    for path in ("/account", "/_dash-layout", "/health/live"):
        answer = supplier.get(path, headers={"Origin": origin})
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


# The seal: what may start at all


def test_a27_nothing_is_exempt_from_csrf() -> None:
    import app

    protection = app.server.extensions["csrf"]
    assert not protection._exempt_views
    assert not protection._exempt_blueprints


@pytest.fixture(scope="module")
def seals() -> dict[str, str]:
    """What becomes of small apps when they are sealed; in a process of its own, for Dash keeps its registers there."""
    script = PROJECT / "tests" / "web" / "small_apps.py"
    done = subprocess.run(
        [sys.executable, str(script)], cwd=PROJECT, env=_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    verdicts: dict[str, str] = json.loads(done.stdout)
    return verdicts


REFUSED = "UndeclaredPermission: No permission declared for: "


@pytest.mark.parametrize(
    ("case", "verdict"),
    [
        ("declared", "sealed"),
        ("undeclared callback", REFUSED + "callback out.children"),
        ("undeclared callback without output", REFUSED + "callback "),
        ("undeclared callback to two pages", REFUSED + "callback ..a-one--x.children...b-c--x.children.."),
        ("undeclared callback beside the router", REFUSED + "callback .._pages_content.className...out.children.."),
        ("undeclared route", REFUSED + "route /export.csv"),
        ("undeclared api endpoint", REFUSED + "route /api/raw"),
        ("undeclared page", REFUSED + "page a.two"),
        ("mcp by environment", REFUSED + "route /_mcp"),
        ("late callback", "UndeclaredPermission: callback late.children was added after the app was sealed"),
        ("late global callback", "not callable"),
        ("before the seal", "503 503 503"),
    ],
)
def test_a28_default_deny(seals: dict[str, str], case: str, verdict: str) -> None:
    assert seals[case].startswith(verdict)


def test_a16_a29_switches_in_the_environment_open_nothing(database: Path) -> None:
    script = """
import app
visitor = app.server.test_client()
paths = ["/_mcp", "/_reload-hash", "/login?__debugger__=yes&cmd=resource&f=debugger.js", "/console"]
answers = [visitor.get(path) for path in paths] + [visitor.post("/_mcp", json={})]
print([answer.status_code for answer in answers], "Werkzeug" in answers[2].text)
"""
    switches = {"DASH_MCP_ENABLED": "1", "DASH_DEBUG": "1", "FLASK_DEBUG": "1", "DASH_UI": "1", "DASH_HOT_RELOAD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT,
        env=_environment() | switches,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[-2] == "[404, 404, 200, 404, 405] False"


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PROJECT)}
