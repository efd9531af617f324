"""The production orders made for an OEM, and what it asks for about them."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from api.arguments import Blueprint, Strict
from api.order_lists import OrderList, add_orders, whole_of
from api.own_requests import OwnRequest, SentRequest
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, required_text, schema_of
from api.single import IF_MATCH, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import oem_orders, oem_priority
from services.oem_orders import MadeOrder, Milestone
from services.submissions import NOTE_LENGTH

blueprint = Blueprint(
    "oem production orders",
    __name__,
    url_prefix="/api/v1/oem/production-orders",
    description="For OEMs: what is made for them, and how far it is. What is asked for counts once it is accepted.",
)

Order = schema_of(MadeOrder, "OemProductionOrder", without=("today",), progress=Figure(), state=fields.String())


class OemOrderDetail(Order):  # type: ignore[misc, valid-type]
    """An order with its steps and what was asked for about it, the newest first."""

    milestones = fields.List(fields.Nested(schema_of(Milestone, "Milestone")))
    asked = fields.List(fields.Nested(OwnRequest))


Wanted = Strict.from_dict(
    {
        "due_on": fields.Date(load_default=None, allow_none=True),
        "quantity": Figure(load_default=None, allow_none=True),
        "reason": required_text(NOTE_LENGTH),
    },
    name="NewPriority",
)


def _order(order_id: int) -> dict[str, Any]:
    found = oem_orders.progress(viewer(), order_id)
    return whole_of(Order, found.order, milestones=found.milestones, asked=found.asked)


add_orders(
    blueprint,
    OrderList(
        name="OemProductionOrders",
        title="The production orders for your products",
        feature=Permission.OEM_PORTAL,
        entry=Order,
        whole=OemOrderDetail,
        sorts=oem_orders.SORTS,
        shown=oem_orders.SHOWN,
        search_length=oem_orders.SEARCH_LENGTH,
        read=oem_orders.orders_after,
        find=_order,
    ),
)


@blueprint.post("/<int:order_id>/priority-requests")
@requires(Permission.PORTAL_COMMIT)
@blueprint.arguments(Wanted)
@blueprint.response(201, SentRequest)
@blueprint.doc(parameters=[IF_MATCH, PARAMETER])
@repeatable
def ask_priority(sent: dict[str, Any], order_id: int) -> Response:
    """Ask to have an open order on another day, or more of it."""
    require_match(OemOrderDetail, _order(order_id))
    made = oem_priority.ask(viewer(), order_id, **sent)
    return one(SentRequest, {"request_id": made}, status=201)
