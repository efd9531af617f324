"""Frames as rows that JSON and a grid can carry."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
import pandas as pd


def plain_rows(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of plain values.

    Inputs: found: any frame.
    Returns: a dictionary a row; None for what is missing or endless.
    Raises: nothing.
    Source: none; ours.
    """
    names = [str(name) for name in found.columns]
    columns = [_plain(found.iloc[:, at]) for at in range(len(names))]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _plain(column: pd.Series[Any]) -> list[Any]:
    if column.dtype.kind == "f":
        return [value if isfinite(value) else None for value in column.to_numpy(np.float64, na_value=np.nan).tolist()]
    return [_plain_value(value) for value in column.tolist()]


def _plain_value(value: Any) -> Any:
    # A missing text is a float that is none.
    if value is pd.NaT or value is pd.NA or (isinstance(value, float) and not isfinite(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value
