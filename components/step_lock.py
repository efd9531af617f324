"""The banner of a page whose step of the S&OP cycle is closed."""

from __future__ import annotations

from typing import Protocol

from dash import dcc, html
from dash.development.base_component import Component

from core.i18n import _

CYCLE_PATH = "/sop/cycle"


class Lock(Protocol):
    """What is said of the closed step: who closed it, when, and the plan that was published."""

    @property
    def step(self) -> str: ...

    @property
    def sentence(self) -> str: ...


def lock_banner(lock: Lock | None) -> Component | None:
    """Nothing while the step is open."""
    if lock is None:
        return None
    return html.Div(
        [
            html.Span(className="lock-sign", **{"aria-hidden": "true"}),
            html.Span(lock.sentence),
            dcc.Link(_("See the cycle"), href=f"{CYCLE_PATH}?step={lock.step}"),
        ],
        className="step-lock",
        role="status",
    )
