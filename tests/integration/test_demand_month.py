"""Demand by month: kept by triggers, and always what a full recount of the lines gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import TestServer
from demand_company import rows

from data.db import owner_engine

COMPANY = """
insert into location (id, code, name, region) values (1, 'KL', 'KL', 'Central'), (2, 'JB', 'JB', 'South');
insert into channel (id, code, name) values (1, 'MT', 'Modern trade'), (2, 'GT', 'General trade');
insert into product (id, code, name) values (1, 'A', 'A'), (2, 'B', 'B');
select tandem_ensure_partition('demand_history', 2025);
select tandem_ensure_partition('demand_history', 2026);
"""
COUNTED = """
select product_id, location_id, channel_id, date_trunc('month', day)::date as month, sum(quantity), sum(revenue),
       count(*)
from demand_history group by 1, 2, 3, 4 order by 1, 2, 3, 4
"""
KEPT = """
select product_id, location_id, channel_id, month, quantity, revenue, lines
from demand_month order by product_id, location_id, channel_id, month
"""
COLUMNS = "day, source_key, product_id, location_id, channel_id, kind, quantity, revenue"
LINES = [
    *(("2025-12-31", "1", 1, 1, 1, "sale", 10, 40), ("2026-01-01", "2", 1, 1, 1, "sale", 5, 20)),
    *(("2026-01-31", "3", 1, 1, 1, "sale", 7.5, 30), ("2026-01-15", "4", 1, 1, 2, "sale", 3, 12)),
    *(("2026-01-20", "5", 1, 1, 1, "return", -2, -8), ("2026-02-01", "6", 2, 2, 1, "sale", 1, 2)),
]


@pytest.fixture(scope="module")
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    with server.copy(home, template=empty_template):
        for statement in filter(str.strip, COMPANY.split(";")):
            rows(statement)
        yield home


@pytest.fixture(autouse=True)
def sold(company: Path) -> Iterator[None]:
    """LINES by COPY, as imports bring them."""
    _copy(LINES)
    yield
    rows("truncate demand_history")


def _copy(lines: list[Any]) -> None:
    with owner_engine().begin() as connection:
        cursor: Any = connection.connection.cursor()
        with cursor.copy(f"copy demand_history ({COLUMNS}) from stdin") as copy:
            for line in lines:
                copy.write_row(line)


def _kept() -> list[tuple[Any, ...]]:
    """What is kept, which is what a recount gives."""
    kept = [tuple(row) for row in rows(KEPT)]
    assert kept == [tuple(row) for row in rows(COUNTED)]
    return [(row[:3], f"{row[3]:%Y-%m}", float(row[4]), float(row[5]), row[6]) for row in kept]


def test_copied_lines() -> None:
    assert _kept() == [
        *(((1, 1, 1), "2025-12", 10, 40, 1), ((1, 1, 1), "2026-01", 10.5, 42, 3)),
        *(((1, 1, 2), "2026-01", 3, 12, 1), ((2, 2, 1), "2026-02", 1, 2, 1)),
    ]


def test_inserted_lines_add_to_what_is_there() -> None:
    rows(f"insert into demand_history ({COLUMNS}) values ('2026-01-02', '7', 1, 1, 1, 'sale', 4, 16)")
    assert _kept()[1] == ((1, 1, 1), "2026-01", 14.5, 58, 4)


def test_changed_lines() -> None:
    rows("update demand_history set quantity = quantity + 1, revenue = 0 where product_id = 1")
    assert _kept()[1] == ((1, 1, 1), "2026-01", 13.5, 0, 3)


def test_lines_that_move_to_another_month_and_channel() -> None:
    rows("update demand_history set day = '2026-03-05', channel_id = 2 where source_key = '3'")
    assert ((1, 1, 2), "2026-03", 7.5, 30, 1) in _kept()


def test_lines_that_move_to_another_year() -> None:
    rows("update demand_history set day = '2026-01-03' where source_key = '1'")
    found = _kept()
    assert found[0] == ((1, 1, 1), "2026-01", 20.5, 82, 4)


def test_a_month_without_lines_is_gone_and_one_that_adds_up_to_nothing_stays() -> None:
    rows("delete from demand_history where source_key = '6'")
    rows("delete from demand_history where source_key in ('2', '3')")
    rows(f"insert into demand_history ({COLUMNS}) values ('2026-01-21', '8', 1, 1, 1, 'sale', 2, 8)")
    found = _kept()
    assert ((1, 1, 1), "2026-01", 0, 0, 2) in found
    assert not [row for row in found if row[0] == (2, 2, 1)]


def test_deleted_and_brought_in_again() -> None:
    before = _kept()
    rows("delete from demand_history")
    assert _kept() == []
    _copy(LINES)
    assert _kept() == before


def test_truncated() -> None:
    rows("truncate demand_history")
    assert _kept() == []


def test_nothing_done() -> None:
    before = _kept()
    rows("update demand_history set quantity = 0 where false")
    rows("delete from demand_history where false")
    assert _kept() == before


def test_what_is_rolled_back_is_not_counted() -> None:
    before = _kept()
    with owner_engine().connect() as connection:
        connection.exec_driver_sql("delete from demand_history")
        connection.rollback()
    assert _kept() == before
