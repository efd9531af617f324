"""Supply › Supplier scorecards: deliveries, answers and quality of one supplier, as the supplier sees them too."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from callbacks.partner.supplier_scorecard import figures, months
from callbacks.planner.supplier_scorecards import PATH, Ids
from components.filters import choice_filter, filter_form
from components.page import empty_state, page_frame, panel
from components.supplier_scorecard import line_list, line_rows
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import supplier_scorecard

register_page(
    __name__,
    path=PATH,
    permission=Permission.PARTNER_READ,
    name="Supplier scorecards",
    area=Area.SUPPLY,
    order=38,
    description="Deliveries, answers and quality of each supplier with a portal",
)


def layout(supplier: str = "", **_query: str) -> Component:
    person = viewer()
    choices = [(str(each), name) for each, name in supplier_scorecard.suppliers(person)]
    known = dict(choices)
    chosen = supplier if supplier in known else next(iter(known), "")
    return page_frame(
        filter_form(PATH, choice_filter(Ids.supplier, "supplier", _("Supplier"), choices, chosen)),
        *(_card(chosen) if chosen else [empty_state(_("No supplier has a portal yet. Invite one first."))]),
        title=_("Supplier scorecards"),
        lead=_("The supplier sees the same figures and can dispute a line; disputes wait in Partner requests."),
    )


def _card(chosen: str) -> list[Component]:
    found = supplier_scorecard.scorecard(viewer(), chosen)
    lines = panel(line_list(Ids.lines, line_rows(found.lines)), title=_("Lines behind the figures"))
    return [figures(found), html.Div([lines, months(found)], className="two-columns")]
