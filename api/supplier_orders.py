"""A supplier's order lines and its answers to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from api.arguments import Blueprint, Strict
from api.order_lists import OrderList, add_orders, whole_of
from api.repeatable import PARAMETER, repeatable
from api.schemas import DELIVERIES, Figure, Reason, required_text, schema_of
from api.single import IF_MATCH, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import supplier_orders
from services.supplier_answers import LEAST_PARTS, MOST_PARTS, REASON_LENGTH
from services.supplier_lines import Answer, Delivery, OrderLine

blueprint = Blueprint(
    "supplier order lines",
    __name__,
    url_prefix="/api/v1/supplier/order-lines",
    description="For suppliers: the lines of their orders, and their answers to them.",
)

OF_LINE: dict[str, Any] = {"due_on": fields.Date(), "state": fields.String(), "schedule": DELIVERIES}
Line = schema_of(OrderLine, "SupplierOrderLine", without=("schedule",), **OF_LINE)
LineAnswer = schema_of(Answer, "SupplierAnswer", without=("parts",), parts=DELIVERIES)
LineDelivery = schema_of(Delivery, "SupplierDelivery")


class LineHistory(Line):  # type: ignore[misc, valid-type]
    """A line with its answers, the newest first, and its receipts."""

    answers = fields.List(fields.Nested(LineAnswer))
    receipts = fields.List(fields.Nested(LineDelivery))


PROMISE: dict[str, fields.Field[Any]] = {
    "quantity": Figure(required=True),
    "promised_on": fields.Date(required=True),
}
Part = Strict.from_dict(PROMISE, name="SupplierPart")
Counter = Strict.from_dict({**PROMISE, "reason": required_text(REASON_LENGTH)}, name="SupplierCounter")
Split = Strict.from_dict(
    {
        "parts": fields.List(fields.Nested(Part), required=True, validate=validate.Length(LEAST_PARTS, MOST_PARTS)),
        "reason": required_text(REASON_LENGTH),
    },
    name="SupplierSplit",
)
Acknowledged = Strict.from_dict({"acknowledged": fields.Integer()}, name="AcknowledgedLines")
Sent: type[Schema] = Strict.from_dict({"answer_id": fields.Integer()}, name="SupplierAnswerSent")
WRITE = {"parameters": [IF_MATCH, PARAMETER]}


def _line(line_id: int) -> dict[str, Any]:
    found = supplier_orders.line(viewer(), line_id)
    return whole_of(Line, found.line, answers=found.answers, receipts=found.receipts)


add_orders(
    blueprint,
    OrderList(
        name="SupplierOrderLines",
        title="Your order lines",
        feature=Permission.SUPPLIER_PORTAL,
        entry=Line,
        whole=LineHistory,
        sorts=supplier_orders.SORTS,
        shown=supplier_orders.SHOWN,
        search_length=supplier_orders.SEARCH_LENGTH,
        read=supplier_orders.lines_after,
        find=_line,
    ),
)


@blueprint.post("/<int:line_id>/acknowledgement")
@requires(Permission.PORTAL_ANSWER)
@blueprint.response(200, LineHistory)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def acknowledge(line_id: int) -> Response:
    """Tell that you have seen a line. A new line has to be seen before it can be answered."""
    supplier_orders.acknowledge(viewer(), line_id)
    return one(LineHistory, _line(line_id))


@blueprint.post("/acknowledgement")
@requires(Permission.PORTAL_ANSWER)
@blueprint.response(200, Acknowledged)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def acknowledge_all() -> Response:
    """Tell that you have seen all new lines."""
    return one(Acknowledged, {"acknowledged": supplier_orders.acknowledge_all(viewer())})


@blueprint.post("/<int:line_id>/confirmation")
@requires(Permission.PORTAL_ANSWER)
@blueprint.response(201, Sent)
@blueprint.doc(**WRITE)
@repeatable
def confirm(line_id: int) -> Response:
    """Promise a line as it was ordered. The buyer decides on it."""
    return _answered(supplier_orders.confirm, line_id)


@blueprint.post("/<int:line_id>/proposal")
@requires(Permission.PORTAL_ANSWER)
@blueprint.arguments(Counter)
@blueprint.response(201, Sent)
@blueprint.doc(**WRITE)
@repeatable
def counter(proposed: dict[str, Any], line_id: int) -> Response:
    """Propose another quantity or date for a line. The buyer decides on it."""
    return _answered(supplier_orders.counter, line_id, **proposed)


@blueprint.post("/<int:line_id>/split")
@requires(Permission.PORTAL_ANSWER)
@blueprint.arguments(Split)
@blueprint.response(201, Sent)
@blueprint.doc(**WRITE)
@repeatable
def split(proposed: dict[str, Any], line_id: int) -> Response:
    """Promise a line in several deliveries. The buyer decides on them together."""
    return _answered(supplier_orders.split, line_id, **proposed)


@blueprint.post("/<int:line_id>/refusal")
@requires(Permission.PORTAL_ANSWER)
@blueprint.arguments(Reason)
@blueprint.response(201, Sent)
@blueprint.doc(**WRITE)
@repeatable
def refuse(said: dict[str, Any], line_id: int) -> Response:
    """Tell that a line, or what is left of it, can't be delivered at all. The buyer decides on it."""
    return _answered(supplier_orders.refuse, line_id, **said)


@blueprint.post("/<int:line_id>/agreement")
@requires(Permission.PORTAL_ANSWER)
@blueprint.response(201, Sent)
@blueprint.doc(**WRITE)
@repeatable
def agree(line_id: int) -> Response:
    """Take up what the buyer proposes instead of your last answer."""
    return _answered(supplier_orders.agree, line_id)


def _answered(answer: Callable[..., int], line_id: int, **terms: Any) -> Response:
    """Give an answer to a line as its sender saw it."""
    found = _line(line_id)
    require_match(LineHistory, found)
    sent = answer(viewer(), line_id, found["version"], seen_answer=found["answer_id"] or 0, **terms)
    return one(Sent, {"answer_id": sent}, status=201)
