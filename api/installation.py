"""The API as a whole."""

from __future__ import annotations

from flask import Flask

from api import (
    activity,
    customer_ordering,
    customer_orders,
    customer_promotions,
    customer_returns,
    customer_service,
    description,
    edi,
    files,
    goods_receipts,
    jobs,
    messages,
    oem_orders,
    oem_supply,
    order_templates,
    own_requests,
    partner_forecasts,
    partner_requests,
    people,
    planning,
    purchasing,
    quality_issues,
    records,
    returns,
    supplier_answers,
    supplier_documents,
    supplier_invoices,
    supplier_orders,
    supplier_planning,
    supplier_scorecards,
    supplier_shipments,
    supplier_stock,
    tokens,
    webhooks,
)
from api.door import enter, tell_quota
from core.guard import install_api_door

GROUPS = (
    *(description, tokens, activity, messages, files, own_requests, people, webhooks),
    *(supplier_orders, supplier_planning, supplier_stock, supplier_shipments),
    *(customer_orders, customer_ordering, order_templates, customer_returns, customer_promotions, customer_service),
    *(oem_orders, oem_supply),
    *(partner_requests, supplier_answers, goods_receipts, quality_issues, returns, edi),
    *(planning, purchasing, records, jobs),
)
# Those for both sides, a group each.
PAIRS = (supplier_invoices, supplier_documents, supplier_scorecards, partner_forecasts)


def install_api(server: Flask) -> None:
    """Open the second door of the server."""
    install_api_door(server, enter)
    server.after_request(tell_quota)
    found = description.describe(server)
    for blueprint in (*(group.blueprint for group in GROUPS), *(each for pair in PAIRS for each in pair.GROUPS)):
        found.register_blueprint(blueprint)
