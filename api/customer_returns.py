"""What a customer reports to be wrong with deliveries, and sends back."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, one_arguments, page, page_schema
from api.own_requests import SentRequest
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, optional_text, schema_of
from api.single import named, one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import customer_returns
from services.customer_returns import Delivery, Report, Reported
from services.submissions import NOTE_LENGTH

blueprint = Blueprint(
    "customer returns",
    __name__,
    url_prefix="/api/v1/customer",
    description="For customers: report what is wrong with a delivery, and send it back once somebody agrees.",
)

Return = schema_of(customer_returns.Return, "CustomerReturn")
ReturnReport = schema_of(
    Reported, "ReturnReport", without=("report",), report=fields.Nested(schema_of(Report, "ReportedGoods"))
)
Returnable = schema_of(Delivery, "ReturnableLine")
NewReport = Strict.from_dict(
    {
        "line_id": fields.Integer(required=True),
        "quantity": Figure(required=True),
        "lot": optional_text(customer_returns.LONGEST_LOT),
        "reason": fields.String(required=True, validate=validate.OneOf(customer_returns.REASONS)),
        "note": optional_text(NOTE_LENGTH),
    },
    name="NewReturnReport",
)


@blueprint.get("/returns")
@requires(Permission.CUSTOMER_RETURNS)
@blueprint.arguments(list_arguments("CustomerReturns", "-id", "reported_on"), location="query")
@blueprint.response(200, page_schema(Return, "CustomerReturns"))
def returns(asked: dict[str, Any]) -> Response:
    """What you send back, the newest first, and what became of it."""
    return page(Return, customer_returns.returns(viewer()).returns, asked)


@blueprint.get("/returns/<int:return_id>")
@requires(Permission.CUSTOMER_RETURNS)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Return)
def return_(asked: dict[str, Any], return_id: int) -> Response:
    """One of your returns."""
    return one(Return, named(customer_returns.returns(viewer()).returns, return_id), asked)


@blueprint.get("/returnable-lines")
@requires(Permission.CUSTOMER_RETURNS)
@blueprint.arguments(list_arguments("ReturnableLines", "-delivered_on"), location="query")
@blueprint.response(200, page_schema(Returnable, "ReturnableLines"))
def returnable(asked: dict[str, Any]) -> Response:
    """Delivered lines of which something may still be sent back."""
    return page(Returnable, customer_returns.returns(viewer()).deliveries, asked, key="line_id")


@blueprint.get("/return-reports")
@requires(Permission.CUSTOMER_RETURNS)
@blueprint.arguments(list_arguments("ReturnReports", "-id"), location="query")
@blueprint.response(200, page_schema(ReturnReport, "ReturnReports"))
def reports(asked: dict[str, Any]) -> Response:
    """What you reported and is no return (yet), the newest first. One that waits is taken back among the requests."""
    return page(ReturnReport, customer_returns.returns(viewer()).reported, asked)


@blueprint.post("/return-reports")
@requires(Permission.PORTAL_ANSWER)
@blueprint.arguments(NewReport)
@blueprint.response(201, SentRequest)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def report(sent: dict[str, Any]) -> Response:
    """Report what is wrong with a delivered line. A newer report of the line replaces one that waits."""
    return one(SentRequest, {"request_id": customer_returns.report(viewer(), **sent)}, status=201)
