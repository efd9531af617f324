"""Tells webhooks what happened between the company and its partners: signed, again until taken, never into a private
network. A delivery is held by the transaction that sends it, as mails are."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import structlog
from sqlalchemy.orm import Session

from core.cipher import decrypt
from core.clock import now
from core.errors import InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import CompanyKind, Viewer
from data.db import session_scope
from data.queries import webhooks as rows
from models.base import Json
from services.accounts import operator
from services.event_readers import reader_of, topic_of
from services.mail_sending import BACK_OFF
from services.mail_texts import link
from services.webhook_target import NotReached, post, target_of
from services.webhooks import PURPOSE

BATCH = 100
EVENTS = 200
ALLOWED_FAILURES = 10

log = structlog.get_logger()


def look() -> int:
    """Make deliveries of new events and send those that are due; called again and again by every worker.

    Inputs: none.
    Returns: how many were taken.
    Raises: NotSignedIn while there is no company; ConfigurationError when TANDEM_SECRET_KEY changed; Unavailable.
    Source: security.md I22.
    """
    clerk = operator()
    _fan_out(clerk)
    taken = 0
    for _delivery in range(BATCH):
        outcome = _send_next(clerk)
        taken += outcome == "delivered"
        if outcome == "none":
            break
    return taken


def signature(secret: str, body: bytes, *, at: int) -> str:
    """What proves that a delivery comes from here, and when it was sent.

    Inputs: the secret of the webhook, the body as it is sent, seconds since 1970.
    Returns: the header Tandem-Signature.
    Raises: nothing.
    Source: docs/guide/webhooks.md; RFC 2104.
    """
    proof = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={proof}"


def _fan_out(clerk: Viewer) -> None:
    with session_scope(clerk) as session:
        events = rows.unhooked(session, limit=EVENTS)
        if not events:
            return
        hooks = rows.listening(session)
        for event in events:
            for hook in hooks:
                if _hears(hook, event):
                    rows.add_delivery(session, webhook_id=hook.id, event=event.event, body=_body(hook, event))
        rows.mark_hooked(session, [event.id for event in events], at=now())


def _hears(hook: Any, event: Any) -> bool:
    """A partner hears of its own company only, and not of a feature that is withheld from it."""
    if hook.events and topic_of(event.event) not in hook.events:
        return False
    if hook.kind == CompanyKind.INTERNAL:
        return True
    reader = None if event.by_partner else reader_of(event)
    closed = {Permission.PORTAL_API, reader} & set(hook.withheld)
    return hook.company_id == event.company_id and not closed


def _body(hook: Any, event: Any) -> Json:
    inside = hook.kind == CompanyKind.INTERNAL
    return {
        "id": event.id,
        "type": event.event,
        "at": event.at.isoformat(),
        "by": "partner" if event.by_partner else "company",
        "partner": {"id": event.company_id, "name": event.company},
        "subject": event.subject,
        "subject_id": event.subject_id,
        "title": event.title,
        "detail": event.detail,
        # The page stands on the side of those who are told; the other side has none of it.
        "link": link(event.href) if inside == event.by_partner else None,
    }


def _send_next(clerk: Viewer) -> str:
    with session_scope(clerk) as session:
        found = rows.due(session, at=now())
        if found is None:
            return "none"
        code, problem = _try(found)
        tries = found.tries + 1
        outcome: dict[str, Any] = {"tries": tries, "response_code": code, "last_error": problem}
        if problem is None:
            rows.change_delivery(session, found.id, state="delivered", ended_at=now(), **outcome)
            rows.change(session, found.webhook_id, failures=0)
            return "delivered"
        log.warning("webhook not taken", delivery=found.id, tries=tries, reason=problem)
        if tries <= len(BACK_OFF):
            rows.change_delivery(session, found.id, due_at=now() + BACK_OFF[tries - 1], **outcome)
            return "later"
        rows.change_delivery(session, found.id, state="failed", ended_at=now(), **outcome)
        _count_failure(session, found.webhook_id)
        return "failed"


def _try(found: Any) -> tuple[int | None, str | None]:
    """The status of the answer, and what was wrong."""
    body = json.dumps(found.body, ensure_ascii=False, separators=(",", ":")).encode()
    secret = decrypt(found.sealed_secret, purpose=PURPOSE)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Tandem-Webhooks/1",
        "Tandem-Event": found.event,
        "Tandem-Delivery": str(found.id),
        "Tandem-Signature": signature(secret, body, at=int(now().timestamp())),
    }
    try:
        code = post(target_of(found.url), body, headers)
    except (NotReached, InvalidInput) as error:
        return None, str(error)
    return code, None if 200 <= code < 300 else _("The address answered %(code)s.", code=code)


def _count_failure(session: Session, webhook_id: int) -> None:
    if rows.count_failure(session, webhook_id) >= ALLOWED_FAILURES:
        why = _("Switched off: %(count)s deliveries in a row failed for good.", count=ALLOWED_FAILURES)
        rows.change(session, webhook_id, active=False, disabled_reason=why)
        rows.give_up_waiting(session, webhook_id, at=now(), why=why)
