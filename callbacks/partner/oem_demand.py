"""An OEM's demand: the page's own names for what callbacks.partner_forecast_edits does."""

from __future__ import annotations

from callbacks.partner_forecast_edits import serve
from callbacks.partner_forecast_views import ForecastIds

PATH = "/portal/oem/demand"


class Ids(ForecastIds):
    """As every page of a forecast."""


serve(Ids)
