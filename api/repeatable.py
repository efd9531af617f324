"""POSTs that may be sent again without being done again."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException

from core.errors import UserError
from core.identity import viewer
from services import idempotency
from services.idempotency import Answered

HEADER = "Idempotency-Key"
PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": idempotency.LONGEST},
    "description": "Made up by you, one a request: sent again with the same key and body, it is answered again and "
    "not done again.",
}
KEPT = ("Content-Type", "ETag", "Location")
View = Callable[..., Response]


def repeatable(view: View) -> View:
    """Let a view be asked again with the same Idempotency-Key."""

    @functools.wraps(view)
    def once(*args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return view(*args, **kwargs)
        earlier = idempotency.begin(
            viewer(), key, method=request.method, path=request.path, body=request.get_data(cache=True)
        )
        if earlier is not None:
            return Response(earlier.content, earlier.status, {**earlier.headers, "Idempotent-Replayed": "true"})
        try:
            made = view(*args, **kwargs)
        except (UserError, HTTPException):
            idempotency.give_up(viewer(), key)
            raise
        headers = {name: made.headers[name] for name in KEPT if name in made.headers}
        idempotency.finish(viewer(), key, Answered(made.status_code, headers, made.get_data(as_text=True)))
        return made

    return once
