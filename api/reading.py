"""The description of the API as a page shows it: groups of operations with tables of what they take and give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
Described = dict[str, Any]


def readable_groups(described: Described) -> list[Described]:
    """The operations of an OpenAPI description by group, in its order."""
    operations = list(_operations(described))
    return [
        {**tag, "operations": [each for each in operations if each["tag"] == tag["name"]]} for tag in described["tags"]
    ]


def _operations(described: Described) -> Iterator[Described]:
    for path, item in described["paths"].items():
        for method in METHODS:
            if method in item:
                yield {
                    "tag": item[method]["tags"][0],
                    "method": method,
                    "path": path,
                    "summary": item[method].get("summary", ""),
                    "tables": list(_tables(described, item.get("parameters", []), item[method])),
                }


def _tables(described: Described, shared: list[Described], operation: Described) -> Iterator[Described]:
    parameters = [_named(each["name"], each) for each in (*shared, *operation.get("parameters", []))]
    if parameters:
        yield {"title": "Arguments", "fields": parameters}
    body = _fields(described, operation.get("requestBody", {}).get("content", {}))
    if body:
        yield {"title": "Body", "fields": body}
    for status, response in operation["responses"].items():
        given = _fields(described, response.get("content", {})) if status < "300" else []
        if given:
            yield {"title": f"Answer {status}", "fields": given}


def _fields(described: Described, content: Described) -> list[Described]:
    """The fields of a body; of a page, those of its entries."""
    schema = _found(described, content.get("application/json", {}).get("schema", {}))
    entries = _found(described, schema.get("properties", {}).get("items", {}).get("items", {}))
    schema = entries or schema
    needed = schema.get("required", [])
    return [
        _named(name, {"schema": each, "required": name in needed})
        for name, each in schema.get("properties", {}).items()
    ]


def _found(described: Described, schema: Described) -> Described:
    name = schema.get("$ref", "").rpartition("/")[2]
    return described["components"]["schemas"][name] if name else schema


def _named(name: str, field: Described) -> Described:
    schema = field.get("schema", {})
    kind = schema.get("format") or schema.get("type") or "object"
    if "enum" in schema:
        kind = " | ".join(str(each) for each in schema["enum"] if each is not None)
    return {
        "name": name,
        "type": kind,
        "required": field.get("required", False),
        "description": field.get("description") or schema.get("description", ""),
    }
