"""Stock that a supplier manages: what it sees, what it proposes, and what acceptance does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import managed_items, partner_requests, supplier_agreements, supplier_stock
from services.supplier_stock import ManagedItem

ViewerOf = Callable[[str], Viewer]
SOON = (TODAY + timedelta(10)).isoformat()


@pytest.fixture(autouse=True)
def _fixed_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        found = load()
        with owner_engine().begin() as connection:
            for company in ("alpha", "beta"):
                connection.execute(
                    text(
                        "insert into supplier_item (supplier_id, product_id, price, lead_time_days) "
                        "values (:supplier, :item, 2.5, 14)"
                    ),
                    {"supplier": found[f"{company}.party"], "item": found[f"{company}.item"]},
                )
        yield found


@pytest.fixture
def planner(ids: Trading, viewer_of: ViewerOf) -> Viewer:
    return viewer_of("planner")


@pytest.fixture
def item(ids: Trading, planner: Viewer, viewer_of: ViewerOf) -> ManagedItem:
    """Alpha and Beta each manage their item at the site."""
    for company in ("alpha", "beta"):
        keys = (ids[f"{company}.party"], ids[f"{company}.item"], ids["site"])
        managed_items.manage(planner, *keys, minimum=300, maximum=900)
    (found,) = supplier_stock.managed_stock(viewer_of("supplier")).items
    return found


def accept(planner: Viewer, kind: str) -> None:
    (found,) = partner_requests.requests(planner, kind=kind)
    partner_requests.accept(planner, found.submission.id)


def test_supplier_sees_the_stock_of_what_it_manages_only(item: ManagedItem) -> None:
    assert (item.code, item.on_hand, item.minimum, item.maximum) == ("ALPHA-ITEM", 250, 300, 900)
    assert item.proposal == 650


def test_weeks_come_with_the_shared_forecast(
    ids: Trading, item: ManagedItem, planner: Viewer, viewer_of: ViewerOf
) -> None:
    assert item.weeks == []
    terms = {
        name: supplier_agreements.USUAL[name] for name in ("horizon", "bucket", "level", "smoothing", "firm_fence")
    }
    shares = dict.fromkeys(supplier_agreements.SHARES, 10)
    terms |= {**shares, "shared_from": TODAY.isoformat()}
    supplier_agreements.save(planner, ids["alpha.party"], 0, terms)
    supplier_agreements.share(planner, ids["alpha.party"])
    (found,) = supplier_stock.managed_stock(viewer_of("supplier")).items
    assert found.weeks[0] == TODAY
    assert sum(found.incoming) == pytest.approx(605), "open orders, the draft too"
    assert found.projected[0] == pytest.approx(250 + found.incoming[0] - found.demand[0])


def test_levels_change_with_the_acceptance_and_not_before(
    item: ManagedItem, planner: Viewer, viewer_of: ViewerOf
) -> None:
    supplier = viewer_of("supplier")
    supplier_stock.propose_levels(supplier, item.id, 100, 500)
    assert supplier_stock.managed_stock(supplier).items[0].minimum == 300
    accept(planner, "vmi_levels")
    (found,) = supplier_stock.managed_stock(supplier).items
    assert (found.minimum, found.maximum) == (100, 500)


def test_levels_changed_inside_meanwhile_are_told(
    ids: Trading, item: ManagedItem, planner: Viewer, viewer_of: ViewerOf
) -> None:
    supplier_stock.propose_levels(viewer_of("supplier"), item.id, 100, 500)
    managed_items.manage(planner, ids["alpha.party"], ids["alpha.item"], ids["site"], minimum=1, maximum=2)
    (found,) = partner_requests.requests(planner, kind="vmi_levels")
    assert "changed meanwhile" in str(found.described.obstacle)
    partner_requests.reject(planner, found.submission.id, "Levels were changed")


def test_replenishment_becomes_a_line_on_a_draft_order(
    ids: Trading, item: ManagedItem, planner: Viewer, viewer_of: ViewerOf
) -> None:
    count = text(
        "select l.quantity, o.status, l.requested_on from purchase_order_line l join purchase_order o "
        "on o.id = l.order_id where l.product_id = :item and l.quantity = 321"
    )
    supplier_stock.propose_replenishment(viewer_of("supplier"), item.id, 321, SOON)
    with owner_engine().connect() as connection:
        assert not connection.execute(count, {"item": ids["alpha.item"]}).all()
    accept(planner, "vmi_replenishment")
    with owner_engine().connect() as connection:
        (line,) = connection.execute(count, {"item": ids["alpha.item"]}).all()
    assert (line.status, line.requested_on) == ("draft", TODAY + timedelta(10))


@pytest.mark.parametrize(
    ("levels", "message"),
    [((5, 4), "at least the minimum"), ((-1, 4), "zero or more"), (("x", 4), "enter a number"), ((1, None), "number")],
)
def test_wrong_levels_are_refused(
    item: ManagedItem, viewer_of: ViewerOf, levels: tuple[Any, Any], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        supplier_stock.propose_levels(viewer_of("supplier"), item.id, *levels)


def test_b01_items_of_others_answer_as_unknown_ones(ids: Trading, item: ManagedItem, viewer_of: ViewerOf) -> None:
    (other,) = supplier_stock.managed_stock(viewer_of("supplier2")).items
    said = set()
    for wrong in (other.id, "9-9", None, 5, ["x"]):
        with pytest.raises(NotFound) as error:
            supplier_stock.propose_levels(viewer_of("supplier"), wrong, 1, 2)
        said.add(error.value.message)
    assert len(said) == 1


def test_b06_lots_and_other_suppliers_stock_stay_closed_to_sql(item: ManagedItem, viewer_of: ViewerOf) -> None:
    with session_scope(viewer_of("supplier2")) as session:
        found = session.execute(text("select product_id from tandem_managed_stock('2026-03-02')")).scalars().all()
        assert found
        assert item.product_id not in found
        assert session.execute(text("select count(*) from supplier_managed_item")).scalar_one() == 1
    with pytest.raises(NotAllowed), session_scope(viewer_of("supplier")) as session:
        session.execute(text("select * from stock_lot"))


def test_b05_only_those_who_may_commit_propose(item: ManagedItem, viewer_of: ViewerOf) -> None:
    assert supplier_stock.managed_stock(viewer_of("supplier-viewer")).items
    for name in ("supplier-viewer", "customer", "planner"):
        with pytest.raises(NotAllowed):
            supplier_stock.propose_levels(viewer_of(name), item.id, 1, 2)
    with pytest.raises(NotAllowed):
        managed_items.manage(viewer_of("executive"), 1, 1, 1, minimum=1, maximum=2)
