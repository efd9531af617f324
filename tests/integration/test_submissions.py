"""What partners ask for: sent by whom it may, decided by whom it may, and without effect before that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from trading import Trading, load

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.permissions import Permission
from core.viewer import Viewer
from data.db import app_engine, owner_engine, session_scope
from services import partner_requests
from services.partner_events import activity
from services.partners import partner_scope
from services.submission_kinds import KINDS
from services.submissions import Described, Kind, Submission, own_submissions, submit, withdraw

ViewerOf = Callable[[str], Any]


@pytest.fixture
def company(empty_database: Path) -> Trading:
    return load()


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Submissions of a kind made for these tests that were accepted; payload {"plain", "obstacle", "impact"}."""
    done: list[int] = []

    def describe(_session: Session, _viewer: Viewer, found: Sequence[Submission]) -> dict[int, Described]:
        return {
            each.id: Described(
                f"wish {each.subject_id}",
                [("Days", "3", "5")],
                impact=float(each.payload.get("impact", 0)),
                plain=bool(each.payload.get("plain")),
                obstacle=each.payload.get("obstacle"),
            )
            for each in found
        }

    def accept(_session: Session, _viewer: Viewer, found: Submission) -> None:
        done.append(found.id)

    kind = Kind("wish", "Wish", Permission.REVIEW_DECIDE, "/portal/supplier/orders", describe, accept)
    monkeypatch.setitem(KINDS, "wish", kind)
    return done


def send(viewer: Viewer, subject: str = "1", **payload: Any) -> int:
    with partner_scope(viewer, Permission.SUPPLIER_PORTAL, Permission.PORTAL_ANSWER) as session:
        return submit(session, viewer, "wish", payload, title="A wish", subject_id=subject, note="please")


def own(viewer: Viewer) -> list[tuple[str, str]]:
    with session_scope(viewer) as session:
        return [(each.subject_id, each.status) for each in own_submissions(session, "wish")]


@pytest.mark.usefixtures("company")
def test_nothing_happens_before_somebody_accepts(viewer_of: ViewerOf, taken: list[int]) -> None:
    supplier, planner = viewer_of("supplier"), viewer_of("planner")
    small, large = send(supplier, "1", impact=10), send(supplier, "2", impact=5_000)
    assert taken == []
    assert [each.submission.id for each in partner_requests.requests(planner)] == [large, small]
    assert partner_requests.pending_by_kind(planner) == {"wish": 2}
    partner_requests.accept(planner, large, note="good")
    assert taken == [large]
    assert own(supplier) == [("2", "accepted"), ("1", "pending")]
    decided = partner_requests.requests(planner, decided=True)
    assert [(each.submission.id, each.submission.decided_by) for each in decided] == [(large, "Planner")]
    with pytest.raises(Conflict, match="accepted already"):
        partner_requests.accept(planner, large)


@pytest.mark.usefixtures("company")
def test_refusing_needs_a_reason_which_the_partner_reads(viewer_of: ViewerOf, taken: list[int]) -> None:
    supplier, planner = viewer_of("supplier"), viewer_of("planner")
    made = send(supplier)
    with pytest.raises(InvalidInput, match="Note"):
        partner_requests.reject(planner, made, " ")
    partner_requests.reject(planner, made, "too late")
    assert taken == []
    told = activity(supplier)[0]
    assert (told["title"], told["detail"], told["by_partner"]) == ("Not accepted: Wish", "too late", False)
    assert told["actor"] == "", "a partner does not learn who inside decided"
    assert activity(planner)[0]["actor"] == "Planner"


@pytest.mark.usefixtures("company")
def test_a_newer_wish_about_the_same_thing_takes_its_place(viewer_of: ViewerOf, taken: list[int]) -> None:
    supplier, planner = viewer_of("supplier"), viewer_of("planner")
    first, second = send(supplier), send(supplier)
    assert own(supplier) == [("1", "pending"), ("1", "superseded")]
    with pytest.raises(Conflict, match="superseded already"):
        partner_requests.accept(planner, first)
    partner_requests.accept(planner, second)
    assert taken == [second]


@pytest.mark.usefixtures("company", "taken")
def test_a_wish_is_taken_back_by_its_own_company_only(viewer_of: ViewerOf) -> None:
    supplier, other = viewer_of("supplier"), viewer_of("supplier2")
    made = send(supplier)
    for unknown in (made, made + 1):
        with pytest.raises(NotFound, match=r"^There is no such request\.$"), session_scope(other) as session:
            withdraw(session, other, "wish", unknown)
    assert own(other) == []
    with session_scope(supplier) as session:
        withdraw(session, supplier, "wish", made)
    assert own(supplier) == [("1", "withdrawn")]
    with pytest.raises(Conflict), session_scope(supplier) as session:
        withdraw(session, supplier, "wish", made)


@pytest.mark.usefixtures("company", "taken")
def test_what_can_not_be_done_any_more_is_not_accepted(viewer_of: ViewerOf) -> None:
    made = send(viewer_of("supplier"), obstacle="The order is closed.")
    with pytest.raises(Conflict, match="order is closed"):
        partner_requests.accept(viewer_of("planner"), made)


@pytest.mark.usefixtures("company")
def test_many_that_need_no_judgement_are_accepted_at_once(viewer_of: ViewerOf, taken: list[int]) -> None:
    supplier, planner = viewer_of("supplier"), viewer_of("planner")
    plain, hard = send(supplier, "1", plain=True), send(supplier, "2")
    done = partner_requests.accept_plain(planner, [plain, hard, 999_999])
    assert (done.accepted, taken) == (1, [plain])
    assert done.refused == ["Alpha Sdn Bhd, wish 2: decide on it by itself.", "There is no such request."]
    with pytest.raises(InvalidInput):
        partner_requests.accept_plain(planner, [])


@pytest.mark.usefixtures("company")
def test_b21_only_who_has_the_right_decides_and_never_who_asked(viewer_of: ViewerOf, taken: list[int]) -> None:
    made = send(viewer_of("supplier"))
    for name in ("executive", "analyst"):
        assert partner_requests.request(viewer_of(name), made).submission.id == made
        with pytest.raises(NotAllowed):
            partner_requests.accept(viewer_of(name), made)
    for name in ("supplier", "supplier2", "customer"):
        with pytest.raises(NotAllowed):
            partner_requests.requests(viewer_of(name))
        with pytest.raises(NotAllowed):
            partner_requests.accept(viewer_of(name), made)
    assert taken == []


@pytest.mark.usefixtures("taken")
def test_levels_withheld_features_and_suspension_close_the_door(company: Trading, viewer_of: ViewerOf) -> None:
    with pytest.raises(NotAllowed, match=r"portal\.answer"):
        send(viewer_of("supplier-viewer"))
    supplier = viewer_of("supplier")
    with owner_engine().begin() as connection:
        connection.execute(
            text("insert into company_withheld values (:company, 'portal.supplier')"), {"company": company["alpha"]}
        )
    with pytest.raises(NotAllowed, match=r"portal\.supplier"):
        send(viewer_of("supplier"))
    assert viewer_of("supplier2").may(Permission.SUPPLIER_PORTAL)
    assert supplier.permissions - viewer_of("supplier").permissions == {Permission.SUPPLIER_PORTAL}
    with owner_engine().begin() as connection:
        connection.execute(text("update company set active = false where id = :company"), {"company": company["alpha"]})
    assert viewer_of("supplier") is None


@pytest.mark.usefixtures("taken")
def test_b08_the_database_takes_wishes_in_the_own_name_only(company: Trading, viewer_of: ViewerOf) -> None:
    supplier, other = viewer_of("supplier"), viewer_of("supplier2")
    made = send(supplier)
    insert = text(
        "insert into partner_submission (company_id, kind, payload, created_by) "
        "values (:company, 'wish', '{}', :person)"
    )
    for forged in ({"company": other.company_id}, {"person": other.user_id}):
        values = {"company": supplier.company_id, "person": supplier.user_id} | forged
        with pytest.raises(NotAllowed), session_scope(supplier) as session:
            session.execute(insert, values)
    with pytest.raises(NotAllowed), session_scope(supplier) as session:
        session.execute(text("update partner_submission set status = 'accepted' where id = :id"), {"id": made})
    with session_scope(other) as session:
        for table in ("partner_submission", "partner_event"):
            assert session.execute(text(f"select id from {table}")).all() == []
    with app_engine().connect() as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute(text("select id from partner_event"))
    assert company["alpha"] == supplier.company_id
