"""Signing in at the API and out again."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.schemas import schema_of
from core.guard import public
from services import api_tokens
from services.api_tokens import Tokens

blueprint = Blueprint("token", __name__, url_prefix="/api/v1/token", description="Signing in and out.")

LONGEST = validate.Length(1, 1024)
SignIn = Strict.from_dict(
    {
        "email": fields.String(required=True, validate=validate.Length(1, 200)),
        "password": fields.String(required=True, validate=LONGEST, metadata={"format": "password"}),
        "code": fields.String(
            load_default="", validate=validate.Length(max=40), metadata={"description": "Of your second factor."}
        ),
    },
    name="SignIn",
)
Refresh = Strict.from_dict({"refresh_token": fields.String(required=True, validate=LONGEST)}, name="Refresh")
TokenPair = schema_of(Tokens, "TokenPair")


@blueprint.post("")
@public
@blueprint.doc(security=[])
@blueprint.arguments(SignIn)
@blueprint.response(200, TokenPair)
def sign_in(sent: dict[str, Any]) -> Response:
    """Get tokens for e-mail and password, and for the code of a second factor where you have one."""
    agent = request.headers.get("User-Agent", "")
    address = request.remote_addr or "unknown"
    found = api_tokens.sign_in(sent["email"], sent["password"], code=sent["code"], address=address, agent=agent)
    return _pair(found)


@blueprint.post("/refresh")
@public
@blueprint.doc(security=[])
@blueprint.arguments(Refresh)
@blueprint.response(200, TokenPair)
def refresh(sent: dict[str, Any]) -> Response:
    """Get the next tokens. A refresh token is good once: used again, it ends all tokens of its sign-in."""
    return _pair(api_tokens.refresh(sent["refresh_token"]))


@blueprint.post("/revoke")
@public
@blueprint.doc(security=[])
@blueprint.arguments(Refresh)
@blueprint.response(204)
def revoke(sent: dict[str, Any]) -> Response:
    """End all tokens of a sign-in."""
    api_tokens.revoke(sent["refresh_token"])
    return Response(status=204)


def _pair(found: Tokens) -> Response:
    return jsonify(TokenPair().dump(found))
