"""A tiny company whose demand plan can be worked out by hand. The day is 2026-11-21; three months are planned.

A month of each leaf, sold and expected:   Tea A    KL modern trade 60, KL general trade 40, JB modern trade 50, at RM 4
                                           Tea B    KL modern trade 30, at RM 3
                                           Chips C  KL modern trade 20, at RM 5
                                           Rice R   KL modern trade 10.5 kg, at RM 10
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from core.permissions import ROLES, Role
from core.viewer import CompanyKind, Viewer
from data.db import owner_engine

TODAY = date(2026, 11, 21)
NOV, DEC, JAN = MONTHS = (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
LEAVES = {
    ("A", "KL", "GT"): (40, 4),
    ("A", "KL", "MT"): (60, 4),
    ("A", "JB", "MT"): (50, 4),
    ("B", "KL", "MT"): (30, 3),
    ("C", "KL", "MT"): (20, 5),
    ("R", "KL", "MT"): (10.5, 10),
}
COMPANY = """
insert into company (id, name, kind) values (1, 'Own', 'internal');
insert into unit_of_measure (code, name, decimals) values ('EA', 'Each', 0), ('KG', 'Kilogram', 3);
insert into location (code, name, region) values ('KL', 'Kuala Lumpur', 'Central'), ('JB', 'Johor Bahru', 'South');
insert into channel (code, name) values ('MT', 'Modern trade'), ('GT', 'General trade');
insert into product (code, name, category, family, brand, uom, unit_price) values
    ('A', 'Tea A', 'Drinks', 'Tea', 'Merah', 'EA', 4), ('B', 'Tea B', 'Drinks', 'Tea', 'Biru', 'EA', 3),
    ('C', 'Chips C', 'Snacks', 'Chips', 'Merah', 'EA', 5), ('R', 'Rice R', 'Staples', 'Rice', null, 'KG', 10);
select tandem_ensure_partition('demand_history', 2025);
select tandem_ensure_partition('demand_history', 2026);
"""
SALES = """
insert into demand_history (day, source_key, product_id, location_id, channel_id, kind, quantity, revenue)
select month + interval '1 day', :key || to_char(month, 'YYMM'), p.id, l.id, c.id, 'sale', :quantity, :quantity * :price
from generate_series(date '2025-11-01', date '2026-10-01', interval '1 month') as month,
     product p, location l, channel c
where p.code = :product and l.code = :location and c.code = :channel
"""
RUN = """
insert into forecast_run (frequency, first_period, horizon, scope, state)
values ('month', '2026-11-01', 3, '{}', 'done')
"""
EXPECTED = """
insert into forecast_series (run_id, product_id, location_id, method, demand_class, why, fitted)
select r.id, p.id, l.id, 'theta', 'smooth', '{}', '{}' from forecast_run r, product p, location l
where p.code = :product and l.code = :location;
insert into forecast_value (run_id, product_id, location_id, period, q10, q50, q90)
select r.id, p.id, l.id, month, :quantity, :quantity, :quantity
from forecast_run r, product p, location l,
     generate_series(date '2026-11-01', date '2027-01-01', interval '1 month') as month
where p.code = :product and l.code = :location
"""


def person(name: str, role: Role) -> Viewer:
    """A colleague with an account."""
    found = rows(
        "insert into app_user (company_id, role, email, name, password_hash) values (1, :role, :email, :name, 'x') "
        "returning id",
        role=role.value,
        email=f"{name.lower()}@example.com",
        name=name,
    )
    return Viewer(found[0].id, 1, CompanyKind.INTERNAL, role.value, name, f"{name.lower()}@example.com", ROLES[role])


def seen_as(role: Role) -> Viewer:
    """Somebody with the rights of a role, without an account."""
    return Viewer(None, 1, CompanyKind.INTERNAL, role.value, role.title(), f"{role}@example.com", ROLES[role])


def rows(statement: str, **values: Any) -> list[Any]:
    """What a statement of the owner of the tables returns."""
    with owner_engine().begin() as connection:
        done = connection.execute(text(statement), values)
        return list(done) if done.returns_rows else []


def bump(subject: str = "demand_plan") -> None:
    rows("select tandem_bump(:subject)", subject=subject)


def load(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the company into the empty database this process points at."""
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    with owner_engine().begin() as connection:
        for statement in filter(str.strip, (COMPANY + RUN).split(";")):
            connection.execute(text(statement))
        by_item: dict[tuple[str, str], float] = {}
        for number, ((product, location, channel), (quantity, price)) in enumerate(LEAVES.items()):
            names = {"product": product, "location": location}
            by_item[product, location] = by_item.get((product, location), 0) + quantity
            values = {**names, "channel": channel, "key": f"{number}-", "quantity": quantity, "price": price}
            connection.execute(text(SALES), values)
        for (product, location), quantity in by_item.items():
            for statement in EXPECTED.split(";"):
                values = {"product": product, "location": location, "quantity": quantity}
                connection.execute(text(statement), {k: v for k, v in values.items() if f":{k}" in statement})


def said(stream: str = "planner") -> dict[tuple[str, str, str | None, date], float]:
    """Stored figures of a stream by product, location, channel and month."""
    found = rows(
        "select p.code as product, l.code as location, c.code as channel, o.period, o.quantity::float8 as quantity "
        "from forecast_override o join product p on p.id = o.product_id join location l on l.id = o.location_id "
        "left join channel c on c.id = o.channel_id where o.stream = :stream",
        stream=stream,
    )
    return {(row.product, row.location, row.channel, row.period): row.quantity for row in found}
