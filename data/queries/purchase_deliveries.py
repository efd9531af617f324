"""When open purchase order lines come in: in one delivery, or in the parts that the buyer has accepted."""

from __future__ import annotations

# What has come in counts for the earliest parts first.
PARTS = """(
    select line_id, due_on, quantity, sum(quantity) over (partition by line_id order by due_on, position) as running
    from order_schedule
) part on part.line_id = l.id"""
"""To be left joined to purchase_order_line ``l``: a row a part, none for a line in one delivery."""

DUE_ON = "coalesce(part.due_on, l.latest_confirmed_on, l.requested_on)"
"""The day of a delivery."""


def missing(promised: str, received: str) -> str:
    """SQL of what is still to come of a delivery, for the quantity of its line and what came in on the line."""
    return f"greatest(least(coalesce(part.quantity, {promised}), coalesce(part.running, {promised}) - {received}), 0)"
