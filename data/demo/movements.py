"""Stock movements of the last year, and the lots that are left."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.calendar import Calendar, Days
from data.demo.flows import NEVER_OLD, Flow
from data.demo.frames import lots_of, numbered

Ints = NDArray[np.int64]

MOVEMENT_DAYS = 365
COLUMNS = ["day", "reference", "product_id", "location_id", "kind", "quantity"]


def stock_movements(
    flows: list[Flow],
    *,
    purchases: pd.DataFrame,
    receipts: pd.DataFrame,
    production: pd.DataFrame,
    calendar: Calendar,
) -> pd.DataFrame:
    """Signed quantities: in is positive. What lay there before the first day is one adjustment per item."""
    first = calendar.history - MOVEMENT_DAYS
    parts = [part for flow in flows for part in _from_flow(flow, first, calendar)]
    arrivals = receipts.merge(
        purchases[["id", "number", "product_id", "location_id"]], left_on="line_id", right_on="id"
    )
    parts.append(_moved(arrivals, arrivals["received_on"], arrivals["number"], "receipt", arrivals["quantity"]))
    done = production[production["status"] == "done"]
    parts.append(_moved(done, done["finished_on"], done["number"], "production", done["made_quantity"]))
    moved = pd.concat(parts, ignore_index=True)
    moved = moved.loc[(moved["day"] >= calendar.days[first]) & (moved["quantity"] != 0)]
    ordered: pd.DataFrame = moved.sort_values(["day", "product_id", "location_id", "reference"], ignore_index=True)
    return ordered


def stock_lots(flows: list[Flow], products: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """What is on hand is what came last: first in, first out."""
    parts = []
    for flow in flows:
        day, item, quantity = _left(flow)
        came = flow.first_day + day
        life = flow.items.life_days[item]
        parts.append(
            pd.DataFrame(
                {
                    "product_id": flow.product_id[item],
                    "location_id": flow.location_id[item],
                    "lot": lots_of(pd.Series(flow.product_id[item]), pd.Series(came), products, calendar),
                    "quantity": np.round(quantity * flow.unit[item], 3),
                    "received_on": calendar.days[came],
                    "expires_on": np.where(
                        life < NEVER_OLD, calendar.days[came] + np.minimum(life, 9999), np.datetime64("NaT", "D")
                    ),
                }
            )
        )
    return numbered(pd.concat(parts, ignore_index=True).sort_values(["product_id", "location_id", "lot"]))


def _from_flow(flow: Flow, first: int, calendar: Calendar) -> list[pd.DataFrame]:
    past, start = flow.past, first - flow.first_day
    opening = past.on_hand[start - 1] if start > 0 else past.opening
    kind = "SHIP" if flow.first_day == 0 else "USE"
    days = calendar.days[first : calendar.history]
    return [
        _signed(flow, days, opening[None, :], reference="OPENING", kind="adjustment"),
        _signed(flow, days, -past.issued[start:], reference=kind, kind="issue"),
        _signed(flow, days, -past.written_off[start:], reference="EXPIRED", kind="adjustment"),
    ]


def _signed(flow: Flow, days: Days, quantity: Ints, *, reference: str, kind: str) -> pd.DataFrame:
    day, item = np.nonzero(quantity)
    return pd.DataFrame(
        {
            "day": days[day],
            "reference": reference,
            "product_id": flow.product_id[item],
            "location_id": flow.location_id[item],
            "kind": kind,
            "quantity": np.round(quantity[day, item] * flow.unit[item], 3),
        }
    )


def _moved(
    rows: pd.DataFrame, day: pd.Series, reference: pd.Series[str], kind: str, quantity: pd.Series[float]
) -> pd.DataFrame:
    columns = [day, reference, rows["product_id"], rows["location_id"], kind, quantity]
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def _left(flow: Flow) -> tuple[Ints, Ints, Ints]:
    """Day, item and quantity of what is left of each arrival."""
    came = flow.past.arrived[: flow.days].copy()
    came[0] += flow.past.opening
    later = came[::-1].cumsum(axis=0)[::-1] - came
    left = np.clip(flow.past.on_hand[-1] - later, 0, came)
    day, item = np.nonzero(left)
    return day, item, left[day, item]
