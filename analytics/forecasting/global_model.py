"""One gradient boosting model for all series: what simple smoothing of each misses and the others could have told.

The model corrects a baseline (season, drivers and a smoothed level of the series itself). All features are known at
the origin: recent demand around its level, last season's shape, the season and driver effects of the target period,
planned drivers. One model answers for every step, with the step as a feature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from analytics.forecasting.adjustment import LONGEST_INDEXED_SEASON, Season, adjusted
from analytics.forecasting.classes import is_daily
from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import IntArray, Panel
from analytics.forecasting.recursions import smoothed_levels
from analytics.inputs import FloatArray

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor

NAME = "global_boosting"
# It speaks for another kind of method than all the smoothing of a pool: it counts as several of them. Of days it alone
# knows the year, which a few weeks of rolling origins do not show.
_VOTES, _DAILY_VOTES = 3.0, 8.0
_MOST_SERIES = 1_200
# Training origins: months and weeks of late, days from all over the history, so that every time of the year is seen.
_MONTHLY_ORIGINS, _WEEKLY_ORIGINS, _DAILY_ORIGINS = 8, 16, 48
_DAILY_LEVEL_PERIODS = 364
_MOST_ROWS = 80_000
_LEAST_ROWS = 500
_LEAST_PERIODS = 13
_LAGS = 6
_WINDOWS = (3, 6, 12, 26)
_DRIVER_WINDOW = 8
_LARGEST_ERROR = (5.0, 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class GlobalModel:
    """early knows nothing after the earliest rolling origin, late knows all; columns: the features they use."""

    early: HistGradientBoostingRegressor | None
    late: HistGradientBoostingRegressor | None

    def at_origin(self, panel: Panel, *, horizon_periods: int) -> FloatArray:
        """Forecasts at a rolling origin by the model that knows nothing later: horizon x series."""
        return _predicted(self.early, panel, horizon_periods)

    def ahead(self, panel: Panel, *, horizon_periods: int) -> FloatArray:
        """Forecasts from the end of the history: horizon x series."""
        return _predicted(self.late, panel, horizon_periods)


@dataclass(frozen=True, slots=True, eq=False)
class _Situation:
    """Features (horizon x series x features), the baseline they belong to, and the spread of the history round it."""

    features: FloatArray
    baseline: FloatArray
    spread: FloatArray


def votes(panel: Panel) -> float:
    """How many methods of another kind the model stands for.

    Inputs: panel: for its calendar.
    Returns: a number of methods.
    Raises: nothing.
    Source: what won on public series of each kind.
    """
    return _DAILY_VOTES if is_daily(panel) else _VOTES


def train_global_model(
    panel: Panel,
    *,
    observed: FloatArray,
    horizon_periods: int,
    held_out_periods: Sequence[int],
    absolute: bool,
    seed: int,
) -> GlobalModel:
    """Fit the model on origins in the past of a sample of the series.

    Inputs: panel: series without gaps; observed: the same with NaN where a quantity is not known or was impossible;
        horizon_periods: steps ahead; held_out_periods: of the rolling origins that will judge it; absolute: least
        absolute instead of least squared error; seed: of the sample.
    Returns: GlobalModel; a model is None where the history has too little to learn from.
    Raises: nothing.
    Source: Montero-Manso & Hyndman 2021, "Principles and algorithms for forecasting groups of time series"; gradient
        boosting on residuals of a baseline: Smyl 2020 in spirit, scikit-learn's HistGradientBoostingRegressor.
    """
    rng = np.random.default_rng(seed)
    sample = rng.permutation(len(panel.ids))[:_MOST_SERIES]
    sample.sort()
    some, known = panel.columns(sample), observed[:, sample]
    farthest = max(held_out_periods, default=0)

    def fitted(until: int) -> HistGradientBoostingRegressor | None:
        """The model that knows the quantities up to so many periods ago."""
        rows = _training_rows(some, known, horizon_periods, until)
        return None if rows is None else _fit(*rows, absolute=absolute, rng=rng)

    return GlobalModel(fitted(farthest) if held_out_periods else None, fitted(0))


def _training_rows(
    panel: Panel, observed: FloatArray, horizon_periods: int, until: int
) -> tuple[FloatArray, FloatArray] | None:
    """Features and errors of the baseline at earlier origins; later quantities than so many periods ago are unseen."""
    rows = len(panel.periods)
    features, errors = [], []
    for held_out in _distances(panel, horizon_periods, until):
        known = panel.before(held_out_periods=held_out)
        situation = _situation(known, horizon_periods)
        came = np.full(situation.baseline.shape, np.nan)
        seen = observed[rows - held_out : rows - until][:horizon_periods]
        came[: len(seen)] = seen
        target = adjusted(known, horizon_periods=horizon_periods, season=_season(panel)).scale.of(came)
        factor, least = _LARGEST_ERROR
        limit = np.maximum(factor * situation.spread, least)
        error = np.clip(target - situation.baseline, -limit, limit)
        usable = ~np.isnan(error) & (situation.spread > 0) & (known.lengths() >= _LEAST_PERIODS)
        features.append(situation.features[usable])
        errors.append(error[usable])
    if sum(map(len, errors)) < _LEAST_ROWS:
        return None
    return np.concatenate(features), np.concatenate(errors)


def _distances(panel: Panel, horizon_periods: int, until: int) -> range:
    """How far back the training origins lie, the nearest first."""
    farthest, step = len(panel.periods) - _LEAST_PERIODS, max(1, horizon_periods // 2)
    if is_daily(panel):
        begin = until + horizon_periods
        spread = (farthest - _DAILY_LEVEL_PERIODS // 2 - begin) // _DAILY_ORIGINS
        return range(begin, farthest, max(step, spread))[:_DAILY_ORIGINS]
    most = _MONTHLY_ORIGINS if panel.season_periods <= LONGEST_INDEXED_SEASON else _WEEKLY_ORIGINS
    # A history too short for that gives up the far steps rather than the model.
    return range(until + horizon_periods, farthest, step)[:most] or range(until + step, farthest, step)[:most]


def _fit(
    features: FloatArray, errors: FloatArray, *, absolute: bool, rng: np.random.Generator
) -> HistGradientBoostingRegressor:
    from sklearn.ensemble import HistGradientBoostingRegressor  # seconds to load, and only full runs need it

    if len(errors) > _MOST_ROWS:
        kept = rng.choice(len(errors), _MOST_ROWS, replace=False)
        features, errors = features[kept], errors[kept]
    model = HistGradientBoostingRegressor(
        loss="absolute_error" if absolute else "squared_error",
        max_iter=200,
        learning_rate=0.06,
        min_samples_leaf=40,
        l2_regularization=5.0,
        max_features=0.5,
        early_stopping=False,
        random_state=int(rng.integers(2**31)),
    )
    # One thread: the sums are the same on every machine, and other work on it does not stop this one.
    with threadpool_limits(limits=1):
        # A feature nobody has (last season of short histories) cannot be binned: it is constant instead.
        model.fit(np.where(np.isnan(features).all(axis=0), 0.0, features), errors)
    return model


def _predicted(model: HistGradientBoostingRegressor | None, panel: Panel, horizon_periods: int) -> FloatArray:
    if model is None:
        return np.full((horizon_periods, len(panel.ids)), np.nan)
    situation = _situation(panel, horizon_periods)
    flat = situation.features.reshape(-1, situation.features.shape[-1])
    with threadpool_limits(limits=1):
        correction = model.predict(flat).reshape(situation.baseline.shape)
    scale = adjusted(panel, horizon_periods=horizon_periods, season=_season(panel)).scale
    return scale.demand(situation.baseline + np.where(situation.spread > 0, correction, 0.0))


def _season(panel: Panel) -> Season:
    return "usual" if panel.season_periods <= LONGEST_INDEXED_SEASON else "fine"


def _situation(panel: Panel, horizon_periods: int) -> _Situation:
    left = adjusted(panel, horizon_periods=horizon_periods, season=_season(panel))
    rows, season = len(panel.periods), panel.season_periods
    found = smoothed_levels(left.values, begins=left.begins)
    values = _reaching_back(left.values, 2 * season + horizon_periods + _WINDOWS[-1])
    spread = np.sqrt(np.nan_to_num(mean_known((left.values - mean_known(left.values, axis=0)) ** 2, axis=0)))
    logged = left.scale.logged
    level = mean_known(left.values[-_DAILY_LEVEL_PERIODS:], axis=0) if is_daily(panel) else found.level
    per_series = [
        found.level - level,
        *(values[-lag] - found.level for lag in range(1, _LAGS + 1)),
        *(mean_known(values[-window:], axis=0) - found.level for window in _WINDOWS),
        mean_known(values[-4:], axis=0) - mean_known(values[-13:-4], axis=0),
        spread,
        np.log1p(panel.lengths()),
        found.alpha,
        mean_known(np.where(np.isnan(panel.values), np.nan, panel.values == 0), axis=0),
        np.where(logged, left.scale.origin, np.log(left.scale.unit)),
        logged.astype(np.float64),
    ]
    per_step = [
        np.broadcast_to(np.arange(1.0, horizon_periods + 1)[:, None], (horizon_periods, len(panel.ids))),
        *(_season_before(values, season, horizon_periods, shift) - found.level for shift in (0, -1, 1, -season)),
        left.seasonal[rows:],
        left.driven[rows:],
        *_driver_features(panel, horizon_periods),
        *_calendar_features(panel, horizon_periods),
    ]
    repeated = [np.broadcast_to(values, (horizon_periods, len(panel.ids))) for values in per_series]
    return _Situation(np.stack([*repeated, *per_step], axis=-1), level + left.effects[rows:], spread)


def _driver_features(panel: Panel, horizon_periods: int) -> list[FloatArray]:
    """Every driver in the target period, in the one before, and beside its mean of late."""
    if panel.design is None:
        return []
    rows = len(panel.periods)
    found = []
    for term in panel.design:
        ahead = term[np.minimum(np.arange(rows, rows + horizon_periods), len(term) - 1)]
        before = term[np.minimum(np.arange(rows - 1, rows + horizon_periods - 1), len(term) - 1)]
        found += [ahead, before, ahead - term[max(rows - _DRIVER_WINDOW, 0) : rows].mean(axis=0)]
    return found


def _calendar_features(panel: Panel, horizon_periods: int) -> list[FloatArray]:
    """Where in the year, the month and the week the target lies; months have their season."""
    if panel.periods.freqstr == "MS":
        return []
    calendar, place = panel.own_future(horizon_periods=horizon_periods)
    told = [calendar.month, calendar.day_of_year]
    if is_daily(panel):
        told += [calendar.day, calendar.dayofweek]
    return [np.asarray(values, dtype=np.float64)[place] for values in told]


def _season_before(values: FloatArray, season: int, horizon_periods: int, shift: int) -> FloatArray:
    """What was there a season before the target period, or some periods off."""
    rows: IntArray = len(values) - season + np.arange(horizon_periods) % season + shift
    return values[np.clip(rows, 0, len(values) - 1)]


def _reaching_back(values: FloatArray, periods: int) -> FloatArray:
    missing = periods - len(values)
    if missing <= 0:
        return values
    return np.concatenate([np.full((missing, values.shape[1]), np.nan), values])
