"""Lots that won't be sold before they expire: what they are worth, by how soon, and what is done about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.expiry import expiry_risk
from core.clock import today
from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import expiry_board as rows
from data.queries.inventory import Item
from services.form_values import row_id
from services.plain_rows import plain_rows
from services.positions import KEYS, SUBJECTS, shared_positions, stock_positions

LOT = [*KEYS, "lot"]
PAGE_ROWS = 500
LONGEST_LOT = 200
# Each up to and with so many days left; a lot sells nothing on the day of its expiry.
BUCKET_DAYS = {"expired": 0, "week": 7, "month": 30, "quarter": 90, "later": np.inf}
SHOWN_ACTIONS = ("none", "open")
ITEM_FACTS = ["code", "name", "category", "location", "location_name", "uom", "mean_daily_demand", "unit_cost"]


@dataclass(frozen=True, slots=True)
class BoardFilters:
    """What the board is narrowed to; an empty text narrows nothing. ``action`` is none or open."""

    bucket: str = ""
    action: str = ""
    location: str = ""
    category: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Some rows of the board, how many it has, their value at risk and what open actions are to bring, in all."""

    rows: list[dict[str, Any]]
    total: int
    value_at_risk: float
    expected_recovery: float


@dataclass(frozen=True, slots=True)
class BucketTotal:
    """The lots at risk that expire within the days of one bucket."""

    bucket: str
    lots: int
    value_at_risk: float


@dataclass(frozen=True, slots=True)
class LotDetail:
    """A lot, all its actions, the first on top, and who did what with them, the latest first."""

    lot: dict[str, Any]
    actions: list[dict[str, Any]]
    history: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ActionPage:
    """Some actions, how many there are in all, open and done, and the money they are to bring or brought."""

    rows: list[dict[str, Any]]
    total: int
    open: int
    expected: float
    done: int
    recovered: float


def board(
    viewer: Viewer,
    filters: BoardFilters,
    *,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: tuple[tuple[str, bool], ...] = (),
) -> BoardPage:
    """A page of the lots at risk, the most value at risk first unless sorted otherwise.

    Inputs: a viewer with inventory.read, filters, first row and the one after the last, columns to sort by with
        whether descending.
    Returns: the page; rows have item, place, lot, quantity, expires_on, days_left, bucket, demand_until (units the
        item sells before the lot expires), quantity_at_risk, value_at_risk (None without a cost), and of the open
        action due first action_kind, action_status and action_due_on; None for what there is not.
    Raises: NotAllowed.
    Source: analytics.expiry; screens.md 1.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        at_risk = _at_risk(shared_lots(session, viewer, as_of=today()))
        found = _filtered(_with_actions(at_risk, rows.open_actions(session)), filters)
    first = max(start, 0)
    page = _sorted(found, sort).iloc[first : min(max(end, first), first + PAGE_ROWS)]
    return BoardPage(
        rows=[row | {"id": _lot_id(row)} for row in plain_rows(page)],
        total=len(found),
        value_at_risk=float(found["value_at_risk"].sum()),
        expected_recovery=float(found["expected_recovery"].sum()),
    )


def summary(viewer: Viewer) -> list[BucketTotal]:
    """The lots at risk by how soon they expire.

    Inputs: a viewer with inventory.read.
    Returns: a total for each of BUCKET_DAYS, the soonest first; a lot counts in one of them only.
    Raises: NotAllowed.
    Source: screens.md 1.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        at_risk = _at_risk(shared_lots(session, viewer, as_of=today()))
    by_bucket = at_risk.groupby("bucket")["value_at_risk"].agg(["size", "sum"])
    sizes, sums = by_bucket["size"], by_bucket["sum"]
    return [BucketTotal(name, int(sizes.get(name, 0)), float(sums.get(name, 0.0))) for name in BUCKET_DAYS]


def lot(viewer: Viewer, product_id: object, location_id: object, lot_name: object) -> LotDetail:
    """One lot with its actions and their history; also one of which nothing is left.

    Inputs: a viewer with inventory.read; product, location and name of the lot.
    Returns: the lot as a row of board, its quantity 0 when it is gone.
    Raises: NotAllowed; NotFound when there is neither such a lot nor an action for it.
    Source: analytics.expiry.
    """
    require(viewer, Permission.INVENTORY_READ)
    item: Item = (row_id(product_id), row_id(location_id))
    name = lot_name[:LONGEST_LOT] if isinstance(lot_name, str) else ""
    with session_scope(viewer) as session:
        actions_ = [row._asdict() for row in rows.actions_of_lot(session, item, name)]
        found = lots(session, as_of=today(), item=item)
        found = found[found["lot"] == name]
        if found.empty and not actions_:
            raise NotFound(_("There is no such lot. It may have been used up; reload the page."))
        history = [row._asdict() for row in rows.history(session, [action["id"] for action in actions_])]
    shown = plain_rows(found)[0] if len(found) else _gone(actions_[-1])
    return LotDetail(shown | {"id": _lot_id(shown)}, actions_, history)


def actions(
    viewer: Viewer, *, start: int = 0, end: int = PAGE_ROWS, sort: tuple[tuple[str, bool], ...] = ()
) -> ActionPage:
    """A page of all actions: those that are open, by due day, then the others, the latest first.

    Inputs: a viewer with inventory.read, first row and the one after the last, columns to sort by with whether
        descending.
    Returns: the page; money at cost of the day on which an action was proposed.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    first = max(start, 0)
    with session_scope(viewer) as session:
        found, totals = rows.actions(session, start=first, limit=min(max(end - first, 0), PAGE_ROWS), sort=sort)
    return ActionPage(
        [row._asdict() for row in found], totals.actions, totals.open, totals.expected, totals.done, totals.recovered
    )


def lots(session: Session, *, as_of: date, item: Item | None = None) -> pd.DataFrame:
    """Every lot with stock, or those of one item, and what of them will not be sold in time.

    Inputs: an open session, the data date, and the item if only one is asked for.
    Returns: frame of LOT, ITEM_FACTS, quantity, received_on, expires_on, days_left, expired, bucket, demand_until,
        demand_known, quantity_at_risk, value_at_risk. Where no demand is known, none is counted on.
    Raises: nothing of its own.
    Source: analytics.expiry.
    """
    return _risk(session, stock_positions(session, as_of=as_of, item=item), as_of=as_of, item=item)


def shared_lots(session: Session, viewer: Viewer, *, as_of: date) -> pd.DataFrame:
    """The same for all items, kept in memory until the data change. Not to be changed.

    Inputs: an open session, the viewer, the data date.
    Returns: as lots, by code, location, days left and lot.
    Raises: nothing of its own.
    Source: none; ours.
    """
    return shared_frame(
        session,
        viewer,
        "expiry_lots",
        subjects=SUBJECTS,
        args=(as_of,),
        compute=lambda: _risk(session, shared_positions(session, viewer, as_of=as_of), as_of=as_of).sort_values(
            ["code", "location", "days_left", "lot"]
        ),
    )


def _risk(session: Session, positions: pd.DataFrame, *, as_of: date, item: Item | None = None) -> pd.DataFrame:
    found = rows.lots(session, item=item).join(positions[ITEM_FACTS], on=KEYS)
    known = found["mean_daily_demand"].notna()
    found = found.assign(expiry_date=found["expires_on"], mean_daily_demand=found["mean_daily_demand"].fillna(0.0))
    found = found.join(expiry_risk(found, by=KEYS, as_of=as_of)).drop(columns="expiry_date")
    days = found["days_left"].clip(lower=0)
    return found.assign(
        demand_known=known,
        demand_until=(found["mean_daily_demand"] * days).where(np.isfinite(days)),
        bucket=_bucket(found["days_left"]),
    )


def _bucket(days_left: pd.Series[float]) -> pd.Series[str]:
    place = np.searchsorted(list(BUCKET_DAYS.values()), days_left.to_numpy(), side="left")
    return pd.Series(np.array(list(BUCKET_DAYS), dtype=object)[place], index=days_left.index)


def _at_risk(found: pd.DataFrame) -> pd.DataFrame:
    return found[found["quantity_at_risk"] > 0]


def _with_actions(lots_: pd.DataFrame, open_actions: pd.DataFrame) -> pd.DataFrame:
    found = lots_.merge(open_actions, on=LOT, how="left")
    figures = found[["planned_quantity", "expected_recovery"]].astype("float64")
    told = found[["action_kind", "action_status", "action_due_on"]].astype("object")
    return found.assign(**figures, **told.where(told.notna(), None))


def _filtered(found: pd.DataFrame, filters: BoardFilters) -> pd.DataFrame:
    keep = pd.Series(True, index=found.index)
    for name in ("bucket", "location", "category"):
        wanted = getattr(filters, name)
        if wanted:
            keep &= found[name] == wanted
    if filters.action in SHOWN_ACTIONS:
        keep &= found["action_kind"].notna() == (filters.action == "open")
    if filters.search:
        text = filters.search.strip().casefold()
        names = [
            found[name].str.casefold().str.contains(text, regex=False, na=False) for name in ("code", "name", "lot")
        ]
        keep &= np.logical_or.reduce(names)
    return found[keep]


def _sorted(found: pd.DataFrame, sort: tuple[tuple[str, bool], ...]) -> pd.DataFrame:
    """By what was asked for, then by money, then by expiry."""
    asked = [(name, descending) for name, descending in sort if name in found.columns]
    order = [*asked, ("value_at_risk", True), ("days_left", False), ("code", False), ("lot", False)]
    names = list(dict.fromkeys(name for name, _descending in order))
    descending = dict(reversed(order))
    return found.sort_values(names, ascending=[not descending[name] for name in names], na_position="last")


def _gone(action: dict[str, Any]) -> dict[str, Any]:
    """A lot that is used up, as far as its action tells."""
    told = {name: action[name] for name in (*LOT, "code", "name", "uom", "location", "location_name")}
    unknown = ("expires_on", "days_left", "bucket", "demand_until", "unit_cost", "value_at_risk")
    return {**told, **dict.fromkeys(unknown), "quantity": 0.0, "quantity_at_risk": 0.0, "demand_known": True}


def _lot_id(row: dict[str, Any]) -> str:
    return f"{row['product_id']}-{row['location_id']}-{row['lot']}"
