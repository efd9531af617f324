"""Counts of stock and their lines: what the books had, what was found, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or_keep
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.stock_keeping import StockCount, StockCountLine

COUNTS = """
select c.id, c.name, c.status, c.blind, c.tolerance_share::float8 as tolerance_share, c.created_at, c.closed_at,
       c.closed_reason, c.version, l.code as location, l.name as location_name, a.name as created_by,
       z.name as closed_by, s.lines, s.counted, s.recounts, s.difference_value
from stock_count c
join location l on l.id = c.location_id
left join app_user a on a.id = c.created_by
left join app_user z on z.id = c.closed_by
cross join lateral (
    select count(*) as lines, count(counted) as counted, count(*) filter (where recount) as recounts,
           coalesce(sum((counted - book_quantity) * unit_cost), 0)::float8 as difference_value
    from stock_count_line where count_id = c.id
) s
"""
LIST = text(f"{COUNTS} order by c.status = 'open' desc, c.id desc limit :limit offset :start")
ONE = text(f"{COUNTS} where c.id = :id")

# The difference up to which nobody counts again is a share of what the books had.
LINES = """
select i.id, i.product_id, p.code, p.name, p.uom, i.lot, i.expires_on, i.book_quantity::float8 as book_quantity,
       i.unit_cost::float8 as unit_cost, i.counted::float8 as counted, i.first_counted::float8 as first_counted,
       i.recount, i.counted_at, u.name as counted_by, i.version,
       (i.counted - i.book_quantity)::float8 as difference,
       ((i.counted - i.book_quantity) * i.unit_cost)::float8 as difference_value,
       i.counted is not null and abs(i.counted - i.book_quantity) > c.tolerance_share * i.book_quantity as beyond
from stock_count_line i
join stock_count c on c.id = i.count_id
join product p on p.id = i.product_id
left join app_user u on u.id = i.counted_by
where i.count_id = :count_id
"""
# Without a look at the books nobody may see from the order where they count wrong.
ORDERS = {
    "sheet": "code, lot, id",
    "difference": "abs(coalesce(difference_value, difference)) desc nulls last, code, lot, id",
}
SHOWN = {
    "": "true",
    "open": "counted is null",
    "recount": "recount",
    "beyond": "beyond",
    "different": "difference <> 0",
}

# What is to be counted: the lots in stock of a place, narrowed to some of its products.
ADD_LINES = text(
    """
    insert into stock_count_line (count_id, product_id, lot, expires_on, book_quantity, unit_cost)
    select :count_id, s.product_id, s.lot, s.expires_on, s.quantity, costs.unit_cost
    from stock_lot s
    left join unnest(cast(:product_id as bigint[]), cast(:unit_cost as numeric[]))
         as costs (product_id, unit_cost) on costs.product_id = s.product_id
    where s.location_id = :location_id and s.quantity > 0 and s.product_id = any(:product_id)
    """
)


def counts(session: Session, *, start: int, limit: int) -> tuple[list[Row[Any]], int]:
    """Some counts, the open ones on top, and how many there are."""
    total = int(session.execute(text("select count(*) from stock_count")).scalar_one())
    return list(session.execute(LIST, {"start": start, "limit": limit})), total


def count(session: Session, count_id: int) -> Row[Any] | None:
    """One count with its totals."""
    return session.execute(ONE, {"id": count_id}).one_or_none()


def lines(
    session: Session, count_id: int, *, show: str = "", order: str = "sheet", start: int = 0, limit: int | None = None
) -> list[Row[Any]]:
    """Lines of a count, with ``total``: how many of them are shown."""
    statement = text(
        f"select *, count(*) over () as total from ({LINES}) i where {SHOWN.get(show, SHOWN[''])} "
        f"order by {ORDERS[order]} limit :limit offset :start"
    )
    return list(session.execute(statement, {"count_id": count_id, "start": start, "limit": limit}))


def add(session: Session, **values: Any) -> int:
    return int(session.execute(insert(StockCount).values(**values).returning(StockCount.id)).scalar_one())


def add_lines(session: Session, count_id: int, *, location_id: int, costs: Sequence[tuple[int, float | None]]) -> int:
    """A line for each lot in stock of these products, with their costs; how many."""
    products, unit_costs = [found[0] for found in costs], [found[1] for found in costs]
    parameters = {"count_id": count_id, "location_id": location_id, "product_id": products, "unit_cost": unit_costs}
    return int(session.execute(ADD_LINES, parameters).rowcount)  # type: ignore[attr-defined]


def add_line(session: Session, **values: Any) -> int | None:
    """One more line; None when the count has one for this lot already."""
    made = insert_or_keep(StockCountLine).values(**values).on_conflict_do_nothing().returning(StockCountLine.id)
    return session.execute(made).scalar_one_or_none()


def held(session: Session, count_id: int) -> Row[Any] | None:
    """A count as it is stored, held until the transaction ends."""
    table = StockCount.__table__
    return one_or_none(session, select(table).where(table.c.id == count_id).with_for_update())


def held_lines(session: Session, line_ids: Sequence[int]) -> list[Row[Any]]:
    """Lines as they are stored, held until the transaction ends; in one order, so that nobody waits in a circle."""
    table = StockCountLine.__table__
    return list(session.execute(select(table).where(table.c.id.in_(line_ids)).order_by(table.c.id).with_for_update()))


def change(session: Session, count_id: int, **values: Any) -> None:
    """Change a count, which thereby has another version."""
    found = StockCount
    session.execute(update(found).where(found.id == count_id).values(version=found.version + 1, **values))


def enter(session: Session, entries: Sequence[tuple[int, Decimal | None]], **by: Any) -> None:
    """Store what was found; a line that had to be counted again is done."""
    statement = text(
        "update stock_count_line set counted = cast(:counted as numeric), counted_by = :counted_by, "
        "counted_at = :counted_at, recount = recount and cast(:counted as numeric) is null, version = version + 1 "
        "where id = :id"
    )
    session.execute(statement, [{"id": line_id, "counted": counted, **by} for line_id, counted in entries])


def count_again(session: Session, line_ids: Sequence[int]) -> None:
    """Ask for another look: what was found is kept beside the line, which waits for a new figure."""
    found = StockCountLine
    again = {"first_counted": found.counted, "counted": None, "recount": True, "version": found.version + 1}
    session.execute(update(found).where(found.id.in_(line_ids)).values(**again))
