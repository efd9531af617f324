"""A supplier's shipping notices."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, one_arguments, page, page_schema, read_on
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, optional_text, required_text, schema_with
from api.single import IF_MATCH, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import shipments
from services.shipments import MOST_LOTS, MOST_PACKAGES, NAME_LENGTH

blueprint = Blueprint(
    "supplier shipments",
    __name__,
    url_prefix="/api/v1/supplier",
    description="For suppliers: tell what is on its way. It changes no stock; the buyer expects it.",
)

LineToShip = schema_with(
    "LineToShip",
    numbers="line_id line_no location_id",
    texts="order code item uom location",
    days="due_on",
    figures="quantity",
)
HEAD = {
    "numbers": "id packages version",
    "texts": "number status carrier tracking",
    "days": "ships_on arrives_on",
    "moments": "created_at",
}
ListedShipment = schema_with("SupplierShipmentHead", **HEAD | {"numbers": f"{HEAD['numbers']} lots"})
Lot = schema_with(
    "ShipmentLot",
    numbers="id line_id line_no",
    texts="order code item uom location lot",
    days="expires_on",
    figures="quantity",
)
Shipment = schema_with("SupplierShipment", {"lines": fields.List(fields.Nested(Lot))}, **HEAD)
NewLot = Strict.from_dict(
    {
        "line_id": fields.Integer(required=True),
        "quantity": Figure(required=True),
        "lot": optional_text(NAME_LENGTH),
        "expires_on": fields.Date(load_default=None, allow_none=True),
    },
    name="NewShipmentLot",
)
NewShipment = Strict.from_dict(
    {
        "number": required_text(NAME_LENGTH),
        **{name: fields.Date(required=True) for name in ("ships_on", "arrives_on")},
        **{name: optional_text(NAME_LENGTH) for name in ("carrier", "tracking")},
        "packages": fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, MOST_PACKAGES)),
        "lines": fields.List(fields.Nested(NewLot), required=True, validate=validate.Length(1, MOST_LOTS)),
    },
    name="NewShipment",
)


@blueprint.get("/lines-to-ship")
@requires(Permission.SUPPLIER_SHIPMENTS)
@blueprint.arguments(list_arguments("LinesToShip", "due_on"), location="query")
@blueprint.response(200, page_schema(LineToShip, "LinesToShip"))
def lines_to_ship(asked: dict[str, Any]) -> Response:
    """Your confirmed order lines with what is neither delivered nor on its way."""
    return page(LineToShip, shipments.lines_to_ship(viewer()), asked, key="line_id")


@blueprint.get("/shipments")
@requires(Permission.SUPPLIER_SHIPMENTS)
@blueprint.arguments(list_arguments("SupplierShipments"), location="query")
@blueprint.response(200, page_schema(ListedShipment, "SupplierShipments"))
def listed(asked: dict[str, Any]) -> Response:
    """Your shipping notices, the newest first."""
    return read_on(ListedShipment, asked, partial(shipments.shipments, viewer()), lambda found: (found["id"],))


@blueprint.get("/shipments/<int:shipment_id>")
@requires(Permission.SUPPLIER_SHIPMENTS)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Shipment)
def shipment(asked: dict[str, Any], shipment_id: int) -> Response:
    """One of your shipping notices with its lots."""
    return one(Shipment, shipments.shipment(viewer(), shipment_id), asked)


@blueprint.post("/shipments")
@requires(Permission.PORTAL_ANSWER)
@blueprint.arguments(NewShipment)
@blueprint.response(201, Shipment)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def send(told: dict[str, Any]) -> Response:
    """Tell that goods are on their way: lots of your confirmed order lines, to one place."""
    lines = told.pop("lines")
    return one(Shipment, shipments.shipment(viewer(), shipments.send(viewer(), told, lines)), status=201)


@blueprint.post("/shipments/<int:shipment_id>/cancellation")
@requires(Permission.PORTAL_ANSWER)
@blueprint.response(200, Shipment)
@blueprint.doc(parameters=[IF_MATCH, PARAMETER])
@repeatable
def cancel(shipment_id: int) -> Response:
    """Take back a shipping notice of which nothing was received."""
    found = shipments.shipment(viewer(), shipment_id)
    require_match(Shipment, found)
    shipments.cancel(viewer(), shipment_id, found["version"])
    return one(Shipment, shipments.shipment(viewer(), shipment_id))
