"""List prices are those that sales were booked at; large orders are cheaper."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from data.demo.company import DemoCompany
from data.demo.rules import BREAK_EVERY, CONTRACT_DISCOUNT, PRICE_BREAKS, PRICE_RISE_NEXT_YEAR


def test_the_list_price_of_this_year_is_what_sales_were_booked_at(default: DemoCompany) -> None:
    prices = default.frames["list_price"]
    this_year = prices[prices["valid_from"] == date(default.basis.calendar.today.year, 1, 1)]
    sold = default.frames["demand_history"].tail(20_000).merge(this_year, on=["product_id", "channel_id"])
    assert len(sold) > 19_000
    ratio = sold["revenue"] / sold["quantity"] / sold["price"]
    assert np.median(ratio) == pytest.approx(1, abs=0.001)
    assert ratio.max() < 1.01, "promotions only take off"


def test_prices_rise_next_year_for_what_is_still_sold(company: DemoCompany) -> None:
    prices, today = company.frames["list_price"], company.basis.calendar.today
    standard = prices[prices["price_list"] == "standard"]
    assert set(standard["valid_from"]) == {date(year, 1, 1) for year in range(today.year - 1, today.year + 2)}
    by_year = standard.pivot(index=["product_id", "channel_id"], columns="valid_from", values="price")
    this, following = by_year[date(today.year, 1, 1)], by_year[date(today.year + 1, 1, 1)]
    assert (following - this * (1 + PRICE_RISE_NEXT_YEAR)).abs().max() <= 0.0051, "to the sen"
    retired = company.frames["product"].query("life_cycle == 'retired'")["id"]
    listed_later = standard.loc[standard["valid_from"] > today, "product_id"]
    assert not listed_later.isin(retired).any()
    planned = company.frames["product"].query("life_cycle == 'planned'")["id"]
    assert set(planned) <= set(listed_later)


def test_one_customer_has_a_contract(company: DemoCompany) -> None:
    prices = company.frames["list_price"]
    contract = prices[prices["price_list"] == "contract"]
    assert set(contract["customer_id"]) == {1}
    assert contract["channel_id"].isna().all()
    modern = prices[(prices["price_list"] == "standard") & (prices["channel_id"] == 1)]
    both = contract.merge(modern, on=["product_id", "valid_from"], suffixes=("", "_listed"))
    assert len(both) == len(contract) > 0
    assert (both["price"] / both["price_listed"]).to_numpy() == pytest.approx(1 - CONTRACT_DISCOUNT, abs=0.01)


def test_a_third_of_the_terms_is_cheaper_for_large_orders(company: DemoCompany) -> None:
    terms, breaks = company.frames["supplier_item"], company.frames["supplier_price_break"]
    found = breaks.merge(terms, on=["supplier_id", "product_id"], suffixes=("", "_small"))
    assert len(found) == len(breaks) == len(PRICE_BREAKS) * -(-len(terms) // BREAK_EVERY)
    discount = pd.Series(dict(PRICE_BREAKS))[(found["from_quantity"] / found["moq"]).astype(int)]
    assert (1 - found["price"] / found["price_small"].astype(float)).to_numpy() == pytest.approx(
        discount.to_numpy(), abs=0.005
    )
