"""A customer's order lines."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint
from api.lists import list_arguments, one_arguments, page, page_schema
from api.schemas import schema_of
from api.single import named, one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import customer_orders
from services.customer_lines import SalesLine

blueprint = Blueprint(
    "customer order lines",
    __name__,
    url_prefix="/api/v1/customer/order-lines",
    description="For customers: the lines of their orders and where they stand.",
)

Line = schema_of(SalesLine, "CustomerOrderLine", without=("today",), due_on=fields.Date(), state=fields.String())
ListArguments = list_arguments(
    "CustomerOrderLines",
    *("requested_on", "order", "id"),
    show=fields.String(load_default="open", validate=validate.OneOf(customer_orders.SHOWN)),
    search=fields.String(load_default="", validate=validate.Length(max=customer_orders.SEARCH_LENGTH)),
)


@blueprint.get("")
@requires(Permission.CUSTOMER_PORTAL)
@blueprint.arguments(ListArguments, location="query")
@blueprint.response(200, page_schema(Line, "CustomerOrderLines"))
def order_lines(asked: dict[str, Any]) -> Response:
    """Your order lines."""
    found = customer_orders.lines(viewer(), show=asked["show"], search=asked["search"], limit=None)
    return page(Line, found.lines, asked)


@blueprint.get("/<int:line_id>")
@requires(Permission.CUSTOMER_PORTAL)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Line)
def order_line(asked: dict[str, Any], line_id: int) -> Response:
    """One of your order lines."""
    return one(Line, named(customer_orders.lines(viewer(), show="all", limit=None).lines, line_id), asked)
