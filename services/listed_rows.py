"""Lists held in memory: narrowed, searched, put in order and shown some rows at a time, the same way everywhere."""

from __future__ import annotations

from collections.abc import Container

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PAGE_ROWS = 500

Sort = tuple[tuple[str, bool], ...]
"""Columns to sort by, each with whether descending."""


def equal_to(rows: pd.DataFrame, filters: object, *names: str) -> pd.Series[bool]:
    """Which rows have what the filters ask for.

    Inputs: rows: any list; filters: has an attribute of each name, an empty one narrows nothing; names: columns.
    Returns: a truth value a row, on the index of rows.
    Raises: AttributeError for a name that is no filter.
    Source: none; ours.
    """
    keep = pd.Series(data=True, index=rows.index)
    for name in names:
        if wanted := getattr(filters, name):
            keep &= rows[name] == wanted
    return keep


def mentioning(rows: pd.DataFrame, typed: str, *columns: str) -> pd.Series[bool]:
    """Which rows hold a text in their columns read one after the other, whatever its case.

    Inputs: rows: any list; typed: as a person typed it, nothing finds all; columns: of text.
    Returns: a truth value a row, on the index of rows.
    Raises: KeyError for a column that is none.
    Source: screens.md 22.
    """
    text = typed.strip().casefold()
    if not text:
        return pd.Series(data=True, index=rows.index)
    words = rows[columns[0]].fillna("")
    for column in columns[1:]:
        words = words + " " + rows[column].fillna("")
    return words.str.casefold().str.contains(text, regex=False)


def narrowed(rows: pd.DataFrame, keep: pd.Series[bool]) -> pd.DataFrame:
    """The rows to keep.

    Inputs: rows: any list; keep: a truth value a row, on its index.
    Returns: some rows; the list itself where all are kept, for a long one takes a while to copy.
    Raises: nothing.
    Source: none; ours.
    """
    return rows if keep.all() else rows[keep]


def in_order(
    rows: pd.DataFrame, asked: Sort, *, otherwise: Sort = (), sortable: Container[str] | None = None
) -> pd.DataFrame:
    """A list in the order that was asked for, and where that leaves rows equal, in its own.

    Inputs: rows: any list; asked: as the browser sent it, what can't be sorted by is passed over; otherwise: the order
        of the list, that of rows where it ends; sortable: columns that can be asked for, None for all.
    Returns: the same rows, unknown values last.
    Raises: nothing of its own.
    Source: screens.md 22.
    """
    return rows.iloc[_places(rows, asked, otherwise, sortable)]


def one_page(
    rows: pd.DataFrame,
    asked: Sort,
    *,
    start: int,
    end: int,
    otherwise: Sort = (),
    sortable: Container[str] | None = None,
) -> pd.DataFrame:
    """A part of a list in order, at most PAGE_ROWS of it.

    Inputs: as in_order; start, end: first row and the one after the last, as the browser sent them.
    Returns: the rows between; none where end is not after start.
    Raises: nothing of its own.
    Source: screens.md 22.
    """
    first = max(start, 0)
    return rows.iloc[_places(rows, asked, otherwise, sortable)[first : min(max(end, first), first + PAGE_ROWS)]]


def _places(rows: pd.DataFrame, asked: Sort, otherwise: Sort, sortable: Container[str] | None) -> NDArray[np.int64]:
    """The numbers of the rows in order. Of the columns to sort by alone: all of them would be copied for a few rows."""
    known = rows.columns if sortable is None else sortable
    order: dict[str, bool] = {}
    for name, descending in (*((name, down) for name, down in asked if name in known), *otherwise):
        order.setdefault(name, descending)
    numbered = rows[list(order)].reset_index(drop=True)
    if order:
        ascending = [not descending for descending in order.values()]
        numbered = numbered.sort_values(list(order), ascending=ascending, na_position="last", kind="stable")
    return numbered.index.to_numpy()
