"""A line that follows one job: how far, how long yet, cancel. It survives a reload and stops asking when done.

A page puts ``job_progress("forecast", job_id)`` somewhere, writes a new job's id to ``job_id_of("forecast")`` and
listens to ``job_ended("forecast")``. The callbacks are in callbacks/job_progress.py.
"""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from core.i18n import _
from core.ids import PageIds

POLL_MS = 1000
HIDDEN = {"display": "none"}
SHOWN: dict[str, str] = {}


class Ids(PageIds):
    job: str
    tick: str
    line: str
    bar: str
    message: str
    cancel: str
    ended: str


def job_id_of(name: Any) -> dict[str, Any]:
    """The store that holds the id of the job to follow (property ``data``)."""
    return {"type": Ids.job, "index": name}


def job_ended(name: Any) -> dict[str, Any]:
    """The store that changes (property ``data``, the state it ended in) when the job ends."""
    return {"type": Ids.ended, "index": name}


def job_progress(name: str, job_id: object = None) -> Component:
    """The line, hidden unless ``job_id`` names a job that is under way."""

    def part(kind: str) -> dict[str, str]:
        return {"type": kind, "index": name}

    return html.Div(
        [
            dcc.Store(id=job_id_of(name), data=None if job_id is None else str(job_id)),
            dcc.Store(id=job_ended(name)),
            dcc.Interval(id=part(Ids.tick), interval=POLL_MS, disabled=job_id is None),
            html.Div(
                [
                    dbc.Progress(id=part(Ids.bar), value=0, max=100),
                    html.Span(_("Waiting for a worker"), id=part(Ids.message), className="note", role="status"),
                    dbc.Button(_("Cancel"), id=part(Ids.cancel), size="sm", outline=True, color="secondary"),
                ],
                id=part(Ids.line),
                className="job-line",
                style=HIDDEN if job_id is None else SHOWN,
            ),
        ]
    )
