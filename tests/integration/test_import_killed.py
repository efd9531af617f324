"""kill -9 at any moment of a commit: all rows or none, and the state of the import tells which."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from core.viewer import Viewer
from data.db import session_scope
from services import import_work, imports
from services.imports import Batch

ROOT = Path(__file__).parents[2]
ROWS = 30_000
MOMENTS = (0.0, 0.05, 0.2, 0.5, 0.9, 1.4, 2.0)


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
