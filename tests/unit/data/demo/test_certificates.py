"""Certificates agree with the halal states of products, and some need a look this month."""

from __future__ import annotations

from datetime import timedelta

from data.demo.certificates import PACKAGING_GROUPS
from data.demo.company import DemoCompany


def test_each_has_one_holder(company: DemoCompany) -> None:
    holders = company.frames["certificate"][["product_id", "supplier_id", "location_id"]]
    assert (holders.notna().sum(axis=1) == 1).all()


def test_products_are_certified_until_the_day_their_master_says(company: DemoCompany) -> None:
    held = company.frames["certificate"].dropna(subset="product_id").set_index("product_id")
    products = company.frames["product"].set_index("id")
    assert set(held.index) == set(products.index[products["halal"].isin(["certified", "expired"])])
    assert (held["valid_until"] == products["halal_until"].reindex(held.index)).all()
    expired = held["valid_until"] < company.basis.calendar.today
    assert set(held.index[expired]) == set(products.index[products["halal"] == "expired"])


def test_sellers_of_ingredients_are_certified(company: DemoCompany) -> None:
    certified = set(company.frames["certificate"]["supplier_id"].dropna())
    rules = enumerate(company.basis.network.supplier_rules, start=1)
    assert certified == {number for number, rule in rules if set(rule.groups) - PACKAGING_GROUPS}


def test_some_are_due_and_a_few_have_run_out(company: DemoCompany) -> None:
    found, today = company.frames["certificate"], company.basis.calendar.today
    assert (found["valid_from"] < found["valid_until"]).all()
    expired = found["valid_until"] < today
    due = ~expired & (found["valid_until"] <= today + timedelta(days=60))
    assert 2 <= expired.sum() <= 6
    assert 3 <= due.sum() <= 20
    assert found.loc[expired, "supplier_id"].notna().sum() == 1


def test_plant_is_certified_halal_and_both_for_food_safety(company: DemoCompany) -> None:
    places = company.frames["location"].set_index("id")["kind"]
    held = company.frames["certificate"].dropna(subset="location_id")
    kinds = held.groupby(held["location_id"].map(places))["kind"].agg(set).to_dict()
    assert kinds == {"plant": {"halal", "haccp", "gmp", "iso_22000"}, "cold_store": {"haccp"}}
