"""Checks the body of a callback request against the callback it claims to call.

Dash itself only counts inputs and believes their ids (security.md M2, M3); whatever does not fit exactly is
refused before any callback code runs.
"""

from __future__ import annotations

import json
from typing import Any

from core.errors import Malformed, NotFound

WILDCARDS = (["ALL"], ["MATCH"], ["ALLSMALLER"])


def check_envelope(body: object, callback_map: dict[str, dict[str, Any]]) -> str:
    """The id of the callback that ``body`` calls, or an error with a constant text."""
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        raise Malformed("Malformed request.")
    spec = callback_map.get(body["output"])
    if spec is None or "callback" not in spec:
        raise NotFound("Unknown callback.")
    _check_arguments(body.get("inputs", []), spec["inputs"])
    _check_arguments(body.get("state", []), spec["state"])
    _check_outputs(body, spec)
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(item, str) for item in changed):
        raise Malformed("Malformed request.")
    return body["output"]


def _check_arguments(given: object, declared: list[dict[str, Any]]) -> None:
    if not isinstance(given, list) or len(given) != len(declared):
        raise Malformed("Malformed request.")
    for item, expected in zip(given, declared, strict=True):
        _check_item(item, _parsed(expected["id"]), expected["property"])


def _check_outputs(body: dict[str, Any], spec: dict[str, Any]) -> None:
    if spec.get("no_output"):
        return
    declared = spec["output"] if isinstance(spec["output"], (list, tuple)) else [spec["output"]]
    given = body.get("outputs")
    given = given if isinstance(given, list) and isinstance(spec["output"], (list, tuple)) else [given]
    if len(given) != len(declared):
        raise Malformed("Malformed request.")
    for item, expected in zip(given, declared, strict=True):
        _check_item(item, _parsed(expected.component_id_str()), expected.component_property)


def _check_item(item: object, component_id: object, component_property: str) -> None:
    """An item is one component property; a wildcard may stand for a list of them."""
    if isinstance(item, list) and isinstance(component_id, dict):
        for part in item:
            _check_item(part, component_id, component_property)
        return
    if (
        not isinstance(item, dict)
        or not _same_id(_parsed(item.get("id")), component_id)
        or str(item.get("property")).partition("@")[0] != component_property
    ):
        raise Malformed("Malformed request.")


def _same_id(given: object, declared: object) -> bool:
    if not isinstance(declared, dict):
        return given == declared
    if not isinstance(given, dict) or given.keys() != declared.keys():
        return False
    return all(
        isinstance(given[key], (str, int)) if value in WILDCARDS else given[key] == value
        for key, value in declared.items()
    )


def _parsed(component_id: object) -> object:
    """Dash writes pattern-matching ids as JSON text."""
    if isinstance(component_id, str) and component_id.startswith("{"):
        try:
            return json.loads(component_id)
        except ValueError as error:
            raise Malformed("Malformed request.") from error
    return component_id
