"""Long work in real worker processes: progress, cancel, faults, kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from long_work import KINDS
from sqlalchemy import text

from core.errors import NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import accounts, health, jobs, people, worker

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"


@pytest.fixture
def owner(empty_database: Path) -> Viewer:
    user_id = people.create_administrator(email="ann@example.com", name="Ann", company="Acme", password=PASSWORD)
    found = accounts.viewer_of_user(user_id)
    assert found is not None
    return found


@pytest.fixture
def start_worker(owner: Viewer) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "long_work.py")],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()


def start_job(owner: Viewer, kind: str, args: dict[str, Any] | None = None, *, idem_key: str | None = None) -> UUID:
    with session_scope(owner) as session:
        return jobs.start(session, owner, kind, args or {}, idem_key=idem_key or uuid4().hex)


def wait_for(owner: Viewer, job_id: UUID, reached: Callable[[jobs.JobView], bool], seconds: float = 30) -> jobs.JobView:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = jobs.job(owner, job_id)
        if reached(found):
            return found
        time.sleep(0.1)
    raise AssertionError(f"job is still {found}")


def test_worker_does_a_job_and_tells_its_progress(owner: Viewer, start_worker: Any, tmp_path: Path) -> None:
    assert not health.worker_alive()
    start_worker()
    job_id = start_job(owner, "count", {"steps": 40, "log": str(tmp_path / "log")})
    seen = wait_for(owner, job_id, lambda job: 0 < job.progress < 1)
    assert seen.message.endswith("of 40 steps")
    assert health.worker_alive()
    done = wait_for(owner, job_id, lambda job: not job.active)
    assert (done.state, done.progress, done.result) == ("done", 1.0, {"steps": 40})


def test_cancelling_a_running_job_stops_it(owner: Viewer, start_worker: Any, tmp_path: Path) -> None:
    start_worker()
    job_id = start_job(owner, "count", {"steps": 2000, "log": str(tmp_path / "log")})
    wait_for(owner, job_id, lambda job: job.state == "running")
    assert jobs.cancel(owner, job_id).cancelling
    assert wait_for(owner, job_id, lambda job: not job.active).state == "cancelled"


@pytest.mark.slow
def test_job_of_a_killed_worker_is_done_by_the_next(owner: Viewer, start_worker: Any, tmp_path: Path) -> None:
    first = start_worker()
    job_id = start_job(owner, "count", {"steps": 60, "log": str(tmp_path / "log")})
    wait_for(owner, job_id, lambda job: job.progress > 0.1)
    first.send_signal(signal.SIGKILL)
    first.wait()
    start_worker()
    done = wait_for(owner, job_id, lambda job: not job.active, seconds=60)
    assert done.state == "done"
    assert (tmp_path / "log").read_text() == "start\nstart\n"


def test_queued_job_is_cancelled_without_a_worker(owner: Viewer) -> None:
    job_id = start_job(owner, "count")
    assert jobs.cancel(owner, job_id).state == "cancelled"
    worker.run_job(job_id)
    assert jobs.job(owner, job_id).state == "cancelled"


def test_double_click_is_one_job(owner: Viewer) -> None:
    assert start_job(owner, "count", idem_key="same") == start_job(owner, "count", idem_key="same")
    assert len(jobs.newest_jobs(owner)) == 1


def test_many_jobs_are_started_on_one_connection(owner: Viewer) -> None:
    """After some calls the statement is prepared, and must still find the index of double clicks."""
    with session_scope(owner) as session:
        started = {jobs.start(session, owner, "count", {}, idem_key=str(number)) for number in range(20)}
        assert len(started) == 20


def test_work_with_low_priority_waits_for_the_other(owner: Viewer) -> None:
    from data.queries import jobs as rows

    with session_scope(owner) as session:
        for kind, priority in (("later", -1), ("first", 0)):
            rows.enqueue(
                session, job_id=uuid4(), kind=kind, args={}, owner_id=owner.user_id, idem_key=kind, priority=priority
            )
    with owner_engine().connect() as connection:
        waiting = connection.scalars(
            text(
                "select j.kind from queue.procrastinate_jobs q join job j on j.id = (q.args->>'job_id')::uuid "
                "where q.status = 'todo' order by q.priority desc, q.id"
            )
        ).all()
    assert waiting == ["first", "later"]


@pytest.mark.parametrize(("kind", "message"), [("refuse", "no rows"), ("break", "reference")])
def test_failure_is_told_to_the_owner(owner: Viewer, kind: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "KINDS", KINDS)
    job_id = start_job(owner, kind)
    worker.run_job(job_id)
    failed = jobs.job(owner, job_id)
    assert failed.state == "failed"
    assert message in (failed.error or "")
    assert "secret detail" not in (failed.error or "")


def test_work_that_kills_its_worker_is_given_up(owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MAXIMUM_ATTEMPTS", 0)
    job_id = start_job(owner, "count")
    worker.run_job(job_id)
    assert "Given up" in (jobs.job(owner, job_id).error or "")


def test_foreign_and_unknown_jobs_look_alike(owner: Viewer) -> None:
    job_id = start_job(owner, "count")
    stranger = Viewer(0, owner.company_id, owner.company_kind, "analyst", "B", "b@example.com", frozenset())
    for asked in (job_id, uuid4()):
        with pytest.raises(NotFound, match="no such job"):
            jobs.job(stranger, asked)
        with pytest.raises(NotFound, match="no such job"):
            jobs.cancel(stranger, asked)


def test_job_and_queue_entry_roll_back_together(owner: Viewer) -> None:
    class Stop(Exception):
        pass

    def start_and_fail() -> None:
        with session_scope(owner) as session:
            jobs.start(session, owner, "count", {}, idem_key="x")
            raise Stop

    with pytest.raises(Stop):
        start_and_fail()
    assert jobs.newest_jobs(owner) == []
