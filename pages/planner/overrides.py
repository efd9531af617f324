"""Demand › Overrides: every change of the demand plan, who made it and why, and whether it was right."""

from __future__ import annotations

from dataclasses import asdict

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.overrides import CLOSED, PATH, Ids, wanted_overrides
from components.download import list_download
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING
from components.grid import figure_column, grid, said_when_empty, text_column
from components.override_texts import stream_name
from components.page import empty_state, page_frame, panel
from core.i18n import _, counted
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import overrides
from services.demand_plan import STREAMS
from services.glossary import definition
from services.overrides import OverrideFilters

TONES = ("good", "warn", "bad", "quiet")

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Overrides",
    area=Area.DEMAND,
    order=60,
    description="Every change of the demand plan with its reason, scored when the month is over",
)


def layout(stream: str = "", person: str = "", state: str = "", search: str = "", **_query: str) -> Component:
    wanted = wanted_overrides({"stream": stream, "person": person, "state": state, "search": search})
    people = overrides.people(viewer())
    known = overrides.overrides(viewer(), OverrideFilters(), end=1)
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        _filters(wanted, people),
        _reminder(known.expired),
        html.Div([_list(), _detail()], id=Ids.split, className=CLOSED[0]) if known.total else _nothing(),
        title=_("Overrides"),
        lead=_(
            "What people changed in the demand plan, the newest first. Each month that is over tells whether the plan "
            "before the change or the change was closer to what was sold."
        ),
        actions=[
            dcc.Link(_("What is value added?"), href=definition("value-added").href, className="note"),
            list_download("overrides", asdict(wanted), grid_id=Ids.rows),
        ],
    )


def _filters(wanted: OverrideFilters, people: list[tuple[str, str]]) -> Component:
    every = (NOTHING, _("All"))
    streams = [every, *((name, stream_name(name)) for name in STREAMS)]
    states = [
        every,
        ("holding", _("Still holding")),
        ("expired", _("Expired")),
        ("undone", _("Taken back")),
        ("scored", _("Scored")),
    ]
    return filter_form(
        PATH,
        choice_filter(Ids.stream, "stream", _("Stream"), streams, wanted.stream or NOTHING),
        choice_filter(Ids.person, "person", _("Person"), [every, *people], wanted.person or NOTHING),
        choice_filter(Ids.state, "state", _("State"), states, wanted.state or NOTHING),
        text_filter(Ids.search, "search", _("Item"), wanted.search, placeholder=_("code or name")),
    )


def _reminder(expired: int) -> Component:
    if not expired:
        return html.Div()
    told = counted(
        "1 edit has expired while its months are still ahead: its figures count no more.",
        "%(count)s edits have expired while their months are still ahead: their figures count no more.",
        expired,
    )
    return html.P([f"▲ {told} ", dcc.Link(_("See them"), href=f"{PATH}?state=expired")], className="note outcome")


def _nothing() -> Component:
    return empty_state(
        _("Nobody has changed the demand plan yet. Changes of the demand review are listed here with their reasons."),
        action=_("See the forecast"),
        href="/demand/forecast",
    )


def _list() -> Component:
    columns = [
        text_column("when", _("When"), pinned="left", minWidth=142, maxWidth=150, colId="created_at"),
        text_column("person", _("Who"), minWidth=100, tooltipField="person"),
        text_column("stream", _("Stream"), minWidth=78, maxWidth=95),
        text_column("scope", _("Of what"), minWidth=120, tooltipField="scope", sortable=False),
        text_column("months", _("Months"), minWidth=150, sortable=False),
        text_column("state", _("State"), minWidth=115, sortable=False, cellClassRules=_tones("tone")),
        text_column("score", _("Score"), minWidth=140, sortable=False, cellClassRules=_tones("score_tone")),
        text_column("change", _("Typed"), minWidth=80, type="rightAligned", cellClass="figure", sortable=False),
        figure_column("before_total", _("Before"), minWidth=75),
        figure_column("after_total", _("After"), minWidth=75),
        text_column("reason", _("Reason"), minWidth=160, tooltipField="reason", sortable=False),
        text_column("expires_on", _("Expires"), minWidth=98),
        figure_column(
            "gain",
            _("Error taken away"),
            minWidth=95,
            sortable=False,
            headerTooltip=_("Units; below 0 the change added error"),
        ),
        figure_column("gain_money", _("RM"), minWidth=90, sortable=False),
    ]
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            columns,
            row_id="id",
            selection="single",
            height=520,
            rowModelType="infinite",
            options=said_when_empty(_("No change matches: choose other filters.")),
        ),
    )


def _tones(field: str) -> dict[str, str]:
    return {f"tone-{tone}": f"params.data && params.data.{field} == '{tone}'" for tone in TONES}


def _detail() -> Component:
    columns = [
        text_column("item", _("Item"), pinned="left", minWidth=150, tooltipField="name"),
        text_column("month", _("Month"), minWidth=80, maxWidth=90, sortable=False),
        figure_column("consensus", _("Plan before"), minWidth=90, sortable=False),
        figure_column("before", _("Stream before"), minWidth=90, sortable=False),
        figure_column("after", _("After"), minWidth=80, sortable=False),
        figure_column("actual", _("Sold"), minWidth=80, sortable=False),
        text_column("verdict", _("Verdict"), minWidth=105, sortable=False),
    ]
    return html.Section(
        [
            html.Div(
                [
                    html.H2("", id=Ids.title),
                    html.Button(
                        "✕",
                        id=Ids.close,
                        className="icon-button detail-close",
                        **{"aria-label": _("Close the detail")},
                    ),
                ],
                className="panel-head",
            ),
            html.Div(id=Ids.facts),
            html.H3(_("Cells")),
            html.P("", id=Ids.cells_total, className="note", role="status"),
            grid(Ids.cells, columns, [], height=360),
        ],
        id=Ids.detail,
        className=CLOSED[1],
        **{"aria-label": _("The chosen edit")},
    )
