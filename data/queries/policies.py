"""What stocking policies are made of, and the policies themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.inventory import ONLY, Item, only_item
from data.queries.policy_history import NOTE, state_of
from models.planning import InventoryPolicy
from models.product import Product

ROWS_PER_STATEMENT = 5_000
LEVELS = ("safety_stock", "reorder_point", "order_quantity", "order_up_to")

RUNS = text(
    """
    select id, scope, frequency
    from forecast_run
    where state = 'done' and first_period < :until
      and first_period + horizon
          * case frequency when 'month' then interval '1 month' else interval '1 week' end > :as_of
    order by id desc
    limit 10
    """
)

# The forecast of the coming days, each period weighted with the days it covers. Daily variances add up to the
# period's, so the spread of a day is the period's divided by the root of its days.
FORECAST = text(
    f"""
    select product_id, location_id, s.demand_class, sum(q50 * overlap / days) / sum(overlap) as daily_demand,
           sqrt(sum((q90 - q10) ^ 2 * overlap / days) / sum(overlap)) as daily_range
    from (
        select product_id, location_id, q10, q50, q90, ends_on - period as days,
               least(ends_on, :until) - greatest(period, :as_of) as overlap
        from forecast_value
        cross join lateral (
            select (period + case :frequency when 'month' then interval '1 month' else interval '1 week' end)::date
        ) as ended (ends_on)
        where run_id = :run_id and period < :until and period > cast(:as_of as date) - 31 and ends_on > :as_of
          and {ONLY}
    ) parts
    join forecast_series s using (product_id, location_id)
    where s.run_id = :run_id
    group by product_id, location_id, s.demand_class
    """
)

USAGE = text(
    f"""
    select product_id, location_id, sum(issued)::float8 / :days as daily_demand,
           sqrt(greatest(sum(issued ^ 2)::float8 / :days - (sum(issued)::float8 / :days) ^ 2, 0)) as daily_sd
    from (
        select m.product_id, m.location_id, m.day, -sum(m.quantity) as issued
        from stock_movement m join product p on p.id = m.product_id
        where m.kind = 'issue' and p.kind <> 'finished' and m.day >= cast(:as_of as date) - :days and m.day < :as_of
        group by m.product_id, m.location_id, m.day
    ) daily
    where {ONLY}
    group by product_id, location_id
    """
)

RECEIPTS = text(
    """
    select o.supplier_id, l.product_id, o.ordered_on as order_date, r.received_on as receipt_date
    from receipt r
    join purchase_order_line l on l.id = r.line_id
    join purchase_order o on o.id = l.order_id
    where r.received_on > :since and r.received_on <= :as_of
    """
)

PRODUCTION = text(
    """
    select product_id, starts_on as order_date, finished_on as receipt_date
    from production_order
    where status = 'done' and finished_on > :since and finished_on <= :as_of
    """
)

_COMPARED = ("service_target", "measure", "method", "source", *LEVELS, "daily_demand", "inputs")


def _compared(of: str) -> str:
    return ", ".join(f"{of}.{name}" for name in _COMPARED)


# A target set while this was being computed has a newer version, and its item is computed anew already. A change is
# noted where target, method or levels change, not for each new data date.
SAVE = text(
    f"""
    with given as (
        select *, 'calculation' as source
        from jsonb_to_recordset(cast(:rows as jsonb)) as new (
            product_id bigint, location_id bigint, service_target float8, service_target_fixed boolean, measure text,
            method text, safety_stock numeric(18, 4), reorder_point numeric(18, 4), order_quantity numeric(18, 4),
            order_up_to numeric(18, 4), daily_demand float8, inputs jsonb, version int
        )
    ),
    saved as (
        insert into inventory_policy (product_id, location_id, service_target, service_target_fixed, measure, method,
            source, safety_stock, reorder_point, order_quantity, order_up_to, daily_demand, inputs, version,
            computed_at)
        select product_id, location_id, service_target, service_target_fixed, measure, method, source, safety_stock,
               reorder_point, order_quantity, order_up_to, daily_demand, inputs, version, :at
        from given
        on conflict (product_id, location_id) do update
        set service_target = excluded.service_target, measure = excluded.measure, method = excluded.method,
            source = excluded.source, safety_stock = excluded.safety_stock, reorder_point = excluded.reorder_point,
            order_quantity = excluded.order_quantity, order_up_to = excluded.order_up_to,
            daily_demand = excluded.daily_demand, inputs = excluded.inputs, computed_at = excluded.computed_at,
            version = inventory_policy.version + 1
        where inventory_policy.version = excluded.version
          and ({_compared("inventory_policy")}) is distinct from ({_compared("excluded")})
        returning *
    ),
    noted as (
        {NOTE}
        select product_id, location_id, :at, :by, 'calculation',
               case when was.version is not null then {state_of("was")} end, {state_of("saved")}, null
        from saved left join inventory_policy was using (product_id, location_id)
        where :noted and {state_of("was")} is distinct from {state_of("saved")}
    )
    select count(*) from saved
    """
)
SAVED_COLUMNS = (
    *("product_id", "location_id", "service_target", "service_target_fixed", "measure", "method"),
    *(*LEVELS, "daily_demand", "version"),
)


def lock(session: Session) -> None:
    """Let only one calculation of policies and proposals run at a time, until the transaction ends."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.inventory'))"))


def forecast_runs(session: Session, *, as_of: date, until: date) -> list[Row[Any]]:
    """Finished runs with a period between the two days, the newest first."""
    return list(session.execute(RUNS, {"as_of": as_of, "until": until}))


def forecast_demand(
    session: Session, *, run_id: int, frequency: str, as_of: date, until: date, item: Item | None
) -> pd.DataFrame:
    """Median demand a day and the width of its 10-90 % band a day, per product and location of one run."""
    return frame(session, FORECAST, run_id=run_id, frequency=frequency, as_of=as_of, until=until, **only_item(item))


def usage(session: Session, *, as_of: date, days: int, item: Item | None) -> pd.DataFrame:
    """Issues a day of what is not sold, and their standard deviation with the days without any."""
    return frame(session, USAGE, as_of=as_of, days=days, **only_item(item))


def receipts(session: Session, *, since: date, as_of: date) -> pd.DataFrame:
    """Receipts of purchased goods with the day they were ordered."""
    return frame(session, RECEIPTS, since=since, as_of=as_of)


def finished_production(session: Session, *, since: date, as_of: date) -> pd.DataFrame:
    """Finished production orders with the day they began."""
    return frame(session, PRODUCTION, since=since, as_of=as_of)


def products(session: Session) -> pd.DataFrame:
    """What a policy must know of each product."""
    statement = select(
        Product.id.label("product_id"), Product.kind, Product.life_cycle, Product.shelf_life_days, Product.unit_cost
    )
    return pd.DataFrame(session.execute(statement).all(), columns=[c.name for c in statement.selected_columns])


def targets(session: Session, *, item: Item | None) -> pd.DataFrame:
    """The service target of every stored policy, whether a person fixed it, and the version."""
    policy = InventoryPolicy
    statement = select(
        policy.product_id, policy.location_id, policy.service_target, policy.service_target_fixed, policy.version
    )
    if item:
        statement = statement.where(policy.product_id == item[0], policy.location_id == item[1])
    return pd.DataFrame(session.execute(statement).all(), columns=[c.name for c in statement.selected_columns])


def policy(session: Session, *, item: Item) -> Row[Any] | None:
    """One stored policy."""
    table = InventoryPolicy.__table__
    return session.execute(
        select(table).where(table.c.product_id == item[0], table.c.location_id == item[1])
    ).one_or_none()


def set_target(session: Session, *, item: Item, target: float, fixed: bool, version: int) -> bool:
    """Compare-and-set on the version the planner saw; False when it has changed since."""
    found = InventoryPolicy
    statement = (
        update(found)
        .where(found.product_id == item[0], found.location_id == item[1], found.version == version)
        .values(service_target=target, service_target_fixed=fixed, version=found.version + 1)
        .returning(found.version)
    )
    return session.scalar(statement) is not None


def save(
    session: Session,
    policies: pd.DataFrame,
    inputs: pd.DataFrame,
    *,
    at: datetime,
    by: int | None = None,
    noted: bool = True,
) -> int:
    """Add or update policies (SAVED_COLUMNS) with their inputs, and tell how many were new or different.

    ``noted``: whether changes come into the history here; who changes a target notes it with the levels in one.
    """
    rows = rows_with_inputs(policies[list(SAVED_COLUMNS)], inputs)
    return int(session.scalar(SAVE, {"rows": rows, "at": at, "by": by, "noted": noted}) or 0)


def rows_with_inputs(rows: pd.DataFrame, inputs: pd.DataFrame) -> str:
    """The rows as one JSON text, each with the row of ``inputs`` as an object of its own."""
    return f"[{','.join(map(_with_inputs, _objects(rows), _objects(inputs)))}]"


def _objects(rows: pd.DataFrame) -> list[str]:
    """Each row as a JSON object."""
    return rows.to_json(orient="records", lines=True).splitlines()


def _with_inputs(policy: str, inputs: str) -> str:
    return f'{policy[:-1]},"inputs":{inputs}}}'
