"""What if: fields to change a plan with, keeping what was tried as a scenario, and the strip while one is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from components.forms import NOTHING, chosen, field, select
from core.i18n import _

SCENARIOS_PATH = "/supply/scenarios"


class WhatIfIds(Protocol):
    """Ids of the page that has the bar."""

    reset: str
    keep_name: str
    keep_into: str
    keep: str
    kept: str


def what_if_bar(
    ids: type[WhatIfIds], fields: Sequence[Component], *, scenarios: Sequence[tuple[int, str]], into: int | None = None
) -> Component:
    """``fields`` change the plan at once; ``scenarios`` (id, name) take what was tried, ``into`` the one that is open.

    Without ``scenarios`` and without the right to keep, pass an empty list: a new one can be named all the same.
    """
    choices = [(NOTHING, _("a new scenario")), *((str(number), name) for number, name in scenarios)]
    return html.Div(
        [
            html.Div(
                [*fields, dbc.Button(_("Drop"), id=ids.reset, color="primary", outline=True, size="sm")],
                className="form-line what-if-fields",
            ),
            html.Details(
                [
                    html.Summary(_("Keep as scenario…")),
                    html.Div(
                        [
                            field(_("Keep in"), select(ids.keep_into, choices, str(into) if into else NOTHING)),
                            field(_("Name of a new one"), dbc.Input(id=ids.keep_name, size="sm", maxLength=80)),
                            dbc.Button(_("Keep"), id=ids.keep, color="primary", size="sm"),
                        ],
                        className="form-line",
                    ),
                ],
                className="what-if-keep",
            ),
            html.P("", id=ids.kept, className="note", role="status"),
        ],
        className="what-if",
        role="group",
        **{"aria-label": _("What if")},
    )


def kept_text(scenario_id: int, name: str, path: str) -> list[Any]:
    """What stands there when something was kept."""
    return [
        _("Kept in “%(name)s”.", name=name),
        " ",
        dcc.Link(_("Open it here"), href=f"{path}?scenario={scenario_id}"),
        " · ",
        dcc.Link(_("Compare"), href=f"{SCENARIOS_PATH}?scenario={scenario_id}"),
    ]


def keep_target(into: object) -> int | None:
    """The scenario that was chosen to keep in; None for a new one."""
    return opened_scenario(into)


def opened_scenario(asked: object) -> int | None:
    """The scenario that an address, a store or a choice names: None for the plan, 0 for what is no number."""
    text = chosen(asked) if isinstance(asked, int | str) and not isinstance(asked, bool) else ""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def scenario_strip(name: str, *, scenario_id: int, path: str) -> Component:
    """The coloured strip of a page that shows a scenario, not the plan."""
    return html.Div(
        [
            html.Span("◆", **{"aria-hidden": "true"}),
            html.Strong(_("Scenario “%(name)s”", name=name)),
            html.Span(_("The figures on this page are not the plan.")),
            dcc.Link(_("Changes and comparison"), href=f"{SCENARIOS_PATH}?scenario={scenario_id}"),
            dcc.Link(_("Back to the plan"), href=path),
        ],
        className="scenario-strip",
        role="status",
    )
