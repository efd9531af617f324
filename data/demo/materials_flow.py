"""The plant's own stock: preparations from the kitchen, and what is bought for all of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo import situations
from data.demo.basis import Basis
from data.demo.calendar import Calendar
from data.demo.finished import NOTICE_DAYS, first_sources, second_sources
from data.demo.flows import NEVER_OLD, ORDER_DAYS, Flow, Sourcing, bought, made, smoothed
from data.demo.network import PLANT
from data.demo.products import Catalogue, scrap_of
from data.demo.replenishment import Items, live_through, orders_of, safety_stock
from data.demo.rules import SECOND_SOURCE_SHARE
from data.demo.scale import HORIZON_DAYS, stream

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

RUN_DAYS = 3  # a batch of finished goods is on the line so long; its components are taken on the first day
KITCHEN_DAYS, KITCHEN_REVIEW, KITCHEN_RUN_DAYS = 2, 4, 1
KITCHEN_LATE_SHARE, KITCHEN_SAFETY, KITCHEN_BATCH = 0.05, 1.5, 100_000
REVIEW_BOUGHT, REVIEW_PORTAL, SAFETY_BOUGHT = 14, 9, 1.3
LIFE_SHARE = 0.95
SMOOTHING_DAYS = 28
GRAM = 0.001
PORTAL_SUPPLIERS, PORTAL_ORDER_DAYS = 2, 4


def stock_kitchen(basis: Basis, finished: Flow) -> list[Flow]:
    """Preparations, those that use others first, so that the others know their need."""
    catalogue = basis.catalogue
    semi = catalogue.products.loc[catalogue.products["kind"] == "semi_finished", "id"].tolist()
    upper = [item for item in semi if any(part in semi for part in catalogue.recipes[item].components)]
    flows: list[Flow] = []
    for stage in (upper, [item for item in semi if item not in upper]):
        if stage:
            flows.append(_kitchen(basis, np.array(stage), [finished, *flows], stage=len(flows)))
    return flows


def stock_bought(basis: Basis, users: list[Flow], terms: pd.DataFrame) -> Flow:
    """Materials and packaging, needed by all that is made."""
    catalogue, scale = basis.catalogue, basis.scale
    products = catalogue.products.set_index("id")
    chosen = products.index[products["kind"].isin(["material", "packaging"])].to_numpy()
    unit = np.where(products.loc[chosen, "kind"] == "packaging", 1.0, GRAM)
    need = _need(basis, chosen, unit, users)
    first, second = first_sources(terms).reindex(chosen), second_sources(terms).reindex(chosen)
    planned = first["lead_time_days"].to_numpy(dtype=np.int64)
    shelf = products.loc[chosen, "shelf_life_days"].astype("float64").to_numpy()
    life = np.where(np.isnan(shelf), NEVER_OLD, np.nan_to_num(shelf) * LIFE_SHARE).astype(np.int64)
    supplier = first["supplier_id"].to_numpy(dtype=np.int64)
    rng = stream("bought materials")
    sourcing = bought(
        rng,
        days=len(need),
        first=supplier,
        second=second["supplier_id"].fillna(pd.Series(supplier, index=chosen)).to_numpy(dtype=np.int64),
        second_share=np.full(len(chosen), SECOND_SOURCE_SHARE),
        rules=basis.network.supplier_rules,
    )
    usual = np.where(supplier <= PORTAL_SUPPLIERS, REVIEW_PORTAL, REVIEW_BOUGHT)
    review = np.minimum(usual, np.maximum(life // 6, 4))
    used = np.flatnonzero((need[-90:] > 0).mean(axis=0) > 0.2)
    value = need[-90:].mean(axis=0) * unit * products.loc[chosen, "unit_cost"].to_numpy()
    found = situations.choose(
        stream("material situations"), scale, able=used, value=value, short_lived=used[:0], parts=2
    )
    situations.hold_up(stream("hold up materials"), sourcing, found, cover=planned + review)
    return _flow(
        chosen,
        unit,
        need,
        basis.calendar,
        sourcing,
        planned=planned,
        review=review,
        safety_factor=SAFETY_BOUGHT,
        minimum=np.rint(first["moq"].to_numpy() / unit).astype(np.int64),
        multiple=np.rint(first["multiple"].to_numpy() / unit).astype(np.int64),
        life=life,
        phase=_phase(chosen, supplier, review, days=len(need)),
        target_factor=situations.target_factors(
            stream("materials too many"), found, days=len(need), planned_lead=planned, review=review, life=life
        ),
    )


def daily_use(catalogue: Catalogue, per_day: dict[int, float]) -> dict[int, float]:
    """Mean use of everything a day, when finished goods sell ``per_day``."""
    use = dict(per_day)
    kinds = catalogue.products.set_index("id")["kind"]
    for item, recipe in sorted(catalogue.recipes.items(), key=lambda pair: _depth(catalogue, pair[0]), reverse=True):
        for component, quantity in recipe.components.items():
            taken = use.get(item, 0.0) * quantity / recipe.yield_share * (1 + scrap_of(str(kinds[component])))
            use[component] = use.get(component, 0.0) + taken
    return use


def starts_on(flow: Flow, *, run_days: int) -> Ints:
    """Calendar index of the day each order of a made item goes on the line."""
    return np.asarray(flow.first_day + flow.orders.day + flow.items.planned_lead[flow.orders.item] - run_days)


def _phase(chosen: Ints, supplier: Ints, review: Ints, *, days: int) -> Ints:
    """Reviews are spread over the days; portal suppliers got their last orders this week, so that some wait there."""
    this_week = days - 1 - chosen % PORTAL_ORDER_DAYS
    return np.asarray(np.where(supplier <= PORTAL_SUPPLIERS, this_week, chosen) % review)


def _depth(catalogue: Catalogue, item: int) -> int:
    """How many stages are made from bought items up to this one."""
    components = catalogue.recipes[item].components
    return 1 + max((_depth(catalogue, part) for part in components if part in catalogue.recipes), default=0)


def _kitchen(basis: Basis, chosen: Ints, users: list[Flow], *, stage: int) -> Flow:
    unit = np.full(len(chosen), GRAM)
    need = _need(basis, chosen, unit, users)
    sourcing = made(
        stream(f"kitchen {stage}"),
        days=len(need),
        notice_days=np.full(len(chosen), KITCHEN_DAYS),
        late_share=KITCHEN_LATE_SHARE,
    )
    shelf = basis.catalogue.products.set_index("id").loc[chosen, "shelf_life_days"].to_numpy(dtype=np.int64)
    batch = np.full(len(chosen), KITCHEN_BATCH)
    return _flow(
        chosen,
        unit,
        need,
        basis.calendar,
        sourcing,
        planned=np.full(len(chosen), KITCHEN_DAYS),
        review=np.full(len(chosen), KITCHEN_REVIEW),
        safety_factor=KITCHEN_SAFETY,
        minimum=batch,
        multiple=batch,
        life=shelf,
        phase=chosen % KITCHEN_REVIEW,
        target_factor=np.ones(need.shape),
    )


def _flow(
    chosen: Ints,
    unit: Floats,
    need: Ints,
    calendar: Calendar,
    sourcing: Sourcing,
    *,
    planned: Ints,
    review: Ints,
    safety_factor: float,
    minimum: Ints,
    multiple: Ints,
    life: Ints,
    phase: Ints,
    target_factor: Floats,
) -> Flow:
    items = Items(
        need=need,
        forecast=smoothed(need, window=SMOOTHING_DAYS, horizon=HORIZON_DAYS),
        planned_lead=planned,
        review_days=review,
        phase=phase,
        safety=safety_stock(need, days=planned + review, factor=safety_factor),
        minimum=minimum,
        multiple=multiple,
        life_days=life,
        lead=sourcing.lead,
        received_share=sourcing.received_share,
        part_gap=sourcing.part_gap,
        target_factor=target_factor,
        waits=True,
    )
    past = live_through(items)
    plant = np.full(len(chosen), PLANT)
    first_day = calendar.history - len(need)
    return Flow(chosen, plant, unit, first_day, items, past, orders_of(items, past), sourcing.supplier)


def _need(basis: Basis, chosen: Ints, unit: Floats, users: list[Flow]) -> Ints:
    """What the lines take of each item: days x items, in smallest units; orders that begin today are not counted."""
    catalogue, calendar = basis.catalogue, basis.calendar
    days = min(ORDER_DAYS, calendar.history - NOTICE_DAYS - RUN_DAYS)
    begin = calendar.history - days
    kinds = catalogue.products.set_index("id")["kind"]
    place = {int(item): column for column, item in enumerate(chosen)}
    need = np.zeros((days, len(chosen)))
    for flow in users:
        kitchen = flow.location_id[0] == PLANT
        start = starts_on(flow, run_days=KITCHEN_RUN_DAYS if kitchen else RUN_DAYS) - begin
        made_orders = (flow.supplier[flow.orders.day, flow.orders.item] == 0) & (start >= 0) & (start < days)
        day, item = start[made_orders], flow.orders.item[made_orders]
        batch = flow.orders.quantity[made_orders] * flow.unit[item]
        for column in np.unique(item):
            product = int(flow.product_id[column])
            recipe, mine = catalogue.recipes[product], item == column
            for component, quantity in recipe.components.items():
                if component in place:
                    taken = quantity / recipe.yield_share * (1 + scrap_of(str(kinds[component])))
                    np.add.at(need[:, place[component]], day[mine], batch[mine] * taken)
    return np.ceil(need / unit - 1e-6).astype(np.int64)
