"""The audit before the first request: nothing may be reachable for which nobody has said who may.

Once all pages and callbacks exist, ``seal`` checks that each of them has a permission and wraps the functions
inside the app itself, so that no door leads around the check. See docs/adr/0002-default-deny.md.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

import dash
from flask import Flask, Response, jsonify

from core.errors import Malformed
from core.guard import DASH_RULES
from core.identity import viewer
from core.ids import prefix_of
from core.pages import pages
from core.permissions import Permission
from core.viewer import require

ROUTER_IDS = {"_pages_content", "_pages_store", "_pages_dummy"}
DEPENDENCIES_ENDPOINT = "/_dash-dependencies"


class UndeclaredPermission(Exception):
    """Something can be reached for which nobody has said who may."""


class SealedMap(dict[str, Any]):
    """A callback map that takes no more callbacks."""

    def __setitem__(self, key: str, value: object) -> None:
        raise UndeclaredPermission(f"callback {key} was added after the app was sealed")


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
    _wrap_dependencies(app)
    app.callback_map = SealedMap(app.callback_map)
    server.config["TANDEM_APP"] = app
    server.config["TANDEM_SEALED"] = True


def permission_of_callback(spec: dict[str, Any]) -> Permission | None:
    """Its own declaration, or the right of the page whose components it writes to."""
    declared = getattr(spec.get("callback"), "__permission__", None)
    return cast(Permission, declared) if declared is not None else _page_permission(spec)


def _page_permission(spec: dict[str, Any]) -> Permission | None:
    if _is_router(spec):
        return Permission.SIGNED_IN
    prefixes = {prefix_of(component_id) for component_id in _component_ids(spec)}
    by_prefix = {page.prefix: page.permission for page in pages()}
    return by_prefix.get(prefixes.pop()) if len(prefixes) == 1 else None


def _is_router(spec: dict[str, Any]) -> bool:
    """Dash's own callback that shows the page of a path; the layouts have guards of their own."""
    return {str(component_id) for component_id in _component_ids(spec)} <= ROUTER_IDS


def _component_ids(spec: dict[str, Any]) -> list[Any]:
    if spec.get("no_output"):
        return [dependency.component_id for dependency in spec["raw_inputs"]]
    outputs = spec["output"] if isinstance(spec["output"], (list, tuple)) else [spec["output"]]
    return [output.component_id for output in outputs]


def _wrap_callbacks(app: dash.Dash) -> list[str]:
    """Put each server callback behind its permission; returns those that have none."""
    undeclared = []
    for callback_id, spec in app.callback_map.items():
        permission = permission_of_callback(spec)
        if "callback" not in spec:
            spec["permission"] = permission  # runs in the browser; only its description is ours to give
        elif permission is None:
            undeclared.append(f"callback {callback_id}")
        else:
            spec["permission"] = permission
            spec["callback"] = _guarded(_sane_router(spec), permission)
    return undeclared


def _sane_router(spec: dict[str, Any]) -> Callable[..., Any]:
    """The page router takes a path and a query and stumbles over anything else; other callbacks stay as they are."""
    function: Callable[..., Any] = spec["callback"]
    if not _is_router(spec):
        return function

    @functools.wraps(function)
    def router(*args: Any, **kwargs: Any) -> Any:
        if not all(isinstance(argument, str) for argument in args) or not args[0].startswith("/"):
            raise Malformed("Malformed request.")
        return function(*args, **kwargs)

    return router


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
    return [
        f"route {rule.rule}"
        for rule in server.url_map.iter_rules()
        if rule.rule not in DASH_RULES and getattr(server.view_functions[rule.endpoint], "__permission__", None) is None
    ]


def _wrap_layouts() -> None:
    """The built-in router calls layouts for whatever path the browser names (security.md M5)."""
    permissions = {page.module: page.permission for page in pages()}
    for module, entry in dash.page_registry.items():
        entry["layout"] = _guarded_layout(entry["layout"], permissions[module])


def _guarded_layout(layout: Callable[..., Any], permission: Permission) -> Callable[..., Any]:
    @functools.wraps(layout)
    def guarded(**query: object) -> Any:
        require(viewer(), permission)
        # A name given twice arrives as a list; a NUL can't be stored by any text column.
        if not all(isinstance(value, str) and "\0" not in value for value in query.values()):
            raise Malformed("Malformed request.")
        return layout(**query)

    return guarded


def _wrap_dependencies(app: dash.Dash) -> None:
    """Describe to a browser only the callbacks that its viewer may call."""
    describe = app.server.view_functions[DEPENDENCIES_ENDPOINT]

    def dependencies() -> Response:
        person = viewer()
        permissions = {key: spec["permission"] for key, spec in app.callback_map.items()}
        return jsonify(
            [
                described
                for described in app.server.json.loads(describe().get_data())
                if (needed := permissions.get(described["output"])) is None or person.may(needed)
            ]
        )

    app.server.view_functions[DEPENDENCIES_ENDPOINT] = dependencies
