"""A small range of products with three years of sales by hand: for tests of forecasts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from data.db import owner_engine
from services import people

TODAY = date(2026, 3, 18)
FIRST_DAY, LAST_DAY = date(2023, 1, 2), date(2026, 3, 17)
# code: category, family, kind, life cycle
PRODUCTS = {
    "CHILLI": ("Sauces", "Chilli", "finished", "active"),
    "SOY": ("Sauces", "Soy", "finished", "active"),
    "DUMPLING": ("Frozen", "Dumplings", "finished", "phase_out"),
    "OLD": ("Frozen", "Dumplings", "finished", "retired"),
    "NEW": ("Sauces", "Chilli", "finished", "planned"),
    "SUGAR": ("Materials", "Sugar", "material", "active"),
}
# Quantity of every Monday: by code and place; d is the day.
SALES = {
    ("CHILLI", "KL"): "100 + 40 * sin(2 * pi() * extract(doy from d) / 365) + (extract(week from d)::int * 7) % 13",
    ("CHILLI", "PG"): "50 + (extract(week from d)::int * 5) % 11",
    ("SOY", "KL"): "20 + (d - '2023-01-02'::date) / 20 + (extract(week from d)::int * 3) % 7",
    ("DUMPLING", "PG"): "case when extract(week from d)::int % 4 = 0 then 30 else 0 end",
    ("OLD", "KL"): "10",
}


def load() -> None:
    """Store a company, the products and their sales."""
    people.create_administrator(email="ann@example.com", name="Ann", company="Acme", password="correct horse battery")
    load_goods()


def load_goods() -> None:
    """Store the products and their sales."""
    with owner_engine().begin() as connection:
        connection.execute(
            text(
                "insert into location (code, name, region) values ('KL', 'Kuala Lumpur', 'C'), ('PG', 'Penang', 'N') "
                "on conflict (code) do nothing"
            )
        )
        connection.execute(text("insert into channel (code, name) values ('MT', 'Modern trade')"))
        for code, (category, family, kind, stage) in PRODUCTS.items():
            connection.execute(
                text(
                    "insert into product (code, name, category, family, kind, life_cycle) "
                    "values (:code, initcap(:code), :category, :family, :kind, :stage)"
                ),
                {"code": code, "category": category, "family": family, "kind": kind, "stage": stage},
            )
        for year in range(FIRST_DAY.year, LAST_DAY.year + 1):
            connection.execute(text("select tandem_ensure_partition('demand_history', :year)"), {"year": year})
    for (code, place), quantity in SALES.items():
        sell(code, place, quantity, FIRST_DAY, LAST_DAY)


def sell(code: str, place: str, quantity: str, first: date, last: date) -> None:
    """Add sales of every Monday of these days; ``quantity`` is SQL."""
    statement = f"""
        insert into demand_history (day, source_key, product_id, location_id, channel_id, quantity, revenue)
        select d, p.code || l.code || d || random(), p.id, l.id, c.id, {quantity}, 1
        from product p, location l, channel c, (
            select day::date as d from generate_series(cast(:first as date), cast(:last as date), '1 day') as day
        ) days
        where p.code = :code and l.code = :place and extract(isodow from d) = 1
    """
    with owner_engine().begin() as connection:
        connection.execute(text(statement), {"code": code, "place": place, "first": first, "last": last})
        connection.execute(text("select tandem_bump('demand')"))
