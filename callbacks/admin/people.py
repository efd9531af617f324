"""Accounts: let a person in or keep them out."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback

from components.grid import selected_row
from core.errors import InvalidInput
from core.i18n import _, day
from core.identity import viewer
from core.ids import PageIds
from services import people


class Ids(PageIds):
    accounts: str
    change: str
    outcome: str


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
