"""The targets that the checklists of a cycle are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from services import company_rules
from services.company_rules import CompanyRules, rule


@dataclass(frozen=True, slots=True)
class CycleRules(CompanyRules):
    """The settings ``cycle_checks.<field>``.

    data_health: points at least; sales_days: days that the newest sales may lie back; reviewed_share: of the A items;
    bias_limit: of the last whole months, either way; streams: of sales, marketing, customer and finance, how many have
    to be in; overload_months: for which no resource may be over its hours; aop_gap: of the revenue of the plan to the
    target, either way; horizon_months: within which launches and phase-outs count.
    """

    PREFIX: ClassVar = "cycle_checks."

    data_health: float = rule(90, lambda: _("Data health at least"), within=(0, 100))
    sales_days: float = rule(7, lambda: _("Newest sales, days back at most"), within=(0, 90))
    reviewed_share: float = rule(1.0, lambda: _("A items reviewed, %"), within=(0, 100), in_percent=True)
    bias_limit: float = rule(0.25, lambda: _("Bias to be explained from, %"), within=(1, 500), in_percent=True)
    streams: float = rule(2, lambda: _("Streams in, at least"), within=(0, 4))
    overload_months: float = rule(3, lambda: _("No overloads for, months"), within=(1, 12))
    aop_gap: float = rule(0.02, lambda: _("Gap to AOP to be explained from, %"), within=(0, 100), in_percent=True)
    horizon_months: float = rule(6, lambda: _("Launches and phase-outs within, months"), within=(1, 24))


def cycle_rules(session: Session) -> CycleRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: product.md, promise 1.
    """
    return company_rules.in_force(session, CycleRules)


def rules_in_force(viewer: Viewer) -> CycleRules:
    """The same for a person to read.

    Inputs: a viewer with plan.read.
    Returns: as cycle_rules.
    Raises: NotAllowed.
    Source: screens.md 14.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return cycle_rules(session)


def save_rules(viewer: Viewer, entered: Mapping[str, object], *, seen: object) -> CycleRules:
    """Change the targets.

    Inputs: a viewer with cycle.manage; every rule as entered; the figures the viewer saw when they began.
    Returns: the rules now in force.
    Raises: NotAllowed; InvalidInput; Conflict when somebody else has changed them since.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.CYCLE_MANAGE)
    with session_scope(viewer) as session:
        return company_rules.save(session, viewer, CycleRules, entered, seen=seen, action="cycle.rules")
