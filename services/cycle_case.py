"""What the checklists of a cycle look at, each read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import pandas as pd
from sqlalchemy.orm import Session

from core.viewer import Viewer
from data.queries import cycle_checks as rows
from services.accounts import operator_of
from services.cycle_rules import CycleRules, cycle_rules
from services.demand_plan import LEAF, DemandPlan, demand_plan
from services.item_classes import classes_of_items
from services.plan_versions import version_name

ITEM = LEAF[:2]


@dataclass(frozen=True, eq=False)
class Case:
    """What the checks of a cycle look at, each read once. ``viewer`` has every right, so that a figure is the same for
    everyone who sees it."""

    session: Session
    viewer: Viewer
    cycle_id: int
    month: date
    since: datetime
    rules: CycleRules

    @cached_property
    def plan(self) -> DemandPlan:
        return demand_plan(self.session, self.viewer)

    @cached_property
    def a_items(self) -> pd.MultiIndex:
        """Items of class A that the demand plan has: product and location."""
        planned = pd.MultiIndex.from_frame(self.plan.base.leaves[ITEM].drop_duplicates())
        classes = classes_of_items(self.session, self.viewer)
        return planned[planned.isin(classes.index[classes["abc"] == "A"])]

    @cached_property
    def to_review(self) -> pd.MultiIndex:
        """A items that nobody has looked at in this cycle."""
        found = items_of(rows.reviewed(self.session, cycle_id=self.cycle_id, since=self.since))
        return self.a_items[~(self.a_items.isin(found) | self.a_items.isin(self.remarked))]

    @cached_property
    def remarked(self) -> pd.MultiIndex:
        """Items that somebody has remarked upon in this cycle: on a product, a place of it, or one of its months."""
        leaves = self.plan.base.leaves
        about = [dict(parse_qsl(each)) for each in rows.remarks(self.session, since=self.since)]
        named = [(each["product"], each.get("location")) for each in about if "product" in each]
        everywhere = {product for product, location in named if location is None}
        there = pd.MultiIndex.from_frame(leaves[["product", "location"]]).isin(set(named))
        return items_of(leaves[there | leaves["product"].isin(everywhere)])

    @cached_property
    def published(self) -> dict[str, str]:
        """The newest plan of each kind that this cycle published."""
        found = rows.published(self.session, self.cycle_id)
        return {kind: version_name(row.first_period, row.number) for kind, row in found.items()}

    @cached_property
    def decisions(self) -> Any:
        return rows.decisions(self.session, self.cycle_id)


def case_of(session: Session, viewer: Viewer, cycle: Any) -> Case:
    """What the checks of a cycle need.

    Inputs: an open session; the viewer; the cycle: id, month, created_at.
    Returns: Case.
    Raises: nothing of its own.
    Source: none; ours.
    """
    everything = operator_of(viewer.company_id)
    return Case(session, everything, cycle.id, cycle.month, cycle.created_at, cycle_rules(session))


def items_of(found: pd.DataFrame) -> pd.MultiIndex:
    """Rows as items.

    Inputs: a frame with product_id and location_id.
    Returns: product and location of each row.
    Raises: nothing.
    Source: none; ours.
    """
    return pd.MultiIndex.from_frame(found[ITEM].astype("int64"))
