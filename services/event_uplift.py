"""What approved events add to the demand plan at once, before any forecast learns of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.event_effect import EventRows, above_usual, monthly_effect, sister_losses
from analytics.event_sales import AFTER_DAYS, Ints
from analytics.inputs import FloatArray
from core.clock import today
from core.viewer import Viewer
from data.frames import shared_frame
from data.queries import demand_plan as plan_rows
from data.queries import event_sales as rows
from services.event_history import event_history

if TYPE_CHECKING:
    from services.demand_plan import DemandBase

LEAF = ["product_id", "location_id", "channel_id"]
GROUP = ["family", "location_id", "channel_id"]
USUAL_DAYS = 365
MOST_USUAL = 1_000_000
COLUMNS = (
    *("event_id", *LEAF, "starts_on", "ends_on", "expected_uplift", "pull_forward", "cannibalisation"),
    *("mechanic", "discount", "known_at"),
)


def planned_uplift(session: Session, viewer: Viewer, base: DemandBase) -> FloatArray:
    """Units that approved events add to the statistical forecast which it does not know of.

    Inputs: an open session, the viewer, what is planned on top of.
    Returns: leaves x months of base, as uplift_of for the events of the calendar.
    Raises: nothing of its own.
    Source: docs/guide/marketing-calendar.md.
    """
    if not base.months:
        return np.zeros_like(base.statistical)
    return uplift_of(session, viewer, base, planned_events(session, base))


def planned_events(session: Session, base: DemandBase) -> pd.DataFrame:
    """Approved events of the months of the plan, and those that are still felt in its first days.

    Inputs: an open session; a base with months.
    Returns: a row for each product and channel of an event (an id is missing where all are meant) with COLUMNS.
    Raises: nothing of its own.
    Source: none; ours.
    """
    since = base.months[0] - timedelta(days=AFTER_DAYS)
    return rows.planned(session, since=since, before=_after(base.months[-1]))


def uplift_of(session: Session, viewer: Viewer, base: DemandBase, events: pd.DataFrame) -> FloatArray:
    """Units that events add to the statistical forecast.

    Inputs: an open session, the viewer; a base with months; events as of planned_events.
    Returns: leaves x months. A forecast made without looking at events (mode fast) holds, spread evenly, what
        promotions usually add, so only what events bring beyond that comes on top (event_effect.above_usual);
        promotions without an expected uplift count as part of the usual. A forecast that looks at events knows those
        approved before it was made; later ones are added in full. Less what sister products lose, never below no
        sales.
    Raises: nothing of its own.
    Source: docs/guide/marketing-calendar.md.
    """
    nothing = np.zeros_like(base.statistical)
    run = plan_rows.basis(session, as_of=base.months[0])
    fast = run is None or run.mode != "full"
    if not fast and run is not None:
        events = events[pd.to_datetime(events["known_at"], utc=True) >= pd.Timestamp(run.created_at)]
    if not events["expected_uplift"].notna().any():
        return nothing
    month_days = _month_days(base.months)
    leaves = len(base.leaves)
    told = events["expected_uplift"].notna()
    effect_rows = _event_rows(base, events[told], events.loc[told, "expected_uplift"].to_numpy(dtype=float))
    effect = monthly_effect(effect_rows, month_days, leaves)
    usual, counted = np.zeros(leaves), nothing
    if fast:
        usual = _usual(session, viewer, base)
        uplift, dip = _learned(session, viewer, base, events[~told])
        silent = _event_rows(base, events[~told].assign(pull_forward=dip, cannibalisation=0.0), uplift)
        counted = monthly_effect(silent, month_days, leaves)
    clean: FloatArray = base.statistical / (1.0 + usual[:, None])
    group: Ints = np.asarray(base.leaves.groupby(GROUP, dropna=False).ngroup(), dtype=np.int64)
    found: FloatArray = above_usual(clean, effect, usual, counted) - sister_losses(
        effect_rows, clean, month_days, group
    )
    return found.clip(min=-base.statistical)


def reached(base: DemandBase, events: pd.DataFrame) -> tuple[Ints, Ints]:
    """Which leaves events are for.

    Inputs: base; events with LEAF, an id missing where all are meant.
    Returns: the row of the event and the leaf, a pair an entry.
    Raises: nothing.
    Source: none; ours.
    """
    leaves = base.leaves[LEAF].assign(leaf=np.arange(len(base.leaves)))
    given = events[LEAF].reset_index(drop=True).assign(row=np.arange(len(events)))
    found = []
    for named, part in given.groupby([given[name].notna() for name in LEAF]):
        keys = [name for name, is_named in zip(LEAF, named, strict=True) if is_named]
        wanted = part[[*keys, "row"]].astype("int64")
        pairs = wanted.merge(leaves, on=keys) if keys else wanted.merge(leaves, how="cross")
        found.append(pairs[["row", "leaf"]])
    pairs = pd.concat(found) if found else pd.DataFrame({"row": [], "leaf": []})
    return pairs["row"].to_numpy(dtype=np.int64), pairs["leaf"].to_numpy(dtype=np.int64)


def _event_rows(base: DemandBase, events: pd.DataFrame, uplift: FloatArray) -> EventRows:
    row, leaf = reached(base, events)
    start = pd.Timestamp(base.months[0])
    first, last = ((pd.to_datetime(events[name]) - start).dt.days.to_numpy() for name in ("starts_on", "ends_on"))
    return EventRows(
        event=events["event_id"].to_numpy(dtype=np.int64)[row],
        leaf=leaf,
        first=first[row].astype(np.int64),
        last=last[row].astype(np.int64),
        uplift=uplift[row],
        pull_forward=events["pull_forward"].to_numpy(dtype=float)[row],
        cannibalisation=events["cannibalisation"].to_numpy(dtype=float)[row],
    )


def _usual(session: Session, viewer: Viewer, base: DemandBase) -> FloatArray:
    """What promotions of the last year added to each leaf, as a share of its sales without them; kept in memory."""
    since = today() - timedelta(days=USUAL_DAYS)
    state = tuple(int(value) for value in rows.state(session, since=since, before=today()))
    return shared_frame(
        session,
        viewer,
        "usual_events",
        subjects=("demand", "forecast", "products", "master", "demand_plan"),
        args=(today(), state),
        compute=lambda: _usual_now(session, viewer, base, since),
    )


def _usual_now(session: Session, viewer: Viewer, base: DemandBase, since: date) -> FloatArray:
    past = rows.promotions(session, since=since, before=today(), limit=MOST_USUAL)
    uplift, dip = _learned(session, viewer, base, past)
    days = (pd.to_datetime(past["ends_on"]) - pd.to_datetime(past["starts_on"])).dt.days.to_numpy() + 1
    share = (days * uplift - AFTER_DAYS * dip) / USUAL_DAYS
    row, leaf = reached(base, past)
    found = np.zeros(len(base.leaves))
    np.add.at(found, leaf, share[row])
    return found.clip(min=0.0)


def _learned(session: Session, viewer: Viewer, base: DemandBase, events: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Uplift and pull-forward that promotions like these had."""
    if events.empty:
        return np.zeros(0), np.zeros(0)
    categories = base.leaves.drop_duplicates("product_id").set_index("product_id")["category"]
    kinds = events[["mechanic", "discount"]].assign(category=events["product_id"].map(categories).fillna(""))
    return event_history(session, viewer).learned.expected(kinds)


def _after(month: date) -> date:
    return (pd.Timestamp(month) + pd.DateOffset(months=1)).date()


def _month_days(months: Sequence[date]) -> Ints:
    return np.array([(_after(month) - month).days for month in months], dtype=np.int64)
