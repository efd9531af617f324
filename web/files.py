"""Files in and out: uploads streamed to disk and downloads, outside Dash's JSON."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from core.guard import public

blueprint = Blueprint("files", __name__)


@blueprint.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Nothing here is for search engines."""
    return "User-agent: *\nDisallow: /\n", 200, {"Content-Type": "text/plain"}
