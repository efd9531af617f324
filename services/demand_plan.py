"""The demand plan: what was sold, what statistics expect, what people say, and the consensus, month by month.

A leaf is a product at a location through a channel; every other level adds leaves up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.demand_consensus import Cells, Ints, consensus
from analytics.inputs import FloatArray
from core.clock import today
from core.errors import InvalidInput
from core.i18n import _
from core.viewer import Viewer
from data.frames import shared_frame
from data.queries import demand_plan as rows
from services import consensus_weights
from services.event_uplift import planned_uplift

LEAF = rows.LEAF
HISTORY_MONTHS = 36
SHARE_MONTHS = 12
SAME = 1e-9
DECIDED = "planner"
"""The stream that is not weighed: what the demand planner decides stands."""
WEIGHED = consensus_weights.WEIGHED
STREAMS = (*WEIGHED, DECIDED)
BASE_SUBJECTS = ("demand", "forecast", "products", "master")
SUBJECTS = (*BASE_SUBJECTS, "demand_plan", "event", *consensus_weights.SUBJECTS)
"""Whose versions count the changes of the demand plan; edits bump demand_plan."""


@dataclass(frozen=True, slots=True, eq=False)
class DemandBase:
    """What people plan on top of. ``leaves``: a row a leaf, with names and hierarchy (product, product_name, category,
    family, brand, uom, life_cycle, unit_price, unit_cost, location, location_name, region, channel, channel_name) and
    ``price``: RM a unit as sold in the last year, else the list price. ``history``: leaves x ``past`` months, the last
    one that of today as far as it has been sold; ``statistical``: leaves x ``months``, the first one that of today."""

    run_id: int | None
    leaves: pd.DataFrame
    past: list[date]
    history: FloatArray
    months: list[date]
    statistical: FloatArray

    @property
    def fingerprint(self) -> int:
        """Another one whenever it is of other leaves."""
        return hash(self.leaves[LEAF].to_numpy().tobytes())

    def last_year(self) -> FloatArray:
        """leaves x months: demand of the same month a year before, NaN where it is not known."""
        found = np.full(self.statistical.shape, np.nan)
        places = {month: place for place, month in enumerate(self.past[:-1])}
        for at, month in enumerate(self.months):
            place = places.get(month.replace(year=month.year - 1))
            if place is not None:
                found[:, at] = self.history[:, place]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class DemandPlan:
    """The layers of the plan, leaves x months of ``base``, units: ``uplift`` of approved events that statistics did
    not know of, ``streams`` as cells, ``weighed``: the mean of those that are weighed, ``consensus``: the same where
    nothing was decided."""

    base: DemandBase
    uplift: FloatArray
    streams: Mapping[str, Cells]
    weighed: FloatArray
    consensus: FloatArray

    @property
    def baseline(self) -> FloatArray:
        """Statistics and events, before people spoke."""
        found: FloatArray = self.base.statistical + self.uplift
        return found


def demand_base(session: Session, viewer: Viewer) -> DemandBase:
    """History and statistical forecast of every leaf, kept in memory until they change.

    Inputs: an open session and the viewer.
    Returns: DemandBase; without a monthly forecast of all products that reaches into the future it has no months. A
        forecast that was not split by channel is split as demand of its last SHARE_MONTHS months was. Not to be
        changed.
    Raises: nothing of its own.
    Source: screens.md 2; docs/demand-plan.md.
    """
    base = _base_with(session, viewer, ())
    # What a stream alone knows of is rare: an edit of what is known leaves the base as it is.
    unknown = shared_frame(
        session,
        viewer,
        "demand_unknown_leaves",
        subjects=(*BASE_SUBJECTS, "demand_plan"),
        args=(today(),),
        compute=lambda: _unknown(session, base),
    )
    return _base_with(session, viewer, unknown) if unknown else base


def demand_plan(session: Session, viewer: Viewer) -> DemandPlan:
    """The demand plan of now, kept in memory until it changes.

    Inputs: an open session and the viewer.
    Returns: DemandPlan. Not to be changed.
    Raises: nothing of its own.
    Source: docs/demand-plan.md.
    """
    return shared_frame(
        session,
        viewer,
        "demand_plan",
        subjects=SUBJECTS,
        args=(today(),),
        compute=lambda: _plan(session, viewer, demand_base(session, viewer)),
    )


def planned_demand(session: Session, viewer: Viewer) -> pd.DataFrame:
    """What the supply plan has to serve instead of the statistical forecast.

    Inputs: an open session and the viewer.
    Returns: product_id, location_id, period (month), quantity (units), every month of each product and location whose
        consensus differs from statistics in any month.
    Raises: nothing of its own.
    Source: ours.
    """
    found = demand_plan(session, viewer)
    if not found.base.months:
        return pd.DataFrame(columns=["product_id", "location_id", "period", "quantity"])
    items = found.base.leaves[LEAF[:2]]
    differs = (np.abs(found.consensus - found.base.statistical) > SAME).any(axis=1)
    own = items.merge(items[differs].drop_duplicates(), how="left", indicator=True)["_merge"].eq("both").to_numpy()
    wide = pd.DataFrame(found.consensus[own], columns=found.base.months)
    wide = pd.concat([items[own].reset_index(drop=True), wide], axis=1).groupby(LEAF[:2], as_index=False).sum()
    return wide.melt(LEAF[:2], var_name="period", value_name="quantity")


def figures_of(streams: Mapping[str, Cells], stream: str, shape: tuple[int, int]) -> FloatArray:
    """What a stream says.

    Inputs: cells by stream; the stream; leaves and months of the plan.
    Returns: leaves x months, units, NaN where it is silent.
    Raises: nothing.
    Source: none; ours.
    """
    return streams[stream].dense(shape) if stream in streams else np.full(shape, np.nan)


def sold_last_year(base: DemandBase) -> FloatArray:
    """What each leaf sold in the last SHARE_MONTHS whole months.

    Inputs: base.
    Returns: (leaves,), units.
    Raises: nothing.
    Source: none; ours.
    """
    sold: FloatArray = base.history[:, -SHARE_MONTHS - 1 : -1].sum(axis=1)
    return sold


def require_months(base: DemandBase) -> None:
    """Stop what needs a forecast while there is none.

    Inputs: base.
    Returns: nothing.
    Raises: InvalidInput that says what to do.
    Source: none; ours.
    """
    if not base.months:
        raise InvalidInput(_("There is no monthly forecast of all products yet: run one under Demand › Forecast runs."))


def _base_with(session: Session, viewer: Viewer, more: tuple[tuple[int, ...], ...]) -> DemandBase:
    return shared_frame(
        session,
        viewer,
        "demand_base",
        subjects=BASE_SUBJECTS,
        args=(today(), more),
        compute=lambda: _base(session, more),
    )


def _unknown(session: Session, base: DemandBase) -> tuple[tuple[int, ...], ...]:
    """Leaves that streams speak of and the base does not have."""
    named = rows.stream_keys(session, since=base.past[-1])
    return tuple(map(tuple, named.loc[places(base.leaves, named) < 0, LEAF].to_numpy().tolist()))


def _base(session: Session, more: tuple[tuple[int, ...], ...]) -> DemandBase:
    """``more``: leaves beside those that were sold or are expected."""
    first = today().replace(day=1)
    past = _months(first, -HISTORY_MONTHS, 1)
    sold = rows.months(session, since=past[0], until=first)
    run = rows.basis(session, as_of=first)
    expected = _expected(session, run, first, sold)
    months = [day.date() for day in sorted(expected["period"].unique())]
    keys = pd.concat([sold[LEAF], expected[LEAF], pd.DataFrame(list(more), columns=LEAF)])
    leaves = _leaves(session, keys.drop_duplicates().astype("int64"))
    history, revenue = (_table(leaves, sold.rename(columns={"month": "period"}), past, name) for name in _SOLD)
    return DemandBase(
        run_id=None if run is None else int(run.id),
        leaves=leaves.assign(price=_price(leaves, history, revenue)),
        past=past,
        history=history,
        months=months,
        statistical=_table(leaves, expected, months, "quantity"),
    )


_SOLD = ("quantity", "revenue")


def _months(first: date, begin: int, end: int) -> list[date]:
    start = pd.Timestamp(first)
    return [(start + pd.DateOffset(months=step)).date() for step in range(begin, end)]


def _expected(session: Session, run: Any, first: date, sold: pd.DataFrame) -> pd.DataFrame:
    """The forecast by leaf and month from this month on."""
    if run is None:
        return pd.DataFrame(columns=[*LEAF, "period", "quantity"])
    whole = rows.forecast(session, run_id=run.id, since=first)
    parts = rows.channel_forecast(session, run_id=run.id, since=first)
    items = ["product_id", "location_id"]
    split = pd.MultiIndex.from_frame(whole[items]).isin(pd.MultiIndex.from_frame(parts[items]))
    shares = _shares(sold, whole[items].drop_duplicates(), rows.channels(session), first)
    shared = whole[~split].merge(shares, on=items)
    shared = shared.assign(quantity=shared["quantity"] * shared["share"])
    return pd.concat([parts, shared[parts.columns]], ignore_index=True) if len(parts) else shared[_EXPECTED]


_EXPECTED = [*LEAF, "period", "quantity"]


def _shares(sold: pd.DataFrame, items: pd.DataFrame, channels: pd.DataFrame, first: date) -> pd.DataFrame:
    """The part of each channel in what a product sold at a location lately, else ever; what never sold is all of the
    first channel's."""
    since = _months(first, -SHARE_MONTHS, 0)[0]
    recent = sold["quantity"].where(pd.Series(sold["month"] >= pd.Timestamp(since), dtype=bool), 0.0)
    found = sold.assign(recent=recent).groupby(LEAF)[["quantity", "recent"]].sum().clip(lower=0.0)
    whole = found.groupby(level=[0, 1]).transform("sum")
    basis = found["recent"].where(whole["recent"] > 0, found["quantity"])
    share = (basis / basis.groupby(level=[0, 1]).transform("sum")).dropna().rename("share").reset_index()
    unsold = items[~pd.MultiIndex.from_frame(items).isin(pd.MultiIndex.from_frame(share[LEAF[:2]]))]
    alone = unsold.merge(channels[["channel_id"]].head(1), how="cross").assign(share=1.0)
    return pd.concat([share, alone], ignore_index=True).astype({"channel_id": "int64"})


def _leaves(session: Session, keys: pd.DataFrame) -> pd.DataFrame:
    named = keys.merge(rows.products(session), on="product_id").merge(rows.locations(session), on="location_id")
    named = named.merge(rows.channels(session), on="channel_id")
    return named.sort_values(["product", "location", "channel"], kind="stable").reset_index(drop=True)


def places(leaves: pd.DataFrame, found: pd.DataFrame) -> Ints:
    """Which leaf each row is about.

    Inputs: leaves and rows, both with LEAF.
    Returns: places among the leaves, -1 for none.
    Raises: nothing.
    Source: none; ours.
    """
    index = pd.MultiIndex.from_frame(leaves[LEAF])
    return np.asarray(index.get_indexer(pd.MultiIndex.from_frame(found[LEAF].astype("int64"))), dtype=np.int64)


def _table(leaves: pd.DataFrame, found: pd.DataFrame, months: list[date], name: str) -> FloatArray:
    table = np.zeros((len(leaves), len(months)))
    if len(found):
        at = pd.DatetimeIndex(months).get_indexer(pd.DatetimeIndex(found["period"]))
        place = places(leaves, found)
        inside = (at >= 0) & (place >= 0)
        np.add.at(table, (place[inside], at[inside]), found[name].to_numpy(dtype=float)[inside])
    return table


def _price(leaves: pd.DataFrame, history: FloatArray, revenue: FloatArray) -> FloatArray:
    sold, paid = (part[:, -SHARE_MONTHS - 1 :].sum(axis=1) for part in (history, revenue))
    listed = leaves["unit_price"].fillna(0.0).to_numpy(dtype=float)
    realised = np.divide(paid, sold, out=listed.copy(), where=(sold > 0) & (paid > 0))
    found: FloatArray = realised
    return found


def _plan(session: Session, viewer: Viewer, base: DemandBase) -> DemandPlan:
    def kept(name: str, compute: Callable[[], Any]) -> Any:
        """What edits leave as it is, so that they need not wait for it."""
        subjects = tuple(subject for subject in SUBJECTS if subject != "demand_plan")
        args = (today(), base.fingerprint)
        return shared_frame(session, viewer, f"demand_{name}", subjects=subjects, args=args, compute=compute)

    uplift = kept("uplift", lambda: planned_uplift(session, viewer, base))
    weights = kept("weights", lambda: consensus_weights.leaf_weights(session, viewer, base.leaves))
    streams = said_now(session, base, base.statistical + uplift)
    weighed = {name: cells for name, cells in streams.items() if name in WEIGHED}
    mean = consensus(base.statistical + uplift, weighed, weights=weights)
    decided = consensus(mean, {}, weights={}, decided=streams.get(DECIDED))
    return DemandPlan(base=base, uplift=uplift, streams=streams, weighed=mean, consensus=decided)


def said_now(session: Session, base: DemandBase, baseline: FloatArray) -> dict[str, Cells]:
    """What people say of each leaf, read anew.

    Inputs: an open session; base; its baseline, leaves x months.
    Returns: cells of each stream that says anything.
    Raises: nothing.
    Source: docs/demand-plan.md.
    """
    if not base.months:
        return {}
    said = rows.streams(session, since=base.months[0], as_of=today())
    said = said.assign(at=said["period"].map({month: place for place, month in enumerate(base.months)}))
    said = said.dropna(subset=["at"])
    return {
        name: _cells(base, baseline, said[said["stream"] == name]) for name in STREAMS if name in set(said["stream"])
    }


def _cells(base: DemandBase, baseline: FloatArray, said: pd.DataFrame) -> Cells:
    """Figures of one stream; one for all channels is shared out like the baseline, among the channels of which the
    stream says nothing of their own."""
    single = said.dropna(subset=["channel_id"])
    row, at = places(base.leaves, single), single["at"].to_numpy(dtype=np.int64)
    table = np.full(baseline.shape, np.nan)
    table[row[row >= 0], at[row >= 0]] = single["quantity"].to_numpy(dtype=float)[row >= 0]
    items = base.leaves[LEAF[:2]].assign(row=np.arange(len(base.leaves)))
    parts = said[said["channel_id"].isna()].drop(columns="channel_id").merge(items, on=LEAF[:2])
    row, at = parts["row"].to_numpy(dtype=np.int64), parts["at"].to_numpy(dtype=np.int64)
    spoken, expected = table[row, at], baseline[row, at]
    cell = [parts["product_id"], parts["location_id"], parts["at"]]
    left = parts["quantity"] - pd.Series(spoken, parts.index).groupby(cell).transform("sum")
    free = pd.Series(np.isnan(spoken), parts.index)
    weight = pd.Series(expected, parts.index).where(free, 0.0)
    whole, count = weight.groupby(cell).transform("sum"), free.groupby(cell).transform("sum")
    share = (weight / whole.where(whole > 0)).fillna(1 / count.where(count > 0))
    chosen = free.to_numpy()
    table[row[chosen], at[chosen]] = (left.clip(lower=0.0) * share).to_numpy(dtype=float)[chosen]
    row, at = np.nonzero(~np.isnan(table))
    return Cells(row, at, table[row, at])
