"""Base stocks along a chain of stages that see each other's stock (stochastic service), normal demand at its end.

Stages are given from the customer upwards: the first meets demand, each is supplied by the next, the last by a source
that never runs out. Levels are echelon levels: the stock of a stage and of all between it and the customer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import interpolate, special

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, floats
from analytics.normal_loss import normal_loss

# Demand is integrated over ten standard deviations, on this many points; levels are tabulated on as many.
_REACH = 10.0
_POINTS = 601


@dataclass(frozen=True, slots=True, eq=False)
class SerialStock:
    """Echelon base-stock level of each stage, customer first, units; expected cost a period."""

    echelon_levels: FloatArray
    cost_per_period: float

    def local_levels(self) -> FloatArray:
        """Base stock of each stage by itself: what its level adds to those nearer the customer."""
        reachable = np.minimum.accumulate(self.echelon_levels[::-1])[::-1]
        return np.diff(reachable, prepend=0.0)


def serial_base_stock(
    echelon_holding_cost_per_unit: ArrayLike,
    *,
    lead_time_periods: ArrayLike,
    mean_demand: float,
    demand_sd: float,
    shortage_cost_per_unit: float,
) -> SerialStock:
    """The best echelon base stocks of a chain.

    Inputs: echelon_holding_cost_per_unit: money per unit and period by which holding at a stage exceeds holding at the
        next upstream, > 0, customer first; lead_time_periods: > 0, from the next upstream; mean_demand, demand_sd:
        units a period; shortage_cost_per_unit: money per unit that waits a period.
    Returns: SerialStock; the cost is good to seven digits, levels to four decimals of the deviation (integration).
    Raises: AnalyticsError when the lengths differ, or a figure is missing or not positive.
    Source: Clark & Scarf 1960; Chen & Zheng 1994; Snyder & Shen, 2nd ed., section 6.2.
    """
    chain = _chain(echelon_holding_cost_per_unit, lead_time_periods, mean_demand, demand_sd, shortage_cost_per_unit)
    return _evaluated(chain, None)


def serial_cost(
    echelon_levels: ArrayLike,
    *,
    echelon_holding_cost_per_unit: ArrayLike,
    lead_time_periods: ArrayLike,
    mean_demand: float,
    demand_sd: float,
    shortage_cost_per_unit: float,
) -> float:
    """Expected cost of a chain with given echelon base stocks.

    Inputs: echelon_levels: units, customer first; the others as in serial_base_stock.
    Returns: money a period.
    Raises: AnalyticsError as serial_base_stock.
    Source: Chen & Zheng 1994; Snyder & Shen, 2nd ed., section 6.2.
    """
    chain = _chain(echelon_holding_cost_per_unit, lead_time_periods, mean_demand, demand_sd, shortage_cost_per_unit)
    levels = np.asarray(echelon_levels, dtype=np.float64)
    if levels.shape != chain.holding.shape or not np.isfinite(levels).all():
        raise AnalyticsError("every stage needs a level")
    return _evaluated(chain, levels).cost_per_period


def serial_base_stock_heuristic(
    echelon_holding_cost_per_unit: ArrayLike,
    *,
    lead_time_periods: ArrayLike,
    mean_demand: float,
    demand_sd: float,
    shortage_cost_per_unit: float,
) -> SerialStock:
    """Near-best echelon base stocks: for each stage the mean of two newsvendors.

    Inputs: as serial_base_stock.
    Returns: SerialStock, with the cost these levels really have.
    Raises: AnalyticsError as serial_base_stock.
    Source: Shang & Song 2003; Snyder & Shen, 2nd ed., section 6.2.4.
    """
    chain = _chain(echelon_holding_cost_per_unit, lead_time_periods, mean_demand, demand_sd, shortage_cost_per_unit)
    upstream = chain.holding.sum() - chain.holding.cumsum()
    wanted = chain.shortage + upstream
    exposed = chain.lead_time.cumsum()
    low = special.ndtri(wanted / (chain.shortage + chain.holding.sum()))
    high = special.ndtri(wanted / (wanted + chain.holding))
    levels = chain.mean * exposed + chain.sd * np.sqrt(exposed) * (low + high) / 2
    return _evaluated(chain, levels)


@dataclass(frozen=True, slots=True, eq=False)
class _Chain:
    holding: FloatArray
    lead_time: FloatArray
    mean: float
    sd: float
    shortage: float


def _chain(holding: ArrayLike, lead_time: ArrayLike, mean: float, sd: float, shortage: float) -> _Chain:
    costs, times = floats(holding, lead_time)
    if costs.size == 0 or not ((costs > 0) & (times > 0)).all() or not (mean > 0 and sd > 0 and shortage > 0):
        raise AnalyticsError("a chain needs stages with positive costs, lead times and demand")
    return _Chain(costs, times, float(mean), float(sd), float(shortage))


def _evaluated(chain: _Chain, levels: FloatArray | None) -> SerialStock:
    """Stage by stage from the customer: the cost of a stage's level, less what those below can make of it."""
    steps, weights = _normal_points()
    grids = _grids(chain)
    chosen = np.empty(chain.holding.size)
    table = best = None
    for stage, grid in enumerate(grids):
        mean, sd = chain.mean * chain.lead_time[stage], chain.sd * np.sqrt(chain.lead_time[stage])
        cost = chain.holding[stage] * (grid - mean)
        if table is None:
            cost += (chain.shortage + chain.holding.sum()) * sd * normal_loss((grid - mean) / sd)
        else:
            arriving = np.minimum(grid[:, None] - mean - sd * steps, chosen[stage - 1])
            cost += table(arriving) @ weights
        table = _table(grid, cost)
        chosen[stage] = _lowest(table, grid, cost) if levels is None else levels[stage]
        best = float(table(chosen[stage]))
    return SerialStock(chosen, best if best is not None else float("nan"))


def _normal_points() -> tuple[FloatArray, FloatArray]:
    steps = np.linspace(-_REACH, _REACH, _POINTS)
    density = np.exp(-(steps**2) / 2)
    return steps, density / density.sum()


def _grids(chain: _Chain) -> list[FloatArray]:
    """Levels of each stage from where the next upstream leaves it short to where nothing is ever short."""
    exposed = chain.lead_time.cumsum()
    spread = chain.sd * np.sqrt(exposed)
    whole = chain.sd * np.sqrt(exposed[-1])
    low = chain.mean * exposed - _REACH * (spread + whole)
    return [
        np.linspace(start, end, 2 * _POINTS)
        for start, end in zip(low, chain.mean * exposed + _REACH * spread, strict=True)
    ]


def _table(grid: FloatArray, cost: FloatArray) -> interpolate.CubicSpline:
    """Cost of any level: far below, where all is short, it is a straight line, and the table goes on as one."""
    return interpolate.CubicSpline(grid, cost, bc_type="natural")


def _lowest(table: interpolate.CubicSpline, grid: FloatArray, cost: FloatArray) -> float:
    near = int(np.clip(cost.argmin(), 1, grid.size - 2))
    turns = table.derivative().solve(0.0, extrapolate=False)
    return float(turns[np.abs(turns - grid[near]).argmin()])
