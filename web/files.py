"""Files in and out: uploads streamed to disk and downloads, outside Dash's JSON."""

from __future__ import annotations

from typing import BinaryIO, cast
from uuid import UUID

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from core.guard import public, requires
from core.identity import viewer
from core.permissions import Permission
from services import downloads, forecast_file, forecast_file_results, imports
from services.downloads import Download

blueprint = Blueprint("files", __name__)


@blueprint.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Nothing here is for search engines."""
    return "User-agent: *\nDisallow: /\n", 200, {"Content-Type": "text/plain"}


@blueprint.post("/data/import/upload")
@requires(Permission.IMPORT_RUN)
def upload() -> ResponseReturnValue:
    """Take a file as the plain body of the request, straight to disk."""
    found = imports.upload(
        viewer(),
        cast(BinaryIO, request.stream),
        file_name=request.args.get("name", ""),
        entity=request.args.get("entity", "transactions"),
    )
    return jsonify(id=str(found.id))


@blueprint.get("/download/<list_name>.csv")
@requires(Permission.EXPORT)
def download(list_name: str) -> ResponseReturnValue:
    """A list as a file, piece by piece; the address holds the filters of its page."""
    return _sent(downloads.download(viewer(), list_name, request.args))


@blueprint.post("/data/forecast-file/upload")
@requires(Permission.FORECAST_RUN)
def upload_to_forecast() -> ResponseReturnValue:
    """Take a file that is to be forecast beside the plan, straight to disk."""
    found = forecast_file.upload(viewer(), cast(BinaryIO, request.stream), file_name=request.args.get("name", ""))
    return jsonify(id=str(found.id))


@blueprint.get("/download/forecast-file/<uuid:file_id>/<what>.csv")
@requires(Permission.FORECAST_RUN)
def download_of_forecast_file(file_id: UUID, what: str) -> ResponseReturnValue:
    """What came of such a file, for its owner."""
    return _sent(forecast_file_results.download(viewer(), file_id, what))


def _sent(found: Download) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{found.file_name}"', "X-Accel-Buffering": "no"}
    return Response(found.chunks, mimetype="text/csv", headers=headers)
