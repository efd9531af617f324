"""How much promotions sell on top of what would be sold anyhow, learned from those of the past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.inputs import FloatArray

DISCOUNT_STEP = 0.05
"""Discounts are put together in bands this wide, named by their middle."""
PRIOR_EVENTS = 6.0
"""What is known of the whole category or mechanic weighs like so many events of the narrower group."""
PRIOR_SPREAD = 0.5
"""Standard deviation of the uplift of one event about its group, as a share of usual sales, before any is seen."""
WIDE_80 = 1.2816
GROUP = ["mechanic", "category", "band"]
NO_BAND = -1
LEAST = -1.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an event is likely to bring: shares of usual sales. ``low`` to ``high``: where the next event of its kind
    lies four times in five. ``events`` are those of the group, ``level`` says which group it is: band (mechanic,
    category and discount), category (mechanic and category), mechanic, or none (nothing is known: all 0)."""

    uplift: float
    low: float
    high: float
    pull_forward: float
    cannibalisation: float
    events: int
    level: str


@dataclass(frozen=True, slots=True, eq=False)
class LearnedUplift:
    """Groups of past events: ``bands`` by mechanic, category and band, ``categories`` by mechanic and category,
    ``mechanics`` by mechanic. Columns: events, uplift, rate (uplift by discount, NaN without discounts), spread,
    pull_forward, cannibalisation."""

    bands: pd.DataFrame
    categories: pd.DataFrame
    mechanics: pd.DataFrame

    def proposal(self, mechanic: str, category: str, discount: float | None) -> Proposal:
        """What to expect of one event: of its own group, else of the widest that is known."""
        band = int(_bands(pd.Series([discount], dtype=float)).iloc[0])
        exact = self.bands.index.isin([(mechanic, category, band)])
        if exact.any():
            return _proposed(self.bands[exact].iloc[0], "band", None)
        of_category = self.categories.index.isin([(mechanic, category)])
        if of_category.any():
            return _proposed(self.categories[of_category].iloc[0], "category", discount)
        of_mechanic = self.mechanics.index == mechanic
        if of_mechanic.any():
            return _proposed(self.mechanics[of_mechanic].iloc[0], "mechanic", discount)
        return Proposal(0.0, 0.0, 0.0, 0.0, 0.0, 0, "none")

    def expected(self, events: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
        """Uplift and pull-forward of many events (mechanic, category, discount), 0 where nothing is known."""
        kinds = events[["mechanic", "category"]].assign(
            discount=events["discount"].astype(float), row=range(len(events))
        )
        distinct = kinds.drop(columns="row").drop_duplicates()
        found = [
            self.proposal(mechanic, category, None if np.isnan(discount) else discount)
            for mechanic, category, discount in distinct.itertuples(index=False)
        ]
        known = distinct.assign(uplift=[p.uplift for p in found], pull_forward=[p.pull_forward for p in found])
        merged = kinds.merge(known, how="left", on=["mechanic", "category", "discount"]).sort_values("row")
        return merged["uplift"].to_numpy(dtype=float), merged["pull_forward"].to_numpy(dtype=float)


def learned_uplift(past: pd.DataFrame) -> LearnedUplift:
    """Learn from past events, each group leaning on the wider one that it belongs to the more the fewer events it has.

    Inputs: past, a row for an event of a product in a channel: mechanic, category, discount (share, NaN for none),
        usual and actual (units while it ran), usual_after and actual_after (units in the week after), sisters_usual and
        sisters_actual (units of the rest of the family while it ran, NaN where not known). Rows without usual sales
        are left out.
    Returns: LearnedUplift. Within a category the uplift is taken to be in proportion to the discount where there is
        one, until events of the discount itself say otherwise. No event weighs more than the middle one of its size.
    Raises: nothing.
    Source: Bühlmann credibility (Bühlmann & Gisler 2005, chapter 3); ratio estimator: Cochran 1977, chapter 6.
    """
    known = past[(past["usual"] > 0) & np.isfinite(past["actual"])].reset_index(drop=True)
    known = known.assign(
        band=_bands(known["discount"]),
        share=known["actual"] / known["usual"] - 1.0,
        weight=known["usual"].clip(upper=known["usual"].median()),
        dip=(1.0 - known["actual_after"] / known["usual_after"].where(known["usual_after"] > 0)).fillna(0.0),
    )
    mechanics = _summed(known, ["mechanic"])
    mechanics = _leaned(mechanics, rate=mechanics["rate"], uplift=mechanics["own"], spread=PRIOR_SPREAD)
    categories = _summed(known, ["mechanic", "category"])
    above = mechanics.reindex(categories.index.get_level_values(0))
    categories = _leaned(
        categories,
        rate=above["rate"].to_numpy(),
        uplift=_of_rate(above, categories["discount"].to_numpy()),
        spread=above["spread"].to_numpy(),
    )
    bands = _summed(known, GROUP)
    above = categories.reindex(pd.MultiIndex.from_tuples([key[:2] for key in bands.index], names=GROUP[:2]))
    bands = _leaned(
        bands,
        rate=above["rate"].to_numpy(),
        uplift=_of_rate(above, bands["discount"].to_numpy()),
        spread=above["spread"].to_numpy(),
    )
    bands = bands.assign(cannibalisation=above["cannibalisation"].to_numpy())
    return LearnedUplift(bands=bands, categories=categories, mechanics=mechanics)


def _bands(discount: pd.Series) -> pd.Series:
    """The middle of the band in per cent; NO_BAND without a discount."""
    steps = (discount.astype(float) / DISCOUNT_STEP).round() * DISCOUNT_STEP * 100
    return steps.round().where(discount > 0, NO_BAND).astype(int)


def _summed(known: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Each group by itself: events, mean share and discount by weight, uplift by discount, spread, dip, sisters."""
    weighed = known.assign(
        share_weight=known["share"] * known["weight"],
        dip_weight=known["dip"] * known["weight"],
        discount_weight=known["discount"].fillna(0.0) * known["weight"],
        lost=(known["sisters_usual"] - known["sisters_actual"]).fillna(0.0),
        added=(known["actual"] - known["usual"]).where(known["sisters_usual"].notna(), 0.0),
    )
    names = ["weight", "share_weight", "dip_weight", "discount_weight", "lost", "added"]
    groups = weighed.groupby(by, sort=True)
    total = groups[names].sum()
    own = total["share_weight"] / total["weight"]
    discount = total["discount_weight"] / total["weight"]
    rest = known["share"] - own.reindex(pd.MultiIndex.from_frame(known[by]) if len(by) > 1 else known[by[0]]).to_numpy()
    squares = (rest**2 * known["weight"]).groupby([known[name] for name in by]).sum() / total["weight"]
    return pd.DataFrame(
        {
            "events": groups.size().astype(int),
            "own": own,
            "discount": discount,
            "own_rate": own / discount.where(discount > 0),
            "rate": own / discount.where(discount > 0),
            "variance": squares,
            "pull_forward": (total["dip_weight"] / total["weight"]).clip(0.0, 1.0),
            "cannibalisation": _taken(weighed, by, total),
        }
    )


def _taken(weighed: pd.DataFrame, by: list[str], total: pd.DataFrame) -> pd.Series:
    """What the rest of the family lost by what was added: 0 unless it lost for sure, four times in five."""
    ratio = total["lost"] / total["added"].where(total["added"] > 0)
    keys = [weighed[name] for name in by]
    of_row = ratio.reindex(pd.MultiIndex.from_frame(weighed[by]) if len(by) > 1 else weighed[by[0]]).to_numpy()
    rest = (weighed["lost"] - of_row * weighed["added"]).fillna(0.0)
    error = np.sqrt((rest**2).groupby(keys).sum()) / total["added"].where(total["added"] > 0)
    sure = ratio - WIDE_80 * error > 0
    return ratio.where(sure, 0.0).clip(0.0, 1.0).fillna(0.0)


def _leaned(groups: pd.DataFrame, *, rate: object, uplift: object, spread: object) -> pd.DataFrame:
    """Groups drawn towards what the wider group makes one expect."""
    own = groups["events"] / (groups["events"] + PRIOR_EVENTS)
    prior = pd.Series(np.asarray(uplift, dtype=float), groups.index).fillna(groups["own"])
    wider = pd.Series(np.broadcast_to(np.asarray(rate, dtype=float), len(groups)), groups.index)
    wider = wider.fillna(groups["own_rate"])
    variance = pd.Series(np.broadcast_to(np.asarray(spread, dtype=float) ** 2, len(groups)), groups.index)
    return groups.assign(
        uplift=own * groups["own"] + (1 - own) * prior,
        rate=own * groups["own_rate"].fillna(wider) + (1 - own) * wider,
        spread=np.sqrt(own * groups["variance"] + (1 - own) * variance.fillna(PRIOR_SPREAD**2)),
    )


def _of_rate(groups: pd.DataFrame, discount: FloatArray) -> FloatArray:
    """The uplift a group makes one expect at a discount."""
    rate = groups["rate"].to_numpy(dtype=float)
    found: FloatArray = np.where(np.isfinite(rate) & (discount > 0), rate * discount, groups["uplift"].to_numpy())
    return found


def _proposed(group: pd.Series, level: str, discount: float | None) -> Proposal:
    uplift = float(group["uplift"])
    if discount and np.isfinite(group["rate"]):
        uplift = float(group["rate"]) * discount
    wide = WIDE_80 * float(group["spread"]) * np.sqrt(1 + 1 / (group["events"] + PRIOR_EVENTS))
    return Proposal(
        uplift=max(uplift, LEAST),
        low=max(uplift - float(wide), LEAST),
        high=uplift + float(wide),
        pull_forward=float(group["pull_forward"]),
        cannibalisation=float(group["cannibalisation"]),
        events=int(group["events"]),
        level=level,
    )
