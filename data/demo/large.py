"""The large scale, for benchmarks: 10,000 products at 5 locations, three years of sales in weekly buckets.

Made and stored in pieces, so that memory stays flat: one series per product and location, its week's quantity on the
Monday. There are stock, terms, packs, prices, promotions, the running month's forecast and what passed between
both sides without orders; there are no orders.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd
import psycopg
from numpy.typing import NDArray

from data.demo.calendar import Calendar, demo_calendar
from data.demo.copying import copy_frame, ensure_partitions, foreign_keys_checked_at_end
from data.demo.goods import FAMILIES
from data.demo.history import published_forecasts
from data.demo.network import LOCATIONS, Network, make_network
from data.demo.people import PORTAL_COMPANIES, make_companies, make_users
from data.demo.portal import portal_frames_without_orders
from data.demo.prices import make_list_prices, make_price_breaks
from data.demo.promotions import PROMOTED, discounts, make_promotions, planning_events, promotion_factors
from data.demo.rules import CATEGORIES, CHANNELS, FEAST_WINDOWS, YEARLY_SEASON
from data.demo.scale import DEFAULT, HORIZON_DAYS, stream
from data.demo.units import make_packs, make_units

PRODUCTS, WEEKS = 10_000, 156
PIECE = 500  # products
MONTHS_AHEAD = 6
KILOGRAMS = 0.5  # of each
EAST = (5, "DC-KCH", "Kuching Distribution Centre", "East Malaysia", "dc")
CHANNELS_OF_PLACES = (1, 2, 3, 1, 2)
PROMOTED_HERE = [place for place in PROMOTED if place + 1 in CHANNELS_OF_PLACES]

Floats = NDArray[np.float64]


def load_large_facts(connection: psycopg.Connection, *, today: date, password_hash: str) -> dict[str, int]:
    """Store the large company piece by piece; rows by table."""
    counts: dict[str, int] = {}
    mondays = _mondays(today)
    ensure_partitions(connection, "demand_history", pd.Series(mondays))
    with foreign_keys_checked_at_end(connection):
        for frames in _pieces(today, mondays, password_hash):
            for table, frame in frames.items():
                copy_frame(connection, table, frame)
                counts[table] = counts.get(table, 0) + len(frame)
    return counts


def _pieces(today: date, mondays: pd.DatetimeIndex, password_hash: str) -> Iterator[dict[str, pd.DataFrame]]:
    network = make_network(DEFAULT, portal_companies=PORTAL_COMPANIES)
    locations = pd.DataFrame([*LOCATIONS, EAST], columns=network.locations.columns)
    products = _products()
    calendar = demo_calendar(today, history=(today - mondays[0].date()).days, horizon=HORIZON_DAYS)
    promotions = make_promotions(products, calendar)
    terms = _terms(products, network)
    sold_through = network.channels.iloc[sorted({channel - 1 for channel in CHANNELS_OF_PLACES})]
    master = {
        "company": make_companies(),
        "app_user": make_users(password_hash),
        "location": locations,
        "channel": network.channels,
        "customer": network.customers,
        "supplier": network.suppliers,
        "oem": network.oems,
        "unit_of_measure": make_units(),
        "product": products,
        "product_pack": make_packs(products, pd.Series(KILOGRAMS, index=products["id"]), products[:0]),
        "supplier_item": terms,
        "supplier_price_break": make_price_breaks(terms),
        "list_price": make_list_prices(products, sold_through, today=today),
        "planning_event": planning_events(promotions, products, network.channels.iloc[PROMOTED_HERE]),
    }
    yield master | portal_frames_without_orders(master, today)
    pattern = _patterns(calendar)
    run_made = False
    for start in range(0, PRODUCTS, PIECE):
        piece = products.iloc[start : start + PIECE]
        uplift, price = _promoted(piece, promotions, calendar)
        quantity = _quantities(piece, pattern, uplift, start)
        frames = _forecasts(piece, quantity, mondays, today)
        if run_made:
            del frames["forecast_run"]
        run_made = True
        yield {"demand_history": _sales(piece, quantity, price, mondays, locations)}
        yield {"stock_lot": _lots(piece, quantity, today, start)}
        yield frames


def _mondays(today: date) -> pd.DatetimeIndex:
    last = today - timedelta(days=today.weekday() + 7)
    return pd.date_range(last - timedelta(weeks=WEEKS - 1), last, freq="W-MON")


def _products() -> pd.DataFrame:
    """The goods of the catalogue, over and over, with numbers."""
    rng = stream("large products")
    number = np.arange(1, PRODUCTS + 1)
    family = [FAMILIES[place] for place in number % len(FAMILIES)]
    cost = np.round(rng.lognormal(1.0, 0.7, PRODUCTS), 2)
    return pd.DataFrame(
        {
            "id": number,
            "code": [f"P-{n:05d}" for n in number],
            "name": [
                f"{f.brand} {f.varieties[n % len(f.varieties)].name} no. {n}"
                for f, n in zip(family, number, strict=True)
            ],
            "category": [f.category for f in family],
            "family": [f.name for f in family],
            "brand": [f.brand for f in family],
            "uom": [f.uom for f in family],
            "units_per_case": 12,
            "storage": [f.storage for f in family],
            "shelf_life_days": [f.shelf_life_days for f in family],
            "unit_cost": cost,
            "unit_price": np.round(cost * 1.9, 2),
            "launched_on": None,
            "ends_on": None,
        }
    )


def _terms(products: pd.DataFrame, network: Network) -> pd.DataFrame:
    """Everything is bought, each product from one supplier."""
    supplier = np.arange(len(products)) % len(network.supplier_rules)
    return pd.DataFrame(
        {
            "supplier_id": supplier + 1,
            "product_id": products["id"].to_numpy(),
            "price": products["unit_cost"].to_numpy(),
            "moq": 120,
            "multiple": 12,
            "lead_time_days": [network.supplier_rules[place].contract_days for place in supplier],
        }
    )


def _patterns(calendar: Calendar) -> dict[str, Floats]:
    """Season and feasts of each category, the mean of each week's days."""
    patterns = {}
    for category in CATEGORIES:
        season = YEARLY_SEASON[category]
        days = 1 + season.amplitude * np.cos(2 * np.pi * (calendar.days_of_year - season.peak_day_of_year) / 365.25)
        for window in FEAST_WINDOWS:
            for first, last in window.spans:
                days[calendar.span(first, last)] *= window.factor(category)
        patterns[category] = days[: WEEKS * 7].reshape(WEEKS, 7).mean(axis=1)
    return patterns


def _promoted(piece: pd.DataFrame, promotions: pd.DataFrame, calendar: Calendar) -> tuple[Floats, Floats]:
    """What promotions make of a week's quantity, and of the price it is sold at: products x locations x weeks."""
    first = int(piece["id"].iloc[0])
    mine = promotions[promotions["product_id"].isin(piece["id"])]
    mine = mine.assign(product_id=mine["product_id"] - first + 1)
    factors, taken = promotion_factors(mine, piece, calendar), discounts(mine, piece, calendar)
    uplift = _by_week(factors)
    channels = np.array(CHANNELS_OF_PLACES) - 1
    return uplift[:, channels], (_by_week(factors * (1 - taken)) / uplift)[:, channels]


def _by_week(days: Floats) -> Floats:
    """The mean of each week of the history."""
    return np.asarray(days[:, :, : WEEKS * 7].reshape(*days.shape[:2], WEEKS, 7).mean(axis=3))


def _quantities(piece: pd.DataFrame, patterns: dict[str, Floats], uplift: Floats, start: int) -> NDArray[np.int64]:
    """Products x locations x weeks; at least one unit, so that the number of rows is known."""
    rng = stream(f"large demand {start}")
    shape = (len(piece), len(CHANNELS_OF_PLACES), WEEKS)
    level = rng.lognormal(4.0, 1.0, shape[:2])[:, :, None]
    growth = (1 + rng.uniform(-0.06, 0.12, shape[:1]))[:, None, None] ** (np.arange(WEEKS) / 52)
    pattern = np.stack([patterns[category] for category in piece["category"]])[:, None, :]
    mean = level * growth * pattern * uplift
    return np.asarray(np.maximum(rng.poisson(mean * rng.gamma(25, 1 / 25, shape)), 1))


def _sales(
    piece: pd.DataFrame,
    quantity: NDArray[np.int64],
    promoted: Floats,
    mondays: pd.DatetimeIndex,
    locations: pd.DataFrame,
) -> pd.DataFrame:
    places, weeks = quantity.shape[1:]
    keys = [f"{code}/{place}" for code in piece["code"] for place in locations["code"]]
    price = np.array([CHANNELS[channel - 1].price_share for channel in CHANNELS_OF_PLACES])
    revenue = quantity * piece["unit_price"].to_numpy()[:, None, None] * price[:, None] * promoted
    return pd.DataFrame(
        {
            "day": np.tile(mondays.to_numpy().astype("datetime64[s]"), len(keys)),
            "source_key": np.repeat(np.array(keys, dtype=object), weeks),
            "product_id": np.repeat(piece["id"].to_numpy(), places * weeks),
            "location_id": np.tile(np.repeat(locations["id"].to_numpy(), weeks), len(piece)),
            "channel_id": np.tile(np.repeat(CHANNELS_OF_PLACES, weeks), len(piece)),
            "quantity": quantity.ravel(),
            "revenue": np.round(revenue.ravel(), 2),
        }
    )


def _lots(piece: pd.DataFrame, quantity: NDArray[np.int64], today: date, start: int) -> pd.DataFrame:
    """One lot an item: none to eight weeks of its sales."""
    rng = stream(f"large stock {start}")
    weeks = rng.uniform(0, 8, quantity.shape[:2])
    places = quantity.shape[1]
    age = rng.integers(1, 20, quantity.shape[:2]).ravel()
    life = np.repeat(piece["shelf_life_days"].to_numpy(), places)
    day = np.datetime64(today, "D")
    return pd.DataFrame(
        {
            "product_id": np.repeat(piece["id"].to_numpy(), places),
            "location_id": np.tile(np.arange(1, places + 1), len(piece)),
            "lot": "L1",
            "quantity": np.floor(weeks * quantity[:, :, -13:].mean(axis=2)).ravel(),
            "received_on": day - age,
            "expires_on": day - age + life,
        }
    )


def _forecasts(
    piece: pd.DataFrame, quantity: NDArray[np.int64], mondays: pd.DatetimeIndex, today: date
) -> dict[str, pd.DataFrame]:
    """The running month's forecast from whole months; a week belongs to the month of its Monday."""
    months = mondays.to_period("M")
    names, begin = np.unique(months, return_index=True)
    totals = np.add.reduceat(quantity, begin, axis=2)[:, :, 1:]
    count = totals.shape[2]
    places = quantity.shape[1]
    product = np.repeat(piece["id"].to_numpy(), places * count)
    location = np.tile(np.repeat(np.arange(1, places + 1), count), len(piece))
    frame = pd.DataFrame(
        {
            "product_id": product,
            "location_id": location,
            "unique_id": product * 10 + location,
            "ds": np.tile(np.array([name.start_time.to_datetime64() for name in names[1:]]), len(piece) * places),
            "y": totals.ravel().astype(np.float64),
        }
    )
    prices = piece.set_index("id")["unit_price"].astype(float)
    frames = published_forecasts(
        frame.astype({"unique_id": str}), {}, prices=prices, today=today, past_runs=0, months_ahead=MONTHS_AHEAD
    )
    frames["forecast_run"] = frames["forecast_run"].assign(series_count=PRODUCTS * places, summary="{}")
    return frames
