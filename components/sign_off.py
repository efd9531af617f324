"""Who has to sign the consensus, who has, and whether the plan is still the one that was signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from dash import html
from dash.development.base_component import Component

from components.forms import status
from core.i18n import EMPTY, _, moment, money


class Signed(Protocol):
    """The signature of a role, or that it is missing."""

    @property
    def role(self) -> str: ...
    @property
    def signed_by(self) -> str | None: ...
    @property
    def signed_at(self) -> datetime | None: ...
    @property
    def note(self) -> str | None: ...
    @property
    def fresh(self) -> bool: ...
    @property
    def revenue(self) -> float | None: ...


def sign_off_table(signatures: Sequence[Signed], roles: dict[str, str]) -> Component:
    """A line a role."""
    names = (_("Role"), _("Signature"), _("By"), _("At"), _("Plan signed"), _("Note"))
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in names]))
    body = html.Tbody([_line(one, roles.get(one.role, one.role)) for one in signatures])
    return html.Div(
        html.Table([head, body], className="compare-table sign-off"), className="compare-scroll", tabIndex=0
    )


def _line(one: Signed, role: str) -> Component:
    if one.signed_at is None:
        state = status(_("to sign"), "quiet")
    elif one.fresh:
        state = status(_("signed"), "good")
    else:
        state = status(_("stale: the plan has changed since"), "warn")
    at = EMPTY if one.signed_at is None else moment(one.signed_at)
    plan = EMPTY if one.revenue is None else money(one.revenue)
    cells = (state, one.signed_by or EMPTY, at, plan, one.note or "")
    return html.Tr([html.Th(role, scope="row"), *(html.Td(cell) for cell in cells)])
