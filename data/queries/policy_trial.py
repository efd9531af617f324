"""What trying stocking policies out takes: those not tried yet, the demand of their items, and the results."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.inventory import ONLY, Item, only_item

RESULT = "simulated"
ROWS_PER_STATEMENT = 5_000
_OPEN = {"inventory_policy": "true", "policy_proposal": "status = 'open'"}
_INPUTS = (
    *("mean_daily_demand", "lead_time_days", "lead_time_sd_days", "review_days", "moq", "order_multiple"),
    "service_level",
)

UNTRIED = """
select product_id, location_id, t.reorder_point::float8 as reorder_point, t.order_up_to::float8 as order_up_to,
       p.shelf_life_days::float8 as shelf_life_days, {inputs}
from {table} t join product p on p.id = t.product_id
where {is_open} and not jsonb_exists(t.inputs, '{result}') and {only}
order by (t.safety_stock + t.order_quantity / 2) * p.unit_cost desc nulls last, product_id, location_id
limit :most
"""

STORE = """
update {table} t set inputs = t.inputs || jsonb_build_object('{result}', new.result)
from jsonb_to_recordset(cast(:rows as jsonb)) as new (product_id bigint, location_id bigint, result jsonb)
where t.product_id = new.product_id and t.location_id = new.location_id and {is_open}
"""

# What is not sold is used in production: its demand is what was issued.
USED = text(
    """
    select m.product_id, m.location_id, date_trunc('week', m.day::timestamp) as period,
           -sum(m.quantity)::float8 as quantity
    from stock_movement m join product p on p.id = m.product_id
    where m.kind = 'issue' and p.kind <> 'finished' and m.day >= :since and m.day < :before
      and (cast(:products as bigint[]) is null or m.product_id = any(:products))
    group by m.product_id, m.location_id, date_trunc('week', m.day::timestamp)
    """
)


def untried(session: Session, table: str, *, item: Item | None, most: int) -> pd.DataFrame:
    """Policies, or open proposals, that were not tried out with the levels they have: keys, levels and inputs.

    Of more than ``most`` those with the most money in stock.
    """
    inputs = ", ".join(f"(t.inputs ->> '{name}')::float8 as {name}" for name in _INPUTS)
    statement = UNTRIED.format(inputs=inputs, table=table, is_open=_OPEN[table], result=RESULT, only=ONLY)
    return frame(session, text(statement), **only_item(item), most=most)


def used_by_week(session: Session, *, products: Sequence[int] | None, since: date, before: date) -> pd.DataFrame:
    """What was issued to production per product, location and ISO week (its Monday)."""
    found = frame(session, USED, products=None if products is None else list(products), since=since, before=before)
    # Of no rows the type is not known, and days put above them would all become slow objects.
    return found.astype({"period": "datetime64[us]"})


def store(session: Session, table: str, results: Mapping[Item, dict[str, Any]]) -> None:
    """Keep what came of trying policies, or open proposals, out."""
    statement = text(STORE.format(table=table, is_open=_OPEN[table], result=RESULT))
    rows = [{"product_id": key[0], "location_id": key[1], "result": result} for key, result in results.items()]
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        session.execute(statement, {"rows": json.dumps(rows[start : start + ROWS_PER_STATEMENT])})
