"""Edits of the demand plan: their ledger, and the figures of streams that they leave behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.rows import one_or_none
from models.demand_plan import DemandEdit
from models.people import User
from models.product import UnitOfMeasure

HELD = text(
    """
    select product_id, location_id, channel_id, period
    from forecast_override
    where held and frequency = 'month' and stream = :stream and period = any(:months) and channel_id is not null
    """
)

KEYS = """
unnest(cast(:products as bigint[]), cast(:locations as bigint[]), cast(:channels as bigint[]), cast(:periods as date[]))
"""

# The newest edit of somebody else that the reader has not seen.
OTHERS = text(
    f"""
    with wanted (product_id, location_id, channel_id, period) as (select * from {KEYS})
    select e.created_at, u.name as author, p.code as product, l.name as location, ch.name as channel, c.period,
           c.before, c.after
    from demand_edit e
    join demand_edit_cell c on c.edit_id = e.id
    join wanted w using (product_id, location_id, channel_id, period)
    join product p on p.id = c.product_id
    join location l on l.id = c.location_id
    join channel ch on ch.id = c.channel_id
    left join app_user u on u.id = e.created_by
    where e.id > :seen and e.stream = :stream and e.created_by is distinct from cast(:user_id as bigint)
    order by e.id desc, p.code, l.name, ch.name, c.period
    limit 1
    """
)

# What an edit puts aside is read from the figures as they stand.
ADD_CELLS = text(
    """
    insert into demand_edit_cell (edit_id, product_id, location_id, channel_id, period, before, after, consensus,
                                  before_reason, before_expires_on, before_held)
    select :edit_id, c.product_id, c.location_id, c.channel_id, c.period, c.before, c.after, c.consensus,
           o.reason, o.expires_on, coalesce(o.held, false)
    from unnest(
        cast(:products as bigint[]), cast(:locations as bigint[]), cast(:channels as bigint[]),
        cast(:periods as date[]), cast(:before as float8[]), cast(:after as float8[]), cast(:consensus as float8[])
    ) as c (product_id, location_id, channel_id, period, before, after, consensus)
    left join forecast_override o
      on (o.product_id, o.location_id, o.channel_id, o.period) = (c.product_id, c.location_id, c.channel_id, c.period)
     and o.frequency = 'month' and o.stream = :stream
    """
)

INTO_FIGURES = """
insert into forecast_override as kept (product_id, location_id, channel_id, frequency, period, stream, quantity, reason,
                                       expires_on, held, created_by)
"""
INSTEAD = """
on conflict on constraint uq_forecast_override_period do update
set quantity = excluded.quantity, reason = excluded.reason, expires_on = excluded.expires_on, held = excluded.held,
    created_by = excluded.created_by, created_at = now(), version = kept.version + 1
"""
EDITED = "from demand_edit e join demand_edit_cell c on c.edit_id = e.id where e.id = :edit_id"

LET_STAND = text(
    f"""
    {INTO_FIGURES}
    select c.product_id, c.location_id, c.channel_id, 'month', c.period, e.stream, c.after, e.reason, e.expires_on,
           e.mode = 'hold' or c.before_held, e.created_by
    {EDITED} and c.after is not null
    {INSTEAD}
    """
)
PUT_BACK = text(
    f"""
    {INTO_FIGURES}
    select c.product_id, c.location_id, c.channel_id, 'month', c.period, e.stream, c.before, c.before_reason,
           c.before_expires_on, c.before_held, cast(:user_id as bigint)
    {EDITED} and c.before is not null
    {INSTEAD}
    """
)
TAKE_AWAY = """
delete from forecast_override o
using demand_edit e join demand_edit_cell c on c.edit_id = e.id
where e.id = :edit_id and c.{side} is null and o.frequency = 'month' and o.stream = e.stream
  and (o.product_id, o.location_id, o.channel_id, o.period) = (c.product_id, c.location_id, c.channel_id, c.period)
"""

FOR_ALL_CHANNELS = text(
    f"""
    select distinct o.id, o.product_id, o.location_id, o.period
    from forecast_override o
    join {KEYS} as w (product_id, location_id, channel_id, period) using (product_id, location_id, period)
    where o.channel_id is null and o.frequency = 'month' and o.stream = :stream
    """
)
SPREAD = text(
    f"""
    {INTO_FIGURES}
    select o.product_id, o.location_id, c.channel_id, o.frequency, o.period, o.stream, c.quantity, o.reason,
           o.expires_on, o.held, o.created_by
    from unnest(cast(:ids as bigint[]), cast(:channels as bigint[]), cast(:quantities as float8[]))
        as c (id, channel_id, quantity)
    join forecast_override o on o.id = c.id
    on conflict on constraint uq_forecast_override_period do nothing
    """
)

# What still stands of what was done later to the cells of an edit.
LATER = text(
    """
    select e.id, e.created_at, u.name as author
    from demand_edit_cell mine
    join demand_edit_cell c using (product_id, location_id, channel_id, period)
    join demand_edit e on e.id = c.edit_id
    left join app_user u on u.id = e.created_by
    where mine.edit_id = :edit_id and e.id > :edit_id and e.stream = :stream
      and e.mode <> 'undo' and e.undone_at is null
    order by e.id desc
    limit 1
    """
)

# Cells of an edit whose figure is another than the edit left (or found, for side before).
STRAYED = """
select count(*)
from demand_edit_cell c
left join forecast_override o
  on (o.product_id, o.location_id, o.channel_id, o.period) = (c.product_id, c.location_id, c.channel_id, c.period)
 and o.frequency = 'month' and o.stream = :stream
where c.edit_id = :edit_id and o.quantity is distinct from cast(c.{side} as numeric(18, 4))
"""

CELLS = text(
    "select product_id, location_id, channel_id, period, before, after, consensus "
    "from demand_edit_cell where edit_id = :edit_id"
)
SIDES = ("before", "after")


@dataclass(frozen=True, slots=True)
class EditCells:
    """Cells of an edit, a value of each list a cell."""

    products: list[int]
    locations: list[int]
    channels: list[int]
    periods: list[date]
    before: list[float | None]
    after: list[float | None]
    consensus: list[float]

    @property
    def keys(self) -> dict[str, Sequence[Any]]:
        return {name: getattr(self, name) for name in ("products", "locations", "channels", "periods")}


@dataclass(frozen=True, slots=True)
class Overtaken:
    """The cell in which somebody was faster, and what happened to it."""

    created_at: datetime
    author: str | None
    product: str
    location: str
    channel: str
    period: date
    before: float | None
    after: float | None


def lock(session: Session) -> None:
    """Let nobody else edit the demand plan until the transaction ends."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.demand_edit'))"))


def newest(session: Session) -> int:
    return session.scalar(text("select coalesce(max(id), 0) from demand_edit")) or 0


def held(session: Session, *, stream: str, months: Sequence[date]) -> pd.DataFrame:
    """Product, location, channel and period of what a stream holds."""
    return frame(session, HELD, stream=stream, months=list(months))


def whole_units(session: Session) -> frozenset[str]:
    """Codes of the units of measure without decimals."""
    return frozenset(session.scalars(select(UnitOfMeasure.code).where(UnitOfMeasure.decimals == 0)))


def others(session: Session, cells: EditCells, *, stream: str, seen: int, user_id: int | None) -> Overtaken | None:
    """The newest edit of somebody else after ``seen`` that touched one of the cells, and the first of these."""
    found = one_or_none(session, OTHERS.bindparams(**cells.keys, stream=stream, seen=seen, user_id=user_id))
    return None if found is None else Overtaken(**found._mapping)


def for_all_channels(session: Session, *, stream: str, cells: EditCells) -> pd.DataFrame:
    """Figures without a channel of the products, locations and months of cells: id and what they are about."""
    return frame(session, FOR_ALL_CHANNELS, **cells.keys, stream=stream)


def spread(session: Session, parts: pd.DataFrame) -> None:
    """Replace figures without a channel by parts: id of the whole, channel_id, quantity."""
    ids, channels = parts["id"].tolist(), parts["channel_id"].tolist()
    session.execute(SPREAD, {"ids": ids, "channels": channels, "quantities": parts["quantity"].tolist()})
    session.execute(text("delete from forecast_override where id = any(:ids)"), {"ids": ids})


def add(session: Session, **values: Any) -> int:
    return session.execute(insert(DemandEdit).values(**values).returning(DemandEdit.id)).scalar_one()


def add_cells(session: Session, edit_id: int, cells: EditCells, *, stream: str) -> None:
    """Keep the cells of an edit, and what its figures replace."""
    values = {"before": cells.before, "after": cells.after, "consensus": cells.consensus}
    session.execute(ADD_CELLS, {**cells.keys, **values, "edit_id": edit_id, "stream": stream})


def let_stand(session: Session, edit_id: int) -> None:
    """Let the figures of the stream be what an edit says."""
    session.execute(LET_STAND, {"edit_id": edit_id})
    session.execute(text(TAKE_AWAY.format(side="after")), {"edit_id": edit_id})


def put_back(session: Session, edit_id: int, *, user_id: int | None) -> None:
    """Let the figures of the stream be what they were before an edit."""
    session.execute(PUT_BACK, {"edit_id": edit_id, "user_id": user_id})
    session.execute(text(TAKE_AWAY.format(side="before")), {"edit_id": edit_id})


def found(session: Session, edit_id: int) -> Row[Any] | None:
    """An edit as it is stored."""
    return one_or_none(session, select(DemandEdit.__table__).where(DemandEdit.id == edit_id))


def undone_by(session: Session, edit_id: int) -> int | None:
    """The edit that took another one back, if it still stands."""
    wanted = select(DemandEdit.id).where(DemandEdit.undoes == edit_id, DemandEdit.undone_at.is_(None))
    return session.scalar(wanted.order_by(DemandEdit.id.desc()).limit(1))


def mark(session: Session, edit_id: int, *, undone_at: datetime | None) -> None:
    session.execute(update(DemandEdit).where(DemandEdit.id == edit_id).values(undone_at=undone_at))


def later(session: Session, edit_id: int, *, stream: str) -> Row[Any] | None:
    """The newest edit that still stands of those that touched the cells of an edit after it: id, created_at, author."""
    return one_or_none(session, LATER.bindparams(edit_id=edit_id, stream=stream))


def strayed(session: Session, edit_id: int, *, stream: str, side: str) -> int:
    """How many cells of an edit have another figure than it left ("after") or found ("before")."""
    statement = STRAYED.format(side=SIDES[SIDES.index(side)])
    return session.scalar(text(statement), {"edit_id": edit_id, "stream": stream}) or 0


def cells_of(session: Session, edit_id: int) -> pd.DataFrame:
    """product_id, location_id, channel_id, period, before, after and consensus of the cells of an edit."""
    return frame(session, CELLS, edit_id=edit_id)


def made_by(session: Session, user_id: int | None, *, limit: int) -> list[Row[Any]]:
    """The last edits of a person, the newest first; what only took another back is left out."""
    table = DemandEdit.__table__
    wanted = select(table, User.name.label("author")).outerjoin(User, User.id == table.c.created_by)
    wanted = wanted.where(table.c.created_by.is_not_distinct_from(user_id), table.c.mode != "undo")
    return list(session.execute(wanted.order_by(table.c.id.desc()).limit(limit)))
