"""Forecasts of customers and OEMs, version by version, and promotions that customers announce."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLES = ("partner_forecast", "partner_forecast_value", "customer_promotion")
SOURCES = "source in ('grid', 'paste', 'undo', 'import', 'consensus', 'life_cycle'{more})"
OWN = "company_id = tandem_company_id()"
DRAFTS = "forecast_id = any(array(select id from partner_forecast where state = 'draft'))"
PARTNER_GRANTS = f"""
grant select (id, company_id, party, number, state, note, created_by, created_at, sent_at, decided_at, version),
    insert (company_id, party, number, created_by), update (state, note, sent_at, version)
    on partner_forecast to tandem_partner;
create policy partner_read on partner_forecast for select to tandem_partner using ({OWN});
create policy partner_insert on partner_forecast for insert to tandem_partner
    with check ({OWN} and created_by = tandem_user_id() and state = 'draft'
        and party = (select kind from company where id = tandem_company_id()));
create policy partner_send on partner_forecast for update to tandem_partner
    using ({OWN} and state in ('draft', 'sent')) with check ({OWN} and state in ('draft', 'sent', 'superseded'));

grant select (forecast_id, product_id, period, quantity), insert (forecast_id, product_id, period, quantity),
    update (quantity) on partner_forecast_value to tandem_partner;
create policy partner_read on partner_forecast_value for select to tandem_partner
    using (forecast_id = any(array(select id from partner_forecast)));
create policy partner_insert on partner_forecast_value for insert to tandem_partner
    with check ({DRAFTS} and product_id in (select id from product));
create policy partner_write on partner_forecast_value for update to tandem_partner using ({DRAFTS}) with check ({DRAFTS});

grant select (submission_id, company_id, event_id) on customer_promotion to tandem_partner;
create policy partner_read on customer_promotion for select to tandem_partner using ({OWN});
-- How far the calendar is with it, and nothing else of the event.
grant select (id, status) on planning_event to tandem_partner;
alter table planning_event enable row level security, force row level security;
create policy colleague on planning_event to tandem_internal, tandem_sign_in, current_user
    using (true) with check (true);
create policy partner_read on planning_event for select to tandem_partner
    using (id = any(array(select event_id from customer_promotion)));
"""
TAKEN_BACK = """
drop policy partner_read on planning_event;
drop policy colleague on planning_event;
alter table planning_event no force row level security, disable row level security;
revoke select (id, status) on planning_event from tandem_partner;
"""


def upgrade() -> None:
    _tables()
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(
            f"create policy colleague on {table} to tandem_internal, tandem_sign_in, current_user "
            "using (true) with check (true)"
        )
    op.execute(PARTNER_GRANTS)
    _sources(", 'partner'")


def downgrade() -> None:
    op.execute("update demand_edit set source = 'import' where source = 'partner'")
    _sources("")
    op.execute(TAKEN_BACK)
    for table in reversed(TABLES):
        op.drop_table(table)


def _sources(more: str) -> None:
    op.drop_constraint(op.f("ck_demand_edit_source"), "demand_edit", type_="check")
    op.create_check_constraint(op.f("ck_demand_edit_source"), "demand_edit", SOURCES.format(more=more))


def _tables() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "partner_forecast",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", moment, server_default=sa.func.now(), nullable=False),
        *(sa.Column(name, moment) for name in ("sent_at", "decided_at")),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("party in ('customer', 'oem')", name=op.f("ck_partner_forecast_party")),
        sa.CheckConstraint(
            "state in ('draft', 'sent', 'accepted', 'rejected', 'superseded')", name=op.f("ck_partner_forecast_state")
        ),
        sa.CheckConstraint("(state = 'draft') = (sent_at is null)", name=op.f("ck_partner_forecast_sent")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_partner_forecast_company_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name="fk_partner_forecast_created_by"),
        sa.PrimaryKeyConstraint("id", name="pk_partner_forecast"),
        sa.UniqueConstraint("company_id", "number", name="uq_partner_forecast_company_id_number"),
    )
    for state in ("draft", "accepted"):
        op.create_index(
            f"uq_partner_forecast_{state}",
            "partner_forecast",
            ["company_id"],
            unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    op.create_table(
        "partner_forecast_value",
        sa.Column("forecast_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Numeric(18, 4)),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_partner_forecast_value_quantity")),
        sa.CheckConstraint("extract(day from period) = 1", name=op.f("ck_partner_forecast_value_period")),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["partner_forecast.id"],
            name="fk_partner_forecast_value_forecast_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_partner_forecast_value_product_id"),
        sa.PrimaryKeyConstraint("forecast_id", "product_id", "period", name="pk_partner_forecast_value"),
    )
    op.create_index("ix_partner_forecast_value_product_id", "partner_forecast_value", ["product_id"])
    op.create_table(
        "customer_promotion",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["partner_submission.id"],
            name="fk_customer_promotion_submission_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_customer_promotion_company_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["planning_event.id"], name="fk_customer_promotion_event_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("submission_id", name="pk_customer_promotion"),
        sa.UniqueConstraint("event_id", name="uq_customer_promotion_event_id"),
    )
    op.create_index("ix_customer_promotion_company_id", "customer_promotion", ["company_id"])
