"""The stock by lot and place: what it is worth, when it expires, what it is promised to, and how it came to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.kpi import inventory_value
from core.clock import today
from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import expiry_board as stored_actions
from data.queries import stock as rows
from data.queries.inventory import Item
from services import expiry_board
from services.expiry_board import LOT, shared_lots
from services.form_values import row_id
from services.plain_rows import plain_rows
from services.positions import shared_positions

PAGE_ROWS = 500
MOST_PROMISES = 100
WITHIN = {"expired": 0, "7": 7, "30": 30, "90": 90}
COLUMNS = (
    *("code", "name", "category", "location", "lot", "quantity", "uom", "received_on", "expires_on", "days_left"),
    *("bucket", "unit_cost", "value", "planned_quantity"),
)


@dataclass(frozen=True, slots=True)
class StockFilters:
    """What the list is narrowed to; an empty text narrows nothing. ``within`` is one of WITHIN: lots that expire in so
    many days, the expired ones too."""

    location: str = ""
    category: str = ""
    storage: str = ""
    within: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class StockPage:
    """Some lots, how many match; the value at cost of what can still be used, the lots of it without a cost, and what
    the expired ones cost."""

    rows: list[dict[str, Any]]
    total: int
    value: float
    without_cost: int
    expired_value: float


@dataclass(frozen=True, slots=True)
class Valuation:
    """Value at cost, a row a place with a column a category and ``total``, the last row for all places; what has no
    cost is not in it, nor what has expired."""

    categories: list[str]
    rows: list[dict[str, Any]]
    value: float
    items_without_cost: int
    expired_value: float


@dataclass(frozen=True, slots=True)
class ItemStock:
    """A product at a place: its lots, first expired first out, and the open order lines that it is promised to."""

    item: dict[str, Any]
    lots: list[dict[str, Any]]
    promises: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class MovementPage:
    """Some movements, the newest first, and how many there are."""

    rows: list[dict[str, Any]]
    total: int


def lots(
    viewer: Viewer,
    filters: StockFilters,
    *,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: tuple[tuple[str, bool], ...] = (),
) -> StockPage:
    """A page of the lots in stock, by item, place and expiry unless sorted otherwise.

    Inputs: a viewer with inventory.read, filters, first row and the one after the last, columns to sort by with
        whether descending.
    Returns: the page; rows hold COLUMNS and id, product_id, location_id, location_name. value is at cost, 0 of an
        expired lot and None without a cost; planned_quantity is what open actions are to take away.
    Raises: NotAllowed.
    Source: analytics.kpi.inventory_value.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = shared_lots(session, viewer, as_of=today())
        if filters.storage:
            found = found[found["product_id"].isin(rows.products_stored(session, filters.storage))]
        found = _filtered(found, filters)
        planned = stored_actions.open_actions(session)[[*LOT, "planned_quantity"]]
    usable = found["quantity"].where(~found["expired"], 0.0)
    value = inventory_value(pd.DataFrame({"on_hand": usable, "unit_cost": found["unit_cost"]}))
    found = found.assign(value=usable * found["unit_cost"])
    first = max(start, 0)
    page = _sorted(found, sort).iloc[first : min(max(end, first), first + PAGE_ROWS)]
    page = page.merge(planned, on=LOT, how="left").astype({"planned_quantity": "float64"})
    return StockPage(
        rows=[row | {"id": _lot_id(row)} for row in plain_rows(page)],
        total=len(found),
        value=value.value,
        without_cost=value.rows_without_cost,
        expired_value=_expired_value(found),
    )


def valuation(viewer: Viewer) -> Valuation:
    """What the whole stock is worth, by place and category.

    Inputs: a viewer with inventory.read.
    Returns: Valuation; its parts add up to the inventory value of Home.
    Raises: NotAllowed.
    Source: analytics.kpi.inventory_value, for each part and for all.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        positions = shared_positions(session, viewer, as_of=today())
        expired = _expired_value(shared_lots(session, viewer, as_of=today()))
    stocked = positions[positions["on_hand"] > 0]
    parts = {
        (str(code), str(category)): inventory_value(part).value
        for (code, category), part in stocked.groupby(["location", "category"])  # type: ignore[misc]
    }
    names = dict(zip(stocked["location"], stocked["location_name"], strict=True))
    categories = sorted({category for _code, category in parts})
    whole = inventory_value(positions)
    table = [
        _summed({"location": code, "name": names[code]}, {name: parts.get((code, name), 0.0) for name in categories})
        for code in sorted(names)
    ]
    totals = {name: sum(row[name] for row in table) for name in categories}
    table.append(_summed({"location": "", "name": _("All places")}, totals))
    return Valuation(categories, table, whole.value, whole.rows_without_cost, expired)


def item(viewer: Viewer, product_id: object, location_id: object) -> ItemStock:
    """One product at one place with its lots and promises.

    Inputs: a viewer with inventory.read, product and location.
    Returns: ItemStock; lots as rows of the list, also without any.
    Raises: NotAllowed; NotFound when there is no such product or place.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    key: Item = (row_id(product_id), row_id(location_id))
    with session_scope(viewer) as session:
        named = rows.item_at(session, key)
        if named is None:
            raise NotFound(_("There is no such item at this location."))
        found = expiry_board.lots(session, as_of=today(), item=key)
        promised = rows.promises(session, key, limit=MOST_PROMISES)
    ordered = found.sort_values(["days_left", "lot"])
    return ItemStock(named._asdict(), plain_rows(ordered), [row._asdict() for row in promised])


def movements(
    viewer: Viewer, product_id: object, location_id: object, *, start: int = 0, end: int = PAGE_ROWS
) -> MovementPage:
    """A page of what moved of one product at one place, the newest first.

    Inputs: a viewer with inventory.read, product and location, first row and the one after the last.
    Returns: the page; rows hold day, kind, reference, quantity, balance_after, and of corrections lot, before, after,
        reason, note, by, created_at; balance_after is the stock of now less what moved since, None where
        that is below zero, because movements are missing.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    first = max(start, 0)
    key: Item = (row_id(product_id), row_id(location_id))
    with session_scope(viewer) as session:
        found = rows.movements(session, key, start=first, limit=min(max(end - first, 0), PAGE_ROWS))
    shown = [row._asdict() for row in found]
    for row in shown:
        row["balance_after"] = row["balance_after"] if row["balance_after"] >= 0 else None
    return MovementPage(shown, shown[0]["total"] if shown else 0)


def _summed(named: dict[str, Any], parts: dict[str, float]) -> dict[str, Any]:
    return {**named, **parts, "total": sum(parts.values())}


def _expired_value(found: pd.DataFrame) -> float:
    expired = found[found["expired"]]
    return float((expired["quantity"] * expired["unit_cost"]).sum())


def _filtered(found: pd.DataFrame, filters: StockFilters) -> pd.DataFrame:
    keep = pd.Series(True, index=found.index)
    for name in ("location", "category"):
        wanted = getattr(filters, name)
        if wanted:
            keep &= found[name] == wanted
    if filters.within in WITHIN:
        keep &= found["days_left"] <= WITHIN[filters.within]
    if filters.search:
        text = filters.search.strip().casefold()
        names = [
            found[name].str.casefold().str.contains(text, regex=False, na=False) for name in ("code", "name", "lot")
        ]
        keep &= np.logical_or.reduce(names)
    return found[keep]


def _sorted(found: pd.DataFrame, sort: tuple[tuple[str, bool], ...]) -> pd.DataFrame:
    """As asked for; what is equal stays in the order of shared_lots."""
    asked = [(name, descending) for name, descending in sort if name in found.columns]
    if not asked:
        return found
    names = list(dict.fromkeys(name for name, _descending in asked))
    descending = dict(reversed(asked))
    return found.sort_values(
        names, ascending=[not descending[name] for name in names], na_position="last", kind="stable"
    )


def _lot_id(row: dict[str, Any]) -> str:
    return f"{row['product_id']}-{row['location_id']}-{row['lot']}"
