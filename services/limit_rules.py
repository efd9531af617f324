"""What hours, stock and lateness cost, and how much there may be of them."""

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
from services.company_rules import CompanyRules, declared, rule

MONEY, MONEY_AN_HOUR, PERCENT = (0, 1e12), (0, 1e5), (0, 1000)


@dataclass(frozen=True, slots=True)
class LimitRules(CompanyRules):
    """The settings ``limits.<field>``; 0 of a limit means none.

    overtime_cost, shift_cost: money an hour more than usual; overtime_share: hours of overtime there can be, as a
    share of the usual ones; backlog_share: cost of a unit late for a month, as a share of its price;
    second_source_share: what a unit made elsewhere costs more, as a share of its cost (0: there is nobody);
    storage_value: stock that there is room for, money at cost; budget: money for production and purchases a month.
    """

    PREFIX: ClassVar = "limits."

    overtime_cost: float = rule(45, lambda: _("Overtime, RM an hour"), within=MONEY_AN_HOUR)
    shift_cost: float = rule(60, lambda: _("Extra shift, RM an hour"), within=MONEY_AN_HOUR)
    overtime_share: float = rule(0.20, lambda: _("Overtime at most, % of the hours"), within=PERCENT, in_percent=True)
    backlog_share: float = rule(0.10, lambda: _("A month late, % of the price"), within=PERCENT, in_percent=True)
    second_source_share: float = rule(
        0.25, lambda: _("Made elsewhere, % on the cost (0: nobody)"), within=PERCENT, in_percent=True
    )
    storage_value: float = rule(0, lambda: _("Stock at most, RM (0: no limit)"), within=MONEY)
    budget: float = rule(0, lambda: _("Spending a month at most, RM (0: no limit)"), within=MONEY)


NAMES = tuple(declared(LimitRules))


def limit_rules(session: Session) -> LimitRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: product.md, promise 1: every number is stored.
    """
    return company_rules.in_force(session, LimitRules)


def rules_in_force(viewer: Viewer) -> LimitRules:
    """The same for a person to read.

    Inputs: a viewer with purchase.read.
    Returns: as limit_rules.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return limit_rules(session)


def save_limit_rules(viewer: Viewer, entered: Mapping[str, object], *, seen: object) -> LimitRules:
    """Store other rules.

    Inputs: a viewer with inventory.edit; contract of company_rules.save.
    Returns: the rules now in force.
    Raises: NotAllowed; InvalidInput; Conflict.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        return company_rules.save(session, viewer, LimitRules, entered, seen=seen, action="limit_rules.change")
