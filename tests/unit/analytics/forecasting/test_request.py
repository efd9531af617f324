"""What may be asked of a forecast."""

import pytest

from analytics.errors import AnalyticsError
from analytics.forecasting.request import MOST_ORIGINS, Request


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"horizon_periods": 0}, "at least one period"),
        ({"horizon_periods": -1}, "at least one period"),
        ({"origins": -1}, "rolling origins"),
        ({"origins": MOST_ORIGINS + 1}, "rolling origins"),
        ({"probabilities": ()}, "quantiles"),
        ({"probabilities": (0.9, 0.1)}, "quantiles"),
        ({"probabilities": (0.1, 0.1)}, "quantiles"),
        ({"probabilities": (0.0, 0.5)}, "quantiles"),
        ({"probabilities": (0.5, 1.0)}, "quantiles"),
        ({"probabilities": (float("nan"),)}, "quantiles"),
    ],
)
def test_what_makes_no_sense_is_refused(asked: dict[str, object], message: str) -> None:
    with pytest.raises(AnalyticsError, match=message):
        Request(**{"horizon_periods": 3, **asked})


def test_all_else_is_taken() -> None:
    assert Request(1, probabilities=(0.5,), origins=0).horizon_periods == 1
