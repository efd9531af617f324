"""Forecasts of partners judged at a lag, on numbers worked out by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from analytics.errors import AnalyticsError
from analytics.partner_accuracy import at_lag, worth, worth_by

COLUMNS = ["number", "said", "period", "forecast"]


def sent(*rows: tuple[int, int, int, float]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=COLUMNS)


def test_snapshots_of_the_textbook() -> None:
    """Of March was said 120 in January and 105 in February: the first is lag 2, the second lag 1."""
    said = sent((1, 1, 3, 120.0), (2, 2, 3, 105.0))
    assert at_lag(said, lag=2)["forecast"].tolist() == [120]
    assert at_lag(said, lag=1)["forecast"].tolist() == [105]
    assert at_lag(said, lag=3).empty
    judged = at_lag(said, lag=2).assign(ordered=100.0, naive=90.0)
    found = worth(judged)
    assert (found.wmape, found.bias, found.naive_wmape) == pytest.approx((0.2, 0.2, 0.1))


def test_an_older_version_holds_until_a_newer_one_is_sent() -> None:
    said = sent((1, 1, 3, 120.0), (1, 1, 5, 80.0), (2, 4, 5, 70.0))
    assert at_lag(said, lag=1)["forecast"].tolist() == [120, 70]
    assert at_lag(said, lag=2)["forecast"].tolist() == [120, 80]


def test_what_the_newest_version_is_silent_of_is_not_taken_from_an_older_one() -> None:
    said = sent((1, 1, 5, 80.0), (2, 2, 4, 70.0))
    assert at_lag(said, lag=1)["forecast"].tolist() == [70]


def test_edges_are_nothing_to_judge() -> None:
    empty = at_lag(sent(), lag=1).assign(ordered=[], naive=[])
    assert (worth(empty).pairs, worth_by(empty, "period")) == (0, {})
    zero = worth(pd.DataFrame({"ordered": [0.0], "forecast": [5.0], "naive": [math.nan]}))
    assert math.isnan(zero.wmape)
    assert (zero.naive_pairs, zero.pairs) == (0, 1)
    with pytest.raises(AnalyticsError):
        at_lag(pd.DataFrame({"number": [1]}), lag=1)
