"""How far an invoice may be from what was ordered and received."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from core.i18n import _
from services import company_rules
from services.company_rules import CompanyRules, rule


@dataclass(frozen=True, slots=True)
class InvoiceRules(CompanyRules):
    """Settings ``invoice.<field>``: share of the ordered price, either way; share on top of the received quantity."""

    PREFIX: ClassVar = "invoice."

    price_share: float = rule(0.0, lambda: _("Price: differs at most, %"), within=(0, 50), in_percent=True)
    quantity_share: float = rule(0.0, lambda: _("Quantity: more at most, %"), within=(0, 50), in_percent=True)


def invoice_rules(session: Session) -> InvoiceRules:
    """The rules in force.

    Inputs: an open session, of a partner as well.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: SAP, tolerances of invoice verification.
    """
    return company_rules.in_force(session, InvoiceRules)
