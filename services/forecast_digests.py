"""What a series is known by: the same digest means the same history, and so the same forecast."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy.orm import Session

from analytics.forecasting.panel import Frequency
from data.queries import demand, demand_annotations
from services.forecast_results import Key

Digests = list[tuple[int, int, str]]


def series_digests(
    session: Session,
    *,
    products: Sequence[int],
    location_id: int | None,
    frequency: Frequency,
    since: date,
    before: date,
) -> Digests:
    """A digest of the rows of every series and of the corrections that planners accepted in it.

    Inputs: an open session; products; location_id: None for all; frequency, whose corrections count; the days.
    Returns: product_id, location_id and digest, in the order of the ids.
    Raises: nothing.
    Source: ours.
    """
    rows = demand.series_digests(session, products=products, location_id=location_id, since=since, before=before)
    accepted = demand_annotations.accepted_annotations(session, products, frequency)
    return with_corrections(rows, accepted, since=since, before=before)


def with_corrections(digests: Digests, accepted: pd.DataFrame, *, since: date, before: date) -> Digests:
    """Digests of demand with those of the corrections in them.

    Inputs: product_id, location_id and digest; data.queries.demand_annotations.ACCEPTED_COLUMNS; the days.
    Returns: the same series; digests without a correction as they were.
    Raises: nothing.
    Source: ours.
    """
    corrected = _corrections(accepted, since, before)
    return [(product, place, digest + corrected.get((product, place), "")) for product, place, digest in digests]


def _corrections(accepted: pd.DataFrame, since: date, before: date) -> dict[Key, str]:
    """For series with any."""
    found = accepted.dropna(subset="corrected")
    found = found[(found["period"] >= since) & (found["period"] < before)]
    if found.empty:
        return {}
    told = found[["period", "kind", "observed", "corrected"]].astype(str).agg("/".join, axis=1)
    named = told.groupby([found["product_id"], found["location_id"]])
    digests = {key: hashlib.sha256("|".join(sorted(texts)).encode()).hexdigest()[:16] for key, texts in named}
    return {key: f"+{digest}" for key, digest in digests.items()}  # type: ignore[misc]
