"""How buffers are sized unless somebody says otherwise: stored settings, with the defaults declared here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from core.i18n import _
from services import company_rules
from services.company_rules import CompanyRules, rule


@dataclass(frozen=True, slots=True)
class BufferRules(CompanyRules):
    """The settings ``buffers.<field>``.

    Lead times up to short_days are short, those over medium_days long: the smaller the factor, the longer the time.
    The variability factor follows the XYZ class of the demand; that of Y where the class is not known.
    spike_threshold: share of the red zone from which a day's orders are a spike.
    """

    PREFIX: ClassVar = "buffers."
    RISING: ClassVar = (("short_days", "medium_days"),)

    short_days: float = rule(7, lambda: _("Short lead time: up to, days"), within=(1, 365))
    medium_days: float = rule(30, lambda: _("Medium lead time: up to, days"), within=(1, 365))
    short_factor: float = rule(0.8, lambda: _("Lead time factor, short, %"), within=(1, 100), in_percent=True)
    medium_factor: float = rule(0.5, lambda: _("Lead time factor, medium, %"), within=(1, 100), in_percent=True)
    long_factor: float = rule(0.3, lambda: _("Lead time factor, long, %"), within=(1, 100), in_percent=True)
    x_factor: float = rule(0.25, lambda: _("Variability factor of X, %"), within=(0, 100), in_percent=True)
    y_factor: float = rule(0.5, lambda: _("Variability factor of Y, %"), within=(0, 100), in_percent=True)
    z_factor: float = rule(0.75, lambda: _("Variability factor of Z, %"), within=(0, 100), in_percent=True)
    spike_threshold: float = rule(0.5, lambda: _("Spike from, % of red"), within=(1, 1000), in_percent=True)


def buffer_rules(session: Session) -> BufferRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: product.md, promise 1: every number is stored.
    """
    return company_rules.in_force(session, BufferRules)


def proposed_factors(rules: BufferRules, items: pd.DataFrame) -> pd.DataFrame:
    """The factors of each item by the class of its lead time and of its variability.

    Inputs: rules; items: frame with lead_time_days and xyz (X, Y, Z or None).
    Returns: frame on the same index: lead_time_factor, variability_factor, spike_threshold.
    Raises: nothing.
    Source: Ptak & Smith, buffer profiles.
    """
    days = items["lead_time_days"]
    by_time = [rules.short_factor, rules.long_factor]
    by_class = [rules.x_factor, rules.z_factor]
    return pd.DataFrame(
        {
            "lead_time_factor": np.select(
                [days <= rules.short_days, days > rules.medium_days], by_time, default=rules.medium_factor
            ),
            "variability_factor": np.select(
                [items["xyz"] == "X", items["xyz"] == "Z"], by_class, default=rules.y_factor
            ),
            "spike_threshold": rules.spike_threshold,
        },
        index=items.index,
    )
