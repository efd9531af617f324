"""Quality issues of the suppliers with a portal, each with the steps that were taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from data.demo.people import PLANNER_ID
from data.demo.portal_log import Log, Row, at, name_of, person_of

FOUND_DAYS, STEP_DAYS, DUE_DAYS = 1, 2, 14
AFFECTED_SHARE = 0.02
INSIDE, PORTAL = "/supply/supplier-quality", "/portal/supplier/quality"
STATES = ("contained", "cause_found", "action", "closed")


@dataclass(frozen=True, slots=True)
class IssueRule:
    """``supplier``: among those with a portal; ``age``: days since the goods came; ``steps``: how many were taken, of
    containment, cause, action and closing; ``answers`` to the first three."""

    supplier: int
    age: int
    severity: str
    title: str
    description: str
    steps: int
    answers: tuple[str, str, str]


ISSUES = (
    IssueRule(
        1,
        40,
        "major",
        "Moisture above specification",
        "Two samples of the lot have 0.12 % moisture; the specification allows 0.06 %.",
        4,
        (
            "The rest of the lot in our store is held; another lot was sent instead.",
            "The dryer ran without its second filter for one shift.",
            "A filter alarm stops the line from now on; the shift log is checked each morning.",
        ),
    ),
    IssueRule(
        1,
        17,
        "critical",
        "Metal piece found at sieving",
        "A piece of wire of 8 mm was found on the sieve of the mixing room. Photo and piece are kept.",
        3,
        (
            "All bags of the lot are screened; nothing more was found.",
            "A worn brush of the packing line lost wires.",
            "Brushes are of nylon now; the metal detector is tested every two hours.",
        ),
    ),
    IssueRule(
        1,
        3,
        "minor",
        "Torn bags on two pallets",
        "Bags of the bottom layer were torn. The stretch film was loose on arrival.",
        0,
        ("", "", ""),
    ),
    IssueRule(
        2,
        36,
        "major",
        "Closures leak after filling",
        "In the torque test 14 of 200 closures leaked.",
        4,
        (
            "The lot is replaced; the mould is out of use.",
            "Cavity 7 of the mould is worn.",
            "The cavity was rebuilt; every lot is torque tested before it leaves us.",
        ),
    ),
    IssueRule(
        2,
        13,
        "minor",
        "Print is off colour",
        "The red of the brand is visibly darker than the approved sample.",
        2,
        ("Printing is stopped until the colour is approved.", "A new batch of ink was not matched to the sample.", ""),
    ),
    IssueRule(
        2,
        4,
        "major",
        "Label shows another lot",
        "The pallet labels and the shipping notice name different lots. Please confirm which one is right.",
        0,
        ("", "", ""),
    ),
)


def quality_issues(
    suppliers: pd.DataFrame, lots: pd.DataFrame, terms: pd.DataFrame, log: Log
) -> dict[str, pd.DataFrame]:
    """Tables quality_issue and quality_step. ``lots``: received ones (company_id, product_id, lot, quantity, on), the
    newest last; where none is that old, an issue is of the first item that the supplier sells."""
    portals = suppliers.dropna(subset=["company_id"]).sort_values("company_id", ignore_index=True)
    issues: list[Row] = []
    steps: list[Row] = []
    for rule in ISSUES:
        supplier = portals.iloc[rule.supplier - 1]
        about = _about(rule, supplier, lots, terms, log.today)
        issue = _issue(len(issues) + 1, rule, supplier, about)
        issues.append(issue)
        _take(steps, issue, rule, log)
    return {"quality_issue": pd.DataFrame(issues).astype({"product_id": "Int64"}), "quality_step": pd.DataFrame(steps)}


def _about(rule: IssueRule, supplier: Any, lots: pd.DataFrame, terms: pd.DataFrame, today: date) -> Row:
    on = today - timedelta(rule.age)
    own = lots[(lots["company_id"] == supplier["company_id"]) & (pd.to_datetime(lots["on"]) <= pd.Timestamp(on))]
    if own.empty:
        product = terms.loc[terms["supplier_id"] == supplier["id"], "product_id"].min()
        return {"product_id": product, "lot": None, "quantity": None, "on": on}
    lot = own.iloc[-1]
    affected = max(round(float(lot["quantity"]) * AFFECTED_SHARE), 1)
    return {"product_id": lot["product_id"], "lot": lot["lot"], "quantity": affected, "on": lot["on"]}


def _issue(number: int, rule: IssueRule, supplier: Any, about: Row) -> Row:
    answers = [text if place < rule.steps else None for place, text in enumerate(rule.answers)]
    found_on = pd.Timestamp(about["on"]).date() + timedelta(FOUND_DAYS)
    return {
        "id": number,
        "company_id": int(supplier["company_id"]),
        "supplier_id": int(supplier["id"]),
        **{name: about[name] for name in ("product_id", "lot", "quantity")},
        "title": rule.title,
        "description": rule.description,
        "severity": rule.severity,
        "state": STATES[rule.steps - 1] if rule.steps else "open",
        "found_on": found_on,
        "due_on": found_on + timedelta(DUE_DAYS),
        **dict(zip(("containment", "cause", "action"), answers, strict=True)),
        "action_on": found_on + timedelta(STEP_DAYS * 4) if rule.steps > 2 else None,
        "raised_by": PLANNER_ID,
        "created_at": at(found_on, 9),
        "closed_at": None,
        "version": 1 + rule.steps,
    }


def _take(steps: list[Row], issue: Row, rule: IssueRule, log: Log) -> None:
    """The steps in their days, all of them until yesterday."""
    last = log.today - timedelta(1)
    taken = [("raised", rule.description), *zip(STATES, (*rule.answers, None), strict=True)]
    for number, (event, note) in enumerate(taken[: rule.steps + 1]):
        moment = at(min(issue["found_on"] + timedelta(STEP_DAYS * number), last), 9 + number)
        theirs = event in STATES[:3]
        person = person_of(issue["company_id"]) if theirs else PLANNER_ID
        steps.append(
            {
                "id": len(steps) + 1,
                "issue_id": issue["id"],
                "company_id": issue["company_id"],
                "at": moment,
                "user_id": person,
                "actor": name_of(person),
                "by_partner": theirs,
                "event": event,
                "note": note,
            }
        )
        _tell(log, issue, event, moment, theirs=theirs)
        if event == "closed":
            issue["closed_at"] = moment


def _tell(log: Log, issue: Row, event: str, moment: Any, *, theirs: bool) -> None:
    words = {"raised": "Quality issue", "closed": "Quality issue closed"}.get(event, "Quality issue answered")
    told = {"title": f"{words}: {issue['title']}", "href": f"{INSIDE if theirs else PORTAL}?id={issue['id']}"}
    say = log.theirs if theirs else log.ours
    say(moment, issue["company_id"], f"quality_issue.{event}", ("quality_issue", issue["id"]), **told)
