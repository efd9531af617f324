"""Until when customers may ask for changes of what they ordered, and how long they may send goods back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from core.i18n import _
from services import company_rules
from services.company_rules import CompanyRules, rule


@dataclass(frozen=True, slots=True)
class OrderRules(CompanyRules):
    """The settings ``orders.<field>``.

    change_days: days before a line is due until which a customer may ask for another quantity or day; return_days:
    days after a delivery in which it may send goods back.
    """

    PREFIX: ClassVar = "orders."

    change_days: float = rule(2, lambda: _("Customers may change, days before it is due"), within=(0, 90))
    return_days: float = rule(60, lambda: _("Customers may return, days after delivery"), within=(1, 365))


def order_rules(session: Session) -> OrderRules:
    """The rules in force.

    Inputs: an open session inside.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: none; ours.
    """
    return company_rules.in_force(session, OrderRules)
