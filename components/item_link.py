"""Where an item can be looked at more closely."""

from __future__ import annotations

COCKPIT_PATH = "/inventory/item"


def cockpit_address(product_id: int, location_id: int) -> str:
    """The cockpit of one item."""
    return f"{COCKPIT_PATH}?product={product_id}&location={location_id}"
