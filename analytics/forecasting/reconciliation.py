"""Forecasts that add up: every node is forecast on its own, then all of them are made to agree.

Base forecasts are periods x nodes in the order of Hierarchy.nodes. All methods end in forecasts of the leaves, which
are summed up again, so that what is handed back is coherent to the last digit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.errors import AnalyticsError
from analytics.forecasting.hierarchy import TOTAL, Hierarchy
from analytics.forecasting.known import mean_known
from analytics.forecasting.minimum_trace import Covariance, of_variances, projected, shrunk, structural
from analytics.inputs import FloatArray

BOTTOM_UP, TOP_DOWN = "bottom_up", "top_down"
WLS_STRUCTURAL, WLS_VARIANCE, MINT_SHRINK = "wls_structural", "wls_variance", "mint_shrink"
# From simple to elaborate: of two methods that are equally good the simpler one is taken.
METHODS = (BOTTOM_UP, TOP_DOWN, WLS_STRUCTURAL, WLS_VARIANCE, MINT_SHRINK)
_FROM_RESIDUALS = {WLS_VARIANCE: of_variances, MINT_SHRINK: shrunk}
UNRECONCILED = "base"


@dataclass(frozen=True, slots=True, eq=False)
class MethodChoice:
    """The method that did best at the rolling origins, and how all of them did.

    errors: level, method, error; error is the mean over the nodes of the level of their root mean squared errors, as
        a fraction of their mean demand (NaN without any); method "base" is the forecasts before reconciliation.
    """

    method: str
    errors: pd.DataFrame


def reconcile(
    base: FloatArray,
    *,
    hierarchy: Hierarchy,
    method: str,
    residuals: FloatArray | None = None,
    proportions: FloatArray | None = None,
    from_level: str = TOTAL,
    not_negative: bool = True,
) -> FloatArray:
    """Forecasts of all nodes made to add up.

    Inputs: base: periods x nodes, quantity per period; method: one of METHODS; residuals: rows x nodes, actual minus
        base forecast, NaN where unknown, for wls_variance and mint_shrink; proportions: share per leaf, for top_down
        (see recent_proportions); from_level: the level top_down starts at, a middle one makes it middle-out;
        not_negative: demand below zero becomes none, see without_negative.
    Returns: periods x nodes, coherent: equal to S @ leaves.
    Raises: AnalyticsError for an unknown method or level, wrong shapes, a base forecast that is not finite, or when
        the method lacks its residuals or proportions.
    Source: Hyndman & Athanasopoulos, FPP3, chapter 11; Hyndman et al. 2011; Wickramasuriya, Athanasopoulos &
        Hyndman 2019.
    """
    _require_nodes(base, hierarchy, name="base")
    _require_finite(base, hierarchy)
    if method == BOTTOM_UP:
        leaves = base[:, -hierarchy.leaves :]
    elif method == TOP_DOWN:
        leaves = _split(base, hierarchy, proportions, from_level)
    else:
        leaves = projected(base, summing=hierarchy.summing, covariance=_covariance(method, hierarchy, residuals))
    return hierarchy.aggregated(without_negative(leaves) if not_negative else leaves)


def recent_proportions(leaf_history: FloatArray, *, periods: int) -> FloatArray:
    """Share of every leaf in the demand of the last periods.

    Inputs: leaf_history: periods x leaves, quantity, NaN before a leaf began; periods: how many count, >= 1.
    Returns: share per leaf, summing to 1; equal shares when there was no demand. Net returns count as none.
    Raises: AnalyticsError when there is no leaf or periods < 1.
    Source: Gross & Sohl 1990, proportions of the historical averages.
    """
    if leaf_history.shape[1] < 1 or periods < 1:
        raise AnalyticsError("proportions need a leaf and at least one period")
    demand = np.maximum(np.nan_to_num(leaf_history[-periods:]).sum(axis=0), 0.0)
    return np.asarray(demand / demand.sum()) if demand.sum() > 0 else np.full(len(demand), 1 / len(demand))


def without_negative(leaves: FloatArray) -> FloatArray:
    """Leaves below zero set to zero; the others give in proportion, so that the period's total stays what it was.

    Inputs: leaves: periods x leaves, quantity per period.
    Returns: array of the same shape, >= 0; a period whose total is negative becomes zero everywhere.
    Raises: nothing.
    Source: Di Fonzo & Girolimetto 2023, "Spatio-temporal reconciliation of solar forecasts", set-negative-to-zero,
        here without its upward bias.
    """
    kept = np.maximum(leaves, 0.0)
    total, positive = leaves.sum(axis=1, keepdims=True), kept.sum(axis=1, keepdims=True)
    scale = np.clip(total, 0.0, None) / np.where(positive > 0, positive, 1.0)
    return np.where((leaves < 0).any(axis=1, keepdims=True), kept * scale, kept)


def best_method(
    actual: FloatArray,
    base: FloatArray,
    *,
    hierarchy: Hierarchy,
    methods: Sequence[str] = METHODS,
    proportions: FloatArray | None = None,
    from_level: str = TOTAL,
    not_negative: bool = True,
) -> MethodChoice:
    """The method of least rolling-origin error; every level counts the same.

    Inputs: actual, base: origins x steps x nodes; actual is NaN where unknown, base where a node was not forecast
        yet, which counts as none; methods: candidates; proportions: origins x leaves, for top_down, what was known
        at the origin; from_level, not_negative: as in reconcile.
    Returns: MethodChoice. An origin is judged with residuals of the other origins only; methods that lack their
        residuals (a single origin) or proportions are left out, bottom_up never is.
    Raises: AnalyticsError for shapes that differ, no origin or an unknown method.
    Source: Tashman 2000 for the origins; equal levels as in the M5 competitors' guide 2020.
    """
    if actual.shape != base.shape or actual.ndim != 3 or not actual.size:
        raise AnalyticsError(f"actual is {actual.shape}, base is {base.shape}, expected origins x steps x nodes")
    shares = [None] * len(actual) if proportions is None else list(proportions)
    able = [name for name in methods if _is_able(name, origins=len(actual), proportions=proportions)]
    paths = {UNRECONCILED: np.nan_to_num(base)}
    for method in dict.fromkeys([BOTTOM_UP, *able]):
        paths[method] = np.stack(
            [
                reconcile(
                    paths[UNRECONCILED][origin],
                    hierarchy=hierarchy,
                    method=method,
                    residuals=np.delete(actual - base, origin, axis=0).reshape(-1, base.shape[2]),
                    proportions=share,
                    from_level=from_level,
                    not_negative=not_negative,
                )
                for origin, share in enumerate(shares)
            ]
        )
    errors = {name: _level_errors(actual, path, hierarchy) for name, path in paths.items()}
    scores = {name: _geometric_mean(error) for name, error in errors.items() if name != UNRECONCILED}
    frame = pd.DataFrame(errors).reset_index().melt(id_vars="level", var_name="method", value_name="error")
    return MethodChoice(min(scores, key=lambda name: scores[name]), frame)


def _require_nodes(values: FloatArray, hierarchy: Hierarchy, *, name: str) -> None:
    if values.ndim != 2 or values.shape[1] != len(hierarchy.nodes):
        raise AnalyticsError(f"{name} is {values.shape}, expected one column for each of {len(hierarchy.nodes)} nodes")


def _require_finite(base: FloatArray, hierarchy: Hierarchy) -> None:
    finite = np.isfinite(base).all(axis=0)
    if not finite.all():
        node = hierarchy.nodes.iloc[int(np.argmin(finite))]
        raise AnalyticsError(f"no finite forecast for {', '.join(label for label in node if label)}")


def _split(base: FloatArray, hierarchy: Hierarchy, proportions: FloatArray | None, from_level: str) -> FloatArray:
    """Every node of the level divided among its leaves; equally where none of them has a share."""
    if proportions is None or proportions.shape != (hierarchy.leaves,):
        raise AnalyticsError(f"{TOP_DOWN} needs the proportions of {hierarchy.leaves} leaves")
    node = hierarchy.membership[hierarchy.level(from_level)]
    total, count = np.bincount(node, weights=proportions)[node], np.bincount(node)[node]
    share = np.where(total > 0, proportions / np.where(total > 0, total, 1.0), 1 / count)
    return np.asarray(base[:, node] * share)


def _covariance(method: str, hierarchy: Hierarchy, residuals: FloatArray | None) -> Covariance:
    if method == WLS_STRUCTURAL:
        return structural(hierarchy)
    if method not in _FROM_RESIDUALS:
        raise AnalyticsError(f"no method {method}: there are {', '.join(METHODS)}")
    if residuals is None:
        raise AnalyticsError(f"{method} needs residuals")
    _require_nodes(residuals, hierarchy, name="residuals")
    return _FROM_RESIDUALS[method](residuals, hierarchy=hierarchy)


def _is_able(method: str, *, origins: int, proportions: FloatArray | None) -> bool:
    if method in _FROM_RESIDUALS:
        return origins > 1
    return method != TOP_DOWN or proportions is not None


def _level_errors(actual: FloatArray, path: FloatArray, hierarchy: Hierarchy) -> pd.Series:
    error = hierarchy.level_means(np.sqrt(mean_known((actual - path) ** 2, axis=(0, 1))))
    size = hierarchy.level_means(np.abs(mean_known(actual, axis=(0, 1))))
    relative = np.divide(error, size, out=np.full_like(error, np.nan), where=size > 0)
    return pd.Series(relative, index=pd.Index(hierarchy.levels, name="level"))


def _geometric_mean(errors: pd.Series) -> float:
    """Ratios between methods count the same on a level of small and of large errors."""
    known = errors.dropna().to_numpy()
    return float(np.log(np.maximum(known, np.finfo(float).tiny)).mean()) if known.size else 0.0
