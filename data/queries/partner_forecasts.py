"""Forecasts of partners, version by version, and what the partner then ordered.

For a partner row-level security keeps to its own rows, so nothing that it reads is filtered by company here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.rows import one_or_none
from models.partner_forecasts import PartnerForecast as Forecast
from models.partner_forecasts import PartnerForecastValue as Value
from models.people import User

# What a partner of each kind needs of us, by the month that it wants it in.
NEEDED = {
    "customer": """
        select l.product_id, date_trunc('month', l.requested_on)::date as period, o.location_id,
               l.quantity::float8 as quantity, o.customer_id as party_id
        from sales_order_line l join sales_order o on o.id = l.order_id where l.status <> 'cancelled'
    """,
    "oem": """
        select product_id, date_trunc('month', due_on)::date as period, location_id, quantity::float8 as quantity,
               oem_id as party_id
        from production_order where status <> 'cancelled' and oem_id is not null
    """,
}
ITEMS = """
select p.id, p.code, p.name, p.uom from product p
where p.id in (select product_id from ({needed}) n) or p.id in (select product_id from partner_forecast_value)
order by p.code
"""
BY_MONTH = """
select product_id, period, sum(quantity) as quantity from ({needed}) n
where period >= :since and period < :until group by 1, 2
"""
WRITE = text(
    """
    insert into partner_forecast_value (forecast_id, product_id, period, quantity)
    select :forecast_id, v.product_id, v.period, v.quantity
    from unnest(cast(:products as bigint[]), cast(:periods as date[]), cast(:quantities as numeric[]))
        as v (product_id, period, quantity)
    on conflict (forecast_id, product_id, period) do update set quantity = excluded.quantity
    """
)
VALUES = text(
    "select product_id, period, quantity from partner_forecast_value "
    "where forecast_id = :forecast_id and quantity is not null"
)
SENT_VALUES = text(
    """
    select f.number, f.sent_at, v.product_id, v.period, v.quantity::float8 as quantity
    from partner_forecast f join partner_forecast_value v on v.forecast_id = f.id
    where f.state <> 'draft' and v.quantity is not null and v.period >= :since and v.period < :until
    """
)
# Of colleagues: what stands accepted of each company, or is asked for, and how much of each item the company buys.
IN_FORCE = text(
    """
    select f.company_id, f.party, v.product_id, v.period, v.quantity::float8 as quantity
    from partner_forecast f join partner_forecast_value v on v.forecast_id = f.id
    where (f.state = 'accepted' and f.company_id <> :company_id or f.id = :forecast_id)
      and v.quantity is not null and v.period >= :since
    """
)
WRITTEN = text(
    """
    select distinct c.product_id, c.location_id, c.channel_id, c.period
    from partner_forecast f
    join demand_edit e on e.id = f.edit_id and e.undone_at is null
    join demand_edit_cell c on c.edit_id = e.id
    where f.company_id = :company_id and c.period >= :since
    """
)
PARTIES = text(
    """
    select company_id, 'customer' as party, id as party_id, channel_id from customer where company_id is not null
    union all select company_id, 'oem', id, null from oem where company_id is not null
    """
)
BOUGHT = """
select n.product_id, n.location_id, sum(n.quantity) as quantity from ({needed}) n
where n.party_id = :party_id and n.period >= :since and n.period < :until group by 1, 2
"""


def items(session: Session, *, party: str) -> list[Row[Any]]:
    """Products that a partner ordered or spoke of: id, code, name, uom."""
    return list(session.execute(text(ITEMS.format(needed=NEEDED[party]))))


def needed(session: Session, *, party: str, since: date, until: date) -> pd.DataFrame:
    """What a partner ordered by product and month: product_id, period, quantity."""
    return frame(session, text(BY_MONTH.format(needed=NEEDED[party])), since=since, until=until)


def versions(session: Session, *, limit: int) -> list[Row[Any]]:
    """A partner's own versions, the newest first."""
    counted = select(func.count()).where(Value.forecast_id == Forecast.id, Value.quantity.is_not(None))
    statement = _head().add_columns(counted.scalar_subquery().label("cells")).order_by(Forecast.number.desc())
    return list(session.execute(statement.limit(limit)))


def draft(session: Session) -> Row[Any] | None:
    """A partner's own draft; nobody else writes or sends it until the transaction ends."""
    columns = (Forecast.id, Forecast.party, Forecast.number, User.name.label("changed_by"))
    statement = select(*columns).outerjoin(User, User.id == Forecast.changed_by).where(Forecast.state == "draft")
    return one_or_none(session, statement.with_for_update(of=Forecast))


def newest_sent(session: Session) -> Row[Any] | None:
    """A partner's own newest version that was sent."""
    statement = _head().where(Forecast.state != "draft").order_by(Forecast.number.desc())
    return one_or_none(session, statement.limit(1))


def numbered(session: Session, number: int) -> Row[Any] | None:
    return one_or_none(session, _head().where(Forecast.number == number))


def add_draft(session: Session, *, company_id: int, party: str, user_id: int | None) -> None:
    """A partner's next version, unless there is a draft already."""
    newest = session.scalar(select(func.coalesce(func.max(Forecast.number), 0))) or 0
    values = {"company_id": company_id, "party": party, "number": newest + 1, "created_by": user_id}
    session.execute(insert(Forecast).values(**values).on_conflict_do_nothing())


def values(session: Session, forecast_id: int) -> pd.DataFrame:
    """What a version says: product_id, period, quantity."""
    return frame(session, VALUES, forecast_id=forecast_id)


def sent_values(session: Session, *, since: date, until: date) -> pd.DataFrame:
    """What a partner's own versions said that were sent: number, sent_at, product_id, period, quantity."""
    return frame(session, SENT_VALUES, since=since, until=until)


def write(session: Session, forecast_id: int, cells: Sequence[tuple[int, date, Any]]) -> None:
    """Put product, month and quantity (None: says nothing) into a draft."""
    products, periods, quantities = ([cell[part] for cell in cells] for part in range(3))
    session.execute(
        WRITE, {"forecast_id": forecast_id, "products": products, "periods": periods, "quantities": quantities}
    )


def touch(session: Session, forecast_id: int, *, user_id: int | None) -> None:
    """Say who wrote into a draft last."""
    statement = update(Forecast).where(Forecast.id == forecast_id)
    session.execute(statement.values(changed_by=user_id, version=Forecast.version + 1))


def send(session: Session, forecast_id: int, *, note: str | None, at: datetime) -> None:
    """A draft becomes what the partner says; what was sent before and not decided on is replaced."""
    replaced = update(Forecast).where(Forecast.state == "sent")
    session.execute(replaced.values(state="superseded", version=Forecast.version + 1))
    sent = update(Forecast).where(Forecast.id == forecast_id, Forecast.state == "draft")
    session.execute(sent.values(state="sent", note=note, sent_at=at, version=Forecast.version + 1))


def take_back(session: Session, forecast_id: int, *, to_draft: bool) -> None:
    """What was sent and not decided on becomes a draft again, or nothing where there is one already."""
    changed = {"state": "draft", "sent_at": None} if to_draft else {"state": "superseded"}
    statement = update(Forecast).where(Forecast.id == forecast_id, Forecast.state == "sent")
    session.execute(statement.values(**changed, version=Forecast.version + 1))


def asked(session: Session, forecast_ids: Sequence[int]) -> list[Row[Any]]:
    """Versions by their ids, whose company's they may be."""
    return list(session.execute(_head().where(Forecast.id.in_(forecast_ids))))


def accepted_of(session: Session, company_id: int) -> Row[Any] | None:
    return one_or_none(session, _head().where(Forecast.company_id == company_id, Forecast.state == "accepted"))


def decide(session: Session, forecast_id: int, *, company_id: int, state: str, at: datetime) -> None:
    """What was sent is accepted, in the place of what was accepted before, or rejected."""
    if state == "accepted":
        older = update(Forecast).where(Forecast.company_id == company_id, Forecast.state == "accepted")
        session.execute(older.values(state="superseded", version=Forecast.version + 1))
    chosen = update(Forecast).where(Forecast.id == forecast_id, Forecast.state == "sent")
    session.execute(chosen.values(state=state, decided_at=at, version=Forecast.version + 1))


def note_edit(session: Session, forecast_id: int, *, edit_id: int) -> None:
    """Remember by which edit a version came into the demand plan."""
    session.execute(update(Forecast).where(Forecast.id == forecast_id).values(edit_id=edit_id))


def in_force(session: Session, *, company_id: int, forecast_id: int, since: date) -> pd.DataFrame:
    """What would count if this version of the company were accepted: company_id, party, product_id, period,
    quantity."""
    return frame(session, IN_FORCE, company_id=company_id, forecast_id=forecast_id, since=since)


def written(session: Session, *, company_id: int, since: date) -> pd.DataFrame:
    """Cells of the demand plan into which accepted versions of a company were written: product_id, location_id,
    channel_id, period."""
    return frame(session, WRITTEN, company_id=company_id, since=since)


def parties(session: Session) -> dict[int, Row[Any]]:
    """Customers and OEMs with a portal by their company: party, party_id, channel_id."""
    return {row.company_id: row for row in session.execute(PARTIES)}


def bought(session: Session, *, party: str, party_id: int, since: date, until: date) -> pd.DataFrame:
    """What a partner ordered by product and location: product_id, location_id, quantity."""
    statement = text(BOUGHT.format(needed=NEEDED[party]))
    return frame(session, statement, party_id=party_id, since=since, until=until)


def _head() -> Any:
    columns = (Forecast.id, Forecast.company_id, Forecast.party, Forecast.number, Forecast.state, Forecast.note)
    dates = (Forecast.created_at, Forecast.sent_at, Forecast.decided_at, Forecast.version)
    return select(*columns, *dates, User.name.label("author")).join(User, User.id == Forecast.created_by)
