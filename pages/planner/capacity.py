"""Supply › Capacity: the load of every resource by the supply plan."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from callbacks.planner.capacity import PATH, Ids, load_columns, load_rows, summary
from components.grid import figure_column, grid, said_when_empty, text_column
from components.page import empty_state, page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import supply_plan

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Capacity",
    area=Area.SUPPLY,
    order=9,
    description="Hours that the supply plan asks of each resource, week by week",
)
ROW, HEAD, SHORTEST = 31, 42, 160


def layout(**_query: str) -> Component:
    weeks, found = supply_plan.capacity(viewer())
    content = (
        [
            html.P(summary(found, weeks), className="totals"),
            panel(
                _legend(),
                grid(
                    Ids.load,
                    load_columns(weeks),
                    load_rows(found),
                    row_id="code",
                    height=max(HEAD + ROW * len(found), SHORTEST),
                ),
            ),
            _products(),
        ]
        if found
        else [_nothing()]
    )
    return page_frame(
        *content,
        title=_("Capacity"),
        lead=_("Hours that planned and open production asks of each resource, as a share of those there are."),
    )


def _legend() -> Component:
    steps = (
        ("load-free", _("up to 85 %")),
        ("load-tight", _("85 to 100 %")),
        ("load-over", _("more than there is")),
    )
    return html.P(
        [html.Span(text, className=f"load load-key {name}") for name, text in steps],
        className="note load-legend",
    )


def _products() -> Component:
    columns = [
        text_column("code", _("Item"), minWidth=100, maxWidth=130),
        text_column("name", _("Name"), minWidth=180),
        text_column("location", _("For"), minWidth=90, maxWidth=120),
        figure_column("quantity", _("Quantity"), minWidth=100),
        figure_column("hours", _("Hours"), decimals=1, minWidth=90),
    ]
    empty = said_when_empty(_("Choose a week of a resource above."))
    return panel(
        html.H2(_("What loads it"), id=Ids.title),
        html.P(_("Choose a week of a resource above."), id=Ids.note, className="note"),
        grid(Ids.products, columns, [], height=300, options=empty),
    )


def _nothing() -> Component:
    return empty_state(
        _("There are no resources in use. Import resources and routings to see what the plan asks of them."),
        action=_("Import data"),
        href="/data/import?entity=resources",
    )
