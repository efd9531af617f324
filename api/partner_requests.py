"""What partners ask for, and the decisions of colleagues."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.bulk import add_acceptance
from api.files import DOWNLOADS, sent_files
from api.lists import list_arguments, one_arguments, page, page_schema
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, Note, Reason
from api.single import IF_MATCH, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import partner_requests
from services.partner_requests import Request

blueprint = Blueprint(
    "partner requests",
    __name__,
    url_prefix="/api/v1/partner-requests",
    description="What partners ask for. Nothing of it is in the plan before somebody accepts it.",
)

Fact = Strict.from_dict({name: fields.String() for name in ("label", "now", "asked")}, name="Fact")
Asked = Strict.from_dict(
    {
        "id": fields.Integer(),
        **{name: fields.String() for name in ("kind", "status", "company", "asked_by", "summary")},
        **{name: fields.String(allow_none=True) for name in ("note", "obstacle", "decision_note")},
        "created_at": fields.DateTime(),
        "decided_at": fields.DateTime(allow_none=True),
        "impact": Figure(),
        "plain": fields.Boolean(),
        "facts": fields.List(fields.Nested(Fact)),
        "files": DOWNLOADS,
    },
    name="PartnerRequest",
)
ListArguments = list_arguments(
    "PartnerRequests",
    *("-impact", "created_at", "id"),
    kind=fields.String(load_default="", validate=validate.Length(max=100)),
    decided=fields.Boolean(load_default=False),
)
DECISION = {"parameters": [IF_MATCH, PARAMETER]}


@blueprint.get("")
@requires(Permission.PARTNER_READ)
@blueprint.arguments(ListArguments, location="query")
@blueprint.response(200, page_schema(Asked, "PartnerRequests"))
def requests(asked: dict[str, Any]) -> Response:
    """What partners ask for, the most money affected first."""
    found = partner_requests.requests(viewer(), kind=asked["kind"], decided=asked["decided"], limit=None)
    return page(Asked, [_plain(each) for each in found], asked)


# What is asked for names the right that it takes.
add_acceptance(blueprint, Permission.PARTNER_READ, partner_requests.accept_plain)


@blueprint.get("/<int:request_id>")
@requires(Permission.PARTNER_READ)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Asked)
def request(asked: dict[str, Any], request_id: int) -> Response:
    """One request with its figures."""
    return one(Asked, _found(request_id), asked)


@blueprint.post("/<int:request_id>/acceptance")
@requires(Permission.PARTNER_READ)  # and the right that the kind of request names
@blueprint.arguments(Note)
@blueprint.response(200, Asked)
@blueprint.doc(**DECISION)
@repeatable
def accept(said: dict[str, Any], request_id: int) -> Response:
    """Do what a partner asks for."""
    require_match(Asked, _found(request_id))
    partner_requests.accept(viewer(), request_id, note=said["note"])
    return one(Asked, _found(request_id))


@blueprint.post("/<int:request_id>/rejection")
@requires(Permission.PARTNER_READ)  # and the right that the kind of request names
@blueprint.arguments(Reason)
@blueprint.response(200, Asked)
@blueprint.doc(**DECISION)
@repeatable
def reject(said: dict[str, Any], request_id: int) -> Response:
    """Refuse what a partner asks for, and say why."""
    require_match(Asked, _found(request_id))
    partner_requests.reject(viewer(), request_id, said["reason"])
    return one(Asked, _found(request_id))


def _found(request_id: int) -> dict[str, Any]:
    return _plain(partner_requests.request(viewer(), request_id))


def _plain(found: Request) -> dict[str, Any]:
    names = ("id", "kind", "status", "company", "asked_by", "note", "decision_note", "created_at", "decided_at")
    facts = [dict(zip(("label", "now", "asked"), fact, strict=True)) for fact in found.described.facts]
    described = {name: getattr(found.described, name) for name in ("summary", "obstacle", "impact", "plain")}
    return {
        **{name: getattr(found.submission, name) for name in names},
        **described,
        "facts": facts,
        "files": sent_files(found.described.files),
    }
