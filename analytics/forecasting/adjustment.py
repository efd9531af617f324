"""Series without their season and without the effects of drivers: what is left for a method that knows of neither."""

from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np

from analytics.forecasting.driver_effects import driver_effects
from analytics.forecasting.panel import IntArray, Panel
from analytics.forecasting.scale import Scaled, scaled
from analytics.forecasting.seasons import annual_effects, harmonic_effects, index_effects, pooled_phase_effects
from analytics.inputs import FloatArray

# How a season is described. usual: an index for every phase of a short season, four harmonics of a long one.
# fine: twelve harmonics. phases: an index for every phase of a long season, leaning on all series. annual: days with
# a pattern of the year beside that of the week.
Season = Literal["none", "usual", "fine", "phases", "annual"]

LONGEST_INDEXED_SEASON = 24
_HARMONICS, _FINE_HARMONICS, _ANNUAL_HARMONICS = 4, 12, 3
_LONG_SEASON_WINDOW = 13
# Season and drivers are estimated in turn, each on what the other leaves.
_ROUNDS_WITH_DRIVERS = 2

_kept: WeakKeyDictionary[Panel, dict[tuple[Season, int], "Adjusted"]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, eq=False)
class Adjusted:
    """What is left of a panel, and how to get back.

    values: periods x series without unit, season and drivers' effects; seasonal and driven: those effects on the same
    scale, (periods + horizon) x series; begins: first row of every series.
    """

    values: FloatArray
    seasonal: FloatArray
    driven: FloatArray
    scale: Scaled
    begins: IntArray

    @property
    def effects(self) -> FloatArray:
        """Season and drivers together."""
        return self.seasonal + self.driven

    def restore(self, fitted: FloatArray, mean: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Paths of the adjusted values as paths of demand, effects added, in the panel's unit."""
        split, effects = len(self.values), self.effects
        return self.scale.demand(fitted + effects[:split]), self.scale.demand(mean + effects[split:])


def adjusted(panel: Panel, *, horizon_periods: int, season: Season = "usual") -> Adjusted:
    """The panel without its season and its drivers' effects; methods that ask alike share the answer.

    Inputs: panel: quantities per period, without gaps; horizon_periods: steps ahead; season: how it is described.
    Returns: Adjusted.
    Raises: nothing.
    Source: the parts name their own.
    """
    answers = _kept.setdefault(panel, {})
    key = (season, horizon_periods)
    if key not in answers:
        answers[key] = _adjusted(panel, horizon_periods, season)
    return answers[key]


def _adjusted(panel: Panel, horizon_periods: int, season: Season) -> Adjusted:
    scale, rows = scaled(panel.values), len(panel.periods)
    driven = np.zeros((rows + horizon_periods, len(panel.ids)))
    seasonal = _seasonal(panel, scale.values, horizon_periods, season)
    if panel.design is not None:
        design = _reaching(panel.design, rows + horizon_periods)
        for _round in range(_ROUNDS_WITH_DRIVERS):
            left = scale.values - seasonal[:rows]
            driven = driver_effects(left, design=design, window_periods=_window(panel.season_periods))
            seasonal = _seasonal(panel, scale.values - driven[:rows], horizon_periods, season)
    values = scale.values - seasonal[:rows] - driven[:rows]
    return Adjusted(values, seasonal, driven, scale, np.minimum(panel.begins(), rows - 1))


def _seasonal(panel: Panel, values: FloatArray, horizon_periods: int, season: Season) -> FloatArray:
    cycle = panel.season_periods
    if season == "none":
        return np.zeros((len(values) + horizon_periods, values.shape[1]))
    if season == "annual":
        yearly = annual_effects(values, periods=panel.periods, horizon_periods=horizon_periods, pairs=_ANNUAL_HARMONICS)
        rest = values - yearly[: len(values)]
        return yearly + index_effects(rest, horizon_periods=horizon_periods, season_periods=cycle)
    if cycle <= LONGEST_INDEXED_SEASON:
        return index_effects(values, horizon_periods=horizon_periods, season_periods=cycle)
    if season == "phases":
        return pooled_phase_effects(values, horizon_periods=horizon_periods, season_periods=cycle)
    pairs = _FINE_HARMONICS if season == "fine" else _HARMONICS
    return harmonic_effects(
        values, periods=panel.periods, horizon_periods=horizon_periods, season_periods=cycle, pairs=pairs
    )


def _window(season_periods: int) -> int:
    return _LONG_SEASON_WINDOW if season_periods > LONGEST_INDEXED_SEASON else 2 * season_periods + 1


def _reaching(design: FloatArray, rows: int) -> FloatArray:
    """The design up to the last row wanted; beyond what is planned the last plan goes on."""
    if design.shape[1] >= rows:
        return design[:, :rows]
    missing = rows - design.shape[1]
    return np.concatenate([design, np.repeat(design[:, -1:], missing, axis=1)], axis=1)
