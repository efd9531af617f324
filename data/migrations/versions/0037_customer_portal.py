"""The customer's portal: what a customer may buy and at what price, orders it holds stock for, templates, returns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

OWN = "company_id = tandem_company_id()"
OWN_CUSTOMER = "(select id from customer where company_id = tandem_company_id())"
TABLES = ("order_template", "customer_return")

# A partner may call the catalogue only, which names no customer but its own. The price has one definition for both.
FUNCTIONS = """
create function tandem_customer_price(buyer bigint, item bigint, day date) returns numeric
language sql stable
as $$
    select p.price from list_price p join customer c on c.id = buyer
    where p.product_id = item and p.valid_from <= day
      and (p.customer_id = c.id or p.customer_id is null and (p.channel_id = c.channel_id or p.channel_id is null))
    order by p.customer_id is null, p.channel_id is null, p.valid_from desc, p.id desc
    limit 1
$$;

create function tandem_customer_catalogue(day date)
returns table (
    product_id bigint, code text, name text, uom text, price numeric, packs jsonb, location_id bigint,
    last_ordered_on date, usual_quantity numeric, largest_quantity numeric
)
language sql stable security definer set search_path = public, pg_temp
as $$
    with buyer as (select id from customer where company_id = tandem_company_id() and active),
    bought as (
        select l.product_id, max(o.ordered_on) as last_on, max(l.quantity) as largest,
               percentile_disc(0.5) within group (order by l.quantity) as usual,
               (array_agg(o.location_id order by o.ordered_on desc, l.id desc))[1] as location_id
        from sales_order o join sales_order_line l on l.order_id = o.id
        where o.customer_id = (select id from buyer) and l.status <> 'cancelled'
        group by l.product_id
    ),
    home as (
        select location_id from sales_order where customer_id = (select id from buyer)
        order by ordered_on desc, id desc limit 1
    )
    select p.id, p.code, p.name, p.uom, tandem_customer_price(b.id, p.id, day),
           coalesce((
               select jsonb_agg(jsonb_build_object('unit', u.code, 'base_units', k.base_units) order by k.base_units)
               from product_pack k join unit_of_measure u on u.id = k.unit_id
               where k.product_id = p.id and u.code <> p.uom
           ), '[]'::jsonb),
           coalesce(h.location_id, (select location_id from home)), h.last_on, h.usual, h.largest
    from buyer b cross join product p left join bought h on h.product_id = p.id
    where p.kind = 'finished' and p.life_cycle not in ('planned', 'retired') and (p.ends_on is null or p.ends_on >= day)
      and (h.product_id is not null or exists (
          select from list_price l where l.product_id = p.id and l.customer_id = b.id and l.valid_from <= day
      ))
    order by p.code
$$;

revoke all on function tandem_customer_price(bigint, bigint, date), tandem_customer_catalogue(date) from public;
grant execute on function tandem_customer_price(bigint, bigint, date) to tandem_internal;
grant execute on function tandem_customer_catalogue(date) to tandem_partner;
"""

# What is kept for a customer that its own people asked for: not what colleagues keep for it, whose notes are ours.
RESERVATIONS = f"""
alter table stock_reservation enable row level security, force row level security;
create policy colleague on stock_reservation to tandem_internal, tandem_sign_in, current_user
    using (true) with check (true);
create policy partner_read on stock_reservation for select to tandem_partner
    using (order_key is not null and customer_id = {OWN_CUSTOMER});
grant select (id, product_id, location_id, customer_id, quantity, wanted_on, promised_on, status, expires_at, order_key)
    on stock_reservation to tandem_partner;
create policy partner_reserved on product for select to tandem_partner
    using (id in (select product_id from stock_reservation));
create policy partner_reserved on location for select to tandem_partner
    using (id in (select location_id from stock_reservation));
"""
RESERVATIONS_BEFORE = """
drop policy partner_reserved on product;
drop policy partner_reserved on location;
revoke select (id, product_id, location_id, customer_id, quantity, wanted_on, promised_on, status, expires_at, order_key)
    on stock_reservation from tandem_partner;
drop policy partner_read on stock_reservation;
drop policy colleague on stock_reservation;
alter table stock_reservation no force row level security, disable row level security;
"""

PARTNER_READS = {
    "order_template": "id, company_id, name, lines, created_by, created_at",
    "customer_return": "id, company_id, number, line_id, quantity, lot, reason, note, status, credit_expected, "
    "reported_on, received_on, closed_on",
}
TEMPLATES = f"""
grant insert (company_id, name, lines, created_by), update (lines, removed) on order_template to tandem_partner;
grant select (removed) on order_template to tandem_partner;
create policy partner_insert on order_template for insert to tandem_partner
    with check ({OWN} and created_by = tandem_user_id());
create policy partner_change on order_template for update to tandem_partner using ({OWN}) with check ({OWN});
"""


def upgrade() -> None:
    op.execute(FUNCTIONS)
    op.add_column("stock_reservation", sa.Column("order_key", sa.Uuid()))
    op.create_index(
        "ix_stock_reservation_order_key",
        "stock_reservation",
        ["order_key"],
        postgresql_where=sa.text("order_key is not null"),
    )
    op.add_column("sales_order", sa.Column("request_key", sa.Uuid()))
    op.create_unique_constraint("uq_sales_order_request_key", "sales_order", ["request_key"])
    op.execute(RESERVATIONS)
    _tables()
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(
            f"create policy colleague on {table} to tandem_internal, tandem_sign_in, current_user "
            "using (true) with check (true)"
        )
        op.execute(f"grant select ({PARTNER_READS[table]}) on {table} to tandem_partner")
        op.execute(f"create policy partner_read on {table} for select to tandem_partner using ({OWN})")
    op.execute(TEMPLATES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute(RESERVATIONS_BEFORE)
    op.drop_constraint("uq_sales_order_request_key", "sales_order")
    op.drop_column("sales_order", "request_key")
    op.drop_index("ix_stock_reservation_order_key", "stock_reservation")
    op.drop_column("stock_reservation", "order_key")
    op.execute("drop function tandem_customer_catalogue(date), tandem_customer_price(bigint, bigint, date)")


def _tables() -> None:
    moment = sa.DateTime(timezone=True)
    quantity = sa.Numeric(18, 4)
    op.create_table(
        "order_template",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("removed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", moment, server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_order_template_company_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name="fk_order_template_created_by"),
        sa.PrimaryKeyConstraint("id", name="pk_order_template"),
    )
    op.create_index(
        "uq_order_template_name",
        "order_template",
        ["company_id", "name"],
        unique=True,
        postgresql_where=sa.text("not removed"),
    )
    op.create_table(
        "customer_return",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", quantity, nullable=False),
        sa.Column("lot", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("status", sa.Text(), server_default="expected", nullable=False),
        sa.Column("credit_expected", quantity, nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date()),
        sa.Column("closed_on", sa.Date()),
        sa.Column("disposition_note", sa.Text()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_customer_return_quantity")),
        sa.CheckConstraint(
            "reason in ('damaged', 'expired', 'wrong_item', 'quality')", name=op.f("ck_customer_return_reason")
        ),
        sa.CheckConstraint(
            "status in ('expected', 'received', 'restocked', 'scrapped')", name=op.f("ck_customer_return_status")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_customer_return_company_id"),
        sa.ForeignKeyConstraint(["line_id"], ["sales_order_line.id"], name="fk_customer_return_line_id"),
        sa.PrimaryKeyConstraint("id", name="pk_customer_return"),
        sa.UniqueConstraint("number", name="uq_customer_return_number"),
    )
    op.create_index("ix_customer_return_company_id", "customer_return", ["company_id"])
    op.create_index("ix_customer_return_line_id", "customer_return", ["line_id"])
