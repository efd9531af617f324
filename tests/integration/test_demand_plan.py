"""The demand plan from stored rows, worked out by hand for the company of tests/demand_company.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import demand_company
import numpy as np
import pytest
from databases import TestServer
from demand_company import DEC, LEAVES, MONTHS, bump, rows, seen_as

from core.errors import InvalidInput
from core.permissions import Role
from core.viewer import Viewer
from data.db import session_scope
from services import demand_plan
from services.demand_plan import DemandPlan

OCT = date(2026, 10, 1)


@pytest.fixture(scope="module")
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    with server.copy(home, template=empty_template), pytest.MonkeyPatch.context() as patch:
        demand_company.load(patch)
        yield home


@pytest.fixture(autouse=True)
def untouched(company: Path) -> Iterator[None]:
    """The company as it was at first."""
    yield
    rows("delete from forecast_override")
    rows("delete from setting where key like 'consensus.%'")
    bump()


@pytest.fixture
def planner() -> Viewer:
    return seen_as(Role.PLANNER)


def plan(viewer: Viewer) -> DemandPlan:
    with session_scope(viewer) as session:
        return demand_plan.demand_plan(session, viewer)


def say(quantity: float, *, stream: str = "planner", channel: str | None = "MT", **other: Any) -> None:
    """A figure of product A at Kuala Lumpur."""
    values = {"product": "A", "period": DEC, "frequency": "month", "expires_on": None, **other}
    rows(
        "insert into forecast_override (product_id, location_id, channel_id, frequency, period, stream, quantity, "
        "expires_on) select p.id, l.id, c.id, :frequency, :period, :stream, :quantity, :expires_on "
        "from product p cross join location l left join channel c on c.code = :channel "
        "where p.code = :product and l.code = 'KL'",
        **values,
        stream=stream,
        quantity=quantity,
        channel=channel,
    )
    bump()


def december(table: np.ndarray[Any, Any], found: DemandPlan) -> dict[tuple[str, str, str], float]:
    keys = zip(*(found.base.leaves[name] for name in ("product", "location", "channel")), strict=True)
    return dict(zip(keys, table[:, found.base.months.index(DEC)].tolist(), strict=True))


class TestBase:
    def test_a_forecast_is_split_by_channel_as_demand_was(self, planner: Viewer) -> None:
        found = plan(planner)
        assert found.base.months == list(MONTHS)
        expected = {key: quantity for key, (quantity, _price) in LEAVES.items()}
        assert december(found.base.statistical, found) == pytest.approx(expected)

    def test_leaves_know_what_they_are(self, planner: Viewer) -> None:
        leaves = plan(planner).base.leaves.set_index(["product", "location", "channel"])
        leaf = leaves.loc[("A", "JB", "MT")]
        assert (leaf["product_name"], leaf["region"], leaf["channel_name"]) == ("Tea A", "South", "Modern trade")
        assert (leaf["category"], leaf["family"], leaf["brand"], leaf["price"]) == ("Drinks", "Tea", "Merah", 4)

    def test_history_ends_with_the_running_month(self, planner: Viewer) -> None:
        base = plan(planner).base
        assert (len(base.past), base.past[-2], base.past[-1]) == (37, OCT, MONTHS[0])
        total = sum(quantity for quantity, _price in LEAVES.values())
        assert base.history.sum(axis=0)[-13:].tolist() == [*[pytest.approx(total)] * 12, 0]
        assert demand_plan.sold_last_year(base).sum() == pytest.approx(12 * total)

    def test_last_year_is_unknown_before_the_first_month(self, planner: Viewer) -> None:
        base = plan(planner).base
        assert base.last_year()[:, 0].sum() == pytest.approx(210.5)
        assert not np.isnan(base.last_year()).any()

    def test_what_neither_sold_nor_is_expected_is_a_leaf_once_somebody_speaks_of_it(self, planner: Viewer) -> None:
        before = len(plan(planner).base.leaves)
        say(12, product="C", channel="GT", stream="sales")
        found = plan(planner)
        assert len(found.base.leaves) == before + 1
        assert december(found.base.statistical, found)["C", "KL", "GT"] == 0
        assert december(found.consensus, found)["C", "KL", "GT"] == 6


class TestStreams:
    def test_a_figure_of_one_channel(self, planner: Viewer) -> None:
        say(90)
        found = plan(planner)
        assert december(found.consensus, found)["A", "KL", "MT"] == 90
        assert december(found.weighed, found)["A", "KL", "MT"] == 60
        assert december(found.baseline, found)["A", "KL", "MT"] == pytest.approx(60)

    def test_one_for_all_channels_is_shared_out_like_the_baseline(self, planner: Viewer) -> None:
        say(150, channel=None)
        found = december(plan(planner).consensus, plan(planner))
        assert (found["A", "KL", "MT"], found["A", "KL", "GT"]) == pytest.approx((90, 60))
        assert found["A", "JB", "MT"] == 50

    def test_channels_of_their_own_are_taken_off_it_first(self, planner: Viewer) -> None:
        say(150, channel=None)
        say(100)
        found = december(plan(planner).consensus, plan(planner))
        assert (found["A", "KL", "MT"], found["A", "KL", "GT"]) == pytest.approx((100, 50))

    def test_nothing_is_below_zero_where_they_take_more_than_all(self, planner: Viewer) -> None:
        say(80, channel=None)
        say(100)
        found = december(plan(planner).consensus, plan(planner))
        assert (found["A", "KL", "MT"], found["A", "KL", "GT"]) == (100, 0)

    def test_the_mean_of_the_baseline_and_those_that_spoke(self, planner: Viewer) -> None:
        say(90, stream="sales")
        say(120, stream="finance")
        found = plan(planner)
        assert december(found.consensus, found)["A", "KL", "MT"] == pytest.approx((60 + 90 + 120) / 3)
        assert set(found.streams) == {"sales", "finance"}

    def test_the_planner_decides(self, planner: Viewer) -> None:
        say(90, stream="sales")
        say(33)
        found = plan(planner)
        assert december(found.consensus, found)["A", "KL", "MT"] == 33
        assert december(found.weighed, found)["A", "KL", "MT"] == pytest.approx(75)

    @pytest.mark.parametrize(
        ("other", "counts"),
        [
            ({"expires_on": date(2026, 11, 20)}, False),
            ({"expires_on": date(2026, 11, 21)}, True),
            ({"expires_on": None}, True),
            ({"frequency": "week", "period": date(2026, 12, 7)}, False),
            ({"period": OCT}, False),
            ({"period": date(2027, 2, 1)}, False),
        ],
        ids=["expired", "last day", "for good", "weekly", "past", "beyond"],
    )
    def test_which_figures_count(self, planner: Viewer, other: dict[str, Any], counts: bool) -> None:
        say(90, **other)
        found = plan(planner)
        assert december(found.consensus, found)["A", "KL", "MT"] == pytest.approx(90 if counts else 60)

    def test_what_is_known_is_kept_until_it_changes(self, planner: Viewer) -> None:
        before = plan(planner)
        assert plan(planner) is before
        bump()
        after = plan(planner)
        assert after is not before
        assert after.base is before.base  # an edit leaves history and statistics alone


class TestPlannedDemand:
    def test_only_what_differs_from_statistics(self, planner: Viewer) -> None:
        say(90)
        with session_scope(planner) as session:
            found = demand_plan.planned_demand(session, planner)
        products = {row.id: row.code for row in rows("select id, code from product")}
        assert {products[product] for product in found["product_id"]} == {"A"}
        # All three months of tea A at Kuala Lumpur, 40 of general trade with each.
        assert dict(zip(found["period"], found["quantity"], strict=True)) == pytest.approx(
            {MONTHS[0]: 100, DEC: 130, MONTHS[2]: 100}
        )

    def test_nothing_while_all_agree(self, planner: Viewer) -> None:
        with session_scope(planner) as session:
            assert demand_plan.planned_demand(session, planner).empty


class TestWithout:
    def test_a_forecast(self, planner: Viewer) -> None:
        rows("update forecast_run set state = 'failed'")
        bump("forecast")
        try:
            found = plan(planner)
            assert (found.base.months, found.base.run_id, found.consensus.shape) == ([], None, (6, 0))
            with session_scope(planner) as session:
                assert demand_plan.planned_demand(session, planner).empty
            with pytest.raises(InvalidInput, match="Forecast runs"):
                demand_plan.require_months(found.base)
        finally:
            rows("update forecast_run set state = 'done'")
            bump("forecast")


def test_an_empty_company(empty_database: Path) -> None:
    found = plan(seen_as(Role.PLANNER))
    assert (len(found.base.leaves), found.consensus.shape, found.streams) == (0, (0, 0), {})
