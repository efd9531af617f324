"""Invoices of suppliers against what was received."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

TABLES = ("supplier_invoice", "supplier_invoice_line")
OWN = "company_id = tandem_company_id()"
INVOICE = "company_id, number, issued_on, created_by"
INVOICED = "invoice_id, company_id, line_id, quantity, unit_price"
PARTNERS = f"""
grant select (id, status, created_at, decided_at, decision_note, version, {INVOICE}), insert ({INVOICE})
    on supplier_invoice to tandem_partner;
create policy partner_read on supplier_invoice for select to tandem_partner using ({OWN});
create policy partner_insert on supplier_invoice for insert to tandem_partner
    with check ({OWN} and created_by = tandem_user_id() and status = 'sent');
grant select (id, {INVOICED}), insert ({INVOICED}) on supplier_invoice_line to tandem_partner;
create policy partner_read on supplier_invoice_line for select to tandem_partner using ({OWN});
create policy partner_insert on supplier_invoice_line for insert to tandem_partner with check (
    {OWN} and exists (select from purchase_order_line line where line.id = supplier_invoice_line.line_id) and exists (
        select from supplier_invoice i where i.id = supplier_invoice_line.invoice_id and i.status = 'sent'
        and i.created_by = tandem_user_id()
    )
);
create policy partner_invoice_rules on setting for select to tandem_partner
    using (key in ('invoice.price_share', 'invoice.quantity_share')
        and exists (select from supplier where supplier.company_id = tandem_company_id()));
"""


def upgrade() -> None:
    _invoices()
    _lines()
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(
            f"create policy colleague on {table} to tandem_internal, tandem_sign_in, current_user "
            "using (true) with check (true)"
        )
    op.execute(PARTNERS)


def downgrade() -> None:
    op.execute("drop policy partner_invoice_rules on setting")
    for table in reversed(TABLES):
        op.drop_table(table)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _of(table: str, column: str, other: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    ondelete = "CASCADE" if cascade else None
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}", ondelete=ondelete)


def _figure(name: str) -> sa.Column[Decimal]:
    return sa.Column(name, sa.Numeric(18, 4), nullable=False)


def _invoices() -> None:
    op.create_table(
        "supplier_invoice",
        _id(),
        _number("company_id"),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="sent", nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        _number("created_by"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        _number("decided_by", null=True),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decision_note", sa.Text()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("status in ('sent', 'approved', 'disputed')", name=op.f("ck_supplier_invoice_status")),
        sa.CheckConstraint("(status = 'sent') = (decided_at is null)", name=op.f("ck_supplier_invoice_decision")),
        _of("supplier_invoice", "company_id", "company"),
        _of("supplier_invoice", "created_by", "app_user"),
        _of("supplier_invoice", "decided_by", "app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_supplier_invoice"),
        sa.UniqueConstraint("company_id", "number", name="uq_supplier_invoice_company_id_number"),
    )
    op.create_index("ix_supplier_invoice_status", "supplier_invoice", ["status"])


def _lines() -> None:
    op.create_table(
        "supplier_invoice_line",
        _id(),
        _number("invoice_id"),
        _number("company_id"),
        _number("line_id"),
        _figure("quantity"),
        _figure("unit_price"),
        sa.CheckConstraint("quantity > 0 and unit_price >= 0", name=op.f("ck_supplier_invoice_line_figures")),
        _of("supplier_invoice_line", "invoice_id", "supplier_invoice", cascade=True),
        _of("supplier_invoice_line", "company_id", "company"),
        _of("supplier_invoice_line", "line_id", "purchase_order_line", cascade=True),
        sa.PrimaryKeyConstraint("id", name="pk_supplier_invoice_line"),
        sa.UniqueConstraint("invoice_id", "line_id", name="uq_supplier_invoice_line_invoice_id_line_id"),
    )
    op.create_index("ix_supplier_invoice_line_line_id", "supplier_invoice_line", ["line_id"])
