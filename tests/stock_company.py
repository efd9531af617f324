"""A tiny company whose stock figures can be worked out by hand. The day is TODAY.

SUGAR   material of Gula: 20 kg issued every day, 8 to 12 days from order to receipt, 300 kg at the plant
BOTTLE  packaging of Plastik: 100 issued every day, agreed lead time 14 days, 500 at the plant
CHIPS   bought finished good of Plastik: forecast 310 a month, 40 in two lots of which one will expire
TEA     made finished good: forecast 620 a month, made in 2 days, plenty in stock
OLD     retired, some left
NEW     finished good without forecast
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import Connection

from data.db import owner_engine
from models.network import Customer, Lane, Location, Supplier, SupplierItem
from models.orders import (
    ProductionOrder,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    SalesOrder,
    SalesOrderLine,
)
from models.people import Company, User
from models.planning import ForecastRun, ForecastSeries, ForecastValue
from models.product import Bom, BomLine, Product, Resource, Routing
from models.stock import StockLot, StockMovement
from services.passwords import hash_password

TODAY = date(2026, 3, 2)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def add(connection: Connection, model: Any, **values: Any) -> int:
    """One row; returns its id, 0 where it has none."""
    statement = insert(model).values(**values)
    if "id" not in model.__table__.c:
        connection.execute(statement)
        return 0
    return int(connection.execute(statement.returning(model.__table__.c.id)).scalar_one())


def ids(model: Any, name: str = "code") -> dict[str, int]:
    """Ids by code."""
    with owner_engine().connect() as connection:
        return {row[0]: row[1] for row in connection.execute(select(getattr(model, name), model.id))}


def load() -> None:
    """Write the company into the empty database this process points at."""
    with owner_engine().begin() as connection:
        _people(connection)
        plant = add(connection, Location, code="KL", name="Kuala Lumpur plant", region="Central", kind="plant")
        add(connection, Location, code="JB", name="Johor Bahru", region="South")
        products = _products(connection)
        suppliers = _suppliers(connection, products)
        _stock(connection, plant, products)
        _history(connection, plant, products, suppliers)
        _forecast(connection, plant, products)


def plant_order(
    quantity: float = 400, status: str = "released", due_on: date = TODAY + timedelta(weeks=1), **values: Any
) -> int:
    """An order of tea to the plant."""
    with owner_engine().begin() as connection:
        return add(
            connection, ProductionOrder, number=f"MO-{quantity:g}-{status}", product_id=ids(Product)["TEA"],
            location_id=ids(Location)["KL"], resource_id=ids(Resource)["LINE"], quantity=quantity, starts_on=TODAY,
            due_on=due_on, status=status, **values,
        )  # fmt: skip


def make_tea() -> None:
    """Tea takes a tenth of sugar, 25 % of it lost, and a bottle; made on one line, 100 an hour after an hour."""
    product, place = ids(Product), ids(Location)["KL"]
    with owner_engine().begin() as connection:
        bom = add(connection, Bom, product_id=product["TEA"], valid_from=date(2025, 1, 1), yield_share=1)
        add(connection, BomLine, bom_id=bom, component_id=product["SUGAR"], quantity=0.1, scrap_share=0.25)
        add(connection, BomLine, bom_id=bom, component_id=product["BOTTLE"], quantity=1)
        line = add(connection, Resource, code="LINE", name="Line", location_id=place, hours_per_week=50)
        add(connection, Routing, product_id=product["TEA"], resource_id=line, setup_hours=1, hours_per_unit=0.01)


def order_tea_in_johor(*, due_on: date, quantity: float = 500) -> None:
    """A customer of Johor Bahru wants tea."""
    product, place = ids(Product)["TEA"], ids(Location)["JB"]
    with owner_engine().begin() as connection:
        customer = add(connection, Customer, code="C-JB", name="Customer")
        order = add(connection, SalesOrder, number="SO-JB", customer_id=customer, location_id=place, ordered_on=TODAY)
        add(
            connection, SalesOrderLine, order_id=order, line_no=1, product_id=product, quantity=quantity,
            unit_price=4, requested_on=due_on,
        )  # fmt: skip


def add_lane(code: str | None = "TEA", start: str = "KL", end: str = "JB", **terms: Any) -> int:
    """A lane of three days, from the plant to Johor Bahru unless told otherwise."""
    places, products = ids(Location), ids(Product)
    ends = {"from_location_id": places[start], "to_location_id": places[end]}
    with owner_engine().begin() as connection:
        return add(connection, Lane, product_id=code and products[code], lead_time_days=3, **ends, **terms)


def sell_out_of_tea() -> None:
    """Of tea nothing is left."""
    with owner_engine().begin() as connection:
        connection.execute(update(StockLot).where(StockLot.lot == "T1").values(quantity=0))


def _people(connection: Connection) -> None:
    companies = {
        "internal": add(connection, Company, name="Acme Foods", kind="internal"),
        "supplier": add(connection, Company, name="Gula Sdn Bhd", kind="supplier"),
    }
    password = hash_password(os.environ["TANDEM_DEMO_PASSWORD"])
    for role in ("planner", "executive", "analyst", "supplier"):
        add(
            connection,
            User,
            company_id=companies["supplier" if role == "supplier" else "internal"],
            role=role,
            email=f"{role}@demo.tandem.example",
            name=role.title(),
            password_hash=password,
        )


def _products(connection: Connection) -> dict[str, int]:
    rows: list[dict[str, Any]] = [
        {"code": "SUGAR", "name": "Sugar", "kind": "material", "category": "Materials", "unit_cost": 3, "uom": "KG"},
        {"code": "BOTTLE", "name": "Bottle", "kind": "packaging", "category": "Packaging", "unit_cost": 0.4},
        {"code": "CHIPS", "name": "Chips", "category": "Snacks", "unit_cost": 2, "unit_price": 5},
        {"code": "TEA", "name": "Tea", "category": "Drinks", "unit_cost": 1.5, "unit_price": 4},
        {"code": "OLD", "name": "Old", "category": "Drinks", "unit_cost": 1, "life_cycle": "retired"},
        {"code": "NEW", "name": "New", "category": "Drinks", "unit_cost": 1, "unit_price": 3},
    ]
    return {row["code"]: add(connection, Product, **{"unit_price": 0, **row}) for row in rows}


def _suppliers(connection: Connection, products: dict[str, int]) -> dict[str, int]:
    gula = connection.execute(select(Company.id).where(Company.kind == "supplier")).scalar_one()
    suppliers = {
        "SUP-1": add(connection, Supplier, code="SUP-1", name="Gula", company_id=gula),
        "SUP-2": add(connection, Supplier, code="SUP-2", name="Plastik"),
    }
    terms = (
        ("SUP-1", "SUGAR", {"price": 3.2, "moq": 500, "multiple": 50, "lead_time_days": 7}),
        ("SUP-2", "SUGAR", {"price": 2.9, "moq": 5000, "multiple": 500, "lead_time_days": 30, "share": 0.1}),
        ("SUP-2", "BOTTLE", {"price": 0.44, "moq": 1000, "multiple": 1000, "lead_time_days": 14}),
        ("SUP-2", "CHIPS", {"price": 2.2, "moq": 100, "multiple": 10, "lead_time_days": 12}),
    )
    for supplier, product, values in terms:
        add(connection, SupplierItem, supplier_id=suppliers[supplier], product_id=products[product], **values)
    return suppliers


def _stock(connection: Connection, plant: int, products: dict[str, int]) -> None:
    rows = (
        ("SUGAR", "S1", 300, None),
        ("SUGAR", "S0", 70, ago(0)),  # expires today: sells nothing any more
        ("BOTTLE", "B1", 500, None),
        ("CHIPS", "C1", 35, TODAY + timedelta(days=2)),
        ("CHIPS", "C2", 5, TODAY + timedelta(days=90)),
        ("TEA", "T1", 20_000, TODAY + timedelta(days=300)),
        ("OLD", "O1", 12, None),
        ("NEW", "N1", 9, None),
    )
    for product, lot, quantity, expires_on in rows:
        add(
            connection,
            StockLot,
            product_id=products[product],
            location_id=plant,
            lot=lot,
            quantity=quantity,
            received_on=ago(20),
            expires_on=expires_on,
        )


def _history(connection: Connection, plant: int, products: dict[str, int], suppliers: dict[str, int]) -> None:
    for year in (2025, 2026):
        connection.execute(text("select tandem_ensure_partition('stock_movement', :year)"), {"year": year})
    issues = [
        {
            "day": ago(back),
            "reference": f"I{back}",
            "product_id": products[product],
            "location_id": plant,
            "kind": "issue",
            "quantity": -quantity,
        }
        for back in range(1, 121)
        for product, quantity in (("SUGAR", 20), ("BOTTLE", 100))
    ]
    connection.execute(insert(StockMovement), issues)
    for count, days in enumerate((8, 9, 10, 11, 12)):
        _received_order(connection, plant, suppliers["SUP-1"], products["SUGAR"], count, days)
    for count in range(4):
        add(
            connection,
            ProductionOrder,
            number=f"WO-{count}",
            product_id=products["TEA"],
            location_id=plant,
            quantity=5000,
            made_quantity=5000,
            starts_on=ago(30 + count),
            due_on=ago(28 + count),
            finished_on=ago(28 + count),
            status="done",
        )


def _received_order(
    connection: Connection, plant: int, supplier: int, product: int, count: int, lead_time: int
) -> None:
    ordered_on = ago(60 + count)
    received_on = ordered_on + timedelta(days=lead_time)
    order = add(
        connection,
        PurchaseOrder,
        number=f"PO-2026-{count + 1:05d}",
        supplier_id=supplier,
        location_id=plant,
        status="closed",
        ordered_on=ordered_on,
    )
    line = add(
        connection,
        PurchaseOrderLine,
        order_id=order,
        line_no=1,
        product_id=product,
        quantity=500,
        unit_price=3.2,
        requested_on=received_on,
        first_confirmed_on=received_on,
        latest_confirmed_on=received_on,
        actual_on=received_on,
        received_quantity=500,
        status="received",
    )
    add(connection, Receipt, line_id=line, received_on=received_on, quantity=500)


def _forecast(connection: Connection, plant: int, products: dict[str, int]) -> None:
    """March has 31 days: 10 a day of CHIPS, 20 a day of TEA; the band of CHIPS is that of a daily sd of 3."""
    run = add(
        connection,
        ForecastRun,
        frequency="month",
        first_period=date(2026, 3, 1),
        horizon=3,
        scope={},
        state="done",
        series_count=2,
    )
    width = 3 * 31**0.5 * 2.5631031310892007
    for product, per_month, band in (("CHIPS", 310, width), ("TEA", 620, 0.0)):
        key = {"run_id": run, "product_id": products[product], "location_id": plant}
        add(connection, ForecastSeries, **key, method="ets", demand_class="smooth", why={}, fitted=[])
        for month in (3, 4, 5):
            days = 30 if month == 4 else 31
            quantity = per_month / 31 * days
            spread = band / 31**0.5 * days**0.5
            low, high = quantity - spread / 2, quantity + spread / 2
            add(connection, ForecastValue, **key, period=date(2026, month, 1), q10=low, q50=quantity, q90=high)
