"""S&OP › Executive: where the business stands, lands, and what has to be decided."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.executive import PATH, Ids
from components.download import download_buttons
from components.executive_views import legend
from components.figures.aop_months import HEIGHT
from components.figures.chart import chart
from components.forms import select
from components.page import page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services.executive import GAP_PATH, measure_of
from services.executive_families import level_of

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Executive",
    area=Area.SOP,
    order=20,
    description="Key figures with target, trend and gap, the heat map of the range, capacity, risks and decisions",
)


def layout(measure: str = "", level: str = "", **_query: str) -> Component:
    units = [("revenue", _("RM")), ("volume", _("Units"))]
    levels = [("category", _("By category")), ("family", _("By family"))]
    return page_frame(
        html.Div(id=Ids.cards, className="indicators", **{"aria-live": "polite"}),
        html.Div(
            [
                panel(
                    legend(),
                    html.Div(id=Ids.families),
                    title=_("The range"),
                    actions=[select(Ids.level, levels, level_of(level))],
                ),
                panel(
                    chart(Ids.gap, summary=_("The year by month beside the annual operating plan"), height=HEIGHT),
                    html.P("", id=Ids.gap_told, className="note"),
                    title=_("Gap to the annual operating plan"),
                    actions=[dcc.Link(_("Open"), href=GAP_PATH, className="btn btn-outline-primary btn-sm")],
                ),
            ],
            className="two-columns executive-columns",
        ),
        html.Div(
            [
                panel(html.Div(id=Ids.capacity), title=_("Capacity of the next months")),
                html.Div(
                    [
                        panel(html.Div(id=Ids.risks), title=_("Risks and opportunities, probability × value")),
                        panel(
                            html.Div(id=Ids.decisions),
                            html.P("", id=Ids.hit_rate, className="note"),
                            title=_("Decisions asked"),
                            actions=[
                                dcc.Link(
                                    _("All decisions"),
                                    href="/sop/decisions",
                                    className="btn btn-outline-primary btn-sm",
                                )
                            ],
                        ),
                    ]
                ),
            ],
            className="two-columns executive-columns",
        ),
        title=_("Executive"),
        lead=_("Where the business stands, where the year lands, and what has to be decided."),
        actions=[select(Ids.measure, units, measure_of(measure)), *_documents()],
    )


def _documents() -> list[Component]:
    found = [dcc.Link(_("Meeting mode"), href="/sop/meeting", className="btn btn-primary btn-sm")]
    if viewer().may(Permission.EXPORT):
        found.append(download_buttons({_("PDF pack"): "/download/sop-review.pdf"}, name=_("Review")))
    return found
