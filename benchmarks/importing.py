"""A generated sales file: the whole import against PostgreSQL's own COPY of the same file."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks.measure import Figure, in_child, owner_connection, timed

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
COPY_CHUNK = 1 << 20


def measured(rows: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sales.csv"
        write_file(file, rows)
        _add_places()
        copy = timed(lambda: _copy(file))
        yield Figure("COPY into a table of text", rows / copy, "rows/s", 1.0, "COPY")
        child = in_child("benchmarks.import_child", str(file))
        for step in ("check", "commit"):
            yield Figure(f"Import: {step}", rows / child[step], "rows/s", child[step] / copy, "the time of COPY")
        total = child["check"] + child["commit"]
        yield Figure("Import: whole", rows / total, "rows/s", total / copy, "the time of COPY")
        size = file.stat().st_size / 1e6
        yield Figure("Import: peak memory", child["peak_mb"], "MB", child["peak_mb"] / size, "the size of the file")
        yield Figure("Import: memory before it", child["start_mb"], "MB")


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
            file.write(f"{document},P{product:05},Product {product},{quantity},{day},{price},{customer},Malaysia\n")


def _add_places() -> None:
    with owner_connection() as connection:
        connection.execute("insert into location (code, name, region) values ('KL', 'Kuala Lumpur', 'Central')")
        connection.execute("insert into channel (code, name) values ('MT', 'Modern trade')")
        connection.execute("insert into company (name, kind) values ('Bench', 'internal')")


def _copy(file: Path) -> None:
    columns = ", ".join(f"{name} text" for name in HEADER.strip().split(","))
    with owner_connection() as connection, connection.cursor() as cursor:
        cursor.execute(f"create table bench_copy ({columns})")
        with cursor.copy("copy bench_copy from stdin csv header") as copy, file.open("rb") as source:
            while chunk := source.read(COPY_CHUNK):
                copy.write(chunk)
