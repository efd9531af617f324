"""A customer's new orders: what can be had when, held for an hour, then sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, one_arguments, page, page_schema
from api.own_requests import SentRequest
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, schema_of
from api.single import one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import customer_catalogue, customer_ordering
from services.customer_catalogue import BasketLine, Product
from services.customer_ordering import Checked, Hold, SentOrder
from services.submissions import KEPT

blueprint = Blueprint(
    "customer ordering",
    __name__,
    url_prefix="/api/v1/customer",
    description="For customers: check a basket against what can be promised, hold it for an hour, send it as an order. "
    "All steps of one order carry the same key, a UUID of yours; the order counts once it is accepted.",
)

CatalogueItem = schema_of(
    Product, "CatalogueItem", without=("packs", "location_id"), packs=fields.Dict(values=Figure())
)
Line = Strict.from_dict(
    {
        "product_id": fields.Integer(required=True),
        "count": Figure(required=True),
        "unit": fields.String(load_default="", validate=validate.Length(max=20)),
        "wanted_on": fields.Date(required=True),
    },
    name="BasketLine",
)
LINES = fields.List(fields.Nested(Line), required=True, validate=validate.Length(1, customer_catalogue.MOST_LINES))
KEY = fields.UUID(required=True)
Basket = Strict.from_dict({"key": KEY, "lines": LINES}, name="Basket")
Wanted = Strict.from_dict(
    {
        "key": KEY,
        "lines": LINES,
        "take": fields.List(
            fields.String(allow_none=True, validate=validate.Length(max=100)),
            load_default=[],
            metadata={"description": "The key of a choice for each line; the first choice where there is none."},
        ),
    },
    name="WantedBasket",
)
Promised = Strict.from_dict({"day": fields.Date(), "quantity": Figure()}, name="Promised")
Way = Strict.from_dict(
    {
        **{name: fields.String() for name in ("key", "kind", "code", "name", "uom", "location")},
        "price": Figure(allow_none=True),
        "promised": fields.List(fields.Nested(Promised)),
    },
    name="WayToDeliver",
)
Ways = Strict.from_dict({"code": fields.String(), "choices": fields.List(fields.Nested(Way))}, name="CheckedLine")
CheckedBasket = Strict.from_dict({"lines": fields.List(fields.Nested(Ways))}, name="CheckedBasket")
Held = schema_of(Hold, "HeldQuantity")
HeldBasket = Strict.from_dict(
    {"held": fields.List(fields.Nested(Held)), "without": fields.List(fields.String())}, name="HeldBasket"
)
Order = Strict.from_dict(
    {
        "key": KEY,
        "note": fields.String(load_default=None, validate=validate.Length(1, 500)),
        "reference": fields.String(load_default=None, validate=validate.Length(1, 100)),
    },
    name="NewCustomerOrder",
)
SentShown = schema_of(SentOrder, "OwnCustomerOrder")


@blueprint.get("/catalogue")
@requires(Permission.CUSTOMER_ORDERING)
@blueprint.arguments(list_arguments("Catalogue", "code"), location="query")
@blueprint.response(200, page_schema(CatalogueItem, "Catalogue"))
def catalogue(asked: dict[str, Any]) -> Response:
    """What you can order, at your prices of today."""
    return page(CatalogueItem, customer_catalogue.catalogue(viewer()), asked)


@blueprint.post("/order-checks")
@requires(Permission.PORTAL_ANSWER)
@blueprint.arguments(Basket)
@blueprint.response(200, CheckedBasket)
def check(basket: dict[str, Any]) -> Response:
    """What of a basket can be had when, in full, in parts, from elsewhere or instead. Nothing is held yet."""
    found = customer_ordering.check(viewer(), lines_of(basket), key=str(basket["key"]))
    return one(CheckedBasket, {"lines": [_ways(each) for each in found]})


@blueprint.post("/order-holds")
@requires(Permission.PORTAL_COMMIT)
@blueprint.arguments(Wanted)
@blueprint.response(201, HeldBasket)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def hold(basket: dict[str, Any]) -> Response:
    """Hold a basket for an hour; what was held for this order before is given back."""
    key = str(basket["key"])
    left = customer_ordering.hold(viewer(), lines_of(basket), basket["take"], key=key)
    held = customer_ordering.holds(viewer(), key=key)
    return one(HeldBasket, {"held": held, "without": [line.product.code for line in left]}, status=201)


@blueprint.get("/order-holds")
@requires(Permission.CUSTOMER_ORDERING)
@blueprint.arguments(list_arguments("HeldQuantities", "expires_at"), location="query")
@blueprint.response(200, page_schema(Held, "HeldQuantities"))
def holds(asked: dict[str, Any]) -> Response:
    """What is held for orders of your company, and until when."""
    return page(Held, customer_ordering.holds(viewer()), asked)


@blueprint.delete("/order-holds/<uuid:key>")
@requires(Permission.PORTAL_COMMIT)
@blueprint.response(204)
def release(key: UUID) -> Response:
    """Give back what is held for an order that was not sent."""
    customer_ordering.release(viewer(), key=str(key))
    return Response(status=204)


@blueprint.get("/orders")
@requires(Permission.CUSTOMER_ORDERING)
@blueprint.arguments(list_arguments("OwnCustomerOrders", "-created_at"), location="query")
@blueprint.response(200, page_schema(SentShown, "OwnCustomerOrders"))
def orders(asked: dict[str, Any]) -> Response:
    """The orders you sent, and what was decided on them."""
    return page(SentShown, customer_ordering.sent_orders(viewer(), limit=KEPT), asked)


@blueprint.get("/orders/<int:request_id>")
@requires(Permission.CUSTOMER_ORDERING)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, SentShown)
def order(asked: dict[str, Any], request_id: int) -> Response:
    """One of them. One that waits is taken back among the requests, by the same id."""
    return one(SentShown, customer_ordering.sent_order(viewer(), request_id), asked)


@blueprint.post("/orders")
@requires(Permission.PORTAL_COMMIT)
@blueprint.arguments(Order)
@blueprint.response(201, SentRequest)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def place(sent: dict[str, Any]) -> Response:
    """Send what is held as an order."""
    key = str(sent["key"])
    made = customer_ordering.place(viewer(), key=key, note=sent["note"], reference=sent["reference"])
    return one(SentRequest, {"request_id": made}, status=201)


def lines_of(basket: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines that were sent, as services take them."""
    return [{**line, "wanted_on": line["wanted_on"].isoformat()} for line in basket["lines"]]


def sent_lines(found: list[BasketLine]) -> list[dict[str, Any]]:
    """Lines of a service, as they can be sent."""
    names = ("count", "unit", "wanted_on")
    return [{"product_id": each.product.id, **{name: getattr(each, name) for name in names}} for each in found]


def _ways(found: Checked) -> dict[str, Any]:
    names = ("key", "kind", "code", "name", "uom", "location", "price")
    choices = [{**{name: getattr(way, name) for name in names}, "promised": way.terms} for way in found.choices]
    return {"code": found.line.product.code, "choices": choices}
