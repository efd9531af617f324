"""Master data: units, packs, successions, substitutes, calendars, price lists, certificates, targets; who may edit it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = (
    *("unit_of_measure", "product_pack", "product_succession", "supplier_price_break", "bom_substitute"),
    *("resource_day", "list_price", "certificate", "forecast_override", "aop_target"),
)
RETIRABLE = ("location", "channel", "customer", "supplier", "oem", "resource")
RIGHTS = {
    "master.read": ("planner", "executive", "analyst", "admin"),
    "master.edit": ("planner", "analyst"),
}
MEASURED = "('KG', 'G', 'L', 'ML')"
UNITS_IN_USE = f"""
insert into unit_of_measure (code, name, decimals)
select distinct uom, uom, case when upper(uom) in {MEASURED} then 3 else 0 end from product order by uom
"""
# Two receipts of one lot on one day were one receipt in two parts.
ADD_UP_RECEIPTS = """
update receipt set quantity = same.quantity from (
    select min(id) as id, sum(quantity) as quantity from receipt group by line_id, received_on, lot having count(*) > 1
) same where receipt.id = same.id;
delete from receipt using receipt kept
where kept.line_id = receipt.line_id and kept.received_on = receipt.received_on
  and kept.lot is not distinct from receipt.lot and kept.id < receipt.id
"""


def upgrade() -> None:
    for table in RETIRABLE:
        op.add_column(table, sa.Column("active", sa.Boolean(), server_default="true", nullable=False))
    _create_units()
    _create_packs()
    _create_successions()
    _create_price_breaks()
    _create_substitutes()
    _create_resource_days()
    _create_list_prices()
    _create_certificates()
    _create_overrides()
    _create_targets()
    _extend_movements()
    _make_receipts_unique()
    op.execute(f"grant select, insert, update, delete on {', '.join(TABLES)} to tandem_internal")
    _grant_rights()


def downgrade() -> None:
    op.execute(f"delete from role_permission where permission in ({', '.join(map(repr, RIGHTS))})")
    op.drop_constraint("uq_receipt_line_id_received_on_lot", "receipt", type_="unique")
    op.drop_index("ix_stock_movement_batch_id", table_name="stock_movement")
    op.drop_column("stock_movement", "batch_id")
    for table in reversed(TABLES):
        op.drop_table(table)
    for table in RETIRABLE:
        op.drop_column(table, "active")


def _create_units() -> None:
    table = "unit_of_measure"
    op.create_table(
        table,
        _id(),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("decimals", sa.Integer(), server_default="0", nullable=False),
        _check(table, "decimals", "decimals between 0 and 6"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("code", name=f"uq_{table}_code"),
    )
    op.execute(UNITS_IN_USE)


def _create_packs() -> None:
    table = "product_pack"
    op.create_table(
        table,
        _id(),
        _reference(table, "product_id", "product", nullable=False),
        _reference(table, "unit_id", "unit_of_measure", nullable=False),
        _amount("base_units"),
        sa.Column("barcode", sa.Text()),
        _check(table, "base_units", "base_units > 0"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("product_id", "unit_id", name=f"uq_{table}_product_id_unit_id"),
    )
    _index(table, "unit_id")


def _create_successions() -> None:
    table = "product_succession"
    op.create_table(
        table,
        _id(),
        *(_reference(table, name, "product", nullable=False) for name in ("predecessor_id", "successor_id")),
        sa.Column("starts_on", sa.Date(), nullable=False),
        _amount("share", default="1"),
        _check(table, "share", "share > 0 and share <= 1"),
        _check(table, "products", "predecessor_id <> successor_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("predecessor_id", "successor_id", name=f"uq_{table}_predecessor_id_successor_id"),
    )
    _index(table, "successor_id")


def _create_price_breaks() -> None:
    table = "supplier_price_break"
    op.create_table(
        table,
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("supplier_id", "product_id")),
        _amount("from_quantity"),
        _amount("price"),
        _check(table, "terms", "from_quantity > 0 and price >= 0"),
        _part_of(table, "supplier_item", "supplier_id", "product_id"),
        sa.PrimaryKeyConstraint("supplier_id", "product_id", "from_quantity", name=f"pk_{table}"),
    )


def _create_substitutes() -> None:
    table = "bom_substitute"
    op.create_table(
        table,
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("bom_id", "component_id")),
        _reference(table, "substitute_id", "product", nullable=False),
        _amount("factor", default="1"),
        sa.Column("rank", sa.Integer(), server_default="1", nullable=False),
        _check(table, "factor", "factor > 0"),
        _part_of(table, "bom_line", "bom_id", "component_id"),
        sa.PrimaryKeyConstraint("bom_id", "component_id", "substitute_id", name=f"pk_{table}"),
    )
    _index(table, "substitute_id")


def _create_resource_days() -> None:
    table = "resource_day"
    op.create_table(
        table,
        _reference(table, "resource_id", "resource", nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _amount("hours"),
        sa.Column("note", sa.Text()),
        _check(table, "hours", "hours >= 0"),
        sa.PrimaryKeyConstraint("resource_id", "day", name=f"pk_{table}"),
    )


def _create_list_prices() -> None:
    table = "list_price"
    op.create_table(
        table,
        _id(),
        sa.Column("price_list", sa.Text(), server_default="standard", nullable=False),
        _reference(table, "product_id", "product", nullable=False),
        *(_reference(table, f"{name}_id", name) for name in ("channel", "customer")),
        sa.Column("valid_from", sa.Date(), nullable=False),
        _amount("price"),
        _check(table, "price", "price >= 0"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint(
            *("price_list", "product_id", "channel_id", "customer_id", "valid_from"),
            name=f"uq_{table}_terms",
            postgresql_nulls_not_distinct=True,
        ),
    )
    _index(table, "product_id")
    _index(table, "customer_id")


def _create_certificates() -> None:
    table = "certificate"
    kinds = "kind in ('halal', 'haccp', 'gmp', 'iso_22000', 'organic', 'other')"
    op.create_table(
        table,
        _id(),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "number", "body")),
        *(_reference(table, f"{name}_id", name) for name in ("product", "supplier", "location")),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("note", sa.Text()),
        _check(table, "kind", kinds),
        _check(table, "holder", "num_nonnulls(product_id, supplier_id, location_id) = 1"),
        _check(table, "days", "valid_until >= valid_from"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("kind", "number", name=f"uq_{table}_kind_number"),
    )
    for name in ("product_id", "supplier_id", "location_id", "valid_until"):
        _index(table, name)


def _create_overrides() -> None:
    table = "forecast_override"
    op.create_table(
        table,
        _id(),
        *(_reference(table, f"{name}_id", name, nullable=False) for name in ("product", "location")),
        _reference(table, "channel_id", "channel"),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        _amount("quantity"),
        sa.Column("reason", sa.Text()),
        sa.Column("expires_on", sa.Date()),
        _reference(table, "created_by", "app_user"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        _check(table, "frequency", "frequency in ('month', 'week')"),
        _check(table, "stream", "stream in ('planner', 'sales', 'marketing', 'customer', 'finance')"),
        _check(table, "quantity", "quantity >= 0"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint(
            *("product_id", "location_id", "channel_id", "frequency", "period", "stream"),
            name=f"uq_{table}_period",
            postgresql_nulls_not_distinct=True,
        ),
    )
    _index(table, "location_id")


def _create_targets() -> None:
    table = "aop_target"
    op.create_table(
        table,
        _id(),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), server_default="", nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        _amount("value"),
        _check(table, "level", "level in ('company', 'category', 'family', 'brand', 'channel')"),
        _check(table, "measure", "measure in ('revenue', 'volume', 'margin', 'service', 'turns', 'working_capital')"),
        _check(table, "period", "extract(day from period) = 1"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("level", "member", "period", "measure", name=f"uq_{table}_level_member_period_measure"),
    )


def _extend_movements() -> None:
    op.add_column("stock_movement", sa.Column("batch_id", sa.Uuid()))
    where = sa.text("batch_id is not null")
    op.create_index("ix_stock_movement_batch_id", "stock_movement", ["batch_id"], postgresql_where=where)


def _make_receipts_unique() -> None:
    op.execute(ADD_UP_RECEIPTS)
    op.create_unique_constraint(
        "uq_receipt_line_id_received_on_lot",
        "receipt",
        ["line_id", "received_on", "lot"],
        postgresql_nulls_not_distinct=True,
    )


def _grant_rights() -> None:
    right = sa.table("role_permission", sa.column("role"), sa.column("permission"))
    op.bulk_insert(right, [{"role": role, "permission": name} for name, roles in RIGHTS.items() for role in roles])


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _amount(name: str, *, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Numeric(18, 4), server_default=default, nullable=False)


def _reference(table: str, name: str, target: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}"), nullable=nullable)


def _part_of(table: str, target: str, *keys: str) -> sa.ForeignKeyConstraint:
    referred = [f"{target}.{key}" for key in keys]
    return sa.ForeignKeyConstraint(keys, referred, name=f"fk_{table}_{'_'.join(keys)}", ondelete="CASCADE")


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _index(table: str, column: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, [column])
