"""A customer's and an OEM's forecast from the first cell to the demand plan, on numbers worked out by hand."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from databases import TestServer
from demand_company import DEC, JAN, TODAY, load, rows, said
from partner_company import load_partners, partner
from sqlalchemy import text

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.permissions import Level, Permission
from core.viewer import Viewer
from data.db import session_scope
from services import partner_forecast_accuracy, partner_forecast_compare, partner_forecasts, partner_requests
from services import partner_forecast_cells as cells
from services.demand_plan import demand_plan


@pytest.fixture(scope="module")
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        load(patch)
        yield load_partners()


@pytest.fixture(autouse=True)
def _clean(company: Any) -> None:
    for table in ("partner_forecast", "partner_submission", "demand_edit", "forecast_override", "sop_cycle"):
        rows(f"delete from {table}")
    rows("select tandem_bump('demand_plan')")


def cell(item: str, month: str, quantity: object, **more: object) -> dict[str, object]:
    return {"item": item, "month": month, "quantity": quantity, **more}


def sent(viewer: Viewer, *written: dict[str, object]) -> int:
    cells.save(viewer, written)
    return partner_forecasts.send(viewer)


def waiting(viewer: Viewer) -> Any:
    (found,) = partner_requests.requests(viewer)
    return found


def accept(viewer: Viewer) -> None:
    partner_requests.accept(viewer, waiting(viewer).submission.id)


def figures(viewer: Viewer) -> bytes:
    with session_scope(viewer) as session:
        found = demand_plan(session, viewer)
        assert not found.base.leaves.empty
        return found.consensus.tobytes()


def state_of(number: int, company_id: int) -> str:
    found = rows("select state from partner_forecast where company_id = :c and number = :n", c=company_id, n=number)
    return str(found[0].state)


def csv_file(content: str) -> str:
    return "data:text/csv;base64," + base64.b64encode(content.encode()).decode()


def test_nothing_of_a_forecast_is_in_the_plan_before_it_is_accepted(company: Any) -> None:
    before = figures(company["planner"])
    sent(company["mart"], cell("A", "2026-12", 30), cell("A", "2027-01", 20))
    assert figures(company["planner"]) == before
    assert said("customer") == {}
    partner_requests.reject(company["planner"], waiting(company["planner"]).submission.id, "Too early")
    assert (figures(company["planner"]), state_of(1, 2)) == (before, "rejected")
    assert partner_requests.requests(company["planner"], decided=True)[0].described.summary == "Forecast 1: 1 item"


def test_accepted_it_replaces_the_customers_part_of_the_baseline(company: Any) -> None:
    """Tea A is expected at 60; a quarter of it is Mart's: 60 x 0.75 + 30 = 75."""
    before = figures(company["planner"])
    sent(company["mart"], cell("A", "2026-12", 30), cell("A", "2027-01", 20))
    found = waiting(company["planner"]).described
    assert found.obstacle is None
    assert found.impact == pytest.approx((75 - 60) * 4 + (65 - 60) * 4)
    assert ("A, 2026-12", "60", "75 (asked 30)") in [tuple(fact) for fact in found.facts]
    accept(company["planner"])
    assert said("customer") == {("A", "KL", "MT", DEC): 75, ("A", "KL", "MT", JAN): 65}
    assert figures(company["planner"]) != before
    (edit,) = rows("select stream, source, reason, created_by, expires_on from demand_edit")
    assert (edit.stream, edit.source, edit.reason) == ("customer", "partner", "Forecast 1 of Mart")
    assert (edit.created_by, str(edit.expires_on)) == (company["planner"].user_id, "2027-01-31")


def test_a_newer_version_takes_the_place_of_the_older_exactly(company: Any) -> None:
    sent(company["mart"], cell("A", "2026-12", 30), cell("A", "2027-01", 20))
    accept(company["planner"])
    sent(company["mart"], cell("A", "2026-12", 18), cell("A", "2027-01", None))
    accept(company["planner"])
    assert said("customer") == {("A", "KL", "MT", DEC): 63}
    assert [state_of(number, 2) for number in (1, 2)] == ["superseded", "accepted"]


def test_two_customers_count_once_each_and_an_oem_is_all_of_its_product(company: Any) -> None:
    """60 x (1 - 0.25 - 0.5) + 18 + 40 = 73."""
    sent(company["mart"], cell("A", "2026-12", 18))
    accept(company["planner"])
    sent(company["grocer"], cell("A", "2026-12", 40))
    accept(company["planner"])
    sent(company["label"], cell("B", "2026-12", 44))
    accept(company["planner"])
    assert said("customer") == {("A", "KL", "MT", DEC): 73, ("B", "KL", "MT", DEC): 44}


def test_what_a_colleague_holds_stays_as_it_is(company: Any) -> None:
    rows(
        "insert into forecast_override (product_id, location_id, channel_id, frequency, period, stream, quantity, "
        "held) select p.id, l.id, c.id, 'month', :month, 'customer', 61, true from product p, location l, channel c "
        "where (p.code, l.code, c.code) = ('A', 'KL', 'MT')",
        month=DEC,
    )
    rows("select tandem_bump('demand_plan')")
    sent(company["mart"], cell("A", "2026-12", 30), cell("A", "2027-01", 20))
    accept(company["planner"])
    assert said("customer") == {("A", "KL", "MT", DEC): 61, ("A", "KL", "MT", JAN): 65}


def test_a_closed_demand_step_is_told_and_stops_it(company: Any) -> None:
    rows("insert into sop_cycle (month, status) values ('2026-11-01', 'open')")
    rows(
        "insert into sop_step (cycle_id, step, position, status, due_on, closed_at) "
        "select id, 'demand', 3, 'closed', '2026-11-20', now() from sop_cycle"
    )
    sent(company["mart"], cell("A", "2026-12", 30))
    assert "Closed for 2026-11" in str(waiting(company["planner"]).described.obstacle)
    with pytest.raises(Conflict, match="Closed for 2026-11"):
        accept(company["planner"])
    assert (said("customer"), state_of(1, 2)) == ({}, "sent")


def test_who_has_no_right_on_the_stream_may_not_decide(company: Any) -> None:
    sent(company["mart"], cell("A", "2026-12", 30))
    with pytest.raises(NotAllowed):
        accept(company["marketing"])


def test_a_newer_version_replaces_one_that_waits_and_one_that_waits_can_be_withdrawn(company: Any) -> None:
    sent(company["mart"], cell("A", "2026-12", 30))
    sent(company["mart"], cell("A", "2026-12", 31))
    assert [state_of(number, 2) for number in (1, 2)] == ["superseded", "sent"]
    assert waiting(company["planner"]).submission.payload["number"] == 2
    partner_forecasts.withdraw(company["mart"])
    assert (state_of(2, 2), partner_requests.requests(company["planner"])) == ("draft", [])
    with pytest.raises(NotFound):
        partner_forecasts.withdraw(company["mart"])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (cell("B", "2026-12", 1), "item “B”: You never ordered it"),
        (cell("ZZZ", "2026-12", 1), "Write the code of an item"),
        (cell("A", "2026-11", 1), "Write a month from 2026-12 to 2027-11"),
        (cell("A", ["x"], 1), "can't be forecast"),
        (cell("A", "2026-12", "many"), "Row 2, 2026-12 “many”"),
        (cell("A", "2026-12", -1), "below zero"),
        (cell("A", "2026-12", 1e300), "no number"),
        (cell({"$ne": 1}, "2026-12", 1), "item"),  # type: ignore[arg-type]
        (cell("A", "2027-01", 1), "there twice"),
    ],
)
def test_bad_cells_are_named_and_nothing_is_written(company: Any, wrong: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInput, match="Nothing was written") as raised:
        cells.save(company["mart"], [cell("A", "2027-01", 7), wrong])
    assert message in str(raised.value)
    assert partner_forecasts.versions(company["mart"]) == []


def test_who_comes_second_is_told_who_was_faster_and_what_changed(company: Any) -> None:
    colleague = partner(2, f"colleague{len(rows('select 1 from app_user'))}")
    cells.save(company["mart"], [cell("A", "2026-12", 30, before=None)])
    with pytest.raises(Conflict, match="Mart has changed A, 2026-12 from – to 30"):
        cells.save(colleague, [cell("A", "2026-12", 35, before=None)])
    assert cells.save(colleague, [cell("A", "2026-12", 35, before=30)]) == 1


def test_the_download_is_the_layout_of_the_upload(company: Any) -> None:
    cells.save(company["mart"], [cell("A", "2026-12", "1,250.5")])
    with cells.download(company["mart"], cells.Format.CSV) as found:
        content = b"".join(found.chunks).decode("utf-8-sig")
    assert content.splitlines()[0].startswith("item,name,uom,2026-12,2027-01")
    assert cells.take_over(company["mart"], csv_file(content)) == 0
    changed = csv_file(content.replace("1250.5", "900"))
    assert (cells.dry_run(company["mart"], changed).changed, cells.dry_run(company["mart"], changed).problems) == (
        1,
        [],
    )
    assert cells.take_over(company["mart"], changed) == 1
    assert cells.take_over(company["mart"], changed) == 0
    assert list(partner_forecasts.sheet(company["mart"]).figures.values()) == [Decimal(900)]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("item;2026-12\nA;5\nX;7", "Row 3, item “X”"),
        ("item,2026-12,2030-01\nA,5,7", "2030-01"),
        ("item,2026-12\nA,five", "Row 2, 2026-12 “five”"),
    ],
)
def test_a_bad_file_is_told_and_leaves_everything(company: Any, content: str, problem: str) -> None:
    assert cells.dry_run(company["mart"], csv_file(content)).problems
    with pytest.raises(InvalidInput) as raised:
        cells.take_over(company["mart"], csv_file(content))
    assert problem in str(raised.value)
    assert partner_forecasts.versions(company["mart"]) == []


@pytest.mark.parametrize("content", [None, "", "data:,", "data:x;base64,@@", csv_file("name\nA"), csv_file(""), 7])
def test_what_is_no_such_file_is_refused(company: Any, content: object) -> None:
    with pytest.raises(InvalidInput):
        cells.dry_run(company["mart"], content)


def test_filling_copies_last_year_and_changes_by_per_cent(company: Any) -> None:
    assert cells.fill(company["mart"], "last_year") == 11  # what was ordered from December to October
    assert cells.fill(company["mart"], "percent", None, 20) == 11
    assert set(partner_forecasts.sheet(company["mart"]).figures.values()) == {Decimal(18)}
    assert cells.fill(company["mart"], "clear") == 11
    for rule, percent in (("nonsense", 0), (["x"], 0), ("percent", "much"), ("percent", -101)):
        with pytest.raises(InvalidInput):
            cells.fill(company["mart"], rule, None, percent)
    with pytest.raises(InvalidInput, match="empty"):
        partner_forecasts.send(company["mart"])


def test_versions_are_compared_cell_by_cell(company: Any) -> None:
    sent(company["mart"], cell("A", "2026-12", 30), cell("A", "2027-01", 20))
    sent(company["mart"], cell("A", "2026-12", 36))
    found = partner_forecast_compare.compare(company["mart"], "1", "2")
    assert [(each.item, each.month, each.before, each.after) for each in found.cells] == [("A", DEC, 30, 36)]
    assert [(each.before, each.after) for each in found.months] == [(30, 36), (20, 20)]
    with pytest.raises(NotFound):
        partner_forecast_compare.compare(company["grocer"], "1", "2")


def test_accuracy_is_of_what_was_said_and_then_ordered_of_the_own_only(company: Any) -> None:
    """Of October was said 18 in August (lag 2), 12 in September (lag 1); Mart ordered 15."""
    for number, (said_on, quantity) in enumerate((("2026-08-20", 18), ("2026-09-20", 12)), start=1):
        rows(
            "with f as (insert into partner_forecast (company_id, party, number, state, created_by, sent_at) "
            "values (2, 'customer', :number, 'superseded', :user, :said_on) returning id) "
            "insert into partner_forecast_value select f.id, p.id, '2026-10-01', :quantity from f, product p "
            "where p.code = 'A'",
            number=number,
            user=company["mart"].user_id,
            said_on=said_on,
            quantity=quantity,
        )
    found = partner_forecast_accuracy.accuracy(company["mart"], "2")
    assert {lag: (each.pairs, each.wmape, each.bias) for lag, each in found.lags.items()} == {
        1: (1, pytest.approx(0.2), pytest.approx(-0.2)),
        2: (1, pytest.approx(0.2), pytest.approx(0.2)),
        3: (0, pytest.approx(float("nan"), nan_ok=True), pytest.approx(float("nan"), nan_ok=True)),
    }
    assert [(item.code, each.ordered, each.forecast) for item, each in found.items] == [("A", 15, 18)]
    assert [(each.ordered, each.forecast, each.naive) for each in found.months] == [(15, 18, None)]
    assert not any(
        each.pairs for each in partner_forecast_accuracy.accuracy(company["grocer"], {"$ne": 1}).lags.values()
    )


def test_b01_a_neighbour_sees_and_writes_nothing_by_sql(company: Any) -> None:
    sent(company["mart"], cell("A", "2026-12", 30))
    cells.save(company["mart"], [cell("A", "2026-12", 31)])
    ids = [row.id for row in rows("select id from partner_forecast order by id")]
    with session_scope(company["grocer"]) as session:
        assert session.execute(text("select id from partner_forecast")).all() == []
        assert session.execute(text("select forecast_id from partner_forecast_value")).all() == []
        assert session.execute(text("update partner_forecast set state = 'superseded'")).rowcount == 0  # type: ignore[attr-defined]
    forged = (
        "insert into partner_forecast_value (forecast_id, product_id, period) select :id, id, '2027-05-01' from product"
    )
    for name, forecast_id in (("grocer", ids[1]), ("mart", ids[0])):  # a neighbour's draft; the own one that was sent
        with pytest.raises(NotAllowed), session_scope(company[name]) as session:
            session.execute(text(forged), {"id": forecast_id})
    with pytest.raises(NotAllowed), session_scope(company["mart"]) as session:
        session.execute(text("update partner_forecast set state = 'accepted' where state = 'sent'"))


def test_levels_and_withheld_features_are_held_to(company: Any) -> None:
    looking = partner(2, f"viewer{len(rows('select 1 from app_user'))}", Level.VIEWER)
    writing = partner(2, f"user{len(rows('select 1 from app_user'))}", Level.USER)
    without = Viewer(
        **{
            **{name: getattr(company["mart"], name) for name in Viewer.__slots__},
            "permissions": company["mart"].permissions - {Permission.CUSTOMER_FORECAST},
        }
    )
    assert partner_forecasts.sheet(looking).items
    assert cells.save(writing, [cell("A", "2026-12", 3)]) == 1
    for refused in (
        lambda: cells.save(looking, [cell("A", "2026-12", 3)]),
        lambda: cells.fill(looking, "clear"),
        lambda: cells.take_over(looking, csv_file("item,2026-12\nA,5")),
        lambda: partner_forecasts.send(writing),
        lambda: partner_forecasts.withdraw(writing),
        lambda: partner_forecasts.sheet(without),
        lambda: partner_forecasts.sheet(company["planner"]),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_today_is_the_day_of_the_company() -> None:
    assert partner_forecasts.months_from(TODAY, 1, 2) == [DEC, JAN]
