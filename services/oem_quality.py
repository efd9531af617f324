"""How much of what is made for an OEM is good: by product, month and order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analytics.production_yield import yield_share
from core.clock import today
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import oem_supply as rows
from services.partners import partner_scope
from services.plain_rows import plain_rows

YEAR, SEASON = timedelta(days=365), timedelta(days=91)


@dataclass(frozen=True, slots=True)
class MadeQuality:
    """Rows of code, name, uom, made, scrap and ``share`` (yield, None where nothing was made): of each product in the
    last 13 weeks with ``before`` (its yield in the 13 weeks before them), of its months, and of its orders."""

    products: list[dict[str, Any]]
    months: list[dict[str, Any]]
    orders: list[dict[str, Any]]


def quality(viewer: Viewer) -> MadeQuality:
    """Made, scrap and yield of the last year.

    Inputs: an OEM with portal.oem.quality.
    Returns: MadeQuality, the newest first.
    Raises: NotAllowed.
    Source: analytics.production_yield.
    """
    with partner_scope(viewer, Permission.OEM_QUALITY) as session:
        found = rows.yields(session, since=today() - YEAR, today=today())
    found["month"] = [day.replace(day=1) for day in found["day"]]
    months = _summed(found, ["month", "code", "name", "uom"]).sort_values(["month", "code"], ascending=[False, True])
    return MadeQuality(_products(found), _rows(months), _rows(_with_share(found.drop(columns="month"))))


def _products(found: pd.DataFrame) -> list[dict[str, Any]]:
    keys = ["code", "name", "uom"]
    lately = _between(found, today() - SEASON, today() + timedelta(days=1))
    before = _summed(_between(found, today() - 2 * SEASON, today() - SEASON), keys)
    shares = before.set_index("code")["share"].rename("before")
    return _rows(_summed(lately, keys).join(shares, on="code"))


def _between(found: pd.DataFrame, first: date, end: date) -> pd.DataFrame:
    return found[[first <= day < end for day in found["day"]]]


def _summed(found: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return _with_share(found.groupby(keys, as_index=False)[["made", "scrap"]].sum())


def _with_share(found: pd.DataFrame) -> pd.DataFrame:
    made, scrap = (found[name].to_numpy(dtype=np.float64) for name in ("made", "scrap"))
    return found.assign(share=yield_share(made, scrap))


def _rows(found: pd.DataFrame) -> list[dict[str, Any]]:
    return plain_rows(found)
