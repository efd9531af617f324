"""Computes stocking policies; stores small changes, and proposes large ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.inventory_policy import item_policies
from analytics.policy_change import change_share
from analytics.policy_methods import with_methods
from core.i18n import _, number
from data.queries import policies, policy_review
from data.queries.inventory import Item
from services.buffer_rules import buffer_rules, proposed_factors
from services.policy_inputs import KEYS, policy_inputs
from services.policy_proposing import LEVELS, TERMS, add_proposals
from services.stocking_rules import stocking_rules

Report = Callable[[float, str], None]
DECIMALS = 6
# Stored levels have four decimals; what differs by less is the same.
DECIMALS_STORED, SAME_SHARE = 4, 1e-9
DECIDING = ("reorder_point", "order_up_to")


@dataclass(frozen=True, slots=True)
class PolicyChanges:
    """How many items have a policy, how many of these are new or different, how many can't have one; how many changes
    wait to be approved because they are beyond the limit, and how many of these are new or different."""

    items: int
    changed: int
    without: int
    waiting: int = 0
    proposed: int = 0


def compute_policies(session: Session, *, as_of: date, item: Item | None = None) -> pd.DataFrame:
    """The policy of every item, or of one, as it follows from the data now. Nothing is stored.

    Inputs: an open session, the data date, and the item if only one is asked for.
    Returns: frame indexed by product and location: the columns of analytics.item_policies and of policy_inputs;
        reorder_point is NaN where an input is missing.
    Raises: nothing of its own.
    Source: formulas.md 3.6.
    """
    inputs = policy_inputs(session, stocking_rules(session), as_of=as_of, item=item)
    computed = with_methods(
        item_policies(inputs),
        method=inputs["method"],
        shelf_life_days=inputs["shelf_life_days"],
        factors=proposed_factors(buffer_rules(session), inputs.assign(xyz=inputs["box"].astype("object").str[1:])),
    )
    own = inputs.columns.difference(computed.columns)
    return computed.join(inputs[own])


def save_policies(
    session: Session, computed: pd.DataFrame, *, as_of: date, at: datetime, by: int | None, report: Report
) -> PolicyChanges:
    """Store what is new or differs by no more than the company's change limit; propose what differs more.

    Levels that somebody approved from elsewhere stay until the calculation is beyond the limit from them. What was
    rejected stays away until the calculation is beyond the limit from that. An item that can't be computed any more
    keeps its last policy and its date.
    Inputs: the open session of the change, the result of compute_policies, the data date, the moment, for whom, who is
        told of the progress.
    Returns: the counts; ``changed`` and ``proposed`` are 0 on the second run on the same data.
    Raises: JobCancelled when the owner stops the work.
    Source: product.md, promise 8; screens.md 21.
    """
    known = _known(computed)
    policy_review.hold_open(session)
    decided = _decided(session, known, limit=stocking_rules(session).change_limit)
    rows, inputs = _rows(known), _inputs(known, as_of)
    apply, propose = (decided[name].to_numpy() for name in ("apply", "propose"))
    withdrawn = decided[decided["obsolete"]].reset_index()
    policy_review.withdraw(session, withdrawn, at=at)
    changed = _save(session, rows[apply], inputs[apply], at=at, by=by, report=report)
    wanted = rows[propose].set_index(KEYS)[[*LEVELS, *TERMS]].join(inputs[propose].set_index(known.index[propose]))
    proposed = add_proposals(session, wanted, source="calculation", reason=None, by=by, at=at)
    return PolicyChanges(
        items=len(known),
        changed=changed,
        without=len(computed) - len(known),
        waiting=int(decided["waits"].sum()),
        proposed=len(proposed),
    )


def save_at_once(session: Session, computed: pd.DataFrame, *, as_of: date, at: datetime) -> None:
    """Store policies whatever they change: somebody asked for it and notes it. Open proposals are withdrawn.

    Inputs: the open session of the change, the result of compute_policies, the data date, the moment.
    Returns: nothing.
    Raises: nothing of its own.
    Source: product.md, promise 5.
    """
    known = _known(computed)
    policy_review.withdraw(session, known.index.to_frame(index=False), at=at)
    policies.save(session, _rows(known), _inputs(known, as_of), at=at, noted=False)


def _known(computed: pd.DataFrame) -> pd.DataFrame:
    return computed[computed["reorder_point"].notna() & computed["order_up_to"].notna()]


def _decided(session: Session, known: pd.DataFrame, *, limit: float) -> pd.DataFrame:
    """What becomes of each item: apply its computed levels, propose them, or leave it alone (neither). ``waits``: a
    calculated change of it is or stays open; ``obsolete``: the one that is open does not hold any more."""
    keys = known.index.to_frame(index=False)
    current = policy_review.current(session, keys).set_index(KEYS).reindex(known.index)
    latest = policy_review.latest(session).set_index(KEYS).reindex(known.index)
    share = _share(current, known)
    new, same = current["version"].isna(), share <= SAME_SHARE
    own = current["source"] == "calculation"
    beyond = ~new & (share > limit)
    is_open = latest["status"] == "open"
    calculated = latest["source"] == "calculation"
    near = _share(latest, known)
    unchanged = is_open & calculated & (near <= SAME_SHARE) & beyond
    turned_down = (latest["status"] == "rejected") & calculated & (near <= limit)
    propose = beyond & ~unchanged & ~turned_down & ~(is_open & ~calculated)
    return pd.DataFrame(
        {
            "apply": new | same | (own & ~beyond),
            "propose": propose,
            "waits": propose | unchanged,
            "obsolete": is_open & calculated & ~unchanged,
        }
    )


def _share(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series[float]:
    """The larger change of the two levels that decide when and up to what is ordered."""
    shares = [change_share(before[name], after=after[name].round(DECIMALS_STORED)) for name in DECIDING]
    return pd.Series(np.fmax(*shares), index=after.index)


def _save(
    session: Session, rows: pd.DataFrame, inputs: pd.DataFrame, *, at: datetime, by: int | None, report: Report
) -> int:
    changed = 0
    for start in range(0, len(rows), policies.ROWS_PER_STATEMENT):
        report(
            0.4 + 0.4 * start / len(rows),
            _("%(done)s of %(count)s policies", done=number(start), count=number(len(rows))),
        )
        part = slice(start, start + policies.ROWS_PER_STATEMENT)
        changed += policies.save(session, rows[part], inputs[part], at=at, by=by)
    return changed


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
