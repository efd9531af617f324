"""Edits of the demand plan: their list, their cells, and how near to what was sold they came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame

SORTED_BY = {
    "created_at": "e.created_at",
    "person": "u.name",
    "stream": "e.stream",
    "cells": "e.cells",
    "before_total": "e.before_total",
    "after_total": "e.after_total",
    "expires_on": "e.expires_on",
}

# What was taken back, or is over, or has expired, holds no longer.
STATES = {
    "": "true",
    "holding": "e.undone_at is null and (e.expires_on is null or e.expires_on >= :today) and "
    "exists (select from demand_edit_cell c where c.edit_id = e.id and c.period >= :month)",
    "expired": "e.undone_at is null and e.expires_on < :today and "
    "exists (select from demand_edit_cell c where c.edit_id = e.id and c.period >= :month)",
    "undone": "e.undone_at is not null",
    "scored": "exists (select from demand_edit_cell c where c.edit_id = e.id and c.period < :before "
    "and c.after is not null)",
}

MATCHING = """
from demand_edit e left join app_user u on u.id = e.created_by
where (:stream = '' or e.stream = :stream)
  and (cast(:person as bigint) = 0 or e.created_by = :person)
  and (:search = '' or exists (
      select from demand_edit_cell c join product p on p.id = c.product_id
      where c.edit_id = e.id and (p.code ilike :pattern or p.name ilike :pattern)
  ))
"""

COLUMNS = """
e.id, e.stream, e.scope, e.mode, e.rule, e.value, e.source, e.reason, e.expires_on, e.cells, e.before_total,
e.after_total, e.undoes, e.undone_at, e.created_at, u.name as person
"""

MONTHS = text(
    """
    select edit_id, min(period) as first_month, max(period) as last_month
    from demand_edit_cell where edit_id = any(:ids) group by edit_id
    """
)

# The plan before the edit against what was said in it; a figure that was taken away says nothing.
SCORES = text(
    """
    with judged as (
        select c.edit_id, coalesce(p.unit_price, p.unit_cost, 0)::float8 as price,
               abs(c.consensus - coalesce(m.quantity, 0)::float8) as before_error,
               abs(c.after - coalesce(m.quantity, 0)::float8) as after_error
        from demand_edit_cell c
        join product p on p.id = c.product_id
        left join demand_month m on m.product_id = c.product_id and m.location_id = c.location_id
             and m.channel_id = c.channel_id and m.month = c.period
        where c.period < :before and c.after is not null
    )
    select edit_id, count(*) as judged,
           count(*) filter (where after_error < before_error - :same) as closer,
           count(*) filter (where after_error > before_error + :same) as further,
           sum(before_error) as before_error, sum(after_error) as after_error,
           sum(before_error * price) as before_money, sum(after_error * price) as after_money
    from judged group by edit_id
    """
)

NEWEST = text("select coalesce(max(id), 0) from demand_edit where created_at < :before")

PEOPLE = text(
    """
    select u.id, u.name from app_user u where exists (select from demand_edit e where e.created_by = u.id)
    order by u.name
    """
)

CELLS = text(
    """
    select p.code, p.name, p.uom, l.code as location, ch.code as channel, c.product_id, c.location_id, c.period,
           c.before, c.after, c.consensus,
           case when c.period < :before then coalesce(m.quantity, 0)::float8 end as actual, count(*) over () as total
    from demand_edit_cell c
    join product p on p.id = c.product_id
    join location l on l.id = c.location_id
    join channel ch on ch.id = c.channel_id
    left join demand_month m on m.product_id = c.product_id and m.location_id = c.location_id
         and m.channel_id = c.channel_id and m.month = c.period
    where c.edit_id = :edit_id
    order by p.code, l.code, ch.code, c.period
    limit :limit offset :start
    """
)


def edits(
    session: Session, wanted: dict[str, Any], *, order: Sequence[tuple[str, bool]], start: int, limit: int
) -> list[Row[Any]]:
    """A page of the edits, the newest first unless ordered otherwise, each with the number of all (total)."""
    by = [f"{SORTED_BY[name]} {'desc' if descending else 'asc'} nulls last" for name, descending in order]
    statement = (
        f"select {COLUMNS}, count(*) over () as total {MATCHING} and {STATES[wanted['state']]} "
        f"order by {', '.join([*by, 'e.created_at desc', 'e.id desc'])} limit :limit offset :start"
    )
    return list(session.execute(text(statement), {**wanted, "start": start, "limit": limit}))


def edit(session: Session, edit_id: int) -> Row[Any] | None:
    """One edit as it stands in the list."""
    statement = f"select {COLUMNS} from demand_edit e left join app_user u on u.id = e.created_by where e.id = :id"
    return session.execute(text(statement), {"id": edit_id}).one_or_none()


def matching(session: Session, wanted: dict[str, Any]) -> list[int]:
    """The ids of all edits of the list."""
    return list(session.scalars(text(f"select e.id {MATCHING} and {STATES[wanted['state']]}"), wanted))


def count(session: Session, wanted: dict[str, Any]) -> int:
    return int(session.scalar(text(f"select count(*) {MATCHING} and {STATES[wanted['state']]}"), wanted) or 0)


def months(session: Session, ids: Sequence[int]) -> dict[int, tuple[date, date]]:
    """The first and the last month of some edits."""
    return {row.edit_id: (row.first_month, row.last_month) for row in session.execute(MONTHS, {"ids": list(ids)})}


def scores(session: Session, *, before: date, same: float) -> pd.DataFrame:
    """Of every edit with months before a day: cells judged, closer and further, errors in units and money."""
    return frame(session, SCORES, before=before, same=same)


def newest(session: Session, *, before: date) -> int:
    """The last edit before a day, 0 without any."""
    return int(session.scalar(NEWEST, {"before": before}) or 0)


def people(session: Session) -> list[Row[Any]]:
    """Who edited."""
    return list(session.execute(PEOPLE))


def cells(session: Session, edit_id: int, *, before: date, start: int, limit: int) -> list[Row[Any]]:
    """A page of the cells of an edit, with what was sold in the months before a day."""
    return list(session.execute(CELLS, {"edit_id": edit_id, "before": before, "start": start, "limit": limit}))
