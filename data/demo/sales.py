"""Booked sales by day, and the orders of the key accounts, which are a part of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.calendar import Calendar
from data.demo.demand import Demand
from data.demo.frames import days_or_none, numbered, order_numbers
from data.demo.network import PENANG, Network
from data.demo.products import Catalogue
from data.demo.purchasing import internal_notes
from data.demo.rules import CHANNELS
from data.demo.scale import Scale, stream

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ORDER_DAYS = 455
KEY_ACCOUNT_SHARE = 0.6  # of what a channel sells of a product it carries
ASSORTMENT = (12, 26)  # products a customer carries
LATER_CONFIRMED_SHARE = 0.06
CANCELLED_SHARE = 0.006
BACKORDER_DAYS = (4, 9)
NOTES = (
    "Threatens to delist: serve first.",
    "Credit limit nearly used, ask finance.",
    "Discount beyond the price list, approved by the director.",
    "Promotion volume, will not repeat.",
)


def booked_sales(
    demand: Demand, sold: Ints, catalogue: Catalogue, network: Network, calendar: Calendar
) -> pd.DataFrame:
    """Table demand_history: one bucket a day of product, location and channel, where anything was sold."""
    products = catalogue.products.set_index("id")
    place = network.locations.set_index("id")["code"]
    series = demand.series
    keys = [
        f"{products.at[row.product_id, 'code']}/{place[row.location_id]}/{CHANNELS[row.channel_id - 1].code}"
        for row in series.itertuples()
    ]
    day, row = np.nonzero(sold.T)
    quantity = sold[row, day]
    price = _list_price(series, products)[row] * (1 - demand.discount[row, day])
    return pd.DataFrame(
        {
            "day": calendar.days[day],
            "source_key": np.array(keys, dtype=object)[row],
            "product_id": series["product_id"].to_numpy()[row],
            "location_id": series["location_id"].to_numpy()[row],
            "channel_id": series["channel_id"].to_numpy()[row],
            "quantity": quantity,
            "revenue": np.round(quantity * price, 2),
        }
    )


def sales_frames(
    demand: Demand, sold: Ints, catalogue: Catalogue, network: Network, calendar: Calendar, scale: Scale
) -> dict[str, pd.DataFrame]:
    """Tables sales_order and sales_order_line."""
    asked, served = _running_totals(demand, sold, calendar)
    customers = network.customers
    parts = [
        _lines_of(customer, share, demand, asked, served, calendar)
        for customer, share in _shares(demand, customers, network.weights)
    ]
    lines = pd.concat(parts, ignore_index=True)
    lines = lines[(lines["quantity"] > 0) & (lines["ordered"] < calendar.history)]
    order = ["ordered", "customer_id", "location_id", "requested", "product_id"]
    lines = lines.sort_values(order, ignore_index=True)
    lines["order_id"] = lines.groupby(order[:4]).ngroup() + 1
    lines["line_no"] = lines.groupby("order_id").cumcount() + 1
    _deliver(lines, calendar)
    lines["unit_price"] = _line_prices(lines, demand, catalogue)
    return {
        "sales_order": _orders(lines, customers, calendar, scale),
        "sales_order_line": _line_table(numbered(lines), calendar),
    }


def _list_price(series: pd.DataFrame, products: pd.DataFrame) -> Floats:
    shares = np.array([rule.price_share for rule in CHANNELS])
    price = products["unit_price"].reindex(series["product_id"]).to_numpy()
    return np.asarray(price * shares[series["channel_id"] - 1])


def _running_totals(demand: Demand, sold: Ints, calendar: Calendar) -> tuple[Floats, Floats]:
    """Wanted and sold up to each day; of the days to come both are the mean."""
    coming = demand.mean[:, calendar.history :]
    return (
        np.cumsum(np.concatenate([demand.wanted, coming], axis=1), axis=1),
        np.cumsum(np.concatenate([sold, coming], axis=1), axis=1),
    )


def _shares(demand: Demand, customers: pd.DataFrame, weights: tuple[float, ...]) -> Iterator[tuple[object, Floats]]:
    """What part of each series a customer buys."""
    rng = stream("assortments")
    series = demand.series
    carried = np.zeros((len(customers), len(series)))
    for place, customer in enumerate(customers.itertuples()):
        offered = _offered(series, customer)
        count = min(int(rng.integers(*ASSORTMENT)), len(offered))
        carried[place, rng.choice(offered, count, replace=False)] = weights[place]
    total = carried.sum(axis=0)
    shares = KEY_ACCOUNT_SHARE * carried / np.where(total > 0, total, 1.0)
    yield from zip(customers.itertuples(), shares, strict=True)


def _offered(series: pd.DataFrame, customer: object) -> Ints:
    """Series of the channel: from Penang in the north where it is sold there, from the main store elsewhere."""
    own = series[series["channel_id"] == customer.channel_id]  # type: ignore[attr-defined]
    north = customer.region == "Northern"  # type: ignore[attr-defined]
    near = own["location_id"] == PENANG
    reachable = own[near | ~own["product_id"].isin(own.loc[near, "product_id"])] if north else own[~near]
    return reachable.index.to_numpy()


def _lines_of(
    customer: object, share: Floats, demand: Demand, asked: Floats, served: Floats, calendar: Calendar
) -> pd.DataFrame:
    rule = CHANNELS[customer.channel_id - 1]  # type: ignore[attr-defined]
    number = int(customer.id)  # type: ignore[attr-defined]
    rng = stream(f"customer {number}")
    first = max(calendar.history - ORDER_DAYS, rule.order_every_days)
    last = calendar.history + rule.order_notice_days
    due = np.arange(first + number % rule.order_every_days, last, rule.order_every_days)
    closed = np.array([factor == 0 for factor in rule.weekdays])
    for _ in range(2):  # from Saturday and Sunday to Monday
        due = due + closed[calendar.weekdays[due]]
    row = np.flatnonzero(share)
    since = np.concatenate([[max(due[0] - rule.order_every_days, 0)], due[:-1]])
    wanted = asked[row][:, due] - asked[row][:, since]
    got = served[row][:, due] - served[row][:, since]
    quantity = np.rint(wanted * share[row][:, None])
    ratio = np.where(wanted > 0, got / np.where(wanted > 0, wanted, 1.0), 1.0)
    ordered = due - np.maximum(rule.order_notice_days - rng.integers(0, 2, len(due)), 1)
    return pd.DataFrame(
        {
            "customer_id": number,
            "channel_id": customer.channel_id,  # type: ignore[attr-defined]
            "location_id": np.repeat(demand.series["location_id"].to_numpy()[row], len(due)),
            "product_id": np.repeat(demand.series["product_id"].to_numpy()[row], len(due)),
            "series": np.repeat(row, len(due)),
            "requested": np.tile(due, len(row)),
            "ordered": np.tile(ordered, len(row)),
            "quantity": quantity.ravel().astype(np.int64),
            "ratio": ratio.ravel(),
        }
    )


def _deliver(lines: pd.DataFrame, calendar: Calendar) -> None:
    """Short where stock was short, late now and then; what was not there at all comes later in full."""
    rng = stream("deliveries")
    count, today = len(lines), calendar.history
    late_share = np.array([rule.late_share for rule in CHANNELS])[lines["channel_id"] - 1]
    # A customer's order is confirmed and delivered as one.
    order = lines["order_id"].to_numpy() - 1
    orders = int(order.max()) + 1
    later = np.where(rng.random(orders) < LATER_CONFIRMED_SHARE, rng.integers(1, 3, orders), 0)[order]
    late = np.where(rng.random(count) < late_share, rng.integers(1, 5, count), 0)
    lines["confirmed"] = lines["requested"] + later
    missing = lines["ratio"] <= 0
    backorder = rng.integers(*BACKORDER_DAYS, count)
    lines["delivery"] = lines["confirmed"] + np.where(missing, backorder, late)
    full = missing | (lines["ratio"] >= 1)
    part = np.minimum(np.floor(lines["quantity"] * lines["ratio"]), lines["quantity"])
    lines["delivered"] = np.where(full, lines["quantity"], np.maximum(part, 1))
    cancelled = rng.random(count) < CANCELLED_SHARE
    lines["status"] = np.select([cancelled, lines["delivery"] < today], ["cancelled", "delivered"], "open")
    lines["answered"] = lines["ordered"] < today - 1


def _line_prices(lines: pd.DataFrame, demand: Demand, catalogue: Catalogue) -> Floats:
    price = _list_price(demand.series, catalogue.products.set_index("id"))[lines["series"]]
    return np.round(price * (1 - demand.discount[lines["series"], lines["requested"]]), 4)


def _orders(lines: pd.DataFrame, customers: pd.DataFrame, calendar: Calendar, scale: Scale) -> pd.DataFrame:
    orders = lines.drop_duplicates("order_id")
    numbers = pd.Series(order_numbers("SO", orders["order_id"], orders["ordered"], calendar), index=orders.index)
    codes = orders["customer_id"].map(customers.set_index("id")["code"])
    return pd.DataFrame(
        {
            "id": orders["order_id"],
            "number": numbers,
            "customer_id": orders["customer_id"],
            "location_id": orders["location_id"],
            "ordered_on": calendar.days[orders["ordered"]],
            "internal_note": internal_notes("sales notes", codes, numbers, NOTES, scale),
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
