"""The declarations of entities in PostgreSQL: the rules mean what they say, and the demo company keeps all of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, and_, cast, func, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from data.db import owner_engine
from data.entities import ENTITIES
from data.exchange.fields import Entity, Field, Kind
from models import Base

KEPT = [entity for entity in ENTITIES.values() if entity.table]
OCTOBER, NOVEMBER = date(2026, 10, 31), date(2026, 11, 1)

# Entity, rule, a row that breaks it, a row that does not.
RULES: list[tuple[str, str, dict[str, object], dict[str, object]]] = [
    (
        "products",
        "ends_before_launch",
        {"launched_on": NOVEMBER, "ends_on": OCTOBER},
        {"launched_on": NOVEMBER, "ends_on": None},
    ),
    (
        "product_life_cycle",
        "ends_before_launch",
        {"launched_on": NOVEMBER, "ends_on": OCTOBER},
        {"launched_on": NOVEMBER, "ends_on": NOVEMBER},
    ),
    ("successions", "succeeds_itself", {"predecessor": 1, "successor": 1}, {"predecessor": 1, "successor": 2}),
    ("certificates", "one_holder", {}, {"product": 1}),
    ("certificates", "one_holder", {"product": 1, "supplier": 1}, {"supplier": 1}),
    ("certificates", "one_holder", {"supplier": 1, "location": 1}, {"location": 1}),
    ("certificates", "one_holder", {"product": 1, "location": 1}, {"location": 1}),
    (
        "certificates",
        "ends_before_start",
        {"valid_from": NOVEMBER, "valid_until": OCTOBER},
        {"valid_from": None, "valid_until": OCTOBER},
    ),
    ("lanes", "to_itself", {"from_location": 1, "to_location": 1}, {"from_location": 1, "to_location": 2}),
    ("transfer_orders", "to_itself", {"from_location": 1, "to_location": 1}, {"from_location": 1, "to_location": 2}),
    (
        "transfer_orders",
        "arrives_before_shipping",
        {"ships_on": NOVEMBER, "arrives_on": OCTOBER},
        {"ships_on": NOVEMBER, "arrives_on": NOVEMBER},
    ),
    ("boms", "made_of_itself", {"product": 1, "component": 1}, {"product": 1, "component": 2}),
    (
        "forecasts",
        "not_first_of_month",
        {"frequency": "month", "period": OCTOBER},
        {"frequency": "month", "period": NOVEMBER},
    ),
    (
        "forecasts",
        "not_a_monday",
        {"frequency": "week", "period": NOVEMBER},
        {"frequency": "week", "period": date(2026, 11, 2)},
    ),
    (
        "promotions",
        "ends_before_start",
        {"starts_on": NOVEMBER, "ends_on": OCTOBER},
        {"starts_on": NOVEMBER, "ends_on": NOVEMBER},
    ),
    ("promotions", "product_with_group", {"product": 1, "brand": "Api"}, {"product": None, "brand": "Api"}),
    ("targets", "not_first_of_month", {"period": OCTOBER}, {"period": NOVEMBER}),
    ("targets", "company_with_member", {"level": "company", "member": "Sauces"}, {"level": "company", "member": ""}),
    ("targets", "level_without_member", {"level": "brand", "member": ""}, {"level": "brand", "member": "Api"}),
    ("users", "capital_letters", {"email": "Ann@example.com"}, {"email": "ann@example.com"}),
    ("users", "no_address", {"email": "ann"}, {"email": "ann@example.com"}),
    ("users", "no_address", {"email": "@example.com"}, {"email": "a@example.com"}),
    ("users", "role_of_another_company", {"company": 1, "role": "supplier"}, {"company": 1, "role": "planner"}),
]


class Row:
    """A row as a rule sees it: one column or value for each field."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def columns(entity: Entity) -> dict[str, Column[Any]]:
    """The column of each field that is stored with the row or with its document."""
    own, header = Base.metadata.tables[entity.table], entity.header
    above = Base.metadata.tables[header.table] if header else own
    return {
        field.name: (above if header and field.name in header.fields else own).c[field.stored_in]
        for field in entity.fields
        if field.name not in entity.looked_up
    }


def refused(field: Field, column: Column[Any]) -> list[ColumnElement[bool]]:
    """What of a stored value a file could not bring in again."""
    found: list[ColumnElement[bool]] = []
    if field.minimum is not None:
        found.append(column < field.minimum)
    if field.maximum is not None:
        found.append(column > field.maximum)
    if field.kind in (Kind.CODE, Kind.TEXT) and not field.reference:
        found.append(func.length(column) > field.max_length)
        found.append(and_(column != func.btrim(column)))
    if field.required:
        found.append(column.is_(None))
    return found


@pytest.mark.parametrize("entity", KEPT, ids=lambda entity: entity.name)
def test_the_demo_company_keeps_the_declaration(database: Path, entity: Entity) -> None:
    known = columns(entity)
    broken = {
        name: or_(*limits) for name, column in known.items() if (limits := refused(entity.field(name), column))
    } | {rule.key: rule.broken(Row(**known)) for rule in entity.rules}
    table = Base.metadata.tables[entity.table]
    counts = select(*(func.count().filter(condition).label(name) for name, condition in broken.items()))
    source = table if entity.header is None else table.join(Base.metadata.tables[entity.header.table])
    with owner_engine().connect() as connection:
        found = connection.execute(counts.select_from(source)).mappings().one()
    assert {name: count for name, count in found.items() if count} == {}


@pytest.mark.parametrize(
    ("name", "key", "bad", "good"), RULES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_rule_knows_a_bad_row(
    database: Path, name: str, key: str, bad: dict[str, object], good: dict[str, object]
) -> None:
    entity = ENTITIES[name]
    [rule] = [rule for rule in entity.rules if rule.key == key]

    def broken(values: dict[str, object]) -> object:
        given = {name: cast(literal(values.get(name)), column.type) for name, column in columns(entity).items()}
        with owner_engine().connect() as connection:
            return connection.scalar(select(rule.broken(Row(**given))))

    assert broken(bad) is True
    assert not broken(good)


def test_every_rule_is_tried() -> None:
    declared = {(entity.name, rule.key) for entity in ENTITIES.values() for rule in entity.rules}
    assert {(name, key) for name, key, _bad, _good in RULES} == declared
