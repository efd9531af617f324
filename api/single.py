"""Single things: an ETag says which state was seen, and a change names the state it is made on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from flask import Response, current_app, jsonify, request
from marshmallow import Schema
from marshmallow.utils import get_value
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from api.lists import Arguments, selection
from core.errors import NotFound
from core.i18n import _

IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": "The ETag of the state that you saw.",
}


def one(schema: type[Schema], found: Any, asked: Arguments | None = None, *, status: int = 200) -> Response:
    """A thing as it is sent; nothing of it when the sender has this state already."""
    made = jsonify(selection(schema, asked or {}).dump(found))
    made.status_code = status
    made.set_etag(etag_of(schema, found))
    if request.method in ("GET", "HEAD"):
        made.make_conditional(request)
    return made


def etag_of(schema: type[Schema], found: Any) -> str:
    """The whole of what can be seen of a thing, as a short text."""
    return hashlib.sha256(current_app.json.dumps(schema().dump(found)).encode()).hexdigest()[:32]


def require_match(schema: type[Schema], found: Any) -> None:
    """Stop a change of a thing that is not as its sender saw it. The service compares once more as it writes."""
    if "If-Match" not in request.headers:
        raise PreconditionRequired
    if not request.if_match.contains(etag_of(schema, found)):
        raise PreconditionFailed


def named(listed: Iterable[Any], wanted: int) -> Any:
    """The thing of that id among those the viewer may see."""
    for each in listed:
        if get_value(each, "id") == wanted:
            return each
    raise NotFound(_("There is no such thing."))
