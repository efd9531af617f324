"""How far a delivery may be from what was ordered or announced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from core.i18n import _
from services import company_rules
from services.company_rules import CompanyRules, rule


@dataclass(frozen=True, slots=True)
class ReceivingRules(CompanyRules):
    """The settings ``receiving.<field>``.

    over_share: share of the ordered quantity that may come on top; short_share: share that may be missing of a line
    that is finished all the same.
    """

    PREFIX: ClassVar = "receiving."

    over_share: float = rule(0.05, lambda: _("Over: more at most, %"), within=(0, 100), in_percent=True)
    short_share: float = rule(0.0, lambda: _("Short: finished all the same, %"), within=(0, 50), in_percent=True)


def receiving_rules(session: Session) -> ReceivingRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: SAP, under- and overdelivery tolerance of an order line.
    """
    return company_rules.in_force(session, ReceivingRules)
