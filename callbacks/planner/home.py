"""Home: key figures, exceptions and the two charts."""

from __future__ import annotations

from dash import Input, Output, callback
from dash.development.base_component import Component

from components.exception_list import Chip, Line, exception_chips, exception_lines
from components.figures.chart import Figure, empty_figure
from components.figures.overview import HEIGHT, accuracy_trend, two_years
from components.kpi_card import kpi_card
from components.page import empty_state
from core.guard import requires
from core.i18n import _, money, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import exceptions, home, home_cards, kpi
from services.glossary import definition

TONES = {
    "stocked_out": "bad",
    "at_risk": "bad",
    "excess": "warn",
    "over_ordered": "warn",
    "expiring": "warn",
    exceptions.SUPPLIER_LATE: "bad",
    exceptions.SUPPLIER_ANSWER: "quiet",
    exceptions.SUPPLIER_SHORT: "bad",
}


class Ids(PageIds):
    cards: str
    chips: str
    worst: str
    revenue: str
    by: str
    accuracy: str


@callback(Output(Ids.cards, "children"), Input(Ids.cards, "id"))
def show_cards(_id: str) -> list[Component]:
    return [
        kpi_card(
            _(definition(card.anchor).name),
            card.value,
            exact=card.exact,
            comparison=card.comparison,
            tone=card.tone,
            note=card.note,
            href=card.href,
            definition_href=definition(card.anchor).href,
        )
        for card in home_cards.cards(viewer())
    ]


@callback(Output(Ids.chips, "children"), Output(Ids.worst, "children"), Input(Ids.worst, "id"))
def show_exceptions(_id: str) -> tuple[list[Component], list[Component]]:
    found = exceptions.exceptions(viewer())
    chips = [
        Chip(exceptions.kind_name(kind.kind), TONES[kind.kind], number(kind.items), money(kind.money), kind.href)
        for kind in found.totals
    ]
    lines = [
        Line(exceptions.kind_name(row.kind), TONES[row.kind], row.what, row.where, row.why, money(row.money), row.href)
        for row in found.worst
    ]
    if not lines:
        nothing = _("Nothing has money at stake.") if found.watched else _("No stock or orders to watch yet.")
        return exception_chips(chips), [empty_state(nothing)]
    return exception_chips(chips), exception_lines(lines)


@callback(Output(Ids.revenue, "figure"), Input(Ids.by, "value"))
@requires(Permission.DEMAND_READ)
def show_revenue(by: str) -> Figure:
    found = home.revenue_series(viewer(), by=by)
    if not found.periods:
        return empty_figure(_("No sales yet. Import sales transactions to see them here."), height=HEIGHT)
    title = _("RM a day") if by == "day" else _("RM a week")
    return two_years(found.periods, found.revenue, found.last_year, y_title=title)


@callback(Output(Ids.accuracy, "figure"), Input(Ids.accuracy, "id"))
@requires(Permission.FORECAST_READ)
def show_accuracy(_id: str) -> Figure:
    trend = kpi.accuracy_by_month(viewer())
    if trend is None or not trend.months:
        return empty_figure(_("A forecast made before a month, and the month's sales, make a point."), height=HEIGHT)
    known = [month for month in trend.months if month.wmape == month.wmape]
    return accuracy_trend(
        [month.month for month in known], [month.accuracy for month in known], [month.bias for month in known]
    )
