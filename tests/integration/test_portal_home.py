"""What waits for a partner on the first page of its portal: the own rows, of the features it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import NotAllowed
from core.viewer import Viewer
from data.db import owner_engine
from services.portal_home import portal_home

ViewerOf = Callable[[str], Viewer]


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


def run(statement: str, **values: object) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text(statement), values)


@contextmanager
def withheld(company: int, feature: str) -> Iterator[None]:
    run("insert into company_withheld values (:company, :feature)", company=company, feature=feature)
    yield
    run("delete from company_withheld")


def ask(company: int, person: int, kind: str, status: str = "pending") -> None:
    decided = "null" if status == "pending" else "now()"
    run(
        "insert into partner_submission (company_id, kind, subject_id, payload, status, created_by, decided_at) "
        f"values (:company, :kind, '', '{{}}', :status, :person, {decided})",
        company=company,
        person=person,
        kind=kind,
        status=status,
    )


def test_a_supplier_sees_its_lines_and_what_is_to_ship(ids: Trading, viewer_of: ViewerOf) -> None:
    found = portal_home(viewer_of("supplier-viewer"))
    assert found.lines is not None
    assert (found.lines.to_confirm, found.lines.by_days_left, found.lines.overdue) == (4, (1, 1, 1, 1), 2)
    assert found.to_ship is not None
    assert (found.to_ship.count, found.to_ship.first_on) == (2, TODAY - timedelta(2))
    assert (found.commits, found.to_commit) == (True, None)
    assert found.issues is not None
    assert (found.issues.count, found.issues.open, found.issues.first_on) == (0, 0, None)
    assert (found.deliveries, found.production, found.forecast) == (None, None, None)


def test_a_customer_sees_what_comes_and_what_is_late(ids: Trading, viewer_of: ViewerOf) -> None:
    found = portal_home(viewer_of("customer-viewer"))
    assert found.deliveries is not None
    assert (found.deliveries.open, found.deliveries.next_on, found.deliveries.late) == (2, TODAY + timedelta(7), 1)
    assert found.forecast is not None
    assert (found.forecast.draft, found.forecast.newest) == (None, None)
    assert (found.lines, found.to_ship, found.commits, found.issues, found.production) == (
        None,
        None,
        False,
        None,
        None,
    )


def test_an_oem_sees_what_is_made_and_what_is_late(ids: Trading, viewer_of: ViewerOf) -> None:
    found = portal_home(viewer_of("oem-viewer"))
    assert found.production is not None
    assert (found.production.open, found.production.running, found.production.late) == (3, 2, 1)
    assert found.forecast is not None
    assert (found.lines, found.deliveries) == (None, None)


@pytest.mark.parametrize(
    ("name", "company", "feature", "part"),
    [
        ("supplier", "alpha", "portal.supplier", "lines"),
        ("supplier", "alpha", "portal.supplier.shipments", "to_ship"),
        ("supplier", "alpha", "portal.supplier.forecast", "commits"),
        ("supplier", "alpha", "portal.supplier.quality", "issues"),
        ("customer", "gamma", "portal.customer.forecast", "forecast"),
        ("oem", "omega", "portal.oem.demand", "forecast"),
    ],
)
def test_a_withheld_feature_is_not_told_of(
    ids: Trading, viewer_of: ViewerOf, name: str, company: str, feature: str, part: str
) -> None:
    with withheld(ids[company], feature):
        assert not getattr(portal_home(viewer_of(name)), part)
    assert getattr(portal_home(viewer_of(name)), part)


def test_b01_nothing_of_a_neighbour_is_counted(ids: Trading, viewer_of: ViewerOf) -> None:
    neighbour = ids["beta"], ids["person.supplier2"]
    ask(*neighbour, "supplier_commit")
    ask(*neighbour, "supplier_commit", "accepted")
    run(
        "insert into partner_event (company_id, actor, by_partner, event, subject, subject_id, title, href) "
        "values (:company, 'A', false, 'x', 'x', '1', 'Told to Beta.', '/help')",
        company=ids["beta"],
    )
    run(
        "insert into quality_issue (company_id, supplier_id, title, description, severity, found_on, due_on, "
        "raised_by) values (:company, :supplier, 'T', 'D', 'minor', :day, :day, :person)",
        company=ids["beta"],
        supplier=ids["beta.party"],
        day=TODAY,
        person=ids["person.planner"],
    )
    run(
        "insert into partner_message (company_id, subject, subject_id, body, user_id, author, by_partner, internal) "
        "values (:company, 'general', '', 'Hello Beta', :person, 'Planner', false, false)",
        company=ids["beta"],
        person=ids["person.planner"],
    )
    found, theirs = portal_home(viewer_of("supplier")), portal_home(viewer_of("supplier2"))
    assert (found.unread, found.asked.pending, found.asked.decided, list(found.happened)) == (0, 0, 0, [])
    assert found.issues is not None
    assert found.issues.open == 0
    assert (theirs.unread, theirs.asked.pending, theirs.asked.decided) == (1, 1, 1)
    assert theirs.issues is not None
    assert (theirs.issues.count, theirs.issues.open, theirs.issues.first_on) == (1, 1, TODAY)
    assert [entry["title"] for entry in theirs.happened] == ["Told to Beta."]
    assert [each.status for each in theirs.asked.newest] == ["accepted"]
    with withheld(ids["beta"], "portal.supplier.forecast"):
        assert portal_home(viewer_of("supplier2")).asked.pending == 0


def test_colleagues_have_no_portal(ids: Trading, viewer_of: ViewerOf) -> None:
    with pytest.raises(NotAllowed):
        portal_home(viewer_of("planner"))
