"""The API as a whole."""

from __future__ import annotations

from flask import Flask

from api import (
    activity,
    customer_ordering,
    customer_orders,
    description,
    files,
    goods_receipts,
    jobs,
    messages,
    oem_orders,
    partner_forecasts,
    partner_requests,
    planning,
    purchasing,
    records,
    supplier_answers,
    supplier_orders,
    supplier_planning,
    supplier_shipments,
    tokens,
)
from api.door import enter, tell_quota
from core.guard import install_api_door

GROUPS = (
    *(description, tokens, activity, messages, files),
    *(supplier_orders, supplier_planning, supplier_shipments),
    *(customer_orders, customer_ordering, oem_orders),
    *(partner_requests, supplier_answers, goods_receipts),
    *(planning, purchasing, records, jobs),
)


def install_api(server: Flask) -> None:
    """Open the second door of the server."""
    install_api_door(server, enter)
    server.after_request(tell_quota)
    found = description.describe(server)
    for blueprint in (*(group.blueprint for group in GROUPS), *partner_forecasts.GROUPS):
        found.register_blueprint(blueprint)
