"""From a company that asks to its first person who signs in and sees its own orders."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from trading import Trading, load

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooMany
from core.permissions import Permission
from data.db import owner_engine
from services import companies, company_requests, supplier_orders
from services.accounts import sign_in, viewer_of_session
from services.invitations import accept
from services.partner_events import activity

ViewerOf = Callable[[str], Any]
ASKED = {
    "kind": "supplier",
    "company": "Epsilon Packaging Sdn Bhd",
    "registration_no": "202601012345",
    "name": "Chong Li",
    "email": "chong@epsilon.example",
    "message": "We deliver your cartons.",
    "address": "203.0.113.7",
}
PASSWORD = "plum crane violet harbour"


@pytest.fixture
def company(empty_database: Path) -> Trading:
    """The trading company with an administrator, and a supplier EPS in the plan that has no portal."""
    ids = load()
    with owner_engine().begin() as connection:
        connection.execute(
            text(
                "insert into app_user (company_id, role, email, name, password_hash) "
                "values (:own, 'admin', 'admin@demo.tandem.example', 'Admin', 'x')"
            ),
            {"own": ids["own"]},
        )
        ids["eps"] = connection.scalar(text("insert into supplier (code, name) values ('EPS', 'Epsilon') returning id"))
    return ids


def pending(viewer: Any) -> int:
    return int(next(row["id"] for row in company_requests.requests(viewer) if row["status"] == "pending"))


def test_from_the_request_to_the_first_sign_in(company: Trading, viewer_of: ViewerOf) -> None:
    admin = viewer_of("admin")
    company_requests.ask(**ASKED)
    invited = company_requests.approve(admin, pending(admin), party=str(company["eps"]))
    assert accept(invited.link.partition("#")[2], PASSWORD) == ASKED["email"]
    person = sign_in(ASKED["email"], PASSWORD, address="203.0.113.7", agent="test").viewer
    assert person.may(Permission.PORTAL_PEOPLE)
    assert supplier_orders.lines(person).total == 0
    with owner_engine().begin() as connection:
        connection.execute(
            text("update purchase_order set supplier_id = :eps where number = 'PO-BETA'"), {"eps": company["eps"]}
        )
    assert {line.order for line in supplier_orders.lines(person).lines} == {"PO-BETA"}
    assert {row["order"] for row in ()} == set()
    listed = {row["name"]: row for row in companies.companies(admin)}
    assert (listed[ASKED["company"]]["code"], listed[ASKED["company"]]["people"]) == ("EPS", 1)
    with pytest.raises(Conflict, match="approved already"):
        company_requests.approve(admin, company_requests.requests(admin)[0]["id"])


@pytest.mark.usefixtures("company")
def test_asking_twice_is_one_request_and_the_answer_is_the_same(viewer_of: ViewerOf) -> None:
    for email in ("chong@epsilon.example", "Chong@Epsilon.example", "planner@demo.tandem.example"):
        company_requests.ask(**ASKED | {"email": email})
    assert len(company_requests.requests(viewer_of("admin"))) == 2


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "internal"), ("company", " "), ("name", "x" * 121), ("email", "nobody"), ("kind", None)],
)
def test_a_senseless_request_names_the_field(viewer_of: ViewerOf, field: str, value: object) -> None:
    with pytest.raises(InvalidInput):
        company_requests.ask(**ASKED | {field: value})
    assert company_requests.requests(viewer_of("admin")) == []


@pytest.mark.usefixtures("company")
def test_d15_one_address_asks_ten_times_in_a_quarter_of_an_hour() -> None:
    for number in range(10):
        company_requests.ask(**ASKED | {"email": f"p{number}@epsilon.example"})
    with pytest.raises(TooMany):
        company_requests.ask(**ASKED | {"email": "p11@epsilon.example"})
    company_requests.ask(**ASKED | {"address": "203.0.113.8"})


def test_what_can_not_be_approved_leaves_nothing_behind(company: Trading, viewer_of: ViewerOf) -> None:
    admin = viewer_of("admin")
    company_requests.ask(**ASKED)
    before = len(companies.companies(admin))
    with pytest.raises(Conflict, match="has a portal already"):
        company_requests.approve(admin, pending(admin), party=str(company["alpha.party"]))
    company_requests.ask(**ASKED | {"company": "alpha sdn bhd", "email": "x@epsilon.example"})
    named = next(row["id"] for row in company_requests.requests(admin) if row["company"] == "alpha sdn bhd")
    with pytest.raises(Conflict, match="already"):
        company_requests.approve(admin, named)
    assert len(companies.companies(admin)) == before
    company_requests.reject(admin, named, "we know you")
    with pytest.raises(InvalidInput, match="Reason"):
        company_requests.reject(admin, pending(admin), "")
    with pytest.raises(NotFound):
        company_requests.approve(admin, 999_999)


@pytest.mark.usefixtures("company")
def test_only_who_manages_partners_may(viewer_of: ViewerOf) -> None:
    for name in ("planner", "executive", "supplier"):
        with pytest.raises(NotAllowed):
            company_requests.requests(viewer_of(name))
        with pytest.raises(NotAllowed):
            company_requests.approve(viewer_of(name), 1)
        with pytest.raises(NotAllowed):
            companies.companies(viewer_of(name))


def test_b15_a_suspended_company_is_out_at_once_and_back_when_let_in(company: Trading, viewer_of: ViewerOf) -> None:
    admin = viewer_of("admin")
    found = companies.company(admin, company["alpha"])
    with pytest.raises(InvalidInput, match="Reason"):
        companies.set_active(admin, found.id, active=False, version=found.version)
    companies.set_active(admin, found.id, active=False, version=found.version, reason="contract ended")
    assert viewer_of("supplier") is None
    assert viewer_of("supplier2") is not None
    with pytest.raises(Conflict, match="meanwhile"):
        companies.set_active(admin, found.id, active=True, version=found.version)
    companies.set_active(admin, found.id, active=True, version=found.version + 1)
    assert activity(viewer_of("supplier"))[0]["title"] == "The portal is open again."
    for unknown in (company["own"], 999_999, None, "x"):
        with pytest.raises(NotFound):
            companies.set_active(admin, unknown, active=False, version=1, reason="x")


def test_b15_letting_a_company_in_again_revives_no_session(company: Trading, viewer_of: ViewerOf) -> None:
    admin = viewer_of("admin")
    mine, other = (
        sign_in(f"{name}@demo.tandem.example", os.environ["TANDEM_DEMO_PASSWORD"], address="203.0.113.7", agent="test")
        for name in ("supplier", "supplier2")
    )
    found = companies.company(admin, company["alpha"])
    companies.set_active(admin, found.id, active=False, version=found.version, reason="contract ended")
    companies.set_active(admin, found.id, active=True, version=found.version + 1)
    assert viewer_of_session(mine.token) is None
    assert viewer_of_session(other.token) is not None


def test_a_withheld_feature_is_closed_for_that_company_only(company: Trading, viewer_of: ViewerOf) -> None:
    admin = viewer_of("admin")
    found = companies.company(admin, company["alpha"])
    assert all(found.features.values())
    kept = [right.value for right in found.features if right is not Permission.SUPPLIER_PORTAL]
    companies.set_features(admin, found.id, kept, version=found.version)
    with pytest.raises(NotAllowed):
        supplier_orders.lines(viewer_of("supplier"))
    assert supplier_orders.lines(viewer_of("supplier2")).total
    with pytest.raises(Conflict):
        companies.set_features(admin, found.id, [], version=found.version)
    for forged in (["people.manage"], ["portal.customer"], [7], [None]):
        with pytest.raises(InvalidInput):
            companies.set_features(admin, found.id, forged, version=found.version + 1)
    assert companies.company(admin, found.id).features[Permission.SUPPLIER_PORTAL] is False


def test_a_partner_gets_a_portal_without_asking(company: Trading, viewer_of: ViewerOf) -> None:
    admin = viewer_of("admin")
    assert (company["eps"], "EPS · Epsilon") in companies.parties_without_portal(admin, "supplier")
    typed = {
        "name": "Epsilon",
        "kind": "supplier",
        "party": str(company["eps"]),
        "person": "Chong",
        "email": "c@eps.example",
    }
    invited = companies.add(admin, **typed)
    assert invited.email == "c@eps.example"
    assert company["eps"] not in dict(companies.parties_without_portal(admin, "supplier"))
    made = next(row["id"] for row in companies.companies(admin) if row["name"] == "Epsilon")
    assert [row["email"] for row in companies.company(admin, made).invited] == ["c@eps.example"]
    companies.invite_person(admin, made, name="Second", email="d@eps.example", level="portal_user")
    for wrong in ({"kind": "internal"}, {"name": ""}, {"email": "x"}):
        with pytest.raises(InvalidInput):
            companies.add(admin, **typed | {"name": "Other", "party": None} | wrong)
