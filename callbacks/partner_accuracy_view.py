"""How good a partner's own forecasts were, as parts of its page."""

from __future__ import annotations

import math
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from analytics.partner_accuracy import Worth
from components.accuracy_cards import AccuracyCard, accuracy_cards
from components.figures.chart import chart
from components.figures.partner_accuracy import HEIGHT, partner_accuracy
from components.page import empty_state, panel
from components.two_line_grid import two_line_column, two_line_grid
from core.i18n import EMPTY, _, counted, number, percent, signed
from core.identity import viewer
from services import partner_forecast_accuracy
from services.partner_forecasts import Item


def accuracy_view(chart_id: str, rows_id: str, path: str, lag: str) -> list[Component]:
    """Cards by lag, the months, the items."""
    found = partner_forecast_accuracy.accuracy(viewer(), lag)
    if not any(each.pairs for each in found.lags.values()):
        message = _("No month that you forecast is over yet. What your forecasts were worth is shown here then.")
        return [empty_state(message, action=_("Write the forecast"), href=path)]
    columns = [
        two_line_column("item", _("Item"), minWidth=118, width=240),
        two_line_column("units", _("Ordered, forecast"), minWidth=96, width=140),
        two_line_column("error", _("WMAPE, bias"), minWidth=88, width=130),
        two_line_column("naive", _("Last year's WMAPE, bias"), minWidth=88, width=160),
    ]
    months = found.months
    return [
        accuracy_cards([_card(each, worth) for each, worth in found.lags.items()]),
        _lags(path, found.lag),
        panel(
            chart(
                chart_id,
                partner_accuracy(
                    [each.month for each in months],
                    ordered=[each.ordered for each in months],
                    forecast=[each.forecast for each in months],
                    naive=[each.naive for each in months],
                ),
                summary=_("Ordered and forecast by month, all items added up as they are counted."),
                height=HEIGHT,
            ),
            title=_("By month"),
        ),
        panel(
            two_line_grid(rows_id, columns, [_row(*each) for each in found.items], empty=_("Nothing to judge yet.")),
            title=_("By item"),
            note=_("The largest error first. Bias is positive where you forecast more than you ordered."),
        ),
    ]


def _card(lag: int, worth: Worth) -> AccuracyCard:
    better = worth.wmape < worth.naive_wmape
    known = not (math.isnan(worth.wmape) or math.isnan(worth.naive_wmape))
    beside = _("last year's figure: %(value)s", value=_share(worth.naive_wmape))
    return AccuracyCard(
        counted("WMAPE, 1 month ahead", "WMAPE, %(count)s months ahead", lag),
        _share(worth.wmape),
        [
            f"{_('better than')} {beside}" if known and better else beside,
            _("bias %(value)s", value=_share(worth.bias, sign=True)),
            counted("1 figure judged", "%(count)s figures judged", worth.pairs),
        ],
        "/help#wmape",
        "quiet" if not known else "good" if better else "warn",
    )


def _lags(path: str, chosen: int) -> Component:
    links = [
        dcc.Link(
            counted("1 month ahead", "%(count)s months ahead", lag),
            href=f"{path}?show=accuracy&lag={lag}",
            className=f"nav-link{' active' if lag == chosen else ''}",
        )
        for lag in partner_forecast_accuracy.LAGS
    ]
    return html.Nav(links, className="nav nav-tabs forecast-views", **{"aria-label": _("Months ahead")})


def _row(item: Item, worth: Worth) -> dict[str, Any]:
    return {
        "id": item.id,
        "item": f"{item.code}\n{item.name}, {item.uom}",
        "units": f"{number(worth.ordered)}\n{number(worth.forecast)}",
        "error": f"{_share(worth.wmape)}\n{_share(worth.bias, sign=True)}",
        "naive": f"{_share(worth.naive_wmape)}\n{_share(worth.naive_bias, sign=True)}",
    }


def _share(value: float, *, sign: bool = False) -> str:
    if math.isnan(value):
        return EMPTY
    return f"{signed(value * 100, decimals=1)} %" if sign else percent(value)
