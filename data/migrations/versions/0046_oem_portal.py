"""The OEM's portal: scrap of its orders, the materials it owns, and what it says to new recipes of its products."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

TABLES = ("oem_material", "recipe_acknowledgement")
OWN_OEM = "any(array(select id from oem where company_id = tandem_company_id()))"
OWN = "company_id = tandem_company_id()"
# Which versions of recipes concern the OEM; what is in them stays with the company.
FUNCTION = f"""
create function tandem_oem_recipes() returns table (bom_id bigint, product_id bigint, valid_from date)
language sql stable security definer set search_path = public, pg_temp
as $$
    select b.id, b.product_id, b.valid_from from bom b
    where b.product_id in (
        select o.product_id from production_order o where o.oem_id = {OWN_OEM} and o.status <> 'cancelled'
    )
$$;
revoke all on function tandem_oem_recipes() from public;
grant execute on function tandem_oem_recipes() to tandem_partner;
"""
GRANTS = f"""
grant select (scrap_quantity) on production_order to tandem_partner;
grant select (oem_id, product_id) on oem_material to tandem_partner;
create policy partner_read on oem_material for select to tandem_partner using (oem_id = {OWN_OEM});
create policy partner_oem_materials on product for select to tandem_partner
    using (id in (select product_id from oem_material));
grant select (id, bom_id, company_id, answer, note, actor, created_at),
    insert (bom_id, company_id, answer, note, user_id, actor) on recipe_acknowledgement to tandem_partner;
create policy partner_read on recipe_acknowledgement for select to tandem_partner using ({OWN});
create policy partner_insert on recipe_acknowledgement for insert to tandem_partner
    with check ({OWN} and user_id = tandem_user_id() and bom_id in (select r.bom_id from tandem_oem_recipes() r));
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
    op.execute(FUNCTION)
    op.execute(GRANTS)


def downgrade() -> None:
    op.execute("drop policy partner_oem_materials on product")
    op.execute("revoke select (scrap_quantity) on production_order from tandem_partner")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("drop function tandem_oem_recipes()")


def _tables() -> None:
    op.create_table(
        "oem_material",
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("oem_id", "product_id")),
        sa.ForeignKeyConstraint(["oem_id"], ["oem.id"], name="fk_oem_material_oem_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_oem_material_product_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("oem_id", "product_id", name="pk_oem_material"),
    )
    op.create_index("ix_oem_material_product_id", "oem_material", ["product_id"])
    table = "recipe_acknowledgement"
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("bom_id", "company_id")),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("answer in ('acknowledged', 'objected')", name=op.f("ck_recipe_acknowledgement_answer")),
        sa.CheckConstraint(
            "answer = 'acknowledged' or note is not null", name=op.f("ck_recipe_acknowledgement_objection_has_note")
        ),
        sa.ForeignKeyConstraint(["bom_id"], ["bom.id"], name=f"fk_{table}_bom_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=f"fk_{table}_company_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=f"fk_{table}_user_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    for column in ("bom_id", "company_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])
