"""All kinds of wishes that partners may send, each declared by the feature it belongs to."""

from __future__ import annotations

from services import customer_order_requests
from services.submissions import Kind

LISTED: tuple[Kind, ...] = (customer_order_requests.KIND,)
KINDS = {kind.name: kind for kind in LISTED}
