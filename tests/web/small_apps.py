"""Small apps, each with one thing wrong, and what becomes of them at the seal. Run by test_gate.py."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import dash
from dash import Dash, Input, Output, html
from flask import Flask

from core import pages
from core.guard import install_gate, public, requires
from core.permissions import Permission
from core.seal import UndeclaredPermission, seal

Change = Callable[[Dash], object]


def small_app(*, enable_mcp: bool | None = False) -> Dash:
    server = Flask("small", static_folder=None)
    server.secret_key = "for this process only"
    install_gate(server)
    app = Dash("small", server=server, suppress_callback_exceptions=True, enable_mcp=enable_mcp, use_async=False)
    app.layout = html.Div()
    return app


def verdict(change: Change, **options: bool | None) -> str:
    app = small_app(**options)
    change(app)
    try:
        seal(app)
    except UndeclaredPermission as refusal:
        return f"UndeclaredPermission: {refusal}"
    return "sealed"


def nothing(*_args: object) -> None:
    """A callback or view that does nothing."""


def answer() -> str:
    return "data"


def callback_to(*outputs: Output) -> Change:
    return lambda app: app.callback(*outputs, Input("in", "value"))(nothing)


def declared(app: Dash) -> None:
    app.callback(Output("a-one--x", "children"), Input("in", "value"))(nothing)
    app.callback(Output("out", "children"), Input("in", "value"))(requires(Permission.HOME_READ)(lambda _value: None))
    app.server.add_url_rule("/open", view_func=public(lambda: "open"), endpoint="open")


def api_endpoint(app: Dash) -> None:
    dash.callback(Output("a-one--y", "children"), Input("in", "value"), api_endpoint="/api/raw")(nothing)
    app.setup_apis()


def late_callback() -> str:
    app = small_app()
    seal(app)
    try:
        app.callback(Output("late", "children"), Input("in", "value"))(nothing)
    except UndeclaredPermission as refusal:
        return f"UndeclaredPermission: {refusal}"
    return "accepted"


def late_global_callback() -> str:
    app = small_app()
    seal(app)
    dash.callback(Output("later", "children"), Input("in", "value"))(nothing)
    return "callable" if "later.children" in app.callback_map else "not callable"


def before_the_seal() -> str:
    visitor = small_app().server.test_client()
    answers = (visitor.get("/"), visitor.get("/_dash-layout"), visitor.post("/_dash-update-component", json={}))
    return " ".join(str(found.status_code) for found in answers)


def mcp_by_environment() -> str:
    """Dash opens this door by itself when the environment says so."""
    os.environ["DASH_MCP_ENABLED"] = "1"
    return verdict(lambda _app: None, enable_mcp=None)


def undeclared_page() -> str:
    dash.page_registry["a.two"] = {"module": "a.two", "layout": html.Div(), "path": "/two"}
    try:
        return verdict(lambda _app: None)
    finally:
        del dash.page_registry["a.two"]


def all_verdicts() -> dict[str, Any]:
    # A known page, so that callbacks may inherit its permission by their ids.
    pages._PAGES["pages.a.one"] = pages.Page(
        "pages.a.one", "/one", "One", Permission.HOME_READ, pages.Area.OVERVIEW, 1, True
    )
    return {
        "declared": verdict(declared),
        "undeclared callback": verdict(callback_to(Output("out", "children"))),
        "undeclared callback without output": verdict(callback_to()),
        "undeclared callback to two pages": verdict(
            callback_to(Output("a-one--x", "children"), Output("b-c--x", "children"))
        ),
        "undeclared callback beside the router": verdict(
            callback_to(Output("_pages_content", "className"), Output("out", "children"))
        ),
        "undeclared route": verdict(lambda app: app.server.add_url_rule("/export.csv", view_func=answer)),
        "undeclared page": undeclared_page(),
        "late callback": late_callback(),
        "before the seal": before_the_seal(),
        "mcp by environment": mcp_by_environment(),
        # These two leave something in the registers that Dash keeps for all apps.
        "undeclared api endpoint": verdict(api_endpoint),
        "late global callback": late_global_callback(),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(all_verdicts()))
