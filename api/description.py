"""The API described: OpenAPI, generated from its endpoints, and a page that shows it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask
import flask_smorest
from flask import Flask, Response, jsonify, render_template
from marshmallow import fields

from api.arguments import Blueprint, Strict
from api.reading import readable_groups
from core.guard import public
from core.problems import MEDIA_TYPE

NAME = "Tandem API"
VERSION = "v1"
SECURITY = {"token or key": {"type": "http", "scheme": "bearer", "description": "An access token or an API key."}}
Problem = Strict.from_dict(
    {
        "type": fields.String(),
        "title": fields.String(),
        "status": fields.Integer(),
        "detail": fields.String(),
        "errors": fields.Dict(metadata={"description": "What is wrong with the arguments, field by field."}),
    },
    name="Problem",
)
blueprint = Blueprint(
    "description",
    __name__,
    url_prefix="/api/v1",
    template_folder="templates",
    static_folder=None,
    description="What this API can do.",
)


class Api(flask_smorest.Api):
    """flask-smorest for its description only: errors are answered by web.answers, the pages below are our own."""

    def _register_error_handlers(self) -> None:
        """Errors of the pages are not ours to answer."""

    def _register_doc_blueprint(self) -> None:
        """Every route has to declare its right; see below."""

    def _register_responses(self) -> None:
        content = {MEDIA_TYPE: {"schema": Problem}}
        for status in HTTPStatus:
            response = {"description": status.phrase, **({"content": content} if status >= 400 else {})}
            self.spec.components.response(status.name, response, lazy=True)
        self.spec.components.response("DEFAULT_ERROR", {"description": "A problem.", "content": content}, lazy=True)


def describe(server: Flask) -> Api:
    """The description, to which the endpoints are added."""
    server.config.update(API_TITLE=NAME, API_VERSION=VERSION, OPENAPI_VERSION="3.0.3")
    found = Api(server, spec_kwargs={"security": [{"token or key": []}], "servers": [{"url": "/"}]})
    for name, scheme in SECURITY.items():
        found.spec.components.security_scheme(name, scheme)
    server.config["TANDEM_API"] = found
    return found


@blueprint.get("/openapi.json")
@public
@blueprint.doc(security=[])
@blueprint.response(200, description="OpenAPI 3.0")
def openapi() -> Response:
    """All endpoints, for programs."""
    return jsonify(_described())


@blueprint.get("/docs")
@public
@blueprint.doc(security=[])
@blueprint.response(200, content_type="text/html", description="This description as a page")
def docs() -> Response:
    """All endpoints, for people."""
    shown = render_template("api_docs.html", title=NAME, groups=readable_groups(_described()))
    return Response(shown, mimetype="text/html")


def _described() -> dict[str, Any]:
    return dict(flask.current_app.config["TANDEM_API"].spec.to_dict())
