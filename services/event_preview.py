"""What an event would do to the demand plan, before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.inputs import FloatArray
from analytics.promotion_uplift import Proposal
from core.clock import now
from core.errors import InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from services.demand_plan import DemandBase, demand_base, require_months
from services.event_fields import GROUPS, Event, checked_event
from services.event_history import event_history
from services.event_uplift import planned_events, reached, uplift_of
from services.form_values import row_id

SAME = 0.005


@dataclass(frozen=True, slots=True)
class Preview:
    """The demand plan of what an event touches, month by month: units before people speak, as it is now and with the
    event as typed; what the difference is worth in all; and what past events make one expect."""

    months: list[date]
    now: list[float]
    then: list[float]
    revenue: float
    proposal: Proposal


def preview(viewer: Viewer, event_id: object, given: Mapping[str, Any]) -> Preview:
    """Try an event as if it were approved.

    Inputs: a viewer with plan.read; the event that is changed, anything else for a new one; its fields as of
        planning_events.create.
    Returns: Preview of the months that change, at least those of the event within the plan.
    Raises: NotAllowed; InvalidInput as create, without a forecast, or for an event of which nothing is sold.
    Source: screens.md 25.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        event = checked_event(session, {"code": "-", "name": "-", **_filled(given)})
        base = demand_base(session, viewer)
        require_months(base)
        rows = _rows(base, event)
        known = planned_events(session, base)
        others = known[known["event_id"] != row_id(event_id)]
        before = uplift_of(session, viewer, base, known)
        told = rows.assign(expected_uplift=event.expected_uplift)
        after = uplift_of(session, viewer, base, _joined(others, told))
        proposal = _proposal(session, viewer, base, rows)
    return _preview(base, (before, after), reached(base, rows)[1], event, proposal)


def _filled(given: Mapping[str, Any]) -> dict[str, Any]:
    """Without a code and name yet."""
    return {name: value for name, value in given.items() if value not in (None, "") or name not in {"code", "name"}}


def _joined(others: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([others.astype(object), told.astype(object)], ignore_index=True).astype(
        {"expected_uplift": float, "pull_forward": float, "cannibalisation": float, "discount": float}
    )


def _rows(base: DemandBase, event: Event) -> pd.DataFrame:
    """The event as a row for each product and channel."""
    products: list[int | None] = [*event.products] or [event.product_id]
    groups = {name: getattr(event, name) for name in GROUPS if getattr(event, name)}
    if groups:
        chosen = np.logical_and.reduce([base.leaves[name] == value for name, value in groups.items()])
        products = sorted(set(base.leaves["product_id"][chosen]))
    channels: list[int | None] = [*event.channels] or [event.channel_id]
    table = pd.DataFrame({"product_id": products}, dtype=object).merge(
        pd.DataFrame({"channel_id": channels}, dtype=object), how="cross"
    )
    rows = table.assign(
        event_id=0,
        location_id=event.location_id,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        pull_forward=event.pull_forward or 0.0,
        cannibalisation=event.cannibalisation or 0.0,
        mechanic=event.mechanic or ("discount" if event.discount else "price" if event.kind == "price" else "other"),
        discount=event.discount,
        known_at=now(),
    )
    if rows.empty or not len(reached(base, rows)[0]):
        raise InvalidInput(_("Nothing of what this event is for is sold or forecast there. Choose other products."))
    return rows


def _proposal(session: Session, viewer: Viewer, base: DemandBase, rows: pd.DataFrame) -> Proposal:
    """Of the category that sells most of what the event is for."""
    leaf = reached(base, rows)[1]
    sold = base.leaves.iloc[leaf].assign(units=base.statistical[leaf].sum(axis=1))
    by_category = sold.groupby(sold["category"].fillna(""))["units"].sum()
    first = rows.iloc[0]
    learned = event_history(session, viewer).learned
    return learned.proposal(str(first["mechanic"]), str(by_category.idxmax()), first["discount"])


def _preview(
    base: DemandBase, uplifts: tuple[FloatArray, FloatArray], leaf: Any, event: Event, proposal: Proposal
) -> Preview:
    before, after = uplifts
    change = after - before
    touched = np.abs(change).max(axis=1) > SAME
    touched[leaf] = True
    own = np.array([event.starts_on <= _end(month) and month <= event.ends_on for month in base.months], dtype=bool)
    shown = own | (np.abs(change[touched]).max(axis=0) > SAME)
    units = base.statistical[touched][:, shown]
    return Preview(
        months=[month for month, is_shown in zip(base.months, shown, strict=True) if is_shown],
        now=(units + before[touched][:, shown]).sum(axis=0).tolist(),
        then=(units + after[touched][:, shown]).sum(axis=0).tolist(),
        revenue=float((change.sum(axis=1) * base.leaves["price"].to_numpy(dtype=float)).sum()),
        proposal=proposal,
    )


def _end(month: date) -> date:
    return (pd.Timestamp(month) + pd.offsets.MonthEnd(0)).date()
