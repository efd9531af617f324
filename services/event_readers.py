"""Whom an event between the company and a partner concerns: which right, which topic, which words."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from core.permissions import Permission
from services.submission_kinds import KINDS

# Where a colleague finds what a partner did, and the right of those who decide there.
DECIDED_AT = {
    "/supply/review-queue": Permission.REVIEW_DECIDE,
    "/supply/purchase-orders": Permission.PURCHASE_EDIT,
    "/supply/promise": Permission.ORDER_DECIDE,
    "/demand/calendar": Permission.EVENT_EDIT,
}
# Who deals with a kind of partner when the place does not tell.
DEALS_WITH = {
    "supplier": Permission.PURCHASE_EDIT,
    "customer": Permission.ORDER_DECIDE,
    "oem": Permission.ORDER_DECIDE,
}
TOPIC_OF = {
    **dict.fromkeys(("purchase_order", "sales_order", "production_order", "order", "supplier_invoice"), "orders"),
    "order_line": "answers",
    **dict.fromkeys(("shipment", "asn", "receipt"), "shipments"),
    **dict.fromkeys(("document", "certificate"), "documents"),
    **dict.fromkeys(("quality", "quality_issue", "deviation", "return"), "quality"),
    **dict.fromkeys(("message", "thread"), "messages"),
    "reminder": "reminders",
}
NAMED = {"purchase_order.sent": "order_sent", "order_line.decided": "answer_decided"}
DECIDED = ("accepted", "rejected")
ASKED = ("submitted", "withdrawn")


def reader_of(event: Any) -> Permission | None:
    """The right of those on the other side whom an event concerns.

    Inputs: the event: by_partner, subject, event, href, reader, company_kind.
    Returns: the right; None: everybody of the partner who has the portal.
    Raises: nothing.
    Source: security.md B20; screens.md 18.
    """
    if event.reader in set(Permission):
        return Permission(event.reader)
    path = urlsplit(event.href).path
    if not event.by_partner:
        return feature_at(path)
    if event.subject == "partner_submission":
        kind = KINDS.get(event.event.rpartition(".")[0])
        return kind.decided_by if kind else DEALS_WITH[event.company_kind]
    return DECIDED_AT.get(path, DEALS_WITH[event.company_kind])


def topic_of(event: str) -> str:
    """The topic of an event, as people choose it.

    Inputs: the name of the event, such as “purchase_order.sent”.
    Returns: one of mail_preferences.TOPICS.
    Raises: nothing.
    Source: none; ours.
    """
    about, _dot, what = event.rpartition(".")
    if about in TOPIC_OF:
        return TOPIC_OF[about]
    return "requests" if what in (*DECIDED, *ASKED) else "other"


def template_of(event: str) -> str:
    """The template that tells of an event.

    Inputs: the name of the event.
    Returns: the name of a template of services/mail_templates.
    Raises: nothing.
    Source: none; ours.
    """
    what = event.rpartition(".")[2]
    if event in NAMED:
        return NAMED[event]
    if what in DECIDED:
        return "request_decided"
    return {"orders": "order_changed", "messages": "message"}.get(topic_of(event), "event")


def feature_at(path: str) -> Permission | None:
    """The feature of a portal that a page of it belongs to, by its path.

    Inputs: a path; /portal/supplier/forecast is of portal.supplier.forecast.
    Returns: the right; None for pages that all partners have.
    Raises: nothing.
    Source: none; ours.
    """
    steps = [step.replace("-", "_") for step in path.strip("/").split("/")]
    known = set(Permission)
    for length in range(len(steps), 1, -1):
        name = ".".join(steps[:length])
        if name in known:
            return Permission(name)
    return None
