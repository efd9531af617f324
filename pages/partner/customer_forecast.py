"""What a customer expects to need, version by version."""

from __future__ import annotations

from dash.development.base_component import Component

from callbacks.partner.customer_forecast import PATH, Ids
from callbacks.partner_forecast_views import forecast_page
from core.i18n import _
from core.pages import Area, register_page
from core.permissions import Permission

register_page(
    __name__,
    path=PATH,
    permission=Permission.CUSTOMER_FORECAST,
    name="Forecast",
    area=Area.PORTAL_PLANNING,
    order=10,
    description="What you expect to need of us, by item and month",
)


def layout(**query: str) -> Component:
    return forecast_page(Ids, PATH, query, title=_("Forecast"))
