"""Companies and the people who can sign in."""

from __future__ import annotations

import pandas as pd

from core.permissions import PARTNER_ROLES, Level, Role
from data.demo.network import CUSTOMERS, OEM_COMPANIES
from data.demo.rules import SUPPLIERS

OWN_COMPANY = "Warisan Foods Sdn Bhd"
DOMAIN = "demo.tandem.example"
PORTAL_COMPANIES = {"supplier": (2, 3), "customer": (4, 5), "oem": (6, 7)}

# Name of the account, role, company, person.
PEOPLE = (
    ("planner", Role.PLANNER, 1, "Aisyah Rahman"),
    ("executive", Role.EXECUTIVE, 1, "Dato' Lim Wei Han"),
    ("analyst", Role.ANALYST, 1, "Priya Nair"),
    ("admin", Role.ADMIN, 1, "Farid Osman"),
    ("supplier", Role.SUPPLIER, 2, "Tan Mei Ling"),
    ("supplier2", Role.SUPPLIER, 3, "Suresh Kumar"),
    ("customer", Role.CUSTOMER, 4, "Nurul Izzati"),
    ("customer2", Role.CUSTOMER, 5, "Jason Wong"),
    ("oem", Role.OEM, 6, "Hafiz Zainal"),
    ("oem2", Role.OEM, 7, "Limah Yusof"),
    ("sales", Role.SALES, 1, "Goh Kian Seng"),
    ("marketing", Role.MARKETING, 1, "Siti Hajar"),
    ("finance", Role.FINANCE, 1, "Ravi Chandran"),
)
EMAILS = tuple(f"{name}@{DOMAIN}" for name, *_rest in PEOPLE)
PLANNER_ID = 1
EXECUTIVE_ID = 2
SUPPLIER_USER_IDS = (5, 6)
SALES_ID, MARKETING_ID, FINANCE_ID = 11, 12, 13


def make_companies() -> pd.DataFrame:
    """The company itself and the six partners with a portal."""
    names = [OWN_COMPANY, *(rule.name for rule in SUPPLIERS[:2]), *(customer[1] for customer in CUSTOMERS[:2])]
    names += list(OEM_COMPANIES.values())
    kinds = ["internal", *(kind for kind in PORTAL_COMPANIES for _ in range(2))]
    return pd.DataFrame({"id": range(1, len(names) + 1), "name": names, "kind": kinds})


def make_users(password_hash: str) -> pd.DataFrame:
    """The accounts of PEOPLE, all with one password."""
    return pd.DataFrame(
        {
            "id": range(1, len(PEOPLE) + 1),
            "company_id": [company for _name, _role, company, _person in PEOPLE],
            "role": [role.value for _name, role, _company, _person in PEOPLE],
            "level": [
                Level.ADMIN.value if role in PARTNER_ROLES else None for _name, role, _company, _person in PEOPLE
            ],
            "email": list(EMAILS),
            "name": [person for *_rest, person in PEOPLE],
            "password_hash": password_hash,
        }
    )
