"""What a partner's forecasts were worth, lag by lag, beside the same month of the year before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.accuracy import bias, wmape
from analytics.inputs import require_columns


@dataclass(frozen=True, slots=True)
class Worth:
    """Measures of some pairs, as fractions, NaN where there is nothing to judge. ``naive_…`` are of the pairs whose
    month of the year before is known."""

    pairs: int
    ordered: float
    forecast: float
    wmape: float
    bias: float
    naive_pairs: int
    naive_wmape: float
    naive_bias: float


def at_lag(sent: pd.DataFrame, *, lag: int) -> pd.DataFrame:
    """What was said of each month so many months before it, by the newest version of then.

    Inputs: sent: number of the version, said (the month in which it was sent) and period, both as months counted from
        any day on, and what it says (other columns); lag: 1 for the month before.
    Returns: the rows of each period that belong to the newest version sent in the month ``lag`` before it or earlier;
        what that version is silent of is not taken from an older one.
    Raises: AnalyticsError when a column is missing.
    Source: SAP IBP, lag snapshots; formulas.md, accuracy by lag.
    """
    require_columns(sent, "number", "said", "period")
    versions = sent[["number", "said"]].drop_duplicates().sort_values("number")
    if versions.empty:
        return sent
    # A version is not sent before the one that it replaces.
    said = np.maximum.accumulate(versions["said"].to_numpy(dtype=np.int64))
    place = np.searchsorted(said, sent["period"].to_numpy(dtype=np.int64) - lag, side="right") - 1
    newest = np.where(place >= 0, versions["number"].to_numpy(dtype=np.int64)[np.maximum(place, 0)], -1)
    found: pd.DataFrame = sent[sent["number"].to_numpy(dtype=np.int64) == newest]
    return found


def worth(pairs: pd.DataFrame) -> Worth:
    """How good forecasts were.

    Inputs: pairs: ordered, forecast and naive (NaN where the month of the year before is not known), units.
    Returns: Worth.
    Raises: AnalyticsError when a column is missing.
    Source: analytics.accuracy; over-forecast is positive.
    """
    require_columns(pairs, "ordered", "forecast", "naive")
    known = pairs[pairs["naive"].notna()]
    return Worth(
        pairs=len(pairs),
        ordered=float(pairs["ordered"].sum()),
        forecast=float(pairs["forecast"].sum()),
        wmape=wmape(pairs["ordered"], pairs["forecast"]),
        bias=bias(pairs["ordered"], pairs["forecast"]),
        naive_pairs=len(known),
        naive_wmape=wmape(known["ordered"], known["naive"]),
        naive_bias=bias(known["ordered"], known["naive"]),
    )


def worth_by(pairs: pd.DataFrame, by: str) -> dict[object, Worth]:
    """The same of each group.

    Inputs: pairs as for worth; the column to group by.
    Returns: Worth by group.
    Raises: as worth.
    Source: none; ours.
    """
    return {group: worth(own) for group, own in pairs.groupby(by, sort=True)}
