"""Arguments as the database hands them over."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from analytics.errors import AnalyticsError
from analytics.inputs import column, floats, not_negative


def test_numeric_columns_of_every_kind_become_floats() -> None:
    frame = pd.DataFrame(
        {
            "decimal": [Decimal("1.5"), None],
            "nullable": pd.array([1, None], dtype="Int64"),
            "infinite": [np.inf, 1.0],
        }
    )
    assert column(frame, "decimal") == pytest.approx([1.5, np.nan], nan_ok=True)
    assert column(frame, "nullable", default=0.0).tolist() == [1, 0]
    assert column(frame, "infinite", default=7.0).tolist() == [7, 1]
    assert column(frame, "absent", default=2.0).tolist() == [2, 2]


def test_scalars_count_for_every_item() -> None:
    many, one = floats([1, 2, 3], 5)
    assert (many.tolist(), one.tolist()) == ([1, 2, 3], [5, 5, 5])
    assert np.isnan(not_negative(-1)[0]).all()
    with pytest.raises(AnalyticsError, match="lengths differ"):
        floats([1, 2], [1, 2, 3])
