"""Decision quality: policies of ``cli.py policy`` replayed on the demand that followed, beside the textbook's rule.

The rule beside it has a reorder point of d·(L + R) + z·σ·√(L + R) with mean and standard deviation of the history, and
orders the economic quantity. One z for all items is chosen in hindsight, on the very demand of the replay, so that as
much of all demand is met at once as by our policies: nobody could have known it, which favours the rule.
``python -m benchmarks.policy_quality FOLDER`` prints the tables of docs/inventory-policy-benchmarks.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.inputs import FloatArray
from analytics.policy_replay import Kind, replayed
from analytics.policy_simulation import SimulatedService, replayed_policy, simulated_service
from benchmarks.forecasting.sets import Dataset, datasets
from benchmarks.measure import Figure, timed
from services.file_policy import PERIODS_PER_YEAR, policy_file

TARGETS = (0.90, 0.95, 0.98)
WARM_UP_PERIODS = 12
HALVINGS = 24
LARGEST_FACTOR = 40.0
HOLDING_RATE = 0.25
DAYS_PER_WEEK = 7
SPEED_PERIODS, SPEED_REPLICATIONS = 104, 16


@dataclass(frozen=True)
class Case:
    """A set, the periods to hold out beyond its own actuals, and on which terms its items are replenished."""

    name: str
    held_out_periods: int = 0
    lead_time_periods: float = 2.0
    review_periods: float = 1.0
    order_periods: float = 4.0


# The sets that the method was chosen on, at earlier dates or of other kinds, and those that say what it is worth.
DEVELOPMENT = (
    Case("retail_weekly", held_out_periods=8),
    Case("retail_weekly", held_out_periods=16),
    Case("carparts_monthly", held_out_periods=12, order_periods=3.0),
    Case("m5_daily", held_out_periods=17, order_periods=3.0),
    Case("hospital_monthly", lead_time_periods=1.0, order_periods=2.0),
    Case("oj_weekly"),
    Case("walmart_weekly"),
)
DECIDING = (
    Case("retail_weekly"),
    Case("retail_weekly", lead_time_periods=4.0, review_periods=2.0),
    Case("carparts_monthly", order_periods=3.0),
    Case("carparts_monthly", lead_time_periods=1.0, order_periods=1.0),
    Case("m5_daily", order_periods=3.0),
)


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """past and came are periods x items, came begins where past ends."""

    ids: list[str]
    past: FloatArray
    came: FloatArray
    frequency: str
    periods_per_year: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """fill: share of all demand met at once; item_fill: mean of the items' own; stock in units; orders a period."""

    fill: float
    item_fill: float
    stock: float
    orders: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours, the rule tuned to our share of all demand, and the rule tuned to our mean share of the items."""

    case: Case
    target: float
    items: int
    periods: int
    ours: Outcome
    rule: Outcome
    rule_by_item: Outcome


def measured(folder: Path) -> Iterator[Figure]:
    """Achieved fill rate, and our stock in parts of that of the tuned rule."""
    for case in DECIDING:
        for target in TARGETS:
            found = compared(folder, case, target)
            name = f"{case.name}, lead {case.lead_time_periods:g}, wanted {100 * target:.0f} %"
            yield Figure(name, 100 * found.ours.fill, "% met", found.ours.stock / found.rule.stock, "stock of the rule")


def speed() -> Iterator[Figure]:
    """Item periods a second of a replay: items × replications × periods."""
    for items, life in ((1_000, np.nan), (10_000, np.nan), (1_000, 8.0)):
        demand = np.random.default_rng(0).poisson(5.0, (SPEED_PERIODS, items, SPEED_REPLICATIONS)).astype(np.float64)
        policy = replayed_policy(np.full(items, 15.0), order_up_to=30.0, shelf_life_periods=life)
        replay = partial(
            simulated_service,
            demand,
            policy=policy,
            lead_time_periods=np.full((1, 1, 1), 2),
            start_stock=np.full((items, 1), 30.0),
        )
        seconds = timed(replay)
        kept = "" if np.isnan(life) else f", shelf life {life:g}"
        yield Figure(
            f"{items:,} items × {SPEED_REPLICATIONS} × {SPEED_PERIODS}{kept}", demand.size / seconds / 1e6, "M/s"
        )


def compared(folder: Path, case: Case, target: float) -> Comparison:
    """One case at one target."""
    dataset = next(one for one in datasets(folder) if one.name == case.name)
    demand = _demand(dataset, held_out_periods=case.held_out_periods)
    items = _items(demand, case, target)
    ours = _outcome(_policies(demand, items), items, demand)

    def tuned(measure: Callable[[Outcome], float]) -> Outcome:
        return _tuned(demand, items, wanted=measure(ours), measure=measure)

    return Comparison(
        case=case,
        target=target,
        items=len(items),
        periods=len(demand.came),
        ours=ours,
        rule=tuned(lambda outcome: outcome.fill),
        rule_by_item=tuned(lambda outcome: outcome.item_fill),
    )


def _demand(dataset: Dataset, *, held_out_periods: int) -> Demand:
    """The series, days summed to weeks that end where the history does; earlier if periods are held out."""
    sample = dataset.sample
    past, came, frequency = sample.history, np.nan_to_num(sample.actual), dataset.freq
    if frequency == "D":
        past, came, frequency = _weeks(past, at_end=True), _weeks(came, at_end=False), "W-MON"
    if held_out_periods:
        whole, length = np.vstack([past, came]), len(came)
        # As many periods are judged as the set holds out itself; of days in weeks, all that are held out.
        came_from = len(past) - held_out_periods
        length = length if frequency == dataset.freq else held_out_periods + length
        past, came = whole[:came_from], np.nan_to_num(whole[came_from : came_from + length])
    elif frequency != dataset.freq:
        # Four weeks say little: a quarter of a year is held out.
        whole = np.vstack([past, came])
        past, came = whole[:-13], np.nan_to_num(whole[-13:])
    known = np.flatnonzero((~np.isnan(past)).sum(axis=0) >= WARM_UP_PERIODS)
    return Demand(
        [str(sample.ids[place]) for place in known],
        np.maximum(past[:, known], 0.0),
        np.maximum(came[:, known], 0.0),
        frequency,
        PERIODS_PER_YEAR[frequency[0]],
    )


def _weeks(days: FloatArray, *, at_end: bool) -> FloatArray:
    weeks = len(days) // DAYS_PER_WEEK
    rows = weeks * DAYS_PER_WEEK
    kept = days[len(days) - rows :] if at_end else days[:rows]
    return np.asarray(kept.reshape(weeks, DAYS_PER_WEEK, -1).sum(axis=1))


def _items(demand: Demand, case: Case, target: float) -> pd.DataFrame:
    """Terms of every item; the order cost makes the economic quantity last order_periods at the mean of the history."""
    mean = np.nanmean(demand.past, axis=0)
    return pd.DataFrame(
        {
            "unique_id": demand.ids,
            "lead_time_mean": case.lead_time_periods,
            "lead_time_sd": 0.0,
            "review_period": case.review_periods,
            "unit_cost": 1.0,
            "order_cost": case.order_periods**2 * mean * HOLDING_RATE / (2 * demand.periods_per_year),
            "holding_rate": HOLDING_RATE,
            "moq": np.nan,
            "lot_multiple": np.nan,
            "shelf_life": np.nan,
            "service_measure": "fill",
            "service_target": target,
        }
    )


def _policies(demand: Demand, items: pd.DataFrame) -> pd.DataFrame:
    """What a user gets: files in, a file out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        days = pd.date_range(end="2024-12-30", periods=len(demand.past), freq=demand.frequency).strftime("%Y-%m-%d")
        wide = pd.DataFrame(demand.past, index=pd.Index(days, name="ds"), columns=demand.ids)
        long = wide.melt(ignore_index=False, var_name="unique_id", value_name="y").dropna().reset_index()
        long[["unique_id", "ds", "y"]].to_csv(folder / "history.csv", index=False)
        items.to_csv(folder / "items.csv", index=False)
        policy_file(
            folder / "history.csv",
            items=folder / "items.csv",
            frequency=demand.frequency,
            output=folder / "policies.csv",
        )
        found = pd.read_csv(folder / "policies.csv", dtype={"unique_id": str}, keep_default_na=False)
    return found.set_index("unique_id").loc[demand.ids].reset_index()


def _rule(demand: Demand, items: pd.DataFrame, factor: float) -> pd.DataFrame:
    mean, sd = np.nanmean(demand.past, axis=0), np.nan_to_num(np.nanstd(demand.past, axis=0, ddof=1))
    window = (items["lead_time_mean"] + items["review_period"]).to_numpy()
    quantity = np.sqrt(
        2 * items["order_cost"] * mean * demand.periods_per_year / (items["unit_cost"] * items["holding_rate"])
    )
    quantity = np.maximum(quantity.to_numpy(), 1e-6)
    point = mean * window + factor * sd * np.sqrt(window)
    return pd.DataFrame(
        {
            "policy": Kind.FIXED_LOT,
            "reorder_point": point,
            "order_quantity": quantity,
            "order_up_to": np.maximum(point + quantity, 0.0),
        }
    )


def _tuned(demand: Demand, items: pd.DataFrame, *, wanted: float, measure: Callable[[Outcome], float]) -> Outcome:
    low, high = -3.0, LARGEST_FACTOR
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = measure(_outcome(_rule(demand, items, middle), items, demand)) >= wanted
        low, high = (low, middle) if enough else (middle, high)
    return _outcome(_rule(demand, items, high), items, demand)


def _outcome(policies: pd.DataFrame, items: pd.DataFrame, demand: Demand) -> Outcome:
    """Under way since the last periods of the history, judged on those that came."""
    before = np.nan_to_num(demand.past[-WARM_UP_PERIODS:])
    paths = np.vstack([before, demand.came])[:, :, None]
    came: SimulatedService = replayed(policies, items=items, demand=paths, warm_up_periods=len(before))
    asked = came.demand[:, 0] > 0
    return Outcome(
        fill=float(came.met.sum() / came.demand.sum()),
        item_fill=float(came.fill_rate.mean[asked].mean()),
        stock=float(came.mean_stock.mean.sum()),
        orders=float(came.orders.mean.sum()),
    )


def _table(folder: Path, cases: tuple[Case, ...]) -> Iterator[str]:
    yield (
        "| set | held out | L, R | items, periods | wanted | met, ours | item mean, ours | stock, ours | stock, rule | "
        "**stock, ours / rule** | by item mean | orders, ours / rule |"
    )
    yield "| --- " * 12 + "|"
    for case in cases:
        for target in TARGETS:
            found = compared(folder, case, target)
            ours, rule = found.ours, found.rule
            yield (
                f"| {case.name} | {case.held_out_periods or 'actuals'} | "
                f"{case.lead_time_periods:g}, {case.review_periods:g} | {found.items:,}, {found.periods} | "
                f"{target:.0%} | "
                f"{ours.fill:.1%} | {ours.item_fill:.1%} | {ours.stock:,.0f} | {rule.stock:,.0f} | "
                f"**{ours.stock / rule.stock:.2f}** | {ours.stock / found.rule_by_item.stock:.2f} | "
                f"{ours.orders / rule.orders:.2f} |"
            )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.policy_quality", description=__doc__)
    parser.add_argument("folder", type=Path, help="series, described by datasets.json")
    folder: Path = parser.parse_args().folder
    for title, cases in (("Deciding", DECIDING), ("Development", DEVELOPMENT)):
        print(f"\n{title}\n", *_table(folder, cases), sep="\n", flush=True)


if __name__ == "__main__":
    main()
