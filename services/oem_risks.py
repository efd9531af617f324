"""Which open orders of an OEM are endangered, by material or by capacity. Why in detail stays with the company."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from core.permissions import Permission
from core.viewer import Viewer
from data.queries import oem_supply as rows
from services.capacity import overloads
from services.oem_desk import oem_desk
from services.supply_plan_model import DAYS_A_WEEK, KEYS
from services.supply_planned import TOLERANCE, Planned, planned

MATERIAL, CAPACITY = "material", "capacity"


@dataclass(frozen=True, slots=True)
class Risk:
    """An open order that is endangered. ``reason`` is material or capacity, ``week`` the Monday of the week in which it
    is to begin, ``days_late`` how much later it is expected, None where the plan sees no end of it."""

    order_id: int
    number: str
    code: str
    item: str
    due_on: date
    week: date
    reason: str
    days_late: int | None


def risks(viewer: Viewer) -> list[Risk]:
    """Open orders of the viewer's company that are endangered, the soonest due first.

    The plan is read at the company's desk, for the OEM that row-level security has named. Nothing but the fields of
    Risk leaves it: no components, suppliers, costs, stocks, nor what else loads a resource.

    Inputs: an OEM with portal.oem.risk.
    Returns: risks of orders that have not begun; an order may have one of each reason.
    Raises: NotAllowed; NotFound for a company that is no OEM.
    Source: none; ours. Material: a component of the recipe is short in the supply plan in the week of the start, late
        until the plan has it again. Capacity: a resource of the product is over its hours in that week, late until the
        first week in which it is not.
    """
    with oem_desk(viewer, Permission.OEM_RISK) as desk:
        orders = rows.inside_open_orders(desk.session, desk.oem)
        if orders.empty:
            return []
        found = planned(desk.session, desk.viewer)
        if not found.model.weeks:
            return []
        over = overloads(desk.session, found)
    orders = orders.assign(week=_weeks(orders, found))
    return sorted(
        [*_short(orders, found), *_overloaded(orders, over, found)], key=lambda each: (each.due_on, each.number)
    )


def _weeks(orders: pd.DataFrame, found: Planned) -> list[int]:
    """The number of the week in which each order is to begin, at most the last one of the plan."""
    first, last = found.model.weeks[0], len(found.model.weeks) - 1
    return [min(max((start - first).days // DAYS_A_WEEK, 0), last) for start in orders["starts_on"]]


def _short(orders: pd.DataFrame, found: Planned) -> Iterator[Risk]:
    arcs, sources = found.plan.network.arcs, found.model.sources
    made = sources.loc[sources["kind"] == "make", ["node"]].rename_axis("source").reset_index()
    keys = found.model.nodes[KEYS].rename_axis("node").reset_index()
    lines = pd.DataFrame({"source": arcs.source, "component": arcs.component, "first": arcs.first, "last": arcs.last})
    taken = orders.merge(keys, on=KEYS).merge(made, on="node").merge(lines, on="source")
    taken = taken[(taken["first"] <= taken["week"]) & (taken["week"] <= taken["last"])]
    for _order_id, own in taken.groupby("id"):
        week, components = int(own["week"].iloc[0]), own["component"].to_numpy(dtype=int)
        missing = (found.plan.stock[week:, components] < -TOLERANCE).T
        waits = [_until_free(weeks) for weeks in missing if weeks[0]]
        if waits:
            yield _risk(own.iloc[0], found, MATERIAL, None if None in waits else max(wait for wait in waits if wait))


def _overloaded(orders: pd.DataFrame, over: pd.DataFrame, found: Planned) -> Iterator[Risk]:
    for row in orders.to_dict("records"):
        own = set(over.loc[over["product_id"] == row["product_id"], "week"])
        weeks = np.array([week in own for week in found.model.weeks[row["week"] :]])
        if weeks[0]:
            yield _risk(row, found, CAPACITY, _until_free(weeks))


def _until_free(weeks: Any) -> int | None:
    """How many weeks hold from the first on; None when all do."""
    return None if weeks.all() else int(np.argmin(weeks))


def _risk(row: Any, found: Planned, reason: str, weeks: int | None) -> Risk:
    return Risk(
        order_id=int(row["id"]),
        number=row["number"],
        code=row["code"],
        item=row["name"],
        due_on=row["due_on"],
        week=found.model.weeks[int(row["week"])],
        reason=reason,
        days_late=None if weeks is None else weeks * DAYS_A_WEEK,
    )
