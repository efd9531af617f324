"""Plans of the past hold what the rules say of people, and add up with their edits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.demo.company import DemoCompany
from data.demo.rules import STREAM_RULES, StreamRule

LEAF = ["product_id", "location_id", "channel_id"]
BY_NAME = {rule.stream: rule for rule in STREAM_RULES}


def first_months(company: DemoCompany) -> pd.DataFrame:
    """Published demand plans at lag 1 beside what was sold."""
    sold = company.frames["demand_history"]
    sold = sold.assign(period=sold["day"].dt.to_period("M").dt.to_timestamp().dt.date)
    sold = sold.groupby([*LEAF, "period"], as_index=False)["quantity"].sum()
    heads = company.frames["plan_version"][["id", "kind", "first_period"]].rename(columns={"id": "version_id"})
    found = company.frames["demand_plan_value"].merge(heads, on="version_id")
    found = found[(found["kind"] == "demand") & (found["period"] == found["first_period"])]
    return found.merge(sold, how="left", on=[*LEAF, "period"]).fillna({"quantity": 0.0})


@pytest.mark.parametrize("rule", STREAM_RULES, ids=lambda rule: rule.stream)
def test_a_stream_knows_as_much_as_its_rule_says(default: DemoCompany, rule: StreamRule) -> None:
    found = first_months(default)
    spoke = found[found[rule.stream].notna()]
    expected = spoke["statistical"] + rule.knows * (spoke["quantity"] - spoke["statistical"])
    assert spoke[rule.stream].sum() == pytest.approx((expected * (1 + rule.bias)).sum(), rel=0.02)


def test_people_who_know_much_come_closer_than_statistics(default: DemoCompany) -> None:
    found = first_months(default)
    for name, better in (("customer", True), ("planner", True), ("marketing", False)):
        spoke = found[found[name].notna()]
        theirs, before = (np.abs(spoke[column] - spoke["quantity"]).sum() for column in (name, "statistical"))
        assert bool(theirs < before) is better, name


def test_the_naive_forecast_is_the_year_before(default: DemoCompany) -> None:
    found = first_months(default)
    sold = default.frames["demand_history"]
    sold = sold.assign(period=(sold["day"].dt.to_period("M") + 12).dt.to_timestamp().dt.date)
    before = sold.groupby([*LEAF, "period"], as_index=False)["quantity"].sum()
    both = found.drop(columns="quantity").merge(before, on=[*LEAF, "period"])
    assert len(both) > 1000
    assert both["naive"].to_numpy() == pytest.approx(both["quantity"].to_numpy())


def test_edits_hold_every_figure_that_people_gave_once(company: DemoCompany) -> None:
    cells, edits = company.frames["demand_edit_cell"], company.frames["demand_edit"]
    values, heads = company.frames["demand_plan_value"], company.frames["plan_version"]
    said = values[values["version_id"].isin(heads.loc[heads["kind"] == "demand", "id"])]
    given = sum(int(said[name].notna().sum()) for name in BY_NAME)
    assert len(cells) == given == edits["cells"].sum()
    assert cells.groupby("edit_id")["after"].sum().to_numpy() == pytest.approx(edits["after_total"].to_numpy())
    assert not cells.duplicated(["edit_id", *LEAF, "period"]).any()


def test_every_past_month_published_a_demand_plan_and_a_consensus(company: DemoCompany) -> None:
    heads, runs = company.frames["plan_version"], company.frames["forecast_run"]
    past = runs["first_period"].sort_values().iloc[:-1]
    assert heads.groupby("kind")["first_period"].apply(list).to_dict() == {
        "demand": past.tolist(),
        "consensus": past.tolist(),
    }
