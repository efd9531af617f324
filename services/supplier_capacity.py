"""A supplier's capacity calendar: what it can deliver, when it is closed, and lead times that change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from analytics.supplier_forecast import buckets
from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import EMPTY, _, counted, day
from core.permissions import Permission
from core.viewer import Viewer
from data.db import session_scope
from data.queries import supplier_capacity as rows
from data.queries import supplier_planning as planning
from data.queries.settings import bump
from services.accounts import operator
from services.audit import record
from services.form_values import calendar_day, chosen_id, quantity_of, row_id, sentence, shown_quantity
from services.partners import partner_scope
from services.submissions import Described, Kind, Submission, own_submissions, submit, withdraw

CAPACITY, LEAD_TIME = "supplier_capacity", "lead_time_change"
PORTAL_PAGE = "/portal/supplier/capacity"
REASON_LENGTH = 200
FURTHEST = timedelta(days=730)
MOST_BUCKETS, MOST_CLOSED_DAYS, MOST_LEAD_DAYS = 52, 180, 364
CATEGORY = "category:"


@dataclass(frozen=True, slots=True)
class CapacityCalendar:
    """What a supplier sells (``items``), what is accepted, and what was asked for, the newest first."""

    bucket: str
    items: Sequence[Any]
    categories: Sequence[str]
    capacities: Sequence[Any]
    closures: Sequence[Any]
    lead_times: Sequence[Any]
    asked: Sequence[Submission]


def calendar(viewer: Viewer) -> CapacityCalendar:
    """The capacity calendar of the viewer's company.

    Inputs: a supplier with portal.supplier.capacity.
    Returns: CapacityCalendar.
    Raises: NotAllowed.
    Source: screens.md 19.
    """
    with partner_scope(viewer, Permission.SUPPLIER_CAPACITY) as session:
        supplier = _own(session)
        items = rows.items(session, supplier.id)
        asked = [*own_submissions(session, CAPACITY), *own_submissions(session, LEAD_TIME)]
        return CapacityCalendar(
            bucket=_bucket(session, supplier.id),
            items=items,
            categories=sorted({item.category for item in items if item.category}),
            capacities=rows.capacities(session, supplier.id, since=today()),
            closures=rows.closures(session, supplier.id, since=today()),
            lead_times=rows.lead_time_changes(session, supplier.id, since=today()),
            asked=sorted(asked, key=lambda each: -each.id),
        )


def ask_capacity(
    viewer: Viewer, scope: object, *, first: object, last: object, quantity: object, note: object = None
) -> int:
    """Tell what can be delivered at most in each week or month of a time.

    Inputs: a supplier with portal.supplier.capacity and portal.commit; scope: a product's id or “category:” and its
        name; first and last day; units a bucket; a note.
    Returns: the id of the submission.
    Raises: NotAllowed; NotFound for what the supplier does not sell; InvalidInput naming the field.
    Source: screens.md 19.
    """
    with _writing(viewer) as session:
        supplier = _own(session)
        what, name = _scope(session, supplier.id, scope)
        lines = _lines(_bucket(session, supplier.id), first, last, quantity)
        payload = {"what": "capacity", **what, "lines": lines}
        key = f"{scope}|{lines[0]['starts_on']}"
        return submit(
            session, viewer, CAPACITY, payload, title=_("Capacity of %(name)s", name=name), subject_id=key, note=note
        )


def ask_closure(viewer: Viewer, first: object, last: object, reason: object) -> int:
    """Tell of days on which nothing is made or sent.

    Inputs: as ask_capacity; first and last day, and why.
    Returns: the id of the submission.
    Raises: NotAllowed; InvalidInput naming the field.
    Source: screens.md 19.
    """
    since, until = _days(first, last)
    if (until - since).days >= MOST_CLOSED_DAYS:
        raise InvalidInput(
            _("Last day: a closure is of at most %(count)s days. Check the dates.", count=MOST_CLOSED_DAYS)
        )
    why = sentence(reason, name=_("Reason"), longest=REASON_LENGTH)
    payload = {"what": "closure", "first_on": since.isoformat(), "last_on": until.isoformat(), "reason": why}
    with _writing(viewer) as session:
        _own(session)
        title = _("Closed from %(first)s to %(last)s", first=day(since), last=day(until))
        return submit(session, viewer, CAPACITY, payload, title=title, subject_id=f"closure|{since}")


def ask_lead_time(viewer: Viewer, product_id: object, days: object, valid_from: object, reason: object) -> int:
    """Give notice of another lead time of an item.

    Inputs: as ask_capacity; the product, days, the first day it holds, and why.
    Returns: the id of the submission.
    Raises: NotAllowed; NotFound for what the supplier does not sell; InvalidInput naming the field.
    Source: screens.md 19.
    """
    since = _ahead(valid_from, _("Valid from"))
    asked = quantity_of(days, name=_("Lead time"))
    if asked != int(asked) or not 0 <= asked <= MOST_LEAD_DAYS:
        raise InvalidInput(_("Lead time: enter whole days from 0 to %(most)s.", most=MOST_LEAD_DAYS))
    why = sentence(reason, name=_("Reason"), longest=REASON_LENGTH)
    with _writing(viewer) as session:
        supplier = _own(session)
        item = _item(session, supplier.id, chosen_id(product_id))
        payload = {
            "product_id": item.product_id,
            "lead_time_days": int(asked),
            "valid_from": since.isoformat(),
            "reason": why,
        }
        title = _("Lead time of %(item)s: %(days)s days", item=item.code, days=int(asked))
        return submit(session, viewer, LEAD_TIME, payload, title=title, subject_id=item.product_id)


def take_back(viewer: Viewer, submission_id: object) -> None:
    """Withdraw a notice nobody decided on.

    Inputs: as ask_capacity; the id of the submission.
    Returns: nothing.
    Raises: NotAllowed, NotFound, Conflict.
    Source: services.submissions.
    """
    with _writing(viewer) as session:
        found = {each.id: each.kind for kind in (CAPACITY, LEAD_TIME) for each in own_submissions(session, kind)}
        withdraw(session, viewer, found.get(row_id(submission_id), CAPACITY), submission_id)


def apply_due_lead_times() -> None:
    """Lead times whose day has come become those of the terms that plans and orders use.

    Inputs: none.
    Returns: nothing.
    Raises: nothing of its own.
    Source: screens.md 19.
    """
    worker = operator()
    with session_scope(worker) as session:
        _apply_due(session, worker)


def asked_text(found: Submission) -> str:
    """What was asked for in a line, as the supplier reads it.

    Inputs: a submission of this module.
    Returns: text; an en dash for a payload of another shape.
    Raises: nothing.
    Source: none; ours.
    """
    said = found.payload
    if found.kind == LEAD_TIME:
        return _(
            "Lead time %(days)s days from %(day)s", days=said.get("lead_time_days"), day=_shown(said.get("valid_from"))
        )
    if said.get("what") == "closure":
        return _("Closed %(first)s to %(last)s", first=_shown(said.get("first_on")), last=_shown(said.get("last_on")))
    lines = _lines_of(found)
    if not lines:
        return EMPTY
    told = _("%(name)s: %(quantity)s from %(day)s", name=said.get("name"), **_first(lines[0]))
    return told + " · " + counted("%(count)s bucket", "%(count)s buckets", len(lines))


def _writing(viewer: Viewer) -> Any:
    return partner_scope(viewer, Permission.SUPPLIER_CAPACITY, Permission.PORTAL_COMMIT)


def _own(session: Session) -> Any:
    supplier = planning.own_supplier(session)
    if supplier is None:
        raise NotFound(_("Your company sells nothing yet. Ask your buyer to set it up."))
    return supplier


def _bucket(session: Session, supplier_id: int) -> str:
    agreement = planning.own_agreement(session, supplier_id)
    return "month" if agreement is None else str(agreement.bucket)


def _scope(session: Session, supplier_id: int, scope: object) -> tuple[dict[str, Any], str]:
    """An item, or a category the supplier sells of."""
    if isinstance(scope, str) and scope.startswith(CATEGORY):
        category = scope.removeprefix(CATEGORY)
        if category not in {item.category for item in rows.items(session, supplier_id)}:
            raise NotFound(_("You don't sell such an item. Choose one of the list."))
        return {"product_id": None, "category": category, "name": category}, category
    item = _item(session, supplier_id, chosen_id(scope))
    return {"product_id": item.product_id, "category": None, "name": item.code}, str(item.code)


def _item(session: Session, supplier_id: int, product_id: int) -> Any:
    found = rows.item(session, supplier_id, product_id)
    if found is None:
        raise NotFound(_("You don't sell such an item. Choose one of the list."))
    return found


def _lines(bucket: str, first: object, last: object, quantity: object) -> list[dict[str, Any]]:
    since, until = _days(first, last)
    units = quantity_of(quantity, name=_("Quantity"))
    if units < 0:
        raise InvalidInput(_("Quantity: enter zero or more."))
    monday = since - timedelta(days=since.weekday())
    start = monday if bucket == "week" else since.replace(day=1)
    found = [times for times in buckets(start, bucket=bucket, count=MOST_BUCKETS + 2) if times[0] <= until]
    if len(found) > MOST_BUCKETS:
        raise InvalidInput(_("Last day: at most %(count)s weeks or months at once.", count=MOST_BUCKETS))
    return [
        {"starts_on": begin.isoformat(), "ends_on": end.isoformat(), "quantity": str(units)} for begin, end in found
    ]


def _days(first: object, last: object) -> tuple[date, date]:
    since, until = _ahead(first, _("First day")), _ahead(last, _("Last day"))
    if until < since:
        raise InvalidInput(_("Last day: %(day)s is before the first day.", day=day(until)))
    return since, until


def _ahead(value: object, name: str) -> date:
    found = calendar_day(value, name=name)
    if found < today():
        raise InvalidInput(_("%(name)s: %(day)s is past.", name=name, day=day(found)))
    if found > today() + FURTHEST:
        raise InvalidInput(_("%(name)s: %(day)s is more than two years ahead.", name=name, day=day(found)))
    return found


def _lines_of(found: Submission) -> list[dict[str, Any]]:
    lines = found.payload.get("lines")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def _first(line: Mapping[str, Any]) -> dict[str, str]:
    return {"quantity": shown_quantity(Decimal(line["quantity"])), "day": _shown(line["starts_on"])}


def _shown(value: object) -> str:
    return day(date.fromisoformat(value)) if isinstance(value, str) else EMPTY


def _describe_capacity(session: Session, _viewer: Viewer, found: Sequence[Submission]) -> dict[int, Described]:
    return {each.id: _capacity_described(session, each) for each in found}


def _capacity_described(session: Session, found: Submission) -> Described:
    supplier = planning.supplier_of(session, found.company_id)
    summary = asked_text(found)
    if supplier is None:
        return Described(summary, obstacle=_("This company is no supplier any more."))
    if found.payload.get("what") == "closure":
        return Described(summary, [(_("Reason"), EMPTY, str(found.payload.get("reason")))])
    of = found.payload
    held = {
        row.starts_on: row.quantity
        for row in rows.capacities(session, supplier.id, since=today())
        if (row.product_id, row.category) == (of["product_id"], of["category"])
    }
    facts, impact = [], 0.0
    needed = [row for row in rows.needed(session, supplier.id) if of["product_id"] in (None, row.product_id)]
    for line in _lines_of(found):
        starts_on = date.fromisoformat(line["starts_on"])
        own = [row for row in needed if row.starts_on == starts_on and of["category"] in (None, row.category)]
        units = sum(row.forecast for row in own)
        worth = sum(row.forecast * (row.price or 0.0) for row in own)
        short = max(units - float(line["quantity"]), 0.0)
        impact += short * worth / units if units else 0.0
        was = shown_quantity(held[starts_on]) if starts_on in held else _("not limited")
        told = _("%(quantity)s of %(needed)s needed", quantity=_first(line)["quantity"], needed=shown_quantity(units))
        facts.append((f"{of['name']} · {day(starts_on)}", was, told))
    return Described(summary, facts, impact=impact)


def _accept_capacity(session: Session, viewer: Viewer, found: Submission) -> None:
    """Capacity limits what is bought in its time; closed days are closed for what the supplier sends."""
    supplier = planning.supplier_of(session, found.company_id)
    if supplier is None:
        raise Conflict(_("This company is no supplier any more."))
    said = found.payload
    if said.get("what") == "closure":
        values = {
            "supplier_id": supplier.id,
            "first_on": date.fromisoformat(said["first_on"]),
            "last_on": date.fromisoformat(said["last_on"]),
            "reason": said["reason"],
            "submission_id": found.id,
        }
        rows.save_closure(session, values)
    else:
        rows.replace_capacities(session, supplier.id, [_stored(said, line, found.id) for line in _lines_of(found)])
    record(session, viewer, "supplier_capacity.store", subject="supplier", subject_id=supplier.id, after=said)
    bump(session, "supplier_limits")


def _stored(said: Mapping[str, Any], line: Mapping[str, Any], submission_id: int) -> dict[str, Any]:
    return {
        "product_id": said["product_id"],
        "category": said["category"],
        "starts_on": date.fromisoformat(line["starts_on"]),
        "ends_on": date.fromisoformat(line["ends_on"]),
        "quantity": Decimal(line["quantity"]),
        "counted_from": date.fromisoformat(line["starts_on"]),
        "submission_id": submission_id,
    }


def _describe_lead_time(session: Session, _viewer: Viewer, found: Sequence[Submission]) -> dict[int, Described]:
    return {each.id: _lead_time_described(session, each) for each in found}


def _lead_time_described(session: Session, found: Submission) -> Described:
    supplier, said = planning.supplier_of(session, found.company_id), found.payload
    item = None if supplier is None else rows.item(session, supplier.id, row_id(said.get("product_id")))
    if supplier is None or item is None:
        return Described(asked_text(found), obstacle=_("The supplier does not sell this item any more."))
    own = [row for row in rows.needed(session, supplier.id) if row.product_id == item.product_id]
    span = len(own) * (7 if _bucket(session, supplier.id) == "week" else 30)
    daily = sum(row.forecast * (row.price or 0.0) for row in own) / span if span else 0.0
    longer = said["lead_time_days"] - item.lead_time_days
    since = _shown(said["valid_from"])
    facts = [
        (
            _("Lead time, days"),
            str(item.lead_time_days),
            _("%(days)s from %(day)s", days=said["lead_time_days"], day=since),
        ),
        (_("Reason"), EMPTY, said["reason"]),
    ]
    summary = f"{item.code}: {asked_text(found)}"
    return Described(summary, facts, impact=max(longer, 0) * daily, plain=longer <= 0)


def _accept_lead_time(session: Session, viewer: Viewer, found: Submission) -> None:
    supplier = planning.supplier_of(session, found.company_id)
    if supplier is None:
        raise Conflict(_("This company is no supplier any more."))
    said = found.payload
    values = {
        "supplier_id": supplier.id,
        "product_id": said["product_id"],
        "lead_time_days": said["lead_time_days"],
        "valid_from": date.fromisoformat(said["valid_from"]),
        "reason": said["reason"],
        "submission_id": found.id,
    }
    rows.save_lead_time(session, values)
    _apply_due(session, viewer)


def _apply_due(session: Session, viewer: Viewer) -> None:
    due = rows.due_lead_times(session, day=today())
    for change in due:
        rows.apply_lead_time(
            session,
            supplier_id=change.supplier_id,
            product_id=change.product_id,
            lead_time_days=change.lead_time_days,
        )
        record(
            session,
            viewer,
            "supplier_item.lead_time",
            subject="supplier_item",
            subject_id=f"{change.supplier_id}-{change.product_id}",
            before={"lead_time_days": change.before},
            after={"lead_time_days": change.lead_time_days},
        )
    if due:
        rows.mark_applied(session, day=today(), at=now())
        bump(session, "master")


KINDS = (
    Kind(
        CAPACITY,
        "Capacity of a supplier",
        Permission.REVIEW_DECIDE,
        PORTAL_PAGE,
        _describe_capacity,
        _accept_capacity,
    ),
    Kind(
        LEAD_TIME,
        "Change of a lead time",
        Permission.REVIEW_DECIDE,
        PORTAL_PAGE,
        _describe_lead_time,
        _accept_lead_time,
    ),
)
