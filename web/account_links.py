"""One-time links and passwords: an invitation, a forgotten password, a new one. Plain forms; a link's secret stands
after the # of its address, so that it comes in the body of a form only and in no log."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from core.errors import InvalidInput, NotFound, TooMany, UserError
from core.guard import public, requires
from core.i18n import _
from core.identity import viewer
from core.permissions import Permission
from core.secret_links import secret_hash
from core.settings import settings
from services import accounts, invitations, known_devices, password_reset
from web.second_factor import begin_session

blueprint = Blueprint("account_links", __name__, template_folder="templates")


@blueprint.get("/invitation")
@public
def invitation() -> ResponseReturnValue:
    """The form behind the link of an invitation."""
    return _choose_password(_("Welcome to Tandem"))


@blueprint.post("/invitation")
@public
def accept() -> ResponseReturnValue:
    """Make the account and go on as after a sign-in."""
    return _chosen(_("Welcome to Tandem"), invitations.accept)


@blueprint.get("/reset")
@public
def reset() -> ResponseReturnValue:
    """The form behind the link of a forgotten password."""
    return _choose_password(_("Choose a new password"))


@blueprint.post("/reset")
@public
def save_reset() -> ResponseReturnValue:
    """Store the new password; the second factor is asked for as ever."""
    return _chosen(_("Choose a new password"), password_reset.reset)


@blueprint.get("/forgot")
@public
def forgot() -> ResponseReturnValue:
    """Ask for the e-mail."""
    return _forgot_form()


@blueprint.post("/forgot")
@public
def ask() -> ResponseReturnValue:
    """Answer everybody alike."""
    try:
        password_reset.ask(request.form.get("email", ""), address=request.remote_addr or "unknown")
    except TooMany as error:
        return _forgot_form(error.message), error.status, {"Retry-After": str(error.retry_after_seconds)}
    return render_template("forgot.html", title=_("Look into your mail"), done=True)


@blueprint.get("/password")
@requires(Permission.SIGNED_IN)
def password() -> ResponseReturnValue:
    """The form for a new password."""
    return _password_form()


@blueprint.post("/password")
@requires(Permission.SIGNED_IN)
def change() -> ResponseReturnValue:
    """Replace the own password; other sessions end."""
    typed = request.form
    try:
        new = _typed_twice()
        password_reset.change(viewer(), typed.get("old", ""), new, keep=secret_hash(session["_user_id"]))
    except UserError as error:
        return _password_form(error.message), error.status
    return redirect("/account")


def _chosen(title: str, store: Callable[[str, str], str]) -> ResponseReturnValue:
    try:
        chosen = _typed_twice()
        email = store(request.form.get("link", "")[:200], chosen)
    except InvalidInput as error:
        return _choose_password(title, error.message, link_holds=True), error.status
    except NotFound as error:
        return _choose_password(title, error.message), error.status
    opened = accounts.sign_in(
        email,
        chosen,
        address=request.remote_addr or "unknown",
        agent=request.headers.get("User-Agent", ""),
        mark=known_devices.mark_of(email),  # the link has shown whose browser it is: guesses of strangers don't count
    )
    return begin_session(opened)


def _typed_twice() -> str:
    chosen = request.form.get("password", "")
    if chosen != request.form.get("again", ""):
        raise InvalidInput(_("The two passwords differ. Type the same one twice."))
    return chosen


def _choose_password(title: str, error: str = "", *, link_holds: bool = False) -> str:
    """The form; the secret of a link that still holds is sent along again without being shown."""
    link = request.form.get("link", "")
    hidden = link_holds and bool(link)
    return render_template(
        "choose_password.html", title=title, error=error, path=request.path, link=link, hidden=hidden
    )


def _forgot_form(error: str = "") -> str:
    return render_template(
        "forgot.html", title=_("Forgotten password"), error=error, done=False, mail=bool(settings().smtp_url)
    )


def _password_form(error: str = "") -> str:
    return render_template("password.html", title=_("Change the password"), error=error)
