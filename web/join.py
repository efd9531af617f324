"""A company asks for a portal: a plain form for people without an account."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from core.errors import InvalidInput, TooMany
from core.guard import public
from core.i18n import _
from services import company_requests

blueprint = Blueprint("join", __name__, template_folder="templates")

FIELDS = ("kind", "company", "registration_no", "name", "email", "message")


@blueprint.get("/join")
@public
def form() -> ResponseReturnValue:
    """The empty form."""
    return _form()


@blueprint.post("/join")
@public
def ask() -> ResponseReturnValue:
    """Take the request; whoever asks learns nothing about companies and people that are known."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    try:
        company_requests.ask(**typed, address=request.remote_addr or "unknown")
    except InvalidInput as error:
        return _form(error.message), error.status
    except TooMany as error:
        return _form(error.message), error.status, {"Retry-After": str(error.retry_after_seconds)}
    return render_template("joined.html", title=_("Thank you"))


def _form(error: str = "") -> str:
    typed = {name: request.form.get(name, "") for name in FIELDS}
    return render_template("join.html", title=_("Ask for a portal"), error=error, typed=typed)
