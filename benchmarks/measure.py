"""What the benchmarks share: a throw-away database, child processes with their peak memory, percentiles."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from core.settings import settings
from data import db, embedded, schema

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Figure:
    """One measured figure and, where there is one, its ratio to the yardstick."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    yardstick: str = ""


@contextmanager
def scratch_database() -> Iterator[None]:
    """A fresh, durable embedded database that this process and its children use."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        server = embedded.start(home)
        os.environ |= {
            "DATABASE_URL": server.app_url,
            "DATABASE_OWNER_URL": server.owner_url,
            "TANDEM_HOME": folder,
            "TANDEM_DEMO_PASSWORD": "password of the benchmark",
        }
        settings.cache_clear()
        schema.prepare()
        try:
            yield
        finally:
            for engine in (db.app_engine, db.owner_engine):
                if engine.cache_info().currsize:
                    engine().dispose()
            db.dispose()
            if embedded.stop(home):
                embedded.remove(home)


def owner_connection() -> psycopg.Connection[tuple[object, ...]]:
    url = settings().owner_database_url
    assert url is not None
    return psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_child(module: str, *arguments: str) -> dict[str, float]:
    """Run ``python -m module`` and return the JSON it prints on its last line."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def visitor(name: str) -> Any:
    """Somebody of the demo company who uses the app in this process, as in the tests."""
    tests = str(ROOT / "tests")
    if tests not in sys.path:
        sys.path.append(tests)
    from visitor import Visitor

    return Visitor.of(name)


def peak_megabytes() -> float:
    """The most memory this process has ever held."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, round(share * len(values)))]
