"""Jobs: everybody's work, cancelled by an administrator; worker and database at a glance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from visitor import Visitor

from callbacks.admin.jobs import Ids
from data.db import owner_engine, session_scope
from services import health, jobs


@pytest.fixture
def admin(database: Path, visitor: Callable[[str], Visitor]) -> Visitor:
    return visitor("admin")


@pytest.fixture
def job(database: Path, viewer_of: Callable[[str], Any]) -> UUID:
    """A job of the planner, waiting for a worker."""
    planner = viewer_of("planner")
    with session_scope(planner) as session:
        return jobs.start(session, planner, "forecast", {"horizon": 3}, idem_key=str(uuid4()))


def shown(admin: Visitor) -> dict[str, Any]:
    answer: dict[str, Any] = admin.call(f"{Ids.jobs}.rowData").json["response"]
    return answer


def row_of(admin: Visitor, job_id: UUID) -> dict[str, Any]:
    return next(row for row in shown(admin)[Ids.jobs]["rowData"] if row["id"] == str(job_id))


def cancel(admin: Visitor, *selected: object) -> Any:
    return admin.press(Ids.cancel, {f"{Ids.jobs}.selectedRows": list(selected)})


def test_jobs_of_everybody_are_listed(admin: Visitor, job: UUID) -> None:
    row = row_of(admin, job)
    assert (row["kind"], row["state"], row["active"]) == ("Forecast", "Waiting", True)
    assert row["owner"] not in ("", "Operator")


def test_a_waiting_job_is_cancelled_at_once(admin: Visitor, job: UUID) -> None:
    answer = cancel(admin, row_of(admin, job))
    assert answer.json["response"][Ids.outcome]["children"] == "The job has ended."
    assert row_of(admin, job)["state"] == "Cancelled"


def test_a_running_job_is_asked_to_stop(admin: Visitor, job: UUID) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("update job set state = 'running', started_at = now() where id = :id"), {"id": job})
    answer = cancel(admin, row_of(admin, job))
    assert answer.json["response"][Ids.outcome]["children"] == "The job stops at its next step."
    assert row_of(admin, job)["state"] == "Stopping"


def test_the_page_asks_again_only_while_there_is_work(admin: Visitor, job: UUID) -> None:
    assert shown(admin)[Ids.tick]["disabled"] is False
    with owner_engine().begin() as connection:
        connection.execute(text("update job set state = 'done' where state in ('queued', 'running')"))
    assert shown(admin)[Ids.tick]["disabled"] is True


@pytest.mark.parametrize("forged", ["x", "39c4ba4e-0e5a-41e3-b0cf-def3e9c7629e", None, 5, "' or 1=1"])
def test_unknown_jobs_are_not_found(admin: Visitor, forged: object) -> None:
    assert cancel(admin, {"id": forged, "active": True}).status_code == 404


def test_the_state_of_worker_and_database(admin: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    told = shown(admin)
    assert told[Ids.worker]["children"] == "No sign of life"
    assert told[Ids.database]["children"] == "Answering"
    assert told[Ids.database_note]["children"].startswith("PostgreSQL 18")
    monkeypatch.setattr(health.jobs, "worker_seen", lambda _session: health.now())
    assert shown(admin)[Ids.worker]["children"] == "Working"
