"""Files as answers, on pages and over the API alike."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flask import Response, send_file


def in_pieces(chunks: Iterable[bytes], media_type: str, name: str) -> Response:
    """The pieces of a file; the server closes them after the last one, and when nobody wants the rest."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"}
    return Response(chunks, mimetype=media_type, headers=headers)


def to_be_saved(path: Path, media_type: str, name: str) -> Response:
    """What somebody sent, as it came. Should a browser open it all the same, nothing in it runs."""
    answer = send_file(path, media_type, as_attachment=True, download_name=name)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
