"""Master data and the other rows that can be brought in, one group of endpoints an entity."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from api.arguments import Blueprint, Strict
from api.lists import answer, list_arguments, make_cursor, one_arguments, page_schema, read_cursor
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure
from api.single import IF_MATCH, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import record_lists
from services.record_lists import RecordField, RecordKind

blueprint = Blueprint(
    "records", __name__, url_prefix="/api/v1", description="Master data, stock, history and orders, row by row."
)

KINDS: dict[str, type[fields.Field[Any]]] = {
    "code": fields.String,
    "text": fields.String,
    "decimal": Figure,
    "integer": fields.Integer,
    "day": fields.Date,
    "moment": fields.DateTime,
    "boolean": fields.Boolean,
}
SEARCH = fields.String(load_default="", validate=validate.Length(max=200))


def _field(field: RecordField, **more: Any) -> fields.Field[Any]:
    made = {"metadata": {"description": field.help}, **more}
    if field.choices and not more.get("dump_only"):
        made["validate"] = validate.OneOf([*field.choices, None] if more.get("allow_none") else field.choices)
    return KINDS[field.kind](**made)


def _shown(kind: RecordKind, name: str) -> type[Schema]:
    return Strict.from_dict(
        {each.name: _field(each, allow_none=True, dump_only=True) for each in kind.fields}, name=name
    )


def _written(kind: RecordKind, name: str, *, new: bool) -> type[Schema]:
    """What a new row takes, or what can be changed of one: all but its key."""
    made = {
        each.name: _field(each, required=new and each.required, allow_none=not each.required)
        for each in kind.fields
        if new or not each.key
    }
    return Strict.from_dict(made, name=name)


def _add_endpoints(kind: RecordKind) -> None:
    name = "".join(part.capitalize() for part in kind.name.split("_"))
    path, row = f"/{kind.name.replace('_', '-')}", _shown(kind, f"{name}Row")
    filters = {each.name: fields.String(validate=validate.Length(1, 200)) for each in kind.fields if each.filtered}
    arguments = list_arguments(name, search=SEARCH, **filters)

    @blueprint.get(path, endpoint=f"{kind.name}_list")
    @requires(kind.right)
    @blueprint.arguments(arguments, location="query")
    @blueprint.response(200, page_schema(row, name))
    @blueprint.doc(summary=f"{kind.label}. {kind.help}")
    def listed(asked: dict[str, Any]) -> Response:
        equal = {each: asked[each] for each in filters if each in asked}
        found = record_lists.rows_after(
            viewer(),
            kind.name,
            equal=equal,
            search=asked["search"],
            last=read_cursor(asked),
            limit=asked["limit"],
        )
        return answer(row, found.rows, asked, None if found.last is None else make_cursor(asked, found.last))

    if kind.code:
        _add_single(kind, name, path, row)


def _add_single(kind: RecordKind, name: str, path: str, row: type[Schema]) -> None:
    @blueprint.get(f"{path}/<code>", endpoint=f"{kind.name}_one")
    @requires(kind.right)
    @blueprint.arguments(one_arguments(), location="query")
    @blueprint.response(200, row)
    @blueprint.doc(summary=f"One row of: {kind.label}")
    def single(asked: dict[str, Any], code: str) -> Response:
        return one(row, record_lists.row(viewer(), kind.name, code), asked)

    if kind.editable:
        _add_writing(kind, name, path, row)


def _add_writing(kind: RecordKind, name: str, path: str, row: type[Schema]) -> None:
    @blueprint.post(path, endpoint=f"{kind.name}_add")
    @requires(Permission.MASTER_EDIT)
    @blueprint.arguments(_written(kind, f"New{name}Row", new=True))
    @blueprint.response(201, row)
    @blueprint.doc(summary=f"Add a row to: {kind.label}", parameters=[PARAMETER])
    @repeatable
    def add(values: dict[str, Any]) -> Response:
        record_lists.add(viewer(), kind.name, values)
        return one(row, record_lists.row(viewer(), kind.name, values[kind.code]), status=201)

    @blueprint.patch(f"{path}/<code>", endpoint=f"{kind.name}_change")
    @requires(Permission.MASTER_EDIT)
    @blueprint.arguments(_written(kind, f"Changed{name}Row", new=False))
    @blueprint.response(200, row)
    @blueprint.doc(summary=f"Change a row of: {kind.label}", parameters=[IF_MATCH])
    def change(values: dict[str, Any], code: str) -> Response:
        seen = record_lists.row(viewer(), kind.name, code)
        require_match(row, seen)
        record_lists.change(viewer(), kind.name, code, seen, values)
        return one(row, record_lists.row(viewer(), kind.name, code))


for _kind in record_lists.kinds():
    _add_endpoints(_kind)
