"""The sign-in page and sign-out. Plain forms: nothing of Dash is served to somebody unknown."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import flask
from flask import Blueprint, Flask, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, logout_user

from core.errors import NotSignedIn, TooMany
from core.guard import DASH_DISPATCH, public, requires
from core.i18n import _
from core.identity import SignedIn, maybe_viewer, viewer
from core.pages import home_path, page_at
from core.permissions import Permission
from core.viewer import Viewer
from services import accounts, demo
from web.second_factor import begin_session, known_device_cookie

blueprint = Blueprint("sign_in", __name__, template_folder="templates")


def install_sign_in(server: Flask) -> None:
    """Let flask-login find the viewer of a request, and add the two views."""
    # None: its "strong" mode signs phones out when their address changes; our session row is what counts.
    manager = LoginManager()
    manager.session_protection = None
    # No template asks who is signed in: the page that tells of an absent database must not need the database.
    manager.init_app(server, add_context_processor=False)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> SignedIn | None:
        found = accounts.viewer_of_session(token, touch=not _by_timer())
        return SignedIn(token, found) if found else None

    server.register_blueprint(blueprint)


@blueprint.get("/login")
@public
def login() -> ResponseReturnValue:
    """The form; somebody already signed in goes on to the pages."""
    if found := maybe_viewer():
        return redirect(_next_path(found) or home_path(found))
    return _form()


@blueprint.post("/login")
@public
def submit() -> ResponseReturnValue:
    """Check what was typed and open a session."""
    try:
        opened = accounts.sign_in(
            request.form.get("email", ""),
            request.form.get("password", ""),
            address=request.remote_addr or "unknown",
            agent=request.headers.get("User-Agent", ""),
            mark=request.cookies.get(known_device_cookie(), ""),
        )
    except TooMany as error:
        return _form(error.message), error.status, {"Retry-After": str(error.retry_after_seconds)}
    except NotSignedIn as error:
        return _form(error.message), error.status
    return begin_session(opened, _next_path(opened.viewer))


@blueprint.post("/logout")
@requires(Permission.SIGNED_IN)
def logout() -> ResponseReturnValue:
    """End the session on the server and in the browser."""
    accounts.sign_out(session["_user_id"], viewer())
    logout_user()
    session.clear()
    answer = flask.make_response(redirect(url_for("sign_in.login")))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _by_timer() -> bool:
    """Whether nobody but a timer of a page asks: that must not keep a session alive (security.md C04)."""
    if request.path != DASH_DISPATCH:
        return False
    sent = request.get_json(silent=True)
    changed = sent.get("changedPropIds") if isinstance(sent, dict) else None
    return bool(changed) and isinstance(changed, list) and all(str(name).endswith(".n_intervals") for name in changed)


def _form(error: str = "") -> str:
    return render_template(
        "login.html",
        title=_("Sign in"),
        error=error,
        email=request.form.get("email", ""),
        next=request.values.get("next", ""),
        demo_emails=demo.DEMO_EMAILS if demo.demo_loaded() else (),
        no_account=not accounts.any_account(),
    )


def _next_path(person: Viewer) -> str | None:
    """Where the visitor wanted to go: one of our own pages that is theirs, never another site (security.md M15)."""
    path, _mark, query = request.values.get("next", "").partition("?")
    page = page_at(path)
    if page is None or not person.may(page.permission):
        return None
    # The page's own path and a query put together anew: nothing of the text itself reaches the header.
    return page.path + (f"?{urlencode(parse_qsl(query))}" if query else "")
