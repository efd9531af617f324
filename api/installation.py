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
    records,
    returns,
    supplier_answers,
    supplier_orders,
    supplier_planning,
    supplier_shipments,
    tokens,
    webhooks,
)
from api.door import enter, tell_quota
from core.guard import install_api_door

GROUPS = (
    *(description, tokens, activity, messages, files, own_requests, people, webhooks),
    *(supplier_orders, supplier_planning, supplier_shipments),
    *(customer_orders, customer_ordering, order_templates, customer_returns, customer_promotions, customer_service),
    *(oem_orders, oem_supply),
    *(partner_requests, supplier_answers, goods_receipts, returns),
    *(planning, purchasing, records, jobs),
)


def install_api(server: Flask) -> None:
    """Open the second door of the server."""
    install_api_door(server, enter)
    server.after_request(tell_quota)
    found = description.describe(server)
    for blueprint in (*(group.blueprint for group in GROUPS), *partner_forecasts.GROUPS):
        found.register_blueprint(blueprint)
