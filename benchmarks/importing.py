"""A generated sales file: the whole import against PostgreSQL's own COPY of the same file, and pages meanwhile."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.measure import Figure, in_child, owner_connection, percentile, timed, visitor

HEADER = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country,"
    "Warehouse,SalesChannel,Clerk,Currency\n"
)
COPY_CHUNK = 1 << 20
PAGES = ("/", "/inventory/positions", "/data/import")


def measured(rows: int) -> Iterator[Figure]:
    """On a database with the demo company, for pages to show something."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as beside:
        file = Path(folder) / "sales.csv"
        write_file(file, rows)
        _add_places()
        quiet = percentile(_page_milliseconds(_rounds(20)), 0.95)
        copy = timed(lambda: _copy(file))
        yield Figure("COPY into a table of text", rows / copy, "rows/s", 1.0, "COPY")
        running = beside.submit(in_child, "benchmarks.import_child", str(file))
        pages = _page_milliseconds(_until_done(running))
        child = running.result()
        for step in ("check", "commit"):
            yield Figure(f"Import: {step}", rows / child[step], "rows/s", child[step] / copy, "the time of COPY")
        total = child["check"] + child["commit"]
        yield Figure("Import: whole", rows / total, "rows/s", total / copy, "the time of COPY")
        size = file.stat().st_size / 1e6
        yield Figure("Import: peak memory", child["peak_mb"], "MB", child["peak_mb"] / size, "the size of the file")
        yield Figure("Import: memory before it", child["start_mb"], "MB")
        busy = percentile(pages, 0.95)
        yield Figure(f"Pages meanwhile, p95 of {len(pages)}", busy, "ms", busy / quiet, "without an import")


def write_file(path: Path, rows: int) -> None:
    """Deterministic invoices: 2,000 products, 4,000 customers, two years, 2 % returns."""
    chance = random.Random(20)
    with path.open("w") as file:
        file.write(HEADER)
        for number in range(rows):
            product, customer = chance.randrange(2000), chance.randrange(4000)
            back = chance.random() < 0.02
            day = date(2024, 1, 1) + timedelta(days=number * 730 // rows)
            document = f"{'C' if back else ''}{500000 + number // 20}"
            quantity = -1 if back else chance.randrange(1, 50)
            price = f"{0.5 + product % 90 / 10:.2f}"
            sold = f"{document},P{product:05},Product {product},{quantity},{day},{price},{customer},Malaysia"
            file.write(f"{sold},BENCH-DC,BENCH-MT,C{number % 40},MYR\n")


def _add_places() -> None:
    with owner_connection() as connection:
        connection.execute("insert into location (code, name, region) values ('BENCH-DC', 'Bench', 'Central')")
        connection.execute("insert into channel (code, name) values ('BENCH-MT', 'Bench')")


def _page_milliseconds(go_on: Callable[[], bool]) -> list[float]:
    """How long each of the pages took to answer, one after the other, as long as ``go_on`` says so."""
    planner = visitor("planner")
    for path in PAGES:
        planner.layout(path)
    times = []
    while go_on():
        times += [1000 * timed(partial(planner.layout, path)) for path in PAGES]
        time.sleep(0.2)
    return times


def _rounds(count: int) -> Callable[[], bool]:
    left = iter(range(count))
    return lambda: next(left, None) is not None


def _until_done(work: Future[Any]) -> Callable[[], bool]:
    return lambda: not work.done()


def _copy(file: Path) -> None:
    columns = ", ".join(f"{name} text" for name in HEADER.strip().split(","))
    with owner_connection() as connection, connection.cursor() as cursor:
        cursor.execute(f"create table bench_copy ({columns})")
        with cursor.copy("copy bench_copy from stdin csv header") as copy, file.open("rb") as source:
            while chunk := source.read(COPY_CHUNK):
                copy.write(chunk)
