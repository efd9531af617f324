"""Checks the body of a callback request against the callback it claims to call.

Dash itself only counts inputs and believes their ids (security.md M2, M3); whatever does not fit exactly is
refused before any callback code runs.
"""

from __future__ import annotations

import json
from typing import Any

from core.errors import Malformed, NotFound

MANY = (["ALL"], ["ALLSMALLER"])
WILDCARDS = (["MATCH"], *MANY)


def check_envelope(body: object, callback_map: dict[str, dict[str, Any]]) -> None:
    """Refuse ``body``, with a constant text, unless it is a call that the renderer could have made."""
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        raise Malformed("Malformed request.")
    spec = callback_map.get(body["output"])
    if spec is None or "callback" not in spec:
        raise NotFound("Unknown callback.")
    _check_arguments(body.get("inputs", []), spec["inputs"])
    _check_arguments(body.get("state", []), spec["state"])
    _check_outputs(body, spec)
    _check_triggers(body.get("changedPropIds", []), spec["inputs"])


def _check_arguments(given: object, declared: list[dict[str, Any]]) -> None:
    if not isinstance(given, list) or len(given) != len(declared):
        raise Malformed("Malformed request.")
    for item, expected in zip(given, declared, strict=True):
        _check_item(item, _parsed(expected["id"]), expected["property"])


def _check_outputs(body: dict[str, Any], spec: dict[str, Any]) -> None:
    if spec.get("no_output"):
        return
    several = isinstance(spec["output"], (list, tuple))
    declared = spec["output"] if several else [spec["output"]]
    given = body.get("outputs") if several else [body.get("outputs")]
    # The renderer calls for something that is on the page: no output at all is nobody's call.
    if not isinstance(given, list) or len(given) != len(declared) or not any(given):
        raise Malformed("Malformed request.")
    for item, expected in zip(given, declared, strict=True):
        _check_item(item, _parsed(expected.component_id_str()), expected.component_property)


def _check_triggers(changed: object, declared: list[dict[str, Any]]) -> None:
    """What the browser says has changed (``ctx.triggered_id``) must be an input of this very callback."""
    if not isinstance(changed, list):
        raise Malformed("Malformed request.")
    inputs = [(_parsed(item["id"]), item["property"]) for item in declared]
    for trigger in changed:
        if not isinstance(trigger, str):
            raise Malformed("Malformed request.")
        text, _, changed_property = trigger.rpartition(".")
        component_id = _parsed(text)
        if not any(_same_id(component_id, known) and changed_property == name for known, name in inputs):
            raise Malformed("Malformed request.")


def _check_item(item: object, component_id: object, component_property: str) -> None:
    """An item is one component property; for ALL it is a list of them."""
    if isinstance(item, list) and _many(component_id):
        for part in item:
            _check_one(part, component_id, component_property)
    else:
        _check_one(item, component_id, component_property)


def _check_one(item: object, component_id: object, component_property: str) -> None:
    if (
        not isinstance(item, dict)
        or not _same_id(_parsed(item.get("id")), component_id)
        or str(item.get("property")).partition("@")[0] != component_property
        or (component_property == "id" and item.get("value") != item.get("id"))
    ):
        raise Malformed("Malformed request.")


def _many(component_id: object) -> bool:
    return isinstance(component_id, dict) and any(value in MANY for value in component_id.values())


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
        except (ValueError, RecursionError) as error:
            raise Malformed("Malformed request.") from error
    return component_id
