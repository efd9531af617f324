"""Edits of the demand plan at every level, in numbers, and what stands in the ledger of them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import demand_company
import pytest
from databases import TestServer
from demand_company import DEC, JAN, MONTHS, NOV, TODAY, bump, person, rows, said

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, UserError
from core.permissions import Role
from core.viewer import Viewer
from services import demand_edits, planning_rules
from services.company_rules import as_entered
from services.demand_edits import Change, Preview, Scope

A, TEA, DRINKS = Scope(product="A"), Scope(family="Tea"), Scope(category="Drinks")
LEAF = Scope(product="A", location="KL", channel="MT")
MT, GT, JB, B, C, R = (
    *(("A", "KL", "MT"), ("A", "KL", "GT"), ("A", "JB", "MT"), ("B", "KL", "MT"), ("C", "KL", "MT"), ("R", "KL", "MT")),
)


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
    for table in ("forecast_override", "demand_edit", "sop_cycle"):
        rows(f"delete from {table}")
    rows("delete from setting where key like 'demand_edit.%'")
    bump()


@pytest.fixture(scope="module")
def ann(company: Path) -> Viewer:
    return person("Ann", Role.PLANNER)


@pytest.fixture(scope="module")
def bob(company: Path) -> Viewer:
    return person("Bob", Role.PLANNER)


@pytest.fixture(scope="module")
def sue(company: Path) -> Viewer:
    return person("Sue", Role.SALES)


def change(mode: str, value: float | None = None, *, scope: Scope | None = None, **asked: Any) -> Change:
    usual: dict[str, Any] = {"stream": "planner", "months": (DEC,), "reason": "Promotion"}
    return Change(scope=scope or LEAF, mode=mode, value=value, **usual | asked)


def figures(stream: str = "planner", month: date = DEC) -> dict[tuple[str, str, str | None], float]:
    return {key[:3]: quantity for key, quantity in said(stream).items() if key[3] == month}


class TestModes:
    @pytest.mark.parametrize(
        ("scope", "mode", "value", "asked", "expected"),
        [
            (LEAF, "set", 75, {}, {MT: 75}),
            (LEAF, "set", 0, {}, {MT: 0}),
            (LEAF, "set", 75.25, {}, {MT: 75.25}),
            (A, "set", 200, {}, {MT: 80, GT: 53, JB: 67}),  # of 60, 40 and 50
            (A, "set", 200, {"rule": "equal"}, {MT: 66, GT: 67, JB: 67}),  # the leaves in order: JB, GT, MT
            (A, "set", 200.5, {"rule": "equal"}, {MT: 66.8333, GT: 66.8333, JB: 66.8334}),
            (A, "set", 1200, {"measure": "value"}, {MT: 120, GT: 80, JB: 100}),  # at RM 4
            (TEA, "set", 360, {}, {MT: 120, GT: 80, JB: 100, B: 60}),
            (DRINKS, "share", 10, {}, {MT: 66, GT: 44, JB: 55, B: 33}),
            (DRINKS, "add", -90, {}, {MT: 30, GT: 20, JB: 25, B: 15}),
            (DRINKS, "add", 690, {"measure": "value"}, {MT: 120, GT: 80, JB: 100, B: 60}),  # RM 690 are planned
            (Scope(brand="Merah"), "set", 340, {}, {MT: 120, GT: 80, JB: 100, C: 40}),
            (Scope(region="South"), "share", -50, {}, {JB: 25}),
            (Scope(location="JB"), "add", 7, {}, {JB: 57}),
            (Scope(channel="GT"), "set", 44, {}, {GT: 44}),
            (Scope(category="Drinks", location="KL", channel="MT"), "set", 180, {}, {MT: 120, B: 60}),
            (Scope(category="Staples"), "share", 10, {}, {R: 11.55}),
            (Scope(), "share", -10, {}, {MT: 54, GT: 36, JB: 45, B: 27, C: 18, R: 9.45}),  # pieces and kilograms
            (Scope(), "set", 1790, {"measure": "value"}, {MT: 120, GT: 80, JB: 100, B: 60, C: 40, R: 21}),
            (TEA, "hold", None, {}, {MT: 60, GT: 40, JB: 50, B: 30}),
            (DRINKS, "last_year", None, {}, {MT: 60, GT: 40, JB: 50, B: 30}),
        ],
    )
    def test_at_every_level(
        self, ann: Viewer, scope: Scope, mode: str, value: float | None, asked: Any, expected: Any
    ) -> None:
        done = demand_edits.apply(ann, change(mode, value, scope=scope, **asked))
        assert figures() == pytest.approx(expected)
        assert done.cells == len(expected)
        assert done.after_total == pytest.approx(sum(expected.values()))

    def test_each_month_gets_the_total(self, ann: Viewer) -> None:
        demand_edits.apply(ann, change("set", 300, scope=A, months=MONTHS))
        assert [sum(figures(month=month).values()) for month in MONTHS] == [300, 300, 300]

    def test_a_figure_of_its_own_is_what_changes_next(self, ann: Viewer) -> None:
        demand_edits.apply(ann, change("set", 100))
        demand_edits.apply(ann, change("share", 10))
        demand_edits.apply(ann, change("add", -5))
        assert figures() == {MT: 105}
        demand_edits.apply(ann, change("last_year"))
        assert figures() == {MT: 60}
        done = demand_edits.apply(ann, change("clear"))
        assert figures() == {}
        assert (done.before_total, done.after_total) == (60, 60)

    def test_history_weighs_otherwise_than_the_forecast(self, ann: Viewer) -> None:
        demand_edits.apply(ann, change("set", 0))
        demand_edits.apply(ann, change("set", 180, scope=A))
        assert figures() == {MT: 0, GT: 80, JB: 100}
        demand_edits.apply(ann, change("set", 150, scope=A, rule="history"))
        assert figures() == {MT: 60, GT: 40, JB: 50}

    def test_nothing_weighs_anything(self, ann: Viewer) -> None:
        demand_edits.apply(ann, change("set", 0, scope=A))
        wanted = change("set", 90, scope=A)
        told = demand_edits.preview(ann, wanted).fallback
        assert told == "In 2026-12 nothing weighs anything: the total is split into equal parts."
        demand_edits.apply(ann, wanted)
        assert figures() == {MT: 30, GT: 30, JB: 30}

    def test_what_is_held_keeps_its_figure(self, ann: Viewer) -> None:
        demand_edits.apply(ann, change("hold"))
        demand_edits.apply(ann, change("set", 240, scope=A))
        assert figures() == {MT: 60, GT: 80, JB: 100}
        found = demand_edits.preview(ann, change("share", 10, scope=A)).children
        assert {part["name"]: part["held"] for part in found} == {
            "Johor Bahru · Modern trade": False,
            "Kuala Lumpur · General trade": False,
            "Kuala Lumpur · Modern trade": True,
        }
        with pytest.raises(InvalidInput, match="A, 2026-12: 60 of it is held"):
            demand_edits.apply(ann, change("set", 59, scope=A))
        demand_edits.apply(ann, change("set", 70))  # the leaf itself, which stays held
        demand_edits.apply(ann, change("set", 268, scope=A))
        assert figures() == {MT: 70, GT: 88, JB: 110}
        demand_edits.apply(ann, change("clear", scope=A))
        demand_edits.apply(ann, change("set", 300, scope=A))
        assert figures() == {MT: 120, GT: 80, JB: 100}

    def test_other_streams_start_from_the_baseline(self, ann: Viewer, sue: Viewer) -> None:
        demand_edits.apply(ann, change("set", 999))
        demand_edits.apply(sue, change("share", 50, stream="sales"))
        assert (figures("sales"), figures()) == ({MT: 90}, {MT: 999})

    def test_the_planner_starts_from_the_consensus(self, ann: Viewer, sue: Viewer) -> None:
        demand_edits.apply(sue, change("set", 100, stream="sales"))
        assert demand_edits.preview(ann, change("add", 1)).before_total == 80  # the mean of 60 and 100

    def test_figures_for_all_channels_become_one_of_each(self, ann: Viewer) -> None:
        _for_all_channels(150)
        assert demand_edits.preview(ann, change("add", 0, scope=A)).before_total == 200  # 90, 60 and 50 of Johor Bahru
        done = demand_edits.apply(ann, change("set", 100))
        assert said() == {(*MT, DEC): 100, (*GT, DEC): 60}
        assert rows("select reason, expires_on from forecast_override order by quantity")[0] == ("By file", DEC)
        demand_edits.undo(ann, done.edit_id)
        assert said() == {(*MT, DEC): 90, (*GT, DEC): 60}


def _for_all_channels(quantity: float) -> None:
    rows(
        "insert into forecast_override (product_id, location_id, frequency, period, stream, quantity, reason, "
        "expires_on) select p.id, l.id, 'month', :month, 'planner', :quantity, 'By file', :month "
        "from product p, location l where p.code = 'A' and l.code = 'KL'",
        quantity=quantity,
        month=DEC,
    )
    bump()


class TestPreview:
    def test_nothing_is_written(self, ann: Viewer) -> None:
        found = demand_edits.preview(ann, change("set", 360, scope=DRINKS, months=(DEC, JAN)))
        key = {"family": "Tea"}
        parts = [{"key": key, "name": "Tea", "before": 360, "after": 720, "held": False}]
        assert found == Preview(8, 360, 720, parts, needs_reason=False, needs_expiry=False, fallback=None)
        assert said() == {}
        assert rows("select 1 from demand_edit") == []

    def test_the_level_below(self, ann: Viewer) -> None:
        def names(scope: Scope) -> list[str]:
            return [part["name"] for part in demand_edits.preview(ann, change("share", 1, scope=scope)).children]

        assert names(Scope()) == ["Drinks", "Snacks", "Staples"]
        assert names(TEA) == ["Tea A", "Tea B"]
        assert names(Scope(brand="Merah")) == ["Tea A", "Chips C"]
        assert names(Scope(location="JB")) == ["Drinks"]
        assert names(LEAF) == ["Kuala Lumpur · Modern trade"]

    def test_in_money(self, ann: Viewer) -> None:
        found = demand_edits.preview(ann, change("set", 1790, scope=Scope(), measure="value"))
        assert (found.before_total, found.after_total) == pytest.approx((895, 1790))


class TestRefusals:
    @pytest.mark.parametrize(
        ("asked", "told"),
        [
            ({"mode": "odd"}, "Choose what to do"),
            ({"rule": "odd"}, "Choose what to do"),
            ({"measure": "odd"}, "Choose what to do"),
            ({"stream": "odd"}, "Choose whose figures"),
            ({"stream": None}, "Choose whose figures"),
            ({"months": ()}, "Choose at least one month"),
            ({"months": (date(2026, 10, 1),)}, "2026-10 is not planned: choose a month from 2026-11 to 2027-01"),
            ({"months": (date(2026, 12, 2),)}, "2026-12 is not planned"),
            ({"value": None}, "Enter a number"),
            ({"value": True}, "Enter a number"),
            ({"value": "7"}, "Enter a number"),
            ({"value": float("nan")}, "Enter a number"),
            ({"value": 1e300}, "Enter a number"),
            ({"value": -1}, "can't be below zero"),
            ({"mode": "share", "value": -101}, "from −100 % to"),
            ({"mode": "add", "value": -61}, "2026-12: 60 changed by −61 would be −1"),
            ({"scope": Scope(), "value": 5}, "several units of measure: enter RM"),
            ({"scope": Scope(product="nothing")}, "Nothing of nothing is in the demand plan"),
            ({"scope": Scope(product="A", channel="'; drop"), "value": 1}, "Nothing of A"),
            ({"expires_on": TODAY - timedelta(days=1)}, "a day that is over"),
            ({"reason": "x" * 501}, "at most 500 characters"),
            ({"mode": "clear"}, "This changes nothing"),
        ],
    )
    def test_what_can_not_be(self, ann: Viewer, asked: dict[str, Any], told: str) -> None:
        with pytest.raises(UserError) as refused:
            demand_edits.apply(ann, change(**{"mode": "set", "value": 75, **asked}))
        assert told in refused.value.message
        assert (said(), rows("select 1 from demand_edit")) == ({}, [])

    def test_twice_the_same(self, ann: Viewer) -> None:
        demand_edits.apply(ann, change("set", 75))
        with pytest.raises(InvalidInput, match="changes nothing"):
            demand_edits.apply(ann, change("set", 75))

    def test_a_closed_step(self, ann: Viewer) -> None:
        done = demand_edits.apply(ann, change("set", 75))
        rows("insert into sop_cycle (month) values ('2026-11-01')")
        rows(
            "insert into sop_step (cycle_id, step, position, status, due_on, closed_at) "
            "select id, 'demand', 3, 'closed', '2026-11-20', now() from sop_cycle"
        )
        block = [{"product": "A", "location": "KL", "channel": "MT", "month": DEC, "quantity": 5}]
        for act in (
            lambda: demand_edits.apply(ann, change("set", 80)),
            lambda: demand_edits.paste(ann, "planner", block),
            lambda: demand_edits.undo(ann, done.edit_id),
        ):
            with pytest.raises(Conflict, match="Closed for 2026-11"):
                act()
        assert figures() == {MT: 75}
        assert demand_edits.preview(ann, change("set", 80)).cells == 1


class TestRights:
    @pytest.mark.parametrize(
        ("role", "streams"),
        [
            (Role.PLANNER, {"planner", "sales", "marketing", "customer", "finance"}),
            (Role.SALES, {"sales", "customer"}),
            (Role.MARKETING, {"marketing"}),
            (Role.FINANCE, {"finance"}),
            *((role, set()) for role in (Role.EXECUTIVE, Role.ANALYST, Role.ADMIN)),
        ],
        ids=lambda value: value if isinstance(value, str) else str(len(value)),
    )
    def test_each_role_its_streams(self, ann: Viewer, role: Role, streams: set[str]) -> None:
        viewer = demand_company.seen_as(role)
        for stream in ("planner", "sales", "marketing", "customer", "finance"):
            asked = change("set", 75, stream=stream)
            if stream in streams:
                assert demand_edits.preview(viewer, asked).cells == 1
                continue
            for act in (demand_edits.preview, demand_edits.apply):
                with pytest.raises(NotAllowed):
                    act(viewer, asked)
            with pytest.raises(NotAllowed):
                demand_edits.paste(viewer, stream, [])

    def test_who_may_not_read_the_plan(self) -> None:
        for act in (demand_edits.newest_edit, demand_edits.undo_stack):
            with pytest.raises(NotAllowed):
                act(demand_company.seen_as(Role.ADMIN))


class TestReasons:
    def test_a_large_change_needs_a_reason(self, ann: Viewer) -> None:
        large, blank = change("set", 3000, reason=None), change("set", 3000, reason="  ")
        assert demand_edits.preview(ann, large).needs_reason
        for asked in (large, blank):
            with pytest.raises(InvalidInput, match="needs a reason"):
                demand_edits.apply(ann, asked)
        demand_edits.apply(ann, change("set", 3000, reason=" New listing "))
        assert rows("select reason from forecast_override")[0].reason == "New listing"

    def test_a_small_one_needs_none(self, ann: Viewer) -> None:
        demand_edits.apply(ann, change("set", 2500, reason=None))  # RM 9,760 more
        assert not demand_edits.preview(ann, change("add", 200, months=MONTHS, reason=None)).needs_expiry

    def test_the_company_sets_the_bounds(self, ann: Viewer) -> None:
        seen = as_entered(planning_rules.rules_in_force(ann)["demand"])
        entered = {"share": 50, "money": 100, "expiry_money": 100}
        planning_rules.save_rules(ann, "demand", entered, seen=seen)
        demand_edits.apply(ann, change("set", 90, reason=None))  # RM 120, just 50 %
        with pytest.raises(InvalidInput, match="needs a reason"):
            demand_edits.apply(ann, change("set", 10, reason=None))
        with pytest.raises(InvalidInput, match="needs a last day"):
            demand_edits.apply(ann, change("set", 10))
        demand_edits.apply(ann, change("set", 10, expires_on=TODAY))
        assert rows("select expires_on from forecast_override")[0].expires_on == TODAY


class TestUndo:
    def test_back_and_again(self, ann: Viewer) -> None:
        first = demand_edits.apply(ann, change("set", 75))
        second = demand_edits.apply(ann, change("set", 200, scope=A))
        with pytest.raises(Conflict, match=f"Ann has changed some of these figures since.*edit {second.edit_id}"):
            demand_edits.undo(ann, first.edit_id)
        demand_edits.undo(ann, second.edit_id)
        assert figures() == {MT: 75}
        demand_edits.undo(ann, first.edit_id)
        assert figures() == {}
        stack = [(row["id"], row["undone"]) for row in demand_edits.undo_stack(ann)]
        assert stack == [(second.edit_id, True), (first.edit_id, True)]
        with pytest.raises(Conflict, match="no longer as this edit knew them"):
            demand_edits.redo(ann, second.edit_id)
        demand_edits.redo(ann, first.edit_id)
        demand_edits.redo(ann, second.edit_id)
        assert sum(figures().values()) == 200
        demand_edits.undo(ann, second.edit_id)
        assert figures() == {MT: 75}

    def test_what_came_with_the_figure_comes_back(self, ann: Viewer) -> None:
        demand_edits.apply(ann, change("set", 75, reason="Listing", expires_on=JAN))
        demand_edits.apply(ann, change("hold", reason=None, expires_on=JAN))
        done = demand_edits.apply(ann, change("clear", scope=A))
        demand_edits.undo(ann, done.edit_id)
        found = rows("select quantity::float8, held, expires_on from forecast_override")
        assert [tuple(row) for row in found] == [(75, True, JAN)]

    def test_only_once(self, ann: Viewer) -> None:
        done = demand_edits.apply(ann, change("set", 75))
        with pytest.raises(Conflict, match="nothing to put back"):
            demand_edits.redo(ann, done.edit_id)
        undone = demand_edits.undo(ann, done.edit_id)
        with pytest.raises(Conflict, match="already"):
            demand_edits.undo(ann, done.edit_id)
        with pytest.raises(NotFound):
            demand_edits.undo(ann, undone.edit_id)

    @pytest.mark.parametrize("edit_id", [0, -1, None, "1", 2**70, True, 10**9], ids=repr)
    def test_no_such_edit(self, ann: Viewer, edit_id: object) -> None:
        with pytest.raises(NotFound):
            demand_edits.undo(ann, edit_id)

    def test_of_others(self, ann: Viewer, bob: Viewer, sue: Viewer) -> None:
        hers = demand_edits.apply(sue, change("set", 75, stream="sales"))
        other = person("Sid", Role.SALES)
        with pytest.raises(NotAllowed, match="Somebody else made this edit"):
            demand_edits.undo(other, hers.edit_id)
        demand_edits.undo(ann, hers.edit_id)
        mine = demand_edits.apply(ann, change("set", 75))
        with pytest.raises(NotAllowed):
            demand_edits.undo(sue, mine.edit_id)
        demand_edits.undo(bob, mine.edit_id)

    def test_later_edits_of_others_are_named(self, ann: Viewer, bob: Viewer) -> None:
        mine = demand_edits.apply(ann, change("set", 75))
        demand_edits.apply(bob, change("set", 80, seen=mine.edit_id))
        with pytest.raises(Conflict, match="Bob has changed"):
            demand_edits.undo(ann, mine.edit_id)
        assert figures() == {MT: 80}


class TestConflict:
    def test_the_second_is_told(self, ann: Viewer, bob: Viewer) -> None:
        seen = demand_edits.newest_edit(bob)
        demand_edits.apply(ann, change("set", 75))
        with pytest.raises(Conflict) as refused:
            demand_edits.apply(bob, change("set", 240, scope=A, seen=seen))
        told = "Ann has changed A, Kuala Lumpur, Modern trade, 2026-12 from – to 75 at"
        assert told in refused.value.message
        demand_edits.apply(bob, change("set", 240, scope=A, seen=demand_edits.newest_edit(bob)))
        assert sum(figures().values()) == 240

    def test_other_cells_and_streams_and_own_edits_are_none(self, ann: Viewer, sue: Viewer) -> None:
        demand_edits.apply(ann, change("set", 75))
        demand_edits.apply(ann, change("set", 76))
        demand_edits.apply(sue, change("set", 77, stream="sales"))
        demand_edits.apply(person("Cid", Role.PLANNER), change("set", 78, months=(JAN,)))

    def test_sixteen_at_once_lose_nothing(self, ann: Viewer) -> None:
        """Each reads what is there, decides and writes, three times over; whoever is overtaken is told."""
        people = [person(f"P{number}", Role.PLANNER) for number in range(16)]
        begin = Barrier(len(people))

        def write(number: int) -> tuple[list[int], int]:
            done, refused = [], 0
            for step in range(3):
                seen = demand_edits.newest_edit(people[number])
                if not step:
                    begin.wait()
                scope = (LEAF, A, DRINKS)[number % 3]
                asked = change("set", 1000 + 50 * number + step, scope=scope, seen=seen)
                try:
                    done.append(demand_edits.apply(people[number], asked).edit_id)
                except Conflict:
                    refused += 1
            return done, refused

        with ThreadPoolExecutor(len(people)) as pool:
            outcomes = list(pool.map(write, range(len(people))))
        applied = sorted(edit_id for done, _refused in outcomes for edit_id in done)
        assert len(applied) + sum(refused for _done, refused in outcomes) == 48
        assert applied
        assert [row.id for row in rows("select id from demand_edit order by id")] == applied
        assert _replayed() == said()


def _replayed() -> dict[Any, float]:
    """The figures that the ledger leads to; each edit began where the one before it ended."""
    found: dict[Any, float] = {}
    for cell in rows(
        "select p.code as product, l.code as location, ch.code as channel, c.period, c.before, c.after "
        "from demand_edit_cell c join product p on p.id = c.product_id join location l on l.id = c.location_id "
        "join channel ch on ch.id = c.channel_id order by c.edit_id"
    ):
        key = (cell.product, cell.location, cell.channel, cell.period)
        assert found.pop(key, None) == cell.before
        if cell.after is not None:
            found[key] = cell.after
    return found


class TestLedger:
    def test_an_edit_and_its_cells(self, ann: Viewer) -> None:
        done = demand_edits.apply(ann, change("set", 200, scope=A, expires_on=JAN))
        (edit,) = rows("select * from demand_edit")
        assert (edit.id, edit.stream, edit.scope, edit.mode) == (done.edit_id, "planner", {"product": "A"}, "set")
        assert (edit.rule, edit.value, edit.source, edit.reason) == ("forecast", 200, "grid", "Promotion")
        assert (edit.cells, edit.before_total, edit.after_total) == (3, 150, 200)
        assert (edit.expires_on, edit.created_by) == (JAN, ann.user_id)
        cells = rows("select before, after, consensus from demand_edit_cell order by consensus")
        assert [tuple(cell) for cell in cells] == [(None, 53, 40), (None, 67, 50), (None, 80, 60)]

    def test_every_act_is_in_the_audit(self, ann: Viewer) -> None:
        done = demand_edits.apply(ann, change("set", 75))
        demand_edits.undo(ann, done.edit_id)
        demand_edits.redo(ann, done.edit_id)
        found = rows(
            "select action, subject_id, before, after, reason from audit_entry "
            "where subject = 'demand_edit' and subject_id::bigint >= :first order by id",
            first=done.edit_id,
        )
        assert [line.action for line in found] == ["demand_plan.set", "demand_plan.undo", "demand_plan.undo"]
        assert tuple(found[0])[1:] == (
            *(str(done.edit_id), {"total": 60}),
            *({"stream": "planner", "scope": LEAF.named, "cells": 1, "total": 75}, "Promotion"),
        )

    def test_replayed_it_gives_the_figures(self, ann: Viewer, bob: Viewer) -> None:
        demand_edits.apply(ann, change("set", 200, scope=A))
        done = demand_edits.apply(bob, change("share", 7, scope=DRINKS, seen=demand_edits.newest_edit(bob)))
        demand_edits.apply(ann, change("clear", scope=Scope(product="B"), seen=demand_edits.newest_edit(ann)))
        with pytest.raises(Conflict):
            demand_edits.undo(bob, done.edit_id)
        demand_edits.apply(ann, change("hold", scope=DRINKS, months=(NOV,)))
        assert _replayed() == said()


def cell(quantity: object, product: object = "A", month: object = "2026-12", **other: object) -> dict[str, Any]:
    return {"product": product, "location": "KL", "channel": "MT", "month": month, "quantity": quantity, **other}


class TestPaste:
    def test_a_block(self, ann: Viewer) -> None:
        block = [cell("1,200"), cell(31.5, "B", JAN), cell("", "B"), cell(None, "B"), cell(" 7 ", "C", "2026-12-01")]
        done = demand_edits.paste(ann, "planner", block, reason="From the key account", expires_on=JAN)
        assert (done.cells, done.before_total, done.after_total) == (3, 110, 1238.5)
        assert said() == {(*MT, DEC): 1200, (*B, JAN): 31.5, (*C, DEC): 7}
        (edit,) = rows("select source, reason, expires_on, scope from demand_edit")
        assert tuple(edit) == ("paste", "From the key account", JAN, {})
        demand_edits.undo(ann, done.edit_id)
        assert said() == {}

    def test_every_bad_cell_is_told(self, ann: Viewer) -> None:
        block = [
            *(cell(5), cell("x", "A", JAN), cell(-1, "B"), cell(5, "Z", row=40), cell(5, "B", "2026-10"), cell(6)),
            *(cell("1,2"), cell(True), cell(5, "B", None), cell(1e300, "C")),
        ]
        with pytest.raises(demand_edits.PasteRejected) as refused:
            demand_edits.paste(ann, "planner", block)
        told = [(problem["row"], problem["column"], problem["value"]) for problem in refused.value.problems]
        assert told[:3] == [(2, "quantity", "x"), (3, "quantity", "-1"), (40, "product", "Z · KL · MT")]
        assert {row for row, _column, _value in told} == {2, 3, 40, 5, 6, 7, 8, 9, 10}
        assert all(problem["problem"] and problem["remedy"] for problem in refused.value.problems)
        assert "Row 40, product “Z · KL · MT”: It is not sold there" in refused.value.message
        assert "more bad cells." in refused.value.message
        assert said() == {}

    def test_nothing_in_it(self, ann: Viewer) -> None:
        with pytest.raises(InvalidInput, match="no figure"):
            demand_edits.paste(ann, "planner", [cell("")])
        with pytest.raises(InvalidInput, match="smaller block"):
            demand_edits.paste(ann, "planner", [cell(1)] * 20_001)

    def test_reasons_and_conflicts_hold_for_blocks_too(self, ann: Viewer, bob: Viewer) -> None:
        with pytest.raises(InvalidInput, match="needs a reason"):
            demand_edits.paste(ann, "planner", [cell(5000)])
        demand_edits.apply(ann, change("set", 75))
        with pytest.raises(Conflict, match="Ann has changed A"):
            demand_edits.paste(bob, "planner", [cell(80), cell(9, "B")])
        assert figures() == {MT: 75}
