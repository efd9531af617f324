"""Frames as rows that JSON and a grid can carry."""

from __future__ import annotations

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
    numeric = found.select_dtypes("float").columns
    plain = found.astype(dict.fromkeys(found.columns, "object"))
    for name in numeric:
        plain.loc[~np.isfinite(found[name].to_numpy()), name] = None
    return [
        {str(name): None if value is pd.NaT or value is pd.NA else value for name, value in row.items()}
        for row in plain.to_dict("records")
    ]
