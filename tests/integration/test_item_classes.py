"""Classes, seasons and stock of a company whose figures can be worked out by hand. Today is 2 March 2026.

Twelve whole months: March 2025 to February 2026. All is at KL and of a cost of 2 where nothing else is said.

BEST    100 sold every month since 2023 at 6: 7,200 a year; 300 in stock
WAVE    sold since 2023 as 10, 20, 10, 20 ... at 5, but 100 every December: 1,300 a year
NEW     sold in the last three months, 10, 20, 30 at 4
SALE    once 50 in the year at 3, once before
GONE    sold last in June 2024; 40 in stock
BOTTLE  packaging at 0.5, 500 issued every month
LABEL   packaging without a cost, 500 issued every month
LOST    packaging, never issued; 7 in stock
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from databases import TestServer
from rows import Rows, colleague
from sqlalchemy import text

from core.errors import Conflict, InvalidInput, NotAllowed
from core.permissions import Role
from core.viewer import Viewer
from data.db import owner_engine
from services import class_rules, downloads, item_classes
from services.class_rules import ClassRules
from services.company_rules import as_entered
from services.item_classes import ClassFilters

TODAY = date(2026, 3, 2)
MONTHS = [date(year, month, 15) for year in (2023, 2024, 2025, 2026) for month in range(1, 13)]
HISTORY = [day for day in MONTHS if day < TODAY]
YEAR = HISTORY[-12:]


def wave(day: date) -> int:
    return 100 if day.month == 12 else 10 if day.month % 2 else 20


@pytest.fixture(scope="module", autouse=True)
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One for all tests that only read; limits are taken back after each."""
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        load()
        yield


@pytest.fixture
def rows(empty_database: Path) -> Rows:
    """One for a test that changes its data."""
    return load()


@pytest.fixture(autouse=True)
def default_limits(company: None) -> Iterator[None]:
    yield
    with owner_engine().begin() as connection:
        connection.execute(text("delete from setting"))


def load() -> Rows:
    made = Rows()
    made.place("KL")
    made.place("PG")
    made.channel()
    for code in ("BEST", "WAVE", "NEW", "SALE", "GONE"):
        made.product(code, category="Tea" if code == "BEST" else "Snacks", unit_cost=2)
    made.product("BOTTLE", kind="packaging", unit_cost=0.5)
    made.product("LABEL", kind="packaging")
    made.product("LOST", kind="packaging", unit_cost=1)
    for day in HISTORY:
        made.sell(day.isoformat(), "BEST", 100, 600)
        made.sell(day.isoformat(), "WAVE", wave(day), 5 * wave(day))
    for day, quantity in zip(YEAR[-3:], (10, 20, 30), strict=True):
        made.sell(day.isoformat(), "NEW", quantity, 4 * quantity)
    made.sell("2025-05-05", "SALE", 50, 150)
    made.sell("2023-05-05", "SALE", 50, 150)
    made.sell("2024-06-10", "GONE", 5, 50)
    made.sell("2026-03-01", "BEST", 1_000, 6_000)  # of a month that is not over
    for code, quantity in (("BEST", 300), ("GONE", 40), ("BOTTLE", 1_000), ("LOST", 7)):
        made.stock(code, quantity)
    issue(made, {"BOTTLE": 500, "LABEL": 500, "BEST": 100})
    return made


def issue(made: Rows, quantities: dict[str, int]) -> None:
    with owner_engine().begin() as connection:
        for year in (2025, 2026):
            connection.execute(text("select tandem_ensure_partition('stock_movement', :year)"), {"year": year})
        for day in YEAR:
            for code, quantity in quantities.items():
                values = {"day": day, "product": made.ids[code], "place": made.ids["KL"], "quantity": -quantity}
                connection.execute(
                    text(
                        "insert into stock_movement (day, reference, product_id, location_id, kind, quantity) "
                        "values (:day, 'I', :product, :place, 'issue', :quantity)"
                    ),
                    values,
                )


@pytest.fixture
def planner() -> Viewer:
    return colleague()


def listed(viewer: Viewer, **filters: str) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in item_classes.item_classes(viewer, ClassFilters(**filters)).rows}


def test_value_and_its_shares_are_those_of_twelve_whole_months(planner: Viewer) -> None:
    found = listed(planner)
    values = {"BEST": 7200, "WAVE": 1300, "NEW": 240, "SALE": 150, "GONE": 0}
    assert {code: row["value"] for code, row in found.items()} == values
    assert list(found) == list(values)  # the largest first
    total = 7200 + 1300 + 240 + 150
    assert found["BEST"]["share"] == pytest.approx(7200 / total)
    assert found["WAVE"]["cumulated_share"] == pytest.approx(8500 / total)
    assert {code: row["abc"] for code, row in found.items() if row["abc"]} == {
        "BEST": "A", "WAVE": "C", "NEW": "C", "SALE": "C",
    }  # fmt: skip


def test_variation_is_that_of_the_months_since_an_item_began(planner: Viewer) -> None:
    found = listed(planner)
    assert found["BEST"]["variation"] == 0
    year = [wave(day) for day in YEAR]
    assert found["WAVE"]["variation"] == pytest.approx(np.std(year) / np.mean(year))
    # Three months it has: mean 20, deviation sqrt(200 / 3).
    assert found["NEW"]["variation"] == pytest.approx(np.sqrt(200 / 3) / 20)
    assert found["SALE"]["variation"] == pytest.approx(np.sqrt(11))  # one month of twelve
    assert found["GONE"]["variation"] is None
    assert [found[code]["xyz"] for code in ("BEST", "WAVE", "NEW", "SALE", "GONE")] == ["X", "Z", "X", "Z", None]
    assert [found[code]["demand_class"] for code in ("BEST", "SALE", "GONE")] == [
        "smooth", "intermittent", "no demand",
    ]  # fmt: skip


def test_a_season_is_tested_where_the_history_is_long_enough(planner: Viewer) -> None:
    found = listed(planner)
    assert (found["WAVE"]["seasonal"], found["BEST"]["seasonal"]) == (True, False)
    assert found["WAVE"]["season_p"] < 0.05
    assert (found["NEW"]["seasonal"], found["NEW"]["season_p"]) == (None, None)


def test_margin_and_volume_rank_otherwise(planner: Viewer) -> None:
    margins = {code: row["value"] for code, row in listed(planner, basis="margin").items()}
    assert margins == {"BEST": 7200 - 1200 * 2, "WAVE": 780, "NEW": 120, "SALE": 50, "GONE": 0}
    volumes = {code: row["value"] for code, row in listed(planner, basis="volume").items()}
    assert volumes == {"BEST": 1200, "WAVE": 260, "NEW": 60, "SALE": 50, "GONE": 0}


def test_what_is_used_is_ranked_apart_by_its_cost(planner: Viewer) -> None:
    found = listed(planner, goods="used")
    assert {code: row["value"] for code, row in found.items()} == {"BOTTLE": 3000, "LOST": 0, "LABEL": None}
    assert (found["BOTTLE"]["abc"], found["BOTTLE"]["xyz"]) == ("A", "X")
    assert found["LABEL"]["abc"] is None  # worth an unknown sum
    assert (found["BOTTLE"]["margin"], found["BOTTLE"]["gmroi"]) == (None, None)
    assert listed(planner, goods="used", basis="volume")["LABEL"]["value"] == 6000


def test_stock_is_judged_by_cover_and_silence(planner: Viewer) -> None:
    found = listed(planner)
    assert found["BEST"]["cover_days"] == pytest.approx(300 / (1200 / 365))
    assert (found["BEST"]["movement"], found["BEST"]["stock_value"]) == ("active", 600)
    assert found["BEST"]["gmroi"] == pytest.approx(4800 / 600)
    assert (found["GONE"]["movement"], found["GONE"]["cover_days"]) == ("obsolete", None)
    assert found["WAVE"]["movement"] is None  # nothing lies there
    assert [found[code]["velocity"] for code in ("BEST", "WAVE", "GONE")] == ["fast", "medium", "not moving"]
    assert listed(planner, goods="used")["LOST"]["movement"] == "obsolete"
    class_rules.save_class_rules(planner, limits(slow_cover_days=90), seen=limits())
    assert listed(planner)["BEST"]["movement"] == "slow"


def test_excess_is_that_of_the_positions(planner: Viewer, rows: Rows) -> None:
    rows.policy("BEST")  # order up to 110: 190 too many
    rows.bump("policy")
    found = listed(planner)
    assert (found["BEST"]["excess"], found["BEST"]["excess_value"]) == (True, 380)
    assert list(listed(planner, flag="excess")) == ["BEST"]
    assert list(listed(planner, flag="obsolete")) == ["GONE"]


def test_boxes_add_up_to_the_list(planner: Viewer) -> None:
    found = item_classes.matrix(planner, ClassFilters())
    boxes = {box.key: box for box in found.boxes}
    assert {key: box.items for key, box in boxes.items() if box.items} == {"AX": 1, "CX": 1, "CZ": 2}
    assert boxes["AX"].value_share == pytest.approx(7200 / 8890)
    assert [boxes["AX"].stock_value, boxes["AX"].cover_days] == pytest.approx([600, 300 / (1200 / 365)])
    assert (found.unclassified.items, found.unclassified.stock_value) == (1, 80)
    assert (found.year_start, found.before) == (date(2025, 3, 1), date(2026, 3, 1))
    page = item_classes.item_classes(planner, ClassFilters(box="CZ"))
    assert [row["code"] for row in page.rows] == ["WAVE", "SALE"]
    assert (page.total, page.value) == (2, 1450)
    assert list(listed(planner, box="none")) == ["GONE"]
    whole = item_classes.item_classes(planner, ClassFilters())
    assert [whole.stock_value, whole.slob_share] == pytest.approx([680, 80 / 680])


def test_filters_narrow_what_is_counted_and_change_no_class(planner: Viewer) -> None:
    found = item_classes.matrix(planner, ClassFilters(category="Snacks"))
    assert {box.key: box.items for box in found.boxes if box.items} == {"CX": 1, "CZ": 2}
    assert found.boxes[8].value_share == pytest.approx(1450 / 1690)
    assert list(listed(planner, search="wav")) == ["WAVE"]
    assert listed(planner, location="PG") == {}


def test_other_demand_is_seen_at_once(planner: Viewer, rows: Rows) -> None:
    assert listed(planner)["NEW"]["value"] == 240
    rows.sell(YEAR[-1].isoformat(), "NEW", 2_500, 10_000)
    rows.bump("demand")
    assert listed(planner)["NEW"]["abc"] == "A"


@pytest.mark.parametrize("column", item_classes.COLUMNS)
def test_every_column_sorts(planner: Viewer, column: str) -> None:
    for descending in (True, False):
        page = item_classes.item_classes(planner, ClassFilters(), sort=((column, descending), ("nonsense", True)))
        known = [row[column] for row in page.rows if row[column] is not None]
        assert known == sorted(known, reverse=descending)
        # Cover without end is the longest; what is unknown comes last either way.
        endless = column == "cover_days" and descending
        assert all(row[column] is None for row in (page.rows[: -len(known)] if endless else page.rows[len(known) :]))


def test_pages_of_a_list(planner: Viewer) -> None:
    page = item_classes.item_classes(planner, ClassFilters(), start=1, end=3)
    assert ([row["code"] for row in page.rows], page.total) == (["WAVE", "NEW"], 5)


def limits(**changed: float) -> dict[str, object]:
    return {**as_entered(ClassRules()), **changed}


def test_limits_are_stored_with_who_changed_them(planner: Viewer) -> None:
    class_rules.save_class_rules(planner, limits(a_share=99, b_share=99.9), seen=limits())
    assert class_rules.rules_in_force(planner) == ClassRules(a_share=0.99, b_share=0.999)
    assert listed(planner)["WAVE"]["abc"] == "A"
    with owner_engine().connect() as connection:
        line = connection.execute(text("select actor, before, after from audit_entry order by id desc limit 1")).one()
    assert line.actor == planner.email
    assert (line.before, line.after) == ({"a_share": 0.8, "b_share": 0.95}, {"a_share": 0.99, "b_share": 0.999})


def test_limits_that_somebody_else_changed_are_a_conflict(planner: Viewer) -> None:
    class_rules.save_class_rules(planner, limits(x_limit=0.4), seen=limits())
    with pytest.raises(Conflict):
        class_rules.save_class_rules(planner, limits(y_limit=2), seen=limits())
    assert class_rules.rules_in_force(planner) == ClassRules(x_limit=0.4)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"a_share": 96}, "must not be more than"),
        ({"x_limit": 1.5}, "must not be more than"),
        ({"b_share": 101}, "B up to, % of value: enter a number from 1 to 100"),
        ({"x_limit": 0}, "from 0.01 to 10"),
        ({"slow_cover_days": None}, "Slow: cover over, days"),
        ({"obsolete_days": "365"}, "enter a number"),
        ({"season_significance": float("nan")}, "enter a number"),
        ({"fast_share": True}, "enter a number"),
    ],
    ids=str,
)
def test_senseless_limits_are_refused_in_words(planner: Viewer, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        class_rules.save_class_rules(planner, limits(**changed), seen=limits())
    assert class_rules.rules_in_force(planner) == ClassRules()


def test_who_may(planner: Viewer) -> None:
    executive, administrator = colleague(Role.EXECUTIVE), colleague(Role.ADMIN)
    assert len(listed(executive)) == 5
    with pytest.raises(NotAllowed):
        class_rules.save_class_rules(executive, limits(), seen=limits())
    for read in (item_classes.matrix, item_classes.item_classes):
        with pytest.raises(NotAllowed):
            read(administrator, ClassFilters())
    with pytest.raises(NotAllowed):
        class_rules.rules_in_force(administrator)


def test_list_as_a_file(planner: Viewer) -> None:
    rows = list(downloads.LISTS["item-classes"].rows(planner, {"goods": "-", "box": "CZ", "sort": "code:asc"}))
    assert [row[0] for row in rows] == ["SALE", "WAVE"]
    assert len(rows[0]) == len(item_classes.COLUMNS)


def test_nothing_at_all(planner: Viewer, rows: Rows) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("truncate demand_history, stock_lot, stock_movement"))
        for subject in ("demand", "stock"):
            connection.execute(text("select tandem_bump(:subject)"), {"subject": subject})
    assert not item_classes.any_item(planner)
    assert sum(box.items for box in item_classes.matrix(planner, ClassFilters()).boxes) == 0
    assert listed(planner) == {}
