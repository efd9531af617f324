"""Lists: a page at a time by a cursor, in an allowed order, with the fields that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, jsonify, request
from itsdangerous import BadSignature, URLSafeSerializer
from marshmallow import Schema, fields, validate
from marshmallow.utils import get_value

from api.arguments import Strict
from core.errors import Malformed
from core.keys import derived_key

LARGEST_PAGE = 500
PAGE = 100
Place = tuple[bool, str | float, str | int]
Arguments = Mapping[str, Any]

LIMIT = fields.Integer(
    load_default=PAGE, validate=validate.Range(1, LARGEST_PAGE), metadata={"description": "Entries of a page."}
)
CURSOR = fields.String(
    load_default=None, validate=validate.Length(1, 500), metadata={"description": "`next` of the page before."}
)
FIELDS = fields.String(
    load_default=None, validate=validate.Length(1, 1000), metadata={"description": "Names of fields, with commas."}
)


def one_arguments() -> type[Schema]:
    """What can be asked of a single thing."""
    return Strict.from_dict({"fields": FIELDS}, name="OneArguments")


def list_arguments(name: str, *sorts: str, **filters: fields.Field[Any]) -> type[Schema]:
    """What can be asked of a list: the first of ``sorts`` is its order unless another is asked for."""
    made: dict[str, Any] = {"limit": LIMIT, "cursor": CURSOR, "fields": FIELDS, **filters}
    if sorts:
        allowed = [order for each in sorts for order in (each, f"-{each}")]
        made["sort"] = fields.String(load_default=sorts[0], validate=validate.OneOf(allowed))
    return Strict.from_dict(made, name=f"{name}Arguments")


def page_schema(entry: type[Schema], name: str) -> type[Schema]:
    """A page: its entries and where the next one begins."""
    return Strict.from_dict(
        {
            "items": fields.List(fields.Nested(entry)),
            "next": fields.String(
                allow_none=True, metadata={"description": "Cursor of the next page; null at the end."}
            ),
        },
        name=f"{name}Page",
    )


def page(schema: type[Schema], entries: Iterable[Any], asked: Arguments, *, key: str = "id") -> Response:
    """The page that was asked for of a list that is all here."""
    sort = asked.get("sort", key)
    name, backwards = sort.lstrip("-"), sort.startswith("-")
    placed = sorted(((_place(each, name, key), each) for each in entries), key=_first, reverse=backwards)
    after = read_cursor(asked)
    if after is not None:
        found = (bool(after[0]), after[1], after[2])
        placed = [each for each in placed if (each[0] < found if backwards else each[0] > found)]
    shown = placed[: asked["limit"]]
    following = make_cursor(asked, list(shown[-1][0])) if len(placed) > len(shown) else None
    return answer(schema, [each for _place_, each in shown], asked, following)


def read_on(
    schema: type[Schema],
    asked: Arguments,
    read: Callable[..., Sequence[Any]],
    place: Callable[[Any], Sequence[Any]],
) -> Response:
    """The page that was asked for of a list that the database gives a page at a time.

    ``read(after=…, limit=…)`` gives entries after a place of the list (None: from its beginning), ``place`` the place
    of an entry.
    """
    found = list(read(after=read_cursor(asked), limit=asked["limit"]))
    more = len(found) == asked["limit"]
    following = make_cursor(asked, [_plain(value) for value in place(found[-1])]) if more else None
    return answer(schema, found, asked, following)


def answer(schema: type[Schema], entries: list[Any], asked: Arguments, following: str | None) -> Response:
    """A page as it is sent."""
    return jsonify(items=selection(schema, asked).dump(entries, many=True), next=following)


def selection(schema: type[Schema], asked: Arguments) -> Schema:
    """The schema with the fields that were asked for."""
    names = [name.strip() for name in (asked.get("fields") or "").split(",") if name.strip()]
    if unknown := [name for name in names if name not in schema._declared_fields]:
        raise Malformed(f"There is no field “{unknown[0][:100]}”.")
    return schema(only=names) if names else schema()


def make_cursor(asked: Arguments, place: list[Any]) -> str:
    """A place in the list, signed, so that nobody makes one up."""
    return str(_signer(asked).dumps(place))


def read_cursor(asked: Arguments) -> list[Any] | None:
    if asked["cursor"] is None:
        return None
    try:
        return list(_signer(asked).loads(asked["cursor"]))
    except BadSignature as error:
        raise Malformed("This cursor is not of this list. Begin again without one.") from error


def _signer(asked: Arguments) -> URLSafeSerializer:
    return URLSafeSerializer(derived_key("cursors of the API"), salt=f"{request.path} {asked.get('sort', '')}")


def _first(placed: tuple[Place, Any]) -> Place:
    return placed[0]


def _place(entry: Any, name: str, key: str) -> Place:
    """Where an entry stands: what it is sorted by, unknown last, and what names it."""
    value = get_value(entry, name, None)
    return value is None, "" if value is None else _plain(value), _plain(get_value(entry, key, 0))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
