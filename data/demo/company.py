"""The whole demo company as frames, one a table, in the order in which they refer to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from data.demo.basis import Basis
from data.demo.calendar import demo_calendar
from data.demo.certificates import make_certificates
from data.demo.demand import Demand, expected_by_pair, make_demand
from data.demo.finished import sold_by_series, stock_finished
from data.demo.flows import Flow
from data.demo.history import month_totals, published_forecasts
from data.demo.lanes import make_lanes
from data.demo.materials_flow import daily_use, stock_bought, stock_kitchen
from data.demo.movements import stock_lots, stock_movements
from data.demo.network import make_network, make_supplier_items
from data.demo.people import PORTAL_COMPANIES, make_companies, make_users
from data.demo.plan import make_overrides, make_targets
from data.demo.plant_calendar import make_resource_days
from data.demo.portal import TABLES as PORTAL_TABLES
from data.demo.portal import portal_frames
from data.demo.portal_documents import with_ending_soon
from data.demo.portal_oem import oem_materials
from data.demo.portal_recipes import with_versions_to_come
from data.demo.prices import make_list_prices, make_price_breaks
from data.demo.production import capacity_frames, production_orders
from data.demo.products import make_catalogue
from data.demo.promotions import PROMOTED, planning_events, with_expectations
from data.demo.published_plans import published_plans, with_scopes
from data.demo.purchasing import order_lines, purchase_frames
from data.demo.sales import booked_sales, sales_frames
from data.demo.scale import HORIZON_DAYS, Scale
from data.demo.sop_cycles import sop_cycles
from data.demo.successions import make_successions
from data.demo.units import make_packs, make_units

TABLES = (
    *("company", "app_user", "location", "channel", "customer", "supplier", "oem", "unit_of_measure", "product"),
    *("product_pack", "product_succession", "bom", "bom_line", "bom_substitute", "resource", "resource_day", "routing"),
    *("supplier_item", "supplier_price_break", "lane", "list_price", "certificate", "planning_event"),
    *("forecast_override", "aop_target", "demand_history", "sales_order", "sales_order_line"),
    *("purchase_order", "purchase_order_line", "receipt", "supplier_response", "production_order"),
    *("stock_lot", "stock_movement", "forecast_run", "forecast_series", "forecast_value"),
    *("sop_cycle", "plan_version", "demand_plan_value", "demand_edit", "demand_edit_cell", "sop_step", "sop_decision"),
    *("customer_return", "order_template", "oem_material"),
    *("plan_risk", *PORTAL_TABLES),
)
YEAR_DAYS = 365


@dataclass(frozen=True, slots=True, eq=False)
class DemoCompany:
    """``frames`` by table, columns as in the table; the rest is what tests compare with the rules."""

    frames: dict[str, pd.DataFrame]
    basis: Basis
    demand: Demand
    flows: list[Flow]


def make_company(scale: Scale, *, today: date, password_hash: str) -> DemoCompany:
    """Generate everything. The same arguments give the same frames."""
    calendar = demo_calendar(today, history=scale.history_days, horizon=HORIZON_DAYS)
    catalogue = make_catalogue(scale, today=today, first_day=calendar.start)
    basis = Basis(scale, calendar, make_network(scale, portal_companies=PORTAL_COMPANIES), catalogue)
    demand = make_demand(basis)
    terms = _terms(basis, demand)
    finished = stock_finished(basis, demand, terms)
    kitchen = stock_kitchen(basis, finished)
    flows = [finished, *kitchen, stock_bought(basis, [finished, *kitchen], terms)]
    master, facts = _master(basis, terms, password_hash), _facts(basis, demand, flows, terms)
    master |= with_versions_to_come(master | facts, today=today)
    frames = master | facts | portal_frames(master, facts, calendar, canaries=scale.canaries)
    return DemoCompany({name: frames[name] for name in TABLES}, basis, demand, flows)


def _master(basis: Basis, terms: pd.DataFrame, password_hash: str) -> dict[str, pd.DataFrame]:
    network, catalogue, today = basis.network, basis.catalogue, basis.calendar.today
    products = catalogue.products
    goods = products[products["kind"] == "finished"]
    in_bulk = products[(products["kind"] == "material") & products["uom"].isin(["KG", "L"])]
    kilograms = pd.Series({number: good.pack.kilograms for number, good in catalogue.goods.items()})
    return {
        "company": make_companies(),
        "app_user": make_users(password_hash),
        "location": network.locations,
        "channel": network.channels,
        "customer": network.customers,
        "supplier": network.suppliers,
        "oem": network.oems,
        "unit_of_measure": make_units(),
        "product": products,
        "product_pack": make_packs(goods, kilograms, in_bulk),
        "product_succession": make_successions(products),
        "bom": catalogue.bom,
        "bom_line": catalogue.bom_line,
        "bom_substitute": catalogue.bom_substitute,
        "supplier_item": terms,
        "supplier_price_break": make_price_breaks(terms),
        "list_price": make_list_prices(goods, network.channels, today=today),
        "oem_material": oem_materials(catalogue),
        "certificate": with_ending_soon(
            make_certificates(products, network, today=today), network.suppliers, today=today
        ),
    }


def _terms(basis: Basis, demand: Demand) -> pd.DataFrame:
    """Terms of all bought items, their lot sizes made for last year's use."""
    catalogue, history = basis.catalogue, basis.calendar.history
    last_year = slice(max(history - YEAR_DAYS, 0), history)
    per_day = pd.Series(expected_by_pair(demand)[:, last_year].mean(axis=1)).groupby(demand.pairs["product_id"]).sum()
    use = daily_use(catalogue, dict(zip(per_day.index.tolist(), per_day.tolist(), strict=True)))
    products = catalogue.products
    bought = products.loc[products["id"].isin(list(catalogue.groups)), ["id", "kind", "unit_cost"]]
    return make_supplier_items(
        bought.assign(group=bought["id"].map(catalogue.groups), daily_use=bought["id"].map(use)),
        basis.network.supplier_rules,
    )


def _facts(basis: Basis, demand: Demand, flows: list[Flow], terms: pd.DataFrame) -> dict[str, pd.DataFrame]:
    calendar, finished, products = basis.calendar, flows[0], basis.catalogue.products
    sold = sold_by_series(demand, finished)
    purchases = order_lines(basis, flows, terms)
    frames = purchase_frames(basis, purchases)
    frames["lane"] = make_lanes(demand.pairs, products)
    frames["production_order"] = production_orders(basis, flows)
    frames |= capacity_frames(basis, frames["production_order"])
    frames["resource_day"] = make_resource_days(frames["resource"]["id"].tolist(), today=calendar.today)
    channels = basis.network.channels
    events = planning_events(demand.promotions, products, channels.iloc[PROMOTED])
    frames["planning_event"] = with_expectations(events, demand.promotions, today=calendar.today)
    frames["demand_history"] = booked_sales(basis, demand, sold)
    frames["forecast_override"] = make_overrides(frames["demand_history"], products, basis.network, calendar)
    frames["aop_target"] = make_targets(frames["demand_history"], products, basis.network, calendar)
    frames |= sales_frames(basis, demand, sold)
    frames["stock_lot"] = stock_lots(flows, products, calendar)
    frames["stock_movement"] = stock_movements(
        flows,
        purchases=purchases,
        receipts=frames["receipt"],
        production=frames["production_order"],
        calendar=calendar,
    )
    months = month_totals(calendar.days[: calendar.history], finished.past.issued.T, demand.pairs)
    ending = products.dropna(subset=["ends_on"])
    ends = dict(zip(ending["id"].tolist(), ending["ends_on"].tolist(), strict=True))
    prices = products.set_index("id")["unit_price"].astype(float)
    frames |= published_forecasts(months, ends, prices=prices, today=calendar.today)
    return frames | _planned(frames, products)


def _planned(frames: dict[str, pd.DataFrame], products: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What people made of the forecasts, cycle by cycle."""
    run = frames["forecast_run"]
    plans = published_plans(frames["demand_history"], run, frames["forecast_value"])
    plans["demand_edit"] = with_scopes(plans["demand_edit"], products)
    return plans | sop_cycles(run, plans["plan_version"])
