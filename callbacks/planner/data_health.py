"""Mending all rows of a finding of data health with one value."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import Input, Output, State, callback, dcc, html, no_update
from dash.development.base_component import Component

from components.forms import chosen, facts, field, select, status
from components.grid import grid, text_column
from components.health_scores import score_text
from components.page import empty_state, panel
from core.errors import Malformed
from core.guard import requires
from core.i18n import _, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.pages import page_at
from core.permissions import Permission
from services import data_health
from services.data_health import Finding, FindingRows, Fix, Severity

PATH = "/data/health"
RECORDS_PATH = "/data/records"


class Ids(PageIds):
    findings: str
    about: str
    body: str
    rows: str
    value: str
    mend: str


@callback(
    Output(Ids.body, "children"),
    Output(Ids.about, "data"),
    Input(Ids.mend, "n_clicks"),
    State(Ids.value, "value"),
    State(Ids.about, "data"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def mend_rows(clicks: int | None, value: object, about: object) -> Any:
    if not clicks:
        return no_update, no_update
    if not isinstance(about, dict) or not isinstance(about.get("rows"), int):
        raise Malformed(_("Reload the page and try again."))
    entity, finding = str(about.get("entity")), str(about.get("finding"))
    before = _score(entity)
    saved = data_health.mend(viewer(), entity, finding, chosen(value), expected=about["rows"])
    done = _(
        "%(count)s rows were changed. The score went from %(before)s to %(after)s.",
        count=number(saved.changed),
        before=score_text(before),
        after=score_text(_score(entity)),
    )
    left = data_health.finding_rows(viewer(), entity, finding)
    return [dbc.Alert(done, color="success"), *finding_panels(left)], about | {"rows": left.total}


def finding_panels(found: FindingRows) -> list[Component]:
    """What the finding means, how to mend it, and the rows that have it."""
    if not found.total:
        message = _("No row has this finding any more.")
        return [empty_state(message, action=_("Back to data health"), href=PATH)]
    return [_meaning(found), _rows_panel(found)]


def finding_href(finding: Finding) -> str:
    return f"{PATH}?{urlencode({'entity': finding.entity, 'finding': finding.name})}"


def severity_text(severity: Severity) -> str:
    return _SEVERITIES[severity]()


SEVERITY_TONES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTICE: "quiet"}
_SEVERITIES = {
    Severity.ERROR: lambda: _("Error"),
    Severity.WARNING: lambda: _("Warning"),
    Severity.NOTICE: lambda: _("Notice"),
}


def _score(entity: str) -> float | None:
    found = data_health.health(viewer()).entity(entity)
    return found.score if found else None


def _meaning(found: FindingRows) -> Component:
    finding = found.finding
    health = data_health.health(viewer()).entity(finding.entity)
    of_all = found.total / health.rows if health and health.rows else None
    fix = data_health.fix_of(viewer(), finding)
    rows = _("%(count)s, %(share)s of all", count=number(found.total), share=percent(of_all, decimals=2))
    return panel(
        facts([(_("Why it matters"), _(finding.why)), (_("What to do"), _(finding.remedy)), (_("Rows"), rows)]),
        _fix_form(fix, found.total) if fix else None,
        html.Div(_links(finding), className="page-actions mt-3"),
        title=_("What it means"),
        actions=[status(severity_text(finding.severity), SEVERITY_TONES[finding.severity])],
    )


def _fix_form(fix: Fix, rows: int) -> Component:
    label = _(fix.field.label)
    button = _("Set for all %(count)s rows", count=number(rows)) if rows > 1 else _("Set for this row")
    return html.Div(
        [
            field(_("%(field)s of all these rows", field=label), _control(fix)),
            dbc.Button(button, id=Ids.mend, color="primary"),
        ],
        className="filters mt-3",
    )


def _control(fix: Fix) -> Component:
    if fix.choices:
        return select(Ids.value, fix.choices, fix.suggestion)
    kind = "date" if fix.field.kind.value == "day" else "text"
    return dbc.Input(id=Ids.value, type=kind, value=fix.suggestion, placeholder=fix.field.example, maxLength=200)


def _links(finding: Finding) -> list[Component]:
    """Where the rows are and where they are mended, as far as the viewer may go there."""
    rows = f"{RECORDS_PATH}?{urlencode({'entity': finding.entity, 'finding': finding.name})}"
    named = [(_("Open these rows"), rows), (_(finding.link) if finding.link else "", finding.href)]
    return [
        dcc.Link(name, href=href, className="btn btn-outline-primary btn-sm") for name, href in named if _opens(href)
    ]


def _opens(href: str) -> bool:
    page = page_at(href.partition("?")[0]) if href else None
    return page is not None and viewer().may(page.permission)


def _rows_panel(found: FindingRows) -> Component:
    shown = len(found.rows)
    note = (
        ""
        if shown == found.total
        else _("The first %(shown)s of %(all)s.", shown=number(shown), all=number(found.total))
    )
    return panel(
        grid(Ids.rows, _columns(found), found.rows, height=min(60 + 31 * shown, 460)),
        title=_("The rows"),
        note=note,
    )


def _columns(found: FindingRows) -> list[dict[str, Any]]:
    """Keys first, then what mends the row, then the rest."""
    entity = data_health.entity_of(viewer(), found.finding)
    fields = sorted(entity.fields, key=lambda each: (not each.key, each.name != "name", each.name != found.finding.fix))
    figures = {"type": "rightAligned", "cellClass": "figure"}
    return [
        text_column(
            each.name, _(each.label), minWidth=120, **(figures if each.kind.value in ("decimal", "integer") else {})
        )
        for each in fields
    ]
