"""Administration › Partners: each button pressed, and what is stored afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from visitor import Visitor

from callbacks.admin.partners import PATH, Ids
from data.db import owner_engine
from services import company_requests

Visit = Callable[..., Any]
ASKED = {"kind": "customer", "registration_no": "", "name": "Zara", "message": "", "address": "203.0.113.9"}


@pytest.fixture
def admin(database: Path, visitor: Visit) -> Visitor:
    found: Visitor = visitor("admin")
    return found


def stored(statement: str, **values: Any) -> Any:
    with owner_engine().connect() as connection:
        return connection.execute(text(statement), values).scalar()


def asked(company: str) -> int:
    company_requests.ask(**ASKED, company=company, email=f"{company.lower()}@example.com")
    return int(stored("select id from company_request where company = :company", company=company))


def chosen(company_id: int) -> dict[str, Any]:
    version = stored("select version from company where id = :id", id=company_id)
    return {"id": company_id, "version": version, "active": True}


def test_a_request_is_shown_and_approved_with_its_party(admin: Visitor) -> None:
    request = asked("Omikron")
    assert "Omikron" in admin.layout(PATH).text
    row = {f"{Ids.requests}.selectedRows": [{"id": request, "status": "pending"}]}
    shown = admin.call(f"{Ids.about}.children", row).json["response"]
    party = shown[Ids.party]["options"][1]["value"]
    answer = admin.press(Ids.approve, {**row, f"{Ids.party}.value": party})
    assert "omikron@example.com" in answer.text
    made = stored("select company_id from customer where id = :id", id=int(party))
    assert stored("select name from company where id = :id", id=made) == "Omikron"
    assert stored("select status from company_request where id = :id", id=request) == "approved"


def test_a_request_is_turned_down_with_a_reason(admin: Visitor) -> None:
    request = asked("Pirol")
    row = {f"{Ids.requests}.selectedRows": [{"id": request, "status": "pending"}]}
    assert "Reason" in admin.press(Ids.reject, {**row, f"{Ids.note}.value": ""}).text
    admin.press(Ids.reject, {**row, f"{Ids.note}.value": "unknown to us"})
    assert stored("select status from company_request where id = :id", id=request) == "rejected"


def test_features_suspension_and_invitations_of_a_company(admin: Visitor, visitor: Visit) -> None:
    shown = admin.call(f"{Ids.title}.children", {f"{Ids.companies}.selectedRows": [{"id": 3}]}).json["response"]
    every = [option["value"] for option in shown[Ids.features]["options"]]
    assert shown[Ids.features]["value"] == every
    kept = [right for right in every if right != "portal.supplier"]
    admin.press(Ids.save_features, {f"{Ids.chosen}.data": chosen(3), f"{Ids.features}.value": kept})
    assert visitor("supplier2").get("/portal/supplier/orders").status_code == 403
    admin.press(Ids.save_features, {f"{Ids.chosen}.data": chosen(3), f"{Ids.features}.value": every})
    partner = visitor("supplier2")
    admin.press(Ids.suspend, {f"{Ids.chosen}.data": chosen(3), f"{Ids.reason}.value": "late payments"})
    assert partner.get("/portal/supplier/orders").status_code == 302
    admin.press(Ids.suspend, {f"{Ids.chosen}.data": {**chosen(3), "active": False}})
    typed = {f"{Ids.person}.value": "New", f"{Ids.email}.value": "new@example.com", f"{Ids.level}.value": "portal_user"}
    answer = admin.press(Ids.invite, {f"{Ids.chosen}.data": chosen(3), **typed})
    assert "new@example.com" in answer.text


def test_a_company_is_added_without_its_asking(admin: Visitor) -> None:
    options = admin.call(f"{Ids.new_party}.options", {f"{Ids.new_kind}.value": "oem"}).json["response"]
    assert options[Ids.new_party]["options"][0]["label"] == "Not in the plan yet"
    typed = {
        "new_name": "Rho",
        "new_kind": "oem",
        "new_party": "-",
        "new_person": "Ron",
        "new_email": "ron@example.com",
    }
    values = {f"{getattr(Ids, name)}.value": value for name, value in typed.items()}
    assert "ron@example.com" in admin.press(Ids.add, values).text
    assert stored("select kind from company where name = 'Rho'") == "oem"


def test_others_do_not_see_the_page(visitor: Visit) -> None:
    for name in ("planner", "supplier"):
        assert visitor(name).get(PATH).status_code == 403
