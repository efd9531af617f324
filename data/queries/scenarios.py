"""Scenarios and their changes, and what it takes to apply them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.rows import one_or_none
from models.scenario import Scenario, ScenarioChange

SCENARIOS = text(
    """
    select s.id, s.name, s.note, s.status, s.decision_note, b.name as based_on, u.name as created_by, s.created_at,
           s.version, (select count(*) from scenario_change c where c.scenario_id = s.id) as changes
    from scenario s
    left join scenario b on b.id = s.based_on
    left join app_user u on u.id = s.created_by
    order by s.status = 'archived', s.created_at desc, s.id desc
    """
)

CHANGES = text(
    """
    select c.id, c.kind, c.product_id, c.location_id, c.category, c.channel_id, c.resource_id, c.from_week, c.to_week,
           c.mode, c.value::float8 as value, c.discount::float8 as discount, c.note, p.code as product,
           p.name as product_name, l.code as location, h.code as channel, r.code as resource
    from scenario_change c
    left join product p on p.id = c.product_id
    left join location l on l.id = c.location_id
    left join channel h on h.id = c.channel_id
    left join resource r on r.id = c.resource_id
    where c.scenario_id = :scenario_id
    order by c.id
    """
)

COPY = text(
    """
    insert into scenario_change (scenario_id, kind, product_id, location_id, category, channel_id, resource_id,
        from_week, to_week, mode, value, discount, note)
    select :target, kind, product_id, location_id, category, channel_id, resource_id, from_week, to_week, mode, value,
           discount, note
    from scenario_change where scenario_id = :source
    order by id
    """
)

TARGETS = text("select product_id, location_id, service_target from inventory_policy")

CHANNEL_SHARES = text(
    """
    select product_id, location_id,
           (sum(quantity) filter (where channel_id = :channel_id) / sum(quantity))::float8 as share
    from demand_history
    where day >= :since and day < :before and quantity > 0
    group by product_id, location_id
    having sum(quantity) filter (where channel_id = :channel_id) > 0
    """
)

CHOICES = text(
    """
    select 'location' as kind, id::text as value, code || ' · ' || name as text from location
    union all select 'channel', id::text, name from channel where active
    union all select 'resource', id::text, code || ' · ' || name from resource where active
    union all select distinct 'category', category, category from product where category is not null
    order by 1, 3
    """
)

PRODUCT_OF = text("select id from product where lower(code) = lower(:code)")


def scenarios(session: Session) -> pd.DataFrame:
    """Every scenario with how many changes it has, the newest first, archived ones last."""
    return frame(session, SCENARIOS)


def stored(session: Session, scenario_id: int) -> Row[Any] | None:
    table = Scenario.__table__
    return one_or_none(session, select(table).where(table.c.id == scenario_id))


def held(session: Session, scenario_id: int) -> Row[Any] | None:
    """The scenario as it is stored, held until the transaction ends."""
    table = Scenario.__table__
    return one_or_none(session, select(table).where(table.c.id == scenario_id).with_for_update())


def named(session: Session, name: str) -> int | None:
    """The scenario of a name, however it is capitalised."""
    return session.scalar(select(Scenario.id).where(func.lower(Scenario.name) == name.lower()))


def add(session: Session, **values: Any) -> int:
    return session.execute(insert(Scenario).values(**values).returning(Scenario.id)).scalar_one()


def change(session: Session, scenario_id: int, **values: Any) -> None:
    """Change a scenario, or something of it, which thereby has another version."""
    found = Scenario
    session.execute(update(found).where(found.id == scenario_id).values(version=found.version + 1, **values))


def remove(session: Session, scenario_id: int) -> None:
    session.execute(delete(Scenario).where(Scenario.id == scenario_id))


def changes(session: Session, scenario_id: int) -> pd.DataFrame:
    """The changes of a scenario in the order in which they are applied, with the codes of their scope."""
    return frame(session, CHANGES, scenario_id=scenario_id)


def copy_changes(session: Session, *, source: int, target: int) -> None:
    session.execute(COPY, {"source": source, "target": target})


def add_change(session: Session, **values: Any) -> int:
    return session.execute(insert(ScenarioChange).values(**values).returning(ScenarioChange.id)).scalar_one()


def held_change(session: Session, scenario_id: int, change_id: int) -> Row[Any] | None:
    """A change of that scenario; its scenario is held already."""
    table = ScenarioChange.__table__
    return one_or_none(session, select(table).where(table.c.id == change_id, table.c.scenario_id == scenario_id))


def edit_change(session: Session, change_id: int, **values: Any) -> None:
    session.execute(update(ScenarioChange).where(ScenarioChange.id == change_id).values(**values))


def remove_change(session: Session, change_id: int) -> None:
    session.execute(delete(ScenarioChange).where(ScenarioChange.id == change_id))


def service_targets(session: Session) -> pd.DataFrame:
    """The service that the policy of each item and place aims at."""
    return frame(session, TARGETS)


def channel_shares(session: Session, channel_id: int, *, since: date, before: date) -> pd.DataFrame:
    """The part of the demand of items and places that came through a channel."""
    return frame(session, CHANNEL_SHARES, channel_id=channel_id, since=since, before=before)


def choices(session: Session) -> list[Row[Any]]:
    """What a change can be narrowed to: kind, value and text."""
    return list(session.execute(CHOICES).all())


def product_of(session: Session, code: str) -> int | None:
    """The product of a code, however it is capitalised."""
    found: int | None = session.scalar(PRODUCT_OF, {"code": code})
    return found
