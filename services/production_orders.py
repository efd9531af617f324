"""Orders to the plant as they are read: the list, and one order with its components and history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import production as rows
from services.form_values import row_id
from services.listed_rows import PAGE_ROWS
from services.production_stock import components_needed, components_taken

SHOWN = ("open", "late", "planned", "released", "running", "done", "cancelled", "all")


@dataclass(frozen=True, slots=True)
class OrderFilters:
    """What the list is narrowed to; ``show`` is one of SHOWN, ``resource`` a code, ``search`` of number or item."""

    show: str = "open"
    resource: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Some rows of the list, how many match, and how many of those are open, run and are late."""

    rows: list[dict[str, Any]]
    total: int
    open: int
    running: int
    late: int


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order with its components (what it takes or took, what is there) and who did what, the latest first."""

    order: dict[str, Any]
    components: list[dict[str, Any]]
    history: list[dict[str, Any]]


def orders(
    viewer: Viewer,
    filters: OrderFilters,
    *,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: tuple[tuple[str, bool], ...] = (),
) -> OrderPage:
    """A page of the orders to the plant, what is due first on top unless sorted otherwise.

    Inputs: a viewer with purchase.read, filters, first row and the one after the last, columns to sort by with whether
        descending.
    Returns: rows with number, status, item, place, resource, brand owner, quantity, made and scrap, days, days_left to
        the due day and late (open past its due day).
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    first = max(start, 0)
    with session_scope(viewer) as session:
        found, totals = rows.orders(
            session,
            as_of=today(),
            show=filters.show if filters.show in SHOWN else "open",
            resource=filters.resource,
            search=filters.search.strip(),
            start=first,
            limit=min(max(end - first, 0), PAGE_ROWS),
            sort=sort,
        )
    return OrderPage([row._asdict() for row in found], totals.orders, totals.open, totals.running, totals.late)


def resources(viewer: Viewer) -> list[tuple[str, str]]:
    """Resources in use.

    Inputs: a viewer with purchase.read.
    Returns: code and name, by code.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return [(row.value, row.text) for row in rows.resources(session)]


def order(viewer: Viewer, order_id: object) -> OrderDetail:
    """One order with its components.

    Inputs: a viewer with purchase.read, the id.
    Returns: OrderDetail; components of an order that has not begun: needed and there; of one that has: lot and taken.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return order_detail(session, row_id(order_id))


def order_detail(session: Session, order_id: int) -> OrderDetail:
    """One order in a session that is open.

    Inputs: the session (the caller checks the right), the id.
    Returns: as order.
    Raises: NotFound.
    Source: none; ours.
    """
    found = rows.order(session, order_id=order_id, as_of=today())
    if found is None:
        raise NotFound(_("There is no such order."))
    begun = found.status in ("running", "done")
    if begun:
        components = components_taken(session, order_id)
    else:
        components = components_needed(session, found) if found.status in rows.OPEN else []
    history = [row._asdict() for row in rows.history(session, order_id=order_id)]
    return OrderDetail(found._asdict(), components, history)
