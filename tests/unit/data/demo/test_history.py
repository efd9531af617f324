"""The forecasts that were published: honest, complete, and of use."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from data.demo.company import DemoCompany
from data.demo.history import HORIZON, PAST_RUNS, month_totals, published_forecasts


def monthly(company: DemoCompany) -> pd.DataFrame:
    calendar = company.basis.calendar
    return month_totals(calendar.days[: calendar.history], company.flows[0].past.issued.T, company.demand.pairs)


def test_a_run_for_each_of_the_last_twelve_months_and_the_running_one(default: DemoCompany) -> None:
    runs, today = default.frames["forecast_run"], default.basis.calendar.today
    assert len(runs) == PAST_RUNS + 1
    assert runs["first_period"].iloc[-1] == today.replace(day=1)
    assert runs["first_period"].iloc[0] == date(today.year - 1, today.month, 1)
    assert runs["horizon"].tolist() == [3] * PAST_RUNS + [HORIZON]
    series = default.frames["forecast_series"].groupby("run_id").size()
    assert series.to_dict() == dict(zip(runs["id"], runs["series_count"], strict=True))


def test_a_run_knows_nothing_of_its_own_months(small: DemoCompany) -> None:
    """The same past forecasts come out when everything later never happened."""
    months, stored = monthly(small), small.frames["forecast_value"]
    runs = small.frames["forecast_run"]
    known = months[months["ds"] < np.datetime64("2026-03-01")]
    ending = small.frames["product"].dropna(subset=["ends_on"]).set_index("id")["ends_on"].to_dict()
    prices = small.frames["product"].set_index("id")["unit_price"].astype(float)
    again = published_forecasts(known, ending, prices=prices, today=date(2026, 4, 12))
    first = runs.loc[runs["first_period"] == date(2026, 3, 1), "id"].iloc[0]
    repeats = again["forecast_run"].set_index("first_period").loc[date(2026, 3, 1), "id"]
    values = again["forecast_value"]
    keys = ["product_id", "location_id", "period"]
    left = stored[stored["run_id"] == first].set_index(keys).drop(columns="run_id")
    right = values[values["run_id"] == repeats].set_index(keys).drop(columns="run_id")
    pd.testing.assert_frame_equal(left, right.loc[left.index])


def test_only_whole_months_count(small: DemoCompany) -> None:
    months = monthly(small)
    start = small.basis.calendar.start
    assert months["ds"].min() > np.datetime64(start)
    assert months["ds"].max() == np.datetime64("2026-05-01")
    sold = small.frames["demand_history"]
    april = sold[(sold["day"] >= "2026-04-01") & (sold["day"] < "2026-05-01")]["quantity"].sum()
    assert months.loc[months["ds"] == "2026-04-01", "y"].sum() == april


def test_quantiles_are_in_order_and_hold_most_of_what_came(default: DemoCompany) -> None:
    values = default.frames["forecast_value"]
    assert (values["q10"] <= values["q50"]).all()
    assert (values["q50"] <= values["q90"]).all()
    assert (values["q10"] >= 0).all()
    months = monthly(default).assign(period=lambda frame: frame["ds"].astype("datetime64[s]"))
    runs = default.frames["forecast_run"].set_index("id")["first_period"]
    first = values[pd.to_datetime(values["run_id"].map(runs)) == values["period"]]
    first = first.assign(period=first["period"].astype("datetime64[s]"))
    judged = first.merge(months, on=["product_id", "location_id", "period"])
    inside = ((judged["y"] >= judged["q10"]) & (judged["y"] <= judged["q90"])).mean()
    assert 0.65 < inside < 0.92
    assert np.abs(judged["y"] - judged["q50"]).sum() / judged["y"].sum() < 0.2


def test_reasons_are_what_the_forecast_page_reads(company: DemoCompany) -> None:
    series = company.frames["forecast_series"]
    why = json.loads(series["why"].iloc[-1])
    assert set(why) == {"periods", "origins", "steps", "candidates", "failures"}
    assert why["periods"] >= 1
    assert all("method" in candidate and "score" in candidate for candidate in why["candidates"])
    assert (company.frames["forecast_run"]["scope"] == "{}").all()
    assert (series["volume"] >= 0).all()
    judged = series["why"].map(lambda text: json.loads(text)["origins"] > 0)
    assert series.loc[judged, "wmape"].notna().mean() > 0.9


def test_past_runs_were_approved_and_tell_how_good_they_were(default: DemoCompany) -> None:
    runs, series = default.frames["forecast_run"], default.frames["forecast_series"]
    assert runs["approved_at"].notna().tolist() == [True] * (len(runs) - 1) + [False]
    assert (runs["approved_at"] > runs["finished_at"])[:-1].all()
    summary = json.loads(runs["summary"].iloc[-1])
    judged = series[series["run_id"] == runs["id"].iloc[-1]].dropna(subset=["wmape", "naive_wmape"])
    assert summary["wmape"] == pytest.approx(np.average(judged["wmape"], weights=judged["judged_volume"]))


@pytest.mark.parametrize("name", ["method", "demand_class"])
def test_several_methods_and_classes_occur(default: DemoCompany, name: str) -> None:
    assert default.frames["forecast_series"][name].nunique() > 1
