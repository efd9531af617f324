"""Reasons of corrections, and the figures that counts, picks and certificates are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import settings as stored
from services import company_rules
from services.company_rules import CompanyRules, rule

COUNTED = "count"
"""The reason of what a count found."""
REASONS = (COUNTED, "damage", "spoiled", "loss", "found", "sample", "booking_error", "other")


@dataclass(frozen=True, slots=True)
class StockRules(CompanyRules):
    """The settings ``stock.<field>``.

    pick_days: shelf life that is left at least of what is picked, days; count_tolerance: difference of a count, as a
    share of the book quantity, that is taken without counting again; certificate_days: a certificate that ends within
    so many days is about to expire.
    """

    PREFIX: ClassVar = "stock."

    pick_days: float = rule(1, lambda: _("Picked: shelf life left at least, days"), within=(0, 3650))
    count_tolerance: float = rule(
        0.02, lambda: _("Counts: not counted again up to, % of the book"), within=(0, 100), in_percent=True
    )
    certificate_days: float = rule(60, lambda: _("Certificates: expire soon within, days"), within=(0, 730))


def stock_rules(session: Session) -> StockRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: product.md, promise 1: every number is stored.
    """
    return company_rules.in_force(session, StockRules)


def rules_in_force(viewer: Viewer) -> StockRules:
    """The same for a person to read.

    Inputs: a viewer with inventory.read.
    Returns: StockRules.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        return stock_rules(session)


def correction_reasons(session: Session) -> tuple[str, ...]:
    """Why a lot may be corrected: the setting ``stock.reasons``.

    Inputs: an open session.
    Returns: the stored reasons, those declared here while none is stored.
    Raises: nothing of its own.
    Source: none; ours.
    """
    found = stored.value(session, StockRules.PREFIX + "reasons")
    return tuple(str(reason) for reason in found["value"]) if found else REASONS


def reasons_in_force(viewer: Viewer) -> tuple[str, ...]:
    """The same for a person to read.

    Inputs: a viewer with inventory.read.
    Returns: as correction_reasons.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        return correction_reasons(session)


def reason_name(reason: str) -> str:
    """What a reason is called; one that the company added stands as it was written.

    Inputs: reason: one of the stored reasons.
    Returns: the words a person reads.
    Raises: nothing.
    Source: none; ours.
    """
    return {
        COUNTED: _("Count"),
        "damage": _("Damaged"),
        "spoiled": _("Spoiled or expired"),
        "loss": _("Lost or stolen"),
        "found": _("Found"),
        "sample": _("Sample or test"),
        "booking_error": _("Booking error"),
        "other": _("Other"),
    }.get(reason, reason)
