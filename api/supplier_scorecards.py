"""Suppliers' scorecards, with the lines behind the figures."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, page, page_schema
from api.own_requests import SentRequest
from api.repeatable import PARAMETER, repeatable
from api.schemas import required_text, schema_of, schema_with
from api.single import one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import supplier_scorecard
from services.submissions import NOTE_LENGTH
from services.supplier_scorecard import Month, Scorecard

own = Blueprint(
    "own scorecard",
    __name__,
    url_prefix="/api/v1/supplier/scorecard",
    description="For suppliers: how your deliveries are judged, and asking that a line does not count.",
)
inside = Blueprint(
    "supplier scorecards",
    __name__,
    url_prefix="/api/v1/supplier-scorecards",
    description="How suppliers deliver. Disputes of theirs are decided on among the partner requests.",
)
GROUPS = (own, inside)

Line = schema_with(
    "ScorecardLine",
    numbers="id line_no",
    texts="order code item excluded",
    figures="ordered_quantity delivered_quantity days_late",
    days="first_confirmed_date delivered_date",
    flags="due on_time in_full",
)
Card = schema_of(
    Scorecard,
    "Scorecard",
    without=("months", "lines"),
    months=fields.List(fields.Nested(schema_of(Month, "ScorecardMonth"))),
    lines=fields.List(fields.Nested(Line), metadata={"description": "The newest, at most 500."}),
)
Supplier = schema_with("SupplierName", numbers="id", texts="name")
Dispute = Strict.from_dict(
    {"line_id": fields.Integer(required=True), "reason": required_text(NOTE_LENGTH)}, name="ScorecardDispute"
)


@own.get("")
@requires(Permission.SUPPLIER_SCORECARD)
@own.response(200, Card)
def own_scorecard() -> Response:
    """Your scorecard of the last twelve months. A line left out is in the list, not in the figures."""
    return one(Card, supplier_scorecard.scorecard(viewer()))


@own.post("/disputes")
@requires(Permission.PORTAL_ANSWER)
@own.arguments(Dispute)
@own.response(201, SentRequest)
@own.doc(parameters=[PARAMETER])
@repeatable
def dispute(said: dict[str, Any]) -> Response:
    """Ask that a line does not count. Nothing changes before somebody accepts it."""
    return one(SentRequest, {"request_id": supplier_scorecard.dispute(viewer(), **said)}, status=201)


@inside.get("")
@requires(Permission.PARTNER_READ)
@inside.arguments(list_arguments("SupplierNames", "name"), location="query")
@inside.response(200, page_schema(Supplier, "SupplierNames"))
def suppliers(asked: dict[str, Any]) -> Response:
    """The suppliers with a portal, and their ids."""
    found = [{"id": supplier_id, "name": name} for supplier_id, name in supplier_scorecard.suppliers(viewer())]
    return page(Supplier, found, asked)


@inside.get("/<int:supplier_id>")
@requires(Permission.PARTNER_READ)
@inside.response(200, Card)
def scorecard(supplier_id: int) -> Response:
    """The scorecard of a supplier, as the supplier sees it."""
    return one(Card, supplier_scorecard.scorecard(viewer(), supplier_id))
