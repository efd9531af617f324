"""A customer's own order lines and its service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import NotAllowed
from core.viewer import Viewer
from data.db import owner_engine
from services import customer_orders

ViewerOf = Callable[[str], Viewer]


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("open", ["overdue", "open"]),
        ("late", ["overdue"]),
        ("delivered", ["early", "short", "late", "good"]),
        ("all", ["open", "overdue", "early", "short", "late", "good"]),
        ("nonsense", ["overdue", "open"]),
    ],
)
def test_lists_hold_own_lines(ids: Trading, viewer_of: ViewerOf, show: str, names: list[str]) -> None:
    found = customer_orders.lines(viewer_of("customer"), show=show)
    assert [line.id for line in found.lines] == [ids[f"gamma.{name}"] for name in names]
    assert found.total == len(names)


def test_states_and_counts(ids: Trading, viewer_of: ViewerOf) -> None:
    found = customer_orders.lines(viewer_of("customer"), show="all")
    states = {line.id: line.state for line in found.lines}
    expected = {
        "open": "open",
        "overdue": "late",
        "early": "delivered",
        "good": "delivered",
        "late": "delivered_late",
        "short": "delivered_short",
    }
    assert {name: states[ids[f"gamma.{name}"]] for name in expected} == expected
    assert (found.open, found.next_days, found.late) == (2, 1, 1)
    assert (found.next_on, found.late_since) == (TODAY + timedelta(7), TODAY - timedelta(1))


def test_service_is_on_time_and_in_full_of_the_lines_due(ids: Trading, viewer_of: ViewerOf) -> None:
    service = customer_orders.lines(viewer_of("customer")).service
    assert service is not None
    # The last delivery was five days ago; three lines were due by then: one good, one late, one short.
    assert (service.end, service.lines_due) == (TODAY - timedelta(5), 3)
    assert service.rate == pytest.approx(1 / 3)
    assert service.on_time_rate == pytest.approx(2 / 3)
    assert service.in_full_rate == pytest.approx(2 / 3)


def test_service_follows_the_companys_tolerance(ids: Trading, viewer_of: ViewerOf) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("insert into setting values ('otif.late_tolerance_days', '{\"value\": 2}')"))
    try:
        service = customer_orders.lines(viewer_of("customer")).service
        assert service is not None
        assert service.on_time_rate == 1
    finally:
        with owner_engine().begin() as connection:
            connection.execute(text("delete from setting"))


def test_no_price_is_given(ids: Trading, viewer_of: ViewerOf) -> None:
    assert "880088" not in repr(customer_orders.lines(viewer_of("customer"), show="all"))


@pytest.mark.parametrize("name", ["planner", "supplier", "oem"])
def test_only_customers_have_the_portal(ids: Trading, viewer_of: ViewerOf, name: str) -> None:
    with pytest.raises(NotAllowed):
        customer_orders.lines(viewer_of(name))
