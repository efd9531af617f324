"""How much of what was produced is good."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.production_yield import yield_share


def test_textbook_share_and_nothing_made() -> None:
    """ISO 22400-2: 95 good of 100 produced are 95 %."""
    assert yield_share([95, 0, 10], [5, 10, 0])[:3] == pytest.approx([0.95, 0.0, 1.0])
    assert np.isnan(yield_share([0], [0])).all()
    assert yield_share([], []).size == 0
