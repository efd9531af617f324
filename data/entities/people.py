"""Who works with Tandem: companies and the accounts of their people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from core.permissions import Permission, Role
from data.entities.shared import ACTIVE, code, text
from data.exchange.fields import Entity, Rule
from models.people import Company, RoleRow

RETIRE = ("active", "no")

COMPANIES = Entity(
    name="companies",
    label="Companies",
    help="One row for the company that runs Tandem and for each partner whose people have accounts.",
    table="company",
    right=Permission.PEOPLE_MANAGE,
    retire=RETIRE,
    fields=(
        text(
            *("name", "Company", "The name of the company; accounts name it by that.", "Ladang Cili Perak"),
            "company name, organisation, organization, partner, partner name, syarikat, nama syarikat",
            required=True,
            key=True,
        ),
        code(
            *("kind", "Kind", "Internal for the company that runs Tandem, otherwise what the partner is to it."),
            *("supplier", "type, company type, partner type, jenis"),
            required=True,
            choices=("internal", "supplier", "customer", "oem"),
        ),
        replace(ACTIVE, help="No keeps all its people out; yes when empty."),
    ),
)


def _unsuited(row: Any) -> Any:
    """That the role is one for another kind of company."""
    own, role = Company.__table__.alias("own_company"), RoleRow.__table__.alias("own_role")
    kind = select(own.c.kind).where(own.c.id == row.company).scalar_subquery()
    meant = select(role.c.company_kind).where(role.c.name == row.role).scalar_subquery()
    return kind != meant


USERS = Entity(
    name="users",
    label="People",
    help="One row for each account; a new one cannot sign in before a password is set for it.",
    table="app_user",
    right=Permission.PEOPLE_MANAGE,
    retire=RETIRE,
    # No password matches it.
    constants={"password_hash": "!"},
    fields=(
        text(
            *("email", "E-mail", "The address the person signs in with, in small letters.", "aisyah@example.com"),
            "mail, email address, e mail address, user id, login, user name, username, emel",
            required=True,
            key=True,
            max_length=254,
        ),
        text(
            "name", "Name", "The person's name.", "Aisyah binti Rahman", "full name, display name, nama", required=True
        ),
        code(
            *("role", "Role", "What the person may do; it has to suit the kind of the company.", "planner"),
            "user role, role name, profile, peranan",
            required=True,
            choices=tuple(role.value for role in Role),
        ),
        text(
            *("company", "Company", "The company the person works for, by its name.", "Ladang Cili Perak"),
            "company name, organisation, organization, partner, partner name, syarikat, nama syarikat",
            reference="companies",
            required=True,
        ),
        replace(ACTIVE, help="No keeps the person out; yes when empty."),
    ),
    rules=(
        Rule(
            key="capital_letters",
            field="email",
            message="The e-mail address has capital letters.",
            remedy="Write it in small letters.",
            broken=lambda row: row.email != func.lower(row.email),
        ),
        Rule(
            key="no_address",
            field="email",
            message="This is not an e-mail address.",
            remedy="Write it as name@company.com.",
            broken=lambda row: row.email.not_like("%_@_%"),
        ),
        Rule(
            key="role_of_another_company",
            field="role",
            message="This role is for people of another kind of company.",
            remedy="Give a role that suits the company: partners have the role of their kind, all others are internal.",
            broken=_unsuited,
        ),
    ),
)

ENTITIES = (COMPANIES, USERS)
