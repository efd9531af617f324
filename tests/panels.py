"""Panels by hand: series on a calendar, for tests of forecasts that need no database."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.forecasting.panel import Panel
from analytics.inputs import FloatArray

# First period and calendar of a panel with this season.
CALENDARS = {12: ("2020-01-01", "MS"), 52: ("2019-12-30", "W-MON"), 7: ("2022-01-03", "D")}


def panel_of(
    *columns: object, season: int = 12, names: list[str] | None = None, design: FloatArray | None = None
) -> Panel:
    """Series side by side, all ending together."""
    values = np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])
    start, freq = CALENDARS[season]
    periods = pd.date_range(start, periods=len(values), freq=freq)
    ids = tuple(names or [f"s{position}" for position in range(values.shape[1])])
    return Panel(ids, periods, values, season, design)


def with_values(panel: Panel, values: FloatArray) -> Panel:
    """The same calendar and series with other quantities."""
    return Panel(panel.ids, panel.periods, values, panel.season_periods, panel.design)


def young(history: object, *, periods: int) -> FloatArray:
    """A series that begins so late that this is all its history."""
    known = np.asarray(history, dtype=np.float64)
    return np.concatenate([np.full(periods - len(known), np.nan), known])


def seasonal(series: int, *, periods: int, season: int = 12, seed: int = 0, drift: float = 0.03) -> list[FloatArray]:
    """Positive demand: one season of different heights, levels that wander, noise of a tenth."""
    rng = np.random.default_rng(seed)
    wave = np.sin(2 * np.pi * np.arange(periods)[:, None] / season) * rng.uniform(0.1, 0.5, series)
    level = rng.uniform(2, 6, series) + np.cumsum(drift * rng.standard_normal((periods, series)), axis=0)
    return list(np.exp(level + wave + 0.1 * rng.standard_normal((periods, series))).T)


def sporadic(series: int, *, periods: int, seed: int = 0, chance: float = 0.3) -> list[FloatArray]:
    """Demand of one to eight in some periods, none in the others; the first period sells."""
    rng = np.random.default_rng(seed)
    sold = np.where(rng.random((periods, series)) < chance, rng.integers(1, 9, (periods, series)), 0)
    sold[0] = 3
    return list(sold.astype(np.float64).T)


def without_series(*, periods: int = 30, season: int = 12) -> Panel:
    """A panel with nobody in it."""
    return panel_of(np.ones(periods), season=season).columns(np.array([], dtype=np.int64))


def changing_season(series: int, *, periods: int, seed: int = 0) -> list[FloatArray]:
    """Positive demand of months whose season slowly turns into another one."""
    rng = np.random.default_rng(seed)
    month, share = np.arange(periods) % 12, np.linspace(0, 1, periods)[:, None]
    first, last = rng.normal(0, 0.35, (2, 12, series))
    season = (1 - share) * first[month] + share * last[month]
    return list(100 * np.exp(season + 0.05 * rng.standard_normal((periods, series))).T)


def growing(series: int, *, periods: int, seed: int = 0) -> list[FloatArray]:
    """Positive demand that grows by one and a half percent a period."""
    rng = np.random.default_rng(seed)
    noise = 0.05 * rng.standard_normal((periods, series))
    return list(100 * np.exp(0.015 * np.arange(periods)[:, None] + noise).T)


def steady(series: int, *, periods: int, seed: int = 0) -> list[FloatArray]:
    """Positive demand around one level."""
    rng = np.random.default_rng(seed)
    return list(100 * np.exp(0.2 * rng.standard_normal((periods, series))).T)
