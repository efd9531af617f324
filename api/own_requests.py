"""What a partner's company asked for, of all kinds."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, one_arguments, page_schema, read_on
from api.repeatable import PARAMETER, repeatable
from api.schemas import schema_of
from api.single import one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import own_requests
from services.submissions import Submission

blueprint = Blueprint(
    "own requests",
    __name__,
    url_prefix="/api/v1/requests",
    description="For partners: everything that you asked for and that somebody decides on, how far it is and what was "
    "said to it.",
)

OwnRequest = schema_of(
    Submission,
    "OwnRequest",
    without=("payload", "company_id", "company", "company_kind", "decided_by", "created_by", "version"),
    asked=fields.Dict(attribute="payload", metadata={"description": "What was sent."}),
)
SentRequest = Strict.from_dict({"request_id": fields.Integer()}, name="SentRequest")
STATES = ("", "pending", "accepted", "rejected", "withdrawn", "superseded")


@blueprint.get("")
@requires(Permission.PORTAL_MESSAGES)
@blueprint.arguments(
    list_arguments(
        "OwnRequests",
        kind=fields.String(load_default="", validate=validate.Length(max=100)),
        status=fields.String(load_default="", validate=validate.OneOf(STATES)),
    ),
    location="query",
)
@blueprint.response(200, page_schema(OwnRequest, "OwnRequests"))
def requests(asked: dict[str, Any]) -> Response:
    """What your company asked for, the newest first."""

    def read(after: list[int] | None, limit: int) -> list[Submission]:
        return own_requests.requests(viewer(), kind=asked["kind"], status=asked["status"], after=after, limit=limit)

    return read_on(OwnRequest, asked, read, lambda found: (found.id,))


@blueprint.get("/<int:request_id>")
@requires(Permission.PORTAL_MESSAGES)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, OwnRequest)
def request(asked: dict[str, Any], request_id: int) -> Response:
    """One of them."""
    return one(OwnRequest, own_requests.request(viewer(), request_id), asked)


@blueprint.post("/<int:request_id>/withdrawal")
@requires(Permission.PORTAL_ANSWER)  # and the rights that it takes to ask for such a thing
@blueprint.response(200, OwnRequest)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def take_back(request_id: int) -> Response:
    """Take back what nobody decided on yet."""
    own_requests.take_back(viewer(), request_id)
    return one(OwnRequest, own_requests.request(viewer(), request_id))
