"""Import batches, their staged rows, and the set-based steps that take rows into demand history and back out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, delete, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.base import Base, Json
from models.import_staging import ImportProblem, ImportRow
from models.network import Channel, Location
from models.operation import ImportBatch, ImportMapping
from models.people import User

ROW_COLUMNS = (
    "batch_id, line, outcome, rule, source_key, day, product, description, quantity, revenue, "
    "customer, region, location, channel"
)
PROBLEM_COLUMNS = "batch_id, line, column_name, value, rule, message, remedy, notice"
MASTER_TABLES = ("product", "customer")

# The rows of a batch that shall be taken, with the ids their codes stand for.
RESOLVED = """
    select r.day, r.source_key, p.id as product_id, l.id as location_id, c.id as channel_id, k.id as customer_id,
           r.outcome as kind, r.quantity, r.revenue, r.product, r.customer
    from import_row r
    join location l on l.code = r.location
    join channel c on c.code = r.channel
    left join product p on p.code = r.product
    left join customer k on k.code = r.customer
    where r.batch_id = :batch and r.outcome in ('sale', 'return')
"""
DIFFERS = """
    (h.product_id, h.location_id, h.channel_id, h.kind, h.quantity, h.revenue)
    is distinct from (s.product_id, s.location_id, s.channel_id, s.kind, s.quantity, s.revenue)
    or h.customer_id is distinct from s.customer_id
"""


def add_batch(session: Session, values: Json) -> None:
    session.execute(insert(ImportBatch).values(**values))


def batch(session: Session, batch_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    statement = (
        select(ImportBatch.__table__, User.name.label("author"))
        .outerjoin(User, User.id == ImportBatch.created_by)
        .where(ImportBatch.id == batch_id)
    )
    return one_or_none(session, statement.with_for_update(of=ImportBatch) if lock else statement)


def newest_batches(session: Session, *, limit: int) -> list[Row[Any]]:
    statement = (
        select(ImportBatch.__table__, User.name.label("author"))
        .outerjoin(User, User.id == ImportBatch.created_by)
        .order_by(ImportBatch.created_at.desc())
        .limit(limit)
    )
    return list(session.execute(statement))


def change_batch(session: Session, batch_id: UUID, **values: Any) -> None:
    session.execute(update(ImportBatch).where(ImportBatch.id == batch_id).values(**values))


def committed_twin(session: Session, *, batch_id: UUID, sha256: str) -> Row[Any] | None:
    """The newest import of the very same bytes that is in the plan now."""
    statement = (
        select(ImportBatch.id, ImportBatch.file_name, ImportBatch.committed_at, User.name.label("author"))
        .outerjoin(User, User.id == ImportBatch.created_by)
        .where(ImportBatch.sha256 == sha256, ImportBatch.state == "committed", ImportBatch.id != batch_id)
        .order_by(ImportBatch.committed_at.desc())
        .limit(1)
    )
    return one_or_none(session, statement)


def remembered_mapping(session: Session, *, entity: str, header_key: str) -> Row[Any] | None:
    same = (ImportMapping.entity == entity) & (ImportMapping.header_key == header_key)
    columns = (ImportMapping.mapping, ImportMapping.dialect, ImportMapping.options, ImportMapping.saved_at)
    return one_or_none(session, select(*columns).where(same))


def remember_mapping(session: Session, **values: Any) -> None:
    statement = upsert(ImportMapping).values(**values)
    changed = {name: statement.excluded[name] for name in ("name", "mapping", "dialect", "options")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ImportMapping.entity, ImportMapping.header_key], set_=changed | {"saved_at": func.now()}
        )
    )


def codes(session: Session) -> dict[str, list[tuple[str, str]]]:
    """Codes and names of the locations and channels a row can name."""
    return {
        "location": [(row.code, row.name) for row in session.execute(select(Location.code, Location.name))],
        "channel": [(row.code, row.name) for row in session.execute(select(Channel.code, Channel.name))],
    }


def clear_staging(session: Session, batch_id: UUID, *, only_taken: bool = False) -> None:
    statement = delete(ImportRow).where(ImportRow.batch_id == batch_id)
    if only_taken:
        session.execute(statement.where(ImportRow.outcome.in_(("sale", "return"))))
        return
    session.execute(statement)
    session.execute(delete(ImportProblem).where(ImportProblem.batch_id == batch_id))


def stage(session: Session, table: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    """Stream rows into a staging table by COPY."""
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({columns}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def reject_unknown_codes(session: Session, batch_id: UUID, *, kind: str, message: str, remedy: str) -> int:
    """Rows whose location or channel is not known can't be taken; they join the rejected ones."""
    column = getattr(ImportRow, kind)
    known = Location.code if kind == "location" else Channel.code
    unknown = (
        (ImportRow.batch_id == batch_id)
        & ImportRow.outcome.in_(("sale", "return"))
        & ~select(literal(1)).where(known == column).exists()
    )
    rule = f"unknown_{kind}"
    shown = func.coalesce(column, "")
    session.execute(
        insert(ImportProblem).from_select(
            PROBLEM_COLUMNS.split(", "),
            select(
                ImportRow.batch_id,
                ImportRow.line,
                cast(literal(kind), Text),
                shown,
                cast(literal(rule), Text),
                cast(literal(message), Text),
                cast(literal(remedy), Text),
                literal(False),
            ).where(unknown),
        )
    )
    changed = session.execute(update(ImportRow).where(unknown).values(outcome="rejected", rule=rule))
    return int(changed.rowcount)  # type: ignore[attr-defined]


def counts_by_rule(session: Session, batch_id: UUID) -> dict[str, dict[str, int]]:
    """How many rows had which outcome, by rule."""
    statement = (
        select(ImportRow.outcome, ImportRow.rule, func.count().label("rows"))
        .where(ImportRow.batch_id == batch_id)
        .group_by(ImportRow.outcome, ImportRow.rule)
    )
    result: dict[str, dict[str, int]] = {}
    for row in session.execute(statement):
        result.setdefault(row.outcome, {})[row.rule] = row.rows
    return result


def compare(session: Session, batch_id: UUID) -> Json:
    """New, changed and same rows against demand history, and what master data would be made."""
    days = text("select min(day), max(day) from import_row where batch_id = :batch and outcome in ('sale', 'return')")
    first, last = session.execute(days, {"batch": batch_id}).one()
    statement = text(
        f"""
        with s as ({RESOLVED})
        select count(*) filter (where h.source_key is null) as new,
               count(*) filter (where h.source_key is not null and ({DIFFERS})) as changed,
               count(*) filter (where h.source_key is not null and not ({DIFFERS})) as same,
               count(distinct s.product) filter (where s.product_id is null) as new_products,
               count(distinct s.customer) filter (where s.customer_id is null) as new_customers,
               count(distinct s.product) as products, count(distinct s.customer) as customers,
               coalesce(sum(s.quantity), 0) as net_quantity, coalesce(sum(s.revenue), 0) as net_revenue
        from s left join demand_history h
          on h.day = s.day and h.source_key = s.source_key and h.day between :first and :last
        """
    )
    row = session.execute(statement, {"batch": batch_id, "first": first, "last": last}).one()
    figures = {key: int(value) for key, value in row._mapping.items() if not key.startswith("net_")}
    return figures | {
        "net_quantity": str(row.net_quantity),
        "net_revenue": str(row.net_revenue),
        "first_day": None if first is None else first.isoformat(),
        "last_day": None if last is None else last.isoformat(),
    }


def add_products(session: Session, batch_id: UUID) -> None:
    """Unknown product codes become products, named as the file names them most often, at their average price."""
    session.execute(
        text(
            """
            with made as (
                insert into product (code, name, unit_price)
                select r.product,
                       coalesce(mode() within group (order by r.description), r.product),
                       round(sum(r.revenue) filter (where r.quantity > 0)
                             / nullif(sum(r.quantity) filter (where r.quantity > 0), 0), 4)
                from import_row r
                where r.batch_id = :batch and r.outcome in ('sale', 'return')
                  and not exists (select 1 from product p where p.code = r.product)
                group by r.product
                returning id
            )
            insert into import_created (batch_id, table_name, row_id) select :batch, 'product', id from made
            """
        ),
        {"batch": batch_id},
    )


def add_customers(session: Session, batch_id: UUID) -> None:
    session.execute(
        text(
            """
            with made as (
                insert into customer (code, name, region, channel_id)
                select r.customer, r.customer, mode() within group (order by r.region),
                       (select c.id from channel c where c.code = mode() within group (order by r.channel))
                from import_row r
                where r.batch_id = :batch and r.outcome in ('sale', 'return') and r.customer is not null
                  and not exists (select 1 from customer k where k.code = r.customer)
                group by r.customer
                returning id
            )
            insert into import_created (batch_id, table_name, row_id) select :batch, 'customer', id from made
            """
        ),
        {"batch": batch_id},
    )


def remember_replaced(session: Session, batch_id: UUID) -> None:
    """Keep the demand rows that this batch is about to change."""
    session.execute(
        text(
            f"""
            insert into import_replaced (batch_id, day, source_key, product_id, location_id, channel_id, customer_id,
                                         kind, quantity, revenue, before_batch_id)
            select :batch, h.day, h.source_key, h.product_id, h.location_id, h.channel_id, h.customer_id,
                   h.kind, h.quantity, h.revenue, h.batch_id
            from ({RESOLVED}) s join demand_history h on h.day = s.day and h.source_key = s.source_key
            where {DIFFERS}
            """
        ),
        {"batch": batch_id},
    )


def take_rows(session: Session, batch_id: UUID) -> None:
    """Insert the new rows, update the changed ones, leave the same ones alone."""
    session.execute(
        text(
            f"""
            insert into demand_history as h (day, source_key, product_id, location_id, channel_id, customer_id,
                                             kind, quantity, revenue, batch_id)
            select day, source_key, product_id, location_id, channel_id, customer_id, kind, quantity, revenue, :batch
            from ({RESOLVED}) resolved
            on conflict (day, source_key) do update set
                product_id = excluded.product_id, location_id = excluded.location_id,
                channel_id = excluded.channel_id, customer_id = excluded.customer_id, kind = excluded.kind,
                quantity = excluded.quantity, revenue = excluded.revenue, batch_id = excluded.batch_id
            where {DIFFERS.replace("s.", "excluded.")}
            """
        ),
        {"batch": batch_id},
    )


def ensure_partitions(session: Session, first_year: int, last_year: int) -> None:
    for year in range(first_year, last_year + 1):
        session.execute(text("select tandem_ensure_partition('demand_history', :year)"), {"year": year})


def rows_changed_since(session: Session, batch_id: UUID) -> int:
    """How many rows of this batch a later import that is still in the plan has changed again."""
    statement = text(
        """
        select count(*) from import_replaced r join import_batch b on b.id = r.batch_id
        where r.before_batch_id = :batch and b.state = 'committed'
        """
    )
    return int(session.scalar(statement, {"batch": batch_id}) or 0)


def put_back(session: Session, batch_id: UUID) -> Json:
    """Take the rows of a batch out again and restore what it had replaced."""
    restored = session.execute(
        text(
            """
            update demand_history h set product_id = r.product_id, location_id = r.location_id,
                channel_id = r.channel_id, customer_id = r.customer_id, kind = r.kind, quantity = r.quantity,
                revenue = r.revenue, batch_id = r.before_batch_id
            from import_replaced r
            where r.batch_id = :batch and h.day = r.day and h.source_key = r.source_key
            """
        ),
        {"batch": batch_id},
    )
    removed = session.execute(text("delete from demand_history where batch_id = :batch"), {"batch": batch_id})
    return {"restored": restored.rowcount, "removed": removed.rowcount}  # type: ignore[attr-defined]


def remove_created(session: Session, batch_id: UUID, table: str) -> Json:
    """Delete the products or customers of a batch that nothing refers to; tell how many had to stay."""
    referrers = [
        (other.name, column.name)
        for other in Base.metadata.sorted_tables
        for column in other.columns
        if any(key.column.table.name == table for key in column.foreign_keys)
    ]
    unused = " and ".join(f"not exists (select 1 from {name} x where x.{column} = t.id)" for name, column in referrers)
    created = "select row_id from import_created where batch_id = :batch and table_name = :table"
    removed = session.execute(
        text(f"delete from {table} t where t.id in ({created}) and {unused}"), {"batch": batch_id, "table": table}
    )
    asked = text("select count(*) from import_created where batch_id = :batch and table_name = :table")
    made = session.scalar(asked, {"batch": batch_id, "table": table}) or 0
    return {"removed": removed.rowcount, "kept": made - removed.rowcount}  # type: ignore[attr-defined]


def not_taken(session: Session, batch_id: UUID, *, rule: str | None, offset: int, limit: int) -> list[Row[Any]]:
    """Rows that were set aside or rejected, with the finding that explains a rejected one."""
    cell = (
        select(ImportProblem.column_name, ImportProblem.value, ImportProblem.message, ImportProblem.remedy)
        .where(ImportProblem.batch_id == batch_id, ImportProblem.line == ImportRow.line, ~ImportProblem.notice)
        .order_by(ImportProblem.id)
        .limit(1)
        .lateral()
    )
    statement = (
        select(
            ImportRow.line,
            ImportRow.outcome,
            ImportRow.rule,
            ImportRow.product,
            cast(ImportRow.quantity, Text).label("quantity"),
            cell.c.column_name,
            cell.c.value,
            cell.c.message,
            cell.c.remedy,
        )
        .outerjoin(cell, literal(True))
        .where(ImportRow.batch_id == batch_id, ImportRow.outcome.in_(("set_aside", "rejected")))
        .order_by(ImportRow.outcome, ImportRow.line)
        .offset(offset)
        .limit(limit)
    )
    if rule:
        statement = statement.where(ImportRow.rule == rule)
    return list(session.execute(statement))
