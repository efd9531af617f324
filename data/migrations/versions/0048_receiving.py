"""Shipping notices of suppliers, and bookings of goods that came in."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

TABLES = ("shipment", "shipment_line", "goods_receipt", "goods_receipt_line")
OWN = "company_id = tandem_company_id()"
OWN_LINE = "exists (select from purchase_order_line line where line.id = {table}.line_id)"
SHIPMENT = "number, ships_on, arrives_on, carrier, tracking, packages, created_by"
LOT = "shipment_id, company_id, line_id, quantity, lot, expires_on"
PARTNERS = f"""
grant select (id, company_id, status, created_at, version, {SHIPMENT}), insert (company_id, {SHIPMENT}),
    update (status, version) on shipment to tandem_partner;
create policy partner_read on shipment for select to tandem_partner using ({OWN});
create policy partner_insert on shipment for insert to tandem_partner
    with check ({OWN} and created_by = tandem_user_id() and status = 'sent');
create policy partner_cancel on shipment for update to tandem_partner
    using ({OWN} and status = 'sent') with check ({OWN} and status = 'cancelled');
grant select (id, {LOT}), insert ({LOT}) on shipment_line to tandem_partner;
create policy partner_read on shipment_line for select to tandem_partner using ({OWN});
create policy partner_insert on shipment_line for insert to tandem_partner with check (
    {OWN} and {OWN_LINE.format(table="shipment_line")} and exists (
        select from shipment s where s.id = shipment_line.shipment_id and s.status = 'sent'
        and s.created_by = tandem_user_id()
    )
);
"""


def upgrade() -> None:
    _shipments()
    _receipts()
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(
            f"create policy colleague on {table} to tandem_internal, tandem_sign_in, current_user "
            "using (true) with check (true)"
        )
    op.execute(PARTNERS)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _moment(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _of(table: str, column: str, other: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    ondelete = "CASCADE" if cascade else None
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}", ondelete=ondelete)


def _quantity(name: str, default: str | None = None) -> sa.Column[Decimal]:
    return sa.Column(name, sa.Numeric(18, 4), server_default=default, nullable=False)


def _status() -> sa.Column[str]:
    return sa.Column("status", sa.Text(), server_default="sent", nullable=False)


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer(), server_default="1", nullable=False)


def _shipments() -> None:
    op.create_table(
        "shipment",
        _id(),
        _number("company_id"),
        _text("number"),
        _status(),
        sa.Column("ships_on", sa.Date(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        *(_text(name, null=True) for name in ("carrier", "tracking")),
        sa.Column("packages", sa.Integer()),
        _number("created_by"),
        _moment("created_at"),
        _version(),
        sa.CheckConstraint("status in ('sent', 'received', 'cancelled')", name=op.f("ck_shipment_status")),
        sa.CheckConstraint("arrives_on >= ships_on", name=op.f("ck_shipment_days")),
        _of("shipment", "company_id", "company"),
        _of("shipment", "created_by", "app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_shipment"),
        sa.UniqueConstraint("company_id", "number", name="uq_shipment_company_id_number"),
    )
    op.create_index("ix_shipment_status", "shipment", ["status"])
    op.create_table(
        "shipment_line",
        _id(),
        _number("shipment_id"),
        _number("company_id"),
        _number("line_id"),
        _quantity("quantity"),
        _text("lot", null=True),
        sa.Column("expires_on", sa.Date()),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shipment_line_quantity")),
        _of("shipment_line", "shipment_id", "shipment", cascade=True),
        _of("shipment_line", "company_id", "company"),
        _of("shipment_line", "line_id", "purchase_order_line", cascade=True),
        sa.PrimaryKeyConstraint("id", name="pk_shipment_line"),
    )
    for column in ("shipment_id", "line_id"):
        op.create_index(f"ix_shipment_line_{column}", "shipment_line", [column])


def _receipts() -> None:
    op.create_table(
        "goods_receipt",
        _id(),
        _text("key"),
        _text("content"),
        _number("shipment_id", null=True),
        _number("location_id"),
        sa.Column("received_on", sa.Date(), nullable=False),
        _number("booked_by", null=True),
        _moment("booked_at"),
        _number("reversed_by", null=True),
        sa.Column("reversed_at", sa.DateTime(timezone=True)),
        _text("reversal_reason", null=True),
        sa.CheckConstraint("(reversed_at is null) = (reversal_reason is null)", name=op.f("ck_goods_receipt_reversal")),
        _of("goods_receipt", "shipment_id", "shipment"),
        _of("goods_receipt", "location_id", "location"),
        _of("goods_receipt", "booked_by", "app_user"),
        _of("goods_receipt", "reversed_by", "app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_goods_receipt"),
        sa.UniqueConstraint("key", name="uq_goods_receipt_key"),
    )
    op.create_index("ix_goods_receipt_shipment_id", "goods_receipt", ["shipment_id"])
    op.create_table(
        "goods_receipt_line",
        _id(),
        _number("goods_receipt_id"),
        _number("line_id"),
        _text("lot"),
        sa.Column("expires_on", sa.Date()),
        _quantity("expected"),
        _quantity("quantity"),
        _quantity("damaged", "0"),
        _text("difference", null=True),
        _text("reason", null=True),
        sa.CheckConstraint("quantity >= 0 and damaged >= 0", name=op.f("ck_goods_receipt_line_quantity")),
        sa.CheckConstraint(
            "difference is null or reason is not null", name=op.f("ck_goods_receipt_line_difference_has_reason")
        ),
        _of("goods_receipt_line", "goods_receipt_id", "goods_receipt", cascade=True),
        _of("goods_receipt_line", "line_id", "purchase_order_line", cascade=True),
        sa.PrimaryKeyConstraint("id", name="pk_goods_receipt_line"),
    )
    for column in ("goods_receipt_id", "line_id"):
        op.create_index(f"ix_goods_receipt_line_{column}", "goods_receipt_line", [column])
