"""A tiny company whose demand plan can be worked out by hand. The day is TODAY; it plans from 2026-03 on.

SAUCE   RM 10, category Sauces: statistics expect 100 a month, sales 130 in March, finance 80 in March
CHIPS   RM 2, category Snacks: statistics expect 50 a month, the planner decides 70 in April

The plans published for December and January said 100 for SAUCE by statistics and 120 by sales, a month ahead; 120 were
sold. People of every role that signs are there.
"""

from __future__ import annotations

import os
from datetime import date
from functools import cache
from typing import Any

from rows import Rows
from sqlalchemy import text

from core.permissions import ROLES, Role
from core.viewer import CompanyKind, Viewer
from data.db import owner_engine
from services.passwords import hash_password

TODAY = date(2026, 3, 10)
MARCH, APRIL, MAY = (date(2026, month, 1) for month in (3, 4, 5))
SIGNERS = ("planner", "sales", "marketing", "finance", "executive")


@cache
def _password() -> str:
    return hash_password(os.environ["TANDEM_DEMO_PASSWORD"])


def load() -> Rows:
    """Write the company into the empty database this process points at."""
    rows = Rows()
    company = rows.add("company", name="Acme", kind="internal")
    password = _password()
    for role in (*SIGNERS, "analyst", "admin"):
        rows.ids[role] = rows.add(
            "app_user",
            company_id=company,
            role=role,
            email=f"{role}@demo.tandem.example",
            name=role.title(),
            password_hash=password,
        )
    rows.place()
    rows.channel()
    rows.product("SAUCE", category="Sauces", unit_price=10, unit_cost=4)
    rows.product("CHIPS", category="Snacks", unit_price=2, unit_cost=1)
    for month in ("2025-11", "2025-12", "2026-01", "2026-02"):
        rows.sell(f"{month}-15", "SAUCE", 120, 1200)
        rows.sell(f"{month}-15", "CHIPS", 50, 100)
    months = [f"2026-0{month}-01" for month in (3, 4, 5)]
    figures = {("SAUCE", month): 100.0 for month in months} | {("CHIPS", month): 50.0 for month in months}
    rows.forecast("2026-03-01", figures)
    said(rows, "SAUCE", "sales", MARCH, 130)
    said(rows, "SAUCE", "finance", MARCH, 80)
    said(rows, "CHIPS", "planner", APRIL, 70)
    return rows


def said(rows: Rows, product: str, stream: str, month: date, quantity: float) -> None:
    """A figure of a stream."""
    rows.add(
        "forecast_override",
        product_id=rows.ids[product],
        location_id=rows.ids["KL"],
        channel_id=rows.ids["MT"],
        frequency="month",
        period=month,
        stream=stream,
        quantity=quantity,
    )
    rows.bump("demand_plan")


def published(rows: Rows, first: date, **figures: Any) -> int:
    """A plan of SAUCE for the month after its first one."""
    version = rows.add(
        "plan_version", kind="demand", first_period=first, number=1, months=2, published_by=rows.ids["planner"]
    )
    period = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    keys = {"product_id": rows.ids["SAUCE"], "location_id": rows.ids["KL"], "channel_id": rows.ids["MT"]}
    values = {"statistical": 100.0, "consensus": 100.0, **figures}
    names, binds = (", ".join(mark + name for name in ("version_id", *keys, "period", *values)) for mark in ("", ":"))
    row = {"version_id": version, **keys, "period": period, **values}
    with owner_engine().begin() as connection:
        connection.execute(text(f"insert into demand_plan_value ({names}) values ({binds})"), row)
    rows.bump("plan_version")
    return version


def cycle(rows: Rows, *, month: date = MARCH) -> int:
    """A cycle that runs, its steps open."""
    found = rows.add("sop_cycle", month=month)
    for position, step in enumerate(("data", "product", "demand", "supply", "reconcile", "executive")):
        rows.add("sop_step", cycle_id=found, step=step, position=position, status="open", due_on=TODAY)
    return found


def person(rows: Rows, role: str) -> Viewer:
    """A colleague with an account."""
    rights = ROLES[Role(role)]
    return Viewer(rows.ids[role], 1, CompanyKind.INTERNAL, role, role.title(), f"{role}@demo.tandem.example", rights)
