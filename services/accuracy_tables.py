"""Tables of forecast accuracy: their columns, what their rows are called, and pages of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from analytics.lived_accuracy import MEASURES
from core.i18n import _, day
from data.queries import forecast_accuracy as rows
from services.forecast_reasons import method_name
from services.listed_rows import PAGE_ROWS
from services.plain_rows import plain_rows

COUNTS = ("series", "pairs", "approved_pairs", "demand", "missed_money")
RIVALS = tuple(
    f"{prefix}_{measure}"
    for measure in MEASURES
    for prefix in ("naive", "vs_naive", "approved", "vs_approved")
    if not (measure == "coverage" and "naive" in prefix)  # seasonal naive has no band
)
FIGURES = (*COUNTS, *MEASURES, *RIVALS)
NAMES = ("label", "name", "location", "method", "demand_class")
SHARES = ("share", "cumulative_share")
SORTABLE = {*NAMES, *FIGURES, *SHARES, "alarms"}
_WORDS: dict[str, Callable[[str], str]] = {"method": method_name, "demand_class": str.capitalize}


@dataclass(frozen=True, slots=True)
class AccuracyPage:
    """Some rows of a list and how many it has in all."""

    rows: list[dict[str, Any]]
    total: int


def period_name(period: date, frequency: str) -> str:
    """A month or week as lists show it.

    Inputs: its first day; frequency.
    Returns: "2026-05", or the Monday of the week.
    Raises: nothing.
    Source: none; ours.
    """
    return f"{period:%Y-%m}" if frequency == "month" else day(period)


def labelled(session: Session, table: pd.DataFrame, *, by: str, frequency: str) -> pd.DataFrame:
    """The rows with what they are called, in no language: kept tables are read by everybody.

    Inputs: an open session; table: with the columns it is listed by; by: what that is; frequency.
    Returns: the table with label; with name and location where they apply.
    Raises: nothing of its own.
    Source: none; ours.
    """
    found = table
    if by in ("item", "product"):
        names = rows.products(session)[["product_id", "code", "name"]]
        found = found.merge(names, on="product_id").rename(columns={"code": "label"})
    if by in ("item", "location"):
        found = found.merge(rows.locations(session), on="location_id")
    if by == "location":
        return found.rename(columns={"location": "label", "location_name": "name"})
    if "label" in found:
        return found
    if by == "period":
        return found.assign(label=[period_name(period, frequency) for period in found["period"]])
    return found.assign(label=found[by].astype(str))


def with_shares(table: pd.DataFrame) -> pd.DataFrame:
    """The rows with their shares of the money missed.

    Inputs: table with missed_money, the largest first.
    Returns: the table with share and cumulative_share, without them where nothing was missed.
    Raises: nothing.
    Source: Pareto.
    """
    money = table["missed_money"].fillna(0.0)
    total = money.sum()
    return table.assign(share=money / total, cumulative_share=money.cumsum() / total) if total > 0 else table


def plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON.

    Inputs: table.
    Returns: a dictionary a row; None for what is unknown, a period as its first day.
    Raises: nothing.
    Source: none; ours.
    """
    shown = table.assign(period=table["period"].dt.strftime("%Y-%m-%d")) if "period" in table else table
    return plain_rows(shown)


def in_words(found: list[dict[str, Any]], *, by: str) -> list[dict[str, Any]]:
    """Rows with methods and demand classes as a person calls them.

    Inputs: rows of plain(); by: what they are listed by.
    Returns: the rows; one of no method or class is of all series.
    Raises: nothing.
    Source: none; ours.
    """
    said = [row | {name: word(row[name]) for name, word in _WORDS.items() if row.get(name)} for row in found]
    return [row | {"label": row[by] or _("All series")} for row in said] if by in _WORDS else said


def page_of(
    table: pd.DataFrame, *, by: str, sort: Sequence[tuple[str, bool]] = (), first: int = 0, limit: int
) -> AccuracyPage:
    """Some rows of a table, in its own order or another.

    Inputs: table; by: what it is listed by; sort: (column, descending), unknown ones are passed over; which rows.
    Returns: AccuracyPage.
    Raises: nothing.
    Source: none; ours.
    """
    order = {name: not descending for name, descending in sort if name in SORTABLE and name in table}
    if order:
        table = table.sort_values(list(order), ascending=list(order.values()), na_position="last", kind="stable")
    start = max(first, 0)
    shown = table.iloc[start : start + min(max(limit, 1), PAGE_ROWS)]
    return AccuracyPage(in_words(plain(shown), by=by), len(table))
