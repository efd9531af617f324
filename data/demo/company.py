"""The whole demo company as frames, one a table, in the order in which they refer to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from data.demo.calendar import Calendar, demo_calendar
from data.demo.demand import Demand, expected_by_pair, make_demand
from data.demo.finished import sold_by_series, stock_finished
from data.demo.flows import Flow
from data.demo.history import month_totals, published_forecasts
from data.demo.materials_flow import daily_use, stock_bought, stock_kitchen
from data.demo.movements import stock_lots, stock_movements
from data.demo.network import Network, make_network, make_supplier_items
from data.demo.people import PORTAL_COMPANIES, make_companies, make_users
from data.demo.production import capacity_frames, production_orders
from data.demo.products import Catalogue, make_catalogue
from data.demo.purchasing import order_lines, purchase_frames
from data.demo.sales import booked_sales, sales_frames
from data.demo.scale import HORIZON_DAYS, Scale

TABLES = (
    *("company", "app_user", "location", "channel", "customer", "supplier", "oem", "product", "bom", "bom_line"),
    *("resource", "routing", "supplier_item", "demand_history", "sales_order", "sales_order_line"),
    *("purchase_order", "purchase_order_line", "receipt", "supplier_response", "production_order"),
    *("stock_lot", "stock_movement", "forecast_run", "forecast_series", "forecast_value"),
)
YEAR_DAYS = 365


@dataclass(frozen=True, slots=True, eq=False)
class DemoCompany:
    """``frames`` by table, columns as in the table; the rest is what tests compare with the rules."""

    frames: dict[str, pd.DataFrame]
    calendar: Calendar
    network: Network
    catalogue: Catalogue
    demand: Demand
    flows: list[Flow]


def make_company(scale: Scale, *, today: date, password_hash: str) -> DemoCompany:
    """Generate everything. The same arguments give the same frames."""
    calendar = demo_calendar(today, history=scale.history_days, horizon=HORIZON_DAYS)
    catalogue = make_catalogue(scale, today=today, first_day=calendar.start)
    network = make_network(scale, portal_companies=PORTAL_COMPANIES)
    demand = make_demand(catalogue, calendar, scale)
    terms = _terms(catalogue, demand, network, calendar)
    rules = network.supplier_rules
    finished = stock_finished(demand, catalogue, calendar, scale, terms=terms, rules=rules)
    kitchen = stock_kitchen(catalogue, calendar, finished)
    materials = stock_bought(
        catalogue, calendar, scale, users=[finished, *kitchen], terms=terms, rules=rules
    )  # fmt: skip
    flows = [finished, *kitchen, materials]
    frames = {
        "company": make_companies(),
        "app_user": make_users(password_hash),
        "location": network.locations,
        "channel": network.channels,
        "customer": network.customers,
        "supplier": network.suppliers,
        "oem": network.oems,
        "product": catalogue.products,
        "bom": catalogue.bom,
        "bom_line": catalogue.bom_line,
        "supplier_item": terms,
    }
    frames |= _facts(scale, calendar, catalogue, network, demand, flows, terms)
    return DemoCompany({name: frames[name] for name in TABLES}, calendar, network, catalogue, demand, flows)


def _terms(catalogue: Catalogue, demand: Demand, network: Network, calendar: Calendar) -> pd.DataFrame:
    """Terms of all bought items, their lot sizes made for last year's use."""
    last_year = slice(max(calendar.history - YEAR_DAYS, 0), calendar.history)
    per_day = pd.Series(expected_by_pair(demand)[:, last_year].mean(axis=1)).groupby(demand.pairs["product_id"]).sum()
    use = daily_use(catalogue, {int(str(number)): float(mean) for number, mean in per_day.items()})
    products = catalogue.products
    bought = products.loc[products["id"].isin(list(catalogue.groups)), ["id", "kind", "unit_cost"]]
    return make_supplier_items(
        bought.assign(group=bought["id"].map(catalogue.groups), daily_use=bought["id"].map(use)),
        network.supplier_rules,
    )


def _facts(
    scale: Scale,
    calendar: Calendar,
    catalogue: Catalogue,
    network: Network,
    demand: Demand,
    flows: list[Flow],
    terms: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    sold = sold_by_series(demand, flows[0])
    purchases = order_lines(flows, terms, network.supplier_rules, calendar)
    frames = purchase_frames(purchases, catalogue.products, network.suppliers, calendar, scale)
    frames["production_order"] = production_orders(flows, catalogue, network.oems, calendar, scale)
    frames |= capacity_frames(catalogue, frames["production_order"], calendar)
    frames["demand_history"] = booked_sales(demand, sold, catalogue, network, calendar)
    frames |= sales_frames(demand, sold, catalogue, network, calendar, scale)
    frames["stock_lot"] = stock_lots(flows, catalogue.products, calendar)
    frames["stock_movement"] = stock_movements(
        flows,
        purchases=purchases,
        receipts=frames["receipt"],
        production=frames["production_order"],
        calendar=calendar,
    )
    months = month_totals(calendar.days[: calendar.history], flows[0].past.issued.T, demand.pairs)
    products = catalogue.products
    ends = dict(products.loc[products["ends_on"].notna(), ["id", "ends_on"]].itertuples(index=False))
    frames |= published_forecasts(months, ends, today=calendar.today)
    return frames
