"""The service that a customer reads is that of its own lines, by the company's rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from databases import TestServer
from trading import TODAY, Trading, load

from core.errors import NotAllowed
from core.viewer import Viewer
from services import customer_orders, customer_service

ViewerOf = Callable[[str], Viewer]


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


def test_month_is_judged_line_by_line_and_agrees_with_the_orders_page(ids: Trading, viewer_of: ViewerOf) -> None:
    found = customer_service.service(viewer_of("customer"))
    (month,) = found.months
    # Due by the last delivery, five days ago: one good, one two days late, one of 90 instead of 100.
    assert (month.month, month.lines) == ("2026-02", 3)
    assert month.rate == pytest.approx(1 / 3)
    assert month.on_time_rate == pytest.approx(2 / 3)
    assert month.in_full_rate == pytest.approx(2 / 3)
    assert month.fill_rate == pytest.approx(290 / 300)
    # Ordered 20 days ago, delivered 10, 8 and 11 days ago.
    assert month.lead_days == pytest.approx((10 + 12 + 9) / 3)
    shown = customer_orders.lines(viewer_of("customer")).service
    assert shown is not None
    assert shown.rate == month.rate


def test_lines_of_a_month_missed_ones_first(ids: Trading, viewer_of: ViewerOf) -> None:
    found = customer_service.service(viewer_of("customer"), month="nonsense")
    assert found.chosen == "2026-02"
    assert [line.id for line in found.lines] == [ids["gamma.late"], ids["gamma.short"], ids["gamma.good"]]
    late = found.lines[0]
    assert (late.on_time, late.in_full, late.days_late) == (False, True, 2)
    assert late.delivered_date == TODAY - timedelta(8)
    assert (found.late_lines, found.late_units) == (1, 100)


def test_nobody_elses_lines_and_no_price(ids: Trading, viewer_of: ViewerOf) -> None:
    told = repr(customer_service.service(viewer_of("customer2")))
    assert "GAMMA" not in told
    assert "880088" not in told
    for name in ("planner", "supplier", "oem"):
        with pytest.raises(NotAllowed):
            customer_service.service(viewer_of(name))
