"""Stock that a supplier manages at the company's places."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, page, page_schema
from api.own_requests import SentRequest
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, optional_text, schema_of
from api.single import one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import supplier_stock
from services.submissions import NOTE_LENGTH
from services.supplier_stock import ManagedItem

blueprint = Blueprint(
    "supplier stock",
    __name__,
    url_prefix="/api/v1/supplier/managed-stock",
    description="For suppliers: the stock that you manage, its levels and replenishment. What you propose counts once "
    "the buyer accepts it.",
)

FIGURES = ("demand", "incoming", "projected")
Managed = schema_of(
    ManagedItem,
    "ManagedItem",
    without=("weeks", *FIGURES),
    id=fields.String(),
    below_from=fields.Date(allow_none=True),
    proposal=Figure(),
    weeks=fields.List(fields.Date()),
    **{name: fields.List(Figure()) for name in FIGURES},
)
NOTE = optional_text(NOTE_LENGTH)
Levels = Strict.from_dict(
    {"minimum": Figure(required=True), "maximum": Figure(required=True), "note": NOTE}, name="NewLevels"
)
Replenishment = Strict.from_dict(
    {"quantity": Figure(required=True), "arrives_on": fields.Date(required=True), "note": NOTE},
    name="NewReplenishment",
)


@blueprint.get("")
@requires(Permission.SUPPLIER_STOCK)
@blueprint.arguments(list_arguments("ManagedItems", "code"), location="query")
@blueprint.response(200, page_schema(Managed, "ManagedItems"))
def managed(asked: dict[str, Any]) -> Response:
    """The items that you manage: stock of today, levels, and by week what is needed, on its way and left."""
    return page(Managed, supplier_stock.managed_stock(viewer()).items, asked)


@blueprint.post("/<item_id>/levels")
@requires(Permission.PORTAL_COMMIT)
@blueprint.arguments(Levels)
@blueprint.response(201, SentRequest)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def propose_levels(sent: dict[str, Any], item_id: str) -> Response:
    """Propose between which quantities the stock of an item is kept."""
    return one(SentRequest, {"request_id": supplier_stock.propose_levels(viewer(), item_id, **sent)}, status=201)


@blueprint.post("/<item_id>/replenishments")
@requires(Permission.PORTAL_COMMIT)
@blueprint.arguments(Replenishment)
@blueprint.response(201, SentRequest)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def propose_replenishment(sent: dict[str, Any], item_id: str) -> Response:
    """Propose to send a quantity of an item."""
    return one(SentRequest, {"request_id": supplier_stock.propose_replenishment(viewer(), item_id, **sent)}, status=201)
