"""What suppliers answered to order lines, and the decisions of buyers."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from api.arguments import Blueprint
from api.lists import list_arguments, one_arguments, page, page_schema
from api.repeatable import PARAMETER, repeatable
from api.schemas import DELIVERIES, Figure, Reason, schema_of
from api.single import IF_MATCH, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import review_queue
from services.review_answers import ReviewedAnswer

blueprint = Blueprint(
    "supplier answers",
    __name__,
    url_prefix="/api/v1/supplier-answers",
    description="What suppliers promise for order lines, to be accepted or sent back.",
)

Answer = schema_of(
    ReviewedAnswer,
    "ReviewedAnswer",
    without=("cover", "tolerance", "parts"),
    parts=DELIVERIES,
    days_later=fields.Integer(),
    quantity_short=Figure(),
    value_affected=Figure(),
)
DECISION = {"parameters": [IF_MATCH, PARAMETER]}


@blueprint.get("")
@requires(Permission.PURCHASE_READ)
@blueprint.arguments(list_arguments("ReviewedAnswers", "-value_affected", "created_at", "id"), location="query")
@blueprint.response(200, page_schema(Answer, "ReviewedAnswers"))
def answers(asked: dict[str, Any]) -> Response:
    """The answers that wait for a decision, the most money affected first."""
    return page(Answer, review_queue.queue(viewer(), limit=None).answers, asked)


@blueprint.get("/<int:answer_id>")
@requires(Permission.PURCHASE_READ)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Answer)
def answer(asked: dict[str, Any], answer_id: int) -> Response:
    """One answer, decided or not."""
    return one(Answer, review_queue.answer(viewer(), answer_id).answer, asked)


@blueprint.post("/<int:answer_id>/acceptance")
@requires(Permission.REVIEW_DECIDE)
@blueprint.response(200, Answer)
@blueprint.doc(**DECISION)
@repeatable
def accept(answer_id: int) -> Response:
    """Take a supplier's promise over into the order line."""
    require_match(Answer, review_queue.answer(viewer(), answer_id).answer)
    review_queue.accept(viewer(), answer_id)
    return one(Answer, review_queue.answer(viewer(), answer_id).answer)


@blueprint.post("/<int:answer_id>/rejection")
@requires(Permission.REVIEW_DECIDE)
@blueprint.arguments(Reason)
@blueprint.response(200, Answer)
@blueprint.doc(**DECISION)
@repeatable
def reject(said: dict[str, Any], answer_id: int) -> Response:
    """Send an answer back to the supplier, and say why."""
    require_match(Answer, review_queue.answer(viewer(), answer_id).answer)
    review_queue.reject(viewer(), answer_id, said["reason"])
    return one(Answer, review_queue.answer(viewer(), answer_id).answer)
