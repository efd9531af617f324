"""What suppliers answered to order lines, and the decisions of buyers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.bulk import add_acceptance
from api.lists import list_arguments, one_arguments, page, page_schema
from api.repeatable import PARAMETER, repeatable
from api.schemas import DELIVERIES, Figure, Reason, required_text, schema_of
from api.single import IF_MATCH, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import review_queue
from services.review_answers import ReviewedAnswer, Round

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
ListArguments = list_arguments(
    "ReviewedAnswers",
    *("-value_affected", "created_at", "id"),
    show=fields.String(load_default="all", validate=validate.OneOf(review_queue.SHOWN)),
)


class WholeAnswer(Answer):  # type: ignore[misc, valid-type]
    """An answer with the rounds of its line, the newest first."""

    history = fields.List(fields.Nested(schema_of(Round, "AnswerRound", without=("parts",), parts=DELIVERIES)))


Counter = Strict.from_dict(
    {
        "quantity": Figure(required=True),
        "promised_on": fields.Date(required=True),
        "note": required_text(review_queue.NOTE_LENGTH),
    },
    name="BuyerProposal",
)
DECISION = {"parameters": [IF_MATCH, PARAMETER]}


@blueprint.get("")
@requires(Permission.PURCHASE_READ)
@blueprint.arguments(ListArguments, location="query")
@blueprint.response(200, page_schema(Answer, "ReviewedAnswers"))
def answers(asked: dict[str, Any]) -> Response:
    """The answers that wait for a decision, the most money affected first."""
    return page(Answer, review_queue.queue(viewer(), show=asked["show"], limit=None).answers, asked)


add_acceptance(blueprint, Permission.REVIEW_DECIDE, review_queue.accept_plain)


@blueprint.get("/<int:answer_id>")
@requires(Permission.PURCHASE_READ)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, WholeAnswer)
def answer(asked: dict[str, Any], answer_id: int) -> Response:
    """One answer, decided or not, with all that was answered to its line."""
    return one(WholeAnswer, _answer(answer_id), asked)


@blueprint.post("/<int:answer_id>/acceptance")
@requires(Permission.REVIEW_DECIDE)
@blueprint.response(200, WholeAnswer)
@blueprint.doc(**DECISION)
@repeatable
def accept(answer_id: int) -> Response:
    """Take a supplier's promise over into the order line."""
    return _decided(review_queue.accept, answer_id)


@blueprint.post("/<int:answer_id>/rejection")
@requires(Permission.REVIEW_DECIDE)
@blueprint.arguments(Reason)
@blueprint.response(200, WholeAnswer)
@blueprint.doc(**DECISION)
@repeatable
def reject(said: dict[str, Any], answer_id: int) -> Response:
    """Send an answer back to the supplier, and say why."""
    return _decided(review_queue.reject, answer_id, note=said["reason"])


@blueprint.post("/<int:answer_id>/proposal")
@requires(Permission.REVIEW_DECIDE)
@blueprint.arguments(Counter)
@blueprint.response(200, WholeAnswer)
@blueprint.doc(**DECISION)
@repeatable
def counter(proposed: dict[str, Any], answer_id: int) -> Response:
    """Propose something else to the supplier, who takes it up or answers again."""
    return _decided(review_queue.counter, answer_id, **proposed)


def _decided(decide: Callable[..., None], answer_id: int, **terms: Any) -> Response:
    """Decide on an answer as it was seen."""
    require_match(WholeAnswer, _answer(answer_id))
    decide(viewer(), answer_id, **terms)
    return one(WholeAnswer, _answer(answer_id))


def _answer(answer_id: int) -> dict[str, Any]:
    found = review_queue.answer(viewer(), answer_id)
    return {**{name: getattr(found.answer, name) for name in Answer._declared_fields}, "history": found.rounds}
