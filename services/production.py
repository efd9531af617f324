"""What the plan wants made soon: planned production orders to release, and accepting them as orders to the plant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.supply_plan.pegging import NONE, served_by
from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import production as rows
from data.queries import proposals
from data.queries import settings as stored
from services.audit import record
from services.form_values import shown_quantity
from services.held_choices import DECIDED_AT_ONCE
from services.listed_rows import mentioning
from services.plain_rows import plain_rows
from services.proposals import Accepted
from services.supply_plan_model import KEYS, PlanModel
from services.supply_planned import TOLERANCE, Planned, planned, released_within

WEEKS = {"1": 1, "2": 2, "4": 4, "8": 8}
SHOWN_AT_MOST = 500
NAMES = ["code", "name", "uom", "location", "location_name"]
SMALLEST = 1e-4

Choice = Mapping[str, Any]
"""A row as it was on the screen: id and quantity, as they come from the browser."""


@dataclass(frozen=True, slots=True)
class MakeFilters:
    """What the list is narrowed to; an empty text narrows nothing. ``weeks`` is one of WEEKS, ``resource`` a code."""

    weeks: str = "1"
    resource: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class MakeList:
    """The orders to release, the soonest first, and of all that match: how many, hours, how many are late and how
    many lack a component."""

    rows: list[dict[str, Any]]
    total: int
    hours: float
    late: int
    lacking: int


def make_list(viewer: Viewer, filters: MakeFilters, *, limit: int | None = SHOWN_AT_MOST) -> MakeList:
    """Planned production orders to be released within some weeks, what comes late first in its week.

    Inputs: a viewer with purchase.read, filters, how many rows (None: all).
    Returns: MakeList; rows with item, place, resource, release_week and arrival_week, quantity, hours, late (units that
        come late even so), short_week (the first week with demand that it is too late for, or would be), and lacking:
        dictionaries of code, uom and quantity that the plan is short of a component in the week of release.
    Raises: NotAllowed.
    Source: screens.md 2; Vollmann et al., 5th ed., chapter 7 (planned order release).
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        every = _orders(session, viewer, weeks=WEEKS.get(filters.weeks, 1))
    found = _filtered(every, filters).sort_values(["release", "late", "hours"], ascending=[True, False, False])
    return MakeList(
        rows=plain_rows(found if limit is None else found.head(limit)),
        total=len(found),
        hours=float(found["hours"].sum()),
        late=int((found["late"] > 0).sum()),
        lacking=int(found["lacking"].map(bool).sum()),
    )


def made_for(viewer: Viewer, order_id: object) -> list[dict[str, Any]]:
    """The customers' demand that a planned production order is for.

    Inputs: a viewer with purchase.read, the id of a row of make_list.
    Returns: dictionaries of code, name, location, week and quantity (in units of the order), the most first.
    Raises: NotAllowed; NotFound when the plan has no such order.
    Source: analytics.supply_plan.pegging.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        orders = _orders(session, viewer, weeks=max(WEEKS.values()))
        found = planned(session, viewer)
    own = orders[orders["id"] == str(order_id)]
    if own.empty:
        raise NotFound(_("The plan does not have this order any more. Reload the list."))
    order = own.iloc[0]
    served = served_by(found.plan, source=int(order["source"]), period=int(order["arrival"]))
    weeks = np.array(found.model.weeks, dtype=object)
    named = served.join(found.model.nodes[["code", "name", "location"]], on="node")
    named = named.assign(week=weeks[named["demand_period"].to_numpy(dtype=int)])
    columns = ["code", "name", "location", "week", "quantity"]
    return plain_rows(named.sort_values("quantity", ascending=False)[columns])


def accept(viewer: Viewer, choices: Sequence[Choice]) -> Accepted:
    """Make production orders of rows of the list, all or none.

    From then on the plan counts them as firm, so their rows are gone.

    Inputs: a viewer with inventory.edit and proposal.decide, the rows as they were on the screen.
    Returns: how many, and the numbers of the orders.
    Raises: NotAllowed; InvalidInput for no row or too many; Conflict, naming the item, when the plan does not have an
        order any more or has it in another quantity.
    Source: product.md, promise 5; screens.md 21.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    require(viewer, Permission.PROPOSAL_DECIDE)
    seen = {str(choice.get("id")): choice for choice in choices}
    if not seen:
        raise InvalidInput(_("Select at least one order."))
    if len(seen) > DECIDED_AT_ONCE:
        raise InvalidInput(_("Select at most %(count)s orders at once.", count=DECIDED_AT_ONCE))
    with session_scope(viewer) as session:
        # Held before the plan is read: what somebody else is ordering now must be seen as ordered.
        proposals.hold_open(session, item=None)
        rows.lock_numbering(session)
        found = _still_planned(session, viewer, seen)
        numbers = add_orders(session, viewer, found, action="production.accept")
        _withdraw_proposals(session, found)
        stored.bump(session, "orders")
        stored.bump(session, "policy")
    return Accepted(len(numbers), tuple(number for _order_id, number in numbers))


def add_orders(
    session: Session, viewer: Viewer, found: Iterable[dict[str, Any]], *, action: str
) -> list[tuple[int, str]]:
    """Store orders to the plant.

    Inputs: a session that holds the numbering; rows with product_id, location_id, resource_id, code, quantity,
        starts_on and due_on; the word of the audit trail.
    Returns: id and number of each. An item that is made for a brand owner is made for it again.
    Raises: nothing of its own; rights are the caller's.
    Source: product.md, promise 5.
    """
    wanted = list(found)
    owners = rows.brand_owners(session, [row["product_id"] for row in wanted])
    added = []
    for row in wanted:
        resource = row["resource_id"]
        made = rows.add(
            session,
            day=today(),
            product_id=row["product_id"],
            location_id=row["location_id"],
            resource_id=None if resource is None else int(resource),
            oem_id=owners.get(row["product_id"]),
            quantity=Decimal(str(round(row["quantity"], 4))),
            starts_on=row["starts_on"],
            due_on=row["due_on"],
        )
        after = {"number": made.number, "product": row["code"], "quantity": str(round(row["quantity"], 4))}
        days = {name: str(row[name]) for name in ("starts_on", "due_on")}
        record(session, viewer, action, subject="production_order", subject_id=made.id, after={**after, **days})
        added.append((int(made.id), str(made.number)))
    return added


def main_resource(model: PlanModel) -> pd.DataFrame:
    """The hours of each source that makes something, and the resource that it takes most of.

    Inputs: the model of a plan.
    Returns: frame by source: resource_id, resource (code), resource_name, hours_per_unit and setup_hours there.
    Raises: nothing.
    Source: none; ours: an order names one resource.
    """
    routings = pd.DataFrame(
        {
            "source": model.routings.source,
            "number": model.routings.resource,
            "hours_per_unit": model.routings.hours_per_unit,
            "setup_hours": model.routings.setup_hours,
        }
    )
    named = routings.join(model.resources[["resource_id", "code", "name"]], on="number")
    most = named.sort_values(["source", "hours_per_unit"], ascending=[True, False]).drop_duplicates("source")
    return most.rename(columns={"code": "resource", "name": "resource_name"}).set_index("source").drop(columns="number")


def _orders(session: Session, viewer: Viewer, *, weeks: int) -> pd.DataFrame:
    """Planned production to be released within so many weeks; a row an order."""
    found = planned(session, viewer)
    model = found.model
    orders = released_within(session, viewer, weeks=weeks).join(model.sources[["kind"]], on="source")
    orders = orders[orders["kind"] == "make"].drop(columns="kind").reset_index(drop=True)
    orders = orders.join(model.nodes[[*KEYS, *NAMES]], on="node").join(main_resource(model), on="source")
    orders["hours"] = (orders["quantity"] * orders["hours_per_unit"] + orders["setup_hours"]).fillna(0.0)
    return _dated(model, orders).assign(lacking=pd.Series(_lacking(found, orders), orders.index, dtype=object))


def _dated(model: PlanModel, orders: pd.DataFrame) -> pd.DataFrame:
    """With days for the numbers of weeks; work of this week begins today, and nothing is due before that."""
    weeks = np.array([*model.weeks, None], dtype=object)
    short = orders["needed_from"].where(orders["needed_from"] != NONE, len(weeks) - 1).to_numpy(dtype=int)
    release, arrival = weeks[orders["release"].to_numpy(dtype=int)], weeks[orders["arrival"].to_numpy(dtype=int)]
    arriving = pd.Series(arrival, index=orders.index, dtype=object)
    keys = orders[["location_id"]].assign(arriving=arriving).astype(str)
    return orders.assign(
        release_week=release,
        arrival_week=arrival,
        short_week=weeks[short],
        starts_on=_not_past(release),
        due_on=_not_past(arrival),
        id=orders["product_id"].astype(str).str.cat(keys, sep="-"),
    )


def _not_past(days: Iterable[date]) -> list[date]:
    return [max(day, today()) for day in days]


def _lacking(found: Planned, orders: pd.DataFrame) -> list[list[dict[str, Any]]]:
    """The components that the plan is short of when an order is to begin, at most what the order takes of them."""
    arcs = found.plan.network.arcs
    lines = pd.DataFrame(
        {
            "source": arcs.source,
            "component": arcs.component,
            "each": arcs.quantity,
            "first": arcs.first,
            "last": arcs.last,
        }
    )
    taken = orders[["source", "release", "quantity"]].reset_index(names="order").merge(lines, on="source")
    taken = taken[(taken["first"] <= taken["release"]) & (taken["release"] <= taken["last"])]
    stock = found.plan.stock[taken["release"].to_numpy(dtype=int), taken["component"].to_numpy(dtype=int)]
    taken = taken.assign(short=np.minimum(-stock, taken["quantity"] * taken["each"]))
    taken = taken[taken["short"] > TOLERANCE].join(found.model.nodes[["code", "uom"]], on="component")
    lacking: list[list[dict[str, Any]]] = [[] for _order in range(len(orders))]
    for row in taken.to_dict("records"):
        lacking[row["order"]].append({"code": row["code"], "uom": row["uom"], "quantity": float(row["short"])})
    return lacking


def _filtered(orders: pd.DataFrame, filters: MakeFilters) -> pd.DataFrame:
    keep = pd.Series(True, index=orders.index)
    if filters.resource:
        keep &= orders["resource"] == filters.resource
    keep &= mentioning(orders, filters.search, "code", "name")
    return orders[keep]


def _still_planned(session: Session, viewer: Viewer, seen: Mapping[str, Choice]) -> list[dict[str, Any]]:
    """The chosen rows as the plan has them now, which has to be as they were seen."""
    orders = _orders(session, viewer, weeks=max(WEEKS.values()))
    found = {row["id"]: row for row in plain_rows(orders[orders["id"].isin(list(seen))])}
    for order_id in sorted(seen.keys() - found.keys()):
        raise Conflict(
            _(
                "Nothing was accepted: the plan does not need the order for %(item)s any more. Somebody may have "
                "accepted it already. Reload the list, then decide.",
                item=_item_name(planned(session, viewer).model, order_id),
            )
        )
    for order_id, row in found.items():
        _check_unchanged(row, seen[order_id].get("quantity"))
    return list(found.values())


def _item_name(model: PlanModel, order_id: str) -> str:
    """The name of the item in an id, whatever was sent as one."""
    nodes = model.nodes
    own = nodes.loc[nodes["product_id"].astype(str) == order_id.partition("-")[0], "name"]
    return str(own.iloc[0]) if len(own) else _("an item")


def _check_unchanged(row: dict[str, Any], seen: object) -> None:
    if isinstance(seen, int | float) and abs(seen - row["quantity"]) < SMALLEST:
        return
    raise Conflict(
        _(
            "Nothing was accepted: the plan for %(item)s has changed and is now %(quantity)s %(uom)s. "
            "Reload the list, then decide.",
            item=row["name"],
            quantity=shown_quantity(row["quantity"]),
            uom=row["uom"],
        )
    )


def _withdraw_proposals(session: Session, found: Iterable[dict[str, Any]]) -> None:
    """An order made here and its proposal of the reorder point would supply the same twice."""
    none_due = pd.DataFrame({name: [] for name in KEYS})
    for item in sorted({(row["product_id"], row["location_id"]) for row in found}):
        proposals.withdraw_all_but(session, none_due, item=item, at=now())
