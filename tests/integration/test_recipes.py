"""Recipes in PostgreSQL: trees and costs by hand, where-used, edits, cycles and who comes first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rows import Rows, colleague
from sqlalchemy import text

from core.errors import InvalidInput, NotAllowed, NotFound, UserError
from core.permissions import Permission, Role
from core.viewer import Viewer
from data.db import owner_engine
from services import recipe_edits, recipes
from services.recipes import CostFilters
from services.records import EditRefused

DAY = date(2026, 3, 2)
PLANNER = colleague()

# Every path of the recipes of a day, multiplied out in SQL: another way to the same cost.
INDEPENDENT = """
with recursive bom_now as (
    select distinct on (product_id) * from bom where valid_from <= :day order by product_id, valid_from desc
), line as (
    select b.product_id, l.component_id, l.quantity * (1 + l.scrap_share) / b.yield_share as taken
    from bom_now b join bom_line l on l.bom_id = b.id
), path as (
    select product_id as root, component_id as item, taken from line
    union all
    select path.root, line.component_id, path.taken * line.taken from path join line on line.product_id = path.item
)
select r.code, sum(path.taken * i.unit_cost)::float8 as cost from path join product i on i.id = path.item
join product r on r.id = path.root
where not exists (select from line where line.product_id = path.item) group by r.code
"""


def add_recipe(rows: Rows, product: str, since: str, yield_share: float, **components: tuple[float, float]) -> None:
    bom = rows.add("bom", product_id=rows.ids[product], valid_from=date.fromisoformat(since), yield_share=yield_share)
    with owner_engine().begin() as connection:
        for code, (quantity, scrap) in components.items():
            connection.execute(
                text("insert into bom_line (bom_id, component_id, quantity, scrap_share) values (:b, :c, :q, :s)"),
                {"b": bom, "c": rows.ids[code], "q": quantity, "s": scrap},
            )


@pytest.fixture
def sauce(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    """A bottle of sauce: 0.34 kg of sauce and a bottle; from April on with a cap. Sauce: chilli and sugar."""
    monkeypatch.setenv("TANDEM_TODAY", DAY.isoformat())
    rows = Rows()
    rows.product("BOTTLED", unit_cost=3, unit_price=5, category="Sauces")
    rows.product("SAUCE", kind="semi_finished", uom="KG", category="Kitchen")
    for code, cost in {"BOTTLE": 0.5, "CAP": 0.1, "CHILLI": 9, "SUGAR": 3, "HONEY": 20}.items():
        rows.product(code, kind="material", unit_cost=cost)
    add_recipe(rows, "BOTTLED", "2026-01-01", 0.98, SAUCE=(0.34, 0), BOTTLE=(1, 0.02))
    add_recipe(rows, "BOTTLED", "2026-04-01", 0.98, SAUCE=(0.34, 0), BOTTLE=(1, 0.02), CAP=(1, 0))
    add_recipe(rows, "SAUCE", "2026-01-01", 0.9, CHILLI=(0.5, 0.04), SUGAR=(0.3, 0))
    with owner_engine().begin() as connection:
        connection.execute(
            text(
                "insert into bom_substitute (bom_id, component_id, substitute_id, factor) select b.id, s.id, h.id, 0.8 "
                "from bom b join product p on p.id = b.product_id and p.code = 'SAUCE', product s, product h "
                "where s.code = 'SUGAR' and h.code = 'HONEY'"
            )
        )
    return rows


def tree(code: str = "BOTTLED", on: date = DAY, quantity: float = 1) -> recipes.RecipeTree:
    return recipes.tree(PLANNER, code, on=on, quantity=quantity)


def test_tree_of_a_day_by_hand(sauce: Rows) -> None:
    found = tree(quantity=100)
    by_way = {row["id"].partition("@")[0]: row for row in found.rows}
    assert list(by_way) == [
        *("BOTTLED/BOTTLE", "BOTTLED/SAUCE", "BOTTLED/SAUCE/CHILLI", "BOTTLED/SAUCE/SUGAR", "BOTTLED/CAP")
    ]
    assert by_way["BOTTLED/BOTTLE"]["needed"] == pytest.approx(100 * 1.02 / 0.98)
    chilli = by_way["BOTTLED/SAUCE/CHILLI"]
    assert chilli["needed"] == pytest.approx(100 * 0.34 / 0.98 * 0.5 * 1.04 / 0.9)
    assert chilli["extended_cost"] == pytest.approx(chilli["needed"] * 9)
    assert by_way["BOTTLED/SAUCE"]["unit_cost"] == pytest.approx(6.2)
    assert found.cost == pytest.approx(2.67142857)
    assert found.deviation_share == pytest.approx(2.67142857 / 3 - 1)
    assert found.margin_share == pytest.approx(1 - 2.67142857 / 5)
    top = [row["cost_share"] for row in found.rows if row["depth"] == 1 and row["state"] == "in_force"]
    assert sum(top) == pytest.approx(1)
    assert by_way["BOTTLED/SAUCE/SUGAR"]["substitutes"] == "HONEY × 0.8"


def test_what_comes_later_is_shown_and_does_not_count(sauce: Rows) -> None:
    cap = tree().rows[-1]
    assert (cap["component"], cap["state"], cap["valid_from"], cap["needed"]) == (
        "CAP",
        "future",
        date(2026, 4, 1),
        None,
    )
    assert [recipe.state for recipe in tree().recipes] == ["in_force", "future"]
    later = tree(on=date(2026, 4, 1))
    assert [recipe.state for recipe in later.recipes] == ["past", "in_force"]
    assert later.cost == pytest.approx(2.67142857 + 0.1 / 0.98)
    before = tree(on=date(2025, 12, 31))
    assert (before.cost, before.recipe) == (None, None)
    assert {row["state"] for row in before.rows} == {"future"}


def test_a_missing_cost_is_named_and_never_zero(sauce: Rows) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("update product set unit_cost = null where code = 'CHILLI'"))
    found = tree()
    assert (found.cost, found.missing, found.deviation_share) == (None, "CHILLI", None)
    listed = recipes.cost_list(PLANNER, CostFilters(DAY, show="missing"))
    assert [(row["code"], row["missing"]) for row in listed.rows] == [("BOTTLED", "CHILLI"), ("SAUCE", "CHILLI")]


def test_list_is_filtered_sorted_and_paged(sauce: Rows) -> None:
    every = recipes.cost_list(PLANNER, CostFilters(DAY))
    assert [row["code"] for row in every.rows] == ["BOTTLED", "SAUCE"]
    assert every.rows[0]["deviation"] == pytest.approx(2.67142857 - 3)
    assert (every.total, every.without_cost, every.deviating) == (2, 0, 1)
    assert recipes.cost_list(PLANNER, CostFilters(DAY, search="sauc")).total == 1
    assert recipes.cost_list(PLANNER, CostFilters(DAY, category="Kitchen")).rows[0]["code"] == "SAUCE"
    assert recipes.cost_list(PLANNER, CostFilters(DAY), sort=[("cost", True)]).rows[0]["code"] == "SAUCE"
    assert recipes.cost_list(PLANNER, CostFilters(DAY), sort=[("code", True)]).rows[0]["code"] == "SAUCE"
    assert recipes.cost_list(PLANNER, CostFilters(DAY), start=1, end=2).rows[0]["code"] == "SAUCE"
    assert recipes.cost_list(PLANNER, CostFilters(date(2025, 1, 1), show="not_in_force")).total == 2


def test_where_used_goes_up_to_finished_goods(sauce: Rows) -> None:
    found = recipes.where_used(PLANNER, "CHILLI", on=DAY)
    assert [(row["code"], row["steps"], row["way"]) for row in found] == [
        ("SAUCE", 1, "SAUCE → CHILLI"),
        ("BOTTLED", 2, "BOTTLED → SAUCE → CHILLI"),
    ]
    assert found[1]["needed"] == pytest.approx(0.34 / 0.98 * 0.5 * 1.04 / 0.9)
    assert found[1]["cost_share"] == pytest.approx(found[1]["needed"] * 9 / 2.67142857)
    honey = recipes.where_used(PLANNER, "HONEY", on=DAY)
    assert [(row["code"], row["steps"], row["way"]) for row in honey] == [("SAUCE", None, "instead of SUGAR × 0.8")]
    assert recipes.where_used(PLANNER, "BOTTLED", on=DAY) == []


def test_a_line_is_changed_and_the_cost_follows(sauce: Rows) -> None:
    key = {"product": "SAUCE", "valid_from": "2026-01-01", "component": "SUGAR"}
    recipe_edits.save_line(PLANNER, key, before={"quantity": "0.3"}, after={"quantity": "0.6"})
    assert tree("SAUCE").cost == pytest.approx((0.5 * 1.04 * 9 + 0.6 * 3) / 0.9)
    recipe_edits.save_line(PLANNER, key, before={"yield_share": "0.9"}, after={"yield_share": "1"})
    assert tree("SAUCE").cost == pytest.approx(0.5 * 1.04 * 9 + 0.6 * 3)
    with pytest.raises(EditRefused, match="Scrap"):
        recipe_edits.save_line(PLANNER, key, before={"scrap_share": "0"}, after={"scrap_share": "7"})
    with pytest.raises(UserError, match=r"0\.6"):
        recipe_edits.save_line(PLANNER, key, before={"quantity": "0.3"}, after={"quantity": "0.4"})


def test_what_leads_back_is_refused_with_the_way_named(sauce: Rows) -> None:
    values = {"product": "SAUCE", "valid_from": "2026-01-01", "component": "BOTTLED", "quantity": "1"}
    with pytest.raises(EditRefused, match="SAUCE → BOTTLED → SAUCE"):
        recipe_edits.add_component(PLANNER, values)
    with pytest.raises(EditRefused, match="itself"):
        recipe_edits.add_component(PLANNER, {**values, "component": "SAUCE"})


def test_two_who_close_a_cycle_together_do_not_both_succeed(sauce: Rows) -> None:
    lines = [("CHILLI", "SUGAR"), ("SUGAR", "CHILLI")]

    def add(line: tuple[str, str]) -> bool:
        values = {"product": line[0], "valid_from": "2026-01-01", "component": line[1], "quantity": "1"}
        try:
            recipe_edits.add_component(PLANNER, values)
        except EditRefused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(add, lines)) == [False, True]


def test_two_who_begin_a_recipe_on_one_day_leave_one_in_force(sauce: Rows) -> None:
    def begin(without: str) -> bool:
        try:
            recipe_edits.begin_recipe(PLANNER, "SAUCE", valid_from=date(2026, 3, 1), without=[without])
        except InvalidInput:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(begin, ["SUGAR", "CHILLI"])) == [False, True]
    for day in (DAY, date(2026, 1, 1), date(2030, 1, 1)):
        assert [recipe.state for recipe in tree("SAUCE", on=day).recipes].count("in_force") == 1
    assert len(tree("SAUCE").rows) == 2  # what is left, and what was left out, greyed


def test_a_new_recipe_takes_over_what_stays_and_its_substitutes(sauce: Rows) -> None:
    recipe_edits.begin_recipe(PLANNER, "SAUCE", valid_from=date(2026, 3, 1), without=["CHILLI"])
    found = tree("SAUCE")
    assert found.cost == pytest.approx(0.3 * 3 / 0.9)
    assert [(row["component"], row["state"], row["substitutes"]) for row in found.rows] == [
        ("SUGAR", "in_force", "HONEY × 0.8"),
        ("CHILLI", "past", ""),
    ]
    with pytest.raises(InvalidInput, match="begins on 2026-03-01 already"):
        recipe_edits.begin_recipe(PLANNER, "SAUCE", valid_from=date(2026, 3, 1))
    with pytest.raises(InvalidInput, match="no recipe before"):
        recipe_edits.begin_recipe(PLANNER, "SAUCE", valid_from=date(2020, 1, 1))
    with pytest.raises(InvalidInput, match="needs a component"):
        recipe_edits.begin_recipe(PLANNER, "SAUCE", valid_from=date(2026, 5, 1), without=["SUGAR"])


def test_rolled_up_costs_become_standard(sauce: Rows) -> None:
    changes = recipe_edits.cost_changes(PLANNER, ["BOTTLED", "SAUCE", "CHILLI", "NONE"], on=DAY)
    assert [(change.code, change.old, change.new) for change in changes] == [
        ("BOTTLED", Decimal("3.0000"), Decimal("2.6714")),
        ("SAUCE", None, Decimal("6.2000")),
    ]
    assert recipe_edits.use_as_standard(PLANNER, changes).changed == 2
    assert tree().standard_cost == 2.6714
    assert recipe_edits.cost_changes(PLANNER, ["BOTTLED", "SAUCE"], on=DAY) == []
    with pytest.raises(InvalidInput, match="No standard cost"):
        recipe_edits.use_as_standard(PLANNER, [])


def test_who_may(sauce: Rows) -> None:
    nobody = colleague(without=Permission.MASTER_READ)
    reader: Viewer = colleague(Role.EXECUTIVE)
    asks: list[Callable[[Viewer], Any]] = [
        lambda person: recipes.tree(person, "SAUCE", on=DAY),
        lambda person: recipes.where_used(person, "SUGAR", on=DAY),
        lambda person: recipes.cost_list(person, CostFilters(DAY)),
        lambda person: recipe_edits.cost_changes(person, ["SAUCE"], on=DAY),
    ]
    for ask in asks:
        ask(reader)
        with pytest.raises(NotAllowed):
            ask(nobody)
    with pytest.raises(NotAllowed):
        recipe_edits.begin_recipe(reader, "SAUCE", valid_from=date(2026, 3, 1))
    with pytest.raises(NotAllowed):
        recipe_edits.use_as_standard(reader, recipe_edits.cost_changes(reader, ["SAUCE"], on=DAY))
    with pytest.raises(NotFound):
        tree("NONE")


def test_nothing_yet(empty_database: Path) -> None:
    found = recipes.cost_list(PLANNER, CostFilters(DAY))
    assert (found.rows, found.total) == ([], 0)


def test_demo_company_costs_what_sql_says(database: Path) -> None:
    with owner_engine().connect() as connection:
        expected = {row.code: row.cost for row in connection.execute(text(INDEPENDENT), {"day": "2026-11-21"})}
    found = recipes.cost_list(PLANNER, CostFilters(date(2026, 11, 21)))
    assert {row["code"]: row["cost"] for row in found.rows if row["cost"] is not None} == pytest.approx(expected)
    assert len(expected) > 10
