"""A small company with two partners of each kind, whose every row is known: for tests of orders and their answers.

Texts that no partner may ever get carry a canary: "CANARY-<partner code>-…".
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, text

from data.db import owner_engine

TODAY = date(2026, 3, 2)
COMPANIES = {
    "own": "internal",
    "alpha": "supplier",
    "beta": "supplier",
    "gamma": "customer",
    "delta": "customer",
    "omega": "oem",
    "sigma": "oem",
}
PEOPLE = {
    "planner": ("own", "planner"),
    "executive": ("own", "executive"),
    "analyst": ("own", "analyst"),
    "supplier": ("alpha", "supplier"),
    "supplier-colleague": ("alpha", "supplier"),
    "supplier-viewer": ("alpha", "supplier"),
    "supplier2": ("beta", "supplier"),
    "customer": ("gamma", "customer"),
    "customer2": ("delta", "customer"),
    "oem": ("omega", "oem"),
    "oem2": ("sigma", "oem"),
    "customer-viewer": ("gamma", "customer"),
    "oem-viewer": ("omega", "oem"),
}
# name of the line: days from today to its requested date, its status, its confirmed date in days
LINES: dict[str, tuple[int, str, int | None]] = {
    "later": (30, "open", None),
    "week": (6, "open", None),
    "soon": (2, "open", None),
    "past": (-4, "open", None),
    "confirmed": (12, "confirmed", 15),
    "late": (-9, "confirmed", -2),
    "received": (-20, "received", -20),
    "cancelled": (5, "cancelled", None),
}


class Trading(dict[str, int]):
    """Ids by name: "alpha" a company, "alpha.later" an order line, "gamma.open" a sales line, "item" …"""


def load() -> Trading:
    """Store the company."""
    ids = Trading()
    with owner_engine().begin() as connection:
        _people(connection, ids)
        for name in ("supplier", "customer", "oem"):
            for company in (c for c, kind in COMPANIES.items() if kind == name):
                ids[f"{company}.party"] = _add(
                    connection, name, code=company.upper(), name=company.title(), company_id=ids[company]
                )
        ids["site"] = _add(connection, "location", code="KL", name="Kuala Lumpur", region="Central")
        for company, kind in COMPANIES.items():
            if kind != "internal":
                _orders(connection, ids, company, kind)
        _stock(connection, ids)
    return ids


def _people(connection: Connection, ids: Trading) -> None:
    for company, kind in COMPANIES.items():
        ids[company] = _add(connection, "company", name=f"{company.title()} Sdn Bhd", kind=kind)
    for name, (company, role) in PEOPLE.items():
        ids[f"person.{name}"] = _add(
            connection,
            "app_user",
            company_id=ids[company],
            role=role,
            level=None if company == "own" else "portal_viewer" if name.endswith("-viewer") else "portal_admin",
            email=f"{name}@demo.tandem.example",
            name=name.title(),
            password_hash=_password_hash(),
        )


def _orders(connection: Connection, ids: Trading, company: str, kind: str) -> None:
    code = company.upper()
    item = _add(
        connection, "product", code=f"{code}-ITEM", name=f"Item of {company.title()}", uom="KG", unit_cost=770077
    )
    ids[f"{company}.item"] = item
    make = {"supplier": _purchases, "customer": _sales, "oem": _production}
    make[kind](connection, ids, company, item)


def _purchases(connection: Connection, ids: Trading, company: str, item: int) -> None:
    code = company.upper()
    common = {"supplier_id": ids[f"{company}.party"], "location_id": ids["site"], "ordered_on": TODAY - timedelta(40)}
    note = f"CANARY-{code}-note"
    sent = _add(
        connection, "purchase_order", number=f"PO-{code}", status="sent", sent_at=TODAY, internal_note=note, **common
    )
    draft = _add(connection, "purchase_order", number=f"CANARY-{code}-draft", internal_note=note, **common)
    ids[f"{company}.order"], ids[f"{company}.draft"] = sent, draft
    for number, (name, (requested, status, confirmed)) in enumerate(LINES.items(), start=1):
        promised = None if confirmed is None else TODAY + timedelta(confirmed)
        ids[f"{company}.{name}"] = _add(
            connection,
            "purchase_order_line",
            order_id=sent,
            line_no=number,
            product_id=item,
            quantity=100,
            unit_price=2.5,
            requested_on=TODAY + timedelta(requested),
            status=status,
            first_confirmed_on=promised,
            latest_confirmed_on=promised,
            confirmed_quantity=None if confirmed is None else 100,
            received_quantity=100 if status == "received" else 0,
        )
    # All of it was seen, so that tests can answer at once.
    connection.execute(
        text(
            "insert into order_acknowledgement (line_id, company_id, acknowledged_by) "
            "select id, :company, :person from purchase_order_line where order_id = :order"
        ),
        {
            "company": ids[company],
            "order": sent,
            "person": ids["person.supplier" if company == "alpha" else "person.supplier2"],
        },
    )
    ids[f"{company}.unsent"] = _add(
        connection,
        "purchase_order_line",
        order_id=draft,
        line_no=1,
        product_id=item,
        quantity=5,
        unit_price=2.5,
        requested_on=TODAY,
    )
    _add(connection, "receipt", line_id=ids[f"{company}.received"], received_on=TODAY - timedelta(20), quantity=100)


def _stock(connection: Connection, ids: Trading) -> None:
    """Alpha's item lasts 25 days; of Beta's nobody knows the demand."""
    for company in ("alpha", "beta"):
        where = {"product_id": ids[f"{company}.item"], "location_id": ids["site"]}
        _add(connection, "stock_lot", lot="L1", quantity=250, received_on=TODAY, **where)
    policy = {"service_target": 0.95, "safety_stock": 50, "reorder_point": 100, "order_quantity": 100}
    where = {"product_id": ids["alpha.item"], "location_id": ids["site"]}
    connection.execute(
        text(
            "insert into inventory_policy (product_id, location_id, service_target, safety_stock, reorder_point, "
            "order_quantity, order_up_to, daily_demand, inputs) values (:product_id, :location_id, :service_target, "
            ":safety_stock, :reorder_point, :order_quantity, 200, 10, '{\"lead_time_days\": 14}')"
        ),
        where | policy,
    )


def _sales(connection: Connection, ids: Trading, company: str, item: int) -> None:
    code = company.upper()
    order = _add(
        connection,
        "sales_order",
        number=f"SO-{code}",
        customer_id=ids[f"{company}.party"],
        location_id=ids["site"],
        ordered_on=TODAY - timedelta(20),
        internal_note=f"CANARY-{code}-note",
    )
    ids[f"{company}.order"] = order
    # confirmed and delivered in days from today, delivered quantity of 100
    cases: dict[str, tuple[int, int | None, int, str]] = {
        "good": (-10, -10, 100, "delivered"),
        "late": (-10, -8, 100, "delivered"),
        "short": (-10, -11, 90, "delivered"),
        "early": (-3, -5, 100, "delivered"),
        "open": (7, None, 0, "open"),
        "overdue": (-1, None, 0, "open"),
    }
    for number, (name, (confirmed, delivered, quantity, status)) in enumerate(cases.items(), start=1):
        ids[f"{company}.{name}"] = _add(
            connection,
            "sales_order_line",
            order_id=order,
            line_no=number,
            product_id=item,
            quantity=100,
            unit_price=880088,
            requested_on=TODAY + timedelta(confirmed),
            first_confirmed_on=TODAY + timedelta(confirmed),
            delivered_on=None if delivered is None else TODAY + timedelta(delivered),
            delivered_quantity=quantity,
            status=status,
        )


def _production(connection: Connection, ids: Trading, company: str, item: int) -> None:
    code = company.upper()
    # starts and due in days from today, made of 200, status
    cases: dict[str, tuple[int, int, int, str]] = {
        "planned": (10, 12, 0, "planned"),
        "running": (-1, 3, 50, "running"),
        "late": (-9, -2, 150, "running"),
        "done": (-30, -25, 200, "done"),
        "cancelled": (-3, 1, 0, "cancelled"),
    }
    for name, (starts, due, made, status) in cases.items():
        ids[f"{company}.{name}"] = _add(
            connection,
            "production_order",
            number=f"MO-{code}-{name}",
            product_id=item,
            location_id=ids["site"],
            oem_id=ids[f"{company}.party"],
            quantity=200,
            made_quantity=made,
            starts_on=TODAY + timedelta(starts),
            due_on=TODAY + timedelta(due),
            finished_on=TODAY + timedelta(due) if status == "done" else None,
            status=status,
            internal_note=f"CANARY-{code}-note",
        )


def _add(connection: Connection, table: str, **values: Any) -> int:
    columns, binds = ", ".join(values), ", ".join(f":{name}" for name in values)
    statement = text(f"insert into {table} ({columns}) values ({binds}) returning id")
    return int(connection.execute(statement, values).scalar_one())


@lru_cache(maxsize=1)
def _password_hash() -> str:
    from services.passwords import hash_password

    return hash_password(os.environ["TANDEM_DEMO_PASSWORD"])
