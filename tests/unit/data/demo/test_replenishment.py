"""The daily play of stock: order, wait, receive, sell, grow old."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from data.demo.replenishment import Items, live_through, orders_of


def one_item(need: list[int], *, lead: int = 2, review: int = 3, life: int = 999, waits: bool = False) -> Items:
    """An item whose planner expects its mean need, without safety stock."""
    days = len(need)
    shape = (days, 1)
    return Items(
        need=np.array(need, dtype=np.int64).reshape(shape),
        forecast=np.full((days + 30, 1), float(np.mean(need))),
        planned_lead=np.array([lead]),
        review_days=np.array([review]),
        phase=np.array([0]),
        safety=np.zeros(1),
        minimum=np.array([1]),
        multiple=np.array([1]),
        life_days=np.array([life]),
        lead=np.full(shape, lead),
        received_share=np.ones(shape),
        part_gap=np.zeros(shape, dtype=np.int64),
        target_factor=np.ones(shape),
        waits=waits,
    )


def test_steady_need_is_always_served() -> None:
    past = live_through(one_item([10] * 30))
    assert (past.issued == 10).all()
    assert (past.written_off == 0).all()


def test_orders_arrive_after_their_lead_time_in_lots() -> None:
    items = replace(one_item([10] * 30), multiple=np.array([25]), minimum=np.array([50]))
    past = live_through(items)
    orders = orders_of(items, past)
    assert (orders.quantity % 25 == 0).all()
    assert (orders.quantity >= 50).all()
    assert (orders.first_day == orders.day + 2).all()
    assert past.arrived.sum() == orders.quantity.sum()


def test_two_parts_come_around_the_lead_time() -> None:
    items = replace(one_item([10] * 30, lead=5), part_gap=np.full((30, 1), 2))
    orders = orders_of(items, live_through(items))
    assert (orders.last_day - orders.first_day == 4).all()
    assert (orders.first_quantity + orders.last_quantity == orders.quantity).all()


def test_lost_sales_stay_lost_and_waiting_ones_are_served_later() -> None:
    need = [10] * 10 + [200] + [10] * 30
    lost, waiting = live_through(one_item(need)), live_through(one_item(need, waits=True))
    assert lost.issued.sum() < sum(need)
    assert waiting.issued.sum() == sum(need)


def test_what_is_too_old_is_written_off() -> None:
    items = replace(one_item([10] * 10 + [1] * 30, life=8), safety=np.array([100.0]))
    past = live_through(items)
    assert past.written_off.sum() > 0
    for day in range(8, 40):
        assert past.on_hand[day, 0] <= past.arrived[day - 7 : day + 1, 0].sum()


@settings(max_examples=60, deadline=None)
@given(
    need=st.lists(st.integers(0, 60), min_size=5, max_size=60),
    lead=st.integers(1, 9),
    review=st.integers(1, 10),
    life=st.integers(3, 40),
    waits=st.booleans(),
)
def test_nothing_is_lost_and_nothing_is_negative(
    need: list[int], lead: int, review: int, life: int, waits: bool
) -> None:
    items = one_item(need, lead=lead, review=review, life=life, waits=waits)
    past = live_through(items)
    assert past.on_hand.min() >= 0
    into = past.opening.sum() + past.arrived[: len(need)].sum()
    assert into == past.issued.sum() + past.written_off.sum() + past.on_hand[-1].sum()
    assert (past.issued.cumsum() <= items.need.cumsum()).all()


def test_an_order_too_large_is_seen_in_the_stock() -> None:
    factor = np.ones((30, 1))
    factor[15:18] = 5.0
    usual = live_through(one_item([10] * 30))
    too_much = live_through(replace(one_item([10] * 30), target_factor=factor))
    assert usual.on_hand[-1, 0] <= 50
    assert too_much.on_hand[-1, 0] >= usual.on_hand[-1, 0] + 60
