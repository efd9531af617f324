"""Orders of a partner that it reads, whoever the partner is: a list that the database gives a page at a time, and one
of them with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from api.arguments import Blueprint
from api.lists import list_arguments, one_arguments, page_schema, read_on
from api.single import one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission


@dataclass(frozen=True, slots=True)
class OrderList:
    """``name`` is that of the schemas and ``title`` what a reader is told; the first of ``sorts`` is the usual order.
    ``read`` is a service's …_after, ``find`` gives one in the shape of ``whole``."""

    name: str
    title: str
    feature: Permission
    entry: type[Schema]
    whole: type[Schema]
    sorts: Sequence[str]
    shown: Sequence[str]
    search_length: int
    read: Callable[..., list[Any]]
    find: Callable[[int], Any]


def add_orders(group: Blueprint, orders: OrderList) -> None:
    """Give a group of endpoints the list and the single ones."""
    arguments = list_arguments(
        orders.name,
        *orders.sorts,
        show=fields.String(load_default="open", validate=validate.OneOf(orders.shown)),
        search=fields.String(load_default="", validate=validate.Length(max=orders.search_length)),
    )

    @group.get("")
    @requires(orders.feature)
    @group.arguments(arguments, location="query")
    @group.response(200, page_schema(orders.entry, orders.name))
    @group.doc(summary=f"{orders.title}.")
    def listed(asked: dict[str, Any]) -> Response:
        sort = asked["sort"]

        def read(after: list[Any] | None, limit: int) -> list[Any]:
            place = None if after is None else after[1:]
            narrowed = {"show": asked["show"], "search": asked["search"], "sort": sort}
            return orders.read(viewer(), **narrowed, after=place, limit=limit)

        # The first part of a place says whether its value is unknown; none of these values ever is.
        return read_on(orders.entry, asked, read, lambda found: (False, getattr(found, sort.lstrip("-")), found.id))

    @group.get("/<int:order_id>")
    @requires(orders.feature)
    @group.arguments(one_arguments(), location="query")
    @group.response(200, orders.whole)
    @group.doc(summary=f"One of: {orders.title}, with all that is known of it.")
    def single(asked: dict[str, Any], order_id: int) -> Response:
        return one(orders.whole, orders.find(order_id), asked)


def whole_of(entry: type[Schema], found: Any, **more: Any) -> dict[str, Any]:
    """What the list tells of an order, and what only its own endpoint tells."""
    return {**{name: getattr(found, name) for name in entry._declared_fields}, **more}
