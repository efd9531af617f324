"""The gate: everything is closed until a permission opens it.

``install_gate`` puts one check before every request; until the app is sealed (core.seal) each gets 503. See
docs/adr/0002-default-deny.md.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import dash
from dash.fingerprint import check_fingerprint
from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import Map

from core.envelope import check_envelope
from core.errors import Malformed, NotAllowed, NotFound, NotSignedIn, TooLarge, UnsupportedMedia
from core.i18n import _
from core.identity import API, admit, at_api, viewer
from core.pages import home_path, page_at
from core.permissions import Permission
from core.strict_json import StrictJson
from core.viewer import Viewer, require

F = TypeVar("F", bound=Callable[..., Any])
# Who sends a request to the API; it is told whether the route is open to everybody.
ApiDoor = Callable[[bool], Viewer | None]

PUBLIC = "public"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
CALLBACK_BYTES = 1024 * 1024

# Dash's own routes. What describes the app or names its versions is for signed-in people.
DASH_DISPATCH = "/_dash-update-component"
DASH_BUNDLES = "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"
DASH_PAGES = ("/", "/<path:path>")
DASH_PUBLIC = ("/_favicon.ico", "/assets/<path:filename>")
DASH_CLOSED = ("/_reload-hash",)
DASH_DESCRIPTIONS = ("/_dash-layout", "/_dash-dependencies")
DASH_RULES = (DASH_DISPATCH, DASH_BUNDLES, *DASH_PAGES, *DASH_PUBLIC, *DASH_CLOSED, *DASH_DESCRIPTIONS)


def requires(permission: Permission) -> Callable[[F], F]:
    """Declare the right a route or a callback needs (a callback has its page's right without it)."""

    def mark(function: F) -> F:
        function.__permission__ = permission  # type: ignore[attr-defined]
        return function

    return mark


def public(function: F) -> F:
    """Declare a route open to everybody."""
    function.__permission__ = PUBLIC  # type: ignore[attr-defined]
    return function


def install_api_door(server: Flask, door: ApiDoor) -> None:
    """Let the API tell who sends a request to it. What they may do there is the gate's to check, as everywhere."""
    server.config["TANDEM_API_DOOR"] = door


def install_gate(server: Flask) -> None:
    """Check every request first. Must be called before Dash adds its own handlers to the server."""
    server.config["TANDEM_SEALED"] = False
    server.json = StrictJson(server)
    server.before_request(functools.partial(_gate, server))


def _gate(server: Flask) -> ResponseReturnValue | None:
    if not server.config["TANDEM_SEALED"]:
        return "Starting", 503
    if at_api():
        _check_api(server)
        return None
    if request.url_rule is None:
        # No such path, method or host; Flask has the answer ready.
        raise request.routing_exception or NotFound(_("There is nothing at this address."))
    _refuse_foreign_origin()
    _refuse_nul()
    rule = request.url_rule.rule
    if rule in DASH_RULES:
        return _check_dash(server, rule)
    _require_declared(server)
    return None


def _require_declared(server: Flask) -> None:
    declared = _declared(server)
    if declared != PUBLIC:
        require(viewer(), cast(Permission, declared))


def _declared(server: Flask) -> object:
    return getattr(server.view_functions[request.endpoint or ""], "__permission__", None)


def _check_api(server: Flask) -> None:
    """The second door: no cookie opens it, and what opens it opens nothing else (security.md D11)."""
    if request.url_rule is None or not request.url_rule.rule.startswith(API):
        raise _no_endpoint(server)
    _refuse_foreign_origin()
    _refuse_nul()
    admit(server.config["TANDEM_API_DOOR"](_declared(server) == PUBLIC))
    _require_declared(server)


def _no_endpoint(server: Flask) -> Exception:
    """Dash answers GET at any path: whether there is an endpoint, and what it takes, only the API's own routes tell."""
    own = Map(rule.empty() for rule in server.url_map.iter_rules() if rule.rule.startswith(API))
    allowed = sorted(own.bind("").allowed_methods(request.path))
    return MethodNotAllowed(allowed) if allowed else NotFound(_("There is nothing at this address."))


def _check_dash(server: Flask, rule: str) -> ResponseReturnValue | None:
    if rule in DASH_PAGES:
        return _check_page(request.path)
    if rule == DASH_BUNDLES:
        _check_bundle(server)
    elif rule in DASH_CLOSED:
        raise NotFound(_("There is nothing at this address."))
    elif rule not in DASH_PUBLIC:
        viewer()
    if rule == DASH_DISPATCH:
        _check_callback_request(server.config["TANDEM_APP"])
    return None


def _check_page(path: str) -> ResponseReturnValue | None:
    page = page_at(path)
    if path == "/" and (page is None or not viewer().may(page.permission)):
        return redirect(home_path(viewer()))
    if page is None:
        raise NotFound(_("There is no page at this address."))
    require(viewer(), page.permission)
    return None


def _check_callback_request(app: dash.Dash) -> None:
    if request.mimetype != "application/json":
        raise UnsupportedMedia("JSON only.")
    if (request.content_length or 0) > CALLBACK_BYTES:
        raise TooLarge("Request too large.")
    check_envelope(request.get_json(silent=True), app.callback_map)


def _check_bundle(server: Flask) -> None:
    """Scripts tell versions, so not to strangers. The signature of the cookie is enough: a page has many scripts,
    and none of them needs the database."""
    if "_user_id" not in (server.session_interface.open_session(server, request) or {}):
        raise NotSignedIn(_("Please sign in."))
    asked = request.view_args or {}
    path, _fingerprinted = check_fingerprint(asked["fingerprinted_path"])
    if path not in server.config["TANDEM_APP"].registered_paths.get(asked["package_name"], ()):
        raise NotFound(_("There is nothing at this address."))


def _refuse_foreign_origin() -> None:
    """Browsers say where a request comes from; one made by another site may not change anything here."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    else:  # older browsers, and newer ones over plain HTTP
        foreign = origin is not None and origin.partition("://")[2] != request.host
    if foreign:
        raise NotAllowed("Requests from other sites are refused.")


def _refuse_nul() -> None:
    """No text of ours holds a NUL, and PostgreSQL can't store one."""
    if "\0" in request.path or b"%00" in request.query_string:
        raise Malformed("Malformed request.")
