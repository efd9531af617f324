"""Data › Data health: how fit the stored rows are to plan with, what is wrong with them, and mending it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.data_health import PATH, SEVERITY_TONES, Ids, finding_href, finding_panels, severity_text
from components.grid import figure_column, grid, percent_column, text_column
from components.health_scores import ScoreRow, score_table, total_score
from components.page import empty_state, page_frame, panel
from components.two_line_grid import marked
from core.errors import NotFound
from core.i18n import EMPTY, _, day, moment, number
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import data_health
from services.data_health import EntityHealth, Found, Health, Severity
from services.glossary import definition

register_page(
    __name__,
    path=PATH,
    permission=Permission.MASTER_READ,
    name="Data health",
    area=Area.DATA,
    order=40,
    description="How fit the stored data are to plan with, and what to mend",
)


def layout(entity: str = "", finding: str = "", **_query: str) -> Component:
    try:
        return _asked(entity, finding)
    except NotFound as missing:
        back = empty_state(missing.message, action=_("Back to data health"), href=PATH)
        return page_frame(back, title=_("Data health"))


def _asked(entity: str, finding: str) -> Component:
    if finding:
        return _one_finding(entity, finding)
    health = data_health.health(viewer())
    return _one_entity(health, entity) if entity else _overview(health)


def _overview(health: Health) -> Component:
    return page_frame(
        *([_nothing_yet()] if health.score is None else _scores(health)),
        title=_("Data health"),
        lead=_("What is missing, old, double or odd in the stored data, and what it means for the plans."),
        actions=[_definition_link()],
    )


def _one_entity(health: Health, name: str) -> Component:
    found = health.entity(name)
    if found is None:
        raise NotFound(_("There is no such finding."))
    sentence = _("%(rows)s rows. %(age)s", rows=number(found.rows), age=_age(found))
    return page_frame(
        panel(total_score(found.score, sentence)),
        _findings_panel([found]),
        title=_(found.entity.label),
        lead=_(found.entity.help),
        trail=[(_("Data health"), PATH)],
        actions=[_definition_link()],
    )


def _one_finding(entity: str, finding: str) -> Component:
    found = data_health.finding_rows(viewer(), entity, finding)
    label = _(data_health.entity_of(viewer(), found.finding).label)
    return page_frame(
        dcc.Store(id=Ids.about, data={"entity": entity, "finding": finding, "rows": found.total}),
        html.Div(finding_panels(found), id=Ids.body),
        title=_(found.finding.label),
        trail=[(_("Data health"), PATH), (label, f"{PATH}?{urlencode({'entity': entity})}")],
    )


def _nothing_yet() -> Component:
    if viewer().may(Permission.IMPORT_RUN):
        return empty_state(_("There are no data yet."), action=_("Import data"), href="/data/import")
    return empty_state(_("There are no data yet. An analyst can import them."))


def _definition_link() -> Component:
    return dcc.Link(_("How is the score reckoned?"), href=definition("data-health").href, className="note")


def _scores(health: Health) -> list[Component]:
    found = [each for entity in health.entities for each in entity.found]
    sentence = _(
        "%(errors)s errors, %(warnings)s warnings and %(notices)s notices among %(kinds)s kinds of rows.",
        errors=number(_of(found, Severity.ERROR)),
        warnings=number(_of(found, Severity.WARNING)),
        notices=number(_of(found, Severity.NOTICE)),
        kinds=number(len(health.entities)),
    )
    facts = (_("Rows"), _("Reach to"), _("Last change (UTC)"))
    return [
        panel(total_score(health.score, sentence)),
        _findings_panel(health.entities),
        panel(score_table(facts, [_score_row(entity) for entity in health.entities]), title=_("Kinds of rows")),
    ]


def _of(found: list[Found], severity: Severity) -> int:
    return sum(each.finding.severity is severity for each in found)


def _score_row(found: EntityHealth) -> ScoreRow:
    changed = moment(found.changed_at) if found.changed_at else EMPTY
    newest = day(found.newest_on) if found.newest_on else EMPTY
    worst = found.found[0].finding.severity if found.found else None
    return ScoreRow(
        name=_(found.entity.label),
        href=f"{PATH}?{urlencode({'entity': found.entity.name})}",
        score=found.score,
        facts=(number(found.rows), newest, changed),
        findings=_findings_text(found),
        tone=SEVERITY_TONES[worst] if worst else "quiet",
    )


def _findings_text(found: EntityHealth) -> str:
    if not found.rows:
        return _("no rows yet")
    return number(len(found.found)) if found.found else _("none")


def _age(found: EntityHealth) -> str:
    reach = [_("They reach to %(day)s.", day=day(found.newest_on))] if found.newest_on else []
    change = [_("Last change %(at)s (UTC).", at=moment(found.changed_at))] if found.changed_at else []
    return " ".join([*reach, *change])


def _findings_panel(entities: Any) -> Component:
    rows = [_finding_row(entity, each) for entity in entities for each in entity.found]
    if not rows:
        return panel(empty_state(_("Nothing was found: there is nothing to mend.")), title=_("Findings"))
    columns = [
        text_column("severity", _("Severity"), minWidth=100, maxWidth=120, cellClassRules=_TONE_RULES),
        text_column("finding", _("Finding"), cellRenderer="markdown", minWidth=300),
        text_column("entity", _("Rows of"), minWidth=130, maxWidth=170),
        figure_column("rows", _("Rows"), minWidth=80, maxWidth=110),
        percent_column("share", _("Share"), decimals=2, minWidth=80, maxWidth=100),
        figure_column("points", _("Points"), decimals=2, minWidth=80, maxWidth=100),
        text_column("remedy", _("What to do"), minWidth=260, tooltipField="remedy"),
    ]
    worst_first = sorted(rows, key=lambda row: (row["rank"], -row["points"]))
    return panel(
        grid(Ids.findings, columns, worst_first, height=min(50 + 31 * len(rows), 420)),
        title=_("Findings"),
        note=_("The worst first. Points: what the finding takes from the score of its rows."),
    )


_TONE_RULES = {f"tone-{tone}": f"params.data && params.data.tone == '{tone}'" for tone in ("bad", "warn", "quiet")}


def _finding_row(entity: EntityHealth, found: Found) -> dict[str, Any]:
    tone = SEVERITY_TONES[found.finding.severity]
    return {
        "severity": marked(severity_text(found.finding.severity), tone),
        "tone": tone,
        "rank": list(Severity).index(found.finding.severity),
        "finding": f"[{_(found.finding.label)}]({finding_href(found.finding)})",
        "entity": _(entity.entity.label),
        "rows": found.rows,
        "share": found.share,
        "points": found.points,
        "remedy": _(found.finding.remedy),
    }
