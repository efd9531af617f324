"""What can be asked of a run, and what is refused."""

from __future__ import annotations

import pytest

from analytics.forecasting.classes import CLASSES
from analytics.forecasting.panel import Frequency, Panel, to_panel
from analytics.forecasting.pools import pool
from core.errors import InvalidInput
from services.forecast_request import METHODS, RunRequest, variants


def asked(**options: object) -> RunRequest:
    return RunRequest.of(scope={}, frequency="month", horizon=6, options=options)


def one_series(frequency: Frequency) -> Panel:
    import pandas as pd

    days = pd.date_range("2024-01-01", periods=120, freq="W-MON")
    frame = pd.DataFrame({"unique_id": "a", "ds": days, "y": 1.0}).drop_duplicates("ds")
    if frequency == "month":
        frame = frame.groupby(frame["ds"].dt.to_period("M").dt.to_timestamp(), as_index=False).agg(
            {"unique_id": "first", "y": "sum", "ds": "first"}
        )
    return to_panel(frame, frequency=frequency, end=days[-1].date())


def pool_names(frequency: Frequency) -> set[str]:
    return {method.name for label in CLASSES for method in pool(label, panel=one_series(frequency))}


@pytest.mark.parametrize("frequency", ["month", "week"])
def test_every_method_of_the_pools_can_be_chosen(frequency: Frequency) -> None:
    names = pool_names(frequency)
    assert set(variants(METHODS, names=names)) == names


def test_every_choice_is_a_method_of_some_pool() -> None:
    names = pool_names("month") | pool_names("week")
    assert [method for method in METHODS if not variants([method], names=names)] == []


def test_choice_stands_for_its_variants_only() -> None:
    names = ("mean", "mean_annual", "moving_average", "plain_moving_average_long", "theta_fine", "seasonal_level")
    assert variants(["mean", "theta"], names=names) == ("mean", "mean_annual", "theta_fine")
    assert variants(["moving_average"], names=names) == ("moving_average", "plain_moving_average_long")
    assert variants([], names=names) == ()


def test_without_options_a_run_is_fast_by_location_with_all_methods() -> None:
    found = asked()
    assert (found.mode, found.level, found.methods, found.origins) == ("fast", "location", (), 3)
    assert asked(methods=list(METHODS), origins=None) == found


def test_options_are_read_as_browsers_send_them() -> None:
    found = asked(mode="full", level="channel", methods=["theta", "ses"], origins="5", anew=["yes"], fill_stock_outs=[])
    assert (found.mode, found.level, found.methods, found.origins) == ("full", "channel", ("theta", "ses"), 5)
    assert (found.anew, found.fill_stock_outs) == (True, False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "slow"}, "fast or full"),
        ({"level": "customer"}, "by location"),
        ({"methods": ["theta", "magic"]}, "no forecasting method “magic”"),
        ({"methods": {"a": 1}}, "no forecasting method"),
        ({"origins": 0}, "1 to 6"),
        ({"origins": 7}, "1 to 6"),
        ({"origins": "two"}, "1 to 6"),
        ({"colour": "red"}, "no option “colour”"),
    ],
    ids=str,
)
def test_what_can_not_be_is_explained(options: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        asked(**options)
