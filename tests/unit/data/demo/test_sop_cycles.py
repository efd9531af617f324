"""Cycles of the past are closed, the running one stands at the demand review."""

from __future__ import annotations

from data.demo.company import DemoCompany
from data.demo.sop_cycles import STEPS


def test_only_the_running_cycle_is_open_and_stands_at_demand(company: DemoCompany) -> None:
    cycles, steps = company.frames["sop_cycle"], company.frames["sop_step"]
    running = cycles.loc[cycles["status"] == "open", "id"]
    assert running.tolist() == [cycles.sort_values("month")["id"].iloc[-1]]
    now = steps[steps["cycle_id"] == running.iloc[0]].set_index("step")["status"].to_dict()
    assert now == dict(zip([step[0] for step in STEPS], ["closed", "closed", "open", *["waiting"] * 3], strict=True))
    assert (steps.loc[~steps["cycle_id"].isin(running), "status"] == "closed").all()


def test_closed_demand_steps_name_the_plan_they_published(company: DemoCompany) -> None:
    steps, heads = company.frames["sop_step"], company.frames["plan_version"].set_index("id")
    published = steps.dropna(subset=["plan_version_id"])
    kinds = heads.loc[published["plan_version_id"].astype(int), "kind"].tolist()
    assert kinds == published["step"].map({"demand": "demand", "reconcile": "consensus"}).tolist()
    assert heads.loc[published["plan_version_id"].astype(int), "cycle_id"].tolist() == published["cycle_id"].tolist()


def test_decisions_are_checked_three_cycles_later(company: DemoCompany) -> None:
    decisions = company.frames["sop_decision"]
    checked = decisions.dropna(subset=["actual_value"])
    assert len(checked) == 5
    months = company.frames["sop_cycle"].set_index("id")["month"]
    for decision in checked.itertuples():
        month = months[decision.cycle_id]
        assert (decision.checked_on.year - month.year) * 12 + decision.checked_on.month - month.month == 3


def test_risks_and_opportunities_are_of_the_company(company: DemoCompany) -> None:
    risks = company.frames["plan_risk"]
    assert set(risks["kind"]) == {"risk", "opportunity"}
    assert risks["probability"].between(0, 1).all()
    assert (risks["impact"] > 0).all()
    assert set(risks["category"].dropna()) <= set(company.frames["product"]["category"])
