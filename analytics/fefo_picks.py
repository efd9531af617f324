"""Which lots to pick for what is wanted: first expired, first out.

Wanted, one row a line, in the order in which they are served: item, quantity. Lots, one row a lot: item, quantity,
days_left (shelf life that is left; inf for what never expires). Items are any keys; quantities units, missing = none.
"""

import numpy as np
import pandas as pd

from analytics.inputs import column, require_columns


def fefo_picks(wanted: pd.DataFrame, *, lots: pd.DataFrame, least_days: float) -> pd.DataFrame:
    """What to take of which lot for which line.

    Inputs: contract above, both with any unique index; least_days: shelf life that a picked lot has left at least.
    Returns: frame in the order of picking with line and lot (labels of the two frames) and quantity > 0; a line never
        gets more than it wants, a lot never gives more than it has, and no lot is touched while another one of its item
        that may be picked and expires sooner has some left.
    Raises: AnalyticsError when a column is missing.
    Source: first expired, first out: lines and lots as consecutive stretches of one axis; what overlaps is picked.
    """
    require_columns(wanted, "item", "quantity")
    require_columns(lots, "item", "quantity", "days_left")
    lines = _stretches(wanted.assign(line=wanted.index), "line")
    good = lots.assign(lot=lots.index)[column(lots, "days_left", default=np.inf) >= least_days]
    ends = _stretches(good.sort_values("days_left", kind="stable"), "lot")
    pairs = lines.merge(ends, on="item", suffixes=("_line", "_lot"))
    overlap = np.minimum(pairs["end_line"], pairs["end_lot"]) - np.maximum(pairs["start_line"], pairs["start_lot"])
    # Stretches are sums: what is left of their rounding is no quantity to pick.
    found = pairs.assign(quantity=overlap.round(6))[overlap.round(6) > 0]
    return found[["line", "lot", "quantity"]].reset_index(drop=True)


def _stretches(rows: pd.DataFrame, label: str) -> pd.DataFrame:
    """Each row as a stretch from start to end, one after the other within its item."""
    quantity = pd.Series(np.maximum(column(rows, "quantity", default=0.0), 0.0), index=rows.index)
    end = quantity.groupby(rows["item"]).cumsum()
    return pd.DataFrame({label: rows[label], "item": rows["item"], "start": end - quantity, "end": end})
