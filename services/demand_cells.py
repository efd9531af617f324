"""What a change of the demand plan does to each leaf and month, worked out before anything is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.demand_consensus import Ints
from analytics.demand_split import LARGEST, PER_UNIT, BelowHeld, Flags, split, split_weights
from analytics.inputs import FloatArray
from core.errors import InvalidInput, NotFound
from core.i18n import _, money, number, percent
from services.demand_change import ADD, CLEAR, HOLD, LAST_YEAR, SET, SHARE, UNITS, VALUE, Change, Scope
from services.demand_plan import DECIDED, DemandPlan, figures_of, places, require_months, sold_last_year

DECIMALS = 4
MOST_CELLS = 250_000


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Cells of the plan, leaves x months: where they stand (``rows``, ``at``), what a stream says of them (``figure``,
    NaN for nothing), the plan below it (``underlying``), what is planned (``consensus``) and what it ``held``."""

    leaves: pd.DataFrame
    months: list[date]
    rows: Ints
    at: Ints
    figure: FloatArray
    underlying: FloatArray
    consensus: FloatArray
    held: Flags

    @property
    def before(self) -> FloatArray:
        """The stream's layer of the plan."""
        return np.where(np.isnan(self.figure), self.underlying, self.figure)

    @property
    def locked(self) -> Flags:
        """What a split leaves alone. Whoever names a single leaf means that leaf."""
        return self.held if len(self.leaves) > 1 else np.zeros_like(self.held)

    @property
    def price(self) -> FloatArray:
        """RM a unit, (leaves, 1)."""
        found: FloatArray = self.leaves["price"].to_numpy(dtype=float)[:, None]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Worked:
    """A change worked out: ``stated`` is what the stream will say of each cell, NaN for nothing; ``fallback`` the
    months of which nothing weighed anything, so that the parts became equal."""

    chosen: Selection
    stated: FloatArray
    holds: bool = False
    fallback: tuple[date, ...] = ()

    @property
    def after(self) -> FloatArray:
        """The stream's layer of the plan with the change."""
        return np.where(np.isnan(self.stated), self.chosen.underlying, self.stated)

    @property
    def touched(self) -> Flags:
        """Cells that are written."""
        figure = self.chosen.figure
        same = (figure == self.stated) | (np.isnan(figure) & np.isnan(self.stated))
        found: Flags = ~same | (self.holds & ~self.chosen.held)
        return found

    @property
    def size(self) -> tuple[float, float]:
        """By how much the cells change, all taken as positive: as a share of what they were, and in RM."""
        before = self.chosen.before
        moved = float((np.abs(self.after - before) * self.chosen.price).sum())
        whole = float((before * self.chosen.price).sum())
        return (moved / whole if whole > 0 else float(moved > 0)), moved

    def totals(self, measure: str) -> tuple[float, float]:
        """Before and after, in units or RM."""
        weight = self.chosen.price if measure == VALUE else np.ones((1, 1))
        return float((self.chosen.before * weight).sum()), float((self.after * weight).sum())


def selected(plan: DemandPlan, change: Change, *, held: pd.DataFrame) -> Selection:
    """The cells that a change is about.

    Inputs: the plan of now, a checked change; held: LEAF and period of the cells that the stream holds.
    Returns: Selection.
    Raises: NotFound for a scope without leaves; InvalidInput for months that are not planned, or more than MOST_CELLS.
    Source: screens.md 2.
    """
    at = month_places(plan, change.months)
    return selection(plan, change.stream, _leaves_of(plan, change.scope), at, held=held)


def selection(plan: DemandPlan, stream: str, rows: Ints, at: Ints, *, held: pd.DataFrame) -> Selection:
    """All cells of some leaves and months.

    Inputs: the plan of now; the stream; places of leaves and months in the plan; held: as for selected.
    Returns: Selection.
    Raises: InvalidInput for more than MOST_CELLS.
    Source: none; ours.
    """
    if rows.size * at.size > MOST_CELLS:
        raise InvalidInput(
            _("That is more than %(most)s figures: choose fewer months or a smaller part.", most=number(MOST_CELLS))
        )
    leaves = plan.base.leaves.iloc[rows].reset_index(drop=True)
    months = [plan.base.months[place] for place in at]
    cells = np.ix_(rows, at)
    return Selection(
        leaves=leaves,
        months=months,
        rows=rows,
        at=at,
        figure=figures_of(plan.streams, stream, plan.consensus.shape)[cells],
        underlying=(plan.weighed if stream == DECIDED else plan.baseline)[cells],
        consensus=plan.consensus[cells],
        held=_held(leaves, months, held),
    )


def month_places(plan: DemandPlan, months: Collection[date]) -> Ints:
    """Where months stand in the plan.

    Inputs: the plan, months.
    Returns: their places in order, each once.
    Raises: InvalidInput for a month that is not planned; contract of require_months.
    Source: none; ours.
    """
    require_months(plan.base)
    known = {month: place for place, month in enumerate(plan.base.months)}
    for month in months:
        if month not in known:
            raise InvalidInput(
                _(
                    "%(month)s is not planned: choose a month from %(first)s to %(last)s.",
                    month=f"{month:%Y-%m}",
                    first=f"{plan.base.months[0]:%Y-%m}",
                    last=f"{plan.base.months[-1]:%Y-%m}",
                )
            )
    return np.array(sorted({known[month] for month in months}), dtype=np.int64)


def worked_out(plan: DemandPlan, change: Change, chosen: Selection, *, whole_units: Collection[str]) -> Worked:
    """What a change does.

    Inputs: the plan of now, a checked change, its cells; whole_units: units of measure without decimals.
    Returns: Worked.
    Raises: InvalidInput for a total below zero, below what is held, or in several units of measure.
    Source: screens.md 2; docs/demand-plan.md.
    """
    stated, fallback = _stated(plan, change, chosen, whole_units)
    return Worked(chosen, stated, holds=change.mode == HOLD, fallback=fallback)


def parts(worked: Worked, change: Change) -> list[dict[str, Any]]:
    """What becomes of the level just below the scope.

    Inputs: the change worked out.
    Returns: dictionaries of key (texts of Scope that name the part), name, before, after (in the measure of the
        change), held (whether all of it is); the largest first.
    Raises: nothing.
    Source: screens.md 2.
    """
    chosen, columns = worked.chosen, change.scope.below
    weight = chosen.price if change.measure == VALUE else np.ones((1, 1))
    keys = chosen.leaves[columns].fillna("")
    frame = keys.assign(
        name=_names(chosen.leaves, columns),
        before=(chosen.before * weight).sum(axis=1),
        after=(worked.after * weight).sum(axis=1),
        held=np.all(chosen.held, axis=1).tolist(),
    )
    sums = {"before": "sum", "after": "sum", "held": "all"}
    found = frame.groupby([*columns, "name"], as_index=False).agg(sums)
    return [
        {"key": {name: row[name] for name in columns}, **{name: row[name] for name in ("name", *sums)}}
        for row in found.sort_values("after", ascending=False, kind="stable").to_dict("records")
    ]


def _leaves_of(plan: DemandPlan, scope: Scope) -> Ints:
    inside = np.ones(len(plan.base.leaves), dtype=bool)
    for name, text in scope.named.items():
        inside &= plan.base.leaves[name].to_numpy(dtype=object) == text
    found = np.flatnonzero(inside)
    if not found.size:
        raise NotFound(_("Nothing of %(scope)s is in the demand plan.", scope=scope))
    return found


def _held(leaves: pd.DataFrame, months: list[date], held: pd.DataFrame) -> Flags:
    found = np.zeros((len(leaves), len(months)), dtype=bool)
    if len(held):
        row, at = places(leaves, held), pd.Index(months).get_indexer(pd.Index(held["period"]))
        inside = (row >= 0) & (at >= 0)
        found[row[inside], at[inside]] = True
    return found


def _stated(
    plan: DemandPlan, change: Change, chosen: Selection, whole_units: Collection[str]
) -> tuple[FloatArray, tuple[date, ...]]:
    if change.mode == CLEAR:
        return np.full(chosen.figure.shape, np.nan), ()
    if change.mode == HOLD:
        return np.round(chosen.before, DECIMALS), ()
    if change.mode == LAST_YEAR:
        known = plan.base.last_year()[np.ix_(chosen.rows, chosen.at)]
        copied = np.round(np.maximum(known, 0.0), DECIMALS)
        return np.where(chosen.locked | np.isnan(known), chosen.figure, copied), ()
    return _split(plan, change, chosen, whole_units)


def _split(
    plan: DemandPlan, change: Change, chosen: Selection, whole_units: Collection[str]
) -> tuple[FloatArray, tuple[date, ...]]:
    """Figures that add up to the total asked for. RM are split as RM, and become units at the price of each leaf."""
    in_money = _in_money(change, chosen)
    price = chosen.price if in_money else np.ones((len(chosen.leaves), 1))
    fixed = chosen.locked | (price <= 0)  # what has no price can't be reached by money
    money_of = chosen.before * price
    weights = split_weights(change.rule, forecast=chosen.before, history=sold_last_year(plan.base)[chosen.rows])
    try:
        found = split(
            _target(change, money_of.sum(axis=0), chosen.months)[None, :],
            group=np.zeros(len(chosen.leaves), dtype=np.int64),
            weights=weights * price,
            held=np.where(fixed, money_of, np.nan),
            whole=chosen.leaves["uom"].isin(() if in_money else whole_units).to_numpy(dtype=bool),
        )
    except BelowHeld as error:
        raise InvalidInput(_below_held(change, chosen.months[error.period], error.held, in_money=in_money)) from error
    quantity = np.round(found.quantity / np.where(price > 0, price, 1.0), DECIMALS)
    equal = tuple(month for month, missing in zip(chosen.months, found.fallback[0], strict=True) if missing)
    return np.where(fixed, chosen.figure, quantity), equal


def _in_money(change: Change, chosen: Selection) -> bool:
    """Whether the total is RM: where it is asked for, and where units can't be added up."""
    several = chosen.leaves["uom"].nunique() > 1
    if several and change.measure == UNITS and change.mode != SHARE:
        raise InvalidInput(_("%(scope)s has several units of measure: enter RM.", scope=change.scope))
    return several or change.measure == VALUE


def _target(change: Change, before: FloatArray, months: list[date]) -> FloatArray:
    value = float(change.value or 0.0)
    total = {SET: np.full(before.shape, value), SHARE: before * (1 + value / 100), ADD: before + value}[change.mode]
    for month, planned, wanted in zip(months, before, total, strict=True):
        if not 0 <= wanted <= LARGEST:
            raise InvalidInput(
                _(
                    "%(month)s: %(planned)s changed by %(value)s would be %(wanted)s. Demand can't be below zero, nor "
                    "above %(most)s.",
                    month=f"{month:%Y-%m}",
                    planned=number(planned),
                    value=percent(value / 100) if change.mode == SHARE else number(value),
                    wanted=number(wanted),
                    most=number(LARGEST),
                )
            )
    rounded: FloatArray = np.round(total * PER_UNIT) / PER_UNIT
    return rounded


def _below_held(change: Change, month: date, held: float, *, in_money: bool) -> str:
    return _(
        "%(scope)s, %(month)s: %(held)s of it is held, and nothing else can make up the difference. Enter another "
        "total, or clear what is held.",
        scope=change.scope,
        month=f"{month:%Y-%m}",
        held=money(held) if in_money else number(held),
    )


def _names(leaves: pd.DataFrame, columns: list[str]) -> pd.Series[str]:
    if len(columns) > 1:
        return leaves["location_name"] + " · " + leaves["channel_name"]
    return leaves["product_name"] if columns == ["product"] else leaves[columns[0]].fillna("")
