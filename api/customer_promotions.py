"""Promotions that a customer announces."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, one_arguments, page, page_schema
from api.own_requests import SentRequest
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, optional_text, required_text, schema_of
from api.single import named, one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import customer_promotions
from services.customer_promotions import LONGEST_NAME, MOST_ITEMS, PromotedItem
from services.event_fields import MECHANICS
from services.partner_forecasts import Item
from services.submissions import NOTE_LENGTH

blueprint = Blueprint(
    "customer promotions",
    __name__,
    url_prefix="/api/v1/customer",
    description="For customers: promotions that you announce, so that there is enough. One counts once it was taken up "
    "and approved.",
)

Promotion = schema_of(
    customer_promotions.Promotion,
    "CustomerPromotion",
    without=("items", "result"),
    items=fields.List(fields.Nested(schema_of(PromotedItem, "PromotedItem"))),
    expected=Figure(),
    result=fields.List(Figure(), allow_none=True, metadata={"description": "Once it is over: ordered, usual."}),
)
Promotable = schema_of(Item, "PromotableItem")
NewPromotion = Strict.from_dict(
    {
        "name": required_text(LONGEST_NAME),
        "starts_on": fields.Date(required=True),
        "ends_on": fields.Date(required=True),
        "mechanic": fields.String(required=True, validate=validate.OneOf(MECHANICS)),
        "items": fields.List(fields.Integer(), required=True, validate=validate.Length(1, MOST_ITEMS)),
        "volume": Figure(required=True, metadata={"description": "Units on top in all, shared equally."}),
        "note": optional_text(NOTE_LENGTH),
    },
    name="NewPromotion",
)


@blueprint.get("/promotable-items")
@requires(Permission.CUSTOMER_PROMOTIONS)
@blueprint.arguments(list_arguments("PromotableItems", "code"), location="query")
@blueprint.response(200, page_schema(Promotable, "PromotableItems"))
def promotable(asked: dict[str, Any]) -> Response:
    """What you may promote: what you ever ordered."""
    return page(Promotable, customer_promotions.items(viewer()), asked)


@blueprint.get("/promotions")
@requires(Permission.CUSTOMER_PROMOTIONS)
@blueprint.arguments(list_arguments("CustomerPromotions", "-id", "starts_on"), location="query")
@blueprint.response(200, page_schema(Promotion, "CustomerPromotions"))
def promotions(asked: dict[str, Any]) -> Response:
    """What you announced, the newest first, and what became of it."""
    return page(Promotion, customer_promotions.promotions(viewer()), asked)


@blueprint.get("/promotions/<int:promotion_id>")
@requires(Permission.CUSTOMER_PROMOTIONS)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Promotion)
def promotion(asked: dict[str, Any], promotion_id: int) -> Response:
    """One of your promotions."""
    return one(Promotion, named(customer_promotions.promotions(viewer()), promotion_id), asked)


@blueprint.post("/promotions")
@requires(Permission.PORTAL_COMMIT)
@blueprint.arguments(NewPromotion)
@blueprint.response(201, SentRequest)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def announce(sent: dict[str, Any]) -> Response:
    """Announce a promotion. One that waits is taken back among the requests, by the same id."""
    return one(SentRequest, {"request_id": customer_promotions.announce(viewer(), sent)}, status=201)
