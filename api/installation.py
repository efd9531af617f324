"""The API as a whole."""

from __future__ import annotations

from flask import Flask

from api import description, supplier_orders, tokens
from api.door import enter, tell_quota
from core.guard import install_api_door

GROUPS = (description, tokens, supplier_orders)


def install_api(server: Flask) -> None:
    """Open the second door of the server."""
    install_api_door(server, enter)
    server.after_request(tell_quota)
    found = description.describe(server)
    for group in GROUPS:
        found.register_blueprint(group.blueprint)
