"""What happened between the company and a partner, told to the other side: read here, sent as mail and webhook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.errors import NotAllowed
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import partner_events as rows

PAGE = 100
LARGEST_PAGE = 500


@dataclass(frozen=True, slots=True)
class PartnerEvent:
    """What is told. ``name`` is one of a kind, such as “purchase_order.sent”; ``title`` and ``detail`` are read by both
    sides, so nothing internal stands in them; ``href`` is the page on which the other side finds it; ``reader`` is the
    right of those on the other side whom it concerns, if the page does not tell (services.event_mails)."""

    name: str
    subject: str
    subject_id: object
    title: str
    href: str
    detail: str | None = None
    reader: Permission | None = None


def announce(session: Session, viewer: Viewer, company_id: int | None, event: PartnerEvent) -> None:
    """Write down what happened with a partner; mails and webhooks are made of it afterwards.

    Inputs: the open session of the change, who makes it, the partner's company (None: it has no portal, so nothing is
        told), the event. A partner tells of its own company, whatever stands here.
    Returns: nothing.
    Raises: nothing of its own; it commits or rolls back with the change.
    Source: security.md B13, B20: what is told is rendered for its reader.
    """
    company = company_id if viewer.internal else viewer.company_id
    if company is None:
        return
    rows.add(
        session,
        company_id=company,
        user_id=viewer.user_id,
        # Partners do not learn who inside did it; colleagues find the name by the id.
        actor="" if viewer.internal else viewer.name,
        by_partner=not viewer.internal,
        event=event.name,
        subject=event.subject,
        subject_id=str(event.subject_id),
        title=event.title,
        detail=event.detail,
        href=event.href,
        reader=event.reader,
    )


def activity(
    viewer: Viewer, *, company_id: int | None = None, before_id: int | None = None, limit: int = PAGE
) -> list[dict[str, Any]]:
    """What happened, the newest first: all partners for colleagues, the own company for a partner.

    Inputs: a colleague with partner.read, or a partner; one company; the id of the last entry already shown; how many.
    Returns: dictionaries of id, company_id, company, at, actor, by_partner, event, subject, subject_id, title, detail,
        href.
    Raises: NotAllowed.
    Source: security.md B20.
    """
    if viewer.internal:
        require(viewer, Permission.PARTNER_READ)
    elif not any(right.startswith("portal.") for right in viewer.permissions):
        raise NotAllowed(_("You don't have permission for this."))
    with session_scope(viewer) as session:
        found = rows.events(
            session, company_id=company_id, before_id=before_id, limit=min(limit, LARGEST_PAGE), names=viewer.internal
        )
    return [row._asdict() for row in found]
