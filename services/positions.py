"""Where every item stands: position, cover, status and money, as lists, totals and lots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from analytics.expiry import expiry_risk
from analytics.inventory_position import StockStatus, inventory_position
from analytics.kpi import days_of_supply, inventory_value
from core.clock import today
from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import inventory
from data.queries.inventory import Item
from services.form_values import row_id
from services.listed_rows import PAGE_ROWS, Sort, equal_to, mentioning, narrowed, one_page
from services.plain_rows import plain_rows

KEYS = ["product_id", "location_id"]
SUBJECTS = ("stock", "orders", "policy", "demand")
OWN_ORDER = (("money_at_stake", True),)  # what is equal stays in the order of code and location


@dataclass(frozen=True, slots=True)
class PositionFilters:
    """What a list of positions is narrowed to; an empty text narrows nothing."""

    status: str = ""
    location: str = ""
    category: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class PositionPage:
    """Some rows of a list, how many it has, and their value and money at stake in all."""

    rows: list[dict[str, Any]]
    total: int
    stock_value: float
    money_at_stake: float


@dataclass(frozen=True, slots=True)
class StatusTotal:
    """The items of one status."""

    status: str
    items: int
    money_at_stake: float


@dataclass(frozen=True, slots=True)
class InventorySummary:
    """The whole stock: value at cost, days of supply (at cost), items without a cost, and the totals by status."""

    items: int
    stock_value: float
    items_without_cost: int
    days_of_supply: float
    statuses: list[StatusTotal]
    data_date: date


def stock_positions(session: Session, *, as_of: date, item: Item | None = None) -> pd.DataFrame:
    """Position, cover, status and money of every item, or of one, as stored at this moment.

    Inputs: an open session, the data date, and the item if only one is asked for.
    Returns: frame indexed by product and location: the columns of analytics.inventory_position, the names and terms
        of data.queries.inventory.position_inputs, stock_value (on hand at cost).
    Raises: nothing of its own.
    Source: formulas.md 3.3.
    """
    inputs = inventory.position_inputs(session, as_of=as_of, item=item).set_index(KEYS)
    result = inventory_position(inputs)
    names = inputs.columns.difference(result.columns)
    result = result.join(inputs[names])
    result["stock_value"] = result["on_hand"] * result["unit_cost"]
    return result


def shared_positions(session: Session, viewer: Viewer, *, as_of: date) -> pd.DataFrame:
    """The same for all items, kept in memory until the data change. Not to be changed.

    Inputs: an open session, the viewer, the data date.
    Returns: as stock_positions, by code and location.
    Raises: nothing of its own.
    Source: none; ours.
    """
    return shared_frame(
        session,
        viewer,
        "stock_positions",
        subjects=SUBJECTS,
        args=(as_of,),
        compute=lambda: stock_positions(session, as_of=as_of).sort_values(["code", "location"]),
    )


def positions(
    viewer: Viewer,
    filters: PositionFilters,
    *,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: Sort = (),
) -> PositionPage:
    """A page of the list of positions, the most money at stake first unless sorted otherwise.

    Inputs: a viewer with inventory.read, filters, first row and the one after the last, columns to sort by with
        whether descending.
    Returns: the page; rows hold the columns of analytics.inventory_position and names, None for what is unknown.
    Raises: NotAllowed.
    Source: screens.md 1, 22.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = _filtered(shared_positions(session, viewer, as_of=today()), filters)
    page = one_page(found, sort, start=start, end=end, otherwise=OWN_ORDER)
    return PositionPage(
        rows=position_rows(page),
        total=len(found),
        stock_value=float(found["stock_value"].sum()),
        money_at_stake=float(found["money_at_stake"].sum()),
    )


def positions_after(
    viewer: Viewer, filters: PositionFilters, *, last: Sequence[Any] | None, limit: int
) -> tuple[list[dict[str, Any]], list[Any] | None]:
    """The list of positions by code and place, from a place in it on.

    Inputs: a viewer with inventory.read, filters, code and location of the row before (None: from the first), how many.
    Returns: rows as positions, and code and location of the last one, None at the end.
    Raises: NotAllowed.
    Source: screens.md 22.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = _filtered(shared_positions(session, viewer, as_of=today()), filters)
    if last is not None:
        code, location = last
        found = found[(found["code"] > code) | ((found["code"] == code) & (found["location"] > location))]
    shown = found.iloc[:limit]
    place = [shown["code"].iloc[-1], shown["location"].iloc[-1]] if len(found) > limit else None
    return position_rows(shown), place


def summary(viewer: Viewer) -> InventorySummary:
    """The whole stock in a few figures.

    Inputs: a viewer with inventory.read.
    Returns: value, days of supply (value over the cost of a day's demand), and count and money of every status.
    Raises: NotAllowed.
    Source: formulas.md 3.3; screens.md 1.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = shared_positions(session, viewer, as_of=today())
    value = inventory_value(found)
    daily_cost = float((found["mean_daily_demand"] * found["unit_cost"]).sum())
    by_status = found.groupby("status", observed=True)["money_at_stake"].agg(["size", "sum"])
    totals = [
        StatusTotal(status, int(by_status["size"].get(status, 0)), float(by_status["sum"].get(status, 0.0)))
        for status in StockStatus
    ]
    return InventorySummary(
        items=len(found),
        stock_value=value.value,
        items_without_cost=value.rows_without_cost,
        days_of_supply=float(days_of_supply(value.value, usage_per_day=daily_cost)[0]),
        statuses=totals,
        data_date=today(),
    )


def any_item(viewer: Viewer) -> bool:
    """Whether there is any position at all.

    Inputs: a viewer with inventory.read.
    Returns: False while there is neither stock nor order nor policy.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        return not shared_positions(session, viewer, as_of=today()).empty


def filter_choices(viewer: Viewer) -> dict[str, list[tuple[str, str]]]:
    """What a list of positions can be narrowed to.

    Inputs: a viewer with inventory.read.
    Returns: ``location`` and ``category``: value and text.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    choices: dict[str, list[tuple[str, str]]] = {"location": [], "category": []}
    with session_scope(viewer) as session:
        for row in inventory.filter_choices(session):
            choices[row.kind].append((row.value, row.text))
    return choices


def lots(viewer: Viewer, product_id: object, location_id: object) -> list[dict[str, Any]]:
    """The lots of one item, those that expire first on top, with what will not be sold in time.

    Inputs: a viewer with inventory.read, product and location.
    Returns: lot, quantity, received_on, expires_on, days_left (None = never expires), expired, quantity_at_risk,
        value_at_risk (None where demand or cost isn't known).
    Raises: NotAllowed; NotFound.
    Source: analytics.expiry, first expired first out.
    """
    require(viewer, Permission.INVENTORY_READ)
    item: Item = (row_id(product_id), row_id(location_id))
    with session_scope(viewer) as session:
        position = stock_positions(session, as_of=today(), item=item)
        if position.empty:
            raise NotFound(_("There is no such item at this location."))
        found = inventory.lots(session, item=item)
    item_figures = position.iloc[0]
    found = found.assign(
        product_id=item[0],
        location_id=item[1],
        expiry_date=found["expires_on"],
        mean_daily_demand=item_figures["mean_daily_demand"],
        unit_cost=item_figures["unit_cost"],
    )
    risk = expiry_risk(found, by=KEYS, as_of=today())
    return plain_rows(found[["lot", "quantity", "received_on", "expires_on"]].join(risk))


def position_rows(positions_: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of stock_positions as plain values, each with an id for the browser.

    Inputs: positions_: any rows of stock_positions.
    Returns: dictionaries; None for what is unknown or endless.
    Raises: nothing.
    Source: none; ours.
    """
    rows = plain_rows(positions_.reset_index())
    for row in rows:
        row["id"] = f"{row['product_id']}-{row['location_id']}"
    return rows


def _filtered(found: pd.DataFrame, filters: PositionFilters) -> pd.DataFrame:
    keep = equal_to(found, filters, "status", "location", "category")
    return narrowed(found, keep & mentioning(found, filters.search, "code", "name"))
