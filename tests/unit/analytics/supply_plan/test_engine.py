"""The plan of a network: a textbook's figures, what must hold in every cell, and a plan made one node at a time."""

from __future__ import annotations

from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from supply_networks import column, network_of, one_node, open_weeks

from analytics.errors import AnalyticsError
from analytics.supply_plan.engine import SupplyInputs, SupplyPlan, supply_plan, what_if
from analytics.supply_plan.network import Arcs, Sources, SupplyNetwork


class TestTextbook:
    def test_lot_for_lot_with_safety_stock_and_lead_time(self) -> None:
        # Gross 35, 30, 40, 0, 10; 25 on hand, 20 due in week 1, safety 10, lead time 1.
        network = one_node(5, lead_time=1)
        inputs = SupplyInputs.of(column(35, 30, 40, 0, 10), stock=25.0, receipts=column(20, 0, 0, 0, 0), safety=10.0)
        plan = supply_plan(network, inputs)
        assert plan.planned[:, 0].tolist() == [0, 30, 40, 0, 10]
        assert plan.releases[:, 0].tolist() == [30, 40, 0, 10, 0]
        assert plan.stock[:, 0].tolist() == [10, 10, 10, 10, 10]

    def test_components_are_wanted_when_the_parent_is_started(self) -> None:
        # One table of four legs and a top; the legs take three weeks, so the first ones come late.
        sources = Sources.of([0, 1, 2], lead_time=[1, 3, 1])
        arcs = Arcs.of([0, 0], [1, 2], [4, 1])
        network = SupplyNetwork(3, sources, arcs, open_weeks(6))
        demand = np.zeros((6, 3))
        demand[[2, 4], 0] = 10, 5
        plan = supply_plan(network, SupplyInputs.of(demand, stock=np.array([0, 30, 0])))
        assert plan.dependent[:, 1].tolist() == [0, 40, 0, 20, 0, 0]
        assert plan.dependent[:, 2].tolist() == [0, 10, 0, 5, 0, 0]
        assert plan.planned[:, 1].tolist() == [0, 0, 0, 30, 0, 0]
        assert plan.stock[1:3, 1].tolist() == [-10, -10]

    def test_least_quantity_and_multiple(self) -> None:
        plan = supply_plan(one_node(3, minimum=20, multiple=12), SupplyInputs.of(column(5, 10, 30)))
        assert plan.planned[:, 0].tolist() == [24, 0, 24]

    def test_an_order_covers_the_periods_asked_for(self) -> None:
        plan = supply_plan(one_node(6), SupplyInputs.of(column(1, 2, 3, 4, 5, 6), cover=3))
        assert plan.planned[:, 0].tolist() == [6, 0, 0, 15, 0, 0]

    def test_nothing_new_is_released_in_the_frozen_weeks(self) -> None:
        plan = supply_plan(one_node(5, lead_time=1), SupplyInputs.of(column(5, 5, 5, 5, 5), frozen=2))
        assert plan.releases[:, 0].tolist() == [0, 0, 20, 5, 0]
        assert plan.stock[:, 0].tolist() == [-5, -10, -15, 0, 0]


class TestCalendar:
    def test_a_closed_week_is_stocked_up_for_and_not_worked_in(self) -> None:
        weeks = np.array([[True, True, False, True, True]])
        network = SupplyNetwork(1, Sources.of([0], lead_time=1), Arcs.of(), weeks)
        plan = supply_plan(network, SupplyInputs.of(column(0, 5, 5, 5, 5)))
        assert plan.planned[:, 0].tolist() == [0, 10, 0, 5, 5]
        assert plan.releases[:, 0].tolist() == [10, 5, 0, 5, 0]


class TestShelfLife:
    def test_expired_stock_is_not_sold_and_is_ordered_again(self) -> None:
        # 30 on hand, 20 of them good for the first week only; five a week are wanted.
        inputs = SupplyInputs.of(column(5, 5, 5, 5), stock=30.0, expiring=column(20, 0, 0, 0))
        plan = supply_plan(one_node(4), inputs)
        assert plan.waste[:, 0].tolist() == [15, 0, 0, 0]
        assert plan.planned[:, 0].tolist() == [0, 0, 0, 5]

    def test_what_is_ordered_expires_too(self) -> None:
        plan = supply_plan(one_node(4, minimum=10), SupplyInputs.of(column(4, 4, 4, 4), good_for=2.0))
        assert plan.waste[:, 0].tolist() == [0, 2, 0, 2]

    def test_no_order_covers_more_than_the_shelf_life(self) -> None:
        plan = supply_plan(one_node(4), SupplyInputs.of(column(4, 4, 4, 4), good_for=2.0, cover=4))
        assert plan.planned[:, 0].tolist() == [8, 0, 8, 0]
        assert not plan.waste.any()


class TestShares:
    def test_orders_go_to_the_sources_by_their_shares(self) -> None:
        network = SupplyNetwork(1, Sources.of([0, 0], share=[0.75, 0.25]), Arcs.of(), open_weeks(40))
        plan = supply_plan(network, SupplyInputs.of(np.full((40, 1), 10.0)))
        assert plan.receipts.sum(axis=0).tolist() == [300, 100]

    def test_the_quick_source_steps_in_when_the_other_is_too_slow(self) -> None:
        network = SupplyNetwork(1, Sources.of([0, 0], lead_time=[5, 1], share=[0.9, 0.1]), Arcs.of(), open_weeks(8))
        plan = supply_plan(network, SupplyInputs.of(np.full((8, 1), 10.0)))
        assert plan.receipts[1, 1] == 20
        assert plan.receipts[:5, 0].sum() == 0

    def test_what_nobody_delivers_stays_owed(self) -> None:
        network = SupplyNetwork(1, Sources.of(np.zeros(0, dtype=int)), Arcs.of(), open_weeks(2))
        assert supply_plan(network, SupplyInputs.of(column(3, 3), stock=4.0)).stock[:, 0].tolist() == [1, -2]


class TestEffectivity:
    def test_a_recipe_counts_for_releases_in_its_time(self) -> None:
        arcs = Arcs.of([0, 0], [1, 2], [1, 2], first=[0, 2], last=[1, 99])
        network = SupplyNetwork(3, Sources.of([0, 1, 2]), arcs, open_weeks(4))
        demand = np.zeros((4, 3))
        demand[:, 0] = 10
        plan = supply_plan(network, SupplyInputs.of(demand))
        assert plan.dependent[:, 1].tolist() == [10, 10, 0, 0]
        assert plan.dependent[:, 2].tolist() == [0, 0, 20, 20]


def balance(plan: SupplyPlan) -> np.ndarray:
    before = np.vstack([plan.inputs.stock, plan.stock[:-1]])
    return before + plan.inputs.receipts + plan.planned - plan.demand - plan.waste - plan.stock


SEEDS = st.integers(0, 10_000)


@given(SEEDS)
@settings(max_examples=60)
def test_start_plus_receipts_less_demand_and_waste_is_the_end_in_each_cell(seed: int) -> None:
    assert np.abs(balance(supply_plan(*network_of(seed)))).max() < 1e-9


@given(SEEDS)
@settings(max_examples=60)
def test_a_plan_planned_again_proposes_nothing(seed: int) -> None:
    network, inputs = network_of(seed)
    plan = supply_plan(network, inputs)
    firm = SupplyInputs.of(
        inputs.demand,
        **{name: getattr(inputs, name) for name in ("stock", "safety", "expiring", "good_for", "cover", "frozen")},
        receipts=inputs.receipts + plan.planned,
        releases=plan.releases,
    )
    again = supply_plan(network, firm)
    assert not again.planned.any()
    assert np.allclose(again.stock, plan.stock)


@given(SEEDS)
@settings(max_examples=60)
def test_everything_taken_is_what_the_releases_take(seed: int) -> None:
    network, inputs = network_of(seed)
    plan = supply_plan(network, inputs)
    expected = np.zeros_like(plan.dependent)
    arcs = network.arcs
    columns = (arcs.source, arcs.component, arcs.quantity, arcs.first, arcs.last)
    for source, component, quantity, first, last in zip(*columns, strict=True):
        expected[first : last + 1, component] += plan.releases[first : last + 1, source] * quantity
    assert np.allclose(plan.dependent, expected)


@given(SEEDS)
@settings(max_examples=60)
def test_one_node_at_a_time_makes_the_same_plan(seed: int) -> None:
    network, inputs = network_of(seed)
    plan = supply_plan(network, inputs)
    order = sorted(range(network.nodes), key=lambda node: network.level[node])
    dependent = np.zeros_like(plan.dependent)
    for node in order:
        planned, stock = by_hand(network, inputs, node, inputs.demand[:, node] + dependent[:, node])
        assert np.allclose(stock, plan.stock[:, node])
        for source, period, quantity in planned:
            release = int(network.release[network.kind_of[source], period])
            for arc in np.flatnonzero(network.arcs.source == source):
                if network.arcs.first[arc] <= release <= network.arcs.last[arc]:
                    dependent[release, network.arcs.component[arc]] += quantity * network.arcs.quantity[arc]
    assert np.allclose(dependent, plan.dependent)


def by_hand(
    network: SupplyNetwork, inputs: SupplyInputs, node: int, demand: np.ndarray
) -> tuple[list[tuple[int, int, float]], list[float]]:
    """A node planned lot by lot, first expired first out, as a person would."""
    periods = network.periods
    terms = network.sources
    own = sorted(np.flatnonzero(terms.node == node), key=lambda source: -terms.share[source])
    given_so_far = dict.fromkeys(own, 0.0)
    lots = [[period, quantity] for period, quantity in enumerate(inputs.expiring[:, node])]
    lots.append([np.inf, inputs.stock[node] - inputs.expiring[:, node].sum()])
    owed, planned, stock = 0.0, [], []
    good_for = inputs.good_for[node]
    cover = min(inputs.cover[node], good_for)
    for period in range(periods):
        lots.append([period + good_for - 1, inputs.receipts[period, node]])
        on_hand = sum(quantity for _until, quantity in lots) - owed
        total = sum(given_so_far.values())
        shares = sum(terms.share[source] for source in own)
        able = [source for source in own if network.release[network.kind_of[source], period] >= inputs.frozen]
        able.sort(key=lambda source: -(terms.share[source] * (total + 1) - given_so_far[source] * shares))
        if len(own) == 1 or able:
            able = able[:1]
        if able and on_hand < demand[period] + inputs.safety[period, node] - 1e-9:
            source = able[0]
            until = int(min(max(period + cover, network.next_open[terms.calendar[source], period]), periods))
            ahead = (demand - inputs.receipts[:, node])[period + 1 : until].sum()
            lot = max(demand[period] + inputs.safety[period, node] + max(ahead, 0) - on_hand, terms.minimum[source])
            step = terms.multiple[source]
            lot = ceil(lot / step - 1e-9) * step if step else lot
            planned.append((source, period, lot))
            given_so_far[source] += lot
            lots.append([period + good_for - 1, lot])
        owed += demand[period]
        for entry in sorted(lots, key=lambda lot: lot[0]):
            taken = min(entry[1], owed)
            entry[1] -= taken
            owed -= taken
        lots = [entry for entry in lots if entry[0] > period]
        stock.append(sum(quantity for _until, quantity in lots) - owed)
    return [(int(source), period, float(lot)) for source, period, lot in planned], stock


class TestWhatIf:
    @given(SEEDS, st.integers(0, 8))
    @settings(max_examples=60)
    def test_of_one_node_it_is_what_a_whole_new_plan_says(self, seed: int, node: int) -> None:
        network, inputs = network_of(seed)
        plan = supply_plan(network, inputs)
        more = inputs.demand.copy()
        more[:, node] *= 1.5
        changed = SupplyInputs.of(
            more,
            **{
                name: getattr(inputs, name)
                for name in ("stock", "receipts", "safety", "expiring", "good_for", "cover", "frozen")
            },
        )
        whole = supply_plan(network, changed)
        part = what_if(plan, nodes=np.array([node]), inputs=changed)
        below = network.below(np.array([node]))
        assert np.allclose(part.stock, whole.stock[:, below])
        assert np.allclose(part.dependent, whole.dependent[:, below])

    def test_without_a_change_it_equals_the_plan(self) -> None:
        network, inputs = network_of(3)
        plan = supply_plan(network, inputs)
        part = what_if(plan, nodes=np.arange(network.nodes), inputs=inputs)
        assert np.allclose(part.stock, plan.stock)

    def test_better_terms(self) -> None:
        network = one_node(4, lead_time=3)
        inputs = SupplyInputs.of(column(5, 5, 5, 5))
        plan = supply_plan(network, inputs)
        part = what_if(plan, nodes=np.array([0]), inputs=inputs, sources=Sources.of([0], lead_time=0))
        assert plan.stock[2, 0] == -15
        assert part.stock[:, 0].tolist() == [0, 0, 0, 0]


class TestRefused:
    def test_a_circle_is_named(self) -> None:
        with pytest.raises(AnalyticsError, match=r"1 → 2 → 1|2 → 1 → 2"):
            SupplyNetwork(3, Sources.of([0, 1, 2]), Arcs.of([0, 1, 2], [1, 2, 1]), open_weeks(2))

    def test_shapes_that_do_not_fit(self) -> None:
        with pytest.raises(AnalyticsError, match="demand has to be"):
            supply_plan(one_node(3), SupplyInputs.of(column(1, 2)))
        with pytest.raises(AnalyticsError, match="stock"):
            SupplyInputs.of(column(1, 2), stock=np.zeros(3))

    def test_missing_figures(self) -> None:
        with pytest.raises(AnalyticsError, match="have to be numbers"):
            supply_plan(one_node(2), SupplyInputs.of(column(1, np.nan)))

    @pytest.mark.parametrize(
        ("sources", "arcs", "message"),
        [
            (Sources.of([5]), Arcs.of(), "node of a source: 5"),
            (Sources.of([0]), Arcs.of([2], [0]), "source of an arc: 2"),
            (Sources.of([0]), Arcs.of([0], [3]), "component: 3"),
            (Sources.of([0], minimum=-1.0), Arcs.of(), "from zero up"),
            (Sources.of([0], calendar=4), Arcs.of(), "calendar: 4"),
        ],
        ids=["node", "source", "component", "minimum", "calendar"],
    )
    def test_a_network_that_is_none(self, sources: Sources, arcs: Arcs, message: str) -> None:
        with pytest.raises(AnalyticsError, match=message):
            SupplyNetwork(1, sources, arcs, open_weeks(2))


def test_nothing_to_plan() -> None:
    network = SupplyNetwork(0, Sources.of(np.zeros(0, dtype=int)), Arcs.of(), open_weeks(3))
    assert supply_plan(network, SupplyInputs.of(np.zeros((3, 0)))).stock.shape == (3, 0)
