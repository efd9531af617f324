"""Marks in the rows of every company, so that a byte that leaves for the wrong one is recognised anywhere.

A mark is "CANARY-<kind>-<company id>-<row id>"; company 0 stands for rows of partners without a portal. A "note" is
never for partners, not even for the company it is about.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from planted_rows import plant_rows
from sqlalchemy import text
from werkzeug.test import TestResponse

from data.db import owner_engine

MARK = re.compile(r"CANARY-(\w+?)-(\d+)-(\d+)")
ORDERS_OF = (("purchase_order", "supplier"), ("sales_order", "customer"), ("production_order", "oem"))
PLANT = (
    "update company set name = 'CANARY-company-' || id || '-' || id",
    "update app_user set name = 'CANARY-person-' || company_id || '-' || id",
    *(
        f"update {partner} set name = 'CANARY-{partner}-' || coalesce(company_id, 0) || '-' || id"
        for partner in ("supplier", "customer", "oem")
    ),
    *(
        f"update {orders} o set number = 'CANARY-order-' || coalesce(p.company_id, 0) || '-' || o.id, "
        f"internal_note = 'CANARY-note-' || coalesce(p.company_id, 0) || '-' || o.id "
        f"from {partner} p where p.id = o.{partner}_id"
        for orders, partner in (
            ("purchase_order", "supplier"),
            ("sales_order", "customer"),
            ("production_order", "oem"),
        )
    ),
    "update production_order set number = 'CANARY-order-0-' || id, internal_note = 'CANARY-note-0-' || id "
    "where oem_id is null",
    "update supplier_response set reason = 'CANARY-reason-' || company_id || '-' || id, "
    "decision_note = 'CANARY-decision-' || company_id || '-' || id",
    "update partner_submission set note = 'CANARY-wish-' || company_id || '-' || id",
    "update partner_forecast set note = 'CANARY-forecast-' || company_id || '-' || id",
    "update planning_event set name = 'CANARY-note-0-' || id, note = 'CANARY-note-0-' || id",
    "update customer_return set note = 'CANARY-reason-' || company_id || '-' || id, "
    "disposition_note = 'CANARY-note-' || company_id || '-' || id",
    "update supplier_invoice set number = 'CANARY-invoice-' || company_id || '-' || id",
    "update order_template set name = 'CANARY-template-' || company_id || '-' || id",
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One recognised mark."""

    kind: str
    company_id: int
    row_id: int


def plant() -> None:
    """Mark the rows of all companies."""
    with owner_engine().begin() as connection:
        for statement in PLANT:
            connection.execute(text(statement))
        plant_rows(connection)


def marks(answer: TestResponse) -> set[Mark]:
    """All marks in the bytes of an answer and in its headers."""
    seen = f"{answer.text} {json.dumps(list(answer.headers))}"
    return {Mark(kind, int(company), int(row)) for kind, company, row in MARK.findall(seen)}


def foreign(answer: TestResponse, company_id: int) -> set[Mark]:
    """Marks that must not reach the company, whatever was asked for."""
    return {mark for mark in marks(answer) if mark.kind == "note" or mark.company_id != company_id}
