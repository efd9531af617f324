"""When a delivery counts as on time and in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from core.i18n import _
from services import company_rules
from services.company_rules import CompanyRules, rule


@dataclass(frozen=True, slots=True)
class DeliveryRules(CompanyRules):
    """The settings ``otif.<field>``.

    late_tolerance_days: days a delivery may come after the first confirmed date; quantity_tolerance: share of the
    ordered quantity that may be missing.
    """

    PREFIX: ClassVar = "otif."

    late_tolerance_days: float = rule(0, lambda: _("On time: days late at most"), within=(0, 60))
    quantity_tolerance: float = rule(
        0.0, lambda: _("In full: may be missing, % of the quantity"), within=(0, 50), in_percent=True
    )


def delivery_rules(session: Session) -> DeliveryRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: glossary, OTIF: the tolerance is a setting.
    """
    return company_rules.in_force(session, DeliveryRules)
