"""The traffic lights of commits: how far a commit is from its forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from analytics.supplier_forecast import light

THRESHOLDS = ("near_warn", "near_bad", "far_warn", "far_bad")


def thresholds(agreement: Any) -> dict[str, float]:
    """From which difference on a commit is told, as fractions of the forecast.

    Inputs: a row of the agreement.
    Returns: by name of THRESHOLDS.
    Raises: nothing.
    Source: screens.md 19.
    """
    return {name: float(getattr(agreement, name)) for name in THRESHOLDS}


def lights_of(
    forecast: Sequence[Decimal | float],
    commit: Sequence[Decimal | float | None],
    *,
    near: Sequence[bool],
    terms: Mapping[str, float],
) -> list[str]:
    """The traffic lights of cells.

    Inputs: forecast and commit of each cell, whether it is within the fence, and the thresholds.
    Returns: as analytics.supplier_forecast.light.
    Raises: nothing.
    Source: screens.md 19.
    """
    inside = np.array(near, dtype=bool)
    told = light(
        np.array([float(value) for value in forecast], dtype=np.float64),
        np.array([np.nan if value is None else float(value) for value in commit], dtype=np.float64),
        warn=np.where(inside, terms.get("near_warn", 0.0), terms.get("far_warn", 0.0)),
        bad=np.where(inside, terms.get("near_bad", 0.0), terms.get("far_bad", 0.0)),
    )
    return [str(each) for each in told]


def typed_lights(
    forecast: Sequence[float], commit: Sequence[float | None], *, fields: Sequence[str], near: object, terms: object
) -> list[str]:
    """The traffic lights of figures that are being typed, before anything is sent.

    Inputs: forecast and commit of each cell; fields: the first day of each; near: days within the fence, and terms: the
        thresholds, both as the page holds them.
    Returns: as lights_of; what the browser made of near and terms otherwise counts as none.
    Raises: nothing.
    Source: screens.md 19.
    """
    inside = near if isinstance(near, list) else []
    known = terms if isinstance(terms, dict) else {}
    shares = {name: float(value) for name, value in known.items() if isinstance(value, int | float)}
    return lights_of(forecast, commit, near=[field in inside for field in fields], terms=shares)
