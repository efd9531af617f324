"""Forecasts read from a file of unique_id, ds, y_hat and perhaps q0.1, q0.9, and what they are worth on a set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.inputs import FloatArray
from benchmarks.forecasting.measures import Scores, scores
from benchmarks.forecasting.naive import naive2
from benchmarks.forecasting.sets import KEYS, Dataset, Sample, read

# sMAPE and MASE, and so OWA, reward forecasting zero where sales are rare.
JUDGED_BY_RMSSE = ("m5_daily", "carparts_monthly", "retail_weekly", "retail_new_weekly")


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Horizon x series, under the ids of the series in order; band is the 80 % one."""

    ids: NDArray[np.object_]
    mean: FloatArray
    band: tuple[FloatArray, FloatArray] | None = None

    def of(self, ids: NDArray[np.object_]) -> Forecast:
        """The same of some series only."""
        chosen = np.isin(self.ids, ids)
        band = None if self.band is None else (self.band[0][:, chosen], self.band[1][:, chosen])
        return Forecast(self.ids[chosen], self.mean[:, chosen], band)


@dataclass(frozen=True)
class Judge:
    """Scores forecasts of one set, each on the series that it is about."""

    dataset: Dataset

    @property
    def measure(self) -> str:
        """The measure that decides on this set."""
        return "RMSSE" if self.dataset.name in JUDGED_BY_RMSSE else "OWA"

    @cached_property
    def naive2(self) -> Forecast:
        sample = self.dataset.sample
        season = self.dataset.naive2_season
        mean = naive2(sample.history, horizon_periods=self.dataset.horizon, season_periods=season)
        return Forecast(sample.ids, mean)

    def scores(self, forecast: Forecast) -> Scores:
        sample = self.dataset.sample.of(forecast.ids)
        return scores(
            sample.actual,
            forecast.mean,
            history=sample.history,
            naive2=self.naive2.of(forecast.ids).mean,
            season_periods=self.dataset.mase_season,
            band=forecast.band,
        )

    def primary(self, forecast: Forecast) -> float:
        found = self.scores(forecast)
        return found.rmsse if self.measure == "RMSSE" else found.owa


def forecast_in(path: Path, sample: Sample) -> Forecast:
    """The forecasts for the days of the sample; NaN where the file has none."""
    rows = read(path)
    of = sample.of(rows["unique_id"].unique())
    wanted = pd.MultiIndex.from_arrays([np.tile(of.ids, len(of.days)), of.days.ravel()], names=KEYS)
    found = rows.drop(columns="method", errors="ignore").set_index(KEYS).reindex(wanted)
    arrays = {name: found[name].to_numpy(dtype=float).reshape(of.days.shape) for name in found.columns}
    band = (arrays["q0.1"], arrays["q0.9"]) if "q0.1" in arrays else None
    return Forecast(of.ids, arrays["y_hat"], band)


def median(forecasts: Sequence[Forecast]) -> Forecast:
    """The plain combination of methods, on the series that all of them have forecast."""
    ids = forecasts[0].ids
    for forecast in forecasts[1:]:
        ids = np.intersect1d(ids, forecast.ids)
    return Forecast(ids, np.median([forecast.of(ids).mean for forecast in forecasts], axis=0))
