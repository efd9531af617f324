"""The API as a whole."""

from __future__ import annotations

from flask import Flask

from api import (
    activity,
    customer_ordering,
    customer_orders,
    description,
    edi,
    files,
    goods_receipts,
    jobs,
    messages,
    oem_orders,
    partner_forecasts,
    partner_requests,
    planning,
    purchasing,
    quality_issues,
    records,
    supplier_answers,
    supplier_documents,
    supplier_invoices,
    supplier_orders,
    supplier_planning,
    supplier_scorecards,
    supplier_shipments,
    supplier_stock,
    tokens,
)
from api.door import enter, tell_quota
from core.guard import install_api_door

GROUPS = (
    *(description, tokens, activity, messages, files),
    *(supplier_orders, supplier_planning, supplier_stock, supplier_shipments),
    *(customer_orders, customer_ordering, oem_orders),
    *(partner_requests, supplier_answers, goods_receipts, quality_issues, edi),
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
