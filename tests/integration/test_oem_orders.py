"""The production orders made for an OEM."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from databases import TestServer
from trading import TODAY, Trading, load

from core.errors import InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from services import oem_orders, oem_priority, partner_requests, production_orders, production_steps

ViewerOf = Callable[[str], Viewer]


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("open", ["late", "running", "planned"]),
        ("late", ["late"]),
        ("done", ["done"]),
        ("all", ["planned", "running", "cancelled", "late", "done"]),
        ("nonsense", ["late", "running", "planned"]),
    ],
)
def test_lists_hold_own_orders(ids: Trading, viewer_of: ViewerOf, show: str, names: list[str]) -> None:
    found = oem_orders.orders(viewer_of("oem"), show=show)
    assert [order.id for order in found.orders] == [ids[f"omega.{name}"] for name in names]
    assert found.total == len(names)


def test_progress_states_and_counts(ids: Trading, viewer_of: ViewerOf) -> None:
    found = oem_orders.orders(viewer_of("oem"), show="all")
    by_id = {order.id: (order.state, order.progress) for order in found.orders}
    assert by_id == {
        ids["omega.planned"]: ("planned", 0.0),
        ids["omega.running"]: ("running", 0.25),
        ids["omega.late"]: ("late", 0.75),
        ids["omega.done"]: ("done", 1.0),
        ids["omega.cancelled"]: ("cancelled", 0.0),
    }
    assert (found.open, found.running, found.next_days, found.late) == (3, 2, 1, 1)
    assert (found.next_on, found.late_since) == (TODAY + timedelta(3), TODAY - timedelta(2))


def test_search_finds_part_of_number_or_item(ids: Trading, viewer_of: ViewerOf) -> None:
    assert [order.id for order in oem_orders.orders(viewer_of("oem"), search="-running").orders] == [
        ids["omega.running"]
    ]
    assert oem_orders.orders(viewer_of("oem"), search="%").total == 0


@pytest.mark.parametrize("name", ["planner", "supplier", "customer"])
def test_only_oems_have_the_portal(ids: Trading, viewer_of: ViewerOf, name: str) -> None:
    with pytest.raises(NotAllowed):
        oem_orders.orders(viewer_of(name))


def test_an_order_tells_its_steps_and_how_late_it_is(ids: Trading, viewer_of: ViewerOf) -> None:
    found = oem_orders.progress(viewer_of("oem-viewer"), ids["omega.late"])
    assert found.order.late_days == 2
    steps = {each.name: each.reached for each in found.milestones}
    assert steps == {"planned": True, "released": True, "started": True, "made": True, "finished": False}
    assert found.milestones[0].on == TODAY - timedelta(9)


@pytest.mark.parametrize("order", ["sigma.planned", None, "x", 10**30])
def test_b01_foreign_and_unknown_orders_answer_alike(ids: Trading, viewer_of: ViewerOf, order: object) -> None:
    wanted = ids[order] if order == "sigma.planned" else order
    with pytest.raises(NotFound, match="There is no such order"):
        oem_orders.progress(viewer_of("oem"), wanted)
    with pytest.raises(NotFound, match="There is no such order"):
        oem_priority.ask(viewer_of("oem"), wanted, due_on=str(TODAY), reason="Shelf is empty")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"due_on": str(TODAY - timedelta(1))}, "from today"),
        ({"due_on": "soon"}, "Wanted on"),
        ({"due_on": ""}, "another day"),
        ({"due_on": "", "quantity": -1}, "Quantity"),
        ({"due_on": str(TODAY + timedelta(5)), "reason": ""}, "Reason"),
    ],
)
def test_what_cannot_be_asked_for(ids: Trading, viewer_of: ViewerOf, asked: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        oem_priority.ask(viewer_of("oem"), ids["omega.planned"], **({"reason": "Shelf is empty"} | asked))


def test_b08_a_priority_counts_once_accepted(ids: Trading, viewer_of: ViewerOf) -> None:
    oem, planner, order = viewer_of("oem"), viewer_of("planner"), ids["omega.planned"]
    with pytest.raises(NotAllowed):
        oem_priority.ask(viewer_of("oem-viewer"), order, due_on=str(TODAY + timedelta(9)), reason="Shelf is empty")
    asked = oem_priority.ask(oem, order, due_on=str(TODAY + timedelta(9)), quantity=250, reason="Shelf is empty")
    assert oem_orders.progress(oem, order).order.due_on == TODAY + timedelta(12)
    assert partner_requests.request(planner, asked).may_be_accepted
    partner_requests.accept(planner, asked)
    found = oem_orders.progress(oem, order)
    assert (found.order.due_on, found.order.quantity) == (TODAY + timedelta(9), 250)
    assert found.order.starts_on == TODAY + timedelta(7)
    assert [each.status for each in found.asked] == ["accepted"]
    with pytest.raises(NotFound):
        oem_priority.take_back(viewer_of("oem2"), asked)


def test_what_the_plant_reports_is_seen_by_its_owner_only(ids: Trading, viewer_of: ViewerOf) -> None:
    """The last test: it changes an order that others look at."""
    production_steps.report(viewer_of("planner"), ids["omega.running"], 1, made=50, scrap=3)
    (own,) = oem_orders.orders(viewer_of("oem"), search="-running").orders
    assert (own.made_quantity, own.progress) == (100, 0.5)
    assert ids["omega.running"] not in {order.id for order in oem_orders.orders(viewer_of("oem2"), show="all").orders}
    with pytest.raises(NotAllowed):
        production_orders.order(viewer_of("oem"), own.id)
