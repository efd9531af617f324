"""Schemas made of what services give, so that a field is described once."""

from __future__ import annotations

import math
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from marshmallow import Schema, fields, validate

from api.arguments import Strict


class Figure(fields.Float):
    """A quantity or an amount; what is not known is null."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> float | None:
        known = value is not None and math.isfinite(value)
        return super()._serialize(value, attr, obj, **kwargs) if known else None  # type: ignore[return-value]


class Parts(fields.Nested):
    """What a service gives as a tuple, each part under its name in the schema."""

    def _serialize(self, nested_obj: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        named = dict(zip(self.schema._declared_fields, nested_obj, strict=True))
        return super()._serialize(named, attr, obj, **kwargs)  # type: ignore[no-untyped-call]


MADE: dict[Any, Any] = {
    bool: fields.Boolean,
    int: fields.Integer,
    str: fields.String,
    float: partial(Figure, allow_none=True),
    Decimal: Figure,
    date: fields.Date,
    datetime: fields.DateTime,
    UUID: fields.UUID,
}


def schema_of(kind: type, name: str, *, without: tuple[str, ...] = (), **more: fields.Field[Any]) -> type[Schema]:
    """The schema of a dataclass; ``more`` are properties of it, which have no annotation that can be read."""
    hints = get_type_hints(kind)
    given = {each.name: hints[each.name] for each in dataclass_fields(kind) if each.name not in without}
    return Strict.from_dict({each: _field(hint) for each, hint in given.items()} | more, name=name)


def _field(hint: Any) -> fields.Field[Any]:
    optional = get_origin(hint) in (Union, UnionType) and type(None) in get_args(hint)
    if optional:
        (hint,) = (each for each in get_args(hint) if each is not type(None))
    if get_origin(hint) in (list, tuple):
        return fields.List(MADE[get_args(hint)[0]]())
    made = MADE[hint]
    return made(allow_none=True) if optional else made()  # type: ignore[no-any-return]


NAMED: dict[str, type[fields.Field[Any]]] = {
    "texts": fields.String,
    "numbers": fields.Integer,
    "figures": Figure,
    "days": fields.Date,
    "moments": fields.DateTime,
    "flags": fields.Boolean,
}


def schema_with(name: str, more: dict[str, fields.Field[Any]] | None = None, /, **names: str) -> type[Schema]:
    """The schema of rows that services give as dictionaries: the names of each kind of NAMED; any may be unknown."""
    made = {each: NAMED[kind](allow_none=True) for kind, listed in names.items() for each in listed.split()}
    return Strict.from_dict({**made, **(more or {})}, name=name)


def optional_text(longest: int) -> fields.String:
    """A text that may be left out."""
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(max=longest))


def required_text(longest: int) -> fields.String:
    """A text that is needed."""
    return fields.String(required=True, validate=validate.Length(1, longest))


Note = Strict.from_dict({"note": fields.String(load_default=None, validate=validate.Length(1, 500))}, name="Note")
Reason = Strict.from_dict({"reason": fields.String(required=True, validate=validate.Length(1, 500))}, name="Reason")


Delivery: type[Schema] = Strict.from_dict({"quantity": Figure(), "on": fields.Date()}, name="SupplierDeliveryPart")
DELIVERIES = fields.List(fields.Nested(Delivery))
"""Deliveries of a line in parts."""
