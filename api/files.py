"""Files over the API: taken as the plain body of a request, handed out to be saved."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar, cast

from flask import Response, current_app, request
from marshmallow import Schema, fields, validate

from api.arguments import Blueprint, Strict
from api.schemas import schema_of
from core.file_answers import to_be_saved
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import attachments
from services.attachments import LARGEST_BYTES, Attached

F = TypeVar("F", bound=Callable[..., Any])
PATH, PAGES_PATH = "/api/v1/files", "/attachment/"
blueprint = Blueprint(
    "attached files",
    __name__,
    url_prefix=PATH,
    description="Files that go along with messages, issues, documents.",
)

BYTES = "application/octet-stream"
DOWNLOAD = {"type": "string", "format": "binary"}
NAME = fields.String(
    required=True, validate=validate.Length(1, 200), metadata={"description": "What the file is called."}
)

FileName = Strict.from_dict({"name": NAME}, name="FileName")
File: type[Schema] = schema_of(Attached, "File", without=("subject_id",))
Download = Strict.from_dict({name: fields.String() for name in ("name", "href")}, name="Download")
DOWNLOADS = fields.List(fields.Nested(Download))
FILES = fields.List(fields.Nested(File))


@dataclass(frozen=True, slots=True)
class Body:
    """What an endpoint takes as its body, and how much of it; None is the limit of the server."""

    media_type: str = "application/json"
    most_bytes: int | None = None


JSON = Body()
FILE = Body(BYTES, LARGEST_BYTES)


def takes(body: Body) -> Callable[[F], F]:
    """Let an endpoint take its body as it comes, instead of JSON."""
    content = {body.media_type: {"schema": {"type": "string", "format": "binary"}}}

    def mark(view: F) -> F:
        described = Blueprint.doc(requestBody={"required": True, "content": content})(view)
        described.__body__ = body
        return cast(F, described)

    return mark


def body_of(endpoint: str | None) -> Body:
    """What an endpoint takes."""
    found = getattr(current_app.view_functions.get(endpoint or ""), "__body__", JSON)
    return found if isinstance(found, Body) else JSON


def sent_file() -> BinaryIO:
    """The body of the request; the door has limited it, so that it fits."""
    return io.BytesIO(request.get_data(cache=True))


def sent_files(found: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Files by name and address, where the API gives them."""
    return [{"name": name, "href": href.replace(PAGES_PATH, f"{PATH}/")} for name, href in found]


@blueprint.get("/<int:file_id>")
@requires(Permission.SIGNED_IN)  # each kind of thing names its own right
@blueprint.response(200, DOWNLOAD, content_type=BYTES)
def file(file_id: int) -> Response:
    """A file, to be saved. Its kind is in the header Content-Type."""
    return to_be_saved(*attachments.fetch(viewer(), file_id))
