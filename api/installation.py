"""The API as a whole."""

from __future__ import annotations

from flask import Flask

from api import (
    activity,
    customer_orders,
    description,
    jobs,
    oem_orders,
    partner_requests,
    planning,
    purchasing,
    records,
    supplier_answers,
    supplier_orders,
    tokens,
)
from api.door import enter, tell_quota
from core.guard import install_api_door

GROUPS = (
    *(description, tokens, activity),
    *(supplier_orders, customer_orders, oem_orders),
    *(partner_requests, supplier_answers, planning, purchasing, records, jobs),
)


def install_api(server: Flask) -> None:
    """Open the second door of the server."""
    install_api_door(server, enter)
    server.after_request(tell_quota)
    found = description.describe(server)
    for group in GROUPS:
        found.register_blueprint(group.blueprint)
