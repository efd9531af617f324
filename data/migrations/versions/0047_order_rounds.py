"""Rounds of confirmation: orders seen, lines promised in parts, refused, and answered by the buyer's own proposal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

TABLES = ("order_acknowledgement", "supplier_response_part", "order_schedule")
KINDS = ("kind in ('confirm', 'counter', 'split', 'reject', 'agree')", "kind in ('confirm', 'counter')")
STATES = (
    "status in ('pending', 'accepted', 'rejected', 'countered', 'superseded')",
    "status in ('pending', 'accepted', 'rejected', 'superseded')",
)
QUANTITY = ("quantity > 0 or kind = 'reject'", "quantity > 0")
REASON = ("kind in ('confirm', 'agree') or reason is not null", "kind = 'confirm' or reason is not null")
COUNTER = (
    "(status = 'countered') = (counter_quantity is not null) and (status = 'countered') = (counter_on is not null)"
)

OWN = "company_id = tandem_company_id()"
PARTNERS = f"""
grant select (line_id, company_id, acknowledged_by, acknowledged_at), insert (line_id, company_id, acknowledged_by)
    on order_acknowledgement to tandem_partner;
create policy partner_read on order_acknowledgement for select to tandem_partner using ({OWN});
create policy partner_insert on order_acknowledgement for insert to tandem_partner with check (
    {OWN} and acknowledged_by = tandem_user_id()
    and exists (select from purchase_order_line line where line.id = order_acknowledgement.line_id)
);
grant select (response_id, position, company_id, quantity, promised_on),
    insert (response_id, position, company_id, quantity, promised_on) on supplier_response_part to tandem_partner;
create policy partner_read on supplier_response_part for select to tandem_partner using ({OWN});
create policy partner_insert on supplier_response_part for insert to tandem_partner with check (
    {OWN} and exists (
        select from supplier_response answer where answer.id = supplier_response_part.response_id
        and answer.status = 'pending' and answer.kind = 'split' and answer.created_by = tandem_user_id()
    )
);
grant select (line_id, position, quantity, due_on) on order_schedule to tandem_partner;
create policy partner_read on order_schedule for select to tandem_partner
    using (line_id = any(array(select id from purchase_order_line)));
grant select (counter_quantity, counter_on) on supplier_response to tandem_partner;
"""


def upgrade() -> None:
    op.add_column("supplier_response", sa.Column("counter_quantity", sa.Numeric(18, 4)))
    op.add_column("supplier_response", sa.Column("counter_on", sa.Date()))
    _checks(0)
    op.create_check_constraint(op.f("ck_supplier_response_counter"), "supplier_response", COUNTER)
    _tables()
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(
            f"create policy colleague on {table} to tandem_internal, tandem_sign_in, current_user "
            "using (true) with check (true)"
        )
    op.execute(PARTNERS)
    # What was answered was seen; nobody has to look at it again.
    op.execute(
        "insert into order_acknowledgement (line_id, company_id, acknowledged_by, acknowledged_at) "
        "select distinct on (line_id) line_id, company_id, created_by, created_at from supplier_response "
        "order by line_id, id"
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_supplier_response_counter"), "supplier_response")
    op.execute("update supplier_response set status = 'rejected' where status = 'countered'")
    op.execute("delete from supplier_response where kind = 'reject'")
    op.execute("update supplier_response set kind = 'counter' where kind = 'split'")
    op.execute("update supplier_response set kind = 'confirm' where kind = 'agree'")
    _checks(1)
    op.drop_column("supplier_response", "counter_on")
    op.drop_column("supplier_response", "counter_quantity")


def _checks(version: int) -> None:
    """What an answer may be: 0 after this migration, 1 before it."""
    checks = {"kind": KINDS, "status": STATES, "quantity": QUANTITY, "counter_has_reason": REASON}
    for name, rules in checks.items():
        op.drop_constraint(op.f(f"ck_supplier_response_{name}"), "supplier_response")
        op.create_check_constraint(op.f(f"ck_supplier_response_{name}"), "supplier_response", rules[version])


def _tables() -> None:
    quantity = sa.Numeric(18, 4)
    op.create_table(
        "order_acknowledgement",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_by", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["purchase_order_line.id"], name="fk_order_acknowledgement_line_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_order_acknowledgement_company_id"),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["app_user.id"], name="fk_order_acknowledgement_acknowledged_by"),
        sa.PrimaryKeyConstraint("line_id", name="pk_order_acknowledgement"),
    )
    op.create_table(
        "supplier_response_part",
        sa.Column("response_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", quantity, nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_supplier_response_part_quantity")),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["supplier_response.id"],
            name="fk_supplier_response_part_response_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_supplier_response_part_company_id"),
        sa.PrimaryKeyConstraint("response_id", "position", name="pk_supplier_response_part"),
    )
    op.create_table(
        "order_schedule",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", quantity, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_schedule_quantity")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["purchase_order_line.id"], name="fk_order_schedule_line_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("line_id", "position", name="pk_order_schedule"),
    )
