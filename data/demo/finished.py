"""Three years of finished goods: what was wanted, what was there, what was sold."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo import situations
from data.demo.basis import Basis
from data.demo.demand import Demand, expected_by_pair
from data.demo.flows import Flow, beside, bought, made
from data.demo.replenishment import Items, live_through, orders_of, safety_stock
from data.demo.rules import SECOND_SOURCE_SHARE
from data.demo.scale import Scale, stream

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NOTICE_DAYS, OEM_NOTICE_DAYS = 10, 21  # from the order to the plant to the goods in the store
LATE_SHARE = 0.10
REVIEW_MADE, REVIEW_BOUGHT = 7, 14
SAFETY_MADE, SAFETY_BOUGHT = 1.2, 1.5
CASES_A_BATCH = 5
SHORT_LIFE_DAYS = 180
LIFE_SHARE_BOUGHT = 0.9  # of the shelf life is left when bought goods come


def stock_finished(basis: Basis, demand: Demand, terms: pd.DataFrame) -> Flow:
    """Play the past of every product at every location that sells it."""
    catalogue, scale = basis.catalogue, basis.scale
    rng = stream("finished goods")
    pairs = demand.pairs.join(catalogue.products.set_index("id"), on="product_id")
    product = pairs["product_id"].to_numpy()
    first = first_sources(terms).reindex(product)
    second = second_sources(terms).reindex(product)
    is_bought = first["supplier_id"].notna().to_numpy()
    for_oem = np.array([catalogue.goods[int(item)].variety.oem > 0 for item in product])
    notice = np.where(for_oem, OEM_NOTICE_DAYS, NOTICE_DAYS)
    planned = np.where(is_bought, first["lead_time_days"].fillna(0).to_numpy(), notice).astype(np.int64)
    review = np.where(is_bought, REVIEW_BOUGHT, REVIEW_MADE)
    shelf = pairs["shelf_life_days"].to_numpy(dtype=np.int64)
    life = np.where(is_bought, (shelf * LIFE_SHARE_BOUGHT).astype(np.int64), shelf)
    days = basis.calendar.history
    supplier = first["supplier_id"].fillna(1).to_numpy(dtype=np.int64)
    sourcing = beside(
        made(rng, days=days, notice_days=notice, late_share=LATE_SHARE),
        bought(
            rng,
            days=days,
            first=supplier,
            second=second["supplier_id"].fillna(pd.Series(supplier, index=product)).to_numpy(dtype=np.int64),
            second_share=np.full(len(pairs), SECOND_SOURCE_SHARE),
            rules=basis.network.supplier_rules,
        ),
        use_right=is_bought,
    )
    need = _by_pair(demand.wanted, demand.series["pair"].to_numpy()).T
    chosen = _situations(scale, pairs[~for_oem], need, shelf)
    situations.hold_up(stream("hold up goods"), sourcing, chosen, cover=planned + review)
    batch = pairs["units_per_case"].to_numpy(dtype=np.int64) * CASES_A_BATCH
    items = Items(
        need=need,
        forecast=expected_by_pair(demand).T,
        planned_lead=planned,
        review_days=review,
        phase=product % review,
        safety=safety_stock(
            need, days=planned + review, factor=1.0
        ) * np.where(is_bought, SAFETY_BOUGHT, SAFETY_MADE),
        minimum=np.where(is_bought, first["moq"].fillna(0).to_numpy(), batch).astype(np.int64),
        multiple=np.where(is_bought, first["multiple"].fillna(1).to_numpy(), batch).astype(np.int64),
        life_days=life,
        lead=sourcing.lead,
        received_share=sourcing.received_share,
        part_gap=sourcing.part_gap,
        target_factor=situations.target_factors(
            stream("orders too large"), chosen, days=days, planned_lead=planned, review=review, life=life
        ),
        waits=False,
    )  # fmt: skip
    past = live_through(items)
    return Flow(
        product_id=product,
        location_id=pairs["location_id"].to_numpy(),
        unit=np.ones(len(pairs)),
        first_day=0,
        items=items,
        past=past,
        orders=orders_of(items, past),
        supplier=sourcing.supplier,
    )


def sold_by_series(demand: Demand, flow: Flow) -> Ints:
    """Sales of every channel: in a shortage each gets its part. Series x history."""
    pair = demand.series["pair"].to_numpy()
    asked = np.cumsum(demand.wanted, axis=0)
    start = np.flatnonzero(np.diff(pair, prepend=-1))
    before = np.concatenate([np.zeros((1, asked.shape[1]), dtype=np.int64), asked])[start][pair]
    need, issued = flow.items.need.T[pair], flow.past.issued.T[pair]
    # Running totals are rounded, not parts, so that the parts add up to what was issued.
    upto = (asked - before) * issued // np.maximum(need, 1)
    return np.asarray(np.where(np.diff(pair, prepend=-1)[:, None] != 0, upto, np.diff(upto, axis=0, prepend=0)))


def first_sources(terms: pd.DataFrame) -> pd.DataFrame:
    """Terms of the main supplier, by product."""
    return terms[terms["share"] > 0.5].set_index("product_id")


def second_sources(terms: pd.DataFrame) -> pd.DataFrame:
    """Terms of the second supplier, by product."""
    return terms[terms["share"] < 0.5].set_index("product_id")


def _by_pair(series: Ints, pair: Ints) -> Ints:
    return np.asarray(np.add.reduceat(series, np.flatnonzero(np.diff(pair, prepend=-1)), axis=0))


def _situations(scale: Scale, pairs: pd.DataFrame, need: Ints, shelf: Ints) -> situations.Situations:
    """Among the steady sellers of our own brands, without launch or end."""
    often = (need[-90:] > 0).mean(axis=0) > 0.7
    active = pairs.index[pairs["life_cycle"] == "active"].to_numpy()
    able = active[often[active]]
    value = need[-90:].mean(axis=0) * pairs["unit_price"].reindex(range(need.shape[1])).to_numpy()
    return situations.choose(
        stream("situations"), scale, able=able, value=value, short_lived=able[shelf[able] <= SHORT_LIFE_DAYS]
    )
