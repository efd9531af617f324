"""Stock that a supplier manages at our places: what is there, what is needed, levels and replenishment it proposes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import purchase_orders
from data.queries import supplier_planning as planning
from data.queries import supplier_stock as rows
from data.queries.settings import bump
from services.audit import record
from services.draft_orders import WantedLine, draft_line
from services.form_values import calendar_day, quantity_of, shown_quantity
from services.halal_cover import refuse_blocked
from services.partners import partner_scope
from services.submissions import Described, Kind, Submission, own_submissions, submit

LEVELS, REPLENISH = "vmi_levels", "vmi_replenishment"
PORTAL_PAGE = "/portal/supplier/stock"
LARGEST = Decimal("1e12")
FURTHEST = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ManagedItem:
    """An item at a place: stock of today, its levels, and by week what is needed, on its way and left."""

    product_id: int
    location_id: int
    code: str
    name: str
    uom: str
    location: str
    on_hand: Decimal
    minimum: Decimal
    maximum: Decimal
    version: int
    weeks: Sequence[date]
    demand: Sequence[float]
    incoming: Sequence[float]
    projected: Sequence[float]

    @property
    def id(self) -> str:
        return f"{self.product_id}-{self.location_id}"

    @property
    def below_from(self) -> date | None:
        """The first week that ends below the least quantity."""
        return next((week for week, left in zip(self.weeks, self.projected, strict=True) if left < self.minimum), None)

    @property
    def proposal(self) -> Decimal:
        """What brings the stock of today back to the most, None being on its way counted twice."""
        coming = Decimal(str(round(self.incoming[0], 4))) if self.incoming else Decimal(0)
        return max(self.maximum - self.on_hand - coming, Decimal(0))


@dataclass(frozen=True, slots=True)
class ManagedStock:
    """All managed items, and what was proposed, the newest first."""

    items: Sequence[ManagedItem]
    asked: Sequence[Submission]


def managed_stock(viewer: Viewer) -> ManagedStock:
    """The stock that the viewer's company manages.

    Inputs: a supplier with portal.supplier.stock.
    Returns: ManagedStock; weeks are those of the newest forecast that was shared.
    Raises: NotAllowed.
    Source: screens.md 19.
    """
    with partner_scope(viewer, Permission.SUPPLIER_STOCK) as session:
        asked = [*own_submissions(session, LEVELS), *own_submissions(session, REPLENISH)]
        return ManagedStock(_items(session), sorted(asked, key=lambda each: -each.id))


def propose_levels(viewer: Viewer, item: object, minimum: object, maximum: object, *, note: object = None) -> int:
    """Propose between which quantities the stock of an item is kept.

    Inputs: a supplier with portal.supplier.stock and portal.commit; the id of a ManagedItem; quantities; a note.
    Returns: the id of the submission.
    Raises: NotAllowed; NotFound for what it does not manage; InvalidInput naming the field.
    Source: screens.md 19.
    """
    least, most = (_quantity(value, name) for value, name in ((minimum, _("Minimum")), (maximum, _("Maximum"))))
    if most < least:
        raise InvalidInput(_("Maximum: enter at least the minimum, %(least)s.", least=shown_quantity(least)))
    with partner_scope(viewer, Permission.SUPPLIER_STOCK, Permission.PORTAL_COMMIT) as session:
        found = _managed(session, item)
        payload = {**_keys(found), "minimum": str(least), "maximum": str(most), "version": found.version}
        title = _("Levels of %(item)s", item=found.code)
        return submit(session, viewer, LEVELS, payload, title=title, subject_id=found.id, note=note)


def propose_replenishment(
    viewer: Viewer, item: object, quantity: object, arrives_on: object, *, note: object = None
) -> int:
    """Propose to send a quantity of an item.

    Inputs: as propose_levels; the quantity and the day it arrives.
    Returns: the id of the submission.
    Raises: as propose_levels.
    Source: screens.md 19.
    """
    units = _quantity(quantity, _("Quantity"))
    if units <= 0:
        raise InvalidInput(_("Quantity: enter more than 0."))
    arrival = calendar_day(arrives_on, name=_("Arrives on"))
    if not today() <= arrival <= today() + FURTHEST:
        raise InvalidInput(_("Arrives on: enter a day from today on, within a year."))
    with partner_scope(viewer, Permission.SUPPLIER_STOCK, Permission.PORTAL_COMMIT) as session:
        found = _managed(session, item)
        payload = {**_keys(found), "quantity": str(units), "arrives_on": arrival.isoformat()}
        title = _("Replenishment of %(item)s", item=found.code)
        return submit(session, viewer, REPLENISH, payload, title=title, subject_id=found.id, note=note)


def asked_text(found: Submission) -> str:
    """What was proposed in a line.

    Inputs: a submission of this module.
    Returns: text.
    Raises: nothing.
    Source: none; ours.
    """
    said = found.payload
    if found.kind == LEVELS:
        least, most = (shown_quantity(Decimal(said[name])) for name in ("minimum", "maximum"))
        return _("Keep between %(least)s and %(most)s", least=least, most=most)
    quantity, arrival = shown_quantity(Decimal(said["quantity"])), day(date.fromisoformat(said["arrives_on"]))
    return _("Send %(quantity)s for %(day)s", quantity=quantity, day=arrival)


def _items(session: Session) -> list[ManagedItem]:
    stock = {(row.product_id, row.location_id): row.quantity for row in rows.own_stock(session, as_of=today())}
    weeks: dict[tuple[int, int], list[Any]] = {}
    for row in rows.own_weeks(session):
        weeks.setdefault((row.product_id, row.location_id), []).append(row)
    return [_item(row, stock, weeks) for row in rows.own_items(session)]


def _item(
    row: Any, stock: Mapping[tuple[int, int], Decimal], weeks: Mapping[tuple[int, int], list[Any]]
) -> ManagedItem:
    key = (row.product_id, row.location_id)
    shared = [week for week in weeks.get(key, []) if week.starts_on + timedelta(7) > today()]
    demand, incoming = ([float(getattr(week, name)) for week in shared] for name in ("demand", "incoming"))
    on_hand = stock.get(key, Decimal(0))
    projected = float(on_hand) + np.cumsum(np.array(incoming) - np.array(demand)) if shared else np.zeros(0)
    return ManagedItem(
        *(*key, row.code, row.name, row.uom, row.location, on_hand, row.min_quantity, row.max_quantity, row.version),
        *([week.starts_on for week in shared], demand, incoming, [float(left) for left in projected]),
    )


def _managed(session: Session, item: object) -> ManagedItem:
    found = next((each for each in _items(session) if each.id == item), None)
    if found is None:
        raise NotFound(_("You don't manage such an item. Choose one of the list."))
    return found


def _keys(found: ManagedItem) -> dict[str, Any]:
    return {"product_id": found.product_id, "location_id": found.location_id, "item": found.code}


def _quantity(value: object, name: str) -> Decimal:
    found = quantity_of(value, name=name)
    if not 0 <= found < LARGEST:
        raise InvalidInput(_("%(name)s: enter zero or more.", name=name))
    return found


def _stored(session: Session, found: Submission) -> Any:
    """The supplier, and its managed item as it is now."""
    supplier = planning.supplier_of(session, found.company_id)
    said = found.payload
    if supplier is None:
        return None, None
    return supplier, rows.item(session, supplier.id, product_id=said["product_id"], location_id=said["location_id"])


def _describe(session: Session, _viewer: Viewer, found: Sequence[Submission]) -> dict[int, Described]:
    return {each.id: _described(session, each) for each in found}


def _described(session: Session, found: Submission) -> Described:
    supplier, row = _stored(session, found)
    said = found.payload
    summary = f"{said['item']}: {asked_text(found)}"
    if supplier is None or row is None:
        return Described(summary, obstacle=_("The supplier does not manage this item any more."))
    price = row.price or 0.0
    if found.kind == REPLENISH:
        facts = [
            (
                f"{said['item']} · {row.location}",
                _("%(stock)s in stock", stock=shown_quantity(row.on_hand)),
                asked_text(found),
            )
        ]
        return Described(summary, facts, impact=float(said["quantity"]) * float(price))
    facts = [
        (_("Minimum"), shown_quantity(row.min_quantity), shown_quantity(Decimal(said["minimum"]))),
        (_("Maximum"), shown_quantity(row.max_quantity), shown_quantity(Decimal(said["maximum"]))),
    ]
    changed = (
        None if row.version == said["version"] else _("The levels were changed meanwhile. Ask for a new proposal.")
    )
    apart = abs(Decimal(said["maximum"]) - row.max_quantity)
    return Described(summary, facts, impact=float(apart) * float(price), obstacle=changed)


def _accept_levels(session: Session, viewer: Viewer, found: Submission) -> None:
    supplier, row = _stored(session, found)
    said = found.payload
    values = {"min_quantity": Decimal(said["minimum"]), "max_quantity": Decimal(said["maximum"])}
    if row is None or not rows.save_levels(
        session,
        supplier.id,
        product_id=row.product_id,
        location_id=row.location_id,
        seen=said["version"],
        values=values,
    ):
        raise Conflict(_("The levels were changed meanwhile. Ask for a new proposal."))
    record(
        session,
        viewer,
        "supplier_managed_item.levels",
        subject="supplier_managed_item",
        subject_id=f"{supplier.id}-{row.product_id}-{row.location_id}",
        before={"min": str(row.min_quantity), "max": str(row.max_quantity)},
        after={"min": said["minimum"], "max": said["maximum"]},
    )


def _accept_replenishment(session: Session, viewer: Viewer, found: Submission) -> None:
    """A line on the draft order of the day: from then on the plan counts it as firm, and the buyer sends it."""
    supplier, row = _stored(session, found)
    if row is None:
        raise Conflict(_("The supplier does not manage this item any more."))
    refuse_blocked(session, viewer, {(supplier.id, row.product_id)})
    purchase_orders.lock_numbering(session)
    said = found.payload
    line = draft_line(
        session,
        viewer,
        WantedLine(
            supplier_id=supplier.id,
            location_id=row.location_id,
            product_id=row.product_id,
            quantity=Decimal(said["quantity"]),
            unit_price=row.price or Decimal(0),
            needed_on=date.fromisoformat(said["arrives_on"]),
            lead_time_days=0,  # the supplier says itself when it comes
        ),
    )
    after = {"order": line.order, "quantity": said["quantity"]}
    record(session, viewer, "vmi_replenishment.order", subject="purchase_order_line", subject_id=line.id, after=after)
    bump(session, "orders")


KINDS = (
    Kind(LEVELS, "Levels of managed stock", Permission.REVIEW_DECIDE, PORTAL_PAGE, _describe, _accept_levels),
    Kind(
        REPLENISH,
        "Replenishment of managed stock",
        Permission.REVIEW_DECIDE,
        PORTAL_PAGE,
        _describe,
        _accept_replenishment,
    ),
)
