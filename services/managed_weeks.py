"""What is needed and on its way of items that suppliers manage, as it is shared with a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from analytics.supply_plan.engine import SupplyPlan
from services.supply_planned import Planned


def shared_weeks(plan: Planned, managed: Sequence[Any]) -> list[dict[str, Any]]:
    """What is needed and on its way of managed items, to be shared with a forecast.

    Inputs: plan: of today; managed: rows with product_id and location_id.
    Returns: dictionaries of product_id, location_id, starts_on, demand and incoming, a week each.
    Raises: nothing.
    Source: analytics.supply_plan.
    """
    nodes, made = plan.model.nodes, plan.plan
    keys = zip(nodes["product_id"].tolist(), nodes["location_id"].tolist(), strict=True)
    place = {key: node for node, key in enumerate(keys)}
    found = []
    for row in managed:
        node = place.get((row.product_id, row.location_id))
        if node is not None:
            found += _weeks(made, plan.model.weeks, node, row)
    return found


def _weeks(made: SupplyPlan, weeks: Sequence[date], node: int, row: Any) -> list[dict[str, Any]]:
    incoming = made.inputs.receipts[:, node]
    return [
        {
            "product_id": row.product_id,
            "location_id": row.location_id,
            "starts_on": week,
            "demand": Decimal(str(round(max(float(made.demand[at, node]), 0.0), 4))),
            "incoming": Decimal(str(round(max(float(incoming[at]), 0.0), 4))),
        }
        for at, week in enumerate(weeks)
    ]
