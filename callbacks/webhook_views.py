"""Webhooks of a company, as partners and administrators look after them: one set of callbacks for both pages."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback

from components.grid import selected_row
from core.errors import InvalidInput
from core.i18n import EMPTY, _, moment
from core.identity import viewer
from core.ids import PageIds
from services import webhooks


class WebhookIds(PageIds):
    hooks: str
    url: str
    events: str
    add: str
    secret: str
    test: str
    switch: str
    delete: str
    outcome: str
    log: str
    redeliver: str
    refresh: str
    log_outcome: str


def look_after(ids: type[WebhookIds]) -> None:
    """The callbacks of a page of webhooks."""

    @callback(
        Output(ids.secret, "children"),
        Output(ids.hooks, "rowData"),
        Output(ids.url, "value"),
        Input(ids.add, "n_clicks"),
        State(ids.url, "value"),
        State(ids.events, "value"),
        prevent_initial_call=True,
    )
    def add(_clicks: object, url: object, events: object) -> tuple[Any, ...]:
        secret = webhooks.add(viewer(), url, events)
        told = _("The secret that signs what is sent: %(secret)s. Keep it now, it is shown this once.", secret=secret)
        return told, hook_rows(), ""

    @callback(
        Output(ids.outcome, "children"),
        Output(ids.log, "rowData"),
        Input(ids.test, "n_clicks"),
        State(ids.hooks, "selectedRows"),
        prevent_initial_call=True,
    )
    def test(_clicks: object, selected: object) -> tuple[Any, ...]:
        webhooks.send_test(viewer(), _chosen(selected).get("id"))
        return _("A test is on its way. Refresh the log in some seconds."), delivery_rows()

    @callback(
        Output(ids.outcome, "children", allow_duplicate=True),
        Output(ids.hooks, "rowData", allow_duplicate=True),
        Input(ids.switch, "n_clicks"),
        State(ids.hooks, "selectedRows"),
        prevent_initial_call=True,
    )
    def switch(_clicks: object, selected: object) -> tuple[Any, ...]:
        row = _chosen(selected)
        active = row.get("active") is False
        webhooks.switch(viewer(), row.get("id"), active=active)
        return _("Switched on.") if active else _("Switched off."), hook_rows()

    @callback(
        Output(ids.outcome, "children", allow_duplicate=True),
        Output(ids.hooks, "rowData", allow_duplicate=True),
        Output(ids.log, "rowData", allow_duplicate=True),
        Input(ids.delete, "n_clicks"),
        State(ids.hooks, "selectedRows"),
        prevent_initial_call=True,
    )
    def delete(_clicks: object, selected: object) -> tuple[Any, ...]:
        webhooks.remove(viewer(), _chosen(selected).get("id"))
        return _("Deleted, with its log."), hook_rows(), delivery_rows()

    @callback(
        Output(ids.log_outcome, "children"),
        Output(ids.log, "rowData", allow_duplicate=True),
        Input(ids.redeliver, "n_clicks"),
        State(ids.log, "selectedRows"),
        prevent_initial_call=True,
    )
    def redeliver(_clicks: object, selected: object) -> tuple[Any, ...]:
        webhooks.redeliver(viewer(), _chosen(selected).get("id"))
        return _("It is sent once more."), delivery_rows()

    @callback(
        Output(ids.log, "rowData", allow_duplicate=True),
        Output(ids.hooks, "rowData", allow_duplicate=True),
        Input(ids.refresh, "n_clicks"),
        prevent_initial_call=True,
    )
    def refresh(_clicks: object) -> tuple[Any, ...]:
        return delivery_rows(), hook_rows()


def hook_rows() -> list[dict[str, Any]]:
    """Webhooks as grid rows."""
    return [
        {
            "id": found["id"],
            "url": found["url"],
            "events": ", ".join(found["events"]) or _("all"),
            "active": found["active"],
            "state": _("On") if found["active"] else found["disabled_reason"] or _("Off"),
            "since": moment(found["created_at"]),
        }
        for found in webhooks.webhooks(viewer())
    ]


def delivery_rows() -> list[dict[str, Any]]:
    """Deliveries as grid rows."""
    states = {"waiting": _("Waiting"), "delivered": _("Delivered"), "failed": _("Failed")}
    return [
        {
            "id": found["id"],
            "event": found["event"],
            "url": found["url"],
            "state": states[found["state"]],
            "code": found["response_code"],
            "tries": found["tries"],
            "created": moment(found["created_at"]),
            "next": moment(found["due_at"]) if found["state"] == "waiting" else EMPTY,
            "error": found["last_error"] or EMPTY,
        }
        for found in webhooks.deliveries(viewer())
    ]


def _chosen(selected: object) -> dict[str, Any]:
    row = selected_row(selected)
    if row is None:
        raise InvalidInput(_("Select a row first."))
    return row
