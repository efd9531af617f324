"""When a delivery counts as on time and in full: stored settings, with the defaults declared here."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from data.queries import settings as stored

PREFIX = "otif."


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """Each field is the setting ``otif.<field>``, stored as ``{"value": ...}``.

    late_tolerance_days: days a delivery may come after the first confirmed date; quantity_tolerance: share of the
    ordered quantity that may be missing.
    """

    late_tolerance_days: int = 0
    quantity_tolerance: float = 0.0


def delivery_rules(session: Session) -> DeliveryRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: glossary, OTIF: the tolerance is a setting.
    """
    late = stored.value(session, PREFIX + "late_tolerance_days")
    short = stored.value(session, PREFIX + "quantity_tolerance")
    return DeliveryRules(
        late_tolerance_days=int(late["value"]) if late else 0,
        quantity_tolerance=float(short["value"]) if short else 0.0,
    )
