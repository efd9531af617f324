"""Booked sales by day, and the orders of the key accounts, which are a part of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.basis import Basis
from data.demo.calendar import Calendar
from data.demo.demand import Demand
from data.demo.frames import days_or_none, numbered, order_numbers, rows
from data.demo.network import PENANG
from data.demo.notes import internal_notes
from data.demo.rules import CHANNELS, ChannelRule
from data.demo.scale import stream

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ORDER_DAYS = 455
KEY_ACCOUNT_SHARE = 0.6  # of what a channel sells of a product it carries
ASSORTMENT = (12, 26)  # products a customer carries
LATER_CONFIRMED_SHARE = 0.06
CANCELLED_SHARE = 0.006
BACKORDER_DAYS = (4, 9)
ORDER_KEYS = ["ordered", "customer_id", "location_id", "requested"]


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """A key account: its share of each series (0: not carried)."""

    customer_id: int
    rule: ChannelRule
    share: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Wanted and sold of each series up to each day; of the days to come both are the mean."""

    wanted: Floats
    sold: Floats


def booked_sales(basis: Basis, demand: Demand, sold: Ints) -> pd.DataFrame:
    """Table demand_history: one bucket a day of product, location and channel, where anything was sold."""
    products = basis.catalogue.products.set_index("id")["code"]
    places = basis.network.locations.set_index("id")["code"]
    series = demand.series
    keys = [
        f"{products[row.product_id]}/{places[row.location_id]}/{CHANNELS[row.channel_id - 1].code}"
        for row in rows(series)
    ]
    day, row = np.nonzero(sold.T)
    quantity = sold[row, day]
    price = _list_prices(basis, series)[row] * (1 - demand.discount[row, day])
    return pd.DataFrame(
        {
            "day": basis.calendar.days[day],
            "source_key": np.array(keys, dtype=object)[row],
            "product_id": series["product_id"].to_numpy()[row],
            "location_id": series["location_id"].to_numpy()[row],
            "channel_id": series["channel_id"].to_numpy()[row],
            "quantity": quantity,
            "revenue": np.round(quantity * price, 2),
        }
    )


def sales_frames(basis: Basis, demand: Demand, sold: Ints) -> dict[str, pd.DataFrame]:
    """Tables sales_order and sales_order_line."""
    calendar = basis.calendar
    totals = _totals(demand, sold, calendar)
    parts = [_lines_of(account, demand, totals, calendar) for account in _accounts(basis, demand)]
    lines = pd.concat(parts, ignore_index=True)
    lines = lines[(lines["quantity"] > 0) & (lines["ordered"] < calendar.history)]
    lines = lines.sort_values([*ORDER_KEYS, "product_id"], ignore_index=True)
    lines["order_id"] = lines.groupby(ORDER_KEYS).ngroup() + 1
    lines["line_no"] = lines.groupby("order_id").cumcount() + 1
    _deliver(lines, calendar)
    price = _list_prices(basis, demand.series)[lines["series"]]
    lines["unit_price"] = np.round(price * (1 - demand.discount[lines["series"], lines["requested"]]), 4)
    return {"sales_order": _orders(basis, lines), "sales_order_line": _line_table(numbered(lines), calendar)}


def _list_prices(basis: Basis, series: pd.DataFrame) -> Floats:
    shares = np.array([rule.price_share for rule in CHANNELS])
    price = basis.catalogue.products.set_index("id")["unit_price"].reindex(series["product_id"])
    return np.asarray(price.to_numpy() * shares[series["channel_id"] - 1])


def _totals(demand: Demand, sold: Ints, calendar: Calendar) -> Totals:
    coming = demand.mean[:, calendar.history :]
    return Totals(
        np.cumsum(np.concatenate([demand.wanted, coming], axis=1), axis=1),
        np.cumsum(np.concatenate([sold, coming], axis=1), axis=1),
    )


def _accounts(basis: Basis, demand: Demand) -> Iterator[Account]:
    """What part of each series a customer buys: carriers share by their weights."""
    rng = stream("assortments")
    customers = basis.network.customers
    carried = np.zeros((len(customers), len(demand.series)))
    for place, customer in enumerate(rows(customers)):
        offered = _offered(demand.series, channel_id=customer.channel_id, north=customer.region == "Northern")
        count = min(int(rng.integers(*ASSORTMENT)), len(offered))
        carried[place, rng.choice(offered, count, replace=False)] = basis.network.weights[place]
    total = carried.sum(axis=0)
    shares = KEY_ACCOUNT_SHARE * carried / np.where(total > 0, total, 1.0)
    for customer, share in zip(rows(customers), shares, strict=True):
        yield Account(int(customer.id), CHANNELS[customer.channel_id - 1], share)


def _offered(series: pd.DataFrame, *, channel_id: int, north: bool) -> Ints:
    """Series of the channel: from Penang in the north where it is sold there, from the main store elsewhere."""
    own = series[series["channel_id"] == channel_id]
    near = own["location_id"] == PENANG
    reachable = own[near | ~own["product_id"].isin(own.loc[near, "product_id"])] if north else own[~near]
    return np.asarray(reachable.index)


def _lines_of(account: Account, demand: Demand, totals: Totals, calendar: Calendar) -> pd.DataFrame:
    """All lines of a customer, days as calendar index: each order is for what it sells until the next one."""
    rule = account.rule
    due = _delivery_days(account, calendar)
    row = np.flatnonzero(account.share)
    since = np.concatenate([[max(due[0] - rule.order_every_days, 0)], due[:-1]])
    wanted = totals.wanted[row][:, due] - totals.wanted[row][:, since]
    sold = totals.sold[row][:, due] - totals.sold[row][:, since]
    quantity = np.rint(wanted * account.share[row][:, None])
    ratio = np.where(wanted > 0, sold / np.where(wanted > 0, wanted, 1.0), 1.0)
    early = stream(f"customer {account.customer_id}").integers(0, 2, len(due))
    ordered = due - np.maximum(rule.order_notice_days - early, 1)
    return pd.DataFrame(
        {
            "customer_id": account.customer_id,
            "location_id": np.repeat(demand.series["location_id"].to_numpy()[row], len(due)),
            "product_id": np.repeat(demand.series["product_id"].to_numpy()[row], len(due)),
            "series": np.repeat(row, len(due)),
            "late_share": rule.late_share,
            "requested": np.tile(due, len(row)),
            "ordered": np.tile(ordered, len(row)),
            "quantity": quantity.ravel().astype(np.int64),
            "ratio": ratio.ravel(),
        }
    )


def _delivery_days(account: Account, calendar: Calendar) -> Ints:
    rule = account.rule
    first = max(calendar.history - ORDER_DAYS, rule.order_every_days) + account.customer_id % rule.order_every_days
    due = np.arange(first, calendar.history + rule.order_notice_days, rule.order_every_days)
    closed = np.array([factor == 0 for factor in rule.weekdays])
    for _ in range(2):  # from Saturday and Sunday to Monday
        due = due + closed[calendar.weekdays[due]]
    return due


def _deliver(lines: pd.DataFrame, calendar: Calendar) -> None:
    """Short where stock was short, late now and then; what was not there at all comes later in full."""
    rng = stream("deliveries")
    count, today = len(lines), calendar.history
    # A customer's order is confirmed as one.
    order = lines["order_id"].to_numpy() - 1
    orders = int(order.max()) + 1
    later = np.where(rng.random(orders) < LATER_CONFIRMED_SHARE, rng.integers(1, 3, orders), 0)[order]
    late = np.where(rng.random(count) < lines["late_share"], rng.integers(1, 5, count), 0)
    lines["confirmed"] = lines["requested"] + later
    missing = lines["ratio"] <= 0
    lines["delivery"] = lines["confirmed"] + np.where(missing, rng.integers(*BACKORDER_DAYS, count), late)
    full = missing | (lines["ratio"] >= 1)
    part = np.minimum(np.floor(lines["quantity"] * lines["ratio"]), lines["quantity"])
    lines["delivered"] = np.where(full, lines["quantity"], np.maximum(part, 1))
    cancelled = rng.random(count) < CANCELLED_SHARE
    lines["status"] = np.select([cancelled, lines["delivery"] < today], ["cancelled", "delivered"], "open")
    lines["answered"] = lines["ordered"] < today - 1


def _orders(basis: Basis, lines: pd.DataFrame) -> pd.DataFrame:
    orders = lines.drop_duplicates("order_id")
    numbers = pd.Series(
        order_numbers("SO", orders["order_id"], orders["ordered"], basis.calendar), index=orders.index
    )  # fmt: skip
    codes = orders["customer_id"].map(basis.network.customers.set_index("id")["code"])
    return pd.DataFrame(
        {
            "id": orders["order_id"],
            "number": numbers,
            "customer_id": orders["customer_id"],
            "location_id": orders["location_id"],
            "ordered_on": basis.calendar.days[orders["ordered"]],
            "internal_note": internal_notes("sales", codes, numbers, basis.scale),
        }
    )


def _line_table(lines: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    delivered = lines["status"] == "delivered"
    return pd.DataFrame(
        {
            "id": lines["id"],
            "order_id": lines["order_id"],
            "line_no": lines["line_no"],
            "product_id": lines["product_id"],
            "quantity": lines["quantity"],
            "unit_price": lines["unit_price"],
            "requested_on": calendar.days[lines["requested"]],
            "first_confirmed_on": days_or_none(lines["confirmed"], lines["answered"], calendar),
            "delivered_on": days_or_none(lines["delivery"], delivered, calendar),
            "delivered_quantity": np.where(delivered, lines["delivered"], 0),
            "status": lines["status"],
        }
    )
