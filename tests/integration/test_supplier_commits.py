"""A forecast is shared, a supplier commits, and the plan counts on it once it is accepted, not before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import partner_requests, supplier_agreements, supplier_commits
from services.exceptions import exceptions
from services.supplier_commit_grid import CommitGrid
from services.supplier_commits import commit_grid
from services.supply_planned import planned, unlimited

ViewerOf = Callable[[str], Viewer]
TERMS: dict[str, Any] = {
    "horizon": 3,
    "bucket": "month",
    "level": "item",
    "smoothing": 1,
    "firm_fence": 1,
    "near_warn": 5,
    "near_bad": 10,
    "far_warn": 20,
    "far_bad": 40,
    "shared_from": TODAY.isoformat(),
    "shared_to": "",
}
APRIL = date(2026, 4, 1)


@pytest.fixture(autouse=True)
def _fixed_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    """Alpha sells its item, of which 3,000 are ordered for April: 2,245 of them are planned to be bought."""
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        found = load()
        with owner_engine().begin() as connection:
            for company in ("alpha", "beta"):
                connection.execute(
                    text(
                        "insert into supplier_item (supplier_id, product_id, price, lead_time_days) "
                        "values (:supplier, :item, 660066, 14)"
                    ),
                    {"supplier": found[f"{company}.party"], "item": found[f"{company}.item"]},
                )
                connection.execute(
                    text(
                        "insert into sales_order_line (order_id, line_no, product_id, quantity, unit_price, "
                        "requested_on) values (:order, :line, :item, 3000, 1, :day)"
                    ),
                    {
                        "order": found["gamma.order"],
                        "line": 100 + found[f"{company}.item"],
                        "item": found[f"{company}.item"],
                        "day": TODAY + timedelta(44),
                    },
                )
        yield found


@pytest.fixture
def planner(ids: Trading, viewer_of: ViewerOf) -> Viewer:
    return viewer_of("planner")


@pytest.fixture
def supplier(ids: Trading, viewer_of: ViewerOf) -> Viewer:
    return viewer_of("supplier")


@pytest.fixture
def shared(ids: Trading, planner: Viewer, supplier: Viewer) -> CommitGrid:
    """A forecast shared with Alpha, and nothing committed to yet."""
    with owner_engine().begin() as connection:
        connection.execute(text("delete from supplier_commit"))
        connection.execute(text("update partner_submission set status = 'withdrawn' where status = 'pending'"))
        connection.execute(text("select tandem_bump('supplier_limits')"))
    for company in ("alpha", "beta"):
        known = {each.id: each.version for each in supplier_agreements.suppliers(planner)}
        party = ids[f"{company}.party"]
        supplier_agreements.save(planner, party, known[party], TERMS)
        supplier_agreements.share(planner, party)
    return commit_grid(supplier)


def cells(grid: CommitGrid, quantity: object, *, on: date = APRIL, comment: str = "") -> list[dict[str, Any]]:
    item = grid.items[0]
    return [{"item": item.id, "starts_on": on.isoformat(), "quantity": quantity, "comment": comment}]


def send(viewer: Viewer, grid: CommitGrid, quantity: object, **more: Any) -> int:
    assert grid.version is not None
    return supplier_commits.send(viewer, grid.version.id, cells(grid, quantity, **more))


def bought(viewer: Viewer, product_id: int) -> tuple[float, float]:
    """What the plan buys of an item with arrival in April, and its worst stock."""
    with session_scope(viewer) as session:
        found = planned(session, viewer)
    node = int((found.model.nodes["product_id"] == product_id).to_numpy().argmax())
    april = [(week + timedelta(3)).month == APRIL.month for week in found.model.weeks]
    return float(found.plan.planned[april, node].sum()), float(found.plan.stock[:, node].min())


def pending(viewer: Viewer) -> Any:
    (found,) = partner_requests.requests(viewer, kind="supplier_commit")
    return found


def test_forecast_is_what_the_plan_buys_and_what_is_on_order(ids: Trading, shared: CommitGrid, planner: Viewer) -> None:
    (item,) = shared.items
    assert [cell.starts_on for cell in item.cells] == [date(2026, 3, 1), APRIL, date(2026, 5, 1)]
    assert [cell.near for cell in item.cells] == [True, False, False]
    assert [float(cell.firm) for cell in item.cells] == [500, 100, 0]
    planned_then = bought(planner, ids["alpha.item"])[0]
    assert float(item.cells[1].forecast) == pytest.approx(planned_then + 100)
    assert planned_then > 2000
    assert all(cell.commit is None and cell.light == "" for cell in item.cells)


def test_plan_changes_with_the_acceptance_and_not_before(
    ids: Trading, shared: CommitGrid, planner: Viewer, supplier: Viewer
) -> None:
    before = bought(planner, ids["alpha.item"])
    assert send(supplier, shared, 1100, comment="Only one line runs") == 1
    assert bought(planner, ids["alpha.item"]) == before
    partner_requests.accept(planner, pending(planner).submission.id)
    limited, worst = bought(planner, ids["alpha.item"])
    # 100 of the 1,100 are on order already; what is missing is owed.
    assert limited == pytest.approx(1000)
    assert worst < before[1]
    assert worst < -1000
    with session_scope(planner) as session:
        free = unlimited(session, planner)
    node = int((free.model.nodes["product_id"] == ids["alpha.item"]).to_numpy().argmax())
    assert free.plan.stock[:, node].min() == pytest.approx(before[1])
    cell = commit_grid(supplier).items[0].cells[1]
    assert (cell.accepted, cell.comment, cell.light) == (1100, "Only one line runs", "bad")
    (short,) = [found for found in exceptions(planner).worst if found.kind == "supplier_short"]
    assert short.money == pytest.approx(float(cell.forecast - 1100) * 660066)
    assert "less than the" in short.why
    assert "show=decided" in short.href


def test_refused_commit_leaves_the_plan_alone_and_the_supplier_reads_why(
    ids: Trading, shared: CommitGrid, planner: Viewer, supplier: Viewer
) -> None:
    before = bought(planner, ids["alpha.item"])
    send(supplier, shared, 10)
    partner_requests.reject(planner, pending(planner).submission.id, "We agreed on more")
    assert bought(planner, ids["alpha.item"]) == before
    found = commit_grid(supplier)
    assert found.items[0].cells[1].commit is None
    assert found.decided is not None
    assert (found.decided.status, found.decided.decision_note) == ("rejected", "We agreed on more")


def test_queue_shows_forecast_against_commit_and_what_is_short(
    ids: Trading, shared: CommitGrid, planner: Viewer, supplier: Viewer
) -> None:
    forecast = float(shared.items[0].cells[1].forecast)
    send(supplier, shared, 1100)
    described = pending(planner).described
    assert described.impact == pytest.approx((forecast - 1100) * 660066)
    assert not described.plain
    ((label, now_is, asked),) = described.facts
    assert label.startswith("ALPHA-ITEM")
    assert "1,100 KG" in asked
    assert "forecast" in now_is


def test_commit_as_forecast_is_plain(shared: CommitGrid, planner: Viewer, supplier: Viewer) -> None:
    send(supplier, shared, str(shared.items[0].cells[1].forecast))
    described = pending(planner).described
    assert (described.plain, described.impact, list(described.facts)) == (True, 0.0, [])


def test_newer_commit_supersedes_and_what_is_not_named_stays(
    shared: CommitGrid, planner: Viewer, supplier: Viewer
) -> None:
    send(supplier, shared, 1100)
    send(supplier, shared, 500, on=date(2026, 5, 1))
    found = commit_grid(supplier).items[0]
    assert [cell.commit for cell in found.cells] == [None, 1100, 500]
    assert len(partner_requests.requests(planner, kind="supplier_commit")) == 1
    assert send(supplier, commit_grid(supplier), 1100) == 0


def test_next_version_tells_what_changed(ids: Trading, shared: CommitGrid, planner: Viewer, supplier: Viewer) -> None:
    supplier_agreements.share(planner, ids["alpha.party"])
    found = commit_grid(supplier)
    assert found.version is not None
    assert shared.version is not None
    assert found.version.number == shared.version.number + 1
    assert [cell.before for cell in found.items[0].cells] == [cell.forecast for cell in shared.items[0].cells]
    with pytest.raises(Conflict, match="is the newest"):
        send(supplier, shared, 1)


@pytest.mark.parametrize(
    ("quantity", "message"),
    [("-1", "zero or more"), ("1e3", "enter a number"), ("much", "enter a number"), (float("nan"), "enter a number")],
)
def test_bad_cells_are_named_and_nothing_is_sent(
    shared: CommitGrid, supplier: Viewer, quantity: object, message: str
) -> None:
    with pytest.raises(InvalidInput, match=f"ALPHA-ITEM(.|\n)*{message}"):
        send(supplier, shared, quantity)
    assert commit_grid(supplier).pending is None


def test_b01_items_of_others_answer_as_unknown_ones(
    ids: Trading, shared: CommitGrid, supplier: Viewer, viewer_of: ViewerOf
) -> None:
    other = commit_grid(viewer_of("supplier2"))
    assert other.items[0].code == "BETA-ITEM"
    assert shared.version is not None
    assert other.version is not None
    said = set()
    for item in (other.items[0].id, "999999-0"):
        wrong = [{"item": item, "starts_on": APRIL.isoformat(), "quantity": 1}]
        with pytest.raises(InvalidInput) as error:
            supplier_commits.send(supplier, shared.version.id, wrong)
        said.add(error.value.message.replace(item, "…"))
    assert len(said) == 1
    with pytest.raises(Conflict):
        supplier_commits.send(supplier, other.version.id, cells(shared, 1))
    send(viewer_of("supplier2"), other, 5)
    theirs = commit_grid(viewer_of("supplier2")).pending
    assert theirs is not None
    with pytest.raises(NotFound):
        supplier_commits.take_back(supplier, theirs.id)


def test_b06_neighbour_reads_no_row_by_sql(shared: CommitGrid, viewer_of: ViewerOf) -> None:
    assert shared.version is not None
    with session_scope(viewer_of("supplier2")) as session:
        for table, column in (("supplier_forecast", "id"), ("supplier_forecast_line", "forecast_id")):
            statement = text(f"select count(*) from {table} where {column} = :id")
            assert session.execute(statement, {"id": shared.version.id}).scalar_one() == 0
        assert session.execute(text("select count(*) from supplier_agreement")).scalar_one() == 1
        assert session.execute(text("select count(*) from supplier_item")).scalar_one() == 1


def test_b05_viewers_read_but_do_not_commit(shared: CommitGrid, viewer_of: ViewerOf) -> None:
    reader = viewer_of("supplier-viewer")
    assert commit_grid(reader).items
    with pytest.raises(NotAllowed):
        send(reader, shared, 1)


@pytest.mark.parametrize("name", ["planner", "customer", "oem"])
def test_only_suppliers_have_the_grid(ids: Trading, viewer_of: ViewerOf, name: str) -> None:
    with pytest.raises(NotAllowed):
        commit_grid(viewer_of(name))


def test_agreement_is_checked_and_changed_by_one_at_a_time(ids: Trading, shared: CommitGrid, planner: Viewer) -> None:
    party = ids["alpha.party"]
    version = next(each.version for each in supplier_agreements.suppliers(planner) if each.id == party)
    for wrong, message in (
        ({"horizon": 99}, "Horizon: enter a whole number"),
        ({"firm_fence": 4}, "Firm fence"),
        ({"bucket": "day"}, "Bucket: choose"),
        ({"near_warn": 50}, "warning has to come before"),
        ({"shared_to": "2020-01-01"}, "before the first"),
    ):
        with pytest.raises(InvalidInput, match=message):
            supplier_agreements.save(planner, party, version, TERMS | wrong)
    supplier_agreements.save(planner, party, version, TERMS | {"smoothing": 2})
    with pytest.raises(Conflict, match="Somebody else"):
        supplier_agreements.save(planner, party, version, TERMS)
    with pytest.raises(NotFound):
        supplier_agreements.save(planner, 2**62, 0, TERMS)
