"""All kinds of wishes that partners may send, each declared by the feature it belongs to."""

from __future__ import annotations

from services.partner_forecast_review import CUSTOMER_KIND, OEM_KIND
from services.submissions import Kind

LISTED: tuple[Kind, ...] = (CUSTOMER_KIND, OEM_KIND)
KINDS = {kind.name: kind for kind in LISTED}
