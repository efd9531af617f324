"""The people of a partner: invite, change the level, remove."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback
from dash.development.base_component import Component

from components.account import invited_text
from components.grid import selected_row
from components.two_line_grid import marked
from core.errors import InvalidInput
from core.i18n import EMPTY, _, moment
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Level
from services import partner_people

PATH = partner_people.PAGE


class Ids(PageIds):
    people: str
    email: str
    name: str
    level: str
    invite: str
    invited: str
    new_level: str
    save: str
    remove: str
    outcome: str


@callback(
    Output(Ids.invited, "children"),
    Output(Ids.people, "rowData"),
    Output(Ids.email, "value"),
    Output(Ids.name, "value"),
    Input(Ids.invite, "n_clicks"),
    State(Ids.email, "value"),
    State(Ids.name, "value"),
    State(Ids.level, "value"),
    prevent_initial_call=True,
)
def invite(_clicks: object, email: object, name: object, level: object) -> tuple[Component, list[Any], str, str]:
    made = partner_people.invite(viewer(), email=email, name=name, level=level)
    return invited_text(made.email, made.link, mailed=made.mailed), people_rows(), "", ""


@callback(
    Output(Ids.people, "rowData", allow_duplicate=True),
    Output(Ids.people, "selectedRows"),
    Output(Ids.outcome, "children"),
    Input(Ids.save, "n_clicks"),
    State(Ids.people, "selectedRows"),
    State(Ids.new_level, "value"),
    prevent_initial_call=True,
)
def save_level(_clicks: object, selected: object, level: object) -> tuple[list[Any], list[Any], str]:
    row = _person(selected)
    partner_people.change(viewer(), row.get("person"), level=level, active=True, version=row.get("version"))
    return people_rows(), [], _("Saved.")


@callback(
    Output(Ids.people, "rowData", allow_duplicate=True),
    Output(Ids.people, "selectedRows", allow_duplicate=True),
    Output(Ids.outcome, "children", allow_duplicate=True),
    Input(Ids.remove, "n_clicks"),
    State(Ids.people, "selectedRows"),
    prevent_initial_call=True,
)
def remove(_clicks: object, selected: object) -> tuple[list[Any], list[Any], str]:
    row = _chosen(selected)
    if row.get("person") is None:
        partner_people.withdraw(viewer(), row.get("email"))
        return people_rows(), [], _("The invitation was taken back.")
    person = {"level": row.get("level_name"), "version": row.get("version")}
    partner_people.change(viewer(), row.get("person"), active=False, **person)
    return people_rows(), [], _("Removed, and signed out everywhere.")


def people_rows() -> list[dict[str, Any]]:
    """People and open invitations as grid rows of two text lines."""
    found = partner_people.partner_people(viewer())
    people = [
        {
            "id": f"person-{row['id']}",
            "person": row["id"],
            "version": row["version"],
            "email": row["email"],
            "who": f"{row['name']}\n{row['email']}",
            "level_name": row["level"],
            "level": level_names().get(row["level"] or "", EMPTY),
            "state": marked(_("Active"), "good") if row["active"] else marked(_("Removed"), "quiet"),
            "tone": "good" if row["active"] else "quiet",
        }
        for row in found.people
    ]
    invited = [
        {
            "id": f"invited-{row['id']}",
            "person": None,
            "email": row["email"],
            "who": f"{row['name']}\n{row['email']}",
            "level": level_names().get(row["level"] or "", EMPTY),
            "state": marked(_("Link expired") if row["expired"] else _("Invited"), "warn")
            + "\n"
            + _("until %(until)s", until=moment(row["expires_at"])),
            "tone": "warn",
        }
        for row in found.invited
    ]
    return people + invited


def level_names() -> dict[str, str]:
    """What the levels are called, the least first."""
    return {
        Level.VIEWER.value: _("Viewer: reads"),
        Level.USER.value: _("User: everyday work"),
        Level.MANAGER.value: _("Manager: commits the company"),
        Level.ADMIN.value: _("Administrator: people and settings too"),
    }


def _person(selected: object) -> dict[str, Any]:
    row = _chosen(selected)
    if row.get("person") is None:
        raise InvalidInput(_("An invitation has no level to change: take it back and invite again."))
    return row


def _chosen(selected: object) -> dict[str, Any]:
    row = selected_row(selected)
    if row is None:
        raise InvalidInput(_("Select a person first."))
    return row
