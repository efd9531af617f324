"""Series and their channels add up, by the method that was best at earlier dates."""

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting.coherence import Coherent, coherent_parts, with_means
from analytics.forecasting.engine import forecast_panel
from analytics.forecasting.panel import Panel
from analytics.forecasting.reconciliation import METHODS, TOP_DOWN
from analytics.forecasting.request import Request

HORIZON = 6
PARTS = 3


def channels(*, months: int, series: int = 8) -> tuple[Panel, Panel, list[str]]:
    """Series of three channels that follow courses of their own."""
    rng = np.random.default_rng(3)
    time = np.arange(months)[:, None]
    level = rng.uniform(50, 200, series * PARTS)
    slope = rng.choice([-0.4, 0.0, 0.6], series * PARTS)
    values = level + slope * time + rng.normal(0, 4, (months, series * PARTS))
    periods = pd.date_range("2020-01-01", periods=months, freq="MS")
    owner = [f"s{number // PARTS}" for number in range(series * PARTS)]
    parts = Panel(tuple(f"{name}c{place % PARTS}" for place, name in enumerate(owner)), periods, values, 12)
    whole = values.reshape(months, series, PARTS).sum(axis=2)
    return Panel(tuple(dict.fromkeys(owner)), periods, whole, 12), parts, owner


def found(months: int) -> tuple[Coherent, Panel, list[str]]:
    panel, parts, owner = channels(months=months)
    mean = forecast_panel(panel, horizon_periods=HORIZON).values["mean"].to_numpy().reshape(-1, HORIZON).T
    shares = parts.values[-12:].sum(axis=0)
    request = Request(HORIZON)
    return (
        coherent_parts(mean, panel=panel, parts=parts, owner=owner, proportions=shares, request=request),
        panel,
        owner,
    )


def test_parts_add_up_to_their_series() -> None:
    coherent, panel, owner = found(months=60)
    sums = pd.DataFrame(coherent.parts.T).groupby(owner).sum().loc[list(panel.ids)]
    np.testing.assert_allclose(sums.to_numpy().T, coherent.whole, rtol=1e-9)


def test_the_method_is_chosen_by_error_at_earlier_dates() -> None:
    coherent, _panel, _owner = found(months=60)
    scored = coherent.errors[coherent.errors["method"] == coherent.method]
    assert coherent.method in METHODS
    assert scored["level"].nunique() == 3
    assert scored["error"].notna().all()


def test_a_short_history_is_split_by_recent_proportions() -> None:
    coherent, panel, owner = found(months=10)
    first = coherent.parts[:, np.array(owner) == panel.ids[0]]
    assert coherent.method == TOP_DOWN
    assert coherent.errors.empty
    np.testing.assert_allclose(first / first.sum(axis=1, keepdims=True), first[[0]] / first[0].sum() + 0 * first)


def test_other_means_keep_bands_around_them_and_components_adding_up() -> None:
    panel, _parts, _owner = channels(months=60)
    result = forecast_panel(panel, horizon_periods=HORIZON)
    mean = result.values["mean"].to_numpy().reshape(-1, HORIZON).T * 1.1
    moved = with_means(result, mean)
    assert (moved.values["q0.1"] <= moved.values["mean"]).all()
    assert (moved.values["mean"] <= moved.values["q0.9"]).all()
    parts = moved.components[["level", "trend", "season", "event"]].sum(axis=1)
    np.testing.assert_allclose(parts, moved.values["mean"], rtol=1e-9)
    assert moved.cumulative["mean"].iloc[HORIZON - 1] == pytest.approx(mean[:, 0].sum())
