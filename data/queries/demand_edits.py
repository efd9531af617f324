"""Edits of the demand plan: their ledger, and the figures of streams that they leave behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.rows import one_or_none
from models.demand_plan import DemandEdit
from models.product import UnitOfMeasure

HELD = text(
    """
    select product_id, location_id, channel_id, period
    from forecast_override
    where held and frequency = 'month' and stream = :stream and period = any(:months) and channel_id is not null
    """
)

CELLS = """
unnest(cast(:products as bigint[]), cast(:locations as bigint[]), cast(:channels as bigint[]), cast(:periods as date[]))
"""

# The newest edit of somebody else that the reader has not seen.
OTHERS = text(
    f"""
    with wanted (product_id, location_id, channel_id, period) as (select * from {CELLS})
    select e.id, e.created_at, u.name as author, p.code as product, l.name as location, ch.name as channel, c.period,
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

STATE = text(
    """
    insert into forecast_override as kept (product_id, location_id, channel_id, frequency, period, stream, quantity,
                                           reason, expires_on, held, created_by)
    select c.product_id, c.location_id, c.channel_id, 'month', c.period, e.stream, c.after, e.reason, e.expires_on,
           e.mode = 'hold' or c.before_held, e.created_by
    from demand_edit e join demand_edit_cell c on c.edit_id = e.id
    where e.id = :edit_id and c.after is not null
    on conflict on constraint uq_forecast_override_period do update
    set quantity = excluded.quantity, reason = excluded.reason, expires_on = excluded.expires_on, held = excluded.held,
        created_by = excluded.created_by, created_at = now(), version = kept.version + 1
    """
)

TAKE_AWAY = text(
    """
    delete from forecast_override o
    using demand_edit e join demand_edit_cell c on c.edit_id = e.id
    where e.id = :edit_id and c.after is null and o.frequency = 'month' and o.stream = e.stream
      and (o.product_id, o.location_id, o.channel_id, o.period) = (c.product_id, c.location_id, c.channel_id, c.period)
    """
)


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


def others(session: Session, cells: EditCells, *, stream: str, seen: int, user_id: int | None) -> Row[Any] | None:
    """The newest edit of somebody else after ``seen`` that touched one of the cells, and the first of these."""
    return one_or_none(session, OTHERS.bindparams(**cells.keys, stream=stream, seen=seen, user_id=user_id))


def add(session: Session, **values: Any) -> int:
    return session.execute(insert(DemandEdit).values(**values).returning(DemandEdit.id)).scalar_one()


def write(session: Session, edit_id: int, cells: EditCells, *, stream: str) -> None:
    """Keep the cells of an edit, and let the figures of the stream be what they say."""
    values = {"before": cells.before, "after": cells.after, "consensus": cells.consensus}
    session.execute(ADD_CELLS, {**cells.keys, **values, "edit_id": edit_id, "stream": stream})
    session.execute(STATE, {"edit_id": edit_id})
    session.execute(TAKE_AWAY, {"edit_id": edit_id})
