"""What happened between the company and its partners."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, page_schema, read_on
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import partner_events

blueprint = Blueprint(
    "activity",
    __name__,
    url_prefix="/api/v1/activity",
    description="What happened between the company and its partners, for both sides.",
)

Event = Strict.from_dict(
    {
        **{name: fields.Integer() for name in ("id", "company_id")},
        "at": fields.DateTime(),
        "by_partner": fields.Boolean(),
        **{name: fields.String() for name in ("company", "actor", "event", "subject", "subject_id", "title", "href")},
        "detail": fields.String(allow_none=True),
    },
    name="Event",
)


@blueprint.get("")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.arguments(list_arguments("Activity"), location="query")
@blueprint.response(200, page_schema(Event, "Activity"))
def activity(asked: dict[str, Any]) -> Response:
    """What happened, the newest first: with all partners for colleagues, with the own company for partners."""

    def read(*, after: list[int] | None, limit: int) -> list[dict[str, Any]]:
        (before,) = after or (None,)
        return partner_events.activity(viewer(), before_id=before, limit=limit)

    return read_on(Event, asked, read, lambda event: (event["id"],))
