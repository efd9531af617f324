"""The generated tables: repeatable, complete, and true to each other."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import CheckConstraint, UniqueConstraint

import models
from data.demo.company import TABLES, DemoCompany, make_company
from data.demo.scale import SMALL

METADATA = models.Base.metadata.tables
KEYS = ["product_id", "location_id"]


def digest(company: DemoCompany) -> str:
    text = "".join(frame.to_csv(index=False) for frame in company.frames.values())
    return hashlib.sha256(text.encode()).hexdigest()


def test_same_day_gives_the_same_bytes_and_another_day_others(small: DemoCompany) -> None:
    again = make_company(SMALL, today=small.basis.calendar.today, password_hash="hash")
    assert digest(again) == digest(small)
    later = make_company(SMALL, today=small.basis.calendar.today + timedelta(days=1), password_hash="hash")
    assert digest(later) != digest(small)


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2027, 1, 1), date(2030, 12, 31)])
def test_any_day_makes_a_company(today: date) -> None:
    company = make_company(SMALL, today=today, password_hash="hash")
    assert company.frames["demand_history"]["day"].max() == np.datetime64(today - timedelta(days=1))
    assert len(company.frames["forecast_run"]) >= 10


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_those_of_the_table_and_filled_where_they_must_be(company: DemoCompany, table: str) -> None:
    frame, columns = company.frames[table], METADATA[table].columns
    assert set(frame.columns) <= set(columns.keys())
    for column in columns:
        required = not column.nullable and column.server_default is None and column.identity is None
        if required:
            assert frame[column.name].notna().all(), column.name


@pytest.mark.parametrize("table", TABLES)
def test_keys_are_unique(company: DemoCompany, table: str) -> None:
    frame, found = company.frames[table], METADATA[table]
    key = [column.name for column in found.primary_key]
    # Where nothing refers to a row, the database gives the numbers.
    assert set(key) == {"id"} - set(frame) or not frame.duplicated(key).any()
    for constraint in found.constraints:
        if isinstance(constraint, UniqueConstraint):
            together = [column.name for column in constraint.columns if column.name in frame]
            nulls_differ = not constraint.dialect_options["postgresql"]["nulls_not_distinct"]
            keys = frame[together].dropna() if nulls_differ else frame[together]
            assert not together or not keys.duplicated().any()


@pytest.mark.parametrize("table", TABLES)
def test_references_lead_somewhere(company: DemoCompany, table: str) -> None:
    for key in METADATA[table].foreign_keys:
        target = key.column.table.name
        if target in company.frames and key.parent.name in company.frames[table]:
            known = company.frames[target][key.column.name]
            assert company.frames[table][key.parent.name].dropna().isin(known).all(), key


@pytest.mark.parametrize("table", TABLES)
def test_states_and_kinds_are_among_those_allowed(company: DemoCompany, table: str) -> None:
    for constraint in METADATA[table].constraints:
        text = str(constraint.sqltext) if isinstance(constraint, CheckConstraint) else ""
        column, _in, values = text.partition(" in ")
        if column in company.frames[table] and " or " not in text:
            allowed = {value.strip(" '()") for value in values.split(",")}
            assert set(company.frames[table][column].dropna()) <= allowed


def test_stock_is_never_negative_and_ends_as_the_lots(company: DemoCompany) -> None:
    moved = company.frames["stock_movement"].groupby([*KEYS, "day"])["quantity"].sum()
    balance = moved.groupby(level=KEYS).cumsum()
    assert balance.min() > -0.0005
    end = balance.groupby(level=KEYS).last()
    lots = company.frames["stock_lot"].groupby(KEYS)["quantity"].sum().reindex(end.index, fill_value=0)
    pd.testing.assert_series_equal(end.round(3) + 0.0, lots.round(3), check_names=False, check_exact=False, atol=0.001)


def test_sales_leave_stock_as_they_are_booked(company: DemoCompany) -> None:
    moved, sold = company.frames["stock_movement"], company.frames["demand_history"]
    finished = company.frames["product"].query("kind == 'finished'")["id"]
    issued = -moved[(moved["kind"] == "issue") & moved["product_id"].isin(finished)].set_index(["day", *KEYS])[
        "quantity"
    ]
    booked = sold[sold["day"] >= moved["day"].min()].groupby(["day", *KEYS])["quantity"].sum()
    pd.testing.assert_series_equal(issued.sort_index(), booked.astype(float), check_names=False)


def test_materials_are_issued_at_the_plant_day_by_day(company: DemoCompany) -> None:
    moved, products = company.frames["stock_movement"], company.frames["product"]
    bought = products[products["kind"].isin(["material", "packaging"])]["id"]
    issued = moved[(moved["kind"] == "issue") & moved["product_id"].isin(bought)]
    assert (issued["location_id"] == 1).all()
    assert (issued["quantity"] < 0).all()
    assert set(issued["product_id"]) == set(bought)
    days_with_issues = issued.groupby("product_id")["day"].nunique()
    assert days_with_issues.median() > 100


def test_demand_is_sold_in_whole_units_for_money(company: DemoCompany) -> None:
    sold = company.frames["demand_history"]
    assert (sold["quantity"] > 0).all()
    assert (sold["revenue"] > 0).all()
    assert sold["day"].max() == company.basis.calendar.days[company.basis.calendar.history - 1]


def test_every_product_sells_in_one_or_two_places_through_two_to_five_channels(default: DemoCompany) -> None:
    by_product = default.demand.series.groupby("product_id")
    assert set(by_product["location_id"].nunique()) == {1, 2}
    assert set(by_product["channel_id"].nunique()) == {2, 3, 4, 5}
    assert len(default.frames["demand_history"]) > 600_000


def test_receipts_add_up_to_what_lines_received(company: DemoCompany) -> None:
    lines, receipts = company.frames["purchase_order_line"], company.frames["receipt"]
    came = receipts.groupby("line_id")["quantity"].sum().reindex(lines["id"], fill_value=0).to_numpy()
    assert np.allclose(came, lines["received_quantity"])
    assert (lines["received_quantity"] <= lines["quantity"]).all()
    assert (receipts["received_on"] < np.datetime64(company.basis.calendar.today)).all()
    done = lines["status"] == "received"
    assert (lines["actual_on"].notna() == done).all()
    last = receipts.groupby("line_id")["received_on"].max().reindex(lines.loc[done, "id"]).to_numpy()
    assert (last == lines.loc[done, "actual_on"].to_numpy()).all()


def test_orders_keep_the_terms_of_their_supplier(company: DemoCompany) -> None:
    lines = company.frames["purchase_order_line"].merge(
        company.frames["purchase_order"][["id", "supplier_id", "status"]].add_prefix("order_"), on="order_id"
    )
    terms = company.frames["supplier_item"].rename(columns={"supplier_id": "order_supplier_id"})
    lines = lines.merge(terms, on=["order_supplier_id", "product_id"])
    assert len(lines) == len(company.frames["purchase_order_line"])
    assert (lines["quantity"] % lines["multiple"] == 0).all()
    assert (lines["quantity"] >= lines["moq"]).all()


def test_orders_are_closed_when_nothing_is_due(company: DemoCompany) -> None:
    lines, orders = company.frames["purchase_order_line"], company.frames["purchase_order"].set_index("id")
    due = lines["status"].isin(["open", "confirmed"]).groupby(lines["order_id"]).any()
    assert (orders["status"].ne("closed") == due.reindex(orders.index)).all()
    assert (orders["sent_at"].isna() == (orders["status"] == "draft")).all()
    confirmed = lines["status"].isin(["confirmed", "received"])
    assert (lines["first_confirmed_on"].notna() == confirmed).all()
    assert (lines.loc[confirmed, "latest_confirmed_on"] >= lines.loc[confirmed, "first_confirmed_on"]).all()


def test_purchases_know_late_and_split_and_short_receipts(company: DemoCompany) -> None:
    lines, receipts = company.frames["purchase_order_line"], company.frames["receipt"]
    done = lines[lines["status"] == "received"]
    assert 0.1 < (done["actual_on"] > done["first_confirmed_on"]).mean() < 0.8
    assert (receipts.groupby("line_id").size() == 2).sum() > 20
    assert 0.005 < (done["received_quantity"] < done["quantity"]).mean() < 0.08


def test_portal_suppliers_have_lines_to_confirm(company: DemoCompany) -> None:
    lines, orders = company.frames["purchase_order_line"], company.frames["purchase_order"].set_index("id")
    answered = company.frames["supplier_response"]
    to_confirm = lines[
        (lines["status"] == "open")
        & (lines["order_id"].map(orders["status"]) == "sent")
        & ~lines["id"].isin(answered["line_id"])
    ]
    count = to_confirm["order_id"].map(orders["supplier_id"]).value_counts()
    assert count[1] >= 2
    assert count[2] >= 2
    assert (answered["status"] == "pending").sum() == 1
    assert (answered.loc[answered["kind"] == "counter", "reason"].notna()).all()


def test_deliveries_stay_within_their_lines(company: DemoCompany) -> None:
    lines, today = company.frames["sales_order_line"], np.datetime64(company.basis.calendar.today)
    orders = company.frames["sales_order"].set_index("id")
    assert (lines["quantity"] > 0).all()
    assert (lines["delivered_quantity"] <= lines["quantity"]).all()
    delivered = lines["status"] == "delivered"
    assert (lines["delivered_on"].notna() == delivered).all()
    assert (lines["delivered_on"].dropna() < today).all()
    assert (lines["requested_on"] > lines["order_id"].map(orders["ordered_on"])).all()
    assert (orders["ordered_on"] < today).all()
    assert ((lines["status"] == "open") & (lines["requested_on"] >= today)).sum() >= 5


def test_service_to_customers_is_realistic(company: DemoCompany) -> None:
    lines, today = company.frames["sales_order_line"], np.datetime64(company.basis.calendar.today)
    due = lines[(lines["first_confirmed_on"] < today) & (lines["status"] != "cancelled")]
    on_time = due["delivered_on"] <= due["first_confirmed_on"]
    in_full = due["delivered_quantity"] >= due["quantity"]
    assert 0.92 <= (on_time & in_full).mean() <= 0.955


def test_production_makes_no_more_than_ordered(company: DemoCompany) -> None:
    orders = company.frames["production_order"]
    assert (orders["made_quantity"] <= orders["quantity"]).all()
    assert ((orders["status"] == "done") == orders["finished_on"].notna()).all()
    assert (orders["starts_on"] < orders["due_on"]).all()
    made = set(company.frames["bom"]["product_id"])
    assert set(orders["product_id"]) <= made
    for oem in (1, 2):
        states = set(orders.loc[orders["oem_id"] == oem, "status"])
        assert "done" in states
        assert states & {"planned", "released", "running"}


def test_recipes_reach_bought_items_over_more_than_one_level(company: DemoCompany) -> None:
    products, bom = company.frames["product"].set_index("id"), company.frames["bom"].set_index("id")
    lines = company.frames["bom_line"]
    parent = lines["bom_id"].map(bom["product_id"]).map(products["kind"])
    component = lines["component_id"].map(products["kind"])
    assert ((parent == "finished") & (component == "semi_finished")).any()
    assert ((parent == "semi_finished") & (component == "material")).any()
    assert set(component) <= {"semi_finished", "material", "packaging"}
    bought = set(company.frames["supplier_item"]["product_id"])
    assert set(lines.loc[component != "semi_finished", "component_id"]) <= bought
    assert bought & set(products.index[products["kind"] == "finished"])


def test_lines_of_the_plant_can_do_their_load(company: DemoCompany) -> None:
    resources = company.frames["resource"]
    assert resources["hours_per_week"].between(8, 168).all()
    assert set(company.frames["routing"]["product_id"]) == set(company.frames["bom"]["product_id"])


def test_there_is_something_to_worry_about(company: DemoCompany) -> None:
    calendar, lots = company.basis.calendar, company.frames["stock_lot"]
    pairs = company.demand.pairs
    daily = pd.Series(company.flows[0].items.need[-28:].mean(axis=0), index=pd.MultiIndex.from_frame(pairs))
    on_hand = lots.groupby(KEYS)["quantity"].sum().reindex(daily.index, fill_value=0)
    many = company.basis.scale.name == "default"
    assert ((on_hand == 0) & (daily > 1)).sum() >= (5 if many else 1)
    assert ((on_hand > 45 * daily) & (daily > 0)).sum() >= (5 if many else 1)
    expiring = lots["expires_on"] - np.datetime64(calendar.today) <= np.timedelta64(45, "D")
    assert expiring.sum() >= (5 if many else 1)
    lines = company.frames["purchase_order_line"]
    late = lines["status"].eq("confirmed") & (lines["latest_confirmed_on"] < np.datetime64(calendar.today))
    assert late.sum() >= (5 if many else 1)


def test_life_cycles_match_their_dates(company: DemoCompany) -> None:
    goods, today = company.frames["product"].query("kind == 'finished'"), company.basis.calendar.today
    by_state = goods.groupby("life_cycle")
    assert {"planned", "launch", "active", "phase_out", "retired"} == set(by_state.groups)
    assert all(day > today for day in goods.loc[goods["life_cycle"] == "planned", "launched_on"])
    assert all(day < today for day in goods.loc[goods["life_cycle"] == "retired", "ends_on"])
    sold = company.frames["demand_history"].groupby("product_id")["day"].agg(["min", "max"])
    ended = goods[goods["life_cycle"] == "retired"].set_index("id")["ends_on"]
    assert (sold["max"].reindex(ended.index).dt.date <= ended).all()
    planned = goods.loc[goods["life_cycle"] == "planned", "id"]
    assert not sold.index.isin(planned).any()


def test_halal_states_have_their_dates(company: DemoCompany) -> None:
    products, today = company.frames["product"], company.basis.calendar.today
    dated = products["halal"].isin(["certified", "expired"])
    assert (products["halal_until"].notna() == dated).all()
    assert all(day < today for day in products.loc[products["halal"] == "expired", "halal_until"])
    assert all(day >= today for day in products.loc[products["halal"] == "certified", "halal_until"])
    assert {"certified", "expired", "pending", "not_applicable"} == set(products["halal"])


def test_canaries_are_on_all_orders_of_the_small_company_only(small: DemoCompany, default: DemoCompany) -> None:
    for table in ("purchase_order", "sales_order", "production_order"):
        assert small.frames[table]["internal_note"].str.startswith("CANARY-").all()
        assert not default.frames[table]["internal_note"].str.contains("CANARY", na=False).any()
        assert 0.01 < default.frames[table]["internal_note"].notna().mean() < 0.1
    orders = small.frames["purchase_order"]
    assert orders.loc[orders["supplier_id"] == 2, "internal_note"].str.contains("SUP-002").all()


def test_people_of_every_role_and_two_partners_of_each_kind(company: DemoCompany) -> None:
    users, companies = company.frames["app_user"], company.frames["company"].set_index("id")
    assert users["role"].value_counts().to_dict() == {
        **dict.fromkeys(["planner", "executive", "analyst", "sales", "marketing", "finance", "admin"], 1),
        **dict.fromkeys(["supplier", "customer", "oem"], 2),
    }
    for kind in ("supplier", "customer", "oem"):
        theirs = users.loc[users["role"] == kind, "company_id"]
        assert theirs.nunique() == 2
        assert set(companies.loc[theirs, "kind"]) == {kind}
        assert set(company.frames[kind]["company_id"].dropna()) == set(theirs)
    for customer in (1, 2):
        assert (company.frames["sales_order"]["customer_id"] == customer).sum() > 50
