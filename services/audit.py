"""Writes who did what, in the transaction that did it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.viewer import Viewer
from data.queries import audit
from models.base import Json


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
