"""A customer's order lines, and the changes it asks for."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from api.arguments import Blueprint, Strict
from api.customer_returns import Return
from api.order_lists import OrderList, add_orders, whole_of
from api.own_requests import SentRequest
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, optional_text, schema_of
from api.single import IF_MATCH, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import customer_orders, order_changes
from services.customer_lines import SalesLine
from services.order_changes import Asked, Change
from services.submissions import NOTE_LENGTH

blueprint = Blueprint(
    "customer order lines",
    __name__,
    url_prefix="/api/v1/customer/order-lines",
    description="For customers: the lines of their orders and where they stand. A change that is asked for counts once "
    "it is accepted.",
)

Line = schema_of(SalesLine, "CustomerOrderLine", without=("today",), due_on=fields.Date(), state=fields.String())
AskedChange = schema_of(
    Asked, "CustomerOrderChange", without=("change",), change=fields.Nested(schema_of(Change, "OrderChange"))
)


class CustomerLineDetail(Line):  # type: ignore[misc, valid-type]
    """A line with the changes asked for and the goods sent back, the newest first."""

    changes = fields.List(fields.Nested(AskedChange))
    returns = fields.List(fields.Nested(Return))


NewChange = Strict.from_dict(
    {
        "cancel": fields.Boolean(load_default=False),
        "quantity": Figure(load_default=None, allow_none=True),
        "wanted_on": fields.Date(load_default=None, allow_none=True),
        "note": optional_text(NOTE_LENGTH),
    },
    name="NewOrderChange",
)


def _line(line_id: int) -> dict[str, Any]:
    found = customer_orders.line(viewer(), line_id)
    return whole_of(Line, found.line, changes=found.changes, returns=found.returns)


add_orders(
    blueprint,
    OrderList(
        name="CustomerOrderLines",
        title="Your order lines",
        feature=Permission.CUSTOMER_PORTAL,
        entry=Line,
        whole=CustomerLineDetail,
        sorts=customer_orders.SORTS,
        shown=customer_orders.SHOWN,
        search_length=customer_orders.SEARCH_LENGTH,
        read=customer_orders.lines_after,
        find=_line,
    ),
)


@blueprint.post("/<int:line_id>/change-requests")
@requires(Permission.PORTAL_COMMIT)
@blueprint.arguments(NewChange)
@blueprint.response(201, SentRequest)
@blueprint.doc(parameters=[IF_MATCH, PARAMETER])
@repeatable
def ask_change(sent: dict[str, Any], line_id: int) -> Response:
    """Ask for another quantity or day of an open line, or to cancel it. A newer wish replaces one that waits."""
    require_match(CustomerLineDetail, _line(line_id))
    made = order_changes.ask(viewer(), line_id, **sent)
    return one(SentRequest, {"request_id": made}, status=201)
