"""The production orders made for an OEM, and how far they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import oem_portal as rows
from services.form_values import row_id
from services.oem_desk import oem_desk
from services.partners import partner_scope
from services.submissions import Submission, own_submissions

SHOWN = ("open", "late", "done", "all")
SORTS = tuple(rows.SORTS)
LISTED = 1000
SEARCH_LENGTH = 100
NEXT_DAYS = 7
PRIORITY = "oem_priority"


@dataclass(frozen=True, slots=True)
class MadeOrder:
    """One production order; quantities in ``uom``. ``late`` is judged on ``today``, the day it was read."""

    id: int
    number: str
    code: str
    item: str
    uom: str
    location: str
    quantity: Decimal
    made_quantity: Decimal
    starts_on: date
    due_on: date
    finished_on: date | None
    status: str
    today: date

    @property
    def progress(self) -> float:
        """Made, as a share of ordered."""
        return float(self.made_quantity / self.quantity) if self.quantity else 0.0

    @property
    def late_days(self) -> int:
        """Days after the due day, of an order that is open until today."""
        if self.status == "cancelled":
            return 0
        return max(((self.finished_on or self.today) - self.due_on).days, 0)

    @property
    def state(self) -> str:
        """planned, released, running, late, done (in time), done_late or cancelled."""
        if self.status == "done":
            return "done_late" if self.finished_on and self.finished_on > self.due_on else "done"
        if self.status != "cancelled" and self.due_on < self.today:
            return "late"
        return self.status


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """What is open in all."""

    open: int
    running: int
    next_on: date | None
    next_days: int
    late: int
    late_since: date | None


@dataclass(frozen=True, slots=True)
class MadeOrders(OrderCounts):
    """The first orders of a list, how long it is, and what is open in all."""

    orders: list[MadeOrder]
    total: int


def orders(viewer: Viewer, *, show: str = "open", search: str = "", limit: int | None = LISTED) -> MadeOrders:
    """The production orders for the viewer's company, what is due next on top.

    Inputs: an OEM; show: one of SHOWN, anything else is "open"; search: part of an order number or an item;
        limit: how many, None for all.
    Returns: at most so many orders, the length of the whole list, counts of open, running and late orders.
    Raises: NotAllowed without ``portal.oem``.
    Source: none; ours: late = the due date has passed and the order is neither done nor cancelled.
    """
    with partner_scope(viewer, Permission.OEM_PORTAL) as session:
        found = rows.orders(
            session,
            today=today(),
            show=show if show in SHOWN else "open",
            search=search[:SEARCH_LENGTH].strip(),
            limit=limit,
        )
        counts = asdict(open_orders(session))
    return MadeOrders(orders=[_order(row) for row in found], total=found[0].total if found else 0, **counts)


def orders_after(
    viewer: Viewer, *, show: str, search: str, sort: str, after: Sequence[Any] | None, limit: int
) -> list[MadeOrder]:
    """The production orders for the viewer's company, so many after a place in their order.

    Inputs: an OEM; show and search as in orders; sort: one of SORTS, "-" before it turns it round; after: that value
        and the id of the last order that was read, None for the first orders; limit: how many.
    Returns: orders.
    Raises: NotAllowed without ``portal.oem``.
    Source: as orders.
    """
    with partner_scope(viewer, Permission.OEM_PORTAL) as session:
        wanted = {"show": show, "search": search[:SEARCH_LENGTH].strip(), "sort": sort}
        found = rows.orders_after(session, today=today(), after=after, limit=limit, **wanted)
    return [_order(row) for row in found]


def open_orders(session: Session) -> OrderCounts:
    """What is open in all, within an open session of an OEM.

    Inputs: the open session.
    Returns: counts of open, running and late orders, and of those due in the next NEXT_DAYS days.
    Raises: nothing.
    Source: as orders.
    """
    return OrderCounts(**rows.counts(session, today=today(), days=NEXT_DAYS)._asdict())


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step of an order: planned, released, started, made or finished. ``on`` is its day where one is known."""

    name: str
    reached: bool
    on: date | None = None


@dataclass(frozen=True, slots=True)
class OrderProgress:
    """An order with its milestones in their order, and what was asked for about it, the newest first."""

    order: MadeOrder
    milestones: list[Milestone]
    asked: list[Submission]


def progress(viewer: Viewer, order_id: object) -> OrderProgress:
    """How far one order is. Days of release and start are the plant's own: they are read at the company's desk, of
    an order that is the viewer's.

    Inputs: an OEM, the id of an order.
    Returns: OrderProgress.
    Raises: NotAllowed without ``portal.oem``; NotFound for an order that is not there or not the company's.
    Source: none; ours.
    """
    found = row_id(order_id)
    with partner_scope(viewer, Permission.OEM_PORTAL) as session:
        row = rows.order(session, found)
        if row is None:
            raise NotFound(_("There is no such order."))
        own = _order(row)
        asked = [each for each in own_submissions(session, PRIORITY) if each.subject_id == str(own.id)]
    with oem_desk(viewer, Permission.OEM_PORTAL) as desk:
        steps = rows.inside_steps(desk.session, own.id)
    return OrderProgress(own, _milestones(own, steps), asked)


def _milestones(order: MadeOrder, steps: Mapping[str, date]) -> list[Milestone]:
    begun = order.status in ("running", "done")
    return [
        Milestone("planned", True, order.starts_on),
        Milestone("released", begun or order.status == "released", steps.get("release")),
        Milestone("started", begun, steps.get("start")),
        Milestone("made", order.made_quantity > 0, steps.get("report")),
        Milestone("finished", order.status == "done", order.finished_on),
    ]


def _order(row: Any) -> MadeOrder:
    values = row._asdict()
    values.pop("total", None)
    return MadeOrder(**values, today=today())
