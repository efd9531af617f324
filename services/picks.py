"""Which lots to pick for an order or an item, first expired first out. A list to work by: it moves no stock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from analytics.fefo_picks import fefo_picks
from core.clock import today
from core.errors import InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import stock as rows
from services.download_list import DownloadList, Query, Rows, chosen, chosen_filters
from services.expiry_actions import TAKES_STOCK
from services.expiry_board import LOT, shared_lots
from services.form_values import quantity_of
from services.plain_rows import plain_rows
from services.positions import KEYS
from services.stock_rules import stock_rules

LONGEST_DAYS = 3660
LINE = ["line_no", "code", "name", "uom"]
COLUMNS = ("line_no", "code", "name", "lot", "quantity", "uom", "expires_on", "days_left", "left_in_lot")


@dataclass(frozen=True, slots=True)
class PickFilters:
    """What to pick for: the number of a sales order, or the code of an item at a place and how much of it; ``days``:
    shelf life that is left at least, empty for the setting."""

    order: str = ""
    item: str = ""
    location: str = ""
    quantity: str = ""
    days: str = ""


@dataclass(frozen=True, slots=True)
class PickList:
    """What to pick (COLUMNS), and the lines that can't be picked in full with what is missing and why."""

    rows: list[dict[str, Any]]
    short: list[dict[str, Any]]
    lines: int
    days: int


def pick_list(viewer: Viewer, filters: PickFilters) -> PickList | None:
    """Which lots to pick, those that expire first, of those with enough shelf life.

    What open actions of the expiry board are to take away is left alone; what other orders wait for is not.

    Inputs: a viewer with inventory.read; what to pick for.
    Returns: PickList; short rows hold line_no, code, name, uom, missing, too_old (what lies there with too little shelf
        life); None when nothing is asked for.
    Raises: NotAllowed; NotFound for an order, item or place there is not; InvalidInput for a quantity or days that
        can't be.
    Source: analytics.fefo_picks.
    """
    require(viewer, Permission.INVENTORY_READ)
    if not filters.order.strip() and not filters.item.strip():
        return None
    with session_scope(viewer) as session:
        days = _days(session, filters.days)
        wanted = _wanted(session, filters)
        lots = _free_lots(session, viewer, wanted)
    keyed = wanted.assign(item=pd.MultiIndex.from_frame(wanted[KEYS]))
    stock = lots.assign(item=pd.MultiIndex.from_frame(lots[KEYS]))
    found = fefo_picks(keyed, lots=stock, least_days=days)
    shown = found.join(wanted[LINE], on="line").join(
        lots[["lot", "expires_on", "days_left", "quantity"]].rename(
            columns={"lot": "name_of_lot", "quantity": "there"}
        ),
        on="lot",
    )
    left = shown["there"] - shown.groupby("lot")["quantity"].cumsum()
    shown = shown.assign(left_in_lot=left.round(6)).drop(columns="lot").rename(columns={"name_of_lot": "lot"})
    return PickList(plain_rows(shown[list(COLUMNS)]), _short(wanted, found, lots, days), len(wanted), days)


def _wanted(session: Session, filters: PickFilters) -> pd.DataFrame:
    if filters.order.strip():
        lines = rows.order_lines(session, filters.order.strip())
        if lines is None:
            raise NotFound(_("There is no sales order “%(number)s”.", number=filters.order.strip()))
        return lines
    item = rows.item_by_code(session, filters.item.strip(), filters.location.strip())
    if item is None:
        raise NotFound(_("Enter the code of an item and choose the place where it is to be picked."))
    quantity = quantity_of(filters.quantity, name=_("Quantity"))
    if quantity <= 0:
        raise InvalidInput(_("Quantity: enter how much is to be picked, more than 0."))
    return pd.DataFrame([{**item._asdict(), "line_no": 1, "quantity": float(quantity)}])


def _free_lots(session: Session, viewer: Viewer, wanted: pd.DataFrame) -> pd.DataFrame:
    """The lots of what is wanted, less what is to be cleared away of them."""
    every = shared_lots(session, viewer, as_of=today())
    mine = pd.MultiIndex.from_frame(every[KEYS]).isin(pd.MultiIndex.from_frame(wanted[KEYS]))
    found = every[mine].merge(rows.taken_by_actions(session, TAKES_STOCK), on=LOT, how="left")
    taken = found["taken"].astype("float64").fillna(0.0)
    return found.assign(quantity=(found["quantity"] - taken).clip(lower=0.0))


def _short(wanted: pd.DataFrame, found: pd.DataFrame, lots: pd.DataFrame, days: int) -> list[dict[str, Any]]:
    picked = found.groupby("line")["quantity"].sum()
    missing = (wanted["quantity"] - picked.reindex(wanted.index).fillna(0.0)).round(6)
    old = lots[lots["days_left"] < days].groupby(KEYS)["quantity"].sum().rename("too_old")
    lines = wanted.assign(missing=missing)[missing > 0].join(old, on=KEYS)
    return plain_rows(lines.assign(too_old=lines["too_old"].astype("float64").fillna(0.0)))


def _days(session: Session, typed: str) -> int:
    if not typed.strip():
        return int(stock_rules(session).pick_days)
    days = quantity_of(typed, name=_("Shelf life left"))
    if not 0 <= days <= LONGEST_DAYS or days != int(days):
        raise InvalidInput(_("Shelf life left: enter whole days from 0 to 3,660."))
    return int(days)


def _download(viewer: Viewer, query: Query) -> Rows:
    found = pick_list(viewer, PickFilters(**chosen_filters(query, PickFilters)))
    return chosen(found.rows if found else [], COLUMNS)


LISTS = {"picks": DownloadList(Permission.INVENTORY_READ, COLUMNS, _download)}
