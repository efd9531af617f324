"""Products and customers that an import makes because its rows name them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.queries.staging import SCHEMA, Staged

# Named as the file names them most often; a product at its average price.
_MADE: Mapping[str, str] = {
    "products": """
        insert into product (id, code, name, unit_price)
        select s.product, s._product_code, coalesce(mode() within group (order by s._product_name), s._product_code),
               round(sum(s.revenue) filter (where s.quantity > 0)
                     / nullif(sum(s.quantity) filter (where s.quantity > 0), 0), 4)
        from {staged} s where s._product_code is not null group by s.product, s._product_code
        returning id, code, jsonb_build_object('name', name, 'unit_price', unit_price) as made
    """,
    "customers": """
        insert into customer (id, code, name, region, channel_id)
        select s.customer, s._customer_code, s._customer_code, mode() within group (order by s._customer_region),
               mode() within group (order by s.channel)
        from {staged} s where s._customer_code is not null group by s.customer, s._customer_code
        returning id, code, jsonb_build_object('name', name, 'region', region, 'channel_id', channel_id) as made
    """,
}
_TABLES = {"products": ("product", "product"), "customers": ("customer", "customer")}


def next_ids(session: Session, entity: str, count: int) -> list[int]:
    """Ids for rows that may be made; those of an import that is given up are never used."""
    table, _field = _TABLES[entity]
    statement = text("select nextval(pg_get_serial_sequence(:table, 'id')) from generate_series(1, :count)")
    return [int(found) for found in session.scalars(statement, {"table": table, "count": count})]


def make(session: Session, staged: Staged, *, user_id: int | None) -> None:
    """Make what the staged rows need; what somebody else has made meanwhile is used."""
    for entity, insert in _MADE.items():
        table, field = _TABLES[entity]
        name = f'{SCHEMA}."{staged.table.name}"'
        session.execute(
            text(
                f"update {name} s set {field} = t.id, _{field}_code = null "
                f"from {table} t where t.code = s._{field}_code"
            )
        )
        session.execute(
            text(
                f"with made as ({insert.format(staged=name)}) "
                "insert into data_change (batch_id, entity, record_key, kind, row_key, after, changed_by) "
                "select :batch, :entity, code, 'insert', jsonb_build_object('id', id), made, :user from made"
            ),
            {"batch": staged.batch_id, "entity": entity, "user": user_id},
        )
