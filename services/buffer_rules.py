"""How buffers are sized unless somebody says otherwise: stored settings, with the defaults declared here."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from data.queries import settings as stored

PREFIX = "buffers."


@dataclass(frozen=True, slots=True)
class BufferRules:
    """Each field is the setting ``buffers.<field>``, stored as ``{"value": ...}``.

    Lead times up to short_days are short, those over medium_days long: the smaller the factor, the longer the time.
    The variability factor follows the XYZ class of the demand; that of Y where the class is not known.
    spike_threshold: share of the red zone from which a day's orders are a spike.
    """

    short_days: float = 7
    medium_days: float = 30
    short_factor: float = 0.8
    medium_factor: float = 0.5
    long_factor: float = 0.3
    x_factor: float = 0.25
    y_factor: float = 0.5
    z_factor: float = 0.75
    spike_threshold: float = 0.5


def buffer_rules(session: Session) -> BufferRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: product.md, promise 1: every number is stored.
    """
    found = {field.name: stored.value(session, PREFIX + field.name) for field in fields(BufferRules)}
    return BufferRules(**{name: float(value["value"]) for name, value in found.items() if value})


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
