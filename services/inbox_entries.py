"""What waits for a person, from wherever it comes, as entries of one worklist."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from core.i18n import _, day, number, signed
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import inbox as rows
from services import exceptions, policy_review, proposals, review_queue
from services.notifications import APPROVAL, MENTION, REMINDER, TASK
from services.policy_review import PolicyFilters
from services.proposals import ProposalFilters
from services.review_answers import ReviewedAnswer

EXCEPTION, ORDER, POLICY, ANSWER = "exception", "order", "policy", "answer"
KINDS = (TASK, APPROVAL, REMINDER, MENTION, EXCEPTION, ORDER, POLICY, ANSWER)
MOST_OF_A_KIND = 200
NOTICES = (TASK, MENTION, REMINDER, APPROVAL)
"""Kinds that a person ticks off; the others are decided."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to look at. ``key`` names it for ever, ``row`` and ``version`` are what is decided on; ``money`` is
    what is at stake, ``size`` what a limit of a bulk decision is held against: RM of an order, None where there is
    nothing to accept without looking."""

    key: str
    kind: str
    title: str
    detail: str
    href: str
    money: float | None = None
    size: float | None = None
    due_on: date | None = None
    since: datetime | None = None
    row: int = 0
    version: int = 0
    snoozed_until: date | None = field(default=None, compare=False)


def kind_name(kind: str) -> str:
    """What a kind of entry is called.

    Inputs: one of KINDS.
    Returns: text.
    Raises: KeyError for an unknown kind.
    Source: screens.md 21.
    """
    return {
        TASK: _("Task"),
        APPROVAL: _("Approval"),
        REMINDER: _("Reminder"),
        MENTION: _("Mention"),
        EXCEPTION: _("Exception"),
        ORDER: _("Proposed order"),
        POLICY: _("Policy change"),
        ANSWER: _("Supplier's answer"),
    }[kind]


def entries(session: Session, viewer: Viewer) -> list[Entry]:
    """Everything that waits for the viewer, of the parts of the business the viewer decides on.

    Inputs: an open session, the viewer.
    Returns: entries, of each kind at most MOST_OF_A_KIND, in no order.
    Raises: nothing of its own.
    Source: screens.md 21.
    """
    found = _notices(session, viewer) + _exceptions(viewer)
    if viewer.may(Permission.PROPOSAL_DECIDE):
        found += _orders(viewer)
    if viewer.may(Permission.INVENTORY_EDIT):
        found += _policies(viewer)
    if viewer.may(Permission.REVIEW_DECIDE):
        found += [_answer(answer) for answer in review_queue.queue(viewer, limit=MOST_OF_A_KIND).answers]
    return found


def _notices(session: Session, viewer: Viewer) -> list[Entry]:
    if viewer.user_id is None:
        return []
    return [
        Entry(
            key=row.key,
            kind=row.kind,
            title=row.title,
            detail=row.detail or "",
            href=row.href,
            due_on=row.due_on,
            since=row.created_at,
            row=row.id,
        )
        for row in rows.open_notifications(session, viewer.user_id)
    ]


def _exceptions(viewer: Viewer) -> list[Entry]:
    return [
        Entry(
            key=f"exception:{found.kind}:{found.href}:{found.what}",
            kind=EXCEPTION,
            title=f"{exceptions.kind_name(found.kind)}: {found.what}",
            detail=f"{found.where} · {found.why}",
            href=found.href,
            money=found.money,
        )
        for found in exceptions.exceptions(viewer).worst
    ]


def _orders(viewer: Viewer) -> list[Entry]:
    found = proposals.open_proposals(viewer, ProposalFilters(), limit=MOST_OF_A_KIND)
    return [_order(row) for row in found.rows]


def _order(row: dict[str, Any]) -> Entry:
    what = _(
        "Order %(quantity)s %(uom)s of %(item)s", quantity=number(row["quantity"]), uom=row["uom"], item=_item(row)
    )
    about = _("%(supplier)s, needed on %(day)s", supplier=row["supplier"], day=day(row["needed_on"]))
    return Entry(
        key=f"order:{row['product_id']}:{row['location_id']}",
        kind=ORDER,
        title=what,
        detail=f"{about} · {row['blocked']}" if row["blocked"] else about,
        href=f"{_PROPOSALS}?{urlencode({'search': row['code'], 'location': row['location']})}",
        money=row["money_at_stake"],
        size=None if row["blocked"] else row["value"],
        due_on=row["needed_on"],
        since=row["created_at"],
        row=row["id"],
        version=row["version"],
    )


_PROPOSALS, _POLICIES, _ANSWERS = "/inventory/proposals", "/inventory/policies", "/supply/review-queue"


def _policies(viewer: Viewer) -> list[Entry]:
    found = policy_review.open_policy_proposals(viewer, PolicyFilters(), end=MOST_OF_A_KIND)
    return [_policy(row) for row in found.rows]


def _policy(row: dict[str, Any]) -> Entry:
    money = row["stock_money_change"] or 0.0
    return Entry(
        key=f"policy:{row['product_id']}:{row['location_id']}",
        kind=POLICY,
        title=_("Change the policy of %(item)s", item=_item(row)),
        detail=_("Stock changes by RM %(money)s.", money=signed(money)),
        href=f"{_POLICIES}?{urlencode({'search': row['code'], 'location': row['location']})}",
        money=abs(money),
        size=abs(money),
        row=row["id"],
        version=row["version"],
    )


def _answer(found: ReviewedAnswer) -> Entry:
    return Entry(
        key=f"answer:{found.id}",
        kind=ANSWER,
        title=_(
            "%(supplier)s answers %(order)s/%(line)s", supplier=found.supplier, order=found.order, line=found.line_no
        ),
        detail=_(
            "%(item)s: %(quantity)s %(uom)s on %(day)s, asked for %(asked)s on %(wanted)s",
            item=found.item,
            quantity=number(found.proposed_quantity),
            uom=found.uom,
            day=day(found.promised_on),
            asked=number(found.quantity),
            wanted=day(found.requested_on),
        ),
        href=_ANSWERS,
        money=float(found.value_affected),
        size=0.0 if found.plain else None,
        due_on=found.promised_on,
        since=found.created_at,
        row=found.id,
    )


def _item(row: dict[str, Any]) -> str:
    return _("%(code)s %(name)s at %(place)s", code=row["code"], name=row["name"], place=row["location"])
