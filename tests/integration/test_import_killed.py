"""kill -9 at any moment and at every statement of a commit or an undo: all rows or none, and it can be done again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mortal_child import at_step, do
from sqlalchemy import Connection, text

from core.errors import Unavailable
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import import_work, imports
from services.imports import Batch

ROOT = Path(__file__).parents[2]
ROWS = 30_000
MOMENTS = (0.0, 0.05, 0.2, 0.5, 0.9, 1.4, 2.0)
MOST_STEPS = 200
SALES = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
    "1001,00123,Chilli sauce,10,2026-03-01,2.50,C1\n"
    "1001,NA,Soy sauce,4,2026-03-01,3.00,C1\n"
    "C1003,00123,Chilli sauce,-2,2025-12-30,2.50,C2\n"
    "1006,00123,Chilli sauce,ten,2026-03-05,2.50,C1\n"
)
ORDERS = (
    "number,supplier,location,ordered_on,line_no,product,quantity,unit_price,requested_on\n"
    "PO-1,S1,KL,2026-03-01,1,00123,{quantity},2.5,2026-04-01\n"
    "PO-1,S1,KL,2026-03-01,2,NA,20,3,2026-04-01\n"
    "PO-2,S1,KL,2026-03-02,1,NA,30,3,2026-04-02\n"
)
DEMAND = "day,product,location,channel,quantity,revenue,reference\n"


def committing(batch: Batch) -> subprocess.Popen[bytes]:
    """A process that is about to commit."""
    child = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "commit_child.py"), str(batch.id)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"go\n"
    return child


def rows_in_plan(viewer: Viewer) -> tuple[int, int, int]:
    with session_scope(viewer) as session:
        counted = "select (select count(*) from demand_history), (select count(*) from product), "
        found = session.execute(text(counted + "(select count(*) from data_change where entity = 'products')")).one()
    return int(found[0]), int(found[1]), int(found[2])


@pytest.mark.slow
def test_commit_killed_at_any_moment_is_whole_or_nothing(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    lines = "".join(f"D{n},P{n % 500},n,3,2026-01-{n % 28 + 1:02},1.5\n" for n in range(ROWS))
    batch = bring_in("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice\n" + lines)
    for moment in MOMENTS:
        with committing(batch) as child:
            time.sleep(moment)
            child.send_signal(signal.SIGKILL)
        state = imports.batch(ann, batch.id).state
        assert rows_in_plan(ann) == ((ROWS, 500, 500) if state == "committed" else (0, 0, 0))
        if state == "committed":
            return
    import_work.commit_import(ann, {"batch_id": str(batch.id)}, lambda _f, _m: None)
    assert rows_in_plan(ann) == (ROWS, 500, 500)


def bring_in_sales(bring_in: Callable[..., Batch]) -> Batch:
    """New products and customers, sales in two years, and a row that is rejected."""
    return bring_in(SALES)


def bring_in_orders(bring_in: Callable[..., Batch]) -> Batch:
    """Purchase orders of several lines, one of which is there and changes."""
    bring_in("code,name\n00123,Chilli sauce\nNA,Soy sauce\n", entity="products", commit="all_or_nothing")
    bring_in("code,name\nS1,Supplier\n", entity="suppliers", commit="all_or_nothing")
    first = "".join(ORDERS.format(quantity=10).splitlines(keepends=True)[:3])
    bring_in(first, entity="purchase_orders", commit="all_or_nothing")
    return bring_in(ORDERS.format(quantity=15), entity="purchase_orders")


def bring_in_period(bring_in: Callable[..., Batch]) -> Batch:
    """A replaced month: one row goes, one changes, one is new."""
    bring_in("code,name\n00123,Chilli sauce\n", entity="products", commit="all_or_nothing")
    there = DEMAND + "2026-03-01,00123,KL,MT,1,2,a\n2026-03-02,00123,KL,MT,1,2,b\n"
    bring_in(there, entity="demand_history", commit="all_or_nothing")
    file = DEMAND + "2026-03-02,00123,KL,MT,5,9,b\n2026-03-03,00123,KL,MT,1,2,c\n"
    return bring_in(file, entity="demand_history", mode="replace", period=("2026-03-01", "2026-03-31"))


PREPARED = {"sales": bring_in_sales, "orders": bring_in_orders, "period": bring_in_period}


def fingerprint() -> dict[str, str]:
    """A digest of the rows of every table that has any, the staged ones too; versions only ever count up."""
    tables = (
        "select format('%I.%I', schemaname, tablename) from pg_tables "
        "where schemaname in ('public', 'staging', 'queue') order by 1"
    )
    with owner_engine().connect() as connection:
        named = connection.scalars(text(tables)).all()
        digest = "select md5(string_agg((to_jsonb(t) - 'version')::text, chr(10) order by t::text)) from {} t"
        found = {name: connection.scalar(text(digest.format(name))) for name in named}
    return {name: str(found[name]) for name in named if found[name] is not None}


@dataclass(frozen=True)
class Mortal:
    """A process whose forks work on imports and die at a given step."""

    process: subprocess.Popen[str]

    def works(self, kind: str, batch: Batch, *, until: int) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{kind} {batch.id} {until}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@pytest.fixture
def mortal(ann: Viewer) -> Iterator[Mortal]:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "mortal_child.py")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Mortal(process)
        assert process.stdin is not None
        process.stdin.close()


def died_everywhere(mortal: Mortal, kind: str, batch: Batch, *, stride: int) -> int:
    """Do the work again and again, killed some steps later each time, until it is through; returns the steps."""
    before = fingerprint()
    for step in range(1, MOST_STEPS, stride):
        answer = mortal.works(kind, batch, until=step)
        if answer != "killed":
            assert answer == "done 0"
            return step
        assert fingerprint() == before, f"something was written though killed before step {step}"
    raise AssertionError("more steps than expected")


@pytest.mark.slow
@pytest.mark.parametrize("what", PREPARED)
def test_killed_before_any_statement_nothing_is_written_and_it_can_be_done_again(
    ann: Viewer, bring_in: Callable[..., Batch], mortal: Mortal, what: str
) -> None:
    batch = PREPARED[what](bring_in)
    # One kind of row dies at every statement, the others, whose statements are alike, at every third.
    stride = 1 if what == "sales" else 3
    before = plan_of(fingerprint())
    assert died_everywhere(mortal, "import_commit", batch, stride=stride) > 15
    assert imports.batch(ann, batch.id).state == "committed"
    assert plan_of(fingerprint()) != before
    assert died_everywhere(mortal, "import_undo", batch, stride=stride) > 10
    assert imports.batch(ann, batch.id).state == "undone"
    assert plan_of(fingerprint()) == before


def terminate(connection: Connection) -> None:
    """As an operator does, or a server that is shut down."""
    driver: Any = connection.connection.driver_connection
    with owner_engine().connect() as other:
        other.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": driver.info.backend_pid})


@pytest.mark.slow
def test_connection_lost_before_any_statement_nothing_is_written_and_it_can_be_done_again(
    ann: Viewer, bring_in: Callable[..., Batch]
) -> None:
    batch = bring_in_orders(bring_in)
    before = fingerprint()
    for step in range(1, MOST_STEPS):
        try:
            with at_step(step, terminate):
                do(ann, "import_commit", batch.id)
        except Unavailable:
            assert fingerprint() == before, f"something was written though cut off before step {step}"
        else:
            break
    assert imports.batch(ann, batch.id).state == "committed"


def plan_of(found: dict[str, str]) -> dict[str, str]:
    """Without what tells of imports as such."""
    told = ("import_", "audit_", "data_version", "staging.")
    return {name: digest for name, digest in found.items() if not any(part in name for part in told)}
