"""The gate: everything is closed until a permission opens it.

Three parts. ``install_gate`` puts one check before every request. ``seal`` audits, once all pages and callbacks
exist, that each of them has a permission, and wraps the functions inside the app itself, so that no door leads
around the check. Until then every request gets 503. See docs/adr/0002-default-deny.md.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import dash
from flask import Flask, request
from flask.typing import ResponseReturnValue

from core.envelope import check_envelope
from core.errors import Malformed, NotAllowed, NotFound, NotSignedIn, UnsupportedMedia
from core.i18n import _
from core.identity import maybe_viewer, viewer
from core.ids import prefix_of
from core.pages import page_at, pages
from core.permissions import Permission
from core.viewer import require

F = TypeVar("F", bound=Callable[..., Any])

PUBLIC = "public"
DISPATCH_PATH = "/_dash-update-component"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
CALLBACK_BYTES = 1024 * 1024
# Dash's own routes: the bundles are public, what describes the app is for signed-in people.
DASH_PUBLIC = (
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    "/_favicon.ico",
    "/assets/<path:filename>",
)
DASH_SIGNED_IN = ("/_dash-layout", "/_dash-dependencies", DISPATCH_PATH, "/", "/<path:path>")
DASH_CLOSED = ("/_reload-hash",)
ROUTER_PREFIX = "_pages"


class UndeclaredPermission(Exception):
    """Something can be reached for which nobody has said who may."""


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


def install_gate(server: Flask) -> None:
    """Check every request first. Must be called before Dash adds its own handlers to the server."""
    server.config["TANDEM_SEALED"] = False
    server.before_request(functools.partial(_gate, server))


def seal(app: dash.Dash) -> None:
    """Audit and close the app; from here on it answers requests, and takes no new callbacks."""
    server = app.server
    # Dash sets itself up on the first request; a test request does it now, before anybody can race it.
    with server.test_request_context("/_favicon.ico"):
        for function in server.before_request_funcs[None][1:]:
            function()
    problems = [*_wrap_callbacks(app), *_undeclared_pages(), *_undeclared_routes(server)]
    if problems:
        raise UndeclaredPermission("No permission declared for: " + "; ".join(problems))
    _wrap_layouts()
    app.callback_map = SealedMap(app.callback_map)
    server.config["TANDEM_APP"] = app
    server.config["TANDEM_SEALED"] = True


class SealedMap(dict[str, Any]):
    """A callback map that takes no more callbacks."""

    def __setitem__(self, key: str, value: object) -> None:
        raise UndeclaredPermission(f"callback {key} was added after the app was sealed")


def permission_of_callback(callback_id: str, spec: dict[str, Any]) -> Permission | None:
    """Its own declaration, or the right of the page whose components it writes to."""
    declared = getattr(spec["callback"], "__permission__", None)
    if declared is not None:
        return cast(Permission, declared)
    if callback_id.startswith("..") and ROUTER_PREFIX in callback_id:
        return Permission.SIGNED_IN
    prefixes = {prefix_of(component_id) for component_id in _component_ids(spec)}
    by_prefix = {page.prefix: page.permission for page in pages()}
    return by_prefix.get(prefixes.pop()) if len(prefixes) == 1 else None


def _component_ids(spec: dict[str, Any]) -> list[Any]:
    if spec.get("no_output"):
        return [dependency.component_id for dependency in spec["raw_inputs"]]
    outputs = spec["output"] if isinstance(spec["output"], (list, tuple)) else [spec["output"]]
    return [output.component_id for output in outputs]


def _gate(server: Flask) -> ResponseReturnValue | None:
    if not server.config["TANDEM_SEALED"]:
        return "Starting", 503
    _refuse_foreign_origin()
    rule = request.url_rule.rule if request.url_rule else ""
    if rule in DASH_CLOSED or not rule:
        raise NotFound(_("There is nothing at this address."))
    if rule in DASH_PUBLIC:
        return None
    if rule in DASH_SIGNED_IN:
        return _check_dash(server, rule)
    declared = getattr(server.view_functions[request.endpoint or ""], "__permission__", None)
    if declared != PUBLIC:
        require(viewer(), cast(Permission, declared))
    return None


def _check_dash(server: Flask, rule: str) -> None:
    if rule == DISPATCH_PATH:
        viewer()
        _check_callback_request(server.config["TANDEM_APP"])
    elif rule in ("/", "/<path:path>"):
        _check_page(request.path)
    else:
        viewer()


def _check_page(path: str) -> None:
    page = page_at(path)
    if page is None:
        viewer()
        raise NotFound(_("There is no page at this address."))
    require(viewer(), page.permission)


def _check_callback_request(app: dash.Dash) -> None:
    if request.mimetype != "application/json":
        raise UnsupportedMedia("JSON only.")
    if (request.content_length or 0) > CALLBACK_BYTES:
        raise Malformed("Request too large.")
    try:
        body = request.get_json(silent=True)
    except RecursionError as error:
        raise Malformed("Malformed request.") from error
    check_envelope(body, app.callback_map)


def _refuse_foreign_origin() -> None:
    """Browsers say where a request comes from; one made by another site may not change anything here."""
    site = request.headers.get("Sec-Fetch-Site", "none")
    if request.method not in SAFE_METHODS and site not in ("same-origin", "none"):
        raise NotAllowed("Requests from other sites are refused.")


def _wrap_callbacks(app: dash.Dash) -> list[str]:
    undeclared = []
    for callback_id, spec in app.callback_map.items():
        if "callback" not in spec:
            continue
        permission = permission_of_callback(callback_id, spec)
        if permission is None:
            undeclared.append(f"callback {callback_id}")
        else:
            spec["permission"] = permission
            spec["callback"] = _guarded(spec["callback"], permission)
    return undeclared


def _guarded(function: Callable[..., Any], permission: Permission) -> Callable[..., Any]:
    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        require(viewer(), permission)
        return function(*args, **kwargs)

    return guarded


def _undeclared_pages() -> list[str]:
    known = {page.module for page in pages()}
    return [f"page {module}" for module in dash.page_registry if module not in known]


def _undeclared_routes(server: Flask) -> list[str]:
    dash_rules = (*DASH_PUBLIC, *DASH_SIGNED_IN, *DASH_CLOSED)
    return [
        f"route {rule.rule}"
        for rule in server.url_map.iter_rules()
        if rule.rule not in dash_rules and getattr(server.view_functions[rule.endpoint], "__permission__", None) is None
    ]


def _wrap_layouts() -> None:
    """The built-in router calls layouts for whatever path the browser names (security.md M5)."""
    permissions = {page.module: page.permission for page in pages()}
    for module, entry in dash.page_registry.items():
        entry["layout"] = _guarded_layout(entry["layout"], permissions[module])


def _guarded_layout(layout: Any, permission: Permission) -> Callable[..., Any]:
    def guarded(**kwargs: Any) -> Any:
        found = maybe_viewer()
        if found is None:
            raise NotSignedIn(_("Please sign in."))
        require(found, permission)
        return layout(**kwargs) if callable(layout) else layout

    return guarded
