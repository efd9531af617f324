"""The demand review: groups add up at every level, layers are what was stored, trees narrow each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from core.errors import InvalidInput, NotAllowed
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import demand_edits, demand_remarks, demand_review, demand_review_rows, demand_trees, demand_typed
from services.demand_change import Scope
from services.demand_levels import LEVELS
from services.demand_review import MEASURES, MONEY, ROWS, UNITS, Review, ReviewView, review_view
from services.demand_review_lines import added_up
from services.demand_trees import TREES, VALUES, TreeView
from services.demand_typed import Typed, change_of, typed_change
from services.plan_versions import publish_demand

TODAY = date(2026, 11, 21)
ADDED_UP = [name for name in MEASURES if name not in ("aop", "sales", "marketing", "customer", "finance")]


@pytest.fixture(autouse=True)
def company(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def opened(viewer: Viewer, **view: str) -> Review:
    return demand_review.review(viewer, ReviewView(**view))


@pytest.mark.parametrize("shown", [UNITS, MONEY])
@pytest.mark.parametrize("by", LEVELS)
def test_groups_add_up_to_everything(planner: Viewer, by: str, shown: str) -> None:
    found = opened(planner, by=by, shown=shown)
    groups, whole = added_up(found, found.order), added_up(found, None)
    for name in ADDED_UP:
        assert np.nansum(groups.figures[name], axis=0) == pytest.approx(np.nansum(whole.figures[name], axis=0)), name
    assert groups.leaves.sum() == len(found.own) == len(found.plan.base.leaves)


def test_layers_are_those_of_the_plan(planner: Viewer) -> None:
    found = opened(planner, by="all", shown=UNITS)
    base, lines = found.plan.base, added_up(found, None).figures
    now = found.now
    assert found.months[now] == base.months[0] == TODAY.replace(day=1)
    assert lines["history"][0, : len(base.past)] == pytest.approx(base.history.sum(axis=0))
    assert lines["consensus"][0, now:] == pytest.approx(found.plan.consensus.sum(axis=0))
    assert lines["last_year"][0, now:] == pytest.approx(base.last_year().sum(axis=0), nan_ok=True)
    assert np.isnan(lines["consensus"][0, :now]).all()


def test_a_scope_is_its_leaves(planner: Viewer) -> None:
    whole = opened(planner, by="category")
    category = str(whole.level.keys[whole.order[0]])
    found = opened(planner, by="family", category=category)
    leaves = found.plan.base.leaves
    assert (leaves["category"].to_numpy()[found.own] == category).all()
    first = added_up(whole, whole.order[:1]).figures["consensus"]
    assert added_up(found, None).figures["consensus"] == pytest.approx(first, nan_ok=True)
    assert len(opened(planner, by="product", category="No such").order) == 0


def test_rows_come_in_pages_in_their_order(planner: Viewer) -> None:
    found = opened(planner, by="leaf", rows="all")
    whole = demand_review_rows.review_rows(found, end=60)
    parts = [demand_review_rows.review_rows(found, start=at, end=at + 7).rows for at in range(0, 63, 7)]
    assert [row for part in parts for row in part][:60] == whole.rows
    measures = found.measures
    assert [row["measure"] for row in whole.rows[: len(measures)]] == list(measures)
    assert list(measures) == [name for name in MEASURES if name in measures]
    assert whole.total == len(found.order) * len(measures)
    assert demand_review_rows.review_rows(found, start=10**7, end=10**7 + 5).rows == []


@pytest.mark.parametrize("rows", ROWS)
def test_the_totals_are_named_once(planner: Viewer, rows: str) -> None:
    shown = demand_review_rows.total_rows(opened(planner, rows=rows))
    assert [row["line"] for row in shown] == ["Total", *[""] * (len(shown) - 1)]
    assert {row["stream"] for row in shown} == {""}


def test_who_may_type_where(viewer_of: Callable[[str], Viewer]) -> None:
    def streams(name: str) -> set[str]:
        viewer = viewer_of(name)
        rows = demand_review_rows.review_rows(opened(viewer, rows="all"), end=12).rows
        return {row["stream"] for row in rows} - {""}

    assert streams("planner") == {"planner", "sales", "marketing", "customer", "finance"}
    assert streams("sales") == {"sales", "customer"}
    assert streams("finance") == {"finance"}
    assert streams("executive") == streams("analyst") == set()


@pytest.mark.parametrize("name", ["admin", "supplier", "customer", "oem"])
def test_others_see_nothing(viewer_of: Callable[[str], Viewer], name: str) -> None:
    with pytest.raises(NotAllowed):
        opened(viewer_of(name))


def test_what_somebody_said_is_counted(planner: Viewer) -> None:
    found = opened(planner, by="all", rows="people", shown=UNITS)
    lines = added_up(found, None)
    for name, cells in found.plan.streams.items():
        assert lines.spoken[name].sum() == len(cells.row)
    row = next(row for row in demand_review_rows.group_rows(found, found.order) if row["stream"])
    assert set(row["over"]) <= set(row)


def test_targets_stand_at_the_level_they_were_set_for(planner: Viewer) -> None:
    month = opened(planner).plan_months[1]
    with owner_engine().begin() as connection:
        category = connection.execute(text("select min(category) from product where kind = 'finished'")).scalar_one()
        connection.execute(text("delete from aop_target"))
        for level, member, value in (("company", "", 900), ("category", category, 300)):
            connection.execute(
                text(
                    "insert into aop_target (level, member, period, measure, value) values (:l, :m, :p, 'volume', :v)"
                ),
                {"l": level, "m": member, "p": month, "v": value},
            )

    def target(group: int | None, **view: str) -> float:
        found = opened(planner, shown=UNITS, **view)
        groups = None if group is None else np.array([found.level.place(category)])
        return float(added_up(found, groups).figures["aop"][0, found.months.index(month)])

    assert target(None) == 900
    assert target(0) == 300
    assert target(None, by="family", category=category) == 300
    assert np.isnan(target(None, category=category, channel="GT"))
    assert np.isnan(float(added_up(opened(planner), None).figures["aop"][0, 0]))


def test_an_accepted_correction_replaces_what_was_sold(planner: Viewer) -> None:
    before = opened(planner, by="all", shown=UNITS)
    base, at = before.plan.base, len(before.plan.base.past) - 3
    leaf = int(np.argmax(base.history[:, at]))
    product, place = (int(base.leaves[name].iloc[leaf]) for name in ("product_id", "location_id"))
    own = ((base.leaves["product_id"] == product) & (base.leaves["location_id"] == place)).to_numpy()
    with owner_engine().begin() as connection:
        connection.execute(
            text(
                "insert into demand_annotation (product_id, location_id, frequency, period, kind, status, observed, "
                "corrected) values (:product, :place, 'month', :period, 'outlier', 'accepted', 0, 5)"
            ),
            {"product": product, "place": place, "period": base.past[at]},
        )
    lines = added_up(opened(planner, by="all", shown=UNITS), None).figures
    difference = lines["cleaned"][0, at] - lines["history"][0, at]
    assert difference == pytest.approx(5 - base.history[own, at].sum())
    assert lines["cleaned"][0, at - 1] == pytest.approx(lines["history"][0, at - 1])


def test_the_plan_published_last_stays_as_it_was(planner: Viewer) -> None:
    with session_scope(planner) as session:
        publish_demand(session, planner)
    found = opened(planner, by="category", shown=UNITS)
    assert found.published is not None
    lines = added_up(found, found.order).figures
    assert lines["published"][:, found.now :] == pytest.approx(lines["consensus"][:, found.now :])
    assert np.isnan(lines["published"][:, : found.now]).all()


def test_trees_narrow_each_other(planner: Viewer) -> None:
    found = opened(planner)
    whole = demand_trees.trees(found, TreeView())
    assert [row["value"] for row in (rows[0] for rows in whole.values())] == pytest.approx(
        [whole["place"][0]["value"]] * 3
    )
    for name in TREES:
        assert sum(row["value"] for row in whole[name][1:]) == pytest.approx(whole[name][0]["value"])
    channel = whole["channel"][1]
    narrowed = demand_trees.trees(opened(planner, **channel["scope"]), TreeView())
    assert narrowed["product"][0]["value"] == pytest.approx(channel["value"])
    assert [row["id"] for row in narrowed["channel"]] == [row["id"] for row in whole["channel"]]
    assert [row["chosen"] for row in narrowed["channel"]][:2] == [False, True]


def test_a_tree_sends_what_is_open(planner: Viewer) -> None:
    found = opened(planner)
    closed = demand_trees.trees(found, TreeView())["product"]
    node = closed[1]
    shown = demand_trees.trees(found, TreeView(opened=frozenset({node["id"]})))["product"]
    families = [row for row in shown if row["depth"] == 2]
    assert families
    assert {row["depth"] for row in closed} == {0, 1}
    assert sum(row["value"] for row in families) == pytest.approx(node["value"])
    deeper = demand_trees.trees(found, TreeView(opened=frozenset({node["id"], families[0]["id"]})))["product"]
    products = [row for row in deeper if row["depth"] == 3]
    assert sum(row["value"] for row in products) == pytest.approx(families[0]["value"])
    assert products[0]["scope"]["category"] == node["scope"]["category"]


def test_products_are_searched_for(planner: Viewer) -> None:
    found = opened(planner)
    code = str(found.plan.base.leaves["product"].iloc[0])
    rows = demand_trees.trees(found, TreeView(search=code.lower()))["product"]
    assert [row["scope"]["product"] for row in rows[1:]] == [code]
    assert len(demand_trees.trees(found, TreeView(search="no such product"))["product"]) == 1


@pytest.mark.parametrize("value", VALUES)
def test_every_value_column_adds_up(planner: Viewer, value: str) -> None:
    shown = demand_trees.trees(opened(planner, shown=UNITS), TreeView(value=value))
    for rows in shown.values():
        assert sum(row["value"] for row in rows[1:]) == pytest.approx(rows[0]["value"], abs=1e-6)


def test_odd_wishes_are_refused_or_usual(planner: Viewer) -> None:
    with pytest.raises(InvalidInput):
        opened(planner, by="nothing")
    with pytest.raises(InvalidInput):
        demand_trees.trees(opened(planner), TreeView(value="nothing"))
    odd: dict[str, Any] = {"shown": "x", "rows": "y", "span": "z", "by": ""}
    assert review_view(odd) == ReviewView()
    assert set(ROWS["plan"]) | set(ROWS["people"]) <= set(ROWS["all"])


def consensus_row(viewer: Viewer, group: int, **view: str) -> dict[str, Any]:
    found = opened(viewer, **view)
    rows = demand_review_rows.group_rows(found, np.array([group]), remarks=demand_remarks.counts(viewer))
    return next(row for row in rows if row["measure"] == "consensus")


def test_what_is_typed_is_written_and_marked(planner: Viewer) -> None:
    found = opened(planner, by="leaf", shown=UNITS)
    group, month = int(found.order[0]), found.plan_months[2]
    field = demand_review_rows.month_field(month)
    change = change_of(found, Typed(group, "consensus", [field], "77"), seen=0, reason="Trial")
    leaf = found.plan.base.leaves.iloc[int(np.flatnonzero(found.level.number == group)[0])]
    assert change.scope == Scope(product=leaf["product"], location=leaf["location"], channel=leaf["channel"])
    demand_edits.apply(planner, change)
    row = consensus_row(planner, group, by="leaf", shown=UNITS)
    assert (row[field], row["over"][field], row["held"]) == (77, 1, {})
    hold = change_of(opened(planner, by="leaf"), Typed(group, "consensus", [field], "=hold"), seen=0, reason="Trial")
    demand_edits.apply(planner, hold)
    assert consensus_row(planner, group, by="leaf")["held"] == {field: 1}
    assert opened(planner, by="leaf").order.tolist() == found.order.tolist()


def test_a_parent_is_named_by_its_level_and_by_what_narrows_the_view(planner: Viewer) -> None:
    found = opened(planner, by="family", category="Snacks", channel="MT", shown=MONEY)
    group = int(found.order[0])
    field = demand_review_rows.month_field(found.plan_months[1])
    change = change_of(found, Typed(group, "sales", [field], "+5%"), seen=7)
    family = str(found.level.keys[group])
    assert change.scope == Scope(category="Snacks", family=family, channel="MT")
    assert (change.stream, change.mode, change.value, change.measure) == ("sales", "share", 5, "value")
    assert demand_edits.preview(planner, change).cells > 1
    with pytest.raises(InvalidInput, match="only read"):
        change_of(found, Typed(group, "statistical", [field], "1"), seen=0)
    with pytest.raises(InvalidInput, match="over"):
        change_of(found, Typed(group, "sales", ["m202601"], "1"), seen=0)


@pytest.mark.parametrize(
    ("value", "mode", "figure"),
    [
        (1200, "set", 1200),
        ("1,200.5", "set", 1200.5),
        ("1.2k", "set", 1200),
        ("+5%", "share", 5),
        ("-5 %", "share", -5),
        ("+200", "add", 200),
        ("−200", "add", -200),
        ("=ly", "last_year", None),
        ("=HOLD", "hold", None),
        ("=clear", "clear", None),
        ("", "clear", None),
        (None, "clear", None),
        (0, "set", 0),
    ],
    ids=repr,
)
def test_what_can_be_typed(value: object, mode: str, figure: float | None) -> None:
    assert typed_change(value) == (mode, figure)


@pytest.mark.parametrize("value", ["x", "5%", "1,20", "=sum(a1)", "1e9", True, [], "٣", "+", "nan"], ids=repr)
def test_what_can_not_be_typed(value: object) -> None:
    with pytest.raises(InvalidInput):
        typed_change(value)


def test_a_pasted_block_needs_single_series_in_units(planner: Viewer) -> None:
    found = opened(planner, by="leaf", shown=UNITS)
    field = demand_review_rows.month_field(found.plan_months[0])
    key = str(found.level.keys[found.order[0]])
    stream, cells = demand_typed.pasted_cells(
        found, "consensus", [{"key": key, "month": field, "quantity": "5", "row": 1}]
    )
    assert stream == "planner"
    assert cells[0] | {"quantity": "5", "row": 1} == cells[0]
    assert " · ".join(str(cells[0][name]) for name in ("product", "location", "channel")) == key
    for view in ({"by": "family"}, {"by": "leaf", "shown": MONEY}):
        with pytest.raises(InvalidInput, match="single series"):
            demand_typed.pasted_cells(opened(planner, **view), "consensus", [])
    with pytest.raises(InvalidInput, match="only read"):
        demand_typed.pasted_cells(found, "history", [])


def test_comments_are_counted_where_they_belong(planner: Viewer) -> None:
    found = opened(planner, by="product", category="Snacks")
    group, month = int(found.order[0]), found.plan_months[1]
    scope = demand_review.scope_of(found, group)
    demand_remarks.say(planner, scope, month, "Too high", name="it")
    demand_remarks.say(planner, scope, None, "In general", name="it")
    row = consensus_row(planner, int(group), by="product")
    assert row["remarks"] == {"row": 2, demand_review_rows.month_field(month): 1}
    assert [one["body"] for one in demand_remarks.thread(planner, scope, month)] == ["Too high"]


def test_nobody_types_while_the_step_is_closed(planner: Viewer) -> None:
    statements = (
        "insert into sop_cycle (month) values ('2026-12-01')",
        "insert into sop_step (cycle_id, step, position, status, due_on) "
        "select id, 'demand', 3, 'closed', '2026-12-05' from sop_cycle where month = '2026-12-01'",
    )
    with owner_engine().begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    assert opened(planner).mine == frozenset()
    with owner_engine().begin() as connection:
        connection.execute(text("delete from sop_cycle where month = '2026-12-01'"))
    assert "planner" in opened(planner).mine
