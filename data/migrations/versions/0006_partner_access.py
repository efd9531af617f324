"""Partner policies whose cost follows the partner's own rows, not everybody's; answers are found by their line.

``column in (select …)`` in a policy can't use an index: each statement read all order lines of all partners. An
array that is worked out once a statement can. Products and locations are few and stay with ``in``, whose estimates
make better joins.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

POLICIES = {
    "purchase_order_line": "order_id = any(array(select id from purchase_order))",
    "sales_order_line": "order_id = any(array(select id from sales_order))",
    "receipt": "line_id = any(array(select id from purchase_order_line))",
}
# Customers see their service by the company's own rules, and no other setting.
SETTINGS = """
alter table setting enable row level security, force row level security;
create policy colleague on setting to tandem_internal, tandem_sign_in, current_user using (true) with check (true);
create policy partner_read on setting for select to tandem_partner
    using (key in ('otif.late_tolerance_days', 'otif.quantity_tolerance'));
grant select (key, value) on setting to tandem_partner;
"""
SETTINGS_BEFORE = """
revoke select (key, value) on setting from tandem_partner;
drop policy partner_read on setting;
drop policy colleague on setting;
alter table setting no force row level security, disable row level security;
"""
POLICIES_BEFORE = {
    "purchase_order_line": "order_id in (select id from purchase_order)",
    "sales_order_line": "order_id in (select id from sales_order)",
    "receipt": "line_id in (select id from purchase_order_line)",
}
INSERT = """
alter policy partner_insert on supplier_response with check (
    company_id = tandem_company_id() and created_by = tandem_user_id() and {own_line}
)
"""


def upgrade() -> None:
    for table, own_rows in POLICIES.items():
        op.execute(f"alter policy partner_read on {table} using ({own_rows})")
    own_line = "exists (select from purchase_order_line line where line.id = supplier_response.line_id)"
    op.execute(INSERT.format(own_line=own_line))
    op.execute(SETTINGS)
    # No page shows a customer a price, so the database does not either.
    op.execute("revoke select (unit_price) on sales_order_line from tandem_partner")
    op.create_index("ix_supplier_response_line_id", "supplier_response", ["line_id"])


def downgrade() -> None:
    op.drop_index("ix_supplier_response_line_id", table_name="supplier_response")
    op.execute(SETTINGS_BEFORE)
    op.execute("grant select (unit_price) on sales_order_line to tandem_partner")
    op.execute(INSERT.format(own_line="line_id in (select id from purchase_order_line)"))
    for table, own_rows in POLICIES_BEFORE.items():
        op.execute(f"alter policy partner_read on {table} using ({own_rows})")
