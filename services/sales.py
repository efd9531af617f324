"""What was sold in a period, against the same days of the year before, by product or along another line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from analytics.kpi import growth, year_before
from core.clock import today
from core.errors import InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import sales as history
from services.kpi import data_date
from services.list_period import list_period
from services.listed_rows import PAGE_ROWS, Sort, in_order, mentioning, narrowed, one_page
from services.plain_rows import plain_rows

BY_ATTRIBUTE = ("category", "family")
LISTED_BY = ("product", *BY_ATTRIBUTE, "channel", "location", "customer")
SORTABLE = ("code", "name", "category", "quantity", "revenue", "revenue_last_year", "change", "share")
DOWNLOADED = ("code", "name", "category", "quantity", "uom", "revenue", "revenue_last_year", "change", "share")
OWN_ORDER = (("revenue", True), ("code", False), ("id", False))


@dataclass(frozen=True, slots=True)
class SalesFilters:
    """What to list: by which key, of which days, whose name holds which text."""

    by: str
    start: date
    end: date
    search: str = ""


@dataclass(frozen=True, slots=True)
class SalesPage:
    """Some rows of the list, how many there are, and what they sold together; NaN where it can't be known."""

    rows: list[dict[str, Any]]
    total: int
    revenue: float
    revenue_last_year: float
    change: float
    start_last_year: date
    end_last_year: date


def sales_filters(viewer: Viewer, *, by: object, start: object, end: object, search: object) -> SalesFilters:
    """What a browser asked for; what it did not say is the month to the last day with data, by product.

    Inputs: a viewer with ``demand.read`` and four texts, each may be empty.
    Returns: SalesFilters.
    Raises: NotAllowed; InvalidInput for what is no such key or no period of at most 366 days.
    Source: screens.md 22.
    """
    require(viewer, Permission.DEMAND_READ)
    with session_scope(viewer) as session:
        last = data_date(session) or today()
    first, end_day = list_period(start, end, last=last, first_of=lambda day: day.replace(day=1))
    wanted = SalesFilters(by=str(by or "product"), start=first, end=end_day, search=str(search or "").strip())
    if wanted.by not in LISTED_BY:
        raise InvalidInput(_("Sales can't be listed by “%(key)s”.", key=wanted.by))
    return wanted


def any_sales(viewer: Viewer) -> bool:
    """Whether there is anything to list.

    Inputs: a viewer with ``demand.read``.
    Returns: False while nothing was sold.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.DEMAND_READ)
    with session_scope(viewer) as session:
        return data_date(session) is not None


def sales(
    viewer: Viewer,
    filters: SalesFilters,
    *,
    first: int = 0,
    end: int = PAGE_ROWS,
    sort: Sort = (),
) -> SalesPage:
    """A page of the list, the most revenue first unless sorted otherwise.

    Inputs: a viewer with ``demand.read``, filters, first row and the one after the last, columns to sort by with
        whether descending.
    Returns: SalesPage; rows hold id, code, name, category, uom, quantity, revenue, revenue_last_year, change, share.
    Raises: NotAllowed.
    Source: glossary, revenue, revenue-same-days.
    """
    found = _listed(viewer, filters)
    page = one_page(found, sort, start=first, end=end, otherwise=OWN_ORDER, sortable=SORTABLE)
    now, before = found["revenue"].sum(min_count=1), found["revenue_last_year"].sum(min_count=1)
    return SalesPage(
        rows=plain_rows(page),
        total=len(found),
        revenue=float(now),
        revenue_last_year=float(before),
        change=float(growth(now, before=before)[0]),
        start_last_year=year_before(filters.start),
        end_last_year=year_before(filters.end),
    )


def sales_download(viewer: Viewer, filters: SalesFilters, *, sort: Sort = ()) -> Iterator[list[Any]]:
    """All rows of the list, for a file.

    Inputs: a viewer with ``demand.read``, filters, and columns to sort by with whether descending.
    Returns: the columns DOWNLOADED of each row.
    Raises: NotAllowed.
    Source: product.md: the analyst downloads every table.
    """
    found = _ordered(_listed(viewer, filters), sort)[list(DOWNLOADED)]
    return (list(row.values()) for row in plain_rows(found))


def _listed(viewer: Viewer, filters: SalesFilters) -> pd.DataFrame:
    require(viewer, Permission.DEMAND_READ)
    with session_scope(viewer) as session:
        found = shared_frame(
            session,
            viewer,
            "sales",
            subjects=("demand", "products", "master"),
            args=(filters.by, filters.start, filters.end),
            compute=lambda: _compared(session, filters),
        )
    return narrowed(found, mentioning(found, filters.search, "code", "name", "category"))


def _ordered(found: pd.DataFrame, sort: Sort) -> pd.DataFrame:
    return in_order(found, sort, otherwise=OWN_ORDER, sortable=SORTABLE)


def _compared(session: Session, filters: SalesFilters) -> pd.DataFrame:
    """Everything that sold on the days or on those of the year before, with the change."""
    key = "product" if filters.by in BY_ATTRIBUTE else filters.by
    start_before, end_before = year_before(filters.start), year_before(filters.end)
    now = history.totals_by(session, key, filters.start, filters.end)
    before = history.totals_by(session, key, start_before, end_before)[["id", "revenue"]]
    found = now.merge(before, on="id", how="outer", suffixes=("", "_last_year"))
    found = _named(session, key, found.fillna({"quantity": 0.0, "revenue": 0.0, "revenue_last_year": 0.0}))
    if filters.by in BY_ATTRIBUTE:
        found = _by_attribute(found, filters.by)
    first = history.first_day(session)
    if first is None or first > start_before:
        found["revenue_last_year"] = float("nan")  # the data don't reach back so far
    found["change"] = growth(found["revenue"], before=found["revenue_last_year"])
    total = found["revenue"].sum()
    found["share"] = found["revenue"] / total if total > 0 else float("nan")
    return found


def _named(session: Session, key: str, found: pd.DataFrame) -> pd.DataFrame:
    named = found.merge(history.members(session, key), on="id", how="left")
    for name in ("code", "name", "category", "family", "uom"):
        named[name] = named[name].fillna("") if name in named else ""
    # Sales without a customer are sales all the same.
    named.loc[named["id"].isna(), "name"] = _("Not told")
    named["id"] = named["id"].fillna(0).astype("int64").astype(str)
    return named


def _by_attribute(found: pd.DataFrame, name: str) -> pd.DataFrame:
    """Totals of a category or family; quantities in different units don't add up and are left out."""
    grouped = found.groupby(name, as_index=False).agg(
        revenue=("revenue", "sum"), revenue_last_year=("revenue_last_year", "sum"), category=("category", "first")
    )
    grouped["code"] = grouped[name]
    return grouped.assign(id=grouped["code"], name=grouped["code"], uom="", quantity=float("nan"))
