"""Loads the demo company into an empty database, in one transaction of the owner of the tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import psycopg

from core.errors import Conflict
from core.i18n import _
from data.db import owner_engine
from data.demo.company import make_company
from data.demo.copying import copy_frame, ensure_partitions, foreign_keys_checked_at_end, set_sequences
from data.demo.large import load_large_facts
from data.demo.people import DOMAIN
from data.demo.scale import DEFAULT, SEED, SETTING, SMALL, Scale

PARTITIONED = ("demand_history", "stock_movement")
WITH_ID = (
    *("company", "app_user", "location", "channel", "customer", "supplier", "oem", "product", "bom", "resource"),
    *("sales_order", "sales_order_line", "purchase_order", "purchase_order_line", "receipt", "supplier_response"),
    *("production_order", "stock_lot", "forecast_run", "planning_event", "unit_of_measure", "product_pack"),
    *("product_succession", "lane", "list_price", "certificate", "forecast_override", "aop_target"),
    *("supplier_forecast", "supplier_forecast_line", "partner_submission", "document_request", "shipment"),
    *("shipment_line", "goods_receipt", "goods_receipt_line", "supplier_invoice", "quality_issue", "quality_step"),
    *("partner_message", "partner_event", "audit_entry", "customer_return", "order_template"),
    *("sop_cycle", "plan_version", "demand_edit", "sop_step", "sop_decision", "plan_risk", "partner_forecast"),
)
SUBJECTS = ("demand", "stock", "orders", "forecast", "policy", "products", "demand_plan", "plan_version", "cycle")


def load(scale: str, *, today: date, password_hash: str) -> dict[str, int]:
    """Fill the empty database; rows by table."""
    with _transaction() as connection:
        _require_empty(connection)
        counts = (
            load_large_facts(connection, today=today, password_hash=password_hash)
            if scale == "large"
            else _load_company(connection, SMALL if scale == "small" else DEFAULT, today, password_hash)
        )
        set_sequences(connection, WITH_ID)
        _remember(connection, scale, today)
    _analyze()
    return counts


def set_password_hash(password_hash: str) -> int:
    """Give all demo accounts this password; how many there are."""
    with _transaction() as connection:
        return connection.execute(
            "update app_user set password_hash = %s, version = version + 1 where email like %s",
            (password_hash, f"%@{DOMAIN}"),
        ).rowcount


def _load_company(connection: psycopg.Connection, scale: Scale, today: date, password_hash: str) -> dict[str, int]:
    frames = make_company(scale, today=today, password_hash=password_hash).frames
    for table in PARTITIONED:
        ensure_partitions(connection, table, frames[table]["day"])
    with foreign_keys_checked_at_end(connection):
        for table, frame in frames.items():
            copy_frame(connection, table, frame)
    return {table: len(frame) for table, frame in frames.items()}


def _require_empty(connection: psycopg.Connection) -> None:
    """Nobody else may fill the database between this look and our commit."""
    connection.execute("lock table company, product in share row exclusive mode")
    row = connection.execute("select exists (select from company) or exists (select from product)").fetchone()
    if row and row[0]:
        raise Conflict(
            _("The demo company can only be loaded into an empty database: this one has companies or products already.")
        )


def _remember(connection: psycopg.Connection, scale: str, today: date) -> None:
    value = json.dumps({"scale": scale, "today": today.isoformat(), "seed": SEED})
    connection.execute("insert into setting (key, value) values (%s, %s)", (SETTING, value))
    for subject in SUBJECTS:
        connection.execute("select tandem_bump(%s)", (subject,))


@contextmanager
def _transaction() -> Iterator[psycopg.Connection]:
    pooled = owner_engine().raw_connection()
    try:
        connection = pooled.driver_connection
        if not isinstance(connection, psycopg.Connection):
            raise TypeError(f"Tandem speaks to PostgreSQL through psycopg, not {type(connection)}")
        with connection.transaction():
            yield connection
    finally:
        pooled.close()


def _analyze() -> None:
    """The planner of PostgreSQL must know the rows before the first page asks for them."""
    pooled = owner_engine().raw_connection()
    try:
        connection = pooled.driver_connection
        if isinstance(connection, psycopg.Connection):
            connection.execute("analyze")
            connection.commit()
    finally:
        pooled.close()
