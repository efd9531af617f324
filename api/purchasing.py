"""What to buy, and what is ordered."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, one_arguments, page, page_schema
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, Reason, schema_with
from api.single import IF_MATCH, one, require_match
from core.errors import NotFound
from core.guard import requires
from core.i18n import _
from core.identity import viewer
from core.permissions import Permission
from services import proposals, purchase_orders
from services.proposals import ProposalFilters

blueprint = Blueprint(
    "purchasing", __name__, url_prefix="/api/v1", description="What to buy, what is ordered, and when it comes."
)

NARROWED = {
    name: fields.String(load_default="", validate=validate.Length(max=200)) for name in ("location", "supplier")
}
Proposal = schema_with(
    "Proposal",
    numbers="id rank version",
    texts="code name category uom location location_name supplier_code supplier blocked",
    figures="quantity unit_price value days_to_stockout money_at_stake",
    days="needed_on",
)
ORDER = {
    "numbers": "id lines unconfirmed late received version",
    "texts": "number status supplier_code supplier location location_name",
    "figures": "value",
    "days": "ordered_on next_due_on",
}
OrderLine = schema_with(
    "PurchaseOrderLine",
    numbers="id line_no version",
    texts="code name uom status",
    figures="quantity unit_price value confirmed_quantity received_quantity",
    days="requested_on first_confirmed_on latest_confirmed_on actual_on",
)
Order = schema_with("PurchaseOrderHead", **ORDER)


class OrderDetail(Order):  # type: ignore[misc, valid-type]
    """One order with its lines."""

    order_lines = fields.List(fields.Nested(OrderLine))


Quantity = Strict.from_dict({"quantity": Figure(load_default=None, allow_none=True)}, name="OtherQuantity")
Accepted = Strict.from_dict({"orders": fields.List(fields.String())}, name="AcceptedProposal")
WRITE = {"parameters": [IF_MATCH, PARAMETER]}


@blueprint.get("/proposals")
@requires(Permission.INVENTORY_READ)
@blueprint.arguments(list_arguments("Proposals", "rank", "needed_on", "id", **NARROWED), location="query")
@blueprint.response(200, page_schema(Proposal, "Proposals"))
def open_proposals(asked: dict[str, Any]) -> Response:
    """What to buy now, the most money at stake first."""
    wanted = ProposalFilters(location=asked["location"], supplier=asked["supplier"])
    return page(Proposal, proposals.open_proposals(viewer(), wanted, limit=None).rows, asked)


@blueprint.get("/proposals/<int:proposal_id>")
@requires(Permission.INVENTORY_READ)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Proposal)
def proposal(asked: dict[str, Any], proposal_id: int) -> Response:
    """One open proposal."""
    return one(Proposal, proposals.proposal(viewer(), proposal_id), asked)


@blueprint.post("/proposals/<int:proposal_id>/acceptance")
@requires(Permission.PROPOSAL_DECIDE)
@blueprint.arguments(Quantity)
@blueprint.response(201, Accepted)
@blueprint.doc(**WRITE)
@repeatable
def accept_proposal(wanted: dict[str, Any], proposal_id: int) -> Response:
    """Order what a proposal advises, or another quantity: a line on a draft order."""
    found = proposals.proposal(viewer(), proposal_id)
    require_match(Proposal, found)
    made = proposals.accept(viewer(), proposal_id, found["version"], quantity=wanted["quantity"])
    return one(Accepted, {"orders": list(made.orders)}, status=201)


@blueprint.post("/proposals/<int:proposal_id>/dismissal")
@requires(Permission.PROPOSAL_DECIDE)
@blueprint.arguments(Reason)
@blueprint.response(204)
@blueprint.doc(**WRITE)
@repeatable
def dismiss_proposal(said: dict[str, Any], proposal_id: int) -> Response:
    """Turn a proposal down, and say why."""
    found = proposals.proposal(viewer(), proposal_id)
    require_match(Proposal, found)
    proposals.dismiss(viewer(), [(proposal_id, found["version"])], reason=said["reason"])
    return Response(status=204)


@blueprint.get("/purchase-orders/<number>")
@requires(Permission.PURCHASE_READ)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, OrderDetail)
def purchase_order(asked: dict[str, Any], number: str) -> Response:
    """One order with its lines and all their dates. The lines of all orders are among the records."""
    return one(OrderDetail, _order(number), asked)


@blueprint.post("/purchase-orders/<number>/sending")
@requires(Permission.PURCHASE_EDIT)
@blueprint.response(200, OrderDetail)
@blueprint.doc(**WRITE)
@repeatable
def send_order(number: str) -> Response:
    """Send a draft to its supplier."""
    found = _order(number)
    require_match(OrderDetail, found)
    purchase_orders.send(viewer(), found["id"], found["version"])
    return one(OrderDetail, _order(number))


@blueprint.post("/purchase-orders/<number>/cancellation")
@requires(Permission.PURCHASE_EDIT)
@blueprint.arguments(Reason)
@blueprint.response(200, OrderDetail)
@blueprint.doc(**WRITE)
@repeatable
def cancel_order(said: dict[str, Any], number: str) -> Response:
    """Cancel what has not come yet, and say why."""
    found = _order(number)
    require_match(OrderDetail, found)
    purchase_orders.cancel(viewer(), found["id"], found["version"], reason=said["reason"])
    return one(OrderDetail, _order(number))


def _order(number: str) -> dict[str, Any]:
    found = purchase_orders.order_by_number(viewer(), number)
    if found is None:
        raise NotFound(_("There is no such order."))
    return {**found.order, "order_lines": found.lines}
