"""Webhooks of the own company: addresses of other systems that are told what happens."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from core.cipher import encrypt
from core.clock import now
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import webhooks as rows
from services.audit import record
from services.form_values import row_id
from services.webhook_target import checked_url

PURPOSE = "webhook secret"
TOPICS = ("orders", "answers", "requests", "shipments", "documents", "quality", "messages", "other")
MOST = 10
LISTED = 200


def webhooks(viewer: Viewer) -> list[dict[str, Any]]:
    """The webhooks of the viewer's company.

    Inputs: a colleague with api.manage, or a partner with portal.api.
    Returns: dictionaries of id, url, events, active, disabled_reason, created_at; never the secret.
    Raises: NotAllowed.
    Source: security.md B01.
    """
    require(viewer, _reading(viewer))
    with session_scope(viewer) as session:
        return [row._asdict() for row in rows.of_company(session, viewer.company_id)]


def deliveries(viewer: Viewer) -> list[dict[str, Any]]:
    """What was sent to the webhooks of the viewer's company, the newest first.

    Inputs: as webhooks.
    Returns: dictionaries of id, url, event, state, tries, due_at, created_at, ended_at, response_code, last_error.
    Raises: NotAllowed.
    Source: security.md B01.
    """
    require(viewer, _reading(viewer))
    with session_scope(viewer) as session:
        return [row._asdict() for row in rows.deliveries(session, company_id=viewer.company_id, limit=LISTED)]


def add(viewer: Viewer, url: object, events: object) -> str:
    """Tell an address of what happens from now on.

    Inputs: a colleague with api.manage, or a partner with portal.api and portal.people; an https address; topics of
        TOPICS, none for all.
    Returns: the secret that signs what is sent; it is shown this once.
    Raises: NotAllowed; InvalidInput; Conflict for an address that is there already, and for too many.
    Source: security.md F09.
    """
    address = checked_url(url)
    topics = events if isinstance(events, list) else []
    if not all(isinstance(topic, str) and topic in TOPICS for topic in topics):
        raise InvalidInput(_("Choose kinds of news from the list."))
    secret = f"whsec_{secrets.token_urlsafe(32)}"
    with _changing(viewer) as session:
        if len(rows.of_company(session, viewer.company_id)) >= MOST:
            raise Conflict(_("There are %(count)s webhooks already. Delete one first.", count=MOST))
        made = rows.add(
            session,
            company_id=viewer.company_id,
            url=address,
            events=sorted(set(topics)),
            sealed_secret=encrypt(secret, purpose=PURPOSE),
            created_by=viewer.user_id,
        )
        if made is None:
            raise Conflict(_("There is a webhook for this address already."))
        record(session, viewer, "webhook.create", subject="webhook", subject_id=made, after={"url": address})
    return secret


def remove(viewer: Viewer, webhook_id: object) -> None:
    """Delete a webhook with its log.

    Inputs: as add; the id.
    Returns: nothing.
    Raises: NotAllowed; NotFound.
    Source: security.md B01.
    """
    with _changing(viewer) as session:
        found = _own(session, viewer, webhook_id)
        rows.delete(session, found.id)
        record(session, viewer, "webhook.delete", subject="webhook", subject_id=found.id, before={"url": found.url})


def switch(viewer: Viewer, webhook_id: object, *, active: bool) -> None:
    """Switch a webhook off, or on again after it failed too often.

    Inputs: as add; the id; what it shall be.
    Returns: nothing.
    Raises: NotAllowed; NotFound.
    Source: security.md I22.
    """
    with _changing(viewer) as session:
        found = _own(session, viewer, webhook_id)
        rows.change(session, found.id, active=active, failures=0, disabled_reason=None)
        before, after = {"active": found.active}, {"active": active}
        record(session, viewer, "webhook.switch", subject="webhook", subject_id=found.id, before=before, after=after)


def send_test(viewer: Viewer, webhook_id: object) -> None:
    """Send a delivery that says it is a test.

    Inputs: as add; the id.
    Returns: nothing; the log of deliveries tells how it went.
    Raises: NotAllowed; NotFound; Conflict while it is switched off.
    Source: none; ours.
    """
    with _changing(viewer) as session:
        found = _own(session, viewer, webhook_id)
        if not found.active:
            raise Conflict(_("This webhook is switched off. Switch it on first."))
        rows.add_delivery(session, webhook_id=found.id, event="test", body={"type": "test", "at": now().isoformat()})


def redeliver(viewer: Viewer, delivery_id: object) -> None:
    """Send once more what was sent before, as a delivery of its own.

    Inputs: as add; the id of a delivery.
    Returns: nothing.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    with _changing(viewer) as session:
        found = rows.delivery(session, company_id=viewer.company_id, delivery_id=row_id(delivery_id))
        if found is None:
            raise NotFound(_("There is no such delivery."))
        rows.add_delivery(session, webhook_id=found.webhook_id, event=found.event, body=found.body)


def may_change(viewer: Viewer) -> bool:
    """Whether the viewer may change the webhooks of the own company.

    Inputs: the viewer.
    Returns: True for those who look after the company.
    Raises: nothing.
    Source: none; ours.
    """
    wanted = (Permission.API_MANAGE,) if viewer.internal else (Permission.PORTAL_API, Permission.PORTAL_PEOPLE)
    return all(viewer.may(right) for right in wanted)


@contextmanager
def _changing(viewer: Viewer) -> Iterator[Session]:
    require(viewer, _reading(viewer))
    if not viewer.internal:
        require(viewer, Permission.PORTAL_PEOPLE)
    with session_scope(viewer) as session:
        yield session


def _reading(viewer: Viewer) -> Permission:
    return Permission.API_MANAGE if viewer.internal else Permission.PORTAL_API


def _own(session: Session, viewer: Viewer, webhook_id: object) -> Any:
    found = rows.one(session, company_id=viewer.company_id, webhook_id=row_id(webhook_id))
    if found is None:
        raise NotFound(_("There is no such webhook."))
    return found
