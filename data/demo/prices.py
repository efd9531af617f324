"""What goods are listed at, and what suppliers take off for large orders."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from data.demo.frames import numbered
from data.demo.rules import (
    BREAK_EVERY,
    CHANNELS,
    CONTRACT_CHANNEL,
    CONTRACT_CUSTOMER,
    CONTRACT_DISCOUNT,
    PRICE_BREAKS,
    PRICE_RISE_NEXT_YEAR,
)


def make_price_breaks(terms: pd.DataFrame) -> pd.DataFrame:
    """Table supplier_price_break: every third of the terms is cheaper for large orders."""
    chosen = terms.iloc[::BREAK_EVERY]
    moq = chosen["moq"].astype(float)
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "supplier_id": chosen["supplier_id"],
                    "product_id": chosen["product_id"],
                    "from_quantity": moq * times,
                    "price": np.round(chosen["price"].astype(float) * (1 - discount), 4),
                }
            )
            for times, discount in PRICE_BREAKS
        ],
        ignore_index=True,
    )


def make_list_prices(goods: pd.DataFrame, channels: pd.DataFrame, *, today: date) -> pd.DataFrame:
    """Table list_price: a price for each channel from the start of last, this and next year, and one contract.

    Goods have id, unit_price, launched_on and ends_on: what is not sold yet, or no longer, is not listed.
    """
    share = {rule.code: rule.price_share for rule in CHANNELS}
    listed = goods.merge(channels[["id", "code"]].add_prefix("channel_"), how="cross")
    now = np.round(listed["unit_price"].astype(float) * listed["channel_code"].map(share), 4)
    later = np.round(now * (1 + PRICE_RISE_NEXT_YEAR), 2)
    prices = ((today.year - 1, now), (today.year, now), (today.year + 1, later))
    standard = pd.concat([_listed(listed.assign(price=price), year) for year, price in prices])
    new = standard[standard["valid_from"] > today]
    agreed = new[new["channel_code"] == CONTRACT_CHANNEL]
    contract = agreed.assign(
        price_list="contract",
        channel_id=None,
        customer_id=CONTRACT_CUSTOMER,
        price=np.round(agreed["price"] * (1 - CONTRACT_DISCOUNT), 2),
    )
    columns = ["price_list", "product_id", "channel_id", "customer_id", "valid_from", "price"]
    found = pd.concat([standard.assign(customer_id=None), contract])[columns]
    return numbered(found.astype({"channel_id": "Int64", "customer_id": "Int64"}))


def _listed(goods: pd.DataFrame, year: int) -> pd.DataFrame:
    """Those that are sold in a year, with the day their price begins."""
    launched, ends = pd.to_datetime(goods["launched_on"]), pd.to_datetime(goods["ends_on"])
    sold = (launched.isna() | (launched.dt.year <= year)) & (ends.isna() | (ends.dt.year >= year))
    return goods[sold].rename(columns={"id": "product_id"}).assign(price_list="standard", valid_from=date(year, 1, 1))
