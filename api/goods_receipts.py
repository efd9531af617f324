"""What is on its way to the company, and booking what came in."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, one_arguments, page_schema, read_on
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, Reason, optional_text, schema_with
from api.single import IF_MATCH, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import goods_receipts
from services.received_lots import LOT_LENGTH, REASON_LENGTH
from services.shipments import MOST_LOTS

blueprint = Blueprint(
    "goods receipts",
    __name__,
    url_prefix="/api/v1",
    description="What suppliers announced and what else is to come; booking what came in, with its differences.",
)

ExpectedShipment = schema_with(
    "ExpectedShipment", numbers="id packages lots", texts="number carrier tracking supplier", days="due_on"
)
ExpectedLine = schema_with(
    "ExpectedLine", numbers="id line_no", texts="number code item uom supplier", days="due_on", figures="quantity"
)
Expected = Strict.from_dict(
    {
        "shipments": fields.List(fields.Nested(ExpectedShipment)),
        "lines": fields.List(fields.Nested(ExpectedLine)),
    },
    name="ExpectedDeliveries",
)
ExpectedLot = schema_with(
    "ExpectedLot",
    numbers="line_id line_no",
    texts="order code item uom lot status",
    figures="expected promised received_quantity",
    days="expires_on",
)
Arrival = Strict.from_dict({"lots": fields.List(fields.Nested(ExpectedLot))}, name="Arrival")
CameIn = Strict.from_dict(
    {
        "quantity": Figure(load_default=0.0, metadata={"description": "Good, into stock."}),
        "damaged": Figure(load_default=0.0),
        "lot": optional_text(LOT_LENGTH),
        "expires_on": fields.Date(load_default=None, allow_none=True),
        "reason": optional_text(REASON_LENGTH),
    },
    name="CameIn",
)
Received = Strict.from_dict(
    {
        "lots": fields.List(
            fields.Nested(CameIn),
            required=True,
            validate=validate.Length(1, MOST_LOTS),
            metadata={"description": "One for each lot of the delivery, in its order; a difference needs a reason."},
        )
    },
    name="ReceivedLots",
)
Booking = schema_with(
    "GoodsReceipt",
    numbers="id",
    texts="orders items supplier shipment differences booked_by reversal_reason",
    figures="quantity damaged",
    days="received_on",
    moments="booked_at reversed_at",
)
DELIVERY = "/expected-deliveries/<kind>/<int:delivery_id>"
WRITE = {"parameters": [IF_MATCH, PARAMETER]}


@blueprint.get("/expected-deliveries")
@requires(Permission.PURCHASE_READ)
@blueprint.response(200, Expected)
def expected() -> Response:
    """Shipments on their way, and order lines of which more is to come: of each the first to arrive, at most 500."""
    shipments, lines = goods_receipts.expected(viewer())
    return one(Expected, {"shipments": shipments, "lines": lines})


@blueprint.get(DELIVERY)
@requires(Permission.PURCHASE_READ)
@blueprint.response(200, Arrival)
def arrival(kind: str, delivery_id: int) -> Response:
    """The lots to receive of a delivery; its kind is “shipment” or “line”."""
    return one(Arrival, _arrival(kind, delivery_id))


@blueprint.post(f"{DELIVERY}/receipt")
@requires(Permission.INVENTORY_EDIT)
@blueprint.arguments(Received)
@blueprint.response(201, Booking)
@blueprint.doc(**WRITE)
@repeatable
def book(given: dict[str, Any], kind: str, delivery_id: int) -> Response:
    """Book what came in today: lots go into stock, order lines that are complete are finished."""
    require_match(Arrival, _arrival(kind, delivery_id))
    made = goods_receipts.book(viewer(), kind, delivery_id, given["lots"], key=str(uuid4()))
    return one(Booking, goods_receipts.booking(viewer(), made), status=201)


@blueprint.get("/goods-receipts")
@requires(Permission.PURCHASE_READ)
@blueprint.arguments(list_arguments("GoodsReceipts"), location="query")
@blueprint.response(200, page_schema(Booking, "GoodsReceipts"))
def bookings(asked: dict[str, Any]) -> Response:
    """What was booked, the newest first."""

    def read(*, after: list[int] | None, limit: int) -> list[dict[str, Any]]:
        (before,) = after or (None,)
        return goods_receipts.bookings(viewer(), before_id=before, limit=limit)

    return read_on(Booking, asked, read, lambda found: (found["id"],))


@blueprint.get("/goods-receipts/<int:receipt_id>")
@requires(Permission.PURCHASE_READ)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Booking)
def booking(asked: dict[str, Any], receipt_id: int) -> Response:
    """One booking."""
    return one(Booking, goods_receipts.booking(viewer(), receipt_id), asked)


@blueprint.post("/goods-receipts/<int:receipt_id>/reversal")
@requires(Permission.INVENTORY_EDIT)
@blueprint.arguments(Reason)
@blueprint.response(200, Booking)
@blueprint.doc(**WRITE)
@repeatable
def reverse(said: dict[str, Any], receipt_id: int) -> Response:
    """Take a booking back: its lots leave the stock, its lines and orders are open again."""
    require_match(Booking, goods_receipts.booking(viewer(), receipt_id))
    goods_receipts.reverse(viewer(), receipt_id, said["reason"])
    return one(Booking, goods_receipts.booking(viewer(), receipt_id))


def _arrival(kind: str, delivery_id: int) -> dict[str, Any]:
    return {"lots": goods_receipts.arrival(viewer(), kind, delivery_id)}
