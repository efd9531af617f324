"""``cli.py import``: every kind of row comes in unattended, and the exit code tells a script how it went."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from workbooks import workbook_bytes

import cli
from core.viewer import Viewer
from data.db import session_scope

LOCATIONS = "code,name,region,kind\nPG,Penang,North,dc\nJB,Johor Bahru,South,dc\n"
KINDLESS = "code,name,region,kind\nPG,Penang,North,dc\nJB,Johor Bahru,South,castle\n"
PRODUCTS = "code,name,uom\nSOY,Soy sauce,EA\n"
SALES = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
DEMAND = "day,product,location,channel,quantity,revenue\n"

Run = Callable[..., Result]


@pytest.fixture
def run(ann: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``cli.py import ENTITY`` of a file with this content."""
    monkeypatch.setattr(cli, "configure_logging", lambda: None)
    monkeypatch.chdir(tmp_path)

    def invoke(entity: str, content: str | bytes, *options: str) -> Result:
        Path("file.csv").write_bytes(content.encode() if isinstance(content, str) else content)
        return CliRunner().invoke(cli.cli, ["import", entity, "file.csv", *options])

    return invoke


def stored(ann: Viewer, statement: str) -> list[tuple[Any, ...]]:
    with session_scope(ann) as session:
        return [tuple(row) for row in session.execute(text(statement))]


def locations(ann: Viewer) -> dict[str, str]:
    return {code: name for code, name in stored(ann, "select code, name from location order by code")}  # noqa: C416


def counted(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    counts: dict[str, Any] = found.pop("counts")
    return counts | found


def test_master_data_is_new_changed_or_the_same(ann: Viewer, run: Run) -> None:
    assert run("locations", LOCATIONS).exit_code == 0
    corrected = LOCATIONS.replace("Johor Bahru", "Johor") + "MK,Melaka,South,dc\n"
    done = run("locations", corrected, "--json")
    assert done.exit_code == 0
    assert counted(done).items() >= {
        ("entity", "locations"),
        ("mode", "upsert"),
        ("committed", True),
        ("rows", 3),
        ("new", 1),
        ("changed", 1),
        ("same", 1),
    }
    assert locations(ann) == {"JB": "Johor", "KL": "Kuala Lumpur", "MK": "Melaka", "PG": "Penang"}
    assert stored(ann, "select distinct source from import_batch") == [("command",)]


def test_the_account_for_people_has_the_counts_there_are(run: Run) -> None:
    told = run("locations", LOCATIONS).stdout
    lines = {line[:14].strip(): int(line[14:]) for line in told.splitlines()}
    assert lines == {"rows": 2, "new": 2, "changed": 0, "same": 0, "removed": 0, "set aside": 0, "rejected": 0}


def test_sales_tell_how_many_products_they_made(run: Run) -> None:
    row = "1001,00123,Chilli sauce,10,2026-03-01 08:00:00,2.50,C1,Malaysia\n"
    done = run("transactions", SALES + row, "--location", "KL", "--channel", "MT")
    assert done.exit_code == 0, done.output
    assert "new products             1" in done.stdout


def test_rejected_rows_stop_everything_with_exit_code_2(ann: Viewer, run: Run) -> None:
    stopped = run("locations", KINDLESS, "--json")
    assert stopped.exit_code == 2
    assert counted(stopped).items() >= {("committed", False), ("rejected", 1)}
    assert "--good-rows" in stopped.stderr
    assert list(locations(ann)) == ["KL"]


def test_good_rows_leave_the_rejected_ones_out(ann: Viewer, run: Run) -> None:
    assert run("locations", KINDLESS, "--good-rows").exit_code == 0
    assert list(locations(ann)) == ["KL", "PG"]


def test_a_dry_run_changes_nothing(ann: Viewer, run: Run) -> None:
    done = run("locations", LOCATIONS, "--dry-run", "--json")
    assert done.exit_code == 0
    assert counted(done).items() >= {("committed", False), ("new", 2)}
    assert list(locations(ann)) == ["KL"]


@pytest.mark.parametrize(("mode", "rejected"), [("insert", 1), ("update", 2)])
def test_insert_and_update_refuse_what_the_other_would_do(run: Run, mode: str, rejected: int) -> None:
    known = LOCATIONS + "KL,Kuala Lumpur City,Central,dc\n"
    done = run("locations", known, "--mode", mode, "--json")
    assert (done.exit_code, counted(done)["rejected"]) == (2, rejected)


def test_columns_come_from_a_file_and_single_ones_from_the_command(ann: Viewer, run: Run) -> None:
    Path("columns.json").write_text('{"code": "Ref A", "name": "Ref B", "region": "Ref A"}')
    own = "Ref A,Ref B,Ref C\nPG,Penang,North\n"
    done = run("locations", own, "--mapping", "columns.json", "--map", "region=Ref C")
    assert done.exit_code == 0, done.output
    assert stored(ann, "select name, region from location where code = 'PG'") == [("Penang", "North")]


def test_an_empty_column_leaves_a_field_out(ann: Viewer, run: Run) -> None:
    assert run("locations", LOCATIONS).exit_code == 0
    done = run("locations", LOCATIONS.replace("Penang", "Pinang").replace("North", "Utara"), "--map", "region=")
    assert done.exit_code == 0, done.output
    assert stored(ann, "select name, region from location where code = 'PG'") == [("Pinang", "North")]


def test_a_sheet_of_a_workbook_is_named(ann: Viewer, run: Run) -> None:
    rows = [line.split(",") for line in LOCATIONS.splitlines()]
    book = workbook_bytes({"Notes": [["Made by", "Ann"], ["on", "Monday"]], "Sites": rows})
    done = run("locations", book, "--sheet", "Sites")
    assert done.exit_code == 0, done.output
    assert list(locations(ann)) == ["JB", "KL", "PG"]


def test_a_set_value_is_for_rows_that_give_none(ann: Viewer, run: Run) -> None:
    open_region = "code,name,region\nPG,Penang,North\nJB,Johor Bahru,\n"
    done = run("locations", open_region, "--set", "region=South")
    assert done.exit_code == 0, done.output
    assert stored(ann, "select code, region from location where code <> 'KL' order by code") == [
        ("JB", "South"),
        ("PG", "North"),
    ]


def test_a_period_of_sales_is_replaced_as_a_whole(ann: Viewer, run: Run) -> None:
    assert run("products", PRODUCTS).exit_code == 0
    before = [f"2026-03-{day:02},SOY,KL,MT,{day},{day}.00\n" for day in (1, 2, 3, 9)]
    assert run("demand_history", DEMAND + "".join(before)).exit_code == 0
    corrected = DEMAND + "2026-03-02,SOY,KL,MT,20,20.00\n"
    period = ("--mode", "replace", "--period", "2026-03-01", "2026-03-07")
    done = run("demand_history", corrected, *period, "--json")
    assert done.exit_code == 0, done.output
    assert counted(done).items() >= {("mode", "replace"), ("changed", 1), ("removed", 2)}
    left = "select day::text, quantity::float from demand_history order by day"
    assert stored(ann, left) == [("2026-03-02", 20.0), ("2026-03-09", 9.0)]

    assert run("demand_history", corrected, "--json").exit_code == 0
    again = run("demand_history", DEMAND + "2026-03-04,SOY,KL,MT,4,4.00\n", "--json")
    assert counted(again).items() >= {("mode", "upsert"), ("removed", 0)}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--mapping", "broken.json"), "broken.json is not JSON"),
        (("--mapping", "list.json"), 'write one object of texts, {"field": "column"'),
        (("--map", "region"), "--map region: write FIELD=COLUMN"),
        (("--map", "region=Nowhere"), "The file has no column “Nowhere”"),
        (("--set", "region"), "--set region: write FIELD=VALUE"),
        (("--set", "colour=red"), "has no field “colour”"),
        (("--period", "2026-03-01", "2026-03-07"), "--period goes with --mode replace"),
        (("--mode", "replace", "--period", "1 March", "2026-03-07"), "Period: enter a date"),
        (("--mode", "guess"), "Invalid value for '--mode'"),
        (("--colour", "red"), "No such option"),
    ],
)
def test_what_is_wrong_with_the_command_is_told_with_exit_code_1(
    ann: Viewer, run: Run, options: tuple[str, ...], told: str
) -> None:
    Path("broken.json").write_text('{"code": ')
    Path("list.json").write_text('["code"]')
    refused = run("locations", LOCATIONS, *options)
    assert (refused.exit_code, told in refused.stderr) == (1, True), refused.output
    assert list(locations(ann)) == ["KL"]


def test_an_unknown_entity_is_told_with_those_there_are(run: Run) -> None:
    refused = run("spaceships", LOCATIONS)
    assert refused.exit_code == 1
    assert "“spaceships” can't be imported" in refused.stderr
    assert "locations, channels" in refused.stderr
