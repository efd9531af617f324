"""Computes stocking policies and stores those that differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from sqlalchemy.orm import Session

from analytics.inventory_policy import item_policies
from core.i18n import _, number
from data.queries import policies
from data.queries.inventory import Item
from services.policy_inputs import policy_inputs
from services.stocking_rules import stocking_rules

Report = Callable[[float, str], None]
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class PolicyChanges:
    """How many items have a policy, how many of these are new or different, and how many can't have one."""

    items: int
    changed: int
    without: int


def compute_policies(session: Session, *, as_of: date, item: Item | None = None) -> pd.DataFrame:
    """The policy of every item, or of one, as it follows from the data now. Nothing is stored.

    Inputs: an open session, the data date, and the item if only one is asked for.
    Returns: frame indexed by product and location: the columns of analytics.item_policies and of policy_inputs;
        reorder_point is NaN where an input is missing.
    Raises: nothing of its own.
    Source: formulas.md 3.6.
    """
    inputs = policy_inputs(session, stocking_rules(session), as_of=as_of, item=item)
    computed = item_policies(inputs)
    own = inputs.columns.difference(computed.columns)
    return computed.join(inputs[own])


def save_policies(
    session: Session, computed: pd.DataFrame, *, as_of: date, at: datetime, report: Report
) -> PolicyChanges:
    """Store what is new or different. An item that can't be computed any more keeps its last policy and its date.

    Inputs: the open session of the change, the result of compute_policies, the data date, the moment, who is told
        of the progress.
    Returns: the counts; ``changed`` is 0 on the second run on the same data.
    Raises: JobCancelled when the owner stops the work.
    Source: product.md, promise 8.
    """
    known = computed[computed["reorder_point"].notna() & computed["order_up_to"].notna()]
    rows, inputs = _rows(known), _inputs(known, as_of)
    changed = 0
    for start in range(0, len(rows), policies.ROWS_PER_STATEMENT):
        report(
            0.4 + 0.4 * start / len(rows),
            _("%(done)s of %(count)s policies", done=number(start), count=number(len(rows))),
        )
        part = slice(start, start + policies.ROWS_PER_STATEMENT)
        changed += policies.save(session, rows[part], inputs[part], at=at)
    return PolicyChanges(items=len(known), changed=changed, without=len(computed) - len(known))


def _rows(known: pd.DataFrame) -> pd.DataFrame:
    rows = known.reset_index().rename(columns={"service_level": "service_target", "mean_daily_demand": "daily_demand"})
    return _rounded(rows)


def _inputs(known: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """All that the levels were computed from and that has no column of its own."""
    elsewhere = {*policies.SAVED_COLUMNS, "kind", "life_cycle"}
    return _rounded(known[[name for name in known.columns if name not in elsewhere]]).assign(
        data_date=as_of.isoformat()
    )


def _rounded(rows: pd.DataFrame) -> pd.DataFrame:
    """Sums may differ in their last digit from run to run; that is no change of a policy."""
    numeric = rows.select_dtypes("float").columns
    return rows.assign(**{str(name): rows[name].round(DECIMALS) for name in numeric})
