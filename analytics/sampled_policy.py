"""Stocking policies that keep a service target on sampled futures of every item's demand.

Items (sampled_policies), one row per item, periods those of the history:
    lead_time_mean, lead_time_sd, review_period             periods
    unit_cost, order_cost, holding_rate                     money, money per order, fraction a year
    moq, lot_multiple, shelf_life                           units per order, units, periods from arrival; NaN = none
    service_measure (cycle, fill, ready), service_target    fraction, 0 < target < 1
Result, on the same index:
    policy, safety_stock, reorder_point, order_quantity, order_up_to, expected_fill_rate, expected_stock,
    demand_class, distribution (family of the demand at risk), demand_per_period, level_variance.
policy is one of
    min_max: at a review, a position at or below the reorder point is ordered up to order_up_to; (R, s, S)
    base_stock: the same at every review, for orders would come as often; (R, S)
    fixed_lot: whole lots of order_quantity until the position is above the reorder point; (R, r, nQ)
    newsvendor: what is ordered does not keep until the next order comes; order_quantity at every review, which is when
        no more is left than reorder_point, all of it on its way
    none: no demand, no stock.
safety_stock is what the reorder point holds beyond the expected demand at risk, never below 0; order_quantity the mean
size of an order; expected_stock the mean at the end of a period.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.demand_at_risk import (
    FOLLOWED_REVIEWS,
    DemandAtRisk,
    IntArray,
    WindowDraws,
    demand_at_risk,
    expected_shortage,
    gap_for_order,
    level_for_probability,
    level_for_shortage,
    window_draws,
)
from analytics.demand_class import demand_classes
from analytics.demand_paths import Outlook, demand_paths, outlook
from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, column, require_columns
from analytics.lot_sizing import eoq
from analytics.order_quantity import bounded_quantity
from analytics.policy_replay import Kind, replayed, review_periods
from analytics.policy_simulation import drawn_lead_times
from analytics.window_forecast import WindowForecast

_REPLICATIONS = 256
# Periods x items x replications worked on at a time.
_BLOCK_CELLS = 1_000_000
_MEASURED_ITEMS, _MEASURED_PERIODS, _MEASURED_REPLICATIONS = 500, 60, 32
# Stock that sells in half of its life does not get old.
_FRESH_SHARE = 0.5
_ROUNDING = 1e-6
# Units; keeps divisors from being nothing.
_LEAST = 1e-9
_TERMS = (
    *("lead_time_mean", "lead_time_sd", "review_period", "unit_cost", "order_cost", "holding_rate"),
    *("moq", "lot_multiple", "shelf_life", "service_target"),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """Columns of the items as arrays; review in whole periods."""

    lead_time_mean: FloatArray
    lead_time_sd: FloatArray
    review: IntArray
    wanted: FloatArray
    moq: FloatArray
    multiple: FloatArray
    life: FloatArray
    measure: NDArray[np.str_]
    target: FloatArray

    def of(self, items: IntArray) -> "_Terms":
        return _Terms(*(getattr(self, name)[items] for name in self.__slots__))


@dataclass(frozen=True, slots=True, eq=False)
class _Lots:
    """Mean size of an order, level ordered up to less reorder point, and whether orders are whole lots of that size."""

    quantity: FloatArray
    gap: FloatArray
    fixed: NDArray[np.bool_]


def sampled_policies(
    history: FloatArray,
    *,
    items: pd.DataFrame,
    forecast: WindowForecast,
    periods_per_year: float,
    level_variance: FloatArray | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Policy of every item.

    Inputs: history: periods x items, units >= 0, NaN before an item began; items: contract above; forecast: over lead
        time and review period of each; periods_per_year: of the history; level_variance: of demand_paths.Outlook, per
        item, None = as uncertain as the forecast; seed: of the sampled futures.
    Returns: frame, contract above.
    Raises: AnalyticsError for missing columns, a target outside (0, 1), an unknown measure, lengths that differ.
    Source: Silver, Pyke & Thomas, ch. 6: P1, P2, P3 in (R, s, S); the order covers what sells before expiry.
    """
    require_columns(items, *_TERMS, "service_measure")
    known = outlook(
        history,
        expected=forecast.expected,
        window_sd=forecast.sd,
        window_periods=forecast.periods,
        level_variance=level_variance,
    )
    terms = _terms(items, known.level, periods_per_year)
    labels = demand_classes(history).labels
    longest = terms.lead_time_mean + 4 * terms.lead_time_sd + FOLLOWED_REVIEWS * terms.review
    # Items with windows of like length together: no path is longer than needed.
    order = np.argsort(longest, kind="stable")
    blocks = np.cumsum((longest[order] + 1) * _REPLICATIONS) // _BLOCK_CELLS
    parts = [
        _block(known.of(part), terms.of(part), labels[part], seed).assign(place=part)
        for part in np.split(order, np.flatnonzero(np.diff(blocks)) + 1)
    ]
    found = pd.concat(parts).sort_values("place").drop(columns="place").set_index(items.index)
    return _with_perishables_measured(found, items, known, seed)


def _with_perishables_measured(found: pd.DataFrame, items: pd.DataFrame, known: Outlook, seed: int) -> pd.DataFrame:
    """What is thrown away is missing later: no formula tells, a replay does."""
    life = column(items, "shelf_life")
    ageing = found["order_up_to"].to_numpy() > _FRESH_SHARE * known.level * life
    rows = np.flatnonzero(ageing & (known.level > 0))
    for part in np.split(rows, range(_MEASURED_ITEMS, rows.size, _MEASURED_ITEMS)) if rows.size else ():
        _measure(found, items, known, part, seed)
    return found


def _measure(found: pd.DataFrame, items: pd.DataFrame, known: Outlook, rows: IntArray, seed: int) -> None:
    part = items.iloc[rows]
    window = float((column(part, "lead_time_mean", default=0.0) + review_periods(part)).max())
    warm_up = int(min(np.ceil(2 * window), _MEASURED_PERIODS))
    paths = demand_paths(
        known.of(rows), periods=warm_up + _MEASURED_PERIODS, replications=_MEASURED_REPLICATIONS, seed=seed
    )
    service = replayed(found.iloc[rows], items=part, demand=paths, unmet="lost", warm_up_periods=warm_up, seed=seed)
    place = found.index[rows]
    found.loc[place, "expected_fill_rate"] = np.nan_to_num(service.fill_rate.mean, nan=1.0)
    found.loc[place, "expected_stock"] = service.mean_stock.mean


def _terms(items: pd.DataFrame, level: FloatArray, periods_per_year: float) -> _Terms:
    target, measure = column(items, "service_target"), items["service_measure"].to_numpy(dtype=str)
    if len(items) != len(level):
        raise AnalyticsError(f"there are {len(items)} items and {len(level)} histories")
    if not ((target > 0) & (target < 1)).all():
        raise AnalyticsError("a service target lies between 0 and 1")
    if not np.isin(measure, ("cycle", "fill", "ready")).all():
        raise AnalyticsError("a service measure is cycle, fill or ready")
    review = review_periods(items)
    holding = column(items, "unit_cost") * column(items, "holding_rate")
    economic = eoq(level * periods_per_year, order_cost=column(items, "order_cost"), holding_cost_per_unit_year=holding)
    return _Terms(
        lead_time_mean=column(items, "lead_time_mean", default=0.0),
        lead_time_sd=column(items, "lead_time_sd", default=0.0),
        review=review,
        # Without costs every review orders what it found gone.
        wanted=np.where(np.isnan(economic), level * review, economic),
        moq=column(items, "moq"),
        multiple=column(items, "lot_multiple"),
        life=np.floor(column(items, "shelf_life") + 1e-9),
        measure=measure,
        target=target,
    )


def _block(known: Outlook, terms: _Terms, labels: NDArray[np.str_], seed: int) -> pd.DataFrame:
    times = drawn_lead_times(terms.lead_time_mean, sd_periods=terms.lead_time_sd, shape=(1, _REPLICATIONS), seed=seed)[
        0
    ]
    periods = int((FOLLOWED_REVIEWS * terms.review[:, None] + times).max()) + 1
    paths = demand_paths(known, periods=periods, replications=_REPLICATIONS, seed=seed)
    lots = _lots(known, terms, paths, seed)
    draws = window_draws(
        paths, lead_time_periods=times, review_periods=terms.review, gap=lots.gap, whole=known.whole, seed=seed
    )
    at_risk = demand_at_risk(draws.at_risk, demand_class=labels, whole=known.whole)
    point = _rounded(_reorder_point(draws, at_risk, terms, labels, known.whole), known.whole)
    level = np.minimum(point + lots.gap, _sells_in_time(known, terms))
    point = np.minimum(point, level)
    short = np.minimum(expected_shortage(point, demand=at_risk) / np.maximum(draws.order, _LEAST), 1.0)
    kind = np.select([lots.fixed, level <= point], [Kind.FIXED_LOT, Kind.BASE_STOCK], default=Kind.MIN_MAX)
    found = pd.DataFrame(
        {
            "policy": kind,
            "safety_stock": np.maximum(point - at_risk.mean, 0.0),
            "reorder_point": point,
            "order_quantity": np.where(lots.fixed, lots.quantity, lots.quantity - lots.gap + level - point),
            "order_up_to": level,
            "expected_fill_rate": 1.0 - short,
            "expected_stock": _mean_stock(draws, point, level),
            "demand_class": labels,
            "distribution": at_risk.family,
            "demand_per_period": known.level,
            "level_variance": known.level_variance,
        }
    )
    _set_short_lived(found, known, terms, paths)
    idle = known.level <= 0
    found.loc[idle, "policy"] = Kind.NONE
    found.loc[idle, ["safety_stock", "reorder_point", "order_quantity", "order_up_to", "expected_stock"]] = 0.0
    found.loc[idle, "expected_fill_rate"] = 1.0
    return found


def _lots(known: Outlook, terms: _Terms, paths: FloatArray, seed: int) -> _Lots:
    """Order sizes within the supplier's terms and the shelf life."""
    least = np.where(known.whole & (known.level > 0), 1.0, 0.0)
    wanted = np.maximum(terms.wanted, least)
    wanted = np.where(known.whole, np.round(wanted), wanted)
    most = np.where(np.isnan(terms.life), np.nan, np.maximum(known.level * terms.life, least))
    quantity = bounded_quantity(wanted, moq=terms.moq, multiple=terms.multiple, maximum=most).quantity
    gap = gap_for_order(paths, review_periods=terms.review, order=quantity, whole=known.whole, seed=seed)
    # Where one lot is an order there is no level to fill up to.
    fixed = np.nan_to_num(terms.multiple) >= np.maximum(quantity, 1.0 + _ROUNDING)
    return _Lots(quantity, gap, fixed)


def _reorder_point(
    draws: WindowDraws, at_risk: DemandAtRisk, terms: _Terms, labels: NDArray[np.str_], whole: NDArray[np.bool_]
) -> FloatArray:
    allowed = np.maximum((1 - terms.target) * draws.order, _LEAST)
    found = level_for_shortage(allowed, demand=at_risk)
    cycle = terms.measure == "cycle"
    if cycle.any():
        found = np.where(cycle, level_for_probability(terms.target, demand=at_risk), found)
    ready = terms.measure == "ready"
    if ready.any():
        spread = demand_at_risk(draws.random_time, demand_class=labels, whole=np.zeros_like(whole))
        above = np.where(whole, 1.0, 0.0)  # a whole unit must be left
        found = np.where(ready, level_for_probability(terms.target, demand=spread) + above, found)
    return found


def _set_short_lived(found: pd.DataFrame, known: Outlook, terms: _Terms, paths: FloatArray) -> None:
    """Items of which nothing keeps until the next order comes: one order for one review, whatever is on its way."""
    rows = np.flatnonzero(terms.life <= terms.review)
    if not rows.size:
        return
    last, target = terms.life[rows].astype(np.int64) - 1, terms.target[rows]
    needed = np.take_along_axis(np.cumsum(paths[:, rows], axis=0), last[None, :, None], axis=0)[0]
    demand = demand_at_risk(needed, demand_class=found["demand_class"].iloc[rows], whole=known.whole[rows])
    served = level_for_shortage(np.maximum((1 - target) * demand.mean, _LEAST), demand=demand)
    wanted = np.where(terms.measure[rows] == "fill", served, level_for_probability(target, demand=demand))
    wanted = np.maximum(_rounded(wanted, known.whole[rows]), np.where(known.whole[rows], 1.0, _LEAST))
    quantity = bounded_quantity(wanted, moq=terms.moq[rows], multiple=terms.multiple[rows]).quantity
    on_its_way = quantity * np.floor(terms.lead_time_mean[rows] / terms.review[rows] + _ROUNDING)
    columns = ["safety_stock", "reorder_point", "order_quantity", "order_up_to"]
    place = found.index[rows]
    found.loc[place, "policy"] = Kind.NEWSVENDOR
    found.loc[place, columns] = np.column_stack(
        [np.maximum(quantity - demand.mean, 0.0), on_its_way, quantity, on_its_way + quantity]
    )


def _sells_in_time(known: Outlook, terms: _Terms) -> FloatArray:
    """The highest level whose last unit is expected to be sold before it expires."""
    sold = known.level * (terms.lead_time_mean + terms.life)
    most = np.where(known.whole, np.maximum(np.floor(sold + _ROUNDING), 1.0), sold)
    return np.asarray(np.where(np.isnan(terms.life), np.inf, most))


def _mean_stock(draws: WindowDraws, point: FloatArray, level: FloatArray) -> FloatArray:
    """Between the end of the period in which an order arrived and the moment before the next one does."""
    highest = np.maximum(level[:, None] - draws.until_arrival, 0.0).mean(axis=1)
    lowest = np.maximum(point[:, None] - draws.at_risk, 0.0).mean(axis=1)
    return np.asarray((highest + lowest) / 2)


def _rounded(level: FloatArray, whole: NDArray[np.bool_]) -> FloatArray:
    return np.where(whole, np.ceil(level - _ROUNDING), level)
