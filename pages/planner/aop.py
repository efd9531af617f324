"""S&OP › AOP: the annual operating plan, month by month, from draft to locked."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.aop import (
    PATH,
    STORED,
    Ids,
    level_names,
    measure_names,
    month_names,
    page_parts,
    rule_names,
    wanted_view,
)
from components.aop_columns import difference_columns, growth_columns, target_columns, version_columns
from components.download import list_download
from components.filters import choice_filter, filter_form
from components.forms import field, select
from components.grid import grid, said_when_empty
from components.page import page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import aop, aop_versions
from services.aop_versions import LONGEST_NOTE

ROW_HEIGHT, MOST_ROWS = 30, 16

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="AOP",
    area=Area.SOP,
    order=40,
    description="The annual operating plan: targets by month, from draft to locked",
)


def layout(year: str = "", measure: str = "", level: str = "", **_query: str) -> Component:
    of_year, of_measure, at_level = wanted_view({"year": year, "measure": measure, "level": level})
    asked = {"year": str(of_year), "measure": of_measure, "level": at_level}
    parts = page_parts(asked)
    rows, seen, state, versions, editing, making, *deciding = parts
    return page_frame(
        dcc.Store(id=Ids.asked, data=asked),
        dcc.Store(id=Ids.seen, data=seen),
        _filters(of_year, of_measure, at_level),
        html.P(state, id=Ids.state, className="totals", role="status"),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        _targets(rows, editing, of_measure, at_level),
        _versions(versions, deciding),
        _new_year(of_year, making),
        title=_("AOP"),
        lead=_(
            "The annual operating plan: what the company and its parts are to reach in each month. The year is "
            "measured by the newest approved version, by the working targets while there is none."
        ),
        actions=[
            dcc.Link(_("Gap to AOP"), href=f"/sop/gap?year={of_year}", className="btn btn-outline-primary btn-sm"),
            list_download("aop", {"year": str(of_year)}),
        ],
    )


def _filters(year: int, measure: str, level: str) -> Component:
    years = [(str(known), str(known)) for known in sorted({*aop_versions.years(viewer()), year})]
    return filter_form(
        PATH,
        choice_filter(Ids.year, "year", _("Year"), years, str(year)),
        choice_filter(Ids.measure, "measure", _("Measure"), list(measure_names().items()), measure),
        choice_filter(Ids.level, "level", _("By"), list(level_names().items()), level),
    )


def _targets(rows: list[dict[str, object]], editing: dict[str, str], measure: str, level: str) -> Component:
    return panel(
        grid(
            Ids.rows,
            target_columns(level_names()[level], month_names(), measure),
            rows,
            row_id="id",
            selection="single",
            height=ROW_HEIGHT * (2 + min(len(rows), MOST_ROWS)),
            options={
                **said_when_empty(_("There is nothing to set targets for: import products and channels first.")),
                "singleClickEdit": False,
            },
        ),
        html.P(_("Select a row to see its season."), id=Ids.season, className="note", role="status"),
        html.Div(
            [
                field(_("A year typed is spread"), select(Ids.rule, list(rule_names().items()), "season")),
                dbc.Button(_("Spread the difference over these"), id=Ids.spread, color="primary", size="sm"),
                dbc.Button(_("Company takes their sum"), id=Ids.take_sum, color="primary", outline=True, size="sm"),
            ],
            id=Ids.editing,
            className="form-line aop-line",
            style=editing,
        ),
        title=_("Targets"),
        note=_("a double click or Enter edits a month or the year of an open draft"),
    )


def _versions(versions: list[dict[str, object]], deciding: list[object]) -> Component:
    submit, approve, send_back, lock, beginning, choices = deciding[:6]
    note = field(_("Note"), dbc.Input(id=Ids.note, size="sm", maxLength=LONGEST_NOTE))
    note.className = "field field-wide"
    steps = html.Div(
        [
            note,
            dbc.Button(_("Put up for review"), id=Ids.submit, color="primary", size="sm", style=submit),
            dbc.Button(_("Approve"), id=Ids.approve, color="primary", size="sm", style=approve),
            dbc.Button(_("Send back"), id=Ids.send_back, color="primary", outline=True, size="sm", style=send_back),
            dbc.Button(_("Lock"), id=Ids.lock, color="primary", size="sm", style=lock),
        ],
        className="form-line aop-line",
    )
    begin = html.Div(
        [
            field(_("A new draft begins with"), dbc.Select(id=Ids.source, options=choices, value=STORED)),
            dbc.Button(_("Begin a new draft"), id=Ids.begin, color="primary", outline=True, size="sm"),
        ],
        id=Ids.beginning,
        className="form-line aop-line",
        style=beginning,
    )
    compare = html.Div(
        [
            field(_("Compare"), dbc.Select(id=Ids.one, options=choices, value=STORED)),
            field(_("with"), dbc.Select(id=Ids.other, options=choices, value=STORED)),
            dbc.Button(_("Compare versions"), id=Ids.compare, color="primary", outline=True, size="sm"),
        ],
        className="form-line aop-line",
    )
    return panel(
        grid(
            Ids.versions,
            version_columns(),
            versions,
            row_id="id",
            height=150,
            options=said_when_empty(_("No version yet: the first change or review begins v1.")),
        ),
        steps,
        begin,
        compare,
        grid(
            Ids.differences,
            difference_columns(),
            [],
            row_id="id",
            height=200,
            options=said_when_empty(_("Choose two versions to see what differs.")),
        ),
        title=_("Versions"),
        note=_("draft → review → approved → locked; a locked version changes no more"),
    )


def _new_year(year: int, making: dict[str, str]) -> Component:
    rows = [{"category": category, "growth": 0} for category in aop.categories(viewer())]
    return html.Div(
        panel(
            grid(
                Ids.growth,
                growth_columns(),
                rows,
                row_id="category",
                height=ROW_HEIGHT * (2 + min(len(rows), MOST_ROWS)),
                options=said_when_empty(_("There are no categories: import products first.")),
            ),
            html.Div(
                dbc.Button(_("Make targets of %(year)s", year=year), id=Ids.make, color="primary", size="sm"),
                className="decisions",
            ),
            title=_("From last year's sales"),
            note=_(
                "revenue, volume and margin of the company, its categories and channels: the twelve whole months sold "
                "last before %(year)s, grown; replaces these targets of the draft",
                year=year,
            ),
        ),
        id=Ids.making,
        style=making,
    )
