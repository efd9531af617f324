"""Other levels for items, put on the list of those to approve."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.policy_change import mean_stock
from core.errors import InvalidInput, NotFound
from core.i18n import _
from data.queries import policies, policy_review
from services.form_values import shown_quantity

KEYS = ["product_id", "location_id"]
LEVELS = list(policies.LEVELS)
TERMS = ["service_target", "service_target_fixed", "measure", "method", "daily_demand"]
DECIMALS = 4
_SAME_LEVEL, _SAME_TARGET = 0.5 * 10**-DECIMALS, 1e-9


def add_proposals(
    session: Session, wanted: pd.DataFrame, *, source: str, reason: str | None, by: int | None, at: datetime
) -> pd.DataFrame:
    """Propose levels for items with a policy; an open proposal for one of them is withdrawn.

    Inputs: the open session; wanted: frame indexed by product_id and location_id with safety_stock, reorder_point,
        order_quantity, order_up_to (units) and, where they shall change, service_target, service_target_fixed, measure,
        method, daily_demand; all other columns are stored with the proposal as what it was worked out from;
        source: one of models.policy.SOURCES; why, by whom, when.
    Returns: the rows that are proposed: those that differ from the policy in force.
    Raises: InvalidInput for levels that can't be; NotFound for an item without a policy.
    Source: screens.md 8, 21.
    """
    if wanted.empty:
        return wanted
    inputs = wanted.drop(columns=[name for name in (*LEVELS, *TERMS) if name in wanted.columns])
    rows = _completed(session, wanted)
    _check(rows)
    different = _differs(rows)
    rows, inputs = rows[different], inputs[different.to_numpy()]
    if rows.empty:
        return rows
    inputs = inputs.assign(service_level=rows["service_target"].to_numpy())
    keyed = rows.reset_index()
    policy_review.withdraw(session, keyed, at=at)
    policy_review.add(session, keyed, inputs, source=source, reason=reason, by=by, at=at)
    return rows


def _completed(session: Session, wanted: pd.DataFrame) -> pd.DataFrame:
    """The wanted levels with the terms in force where none are given, now_* and the change of stock at cost."""
    if wanted.index.has_duplicates:
        raise InvalidInput(_("An item is proposed for twice."))
    current = policy_review.current(session, wanted.index.to_frame(index=False)).set_index(KEYS)
    lacking = wanted.index.difference(current.index)
    if len(lacking):
        raise NotFound(_("%(count)s items have no policy yet. Recalculate first.", count=len(lacking)))
    current = current.reindex(wanted.index)
    rows = wanted[LEVELS].astype("float64").round(DECIMALS)
    for name in TERMS:
        given = wanted[name] if name in wanted.columns else pd.Series(None, index=wanted.index, dtype=object)
        rows[name] = given.where(given.notna(), current[name]).astype(current[name].dtype)
    cost = current["unit_cost"].astype("float64")
    before = mean_stock(current["safety_stock"], order_quantity=current["order_quantity"])
    after = mean_stock(rows["safety_stock"], order_quantity=rows["order_quantity"])
    rows["stock_money_change"] = ((after - before) * cost).round(DECIMALS)
    return rows.join(current[[*LEVELS, *TERMS]].add_prefix("now_"))


def _check(rows: pd.DataFrame) -> None:
    levels = rows[LEVELS].to_numpy()
    possible = (np.isfinite(levels) & (levels >= 0)).all(axis=1)
    possible &= (rows["order_up_to"] >= rows["reorder_point"]).to_numpy()
    possible &= rows["service_target"].between(0, 1, inclusive="neither").to_numpy()
    if possible.all():
        return
    wrong = rows[~possible].iloc[0]
    raise InvalidInput(
        _(
            "A policy needs levels from 0 up, order-up-to not below the reorder point, and a target between 0 and "
            "100 %%: reorder point %(point)s, order-up-to %(level)s, safety stock %(stock)s.",
            point=shown_quantity(wrong["reorder_point"]),
            level=shown_quantity(wrong["order_up_to"]),
            stock=shown_quantity(wrong["safety_stock"]),
        )
    )


def _differs(rows: pd.DataFrame) -> pd.Series[bool]:
    figures = [*LEVELS, "service_target"]
    apart = rows[figures].to_numpy() - rows[[f"now_{name}" for name in figures]].to_numpy()
    different = np.abs(apart) > [*(len(LEVELS) * [_SAME_LEVEL]), _SAME_TARGET]
    words = [rows[name].ne(rows[f"now_{name}"]).to_numpy() for name in TERMS[1:4]]
    return pd.Series(different.any(axis=1) | np.any(words, axis=0), index=rows.index)
