"""Errors of the API in the form of RFC 9457."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, jsonify

MEDIA_TYPE = "application/problem+json"


def problem(status: int, detail: str, **members: object) -> Response:
    """An answer that says what is wrong. Its body depends on nothing but the error."""
    answer = jsonify(type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail, **members)
    answer.status_code = status
    answer.mimetype = MEDIA_TYPE
    return answer
