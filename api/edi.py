"""Orders, answers, shipping notices and forecasts as EDIFACT messages."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import fields

from api.arguments import Blueprint, Strict
from api.files import DOWNLOAD, Body, takes
from api.repeatable import PARAMETER, repeatable
from api.schemas import schema_of
from api.single import one
from core.file_answers import in_pieces
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import edi
from services.edi import LARGEST, Taken
from services.outgoing import Outgoing

blueprint = Blueprint(
    "EDIFACT",
    __name__,
    url_prefix="/api/v1/edi",
    description="Orders, answers, shipping notices and forecasts as messages of UN/EDIFACT D.96A.",
)

EDIFACT = "application/edifact"
INTERCHANGE = Body(EDIFACT, LARGEST)
Told = schema_of(Taken, "TakenInterchange")
Dry = Strict.from_dict(
    {"dry": fields.Boolean(load_default=False, metadata={"description": "Only look what it would do."})},
    name="InterchangeArguments",
)


@blueprint.get("/orders/<number>")
@requires(Permission.SIGNED_IN)  # the service asks for the right of the viewer's side
@blueprint.response(200, DOWNLOAD, content_type=EDIFACT)
def order(number: str) -> Response:
    """A purchase order that was sent, as ORDERS: for its supplier, and for colleagues who may export."""
    return _sent(edi.orders_message(viewer(), number))


@blueprint.get("/forecast")
@requires(Permission.SUPPLIER_FORECAST)
@blueprint.response(200, DOWNLOAD, content_type=EDIFACT)
def forecast() -> Response:
    """For suppliers: the newest forecast that is shared with you, as DELFOR."""
    return _sent(edi.forecast_message(viewer()))


@blueprint.post("/interchanges")
@requires(Permission.PORTAL_ANSWER)
@blueprint.arguments(Dry, location="query")
@blueprint.response(200, Told)
@takes(INTERCHANGE)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def take(asked: dict[str, Any]) -> Response:
    """For suppliers: answer order lines by ORDRSP, or announce a shipment by DESADV: all of it is taken, or nothing."""
    text = edi.text_of(request.get_data(cache=True))
    return one(Told, edi.take(viewer(), text, dry=asked["dry"]))


def _sent(found: Outgoing) -> Response:
    return in_pieces(found.chunks, found.media_type, found.file_name)
