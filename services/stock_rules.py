"""Reasons of corrections and the days that picks and certificates are judged by: stored settings with defaults."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import settings as stored

PREFIX = "stock."
COUNTED = "count"
"""The reason of what a count found."""
REASONS = (COUNTED, "damage", "spoiled", "loss", "found", "sample", "booking_error", "other")


@dataclass(frozen=True, slots=True)
class StockRules:
    """Each field is the setting ``stock.<field>``, stored as ``{"value": ...}``.

    reasons: why a lot may be corrected; pick_days: shelf life that is left at least of what is picked, days;
    count_tolerance: difference of a count, as a share of the book quantity, that is taken without counting again;
    certificate_days: a certificate that ends within so many days is about to expire.
    """

    reasons: tuple[str, ...] = REASONS
    pick_days: int = 1
    count_tolerance: float = 0.02
    certificate_days: int = 60


def stock_rules(session: Session) -> StockRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: product.md, promise 1: every number is stored.
    """
    names = ("reasons", "pick_days", "count_tolerance", "certificate_days")
    found = {name: stored.value(session, PREFIX + name) for name in names}
    given = {name: value["value"] for name, value in found.items() if value}
    if "reasons" in given:
        given["reasons"] = tuple(str(reason) for reason in given["reasons"])
    return StockRules(**given)


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
