"""The company of stock_company with sales, a channel and everybody who takes part in a cycle. The day is TODAY.

CHIPS   a hundred a month for RM 500, half a year long: an A item
TEA     ten a month for RM 40
"""

from __future__ import annotations

import os
from typing import Any

import stock_company
from rows import Rows
from sqlalchemy import insert, select, text
from stock_company import TODAY, ids

from data.db import owner_engine
from models.network import Location
from models.people import Company, User
from models.product import Product
from services.passwords import hash_password

__all__ = ["MONTH", "TODAY", "change", "forget_cycles", "load", "one", "people", "stored"]

MONTH = "2026-03"
SOLD_MONTHS = ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02")
MORE_ROLES = ("sales", "marketing", "finance", "admin")


def load() -> Rows:
    """Write the company into the empty database this process points at."""
    stock_company.load()
    rows = Rows({**ids(Product), **ids(Location)})
    rows.channel("MT")
    for month in SOLD_MONTHS:
        rows.sell(f"{month}-15", "CHIPS", 100, 500)
        rows.sell(f"{month}-15", "TEA", 10, 40)
    _people()
    return rows


def people() -> dict[str, int]:
    """Ids of accounts by name."""
    return dict(stored("select split_part(email, '@', 1), id from app_user"))


def stored(statement: str, **values: Any) -> list[Any]:
    """Rows as they are stored."""
    with owner_engine().connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement), values)]


def one(statement: str, **values: Any) -> Any:
    """The first column of the only row."""
    ((found, *_rest),) = stored(statement, **values)
    return found


def change(*statements: str) -> None:
    """Change stored rows."""
    with owner_engine().begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def forget_cycles() -> None:
    """As if nobody had ever planned: no cycle, no plan, nothing in the inboxes, no rule of the company."""
    change(
        "delete from sop_cycle",
        "delete from plan_version",
        "delete from notification",
        "delete from comment",
        "delete from demand_edit",
        "delete from forecast_override",
        "delete from setting where key like 'cycle%'",
        "select tandem_bump(subject) from unnest(array['demand_plan', 'plan_version']) as subject",
    )


def _people() -> None:
    password = hash_password(os.environ["TANDEM_DEMO_PASSWORD"])
    with owner_engine().begin() as connection:
        company = connection.execute(select(Company.id).where(Company.kind == "internal")).scalar_one()
        accounts = [
            {
                "company_id": company,
                "role": role,
                "email": f"{role}@demo.tandem.example",
                "name": role.title(),
                "password_hash": password,
            }
            for role in MORE_ROLES
        ]
        connection.execute(insert(User), accounts)
