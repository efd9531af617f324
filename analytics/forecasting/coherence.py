"""Forecasts of series and of their parts (such as channels) that add up, by the method that did best before."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.forecasting.engine import forecast_figures
from analytics.forecasting.hierarchy import Hierarchy, hierarchy
from analytics.forecasting.panel import Panel
from analytics.forecasting.reconciliation import TOP_DOWN, best_method, reconcile
from analytics.forecasting.request import Request
from analytics.forecasting.result import ForecastResult
from analytics.inputs import FloatArray

_ORIGINS = 2
_SERIES = "series"


@dataclass(frozen=True, slots=True, eq=False)
class Coherent:
    """whole is horizon x series, parts horizon x parts in the order of the panel of parts; method: how they were made
    to add up; errors: level, method, error at the earlier dates, empty where history was too short to judge."""

    whole: FloatArray
    parts: FloatArray
    method: str
    errors: pd.DataFrame


def coherent_parts(
    mean: FloatArray, *, panel: Panel, parts: Panel, owner: list[str], proportions: FloatArray, request: Request
) -> Coherent:
    """Forecasts of the parts, reconciled with those of their series.

    Inputs: mean: horizon x series, the forecast of the panel; panel: the series; parts: on the same calendar; owner:
        for every part the id of its series; proportions: of every part, its demand of late; request: horizon and seed.
    Returns: Coherent: every series is the sum of its parts.
    Raises: AnalyticsError where a series has no part.
    Source: Wickramasuriya, Athanasopoulos & Hyndman 2019; the method by rolling-origin error, Tashman 2000.
    """
    tree = hierarchy(pd.DataFrame({_SERIES: owner, "part": parts.ids}), levels=[(_SERIES,)])
    quick = replace(request, mode="fast", evidence=False)
    past = [_at_origin(tree, panel, parts, distance, quick) for distance in _distances(panel, request)]
    if len(past) < _ORIGINS:
        base = _nodes(tree, panel, mean, np.zeros((len(mean), len(parts.ids))))
        return _coherent(tree, panel, base, _Choice(TOP_DOWN, pd.DataFrame(), None), proportions)
    actual, before = (np.stack(values) for values in zip(*past, strict=True))
    shares = np.tile(proportions, (len(past), 1))
    choice = best_method(actual, before, hierarchy=tree, proportions=shares, from_level=_SERIES)
    ahead = _nodes(tree, panel, mean, forecast_figures(parts, request=quick).mean)
    residuals = (actual - before).reshape(-1, before.shape[-1])
    return _coherent(tree, panel, ahead, _Choice(choice.method, choice.errors, residuals), proportions)


def with_means(result: ForecastResult, mean: FloatArray) -> ForecastResult:
    """The same forecast with other means: bands move in proportion, the trend takes the difference.

    Inputs: result: of some series; mean: horizon x series in the order of the result.
    Returns: ForecastResult.
    Raises: nothing.
    Source: house convention.
    """
    flat = mean.T.ravel()
    values, total = result.values, result.cumulative
    summed = np.cumsum(mean, axis=0).T.ravel()
    components = result.components.assign(trend=result.components["trend"] + flat - values["mean"].to_numpy())
    return replace(result, values=_moved(values, flat), cumulative=_moved(total, summed), components=components)


def _moved(frame: pd.DataFrame, mean: FloatArray) -> pd.DataFrame:
    before = frame["mean"].to_numpy()
    bands = [name for name in frame.columns if name not in ("unique_id", "ds", "mean")]
    ratio = np.where(before > 0, mean / np.where(before > 0, before, 1.0), 1.0)
    moved = {name: np.where(before > 0, frame[name] * ratio, frame[name] + mean - before) for name in bands}
    return frame.assign(mean=mean, **moved)


@dataclass(frozen=True, slots=True, eq=False)
class _Choice:
    """residuals are (origins and steps) x nodes."""

    method: str
    errors: pd.DataFrame
    residuals: FloatArray | None


def _distances(panel: Panel, request: Request) -> list[int]:
    """Origins that leave the typical series at least as much history as they hold out."""
    length, horizon = int(np.median(panel.lengths())), request.horizon_periods
    return [count * horizon for count in range(1, _ORIGINS + 1) if length >= 2 * count * horizon]


def _at_origin(
    tree: Hierarchy, panel: Panel, parts: Panel, held_out: int, request: Request
) -> tuple[FloatArray, FloatArray]:
    """Demand of all nodes after the origin, and what was forecast of it then."""
    rows = slice(len(panel.periods) - held_out, len(panel.periods) - held_out + request.horizon_periods)
    whole, pieces = (
        forecast_figures(known.before(held_out_periods=held_out), request=request).mean for known in (panel, parts)
    )
    return tree.aggregated(parts.values[rows]), _nodes(tree, panel, whole, pieces)


def _nodes(tree: Hierarchy, panel: Panel, whole: FloatArray, pieces: FloatArray) -> FloatArray:
    """Steps x nodes: the total, the series, the parts."""
    place = {name: position for position, name in enumerate(panel.ids)}
    named = tree.nodes.loc[tree.level_positions() == tree.level(_SERIES), _SERIES]
    series = whole[:, [place[name] for name in named]]
    return np.concatenate([series.sum(axis=1, keepdims=True), series, pieces], axis=1)


def _coherent(tree: Hierarchy, panel: Panel, base: FloatArray, choice: _Choice, proportions: FloatArray) -> Coherent:
    found = reconcile(
        base,
        hierarchy=tree,
        method=choice.method,
        residuals=choice.residuals,
        proportions=proportions,
        from_level=_SERIES,
    )
    position = tree.level_positions() == tree.level(_SERIES)
    place = {name: column for column, name in enumerate(tree.nodes.loc[position, _SERIES])}
    whole = found[:, position][:, [place[name] for name in panel.ids]]
    return Coherent(whole, found[:, -tree.leaves :], choice.method, choice.errors)
