"""What the stocking policy of an item is made of: its demand, its lead time, its terms, and where each comes from."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.service import lead_time_statistics
from data.queries import inventory, policies
from data.queries.inventory import Item
from services.stocking_rules import StockingRules

KEYS = ["product_id", "location_id"]
# Between the 10 and the 90 % quantile of a normal distribution lie so many standard deviations.
BAND_WIDTH_SD = 2.5631031310892007


def policy_inputs(session: Session, rules: StockingRules, *, as_of: date, item: Item | None = None) -> pd.DataFrame:
    """The inputs of analytics.item_policies for all items with stock, orders, forecast or usage, or for one.

    Inputs: the open session, the rules in force, the data date, and the item if only one is asked for.
    Returns: frame indexed by product and location: the columns of analytics.item_policies, and demand_source
        (forecast, usage, none), run_id, supplier_id, agreed_lead_time_days, lead_time_source (receipts, terms,
        production), lead_time_receipts, service_target_fixed, version.
    Raises: nothing of its own.
    Source: formulas.md 3.6; lead times per item and supplier, never one for all (product.md).
    """
    demand = pd.concat([_forecast(session, rules, as_of, item), _usage(session, rules, as_of, item)])
    demand = demand[~demand.index.duplicated()]
    held = inventory.stock(session, as_of=as_of, item=item).set_index(KEYS)
    targets = policies.targets(session, item=item).set_index(KEYS)
    items = pd.DataFrame(index=demand.index.union(held.index).union(targets.index).set_names(KEYS))
    items = items.join(demand).join(targets)
    items = items.join(policies.products(session).set_index("product_id"), on="product_id")
    items = items.join(_terms(session, rules, as_of), on="product_id")
    _complete_demand(items)
    _complete_rules(items, rules)
    return items


def _forecast(session: Session, rules: StockingRules, as_of: date, item: Item | None) -> pd.DataFrame:
    """Of each series the newest run that covers the coming days."""
    until = as_of + timedelta(days=int(rules.demand_window_days))
    found = [pd.DataFrame(columns=[*KEYS, "demand_class", "daily_demand", "daily_range", "run_id"])]
    for run in policies.forecast_runs(session, as_of=as_of, until=until):
        part = policies.forecast_demand(
            session, run_id=run.id, frequency=run.frequency, as_of=as_of, until=until, item=item
        )
        found.append(part.assign(run_id=run.id))
        if not any(run.scope.values()):
            break
    parts = [part for part in found if len(part)] or found
    demand = pd.concat(parts).drop_duplicates(KEYS).set_index(KEYS)
    return pd.DataFrame(
        {
            "mean_daily_demand": demand["daily_demand"].astype("float64"),
            "daily_demand_sd": demand["daily_range"].astype("float64") / BAND_WIDTH_SD,
            "demand_class": demand["demand_class"],
            "demand_source": "forecast",
            "run_id": demand["run_id"].astype("float64"),
        }
    )


def _usage(session: Session, rules: StockingRules, as_of: date, item: Item | None) -> pd.DataFrame:
    found = policies.usage(session, as_of=as_of, days=int(rules.usage_days), item=item).set_index(KEYS)
    return pd.DataFrame(
        {
            "mean_daily_demand": found["daily_demand"].astype("float64"),
            "daily_demand_sd": found["daily_sd"].astype("float64"),
            "demand_class": None,
            "demand_source": "usage",
            "run_id": np.nan,
        }
    )


def _complete_demand(items: pd.DataFrame) -> None:
    """What is used in production and was not issued has no demand; neither has what is no longer sold.

    Such an item needs no stock, however long it would take to come.
    """
    idle = (items["demand_source"].isna() & (items["kind"] != "finished")) | (items["life_cycle"] == "retired")
    items.loc[idle, ["mean_daily_demand", "daily_demand_sd"]] = 0.0
    items.loc[idle, "demand_source"] = "none"
    items.loc[idle & items["lead_time_days"].isna(), "lead_time_days"] = 0.0


def _terms(session: Session, rules: StockingRules, as_of: date) -> pd.DataFrame:
    """Supplier, terms and lead time by product: measured where there are receipts enough, else agreed."""
    since = as_of - timedelta(days=int(rules.lead_time_history_days))
    receipts = policies.receipts(session, since=since, as_of=as_of)
    terms = inventory.terms(session).set_index("product_id")
    own = lead_time_statistics(receipts, by=["supplier_id", "product_id"])
    supplier = lead_time_statistics(receipts, by=["supplier_id"]).add_suffix("_supplier")
    terms = terms.join(own, on=["supplier_id", "product_id"]).join(supplier, on="supplier_id")
    made = policies.finished_production(session, since=since, as_of=as_of)
    made_terms = _made(lead_time_statistics(made, by=["product_id"]), rules)
    return pd.concat([_bought(terms, rules), made_terms[~made_terms.index.isin(terms.index)]])


def _bought(terms: pd.DataFrame, rules: StockingRules) -> pd.DataFrame:
    measured = terms["receipts"] >= rules.lead_time_receipts
    supplier_known = terms["receipts_supplier"] >= rules.lead_time_receipts
    agreed = terms["lead_time_days"].astype("float64")
    return pd.DataFrame(
        {
            "supplier_id": terms["supplier_id"].astype("float64"),
            "price": terms["price"].astype("float64"),
            "moq": terms["moq"].astype("float64"),
            "order_multiple": terms["multiple"].astype("float64"),
            "agreed_lead_time_days": agreed,
            "lead_time_days": terms["mean_days"].where(measured, agreed),
            "lead_time_sd_days": terms["sd_days"].where(measured, terms["sd_days_supplier"].where(supplier_known)),
            "lead_time_source": np.where(measured, "receipts", "terms"),
            "lead_time_receipts": terms["receipts"].where(measured, terms["receipts_supplier"]).fillna(0.0),
        }
    )


def _made(statistics: pd.DataFrame, rules: StockingRules) -> pd.DataFrame:
    """What we make ourselves is there when its production is done."""
    known = statistics[statistics["receipts"] > 0]
    enough = known["receipts"] >= rules.lead_time_receipts
    return pd.DataFrame(
        {
            "lead_time_days": known["mean_days"],
            "lead_time_sd_days": known["sd_days"].where(enough),
            "lead_time_source": "production",
            "lead_time_receipts": known["receipts"].astype("float64"),
        }
    )


def _complete_rules(items: pd.DataFrame, rules: StockingRules) -> None:
    cost = items.pop("unit_cost").astype("float64").fillna(items["price"])
    # A target is the person's own where fixed, else the company's of today.
    fixed = items["service_target_fixed"].fillna(False).astype(bool)
    items["service_target_fixed"] = fixed
    items["service_level"] = items.pop("service_target").astype("float64").where(fixed, rules.service_target)
    items["version"] = items["version"].fillna(1).astype(int)
    items["measure"], items["method"] = "cycle", "reorder_point"
    items["review_days"] = rules.review_days
    items["cover_days"] = rules.cover_days
    items["order_cost"] = rules.order_cost
    items["holding_cost_per_unit_year"] = cost * rules.holding_rate
    sold_in_time = items["mean_daily_demand"] * items.pop("shelf_life_days").astype("float64") * rules.shelf_life_share
    items["max_order_quantity"] = sold_in_time.where(sold_in_time > 0)
