"""What the data say may go wrong: found in the plan, in stock and in orders, and added to the register as it was found.

Probability is a person's judgement; what is found comes with an even chance until somebody has judged it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import NotFound
from core.i18n import _, day, number, percent
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import exceptions
from data.queries import risks as rows
from services import capacity, expiry_board, risks
from services.exception_reasons import why
from services.exceptions import SUPPLIER_LATE, list_path
from services.plain_rows import plain_rows
from services.supply_planned import Planned, planned, unit_worth

SHORT, EXPIRY, OVERLOAD, LATE = KINDS = ("short", "expiry", "overload", "late")
MOST_OF_A_KIND = 5
EVEN_CHANCE = 0.5
SMALLEST = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something found: ``source`` names it, ``impact`` is RM at stake, ``evidence`` the sentence it rests on, ``href``
    the place where it is seen."""

    source: str
    kind: str
    title: str
    category: str | None
    product_id: int | None
    impact: float
    month: date
    evidence: str
    href: str


def proposals(viewer: Viewer) -> list[Proposal]:
    """What may become a risk and is not in the register yet, the most money first.

    Inputs: a viewer with plan.read; of stock and orders only what the viewer may see.
    Returns: at most MOST_OF_A_KIND of each of KINDS: items that the supply plan serves late (the most that is owed at
        its price), lots that expire unsold (at cost), resources that lack hours in a month (what would be made in
        these hours), late lines of suppliers (what is still to come).
    Raises: NotAllowed.
    Source: issue 6, AOP; services.supply_planned, services.expiry_board, services.capacity, services.exceptions.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        found = _found(session, viewer)
        known = rows.open_sources(session)
    return [proposal for proposal in found if proposal.source not in known]


def accept(viewer: Viewer, source: object) -> int:
    """Put something found into the register, with its evidence.

    Inputs: a viewer with risk.edit; the source of a proposal.
    Returns: the id of the risk.
    Raises: NotAllowed; NotFound when it is not there any more, or in the register already.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.RISK_EDIT)
    with session_scope(viewer) as session:
        rows.lock_register(session)
        wanted = next((found for found in _found(session, viewer) if found.source == source), None)
        if wanted is None or wanted.source in rows.open_sources(session):
            raise NotFound(_("It is not there any more, or in the register already. Reload the page."))
        values = {
            "title": wanted.title[: risks.LONGEST_TITLE],
            "kind": risks.RISK,
            "category": wanted.category,
            "product_id": wanted.product_id,
            "probability": EVEN_CHANCE,
            "impact": Decimal(str(wanted.impact)).quantize(SMALLEST),
            "month": wanted.month,
            "owner_id": viewer.user_id,
            "due_on": None,
            "mitigation": None,
            "source": wanted.source,
            "evidence": {"found_on": day(today()), "text": wanted.evidence, "href": wanted.href},
        }
        return risks.add(session, viewer, values)


def _found(session: Session, viewer: Viewer) -> list[Proposal]:
    found: list[Proposal] = []
    if viewer.may(Permission.PURCHASE_READ):
        plan = planned(session, viewer)
        found += [*_short(plan), *_overloads(viewer, plan), *_late(session)]
    if viewer.may(Permission.INVENTORY_READ):
        found += _expiring(session, viewer)
    return sorted(found, key=lambda proposal: (-proposal.impact, proposal.source))


def _short(found: Planned) -> list[Proposal]:
    listed = found.listed
    worst = listed[listed["short_value"] > SMALLEST].nlargest(MOST_OF_A_KIND, "short_value")
    return [
        Proposal(
            source=f"{SHORT}:{row['product_id']}:{row['location_id']}",
            kind=SHORT,
            title=_(
                "%(code)s %(name)s short at %(place)s", code=row["code"], name=row["name"], place=row["location_name"]
            ),
            category=row["category"],
            product_id=row["product_id"],
            impact=row["short_value"],
            month=row["short_week"].replace(day=1),
            evidence=_(
                "The supply plan owes up to %(quantity)s %(uom)s, first in the week of %(week)s.",
                quantity=number(row["short_quantity"]),
                uom=row["uom"],
                week=day(row["short_week"]),
            ),
            href=f"/supply/plan?{urlencode({'search': row['code'], 'location': row['location']})}",
        )
        for row in plain_rows(worst)
    ]


def _expiring(session: Session, viewer: Viewer) -> list[Proposal]:
    lots = expiry_board.shared_lots(session, viewer, as_of=today())
    lots = lots[lots["value_at_risk"] > 0]
    keys = ["product_id", "location_id", "code", "name", "category", "location", "location_name", "uom"]
    by_item = lots.groupby(keys, as_index=False, dropna=False).agg(
        value=("value_at_risk", "sum"), quantity=("quantity_at_risk", "sum"), first=("expires_on", "min")
    )
    return [
        Proposal(
            source=f"{EXPIRY}:{row['product_id']}:{row['location_id']}",
            kind=EXPIRY,
            title=_(
                "%(code)s %(name)s expires at %(place)s", code=row["code"], name=row["name"], place=row["location_name"]
            ),
            category=row["category"],
            product_id=row["product_id"],
            impact=row["value"],
            month=max(row["first"], today()).replace(day=1),
            evidence=_(
                "%(quantity)s %(uom)s won't be sold before they expire, the first on %(day)s; at cost.",
                quantity=number(row["quantity"]),
                uom=row["uom"],
                day=day(row["first"]),
            ),
            href=f"/inventory/expiry?{urlencode({'search': row['code'], 'location': row['location']})}",
        )
        for row in plain_rows(by_item.nlargest(MOST_OF_A_KIND, "value"))
    ]


def _overloads(viewer: Viewer, found: Planned) -> list[Proposal]:
    weeks, loads = capacity.board(viewer)
    months = pd.Series([week.replace(day=1) for week in weeks], dtype=object)
    worth = _worth_of_an_hour(found)
    made = []
    for load in loads:
        wanted, there = np.array(load.hours), np.array(load.available)
        over = pd.Series(np.maximum(wanted - there, 0.0)).groupby(months).sum()
        value = over * worth.get(load.code, 0.0)
        if value.empty or value.max() <= 0:
            continue
        month: Any = value.idxmax()
        share = float(wanted[months == month].sum()) / max(float(there[months == month].sum()), 1e-9)
        made.append(
            Proposal(
                source=f"{OVERLOAD}:{load.code}:{month:%Y-%m}",
                kind=OVERLOAD,
                title=_("%(name)s overloaded in %(month)s", name=load.name, month=f"{month:%Y-%m}"),
                category=None,
                product_id=None,
                impact=float(value.max()),
                month=month,
                evidence=_(
                    "%(hours)s hours are missing in overloaded weeks, load of the month %(share)s; what would be made "
                    "in these hours, at its price.",
                    hours=number(over[month]),
                    share=percent(share, decimals=0),
                ),
                href=f"/supply/capacity?{urlencode({'resource': load.code})}",
            )
        )
    return sorted(made, key=lambda proposal: -proposal.impact)[:MOST_OF_A_KIND]


def _worth_of_an_hour(found: Planned) -> dict[str, float]:
    """RM that a resource makes in an hour of its plan, by its code."""
    model, routings = found.model, found.model.routings
    quantity = found.plan.releases.sum(axis=0)[routings.source]
    node = model.sources["node"].to_numpy()[routings.source]
    value = quantity * unit_worth(model.nodes).to_numpy()[node]
    count = len(model.resources)
    values = np.bincount(routings.resource, weights=value, minlength=count)
    hours = np.bincount(routings.resource, weights=quantity * routings.hours_per_unit, minlength=count)
    rate = np.divide(values, hours, out=np.zeros(count), where=hours > 0)
    return dict(zip(model.resources["code"].astype(str), rate.tolist(), strict=True))


def _late(session: Session) -> list[Proposal]:
    made = []
    for line in exceptions.late_lines(session, today=today(), limit=MOST_OF_A_KIND):
        facts = {**line._asdict(), "due_on": day(line.due_on)}
        made.append(
            Proposal(
                source=f"{LATE}:{line.number}:{line.line_no}",
                kind=LATE,
                title=_(
                    "%(supplier)s late with %(code)s %(name)s", supplier=line.supplier, code=line.code, name=line.name
                ),
                category=None,
                product_id=rows.product_id(session, line.code),
                impact=float(line.money),
                month=today().replace(day=1),
                evidence=why(SUPPLIER_LATE, facts),
                href=list_path(SUPPLIER_LATE, search=line.number),
            )
        )
    return made
