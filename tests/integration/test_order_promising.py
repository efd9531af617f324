"""What can be had when, from stored data, worked out by hand for the company of tests/stock_company.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import update
from stock_company import TODAY, add, ids, make_tea, sell_out_of_tea

from core.errors import InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Channel, Customer, Location
from models.orders import SalesOrder, SalesOrderLine
from models.product import Product, ProductSuccession
from models.promising import ChannelAllocation
from models.stock import StockLot
from services import order_promising
from services.order_promising import Part, Promise

WEEK = timedelta(weeks=1)
FRIDAY = TODAY + timedelta(days=4)


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def insert(model: Any, **values: Any) -> int:
    with owner_engine().begin() as connection:
        made: int = add(connection, model, **values)
    return made


def ask(planner: Viewer, item: str = "NEW", **given: Any) -> Promise:
    asked = {"quantity": 9, "wanted_on": TODAY, **given}
    return order_promising.promise(planner, ids(Product)[item], ids(Location)["KL"], **asked)


def sell(code: str, quantity: float, *, due_on: date, channel: int | None = None, number: str = "SO-1") -> None:
    customer = insert(Customer, code=f"C-{number}", name="Customer", channel_id=channel)
    order = insert(SalesOrder, number=number, customer_id=customer, location_id=ids(Location)["KL"], ordered_on=TODAY)
    insert(
        SalesOrderLine, order_id=order, line_no=1, product_id=ids(Product)[code], quantity=quantity, unit_price=5,
        requested_on=due_on,
    )  # fmt: skip


class TestItem:
    def test_stock_that_nobody_has_is_there_on_the_day(self, planner: Viewer) -> None:
        found = ask(planner, quantity=9, wanted_on=TODAY + timedelta(days=9))
        day = TODAY + timedelta(days=9)
        assert (found.offer.on_time, found.offer.full_on) == (9, day)
        assert found.offer.parts == [Part(day, 9)]
        assert (found.made, found.others) == (None, [])

    def test_open_orders_are_promised_already_late_ones_too(self, planner: Viewer) -> None:
        sell("NEW", 4, due_on=TODAY - WEEK)
        sell("NEW", 3, due_on=TODAY + 2 * WEEK, number="SO-2")
        assert ask(planner).offer.on_time == 2

    def test_a_lot_is_not_promised_beyond_its_expiry(self, planner: Viewer) -> None:
        # 35 of 40 chips can be sold this week only; nothing else comes in time for the next.
        assert ask(planner, "CHIPS", quantity=40).offer.on_time == 40
        assert ask(planner, "CHIPS", quantity=40, wanted_on=TODAY + WEEK).offer.on_time == 5

    def test_planned_receipts_come_by_the_friday_of_their_week(self, planner: Viewer) -> None:
        found = ask(planner, "CHIPS", quantity=50)
        assert found.offer.full_on == FRIDAY + 2 * WEEK
        assert found.offer.parts == [Part(TODAY, 40), Part(FRIDAY + 2 * WEEK, 10)]
        assert found.made is None, "to buy more would not be sooner"

    def test_what_can_be_bought_is_said_with_its_lead_time(self, planner: Viewer) -> None:
        # Twelve days to Plastik, in lots of 100 at least.
        made = ask(planner, "CHIPS", quantity=100_000).made
        assert made is not None
        assert (made.day, made.binds, made.code, made.lot) == (FRIDAY + 2 * WEEK, "lead_time", "CHIPS", 99_960)

    def test_what_can_be_made_waits_for_its_components(self, planner: Viewer) -> None:
        make_tea()
        made = ask(planner, "TEA", quantity=21_000).made
        assert made is not None
        assert (made.quantity, made.binds, made.code) == (1000, "lead_time", "BOTTLE")
        # Bottles take two weeks, then a week of making.
        assert made.day == FRIDAY + 3 * WEEK

    def test_planned_receipts_whose_components_run_short_are_doubtful(self, planner: Viewer) -> None:
        make_tea()
        sell_out_of_tea()
        with owner_engine().begin() as connection:
            connection.execute(update(StockLot).where(StockLot.lot == "B1").values(quantity=0))
        doubt = ask(planner, "TEA", quantity=500, wanted_on=TODAY + WEEK).doubt
        assert doubt is not None
        assert (doubt.code, doubt.location, doubt.week) == ("BOTTLE", "KL", TODAY)
        assert ask(planner).doubt is None

    def test_what_nobody_sells_us_can_not_be_had(self, planner: Viewer) -> None:
        found = ask(planner, quantity=10)
        assert (found.offer.on_time, found.offer.full_on) == (9, None)
        assert found.made is not None
        assert (found.made.day, found.made.binds) == (None, "no_source")


class TestOthers:
    def test_another_place_with_more(self, planner: Viewer) -> None:
        insert(
            StockLot, product_id=ids(Product)["NEW"], location_id=ids(Location)["JB"], lot="J", quantity=20,
            received_on=TODAY,
        )  # fmt: skip
        (other,) = ask(planner, quantity=15).others
        assert (other.location, other.full_on, other.on_time) == ("JB", TODAY, 15)
        assert ask(planner, quantity=9).others == [], "only what is better"

    def test_the_successor_at_the_same_place(self, planner: Viewer) -> None:
        products = ids(Product)
        insert(ProductSuccession, predecessor_id=products["OLD"], successor_id=products["NEW"], starts_on=TODAY)
        (other,) = ask(planner, "NEW", quantity=12).others
        assert (other.code, other.full_on) == ("OLD", TODAY)


class TestChannels:
    @pytest.fixture
    def channels(self) -> dict[str, int]:
        found = {code: insert(Channel, code=code, name=code.title()) for code in ("ECOM", "RETAIL", "EXPORT")}
        for code, share in (("ECOM", 0.4), ("RETAIL", 0.4)):
            insert(ChannelAllocation, channel_id=found[code], share=share, valid_from=TODAY)
        return found

    def test_own_share_and_what_is_nobodys(self, planner: Viewer, channels: dict[str, int]) -> None:
        offered = {
            name: ask(planner, "OLD", quantity=12, channel=channels.get(name)).offer.on_time
            for name in ("ECOM", "RETAIL", "EXPORT", "")
        }
        assert offered == pytest.approx({"ECOM": 7.2, "RETAIL": 7.2, "EXPORT": 2.4, "": 2.4})

    def test_orders_of_a_channel_use_up_its_share_first(self, planner: Viewer, channels: dict[str, int]) -> None:
        sell("OLD", 6, due_on=TODAY, channel=channels["ECOM"])
        assert ask(planner, "OLD", quantity=12, channel=channels["ECOM"]).offer.on_time == pytest.approx(1.2)
        found = ask(planner, "OLD", quantity=12, channel=channels["RETAIL"])
        assert found.offer.on_time == pytest.approx(6)

    def test_it_says_what_other_channels_keep(self, planner: Viewer, channels: dict[str, int]) -> None:
        assert ask(planner, "OLD", quantity=10).kept_back == pytest.approx(7.6)

    def test_the_narrowest_allocation_counts(self, planner: Viewer, channels: dict[str, int]) -> None:
        insert(
            ChannelAllocation, channel_id=channels["EXPORT"], product_id=ids(Product)["OLD"], share=1,
            valid_from=TODAY - WEEK,
        )  # fmt: skip
        assert ask(planner, "OLD", quantity=12, channel=channels["EXPORT"]).offer.on_time == 12
        assert ask(planner, "OLD", quantity=12, channel=channels["ECOM"]).offer.on_time == 0


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("quantity", 0, "Quantity"),
        ("quantity", -1, "Quantity"),
        ("quantity", "x", "Quantity"),
        ("quantity", None, "Quantity"),
        ("wanted_on", TODAY - timedelta(days=1), "Wanted on"),
        ("wanted_on", "soon", "Wanted on"),
        ("wanted_on", date(2099, 1, 1), "Wanted on"),
        ("channel", 99, "Channel"),
    ],
    ids=str,
)
def test_what_can_not_be_asked(planner: Viewer, field: str, value: object, error: str) -> None:
    with pytest.raises(InvalidInput, match=error):
        ask(planner, **{field: value})


def test_an_item_that_is_not_there(planner: Viewer) -> None:
    wrong: tuple[tuple[Any, Any], ...] = ((10**9, 1), (None, "x"), (True, []))
    for key in wrong:
        with pytest.raises(NotFound):
            order_promising.promise(planner, *key, quantity=1, wanted_on=TODAY)


def test_partners_may_not_ask(viewer_of: Callable[[str], Viewer]) -> None:
    with pytest.raises(NotAllowed):
        ask(viewer_of("supplier"))
