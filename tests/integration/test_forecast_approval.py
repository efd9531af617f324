"""Approving a run as the baseline: by whom, of what state, told to the second of two, kept in the history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import selling
from databases import TestServer
from forecasting import forecast_of, query

from core.clock import now
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.permissions import ROLES, Role
from core.viewer import CompanyKind, Viewer
from data.db import session_scope
from data.queries.forecasts import approved_run
from services import accounts, forecasts
from services.forecast_approval import approve, baseline, reservations


@pytest.fixture
def ann(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Viewer:
    monkeypatch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
    selling.load()
    return accounts.operator()


@pytest.fixture(scope="module")
def reader(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    """The operator of a database with one finished run that nobody approves."""
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
        selling.load()
        forecast_of(accounts.operator())
        yield accounts.operator()


def test_approved_run_is_the_baseline_until_another_is(ann: Viewer) -> None:
    first, second, weekly = forecast_of(ann), forecast_of(ann, horizon=4), forecast_of(ann, frequency="week")
    assert baseline(ann, "month") is None
    approve(ann, first, note="", seen=0)
    approve(ann, weekly, note="", seen=None)
    between = now()
    approve(ann, second, note="Longer horizon", seen=first)
    for run_id, is_baseline, note in ((first, False, None), (second, True, "Longer horizon"), (weekly, True, None)):
        run = forecasts.run(ann, run_id)
        assert (run.baseline, run.approval_note) == (is_baseline, note)
        assert run.approved_at is not None
    with session_scope(ann) as session:
        found = approved_run(session, "month")
        earlier = approved_run(session, "month", before=between)
        assert (found and found.id, earlier and earlier.id) == (second, first)
        assert approved_run(session, "month", before=between - timedelta(days=1)) is None
    entries = query(ann, "select before, after, reason from audit_entry where action = 'forecast.approve' order by id")
    assert entries[0] == ({"baseline": None}, {"baseline": first}, None)
    assert entries[-1] == ({"baseline": first}, {"baseline": second}, "Longer horizon")


def test_earlier_baseline_can_be_taken_back(ann: Viewer) -> None:
    first, second = forecast_of(ann), forecast_of(ann, horizon=4)
    approve(ann, first, note="", seen=0)
    approve(ann, second, note="", seen=first)
    approve(ann, first, note="Back", seen=second)
    found = baseline(ann, "month")
    assert found is not None
    assert found.id == first


def test_second_of_two_people_is_told(ann: Viewer) -> None:
    first, second = forecast_of(ann), forecast_of(ann, horizon=4)
    approve(ann, first, note="", seen=0)
    with pytest.raises(Conflict, match=f"Meanwhile forecast #{first}"):
        approve(ann, second, note="", seen=0)
    with pytest.raises(Conflict, match="already"):
        approve(ann, first, note="", seen=0)
    assert forecasts.run(ann, first).baseline


def test_outdated_or_narrow_run_needs_a_note(ann: Viewer) -> None:
    narrow = forecast_of(ann, {"location": "KL"})
    assert len(reservations(forecasts.run(ann, narrow))) == 1
    selling.sell("SOY", "KL", "5", selling.LAST_DAY + timedelta(days=1), selling.LAST_DAY + timedelta(days=7))
    assert len(reservations(forecasts.run(ann, narrow))) == 2
    for note in ("", "   ", None, 5):
        with pytest.raises(InvalidInput, match="Demand has changed"):
            approve(ann, narrow, note=note, seen=0)
    with pytest.raises(InvalidInput, match="500"):
        approve(ann, narrow, note="x" * 501, seen=0)
    assert approve(ann, narrow, note="The rest is not planned here.", seen=0).baseline


def test_run_without_results_can_not_be_approved(ann: Viewer) -> None:
    run_id = forecasts.open_run(ann, scope={}, frequency="month", horizon=2)
    with pytest.raises(InvalidInput, match="finished"):
        approve(ann, run_id, note="", seen=0)
    for unknown in (99, None, "1"):
        with pytest.raises(NotFound):
            approve(ann, unknown, note="", seen=0)


@pytest.mark.parametrize("role", list(Role))
def test_planners_only(reader: Viewer, role: Role) -> None:
    partner = role in (Role.SUPPLIER, Role.CUSTOMER, Role.OEM)
    kind = CompanyKind(role) if partner else CompanyKind.INTERNAL
    viewer = Viewer(None, reader.company_id, kind, role, "X", "x@example.com", ROLES[role])
    if role is Role.PLANNER:
        with pytest.raises(NotFound):
            approve(viewer, 99, note="", seen=0)
    else:
        with pytest.raises(NotAllowed):
            approve(viewer, 1, note="", seen=0)
    if partner or role is Role.ADMIN:
        with pytest.raises(NotAllowed):
            baseline(viewer, "month")
