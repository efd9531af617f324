"""A bare file becomes forecasts that only its owner sees, and the plan knows nothing of it."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from workbooks import workbook_bytes

from core.errors import Conflict, InvalidInput, JobCancelled, NotAllowed, NotFound
from core.settings import settings
from core.viewer import Viewer
from data import forecast_files
from data.db import owner_engine
from data.exchange.problems import FileRefused
from data.forecast_files import FOLDER
from services import forecast_file, forecast_file_results, forecast_file_work, jobs, worker
from services.forecast_file import KEPT_DAYS, Choices, UploadedFile
from services.import_file import Reading
from services.outgoing import Format

START = date(2024, 1, 1)
# What a forecast of a file may leave behind in the database: that it was asked for, by whom.
TRACES = ("job", "audit_entry", "procrastinate_jobs", "procrastinate_events")


def silent(_fraction: float, _message: str) -> None:
    """Nobody looks at the progress."""


def sales(items: str = "AB", *, count: int = 500) -> str:
    rows = [
        f"{item},{START + timedelta(days=step)} 0{hour}:00:00,{5 + step % 7 + len(item)}\n"
        for item in items
        for step in range(count)
        for hour in (8, 9)
    ]
    return "StockCode,InvoiceDate,Quantity\n" + "".join(rows)


@pytest.fixture
def ann(database: Path, viewer_of: Callable[[str], Viewer]) -> Iterator[Viewer]:
    """An analyst with no files yet."""
    found = viewer_of("analyst")
    yield found
    for listed in forecast_file.own_files(found):
        forecast_file.delete(found, listed.id)


def put(viewer: Viewer, content: str | bytes, name: str = "sales.csv") -> UploadedFile:
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return forecast_file.upload(viewer, stream, file_name=name)


def started(viewer: Viewer, found: UploadedFile, **choices: Any) -> Any:
    """Start the work with the proposed columns."""
    return forecast_file.start(
        viewer, found.id, reading=found.reading, columns=found.columns, choices=replace(found.choices, **choices)
    )


def forecast(viewer: Viewer, found: UploadedFile, **choices: Any) -> dict[str, Any]:
    """Start, do the work as the worker does it, and give the account."""
    job_id = started(viewer, found, **choices)
    worker.run_job(job_id)
    assert jobs.job(viewer, job_id).error is None
    return forecast_file_results.summary(viewer, found.id) or {}


def downloaded(viewer: Viewer, found: UploadedFile, what: str) -> list[dict[str, str]]:
    with forecast_file_results.download(viewer, found.id, what, Format.CSV) as file:
        body = b"".join(file.chunks).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body)))


def workbook(viewer: Viewer, found: UploadedFile, what: str) -> list[tuple[Any, ...]]:
    with forecast_file_results.download(viewer, found.id, what, Format.XLSX) as file:
        (sheet,) = load_workbook(io.BytesIO(b"".join(file.chunks))).worksheets
    assert sheet.freeze_panes == "A2"
    return list(sheet.iter_rows(values_only=True))


def test_upload_proposes_columns_weeks_and_a_horizon(ann: Viewer) -> None:
    found = put(ann, gzip.compress(sales().encode()), "sales.csv.gz")
    assert (found.columns.item, found.columns.day, found.columns.quantity) == ("StockCode", "InvoiceDate", "Quantity")
    assert (found.choices.bucket, found.choices.gaps, found.choices.horizon) == ("week", "no_demand", 13)


def test_transactions_become_forecasts_metrics_and_chart(ann: Viewer) -> None:
    found = put(ann, sales())
    told = forecast(ann, found, horizon=4)
    assert (told["series"], told["rows"], told["frequency"], told["faults"]) == (2, 2000, "W-MON", 0)
    assert told["left_out"] == "2025-05-12"  # the file ends on a Wednesday
    assert told["judged"] == 2
    assert told["wmape"] < 0.05
    page = forecast_file_results.series_page(ann, found.id, search="b", first=0, limit=10)
    assert [row["unique_id"] for row in page.rows] == ["B"]
    paths = forecast_file_results.series_paths(ann, found.id, page.rows[0]["position"])
    assert paths is not None
    assert paths.history[-1][0].isoformat() == "2025-05-05"
    assert [day.isoformat() for day, _ in paths.mean] == ["2025-05-12", "2025-05-19", "2025-05-26", "2025-06-02"]
    week = sum(2 * (5 + step + 1) for step in range(7))
    assert all(value == pytest.approx(week, rel=0.05) for _, value in paths.mean)


def test_downloads_have_the_layout_of_the_command_line_and_run_no_formulas(ann: Viewer) -> None:
    found = put(ann, sales().replace("B,", "=B1,"))
    forecast(ann, found, horizon=2)
    rows = downloaded(ann, found, "forecasts")
    assert list(rows[0]) == ["unique_id", "ds", "y_hat", "q0.1", "q0.5", "q0.9", "method"]
    assert {row["unique_id"] for row in rows} == {"A", "'=B1"}
    assert len(rows) == 4
    metrics = downloaded(ann, found, "metrics")
    assert [row["unique_id"] for row in metrics] == ["'=B1", "A"]
    assert float(metrics[0]["wmape"]) <= 0.05
    header, *cells = workbook(ann, found, "forecasts")
    assert header == tuple(rows[0])
    assert [cell[0] for cell in cells] == [row["unique_id"] for row in rows]
    assert [(cell[1].date().isoformat(), float(cell[2])) for cell in cells] == [
        (row["ds"], float(row["y_hat"])) for row in rows
    ]
    assert [row[0] for row in workbook(ann, found, "metrics")[1:]] == ["'=B1", "A"]


def test_workbook_is_read_from_the_sheet_that_was_chosen(ann: Viewer) -> None:
    rows = [[item, START + timedelta(days=step), 3 + step % 7] for item in "AB" for step in range(120)]
    book = workbook_bytes({"Notes": [["written", "by"], ["x", "y"]], "Sales": [["item", "day", "qty"], *rows]})
    found = put(ann, book, "sales.xlsx")
    seen = forecast_file.look(ann, found.id, Reading(sheet="Sales"))
    assert seen.header == ("item", "day", "qty")
    settled = replace(found, reading=Reading(sheet="Sales"), columns=forecast_file.columns_of("item", "day", "qty"))
    told = forecast(ann, settled, bucket="day", horizon=7)
    assert (told["series"], told["rows"], told["faults"], told["first"]) == (2, 240, 0, "2024-01-01")


def test_result_of_another_version_is_not_read(ann: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    found = put(ann, sales(count=60))
    forecast(ann, found, horizon=1)
    monkeypatch.setattr(forecast_files, "FORMAT", 0)
    assert forecast_file.own_files(ann) == []
    with pytest.raises(NotFound):
        forecast_file.uploaded_file(ann, found.id)


def test_faults_stop_everything_unless_the_series_without_them_are_wanted(ann: Viewer) -> None:
    found = put(ann, sales() + "B,2025-02-30 08:00:00,1\nB,2025-03-01 08:00:00,many\n")
    job_id = started(ann, found)
    worker.run_job(job_id)
    ended = jobs.job(ann, job_id)
    assert ended.state == "failed"
    assert "2 faults in the rows: nothing was forecast" in (ended.error or "")
    problems = forecast_file_results.first_problems(ann, found.id)
    assert [(row["row"], row["column"], row["value"]) for row in problems] == [
        ("2002", "InvoiceDate", "2025-02-30 08:00:00"),
        ("2003", "Quantity", "many"),
    ]
    assert all(row["remedy"] for row in problems)
    assert downloaded(ann, found, "problems")[1]["value"] == "many"
    assert [row[0] for row in workbook(ann, found, "problems")[1:]] == [2002, 2003]
    with pytest.raises(NotFound):
        forecast_file_results.download(ann, found.id, "forecasts", Format.CSV)
    told = forecast(ann, found, good_only=True)
    assert (told["series"], told["faulty_series"], told["faults"]) == (1, 1, 2)


def test_all_rows_bad_is_told_and_gives_nothing(ann: Viewer) -> None:
    found = put(ann, "item,day,qty\n" + "A,2026-03-01,x\n" * 5)
    job_id = started(ann, replace(found, columns=forecast_file.columns_of("item", "day", "qty")), good_only=True)
    worker.run_job(job_id)
    assert "No series without faults" in (jobs.job(ann, job_id).error or "")
    assert forecast_file_results.summary(ann, found.id) is None


def test_cancelled_work_leaves_the_former_result(ann: Viewer) -> None:
    found = put(ann, sales())
    before = forecast(ann, found, horizon=2)
    started(ann, found, horizon=3)

    def stop(_fraction: float, _message: str) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        forecast_file_work.forecast_upload(ann, {"file_id": str(found.id)}, stop)
    assert forecast_file_results.summary(ann, found.id) == before
    assert sorted(path.name for path in found.folder.path.iterdir()) == ["about.json", "result", "upload"]


def test_file_deleted_under_the_work_ends_it(ann: Viewer) -> None:
    found = put(ann, sales())
    started(ann, found)

    def delete(fraction: float, _message: str) -> None:
        if fraction > 0.9:
            found.folder.remove()

    with pytest.raises(JobCancelled):
        forecast_file_work.forecast_upload(ann, {"file_id": str(found.id)}, delete)
    assert not found.folder.path.exists()


def test_no_table_of_the_plan_changes(ann: Viewer) -> None:
    before = fingerprint()
    found = put(ann, sales())
    forecast(ann, found)
    forecast_file.delete(ann, found.id)
    assert fingerprint() == before


@pytest.mark.parametrize("name", ["planner", "admin", "executive", "supplier", "customer", "oem"])
def test_nobody_else_sees_a_file(ann: Viewer, viewer_of: Callable[[str], Viewer], name: str) -> None:
    found = put(ann, sales(count=60))
    forecast(ann, found, horizon=1)
    other = viewer_of(name)
    for look in (
        lambda: forecast_file.uploaded_file(other, found.id),
        lambda: forecast_file.look(other, found.id, Reading()),
        lambda: started(other, found),
        lambda: forecast_file_results.summary(other, found.id),
        lambda: forecast_file_results.series_page(other, found.id, first=0, limit=1),
        lambda: forecast_file_results.series_paths(other, found.id, 0),
        lambda: forecast_file_results.first_problems(other, found.id),
        lambda: forecast_file_results.download(other, found.id, "forecasts", Format.CSV),
        lambda: forecast_file.delete(other, found.id),
        lambda: forecast_file_work.forecast_upload(other, {"file_id": str(found.id)}, silent),
    ):
        with pytest.raises((NotFound, NotAllowed)):
            look()
    assert forecast_file_results.summary(ann, found.id) is not None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 x", "PDF"),
        (b"\x7fELF\x02\x01\x01", "program"),
    ],
    ids=["empty", "document", "program"],
)
def test_what_is_no_table_is_refused_and_leaves_nothing(ann: Viewer, content: bytes, why: str) -> None:
    before = sorted((settings().uploads / FOLDER).glob("*"))
    with pytest.raises(FileRefused, match=why):
        put(ann, content)
    assert sorted((settings().uploads / FOLDER).glob("*")) == before


def test_ambiguous_dates_are_asked_for_and_answered(ann: Viewer) -> None:
    rows = "".join(f"A,0{1 + step % 9}/0{1 + step % 8}/2026,{step}\n" for step in range(40))
    found = put(ann, "item,day,qty\n" + rows)
    with pytest.raises(InvalidInput, match="Date format"):
        started(ann, found)
    settled = replace(found, reading=Reading(date_format="DD/MM/YYYY"))
    assert forecast(ann, settled, bucket="month", horizon=1)["first"] == "2026-01-01"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (("item", "", "qty"), "holds the date"),
        (("item", "day", ""), "holds the quantity"),
        (("item", "day", "gone"), "no column “gone”"),
        (("day", "day", "qty"), "different columns"),
    ],
    ids=["no date", "no quantity", "unknown", "twice"],
)
def test_columns_that_cannot_be_are_refused(ann: Viewer, columns: tuple[str, str, str], message: str) -> None:
    found = put(ann, "item,day,qty\nA,2026-03-01,1\n")
    with pytest.raises(InvalidInput, match=message):
        started(ann, replace(found, columns=forecast_file.columns_of(*columns)))


@pytest.mark.parametrize(
    "given",
    [
        {"bucket": "year"},
        {"gaps": None},
        {"mode": "wild"},
        {"horizon": 0},
        {"horizon": 157},
        {"horizon": 2.5},
        {"horizon": True},
        {"horizon": "9"},
    ],
    ids=str,
)
def test_choices_that_no_page_offers_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        Choices.of({"bucket": "week", "gaps": "unknown", "mode": "fast", "horizon": 4, **given})


def test_double_click_is_one_job(ann: Viewer) -> None:
    found = put(ann, sales(count=30))
    first = started(ann, found)
    assert started(ann, found) == first
    assert forecast_file.running_job(ann, forecast_file.uploaded_file(ann, found.id)) == first


def test_old_files_are_deleted_and_young_ones_stay(ann: Viewer) -> None:
    old, young = put(ann, sales(count=30)), put(ann, sales(count=30))
    long_ago = old.uploaded_at.timestamp() - KEPT_DAYS * 24 * 3600 - 1
    os.utime(old.folder.upload, (long_ago, long_ago))
    listed = {found.id for found in forecast_file.own_files(ann)}
    assert young.id in listed
    assert old.id not in listed
    assert not old.folder.path.exists()


def test_worker_deletes_old_files_by_itself(ann: Viewer) -> None:
    old = put(ann, sales(count=30))
    os.utime(old.folder.upload, (0, 0))

    async def work_a_little() -> None:
        working = asyncio.create_task(worker.work(concurrency=1))
        while old.folder.path.exists():
            await asyncio.sleep(0.05)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working

    asyncio.run(asyncio.wait_for(work_a_little(), timeout=30))
    assert not old.folder.path.exists()


def test_series_that_ended_early_begin_after_their_own_last_row(ann: Viewer) -> None:
    found = put(
        ann, "item,day,qty\n" + "".join(f"A,{START + timedelta(days=n)},{n}\n" for n in range(90)) + "B,2024-01-03,1\n"
    )
    assert forecast(ann, found, bucket="day", gaps="own_end", horizon=1)["early"] == 1
    assert downloaded(ann, found, "forecasts")[1]["ds"] == "2024-01-04"
    assert forecast(ann, found, bucket="day", gaps="no_demand", horizon=1)["early"] == 0
    assert downloaded(ann, found, "forecasts")[1]["ds"] == "2024-03-31"


def test_deleting_leaves_nothing_and_cancels_the_work(ann: Viewer) -> None:
    found = put(ann, sales(count=30))
    job_id = started(ann, found)
    forecast_file.delete(ann, found.id)
    assert not found.folder.path.exists()
    assert jobs.job(ann, job_id).state == "cancelled"


def test_nobody_fills_the_disk_with_files(ann: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast_file, "MOST_FILES", len(forecast_file.own_files(ann)))
    with pytest.raises(Conflict, match="Delete one"):
        put(ann, sales(count=30))


def test_more_than_a_worker_can_hold_is_refused_with_what_to_do(ann: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast_file_work, "MOST_CELLS", 100)
    found = put(ann, sales())
    job_id = started(ann, found)
    worker.run_job(job_id)
    assert "Choose weeks or months" in (jobs.job(ann, job_id).error or "")


def test_unknown_file_is_not_found(ann: Viewer) -> None:
    with pytest.raises(NotFound):
        forecast_file.uploaded_file(ann, uuid4())


def fingerprint() -> dict[str, Any]:
    """Count and content of every table, traces of the asking aside."""
    content = "select count(*), md5(coalesce(string_agg(t::text, ' ' order by t::text), '')) from \"{}\" t"
    names = text(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') "
        "and not relispartition"
    )
    with owner_engine().connect() as connection:
        tables = [table for table in connection.scalars(names) if table not in TRACES]
        assert {"product", "demand_history", "forecast_run", "forecast_value"} <= set(tables)
        return {table: tuple(connection.execute(text(content.format(table))).one()) for table in tables}
