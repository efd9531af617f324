"""A sauce of three levels whose halal cover can be told by hand. The day is TODAY.

SAUCE   finished ← BASE semi-finished ← SUGAR of Gula, GELATIN of Gelita; BASE ← SALT, which need not be halal
        SAUCE ← BOTTLE of Plastik, which need not be halal
TEA     finished ← SUGAR
MUG     finished, need not be halal
All made at KL. Everything that has to be is certified until 2026-12-31, Gelita only until the day before TODAY.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text
from stock_company import add

from data.db import owner_engine
from models.certificates import Certificate
from models.network import Location, Supplier, SupplierItem
from models.people import Company, User
from models.product import Bom, BomLine, Product, Resource, Routing
from services.passwords import hash_password

TODAY = date(2026, 3, 2)
YESTERDAY = TODAY - timedelta(days=1)
END = date(2026, 12, 31)
PRODUCTS = {
    "SAUCE": ("finished", "certified"),
    "TEA": ("finished", "certified"),
    "MUG": ("finished", "not_applicable"),
    "BASE": ("semi_finished", "certified"),
    "SUGAR": ("material", "certified"),
    "GELATIN": ("material", "certified"),
    "SALT": ("material", "not_applicable"),
    "BOTTLE": ("packaging", "not_applicable"),
}
RECIPES = {"SAUCE": ("BASE", "BOTTLE"), "BASE": ("SUGAR", "GELATIN", "SALT"), "TEA": ("SUGAR",)}
SELLERS = {"Gula": ("SUGAR",), "Gelita": ("GELATIN",), "Plastik": ("BOTTLE", "SALT")}


def load() -> dict[str, int]:
    """Write the company into the empty database; ids of products, suppliers and the place by their codes."""
    with owner_engine().begin() as connection:
        ids = {"KL": add(connection, Location, code="KL", name="Plant", region="Central", kind="plant")}
        own = add(connection, Company, name="Acme", kind="internal")
        partner = add(connection, Company, name="Gula Sdn Bhd", kind="supplier")
        password = hash_password(os.environ["TANDEM_DEMO_PASSWORD"])
        for role in ("planner", "executive", "analyst", "supplier"):
            about = {"email": f"{role}@demo.tandem.example", "name": role.title(), "password_hash": password}
            add(connection, User, company_id=partner if role == "supplier" else own, role=role, **about)
        for code, (kind, halal) in PRODUCTS.items():
            ids[code] = add(connection, Product, code=code, name=code.title(), kind=kind, halal=halal, unit_cost=1)
            if halal == "certified":
                certify(connection, f"P-{code}", product_id=ids[code])
        line = add(connection, Resource, code="LINE", name="Line", location_id=ids["KL"], hours_per_week=40)
        for code, components in RECIPES.items():
            bom = add(connection, Bom, product_id=ids[code], valid_from=date(2025, 1, 1))
            add(connection, Routing, product_id=ids[code], resource_id=line, hours_per_unit=1)
            for component in components:
                add(connection, BomLine, bom_id=bom, component_id=ids[component], quantity=1)
        for name, sold in SELLERS.items():
            ids[name] = add(connection, Supplier, code=name.upper(), name=name)
            for code in sold:
                terms = {"price": 1, "lead_time_days": 7}
                add(connection, SupplierItem, supplier_id=ids[name], product_id=ids[code], **terms)
        certify(connection, "S-GULA", supplier_id=ids["Gula"])
        certify(connection, "S-GELITA", supplier_id=ids["Gelita"], valid_until=YESTERDAY)
        certify(connection, "L-KL", location_id=ids["KL"])
    return ids


def certify(connection: Any, number: str, **values: Any) -> int:
    """A halal certificate of JAKIM."""
    about = {"kind": "halal", "body": "JAKIM", "valid_from": date(2025, 1, 1), "valid_until": END, **values}
    return add(connection, Certificate, number=number, **about)


def run(statement: str) -> None:
    """Change something behind the back of the app, which is told that master data have changed."""
    with owner_engine().begin() as connection:
        connection.execute(text(statement))
        for subject in ("master", "products"):
            connection.execute(text("select tandem_bump(:subject)"), {"subject": subject})
