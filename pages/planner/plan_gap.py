"""S&OP › Gap to AOP: where the year lands, why, and what may still change it."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.plan_gap import (
    PATH,
    TO_AOP,
    TO_PUBLISHED,
    VOLUME,
    Ids,
    bridge_figure,
    bridge_text,
    figure_text,
    gap_row,
    horizon_text,
    measure_names,
    months_figure,
    part_rows,
    part_title,
    rate_rows,
    status_text,
    steps,
    wanted,
    wanted_bridge,
)
from components.download import list_download
from components.figures.aop_months import HEIGHT
from components.figures.chart import chart
from components.figures.waterfall import HEIGHT as BRIDGE_HEIGHT
from components.figures.waterfall import waterfall_summary
from components.filters import choice_filter, filter_form
from components.grid import grid, said_when_empty
from components.page import empty_state, page_frame, panel
from components.plan_gap_columns import gap_columns, part_columns, rate_columns
from components.todo_cards import TodoCard, todo_cards
from core.i18n import _, percent, signed
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import aop_versions, plan_gap, risks
from services.plan_gap import LEVELS, Landing, Landings, level_name

ROW_HEIGHT, MOST_ROWS = 30, 12

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Gap to AOP",
    area=Area.SOP,
    order=45,
    description="Where the year lands against the annual operating plan, and why",
)


def layout(year: str = "", measure: str = "", level: str = "", **_query: str) -> Component:
    asked = {"year": year, "measure": measure, "level": level}
    of_year, of_measure, at_level = wanted(asked)
    company = plan_gap.landing(viewer(), measure=of_measure, year=of_year)
    found = (
        company
        if at_level == "company"
        else plan_gap.landing(viewer(), measure=of_measure, level=at_level, year=of_year)
    )
    asked = {"year": str(of_year), "measure": of_measure, "level": at_level}
    return page_frame(
        dcc.Store(id=Ids.asked, data=asked),
        _filters(of_year, of_measure, at_level),
        html.Div(_cards(company, of_measure), className="todo-cards todo-cards-four gap-cards"),
        html.P(horizon_text(found), className="note"),
        _members(found) if _anything(found) else _nothing(),
        _bridge(asked),
        panel(
            grid(Ids.rates, rate_columns(), rate_rows(), row_id="id", height=150),
            title=_("Service, turns and working capital"),
            note=_("of the company, beside the targets of this month"),
        ),
        title=_("Gap to AOP"),
        lead=_(
            "What was sold to date and where the year lands with the plan of now, against the annual operating plan. "
            "Landing = whole months sold + the plan of the rest; of the month that runs the plan counts for its days "
            "to come."
        ),
        actions=[list_download("plan-gap", asked)],
    )


def _filters(year: int, measure: str, level: str) -> Component:
    years = [(str(known), str(known)) for known in aop_versions.years(viewer())]
    return filter_form(
        PATH,
        choice_filter(Ids.year, "year", _("Year"), years, str(year)),
        choice_filter(Ids.measure, "measure", _("Measure"), list(measure_names().items()), measure),
        choice_filter(Ids.level, "level", _("By"), [(name, level_name(name)) for name in LEVELS], level),
    )


def _cards(found: Landings, measure: str) -> list[Component]:
    row = found.rows[0]
    register = risks.sums(viewer())
    tone = {"unknown": "quiet"}.get(row.status, row.status)
    aop = f"/sop/aop?year={found.year}"
    cards = [
        TodoCard(
            _("Landing"),
            figure_text(row.landing, measure),
            _("AOP of these months %(aop)s", aop=figure_text(row.aop_covered, measure)),
            aop,
            tone,
        ),
        TodoCard(_("Gap to AOP"), figure_text(row.gap, measure), _gap_note(row), aop, tone),
        TodoCard(
            _("To date"),
            figure_text(row.to_date, measure),
            _("gap %(gap)s", gap=figure_text(row.gap_to_date, measure)),
            aop,
            "quiet",
        ),
        TodoCard(
            _("Risks and opportunities"),
            figure_text(register.expected, "revenue"),
            _(
                "%(risks)s expected of risks, %(chances)s of opportunities",
                risks=signed(register.risk_expected),
                chances=signed(register.opportunity_expected),
            ),
            risks.PATH,
            "warn" if register.expected < 0 else "quiet",
        ),
    ]
    return todo_cards(cards)


def _gap_note(row: Landing) -> str:
    if row.gap_share is None:
        return status_text(row.status)
    return _("%(share)s · %(status)s", share=percent(row.gap_share), status=status_text(row.status))


def _anything(found: Landings) -> bool:
    return any(row.landing or row.aop for row in found.rows)


def _nothing() -> Component:
    return empty_state(
        _("There are neither sales nor targets of this year. Import sales, run a forecast, then set targets."),
        action=_("Set targets"),
        href="/sop/aop",
    )


def _members(found: Landings) -> Component:
    shown = plan_gap.months(
        viewer(), measure=found.measure, level=found.level, member=found.rows[0].member, year=found.year
    )
    rows = [gap_row(row) for row in found.rows]
    return panel(
        grid(
            Ids.rows,
            gap_columns(level_name(found.level)),
            rows,
            row_id="id",
            selection="single",
            height=ROW_HEIGHT * (2 + min(len(rows), MOST_ROWS)),
            options=said_when_empty(_("Nothing was sold and no target is set at this level.")),
            selectedRows={"ids": [rows[0]["id"]]},
        ),
        html.H3(shown.name, id=Ids.member),
        chart(
            Ids.chart,
            months_figure(shown, found.measure),
            summary=_("AOP, sales, plans and landing of the selected row by month"),
            height=HEIGHT,
        ),
        title=_("By %(level)s", level=level_name(found.level).lower()),
        note=_("a click on a row shows its months"),
    )


def _bridge(asked: dict[str, str]) -> Component:
    found = wanted_bridge(TO_AOP, asked)
    choices = [
        {"value": TO_AOP, "label": _("To date against the AOP")},
        {"value": TO_PUBLISHED, "label": _("Plan of now against the plan published last")},
    ]
    return panel(
        dbc.RadioItems(id=Ids.against, options=choices, value=TO_AOP, inline=True),
        html.P(bridge_text(found), id=Ids.about, className="note", role="status"),
        chart(
            Ids.bridge,
            bridge_figure(found),
            summary=waterfall_summary(steps(found)) if found else _("Nothing to compare yet."),
            height=BRIDGE_HEIGHT,
        ),
        html.H3(part_title(found, VOLUME), id=Ids.part_title),
        grid(
            Ids.parts,
            part_columns(_("Of")),
            part_rows(found, VOLUME),
            row_id="id",
            height=260,
            options=said_when_empty(_("Nothing to compare yet.")),
        ),
        title=_("Why revenue differs"),
        note=_("volume, mix and price add up to the difference; a click on a bar shows what it is made of"),
    )
