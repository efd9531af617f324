"""All kinds of wishes that partners may send, each declared by the feature it belongs to."""

from __future__ import annotations

from services import (
    customer_order_requests,
    customer_promotions,
    customer_returns,
    oem_changes,
    oem_priority,
    order_changes,
    partner_forecast_review,
    supplier_capacity,
    supplier_commit_decision,
    supplier_documents,
    supplier_scorecard,
    supplier_stock,
)
from services.submissions import Kind

LISTED: tuple[Kind, ...] = (
    customer_order_requests.KIND,
    customer_promotions.KIND,
    order_changes.KIND,
    customer_returns.KIND,
    *supplier_capacity.KINDS,
    supplier_commit_decision.KIND,
    *supplier_stock.KINDS,
    supplier_documents.KIND,
    supplier_scorecard.KIND,
    partner_forecast_review.CUSTOMER_KIND,
    partner_forecast_review.OEM_KIND,
    oem_priority.KIND,
    oem_changes.KIND,
)
KINDS = {kind.name: kind for kind in LISTED}
