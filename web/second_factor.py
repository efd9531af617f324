"""The second factor: its code at sign-in, setting it up, renewing recovery codes, taking it off. Plain forms."""

from __future__ import annotations

from functools import partial

import segno
from flask import Blueprint, after_this_request, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user
from werkzeug.wrappers import Response

from core.errors import InvalidInput, NotSignedIn, TooMany, UserError
from core.guard import public, requires
from core.i18n import _
from core.identity import SignedIn, maybe_viewer, viewer
from core.pages import home_path
from core.permissions import Permission
from core.secret_links import secret_hash
from core.settings import settings
from services import accounts, known_devices, second_factor
from services.accounts import CODE, OpenedSession

PENDING = "pending"  # the key of the cookie that holds a sign-in which waits for the second factor

blueprint = Blueprint("second_factor", __name__, template_folder="templates")


def begin_session(opened: OpenedSession, wanted: str | None = None) -> ResponseReturnValue:
    """Let the browser in, or on to the second factor; whatever it had before must not live on."""
    session.clear()
    if opened.pending is None:
        login_user(SignedIn(opened.token, opened.viewer))
        after_this_request(partial(_mark_device, opened.viewer.email))
        return redirect(wanted or home_path(opened.viewer))
    session[PENDING] = opened.token
    return redirect(url_for("second_factor.code" if opened.pending == CODE else "second_factor.show"))


@blueprint.get("/login/code")
@public
def code() -> ResponseReturnValue:
    """Ask for the code."""
    return _code_form() if _pending() else redirect(url_for("sign_in.login"))


@blueprint.post("/login/code")
@public
def submit_code() -> ResponseReturnValue:
    """Check the code and open the session."""
    pending = _pending()
    if pending is None or pending.pending != CODE:
        return redirect(url_for("sign_in.login"))
    try:
        second_factor.check(pending.viewer.user_id or 0, pending.viewer.name, request.form.get("code", ""))
    except (NotSignedIn, TooMany) as error:
        return _code_form(error.message), error.status
    return begin_session(_finish(pending))


@blueprint.get("/second-factor")
@public
def show() -> ResponseReturnValue:
    """How the second factor stands: set it up, or keep it."""
    return _page()


@blueprint.post("/second-factor")
@public
def confirm() -> ResponseReturnValue:
    """Let the second factor count, and show the recovery codes once."""
    pending, signed_in = _setting_up(), maybe_viewer()
    person = signed_in or (pending.viewer if pending else None)
    if person is None:
        return redirect(url_for("sign_in.login"))
    keep = secret_hash(session["_user_id"] if signed_in else session[PENDING])
    try:
        codes = second_factor.confirm(person, request.form.get("code", ""), keep=keep)
    except UserError as error:
        return _page(error.message), error.status
    if pending is not None and signed_in is None:
        begin_session(_finish(pending))
    return _recovery_codes(codes)


@blueprint.post("/second-factor/recovery-codes")
@requires(Permission.SIGNED_IN)
def renew() -> ResponseReturnValue:
    """New recovery codes for a code."""
    try:
        return _recovery_codes(second_factor.renew_recovery_codes(viewer(), request.form.get("code", "")))
    except UserError as error:
        return _page(error.message), _status(error)


@blueprint.post("/second-factor/disable")
@requires(Permission.SIGNED_IN)
def disable() -> ResponseReturnValue:
    """Take it off: the password and a code."""
    typed = request.form
    try:
        second_factor.disable(
            viewer(),
            password=typed.get("password", ""),
            code=typed.get("code", ""),
            keep=secret_hash(session["_user_id"]),
        )
    except UserError as error:
        return _page(error.message), _status(error)
    return redirect("/account")


def known_device_cookie() -> str:
    """The name of the cookie with the browser's mark (services.known_devices)."""
    return "__Host-tandem-device" if settings().https else "tandem-device"


def _mark_device(email: str, answer: Response) -> Response:
    answer.set_cookie(
        known_device_cookie(),
        known_devices.mark_of(email),
        max_age=known_devices.LIFETIME,
        secure=settings().https,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _status(error: UserError) -> int:
    """Whoever types a wrong code here is signed in all the same."""
    return InvalidInput.status if isinstance(error, NotSignedIn) else error.status


def _pending() -> OpenedSession | None:
    token = session.get(PENDING)
    return accounts.pending_sign_in(token) if isinstance(token, str) else None


def _setting_up() -> OpenedSession | None:
    pending = _pending()
    return pending if pending and pending.pending == accounts.SET_UP else None


def _finish(pending: OpenedSession) -> OpenedSession:
    return accounts.finish_sign_in(
        pending, address=request.remote_addr or "unknown", agent=request.headers.get("User-Agent", "")
    )


def _page(error: str = "") -> str | Response:
    pending = _setting_up()
    person = maybe_viewer() or (pending.viewer if pending else None)
    if person is None:
        return redirect(url_for("sign_in.login"))
    state = second_factor.state(person)
    address = "" if state.on else second_factor.begin(person)
    return render_template(
        "second_factor.html",
        title=_("Second factor"),
        error=error,
        state=state,
        demanded=pending is not None,
        picture=segno.make(address, micro=False).svg_data_uri(scale=5, dark="#000", light="#fff") if address else "",
        seed=address.partition("secret=")[2].partition("&")[0],
    )


def _code_form(error: str = "") -> str:
    return render_template("code.html", title=_("Enter the code"), error=error)


def _recovery_codes(codes: list[str]) -> str:
    return render_template("recovery_codes.html", title=_("Recovery codes"), codes=codes)
