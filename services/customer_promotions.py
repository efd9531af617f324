"""Promotions that customers announce: asked for in the portal, an event of the marketing calendar once taken up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Conflict, InvalidInput
from core.i18n import _, counted, day, percent
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import customer_promotions as rows
from services import planning_events
from services.demand_plan import DemandPlan, demand_plan
from services.download_list import DownloadList, Query, Rows, as_shown, chosen
from services.event_fields import LONGEST_EVENT, MECHANICS, MOST_UPLIFT, one_of
from services.form_values import calendar_day, quantity_of, sentence, shown_quantity
from services.partner_forecasts import Item
from services.partners import partner_scope
from services.submissions import Described, Kind, Submission, own_submissions, submit, withdraw

KIND_NAME = "customer_promotion"
PATH = "/portal/customer/promotions"
LONGEST_NAME = 120
MOST_ITEMS = 20
LARGEST = 10**9
COLUMNS = (
    *("name", "starts_on", "ends_on", "mechanic", "items", "expected", "state", "note", "asked_by", "asked_at"),
    "answer",
)
USUAL_DAYS = 56
"""Days before a promotion that tell what is usual."""


@dataclass(frozen=True, slots=True)
class PromotedItem:
    """An item and the units on top of what would be bought anyhow."""

    product_id: int
    code: str
    name: str
    uom: str
    quantity: float


@dataclass(frozen=True, slots=True)
class Promotion:
    """What was announced and what became of it: asked, taken_up, approved, declined, withdrawn or replaced.

    ``result`` is there when it is over: units ordered in its days, and as many days of the usual orders before it.
    """

    id: int
    name: str
    starts_on: date
    ends_on: date
    mechanic: str
    items: list[PromotedItem]
    note: str | None
    asked_by: str
    asked_at: datetime
    state: str
    answer: str | None
    result: tuple[float, float] | None = None

    @property
    def expected(self) -> float:
        return sum(item.quantity for item in self.items)


def items(viewer: Viewer) -> list[Item]:
    """What the company may promote: what it ever ordered.

    Inputs: a customer.
    Returns: items by code.
    Raises: NotAllowed without the feature.
    Source: none; ours.
    """
    with partner_scope(viewer, Permission.CUSTOMER_PROMOTIONS) as session:
        return _items(session)


def promotions(viewer: Viewer) -> list[Promotion]:
    """What the company announced, the newest first.

    Inputs: a customer.
    Returns: promotions with their state and, once they are over, their result in the own orders.
    Raises: NotAllowed without the feature.
    Source: screens.md 25.
    """
    with partner_scope(viewer, Permission.CUSTOMER_PROMOTIONS) as session:
        events = rows.event_states(session)
        return [_promotion(session, each, events.get(each.id)) for each in own_submissions(session, KIND_NAME)]


def announce(viewer: Viewer, given: Mapping[str, Any]) -> int:
    """Tell the company of a promotion. It is planned with once it was taken up and approved.

    Inputs: a customer with portal.commit; name, starts_on and ends_on (not over), mechanic, items: ids of own items,
        volume: units on top in all, shared equally, or a list of one for each item; note.
    Returns: the id of the request.
    Raises: NotAllowed; InvalidInput that names the field.
    Source: product.md, promise 6.
    """
    with partner_scope(viewer, Permission.CUSTOMER_PROMOTIONS, Permission.PORTAL_COMMIT) as session:
        payload = _checked(session, given)
        title = _(
            "Promotion “%(name)s”, %(first)s to %(last)s",
            name=payload["name"],
            first=payload["starts_on"],
            last=payload["ends_on"],
        )
        return submit(
            session, viewer, KIND_NAME, payload, title=title, subject_id=uuid4().hex, note=given.get("note") or None
        )


def take_back(viewer: Viewer, promotion_id: object) -> None:
    """Withdraw what nobody decided on yet.

    Inputs: a customer with portal.commit, the id.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it was decided meanwhile.
    Source: security.md B01.
    """
    with partner_scope(viewer, Permission.CUSTOMER_PROMOTIONS, Permission.PORTAL_COMMIT) as session:
        withdraw(session, viewer, KIND_NAME, promotion_id)


def describe(session: Session, viewer: Viewer, found: Sequence[Submission]) -> dict[int, Described]:
    """What each promotion would add to the plan of its channel.

    Inputs: an open session of a colleague, the viewer, submissions.
    Returns: Described by submission.
    Raises: nothing of its own.
    Source: screens.md 18, 25.
    """
    plan = demand_plan(session, viewer)
    return {each.id: _described(session, plan, each) for each in found}


def accept(session: Session, viewer: Viewer, found: Submission) -> None:
    """Take a promotion up: a proposed event of the calendar, which those who may approve decide on.

    Inputs: the open session of the decision, the viewer, the submission.
    Returns: nothing.
    Raises: Conflict when it is over or the customer has no channel; InvalidInput as planning_events.create.
    Source: screens.md 25.
    """
    obstacle = _obstacle(session, found)
    if obstacle:
        raise Conflict(obstacle)
    wanted = found.payload
    promoted = _promoted(wanted)
    base = _base(demand_plan(session, viewer), session, found)
    expected = sum(item.quantity for item in promoted)
    told = _("Announced by %(company)s", company=found.company)
    event_id = planning_events.proposed(
        session,
        viewer,
        {
            "name": f"{wanted['name']} · {found.company}",
            "kind": "promotion",
            "starts_on": wanted["starts_on"],
            "ends_on": wanted["ends_on"],
            "mechanic": wanted["mechanic"],
            "products": [item.code for item in promoted],
            "channel": rows.channel_of(session, found.company_id),
            "expected_uplift": _uplift(expected, base),
            "note": ". ".join(filter(None, (told, found.note)))[:500],
        },
    )
    rows.link(session, submission_id=found.id, company_id=found.company_id, event_id=event_id)


def _download(viewer: Viewer, query: Query) -> Rows:
    records = [
        {
            **{name: getattr(each, name) for name in COLUMNS},
            "items": ", ".join(item.code for item in each.items),
            "asked_at": each.asked_at.date(),
        }
        for each in promotions(viewer)
    ]
    return chosen(as_shown(records, query, {}), COLUMNS)


LISTS = {"customer-promotions": DownloadList(Permission.CUSTOMER_PROMOTIONS, COLUMNS, _download)}
KIND = Kind(KIND_NAME, "Promotion of a customer", Permission.EVENT_EDIT, PATH, describe, accept)


def _items(session: Session) -> list[Item]:
    return [Item(**row._asdict()) for row in rows.items(session)]


def _checked(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    name = sentence(given.get("name"), name=_("Name"), longest=LONGEST_NAME)
    first = calendar_day(given.get("starts_on"), name=_("First day"))
    last = calendar_day(given.get("ends_on"), name=_("Last day"))
    if first < today():
        raise InvalidInput(_("First day: %(day)s is over; announce what is still to come.", day=day(first)))
    if not 0 <= (last - first).days < LONGEST_EVENT:
        raise InvalidInput(_("Last day: choose a day from %(first)s on, within a year.", first=day(first)))
    return {
        "name": name,
        "starts_on": first.isoformat(),
        "ends_on": last.isoformat(),
        "mechanic": one_of(given.get("mechanic"), MECHANICS, name=_("Mechanic")),
        "products": _wanted(session, given.get("items"), given.get("volume")),
    }


def _wanted(session: Session, chosen: object, volume: object) -> list[dict[str, Any]]:
    known = {str(item.id): item for item in _items(session)}
    ids = list(dict.fromkeys(str(each)[:20] for each in chosen)) if isinstance(chosen, list) else []
    if not 0 < len(ids) <= MOST_ITEMS or not set(ids) <= known.keys():
        raise InvalidInput(_("Items: choose between 1 and %(most)s items that you ordered before.", most=MOST_ITEMS))
    total = float(quantity_of(volume, name=_("Volume on top")))
    if not 0 < total <= LARGEST:
        raise InvalidInput(_("Volume on top: enter more than 0 units."))
    each = round(total / len(ids), 4)
    found = (known[product_id] for product_id in ids)
    return [
        {"product_id": item.id, "code": item.code, "name": item.name, "uom": item.uom, "quantity": each}
        for item in found
    ]


def _promoted(payload: Mapping[str, Any]) -> list[PromotedItem]:
    return [PromotedItem(**item) for item in payload["products"]]


def _days(payload: Mapping[str, Any]) -> tuple[date, date]:
    return date.fromisoformat(payload["starts_on"]), date.fromisoformat(payload["ends_on"])


def _promotion(session: Session, found: Submission, event: str | None) -> Promotion:
    first, last = _days(found.payload)
    promoted = _promoted(found.payload)
    over = last < today() and event == "approved"
    return Promotion(
        found.id,
        found.payload["name"],
        first,
        last,
        found.payload["mechanic"],
        promoted,
        found.note,
        found.asked_by,
        found.created_at,
        _state(found.status, event),
        found.decision_note,
        _result(session, [item.product_id for item in promoted], first, last) if over else None,
    )


def _state(status: str, event: str | None) -> str:
    if status == "accepted":
        return {"approved": "approved", "rejected": "declined", "cancelled": "declined"}.get(event or "", "taken_up")
    return {"pending": "asked", "rejected": "declined", "withdrawn": "withdrawn"}.get(status, "replaced")


def _result(session: Session, products: list[int], first: date, last: date) -> tuple[float, float]:
    count = (last - first).days + 1
    before = rows.ordered(session, products=products, since=first - timedelta(USUAL_DAYS), until=first - timedelta(1))
    return rows.ordered(session, products=products, since=first, until=last), before * count / USUAL_DAYS


def _described(session: Session, plan: DemandPlan, found: Submission) -> Described:
    promoted = _promoted(found.payload)
    base = _base(plan, session, found)
    expected = sum(item.quantity for item in promoted)
    price = plan.base.leaves.groupby("product_id")["price"].max()
    facts = [
        (_("Days"), "", _("%(first)s to %(last)s", first=found.payload["starts_on"], last=found.payload["ends_on"])),
        (_("Mechanic"), "", str(found.payload["mechanic"])),
        (
            _("Its channel in these days"),
            shown_quantity(round(base)),
            _(
                "%(units)s on top, uplift %(uplift)s",
                units=shown_quantity(round(expected)),
                uplift=percent(_uplift(expected, base)),
            ),
        ),
        *((f"{item.code} {item.name}", "", f"+{shown_quantity(round(item.quantity))} {item.uom}") for item in promoted),
    ]
    return Described(
        _(
            "Promotion “%(name)s”: %(items)s",
            name=found.payload["name"],
            items=counted("1 item", "%(count)s items", len(promoted)),
        ),
        facts,
        impact=sum(item.quantity * float(price.get(item.product_id, 0.0)) for item in promoted),
        obstacle=_obstacle(session, found),
    )


def _obstacle(session: Session, found: Submission) -> str | None:
    if _days(found.payload)[1] < today():
        return _("Its last day is over.")
    if rows.channel_of(session, found.company_id) is None:
        return _("The customer has no channel: enter it under Data › Master data, then accept.")
    return None


def _base(plan: DemandPlan, session: Session, found: Submission) -> float:
    """What the customer's channel is expected to need of these items in these days anyhow."""
    first, last = _days(found.payload)
    products = [item.product_id for item in _promoted(found.payload)]
    leaves = plan.base.leaves
    own = leaves["product_id"].isin(products) & (leaves["channel"] == rows.channel_of(session, found.company_id))
    parts = [_overlap(month, first, last) for month in plan.base.months]
    return float((plan.baseline[own.to_numpy()] * np.array(parts)).sum()) if parts else 0.0


def _overlap(month: date, first: date, last: date) -> float:
    """The part of a month that lies in some days."""
    start = pd.Timestamp(month)
    end = start + pd.offsets.MonthEnd(0)
    days = (min(end, pd.Timestamp(last)) - max(start, pd.Timestamp(first))).days + 1
    return max(days, 0) / start.days_in_month


def _uplift(expected: float, base: float) -> float | None:
    """As a share of what would be sold anyhow, in the decimals that the calendar keeps."""
    return round(min(expected / base, MOST_UPLIFT), 4) if base > 0 else None
