"""Frames as rows that JSON and a grid can carry."""

from __future__ import annotations

import numpy as np
import pandas as pd

from services.plain_rows import plain_rows


def test_what_is_missing_is_none_whatever_the_column_holds() -> None:
    found = pd.DataFrame(
        {
            "text": pd.Series(["late", None], dtype="str"),
            "mixed": pd.Series(["late", np.nan], dtype="object"),
            "figure": [1.5, np.inf],
            "count": pd.Series([2, None], dtype="Int64"),
            "day": pd.Series(["2026-11-22", None], dtype="datetime64[us]"),
        }
    )
    first, second = plain_rows(found)
    assert first == {"text": "late", "mixed": "late", "figure": 1.5, "count": 2, "day": pd.Timestamp("2026-11-22")}
    assert second == dict.fromkeys(found.columns)
