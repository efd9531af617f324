"""What was sold of some products, period by period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from core.errors import InvalidInput
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand
from data.queries.records import codes_of, ids_of
from services.plain_rows import plain_rows

FREQUENCIES = ("day", "week", "month")
MOST_PRODUCTS = 50
LONGEST_DAYS = 3660


def demand_periods(
    viewer: Viewer, *, products: Sequence[str], frequency: str, since: date, before: date
) -> list[dict[str, Any]]:
    """Net demand of products by location and period.

    Inputs: a viewer with demand.read; codes of at most MOST_PRODUCTS products; one of FREQUENCIES; the first day and
        the one after the last.
    Returns: dictionaries of product, location, period (its first day; weeks begin on Monday) and quantity in the base
        unit, returns taken off; an unknown code has none.
    Raises: NotAllowed; InvalidInput for too many products or days.
    Source: glossary, demand.
    """
    require(viewer, Permission.DEMAND_READ)
    if not 0 < len(products) <= MOST_PRODUCTS:
        raise InvalidInput(_("Name between 1 and %(count)s products.", count=MOST_PRODUCTS))
    if not 0 < (before - since).days <= LONGEST_DAYS:
        raise InvalidInput(_("Ask for between 1 and %(count)s days.", count=number(LONGEST_DAYS)))
    with session_scope(viewer) as session:
        named = {row_id: code for code, row_id in ids_of(session, "products", products).items()}
        found = demand.period_sums(
            session, products=list(named), location_id=None, frequency=frequency, since=since, before=before
        )
        places = codes_of(session, "locations", found["location_id"].unique().tolist())
    shown = found.assign(product=found["product_id"].map(named), location=found["location_id"].map(places))
    shown["period"] = shown["period"].dt.date
    return plain_rows(shown[["product", "location", "period", "quantity"]])
