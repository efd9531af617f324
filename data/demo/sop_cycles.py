"""The S&OP cycles of the past, closed, and the running one with its first steps done."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pandas as pd

from data.demo.calendar import MALAYSIA
from data.demo.frames import numbered, rows
from data.demo.people import EXECUTIVE_ID, FINANCE_ID, PLANNER_ID, SALES_ID
from data.demo.rules import DECISIONS, RISKS

STEPS = (
    ("data", 3, PLANNER_ID, "Sales to the end of the month are in\nOpen findings of data health"),
    ("product", 5, PLANNER_ID, "Launches and phase-outs of the horizon\nSuccessors and last buys"),
    ("demand", 9, SALES_ID, "Accuracy and bias of last month\nStreams beside statistics\nA items and events"),
    ("supply", 13, PLANNER_ID, "Overloads of the next three months\nLate suppliers\nStock at risk and in excess"),
    ("reconcile", 17, FINANCE_ID, "Gap to the annual plan\nRisks and opportunities\nScenarios"),
    ("executive", 20, EXECUTIVE_ID, "Key figures\nDecisions asked\nPublishing the plan"),
)
"""Name, day of the month it is due on, owner, agenda."""
OPEN_STEP = "demand"
PUBLISHES = {"demand": "demand", "reconcile": "consensus"}
DECISION_DUE_DAYS = 60


def sop_cycles(run: pd.DataFrame, versions: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables sop_cycle, sop_step, sop_decision and plan_risk. ``run``: the published forecasts, one a cycle, that of
    the running month the last; ``versions``: table plan_version."""
    months = run.sort_values("first_period")[["id", "first_period"]].rename(columns={"first_period": "month"})
    running = months["month"].iloc[-1]
    published = {(row.first_period, row.kind): row.id for row in rows(versions)}
    steps = [
        _step(cycle, position, running, published) for cycle in rows(months) for position in range(1, len(STEPS) + 1)
    ]
    return {
        "sop_cycle": pd.DataFrame([_cycle(cycle, running) for cycle in rows(months)]),
        "sop_step": numbered(pd.DataFrame(steps).astype({"closed_by": "Int64", "plan_version_id": "Int64"})),
        "sop_decision": _decisions(months),
        "plan_risk": _risks(months),
    }


def _cycle(cycle: object, running: date) -> dict[str, object]:
    month: date = cycle.month  # type: ignore[attr-defined]
    closed = month != running
    return {
        "id": cycle.id,  # type: ignore[attr-defined]
        "month": month,
        "status": "closed" if closed else "open",
        "created_by": PLANNER_ID,
        "created_at": _moment(month, 1),
        "closed_at": _moment(month, STEPS[-1][1]) if closed else pd.NaT,
    }


def _step(cycle: object, position: int, running: date, published: dict[tuple[date, str], int]) -> dict[str, object]:
    month: date = cycle.month  # type: ignore[attr-defined]
    name, due, owner, agenda = STEPS[position - 1]
    current = 1 + [step[0] for step in STEPS].index(OPEN_STEP)
    closed = month != running or position < current
    status = "closed" if closed else "open" if position == current else "waiting"
    return {
        "cycle_id": cycle.id,  # type: ignore[attr-defined]
        "step": name,
        "position": position,
        "status": status,
        "owner_id": owner,
        "due_on": month + timedelta(days=due - 1),
        "agenda": agenda,
        "closed_by": owner if closed else pd.NA,
        "closed_at": _moment(month, due) if closed else pd.NaT,
        "plan_version_id": published.get((month, PUBLISHES.get(name, "")), pd.NA) if month != running else pd.NA,
    }


def _decisions(months: pd.DataFrame) -> pd.DataFrame:
    """Those of DECISIONS whose cycle there is."""
    found = []
    for rule in DECISIONS:
        if rule.cycles_ago >= len(months):
            continue
        cycle = months.iloc[-1 - rule.cycles_ago]
        checked = None if rule.brought is None else (pd.Timestamp(cycle["month"]) + pd.DateOffset(months=3)).date()
        taken = rule.status == "done" or rule.kind == "action"
        found.append(
            {
                "cycle_id": cycle["id"],
                "step": rule.step,
                "kind": rule.kind,
                "title": rule.title,
                "owner_id": next(owner for name, _due, owner, _agenda in STEPS if name == rule.step),
                "due_on": cycle["month"] + timedelta(days=DECISION_DUE_DAYS),
                "expected_value": rule.expected,
                "status": rule.status,
                "decided_by": EXECUTIVE_ID if taken else pd.NA,
                "decided_at": _moment(cycle["month"], STEPS[-1][1]) if taken else pd.NaT,
                "actual_value": rule.brought,
                "checked_on": checked,
                "created_by": PLANNER_ID,
                "created_at": _moment(cycle["month"], 2),
            }
        )
    return numbered(pd.DataFrame(found).astype({"decided_by": "Int64"}))


def _risks(months: pd.DataFrame) -> pd.DataFrame:
    """RISKS, written down in the running cycle."""
    cycle = months.iloc[-1]
    first = pd.Timestamp(cycle["month"])
    found = [
        {
            "title": rule.title,
            "kind": rule.kind,
            "category": rule.category,
            "probability": rule.probability,
            "impact": rule.impact,
            "month": (first + pd.DateOffset(months=rule.months_ahead)).date(),
            "owner_id": FINANCE_ID if rule.kind == "risk" else SALES_ID,
            "mitigation": rule.mitigation,
            "cycle_id": cycle["id"],
            "created_by": PLANNER_ID,
            "created_at": _moment(cycle["month"], 2),
        }
        for rule in RISKS
    ]
    return numbered(pd.DataFrame(found))


def _moment(month: date, day: int) -> datetime:
    return datetime.combine(month + timedelta(days=day - 1), time(16), tzinfo=MALAYSIA)
