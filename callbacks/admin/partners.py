"""Partner companies: let one in, invite its people, decide what its portal holds, suspend it."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, html, no_update, set_props
from dash.development.base_component import Component

from components.account import invited_text
from components.forms import chosen, facts
from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from core.i18n import EMPTY, _, counted, day, moment
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Level, Permission
from services import companies, company_requests
from services.companies import PartnerCompany
from services.invitations import Invited
from services.partner_events import activity

PATH = "/admin/partners"
CLOSED, OPENED = "panel detail", "panel detail detail-open"
HIDDEN: dict[str, str] = {"display": "none"}
SHOWN: dict[str, str] = {}
LATEST = 20


class Ids(PageIds):
    requests: str
    request: str
    about: str
    party: str
    approve: str
    note: str
    reject: str
    decided: str
    companies: str
    detail: str
    title: str
    close: str
    chosen: str
    people: str
    features: str
    save_features: str
    reason: str
    suspend: str
    changed: str
    log: str
    person: str
    email: str
    level: str
    invite: str
    new_name: str
    new_kind: str
    new_party: str
    new_person: str
    new_email: str
    add: str
    invited: str
    link: str


@callback(
    Output(Ids.request, "style"),
    Output(Ids.about, "children"),
    Output(Ids.party, "options"),
    Output(Ids.party, "value"),
    Output(Ids.note, "value"),
    Input(Ids.requests, "selectedRows"),
    prevent_initial_call=True,
)
def show_request(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None or row.get("status") != "pending":
        return HIDDEN, None, [], "", ""
    found = next((each for each in company_requests.requests(viewer()) if each["id"] == row.get("id")), None)
    if found is None:
        return HIDDEN, None, [], "", ""
    return SHOWN, facts(_asked(found)), party_choices(found["kind"]), "", ""


@callback(
    Output(Ids.decided, "data"),
    Output(Ids.invited, "children", allow_duplicate=True),
    Input(Ids.approve, "n_clicks"),
    State(Ids.requests, "selectedRows"),
    State(Ids.party, "value"),
    prevent_initial_call=True,
)
def approve_request(_clicks: object, selected: object, party: object) -> tuple[Any, Any]:
    row = selected_row(selected) or {}
    done = company_requests.approve(viewer(), row.get("id"), party=chosen(party))
    return row.get("id"), invitation(done)


@callback(
    Output(Ids.decided, "data", allow_duplicate=True),
    Input(Ids.reject, "n_clicks"),
    State(Ids.requests, "selectedRows"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
def reject_request(_clicks: object, selected: object, note: object) -> object:
    row = selected_row(selected) or {}
    company_requests.reject(viewer(), row.get("id"), note)
    set_props(Shell.toasts, {"children": [toast(_("The request is turned down."))]})
    return row.get("id")


@callback(
    Output(Ids.requests, "rowData"),
    Output(Ids.requests, "selectedRows"),
    Input(Ids.decided, "data"),
    prevent_initial_call=True,
)
def show_requests(_decided: object) -> tuple[Any, ...]:
    return request_rows(), []


@callback(
    Output(Ids.detail, "className"),
    Output(Ids.detail, "style"),
    Output(Ids.title, "children"),
    Output(Ids.chosen, "data"),
    Output(Ids.people, "children"),
    Output(Ids.features, "options"),
    Output(Ids.features, "value"),
    Output(Ids.suspend, "children"),
    Output(Ids.reason, "value"),
    Output(Ids.log, "children"),
    Input(Ids.companies, "selectedRows"),
    Input(Ids.changed, "data"),
    State(Ids.chosen, "data"),
    prevent_initial_call=True,
)
def show_company(selected: object, _changed: object, _before: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return CLOSED, HIDDEN, _("Company"), None, None, [], [], _("Suspend"), "", None
    found = companies.company(viewer(), row.get("id"))
    log = activity(viewer(), company_id=found.id, limit=LATEST)
    return (
        OPENED,
        SHOWN,
        found.name,
        {"id": found.id, "version": found.version, "active": found.active},
        people_list(found),
        [{"value": right.value, "label": feature_name(right)} for right in found.features],
        [right.value for right, held in found.features.items() if held],
        _("Suspend") if found.active else _("Let in again"),
        "",
        activity_list(log),
    )


@callback(
    Output(Ids.companies, "selectedRows"),
    Input(Ids.close, "n_clicks"),
    prevent_initial_call=True,
)
def close_company(_clicks: object) -> list[object]:
    return []


@callback(
    Output(Ids.changed, "data"),
    Input(Ids.save_features, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.features, "value"),
    prevent_initial_call=True,
)
def save_features(clicks: object, company: object, wanted: object) -> object:
    given = company if isinstance(company, dict) else {}
    companies.set_features(viewer(), given.get("id"), wanted, version=given.get("version"))
    set_props(Shell.toasts, {"children": [toast(_("Saved. What the portal does not hold is closed at once."))]})
    return {"features": clicks}


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.suspend, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.reason, "value"),
    prevent_initial_call=True,
)
def change_access(clicks: object, company: object, reason: object) -> object:
    given = company if isinstance(company, dict) else {}
    active = not given.get("active")
    companies.set_active(viewer(), given.get("id"), active=active, version=given.get("version"), reason=reason)
    told = _("The company is let in again.") if active else _("Suspended. All its people are signed out at once.")
    set_props(Shell.toasts, {"children": [toast(told)]})
    return {"access": clicks}


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.link, "children"),
    Input(Ids.invite, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.person, "value"),
    State(Ids.email, "value"),
    State(Ids.level, "value"),
    prevent_initial_call=True,
)
def invite_person(clicks: object, company: object, name: object, email: object, level: object) -> tuple[Any, Any]:
    given = company if isinstance(company, dict) else {}
    done = companies.invite_person(viewer(), given.get("id"), name=name, email=email, level=chosen(level))
    return {"invited": clicks}, invitation(done)


@callback(
    Output(Ids.new_party, "options"),
    Output(Ids.new_party, "value"),
    Input(Ids.new_kind, "value"),
    prevent_initial_call=True,
)
def show_parties(kind: object) -> tuple[Any, ...]:
    return party_choices(chosen(kind)), ""


@callback(
    Output(Ids.invited, "children"),
    Output(Ids.decided, "data", allow_duplicate=True),
    Input(Ids.add, "n_clicks"),
    State(Ids.new_name, "value"),
    State(Ids.new_kind, "value"),
    State(Ids.new_party, "value"),
    State(Ids.new_person, "value"),
    State(Ids.new_email, "value"),
    prevent_initial_call=True,
)
def add_company(clicks: object, *typed: object) -> tuple[Any, Any]:
    name, kind, party, person, email = typed
    done = companies.add(viewer(), name=name, kind=chosen(kind), party=chosen(party), person=person, email=email)
    return invitation(done), {"added": clicks}


@callback(
    Output(Ids.companies, "rowData"),
    Input(Ids.decided, "data"),
    Input(Ids.changed, "data"),
    prevent_initial_call=True,
)
def show_companies(decided: object, changed: object) -> Any:
    return company_rows() if decided or changed else no_update


def request_rows() -> list[dict[str, Any]]:
    """Requests as grid rows."""
    states = {"pending": _("Waiting"), "approved": _("Approved"), "rejected": _("Turned down")}
    return [
        {
            **{name: found[name] for name in ("id", "company", "name", "email", "status")},
            "kind": kind_name(found["kind"]),
            "state": states[found["status"]],
            "since": day(found["created_at"]),
        }
        for found in company_requests.requests(viewer())
    ]


def company_rows() -> list[dict[str, Any]]:
    """Companies as grid rows."""
    return [
        {
            **{name: found[name] for name in ("id", "name", "people", "withheld")},
            "code": found["code"] or EMPTY,
            "kind": kind_name(found["kind"]),
            "state": _("Active") if found["active"] else _("Suspended"),
            "last": moment(found["last_at"]) if found["last_at"] else EMPTY,
        }
        for found in companies.companies(viewer())
    ]


def kind_name(kind: str) -> str:
    """What a company is, in words."""
    return {"supplier": _("Supplier"), "customer": _("Customer"), "oem": _("OEM")}[kind]


def level_choices() -> list[tuple[str, str]]:
    """Levels of a partner's people, with what they may do."""
    names = {
        Level.VIEWER: _("Viewer: reads"),
        Level.USER: _("User: everyday answers"),
        Level.MANAGER: _("Manager: also commits the company"),
        Level.ADMIN: _("Administrator: also people and settings"),
    }
    return [(level.value, text) for level, text in names.items()]


def party_choices(kind: str) -> list[dict[str, str]]:
    """Whom of the plan a company can stand for; the first choice is none of them."""
    nobody = {"value": "-", "label": _("Not in the plan yet")}
    return [
        nobody,
        *({"value": str(key), "label": text} for key, text in companies.parties_without_portal(viewer(), kind)),
    ]


def feature_name(right: Permission) -> str:
    """A feature in words: the last part of its right."""
    last = right.value.rpartition(".")[2]
    return _("Orders") if right.value.count(".") == 1 and last not in ("messages", "api") else _feature_names()[last]


def activity_list(entries: list[dict[str, Any]]) -> Component:
    """What happened, the newest first."""
    if not entries:
        return html.P(_("Nothing happened yet."), className="note")
    return html.Ol(
        [
            html.Li(
                [
                    html.Div([html.Strong(entry["title"]), html.Span(moment(entry["at"]), className="note")]),
                    html.Div(" · ".join(filter(None, (entry["actor"], entry["detail"]))), className="note"),
                ]
            )
            for entry in entries
        ],
        className="activity",
    )


def people_list(found: PartnerCompany) -> Component:
    """Accounts of a company and open invitations."""
    levels = dict(level_choices())
    accounts = [
        (person["name"], f"{person['email']} · {levels.get(person['level'], EMPTY)}" + _state(person))
        for person in found.people
    ]
    invited = [
        (person["name"], _("%(email)s · invited until %(day)s", email=person["email"], day=day(person["expires_at"])))
        for person in found.invited
    ]
    if not accounts and not invited:
        return html.P(_("Nobody can sign in for this company yet. Invite somebody."), className="note")
    return html.Div([html.P(counted("1 account", "%(count)s accounts", len(accounts))), facts([*accounts, *invited])])


def invitation(done: Invited) -> Component:
    """What to do with an invitation: nothing when it was mailed, else hand the link over."""
    return invited_text(done.email, done.link, mailed=done.mailed)


def _asked(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (_("Company"), found["company"]),
        (_("Kind"), kind_name(found["kind"])),
        (_("Registration number"), found["registration_no"] or EMPTY),
        (_("Person"), f"{found['name']}, {found['email']}"),
        (_("Message"), found["message"] or EMPTY),
        (_("Asked on"), f"{moment(found['created_at'])} (UTC), {found['address']}"),
    ]


def _state(person: dict[str, Any]) -> str:
    return "" if person["active"] else " · " + _("deactivated")


def _feature_names() -> dict[str, str]:
    return {
        "shipments": _("Shipments"),
        "forecast": _("Forecast"),
        "capacity": _("Capacity and lead times"),
        "documents": _("Documents"),
        "quality": _("Quality"),
        "scorecard": _("Scorecard"),
        "stock": _("Stock it manages"),
        "invoices": _("Invoices"),
        "ordering": _("Ordering"),
        "promotions": _("Promotions"),
        "service": _("Service figures"),
        "returns": _("Returns"),
        "demand": _("Demand"),
        "risk": _("Risks"),
        "materials": _("Materials"),
        "changes": _("Recipe changes"),
        "priority": _("Priority requests"),
        "messages": _("Messages"),
        "api": _("API"),
    }
