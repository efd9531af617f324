"""Who did what: written in the transaction that did it, read by administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy.orm import Session

from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import audit
from models.base import Json
from services.form_values import calendar_day

LARGEST_PAGE = 500


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry of the trail. ``before`` and ``after`` hold the changed fields only."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    subject_id: str
    before: Json
    after: Json
    reason: str | None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to read: ``actor`` and ``about`` as typed, whole days in UTC, both included."""

    actor: str = ""
    about: str = ""
    since: date | None = None
    until: date | None = None


def record(
    session: Session,
    viewer: Viewer,
    action: str,
    *,
    subject: str,
    subject_id: object,
    before: Json | None = None,
    after: Json | None = None,
    reason: str | None = None,
) -> None:
    """Add one line to the audit trail.

    Inputs: the open session of the change, who changes, a verb such as ``purchase_order.send``, what it is about,
        and the changed fields before and after.
    Returns: nothing.
    Raises: nothing of its own; the line commits or rolls back with the change.
    Source: product.md, promise 5.
    """
    audit.add_entry(
        session,
        user_id=viewer.user_id,
        company_id=viewer.company_id,
        actor=viewer.email,
        action=action,
        subject=subject,
        subject_id=str(subject_id),
        before=before,
        after=after,
        reason=reason,
    )


def trail(
    viewer: Viewer, wanted: AuditFilter, *, before_id: int | None = None, skip: int = 0, limit: int = 100
) -> list[AuditLine]:
    """Entries of the trail, the newest first.

    Inputs: an administrator; which entries; the id of the last entry already shown, or how many to pass over; and
        how many to read, at most 500.
    Returns: entries, none when there are no more.
    Raises: NotAllowed without ``audit.read``.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.AUDIT_READ)
    with session_scope(viewer) as session:
        rows = audit.entries(
            session,
            actor=wanted.actor,
            about=wanted.about,
            since=_moment(wanted.since, time.min),
            until=_moment(wanted.until, time.max),
            before_id=before_id,
            skip=skip,
            limit=min(limit, LARGEST_PAGE),
        )
    return [
        AuditLine(
            id=row.id,
            at=row.at,
            actor=row.actor,
            action=row.action,
            subject=row.subject,
            subject_id=row.subject_id,
            before=row.before or {},
            after=row.after or {},
            reason=row.reason,
        )
        for row in rows
    ]


def audit_filter(*, actor: object = "", about: object = "", since: object = "", until: object = "") -> AuditFilter:
    """The filter that somebody typed.

    Inputs: part of an e-mail, a subject or its id, and two days in ISO form; what is empty filters nothing.
    Returns: the filter.
    Raises: InvalidInput for a day that is none.
    Source: none; ours.
    """
    return AuditFilter(
        actor=_text(actor),
        about=_text(about),
        since=calendar_day(since, name=_("From")) if since else None,
        until=calendar_day(until, name=_("To")) if until else None,
    )


def _text(typed: object) -> str:
    return typed.strip()[:200] if isinstance(typed, str) else ""


def _moment(day: date | None, hour: time) -> datetime | None:
    return None if day is None else datetime.combine(day, hour, UTC)
