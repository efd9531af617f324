"""How endpoints read what is sent: strictly, and the same everywhere."""

from __future__ import annotations

from typing import Any

import flask_smorest
from flask import Request, current_app
from marshmallow import RAISE, Schema
from webargs.core import missing
from webargs.flaskparser import FlaskParser

from core.errors import Malformed


class Parser(FlaskParser):
    """Unknown names are refused in bodies and in addresses alike; bodies are read by core.strict_json."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": RAISE, "query": RAISE}  # noqa: RUF012
    DEFAULT_VALIDATION_STATUS = 400

    def _raw_load_json(self, req: Request) -> Any:
        body = req.get_data(cache=True)
        if not body:
            return missing
        try:
            return current_app.json.loads(body)
        except ValueError as error:
            raise Malformed("The body is no JSON that the API reads.") from error


class Blueprint(flask_smorest.Blueprint):
    """A group of endpoints."""

    ARGUMENTS_PARSER = Parser()


class Strict(Schema):
    """Root of all schemas."""

    class Meta:
        unknown = RAISE
