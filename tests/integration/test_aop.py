"""The annual operating plan: edits, spreading, agreeing, a new year, and the way from draft to locked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rows import colleague
from sqlalchemy import text

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.permissions import Role
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import aop, aop_versions
from services.aop_versions import in_force

YEAR = 2026
REVENUE: dict[str, Any] = {"level": "category", "measure": "revenue"}


@pytest.fixture(autouse=True)
def company(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo company without versions; its targets of this year are told apart by nothing but their figures."""
    monkeypatch.setenv("TANDEM_TODAY", "2026-11-21")
    with owner_engine().begin() as connection:
        for table in ("aop_version", "notification"):
            connection.execute(text(f"delete from {table}"))


@pytest.fixture
def finance(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("finance")


@pytest.fixture
def executive(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("executive")


def months(viewer: Viewer, member: str = "Snacks", **where: str) -> list[float | None]:
    found = aop.aop_year(viewer, YEAR, **{**REVENUE, **where})
    return next(row.months for row in found.rows if row.member == member)


def version(viewer: Viewer) -> int:
    return aop.aop_year(viewer, YEAR, **REVENUE).version


def newest(viewer: Viewer) -> dict[str, Any]:
    return aop_versions.versions(viewer, YEAR)[0]


def inbox() -> set[tuple[str, bool]]:
    statement = text("select title, done_at is null from notification where key = 'aop:2026'")
    with owner_engine().connect() as connection:
        return {(row[0], row[1]) for row in connection.execute(statement)}


def test_a_month_is_set_and_the_trail_knows_what_it_was(finance: Viewer) -> None:
    before = months(finance)[2]
    aop.set_months(finance, YEAR, 0, **REVENUE, member="Snacks", months={3: 1_234_567})
    assert months(finance)[2] == 1_234_567
    with owner_engine().connect() as connection:
        action, was, now = connection.execute(
            text("select action, before, after from audit_entry where action = 'aop.edit' order by id desc limit 1")
        ).one()
    assert (action, was, now) == (
        "aop.edit",
        {"category Snacks 2026-03 revenue": pytest.approx(before)},
        {"category Snacks 2026-03 revenue": 1_234_567},
    )


def test_a_year_is_spread_by_season_exactly(finance: Viewer) -> None:
    aop.set_total(finance, YEAR, 0, **REVENUE, member="Snacks", total="10000000.01")
    found = months(finance)
    assert sum(round((value or 0) * 100) for value in found) == 1_000_000_001
    row = next(row for row in aop.aop_year(finance, YEAR, **REVENUE).rows if row.member == "Snacks")
    assert [value / 1e7 for value in found if value is not None] == pytest.approx(row.season, abs=1e-8)
    assert row.years >= 1
    aop.set_total(finance, YEAR, version(finance), **REVENUE, member="Snacks", total=1200, rule="equal")
    assert months(finance) == [100.0] * 12
    service = {"level": "company", "measure": "service"}
    aop.set_total(finance, YEAR, version(finance), **service, member="", total="0.97")
    assert months(finance, "", **service) == [0.97] * 12


def test_levels_are_made_to_agree_either_way(finance: Viewer) -> None:
    aop.set_months(finance, YEAR, 0, level="company", measure="revenue", member="", months={1: 9_000_000, 2: 8_000_000})
    assert (aop.aop_year(finance, YEAR, **REVENUE).difference[0] or 0) != 0
    aop.reconcile(finance, YEAR, version(finance), **REVENUE)
    found = aop.aop_year(finance, YEAR, **REVENUE)
    assert found.difference == [pytest.approx(0, abs=1e-6)] * 12
    assert found.company[:2] == [9_000_000, 8_000_000]
    aop.set_months(finance, YEAR, found.version, **REVENUE, member="Snacks", months={1: 1})
    aop.reconcile(finance, YEAR, version(finance), **REVENUE, upwards=True)
    found = aop.aop_year(finance, YEAR, **REVENUE)
    assert found.difference == [pytest.approx(0, abs=1e-6)] * 12
    assert (found.company[0] or 0) < 9_000_000
    with pytest.raises(InvalidInput, match="nothing to spread"):
        aop.reconcile(finance, YEAR, found.version, **REVENUE)


def test_a_new_year_grows_what_was_sold(finance: Viewer) -> None:
    made = aop.new_year(finance, 2027, 0, {"Snacks": 10, "Sauces": ""})
    grown = aop.aop_year(finance, 2027, **REVENUE)
    assert made == 3 * 12 * (
        1 + len(grown.rows) + len(aop.aop_year(finance, 2027, level="channel", measure="revenue").rows)
    )
    aop.new_year(finance, 2027, grown.version, {})
    plain = aop.aop_year(finance, 2027, **REVENUE)
    for before, after in zip(plain.rows, grown.rows, strict=True):
        times = 1.1 if before.member == "Snacks" else 1.0
        assert (after.total or 0) == pytest.approx((before.total or 0) * times, rel=1e-6)
    assert plain.difference == [pytest.approx(0, abs=0.05)] * 12


def test_from_draft_to_locked_and_on(finance: Viewer, executive: Viewer) -> None:
    aop.set_months(finance, YEAR, 0, **REVENUE, member="Snacks", months={1: 100})
    aop_versions.submit(finance, YEAR, version(finance), "Board of January")
    assert inbox() == {("Approve AOP 2026 v1", True)}
    with pytest.raises(Conflict, match="in review"):
        aop.set_months(finance, YEAR, version(finance), **REVENUE, member="Snacks", months={1: 200})
    with pytest.raises(NotAllowed):
        aop_versions.approve(finance, newest(finance)["id"], version(finance))
    aop_versions.approve(executive, newest(executive)["id"], version(executive), "Agreed")
    assert {told[1] for told in inbox()} == {False}
    aop_versions.lock(executive, newest(executive)["id"], version(executive))
    for change in (aop_versions.lock, aop_versions.approve):
        with pytest.raises(Conflict, match="locked"):
            change(executive, newest(executive)["id"], version(executive))
    first = newest(finance)
    aop_versions.new_draft(finance, YEAR, source=first["id"])
    aop.set_months(finance, YEAR, version(finance), **REVENUE, member="Snacks", months={1: 300})
    with session_scope(finance) as session:
        held = in_force(session, YEAR)
    own = held.targets[(held.targets["level"] == "category") & (held.targets["member"] == "Snacks")]
    own = own[own["measure"] == "revenue"].sort_values("period")
    assert (held.number, held.status, own["value"].iloc[0]) == (1, "locked", 100)
    (differs,) = aop_versions.compare(finance, YEAR, first["id"], 0)
    assert (differs["member"], differs["months"], differs["after"] - differs["before"]) == (
        "Snacks",
        1,
        pytest.approx(200),
    )


def test_a_version_sent_back_is_a_draft_again(finance: Viewer, executive: Viewer) -> None:
    aop_versions.submit(finance, YEAR, 0)
    with pytest.raises(InvalidInput, match="Note"):
        aop_versions.send_back(executive, newest(executive)["id"], version(executive), "")
    aop_versions.send_back(executive, newest(executive)["id"], version(executive), "Snacks too low")
    assert (newest(finance)["status"], newest(finance)["note"]) == ("draft", "Snacks too low")
    aop.set_months(finance, YEAR, version(finance), **REVENUE, member="Snacks", months={1: 200})


def test_the_second_of_two_people_is_told_who_was_first(finance: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    planner, seen = viewer_of("planner"), version(finance)
    aop.set_months(planner, YEAR, seen, **REVENUE, member="Snacks", months={1: 100})
    with pytest.raises(Conflict, match=planner.name):
        aop.set_months(finance, YEAR, seen, **REVENUE, member="Snacks", months={1: 200})
    with pytest.raises(Conflict, match=planner.name):
        aop_versions.submit(finance, YEAR, seen)
    assert months(finance)[0] == 100


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"member": "Shoes"}, "There is no “Shoes”"),
    ({"member": None}, "There is no"),
    ({"months": {13: 1}}, "Month"),
    ({"months": {}}, "Month"),
    ({"months": {1: -5}}, "from 0"),
    ({"months": {1: "a lot"}}, "enter a number"),
    ({"months": {1: float("nan")}}, "enter a number"),
    ({"months": {1: None}}, "enter a number"),
    ({"level": "planet"}, "Choose"),
    ({"measure": "service", "months": {1: 96}}, "0.96"),
]


@pytest.mark.parametrize(("given", "said"), REFUSED, ids=[str(at) for at in range(len(REFUSED))])
def test_what_is_refused_says_what_it_takes(finance: Viewer, given: dict[str, Any], said: str) -> None:
    asked = {**REVENUE, "member": "Snacks", "months": {1: 5}, **given}
    with pytest.raises(InvalidInput, match=said):
        aop.set_months(finance, YEAR, 0, **asked)
    assert aop_versions.versions(finance, YEAR) == []


def test_nothing_is_made_of_nothing(finance: Viewer) -> None:
    with pytest.raises(InvalidInput, match="no targets"):
        aop_versions.submit(finance, 2040, 0)
    with pytest.raises(InvalidInput, match="Growth of Snacks"):
        aop.new_year(finance, 2027, 0, {"Snacks": "much"})
    with pytest.raises(NotFound):
        aop_versions.approve(colleague(Role.EXECUTIVE), 999_999, 1)
    with pytest.raises(NotAllowed):
        aop.set_months(colleague(Role.SALES), YEAR, 0, **REVENUE, member="Snacks", months={1: 1})
    with pytest.raises(NotAllowed):
        aop.aop_year(colleague(Role.ADMIN), YEAR, **REVENUE)
