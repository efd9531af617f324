"""Reservations: who may, what is refused, when they end, and that no unit is ever promised twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import stock_company
from sqlalchemy import text
from stock_company import TODAY, add, ids

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Channel, Customer, Location
from models.product import Product
from models.promising import ChannelAllocation
from services import order_promising, reservations


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def item(code: str = "NEW") -> tuple[int, int]:
    """There are nine of NEW, and no more will come."""
    return ids(Product)[code], ids(Location)["KL"]


def hold(viewer: Viewer, quantity: object = 4, **given: Any) -> dict[str, Any]:
    asked = {"quantity": quantity, "wanted_on": TODAY, "key": str(uuid4()), **given}
    return reservations.reserve(viewer, *item(asked.pop("code", "NEW")), **asked)


def left(planner: Viewer, code: str = "NEW") -> float:
    found = order_promising.promise(planner, *item(code), quantity=10_000, wanted_on=TODAY)
    return found.offer.on_time


def run(statement: str) -> list[Any]:
    with owner_engine().begin() as connection:
        found = connection.execute(text(statement))
        return [tuple(row) for row in found] if found.returns_rows else []


def audited() -> list[str]:
    return [row[0] for row in run("select action from audit_entry where subject = 'stock_reservation' order by id")]


def test_what_is_held_is_nobody_elses(planner: Viewer) -> None:
    made = hold(planner, 4, note=" for the fair ")
    assert (made["status"], made["quantity"], made["note"], made["promised_on"]) == ("held", 4, "for the fair", TODAY)
    assert 23.9 < (reservations.hours_left(made["expires_at"]) or 0) <= 24
    assert left(planner) == 5
    with pytest.raises(Conflict, match=r"Of 6 only 5 can still be promised .* no later week"):
        hold(planner, 6)
    hold(planner, 5)
    assert left(planner) == 0
    assert audited() == ["stock_reservation.hold"] * 2


def test_a_refusal_says_when_there_is_enough(planner: Viewer) -> None:
    # Chips: 40 today, more comes after the two weeks that its supplier takes.
    with pytest.raises(Conflict, match="All of it can be promised for 2026-03-20"):
        hold(planner, 45, code="CHIPS")
    made = hold(planner, 45, code="CHIPS", promised_on="2026-03-20")
    assert (made["wanted_on"], str(made["promised_on"])) == (TODAY, "2026-03-20")


def test_a_receipt_is_not_promised_for_the_monday_of_its_week(planner: Viewer) -> None:
    with pytest.raises(Conflict, match=r"^The receipts it needs may come as late as Friday .* for 2026-03-20"):
        hold(planner, 45, code="CHIPS", promised_on="2026-03-16")


def test_a_request_that_comes_twice_reserves_once(planner: Viewer) -> None:
    key = str(uuid4())
    first, second = (hold(planner, 4, key=key) for _ in range(2))
    assert first["id"] == second["id"]
    assert left(planner) == 5


def test_confirmed_it_stays_released_it_is_free_again(planner: Viewer) -> None:
    made = hold(planner, 4)
    confirmed = reservations.confirm(planner, made["id"], made["version"])
    assert (confirmed["status"], confirmed["expires_at"]) == ("confirmed", None)
    assert left(planner) == 5
    with pytest.raises(Conflict, match="is now confirmed"):
        reservations.release(planner, made["id"], made["version"])
    released = reservations.release(planner, made["id"], confirmed["version"])
    assert (released["status"], left(planner)) == ("released", 9)
    with pytest.raises(Conflict, match="is now released"):
        reservations.confirm(planner, made["id"], released["version"])
    assert audited() == [f"stock_reservation.{verb}" for verb in ("hold", "confirm", "release")]


def test_a_hold_ends_by_itself_whether_the_worker_looks_or_not(planner: Viewer) -> None:
    made = hold(planner, 4)
    run("update stock_reservation set expires_at = now() - interval '1 second'")
    assert left(planner) == 9
    assert reservations.reservations(planner).rows == []
    (old,) = reservations.reservations(planner, live=False).rows
    assert old["status"] == "expired"
    with pytest.raises(Conflict, match="is now expired"):
        reservations.confirm(planner, made["id"], made["version"])
    assert (reservations.expire_holds(), reservations.expire_holds()) == (1, 0)
    assert run("select status, version from stock_reservation") == [("expired", 2)]
    assert audited()[-1] == "stock_reservation.expire"


def test_the_list_counts_and_sorts(planner: Viewer) -> None:
    first, second = hold(planner, 1, hold_hours=5), hold(planner, 2, hold_hours=2)
    reservations.release(planner, first["id"], first["version"])
    page = reservations.reservations(planner)
    assert ([row["id"] for row in page.rows], page.total, page.live) == ([second["id"]], 1, 1)
    every = reservations.reservations(planner, live=False, sort=(("quantity", False), ("nonsense; drop", True)))
    assert [row["quantity"] for row in every.rows] == [1, 2]
    assert (every.total, every.live) == (2, 1)


def test_a_customers_channel_is_its_own(planner: Viewer) -> None:
    with owner_engine().begin() as connection:
        own, other = (add(connection, Channel, code=code, name=code) for code in ("OWN", "OTHER"))
        add(connection, Customer, code="C", name="Kedai", channel_id=own)
        add(connection, ChannelAllocation, channel_id=other, share=1, valid_from=TODAY)
    with pytest.raises(Conflict, match="only 0"):
        hold(planner, 1, customer=" C ")
    made = hold(planner, 9, customer="C", channel=other)
    assert (made["customer"], made["channel"]) == ("Kedai", "OTHER")


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("quantity", 0, "Quantity"),
        ("hold_hours", 0, "Hold for"),
        ("hold_hours", 10**6, "Hold for"),
        ("hold_hours", None, "Hold for"),
        ("key", "no key", "key"),
        ("key", None, "key"),
        ("promised_on", "2026-03-01", "Promised on"),
        ("promised_on", "2090-03-01", "Promised on"),
        ("customer", "NOBODY", "Customer"),
        ("channel", "x", "Channel"),
        ("note", "x" * 400, "Note"),
    ],
    ids=str,
)
def test_what_can_not_be_reserved(planner: Viewer, field: str, value: object, error: str) -> None:
    with pytest.raises(InvalidInput, match=error):
        hold(planner, **{field: value})
    assert run("select * from stock_reservation") == []


def test_who_may_not(viewer_of: Callable[[str], Viewer], planner: Viewer) -> None:
    made = hold(planner, 1)
    for name in ("executive", "supplier"):
        for attempt in (
            hold,
            lambda other: reservations.confirm(other, made["id"], made["version"]),
            lambda other: reservations.release(other, made["id"], made["version"]),
        ):
            with pytest.raises(NotAllowed):
                attempt(viewer_of(name))
    with pytest.raises(NotAllowed):
        reservations.reservations(viewer_of("supplier"))


def test_what_is_not_there(planner: Viewer) -> None:
    for reservation_id in (10**9, None, "1", True):
        with pytest.raises(NotFound):
            reservations.confirm(planner, reservation_id, 1)


def test_sixteen_at_once_never_get_more_than_there_is(planner: Viewer) -> None:
    """Each wants two of nine: four get them, all others are told; nobody waits for ever."""
    left(planner)  # the plan is there already, so that all begin together

    def attempt(number: int) -> str:
        try:
            return str(hold(planner, 2, wanted_on=TODAY + timedelta(days=number % 3))["status"])
        except Conflict:
            return "refused"

    with ThreadPoolExecutor(16) as pool:
        ended = list(pool.map(attempt, range(16)))
    assert (ended.count("held"), ended.count("refused")) == (4, 12)
    assert run("select sum(quantity)::float8 from stock_reservation") == [(8.0,)]
    assert left(planner) == 1


def test_a_hold_that_is_confirmed_while_its_time_ends_is_not_given_to_another(planner: Viewer) -> None:
    for _round in range(5):
        made = hold(planner, 9)
        run("update stock_reservation set expires_at = now() + interval '0.03 second' where status = 'held'")

        def confirmed(made: dict[str, Any] = made) -> bool:
            try:
                return bool(reservations.confirm(planner, made["id"], made["version"]))
            except Conflict:
                return False

        def taken() -> bool:
            try:
                return bool(hold(planner, 9))
            except Conflict:
                return False

        with ThreadPoolExecutor(6) as pool:
            first = [pool.submit(confirmed), *(pool.submit(taken) for _ in range(5))]
        assert sum(attempt.result() for attempt in first) <= 1
        run("delete from stock_reservation")
