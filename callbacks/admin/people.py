"""Accounts: let a person in or keep them out."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, html
from dash.development.base_component import Component

from components.account import invited_text
from components.grid import selected_row
from core.errors import InvalidInput
from core.i18n import _, day, moment
from core.identity import viewer
from core.ids import PageIds
from services import people, second_factor
from services.invitations import INTERNAL_ROLES


class Ids(PageIds):
    accounts: str
    change: str
    outcome: str
    email: str
    name: str
    role: str
    invite: str
    invited: str
    demanded: str
    demand: str
    demand_outcome: str


@callback(
    Output(Ids.change, "children"),
    Output(Ids.change, "disabled"),
    Input(Ids.accounts, "selectedRows"),
    prevent_initial_call=True,
)
def show_choice(selected: object) -> tuple[str, bool]:
    row = selected_row(selected)
    return change_text(active=row is None or bool(row.get("active"))), row is None


@callback(
    Output(Ids.accounts, "rowData"),
    Output(Ids.accounts, "selectedRows"),
    Output(Ids.outcome, "children"),
    Input(Ids.change, "n_clicks"),
    State(Ids.accounts, "selectedRows"),
    prevent_initial_call=True,
)
def change_access(_clicks: object, selected: object) -> tuple[list[dict[str, Any]], list[Any], str]:
    row = selected_row(selected)
    if row is None:
        raise InvalidInput(_("Select an account first."))
    active = not row.get("active")
    people.set_active(viewer(), row.get("id"), active=active, version=row.get("version"))
    told = _("%(name)s can sign in again.") if active else _("%(name)s is signed out and can't sign in any more.")
    return account_rows(), [], told % {"name": row.get("name")}


@callback(
    Output(Ids.invited, "children"),
    Output(Ids.email, "value"),
    Output(Ids.name, "value"),
    Input(Ids.invite, "n_clicks"),
    State(Ids.email, "value"),
    State(Ids.name, "value"),
    State(Ids.role, "value"),
    prevent_initial_call=True,
)
def invite(_clicks: object, email: object, name: object, role: object) -> tuple[Component, str, str]:
    made = people.invite(viewer(), email=email, name=name, role=role)
    return invited_text(made.email, made.link, mailed=made.mailed), "", ""


@callback(
    Output(Ids.demand_outcome, "children"),
    Input(Ids.demand, "n_clicks"),
    State(Ids.demanded, "value"),
    prevent_initial_call=True,
)
def demand_second_factor(_clicks: object, of: object) -> str:
    second_factor.require_of(viewer(), of)
    return _("Saved. It counts from the next sign-in on.")


def role_names() -> list[tuple[str, str]]:
    """Roles of colleagues."""
    return [(role.value, _shown(role.value)) for role in INTERNAL_ROLES]


def demand_names() -> list[tuple[str, str]]:
    """Of whom a second factor is demanded."""
    return [
        (second_factor.NOBODY, _("Nobody: who wants one has one")),
        (second_factor.PARTNERS, _("People of partners")),
        (second_factor.EVERYBODY, _("Everybody")),
    ]


def invited_lines() -> list[Component]:
    """Colleagues who were asked and have not come yet."""
    return [
        html.Li(
            _("%(name)s, %(email)s: link expired", name=row["name"], email=row["email"])
            if row["expired"]
            else _(
                "%(name)s, %(email)s: until %(until)s",
                name=row["name"],
                email=row["email"],
                until=moment(row["expires_at"]),
            )
        )
        for row in people.invited(viewer())
    ]


def change_text(*, active: bool) -> str:
    """What the button does to the selected account."""
    return _("Deactivate") if active else _("Activate")


def account_rows() -> list[dict[str, Any]]:
    """All accounts as grid rows."""
    return [
        {
            **{name: found[name] for name in ("id", "version", "name", "email", "active", "company")},
            "role": _shown(found["role"]),
            "kind": _shown(found["company_kind"]),
            "state": _("Active") if found["active"] else _("Deactivated"),
            "since": day(found["created_at"]),
        }
        for found in people.people(viewer())
    ]


def _shown(name: str) -> str:
    return _("OEM") if name == "oem" else _(name.capitalize())
