"""What every answer has in common: security headers, the CSRF cookie and how errors look."""

from __future__ import annotations

from uuid import uuid4

import structlog
from flask import Flask, Response, current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from core.errors import NotAllowed, NotSignedIn, TooMany, Unavailable, UserError
from core.i18n import _
from core.identity import at_api, viewer
from core.pages import home_path
from core.problems import problem
from core.settings import settings

UPLOAD_ENDPOINTS = "files.upload"  # how the names of all of them begin; each has a limit of its own
CSRF_COOKIE = "_csrf_token"  # the name Dash's renderer copies into X-CSRFToken
SHARED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STATIC_PATHS = ("/assets/", "/_dash-component-suites/", "/_favicon.ico")

log = structlog.get_logger()


class PageSessions(SecureCookieSessionInterface):
    """Static files are alike for everybody: they neither set the cookie nor vary with it, so browsers keep them. The
    API knows no cookies."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not request.path.startswith(STATIC_PATHS) and not at_api():
            super().save_session(app, session, response)


def install_answers(server: Flask) -> None:
    """Add CSRF protection, headers and error pages."""
    server.session_interface = PageSessions()
    server.before_request(_allow_upload)
    server.config["WTF_CSRF_CHECK_DEFAULT"] = False  # _refuse_forgery decides
    csrf = CSRFProtect(server)
    server.before_request(lambda: _refuse_forgery(csrf))
    server.config["TANDEM_CSP"] = "default-src 'none'"  # until the app is sealed
    server.after_request(_add_headers)
    server.register_error_handler(CSRFError, _csrf_missing)
    server.register_error_handler(UserError, _explain)
    server.register_error_handler(HTTPException, _http_error)
    server.register_error_handler(Exception, _fault)


def _allow_upload() -> None:
    """An upload may be larger than anything else; to be said before CSRF protection looks at the body."""
    if (request.endpoint or "").startswith(UPLOAD_ENDPOINTS):
        request.max_content_length = settings().upload_limit_bytes


def _refuse_forgery(csrf: CSRFProtect) -> None:
    """Where a cookie says who asks, another site could ask in its name; a token of the API no browser sends unasked."""
    if not at_api():
        csrf.protect(apply_exemptions=True)


def set_content_security_policy(server: Flask, script_hashes: list[str]) -> None:
    """Scripts only from here; inline ones only if Dash itself put them there (security.md M12)."""
    server.config["TANDEM_CSP"] = "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' " + " ".join(script_hashes),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _add_headers(answer: Response) -> Response:
    answer.headers.update(SHARED_HEADERS)
    answer.headers.setdefault("Content-Security-Policy", str(current_app.config["TANDEM_CSP"]))
    if settings().https:
        answer.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if not request.path.startswith(STATIC_PATHS):
        answer.headers["Cache-Control"] = "no-store"
    if request.method == "GET" and answer.mimetype == "text/html" and not at_api():
        answer.set_cookie(CSRF_COOKIE, generate_csrf(), samesite="Lax", secure=settings().https)
    return answer


def _wants_page() -> bool:
    accepted = request.headers.get("Accept", "text/html" if request.method == "GET" else "")
    return "text/html" in accepted and not request.path.startswith("/_dash") and not at_api()


def _explain(error: UserError) -> ResponseReturnValue:
    if isinstance(error, NotSignedIn) and _wants_page():
        return redirect(url_for("sign_in.login", next=request.full_path.rstrip("?")))
    if isinstance(error, NotAllowed) and request.path == "/" and _wants_page():
        return redirect(home_path(viewer()))  # a partner begins in its portal
    headers = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, Unavailable):
        headers["Retry-After"] = "5"
    if isinstance(error, NotSignedIn) and at_api():
        headers["WWW-Authenticate"] = "Bearer"
    return _answer(error.status, error.message), error.status, headers


def _csrf_missing(error: CSRFError) -> ResponseReturnValue:
    del error
    return _answer(400, _("This form has expired. Go back, reload the page and try again.")), 400


def _http_error(error: HTTPException) -> ResponseReturnValue:
    answer = error.get_response()
    if answer.status_code >= 400:  # below that, a redirect
        # What webargs found wrong with the arguments, field by field.
        wrong = getattr(error, "data", {}).get("messages", {})
        body = _answer(answer.status_code, error.name, **({"errors": wrong} if wrong else {}))
        answer = make_response(body, answer.status_code, _kept(answer))
    return answer


def _kept(answer: WerkzeugResponse) -> dict[str, str]:
    return {name: answer.headers[name] for name in ("Allow", "Retry-After") if name in answer.headers}


def _fault(error: Exception) -> ResponseReturnValue:
    reference = uuid4().hex[:8].upper()
    log.error("request failed", path=request.path, reference=reference, exc_info=error)
    return _answer(
        500, _("Something went wrong. Tell your administrator the reference %(reference)s.", reference=reference)
    ), 500


def _answer(status: int, message: str, **members: object) -> str | Response:
    if at_api():
        return problem(status, message, **members)
    if not _wants_page():
        return jsonify(error=message)
    titles = {403: _("Not for you"), 404: _("Nothing here"), 503: _("Back in a moment")}
    return render_template(
        "error.html", title=titles.get(status, _("This didn't work")), status=status, message=message
    )
