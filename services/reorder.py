"""Keeps the open reorder proposals equal to what the positions ask for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.inventory_position import reorder_proposals
from data.queries import proposals
from data.queries.inventory import Item
from services.positions import KEYS, stock_positions

WHY_FIGURES = (
    "on_hand",
    "on_order",
    "in_draft",
    "allocated",
    "position",
    "safety_stock",
    "reorder_point",
    "order_up_to",
    "quantity_needed",
    "mean_daily_demand",
    "days_of_cover",
    "lead_time_days",
    "agreed_lead_time_days",
    "days_to_replenishment",
    "shortage_quantity",
    "moq",
    "order_multiple",
    "max_order_quantity",
)
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class ProposalChanges:
    """How many open proposals are new or different, how many were withdrawn, how many there are."""

    changed: int
    withdrawn: int
    open: int


def sync_proposals(session: Session, *, as_of: date, at: datetime, item: Item | None = None) -> ProposalChanges:
    """Write, change and withdraw proposals until there is one for every item to order, and none else.

    Inputs: the open session of the change, the data date, the moment, and the item if only one has changed.
    Returns: what was changed; nothing on the second run on the same data.
    Raises: nothing of its own.
    Source: Silver, Pyke & Thomas, (s, S) rule. What waits in a draft counts as ordered here, so that an accepted
        proposal does not come back; a dismissed one stays away until another quantity is to be ordered.
    """
    # Before the positions are read: what is being accepted now must be seen as ordered.
    proposals.hold_open(session, item=item)
    advised = _advised(stock_positions(session, as_of=as_of, item=item), as_of)
    turned_down = proposals.dismissed(session).set_index(KEYS)["quantity"]
    again = turned_down.reindex(advised.index).to_numpy(dtype="float64", na_value=np.nan)
    advised = advised[~np.isclose(advised["quantity"].to_numpy(dtype="float64"), again)].reset_index()
    withdrawn = proposals.withdraw_all_but(session, advised, item=item, at=at)
    changed = proposals.save(session, advised) if len(advised) else 0
    return ProposalChanges(changed, withdrawn, len(advised))


def _advised(positions: pd.DataFrame, as_of: date) -> pd.DataFrame:
    buyable = positions[positions["supplier_id"].notna() & (positions["life_cycle"] != "retired")]
    due = reorder_proposals(buyable.assign(position=buyable["position"] + buyable["in_draft"]))
    days = due[["days_to_stock_out", "lead_time_days"]].min(axis=1).fillna(0.0)
    advised = pd.DataFrame(
        {
            "supplier_id": due["supplier_id"].astype("int64"),
            "quantity": due["quantity"].round(DECIMALS),
            "unit_price": due["unit_price"],
            "needed_on": [as_of + timedelta(days=int(count)) for count in np.floor(days)],
            "days_to_stockout": due["days_to_stock_out"].astype("object").where(due["days_to_stock_out"].notna(), None),
            "money_at_stake": due["shortage_value"].round(DECIMALS),
            "why": _why(due, as_of),
        },
        index=due.index,
    )
    return advised[advised["money_at_stake"].notna()]


def _why(due: pd.DataFrame, as_of: date) -> list[str]:
    """The figures behind each proposal as JSON texts."""
    if due.empty:
        return []
    figures = due[list(WHY_FIGURES)].astype("float64").replace(np.inf, np.nan).round(DECIMALS)
    figures["bound"], figures["status"] = due["bound"], due["status"]
    figures["next_receipt_on"] = due["next_receipt_on"].map(_iso, na_action="ignore")
    lines = figures.to_json(orient="records", lines=True).splitlines()
    return [json.dumps({**json.loads(line), "data_date": as_of.isoformat()}, sort_keys=True) for line in lines]


def _iso(day: date) -> str:
    return day.isoformat()
