"""Which changes of the demand plan need a reason, and which one a day until which they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from core.i18n import _
from services import company_rules
from services.company_rules import CompanyRules, rule


@dataclass(frozen=True, slots=True)
class DemandRules(CompanyRules):
    """The settings ``demand_edit.<field>``.

    share, money: a change that is more than this share of the figures it changes, and worth more than this, in RM,
    needs a reason; expiry_money: with more than this a last day, too; 0: none does.
    """

    PREFIX: ClassVar = "demand_edit."

    share: float = rule(0.10, lambda: _("Reason asked for a change of more than, %"), within=(0, 1000), in_percent=True)
    money: float = rule(10_000, lambda: _("… and worth more than, RM"), within=(0, 1e12))
    expiry_money: float = rule(
        0, lambda: _("Last day asked for a change worth more than, RM (0: never)"), within=(0, 1e12)
    )

    def need_reason(self, share: float, money: float) -> bool:
        """Whether a change of this size needs a reason."""
        return share > self.share and money > self.money

    def need_expiry(self, share: float, money: float) -> bool:
        """Whether it needs a day until which it counts."""
        return 0 < self.expiry_money < money and share > self.share


def demand_rules(session: Session) -> DemandRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: screens.md 2.
    """
    return company_rules.in_force(session, DemandRules)
