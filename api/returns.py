"""Goods that customers send back, and what becomes of them."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint
from api.lists import list_arguments, one_arguments, page, page_schema
from api.repeatable import PARAMETER, repeatable
from api.schemas import Note, schema_of
from api.single import IF_MATCH, named, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import returns
from services.returns import ReturnRow

blueprint = Blueprint(
    "returns",
    __name__,
    url_prefix="/api/v1/returns",
    description="Goods that customers send back: expected, received, then back in stock or scrapped.",
)

Return = schema_of(ReturnRow, "Return")
DECISION = {"parameters": [IF_MATCH, PARAMETER]}


@blueprint.get("")
@requires(Permission.PARTNER_READ)
@blueprint.arguments(
    list_arguments(
        "Returns",
        *("-id", "reported_on"),
        status=fields.String(load_default="", validate=validate.OneOf(("", *returns.STATES))),
    ),
    location="query",
)
@blueprint.response(200, page_schema(Return, "Returns"))
def listed(asked: dict[str, Any]) -> Response:
    """Returns of all customers, the newest first."""
    return page(Return, returns.returns(viewer(), show=asked["status"]), asked)


@blueprint.get("/<int:return_id>")
@requires(Permission.PARTNER_READ)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Return)
def return_(asked: dict[str, Any], return_id: int) -> Response:
    """One return."""
    return one(Return, _return(return_id), asked)


@blueprint.post("/<int:return_id>/receipt")
@requires(Permission.ORDER_DECIDE)
@blueprint.response(200, Return)
@blueprint.doc(**DECISION)
@repeatable
def receive(return_id: int) -> Response:
    """The goods are here. They are set aside: no stock changes yet."""
    found = _return(return_id)
    require_match(Return, found)
    returns.receive(viewer(), return_id, found.version)
    return one(Return, _return(return_id))


@blueprint.post("/<int:return_id>/restocking")
@requires(Permission.ORDER_DECIDE)  # and inventory.edit, which the service asks for
@blueprint.arguments(Note)
@blueprint.response(200, Return)
@blueprint.doc(**DECISION)
@repeatable
def restock(said: dict[str, Any], return_id: int) -> Response:
    """Take received goods into stock, as a lot named after the return."""
    found = _return(return_id)
    require_match(Return, found)
    returns.restock(viewer(), return_id, found.version, said["note"])
    return one(Return, _return(return_id))


@blueprint.post("/<int:return_id>/scrapping")
@requires(Permission.ORDER_DECIDE)
@blueprint.arguments(Note)
@blueprint.response(200, Return)
@blueprint.doc(**DECISION)
@repeatable
def scrap(said: dict[str, Any], return_id: int) -> Response:
    """Throw received goods away."""
    found = _return(return_id)
    require_match(Return, found)
    returns.scrap(viewer(), return_id, found.version, said["note"])
    return one(Return, _return(return_id))


def _return(return_id: int) -> Any:
    return named(returns.returns(viewer()), return_id)
