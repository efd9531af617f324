"""The production orders made for an OEM."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint
from api.lists import list_arguments, one_arguments, page, page_schema
from api.schemas import Figure, schema_of
from api.single import named, one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import oem_orders
from services.oem_orders import MadeOrder

blueprint = Blueprint(
    "oem production orders",
    __name__,
    url_prefix="/api/v1/oem/production-orders",
    description="For OEMs: what is made for them, and how far it is.",
)

Order = schema_of(MadeOrder, "OemProductionOrder", without=("today",), progress=Figure(), state=fields.String())
ListArguments = list_arguments(
    "OemProductionOrders",
    *("due_on", "number", "starts_on", "id"),
    show=fields.String(load_default="open", validate=validate.OneOf(oem_orders.SHOWN)),
    search=fields.String(load_default="", validate=validate.Length(max=oem_orders.SEARCH_LENGTH)),
)


@blueprint.get("")
@requires(Permission.OEM_PORTAL)
@blueprint.arguments(ListArguments, location="query")
@blueprint.response(200, page_schema(Order, "OemProductionOrders"))
def production_orders(asked: dict[str, Any]) -> Response:
    """The production orders for your products."""
    found = oem_orders.orders(viewer(), show=asked["show"], search=asked["search"], limit=None)
    return page(Order, found.orders, asked)


@blueprint.get("/<int:order_id>")
@requires(Permission.OEM_PORTAL)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Order)
def production_order(asked: dict[str, Any], order_id: int) -> Response:
    """One production order for your products."""
    return one(Order, named(oem_orders.orders(viewer(), show="all", limit=None).orders, order_id), asked)
