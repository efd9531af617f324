"""Webhooks of a company, and the log of what was sent to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components.forms import field
from components.grid import figure_column, grid, said_when_empty, text_column
from components.page import panel
from core.i18n import _


def webhook_panels(
    ids: Any,
    *,
    hooks: Sequence[dict[str, Any]],
    deliveries: Sequence[dict[str, Any]],
    topics: Sequence[str],
    may_change: bool,
) -> list[Component]:
    """The list, the form of a new one and the log; ``ids`` are the names of callbacks.webhook_views.

    Who may only read can press nothing.
    """
    return [_hooks(ids, hooks, may_change), _new(ids, topics, may_change), _log(ids, deliveries, may_change)]


def _hooks(ids: Any, hooks: Sequence[dict[str, Any]], may_change: bool) -> Component:
    columns = [
        text_column("url", _("Address"), minWidth=220, tooltipField="url"),
        text_column("events", _("Kinds of news"), minWidth=130),
        text_column("state", _("State"), minWidth=100, tooltipField="state"),
        text_column("since", _("Since (UTC)"), minWidth=140),
    ]
    buttons = [(ids.test, _("Send a test")), (ids.switch, _("Switch on or off")), (ids.delete, _("Delete"))]
    return panel(
        grid(
            ids.hooks,
            columns,
            list(hooks),
            row_id="id",
            selection="single",
            height=200,
            options=said_when_empty(_("No webhook yet. Add the address of your system below.")),
        ),
        html.Div(id=ids.outcome, className="note", role="status"),
        title=_("Webhooks"),
        note=_("Your systems are told what happens, signed, within seconds. Select one to try it or to switch it off."),
        actions=[_button(key, name, may_change) for key, name in buttons],
    )


def _new(ids: Any, topics: Sequence[str], may_change: bool) -> Component:
    options = [{"value": topic, "label": _(topic)} for topic in topics]
    return panel(
        html.Div(
            [
                field(_("Address"), dbc.Input(id=ids.url, type="url", disabled=not may_change)),
                field(
                    _("Kinds of news; none for all"),
                    dbc.Checklist(id=ids.events, options=options, value=[], inline=True),
                ),
                _button(ids.add, _("Add webhook"), may_change),
            ],
            className="form-line",
        ),
        html.P("", id=ids.secret, className="note outcome", role="status"),
        title=_("New webhook"),
    )


def _log(ids: Any, deliveries: Sequence[dict[str, Any]], may_change: bool) -> Component:
    columns = [
        text_column("created", _("Made (UTC)"), minWidth=140),
        text_column("event", _("Event"), filter=True, minWidth=160),
        text_column("state", _("State"), filter=True, minWidth=100),
        figure_column("code", _("Answer"), minWidth=80),
        figure_column("tries", _("Tries"), minWidth=70),
        text_column("next", _("Next try (UTC)"), minWidth=140),
        text_column("error", _("What was wrong"), minWidth=200, tooltipField="error"),
        text_column("url", _("Address"), minWidth=220, tooltipField="url"),
    ]
    return panel(
        grid(
            ids.log,
            columns,
            list(deliveries),
            row_id="id",
            selection="single",
            height=360,
            options=said_when_empty(_("Nothing was sent yet.")),
        ),
        html.Div(id=ids.log_outcome, className="note", role="status"),
        title=_("Deliveries"),
        note=_("The newest 200. What is not taken is tried again after 1, 5 and 30 minutes, 2 and 12 hours."),
        actions=[
            dbc.Button(_("Refresh"), id=ids.refresh, outline=True, color="secondary", size="sm"),
            _button(ids.redeliver, _("Send once more"), may_change),
        ],
    )


def _button(key: str, name: str, may_change: bool) -> Component:
    return dbc.Button(name, id=key, disabled=not may_change, outline=True, color="primary", size="sm")
