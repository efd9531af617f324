"""The consensus from draft to locked: who signs, what makes a signature stale, and who is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import consensus_company as company
import pytest
from consensus_company import APRIL, SIGNERS, person
from rows import Rows
from sqlalchemy import text

from core.errors import Conflict, InvalidInput, NotAllowed
from data.db import owner_engine, session_scope
from services import consensus, demand_edits
from services.consensus import ConsensusState
from services.demand_edits import Change, Scope


@pytest.fixture
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setenv("TANDEM_TODAY", company.TODAY.isoformat())
    found = company.load()
    company.cycle(found)
    return found


def waiting() -> list[tuple[str, str]]:
    """Entries of inboxes that are open: who, what."""
    statement = (
        "select u.role, n.key from notification n join app_user u on u.id = n.user_id where done_at is null "
        "order by u.role, n.key"
    )
    with owner_engine().connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def asked(rows: Rows) -> ConsensusState:
    planner = person(rows, "planner")
    return consensus.ask(planner, consensus.state(planner).version)


def sign(rows: Rows, role: str, **about: Any) -> ConsensusState:
    who = person(rows, role)
    seen = consensus.state(who)
    return consensus.sign(who, seen.version, seen.plan.fingerprint, **about)


def approved(rows: Rows) -> ConsensusState:
    asked(rows)
    return [sign(rows, role) for role in SIGNERS][-1]


def test_a_draft_comes_to_what_the_plan_does(rows: Rows) -> None:
    found = consensus.state(person(rows, "analyst"))
    assert found.status == "draft"
    assert found.missing == list(SIGNERS)
    # SAUCE: (100 + 130 + 80) / 3 in March, then twice 100; CHIPS: 50, 70, 50.
    assert found.plan.units == pytest.approx(310 / 3 + 200 + 170)
    assert found.plan.revenue == pytest.approx(10 * (310 / 3 + 200) + 2 * 170)


def test_everybody_who_signs_is_asked_and_the_last_signature_approves(rows: Rows) -> None:
    assert asked(rows).status == "review"
    assert waiting() == [(role, f"consensus:2026-03:{role}") for role in sorted(SIGNERS)]
    found = sign(rows, "sales", note="Tesco listed it")
    assert found.status == "review"
    assert "sales" not in found.missing
    assert next(one for one in found.signatures if one.role == "sales").note == "Tesco listed it"
    assert ("sales", "consensus:2026-03:sales") not in waiting()
    for role in SIGNERS[:-1]:
        sign(rows, role)
    assert sign(rows, "executive").status == "approved"
    assert waiting() == [("executive", "consensus:2026-03:locked")]


def test_an_executive_locks_what_all_have_signed_and_opens_it_again(rows: Rows) -> None:
    found, executive = approved(rows), person(rows, "executive")
    locked = consensus.lock(executive, found.version, found.plan.fingerprint)
    assert locked.status == "locked"
    with session_scope(executive) as session, pytest.raises(Conflict, match="Executive locked the consensus"):
        consensus.require_unlocked(session)
    with pytest.raises(Conflict, match="locked the consensus of 2026-03"):
        sign(rows, "planner")
    change = Change("planner", Scope(product="CHIPS"), (APRIL,), "set", value=60, reason="Late order")
    with pytest.raises(Conflict, match="locked the consensus of 2026-03"):
        demand_edits.apply(person(rows, "planner"), change)
    with pytest.raises(InvalidInput, match="Reason"):
        consensus.unlock(executive, locked.version, reason=" ")
    opened = consensus.unlock(executive, locked.version, reason="Tesco delists")
    assert (opened.status, opened.missing) == ("review", [])
    with session_scope(executive) as session:
        consensus.require_unlocked(session)


def test_a_figure_that_changes_makes_signatures_stale(rows: Rows) -> None:
    approved(rows)
    company.said(rows, "SAUCE", "sales", APRIL, 160)
    found = consensus.state(person(rows, "planner"))
    assert found.status == "review"
    assert found.stale == list(SIGNERS)
    executive = person(rows, "executive")
    with pytest.raises(Conflict, match="every role has signed it as it is now"):
        consensus.lock(executive, found.version, found.plan.fingerprint)
    assert sign(rows, "sales").stale == [role for role in SIGNERS if role != "sales"]


def test_a_figure_that_is_what_it_was_again_makes_them_fresh(rows: Rows) -> None:
    before = approved(rows)
    company.said(rows, "SAUCE", "sales", APRIL, 160)
    with owner_engine().begin() as connection:
        connection.execute(text("delete from forecast_override where quantity = 160"))
    rows.bump("demand_plan")
    assert consensus.state(person(rows, "planner")).status == before.status == "approved"


def test_nobody_signs_what_was_not_read(rows: Rows) -> None:
    seen, finance = asked(rows), person(rows, "finance")
    company.said(rows, "SAUCE", "sales", APRIL, 160)
    with pytest.raises(Conflict, match="changed since you read it"):
        consensus.sign(finance, seen.version, seen.plan.fingerprint)
    sign(rows, "sales")
    with pytest.raises(Conflict, match="Sales has moved the consensus on"):
        consensus.sign(finance, seen.version, consensus.state(finance).plan.fingerprint)


def test_a_draft_is_not_signed(rows: Rows) -> None:
    with pytest.raises(InvalidInput, match="draft"):
        sign(rows, "planner")


@pytest.mark.parametrize("role", ["analyst", "admin"])
def test_others_do_not_sign(rows: Rows, role: str) -> None:
    asked(rows)
    found = consensus.state(person(rows, "planner"))
    who = person(rows, role)
    with pytest.raises(NotAllowed):
        consensus.sign(who, found.version, found.plan.fingerprint)
    with pytest.raises(NotAllowed):
        consensus.ask(who, found.version)
    with pytest.raises(NotAllowed):
        consensus.lock(person(rows, "planner"), found.version, found.plan.fingerprint)


def test_without_a_cycle_nothing_is_signed(rows: Rows) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("update sop_cycle set status = 'closed'"))
    planner = person(rows, "planner")
    assert consensus.state(planner).month is None
    with pytest.raises(Conflict, match="No S&OP cycle runs"):
        consensus.ask(planner, 0)


def test_a_closed_step_stops_signatures(rows: Rows) -> None:
    found = asked(rows)
    with owner_engine().begin() as connection:
        connection.execute(text("update sop_step set status = 'closed', closed_at = now() where step = 'reconcile'"))
    with pytest.raises(Conflict, match="Closed for 2026-03"):
        consensus.sign(person(rows, "planner"), found.version, found.plan.fingerprint)
