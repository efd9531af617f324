"""What a partner asks for and a colleague decides on. Nothing of it is in the plan before somebody accepts it.

A feature declares its kind of submission (``Kind``) in its own service and lists it in services.submission_kinds;
partners send with ``submit``; services.partner_requests is the queue in which colleagues decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import submissions as rows
from models.base import Json
from services.audit import record
from services.form_values import row_id, sentence
from services.partner_events import PartnerEvent, announce

NOTE_LENGTH = 500
KEPT = 200


@dataclass(frozen=True, slots=True)
class Submission:
    """One wish of a partner, decided or not."""

    id: int
    company_id: int
    kind: str
    subject_id: str
    payload: Json
    note: str | None
    status: str
    created_at: datetime
    decided_at: datetime | None
    decision_note: str | None
    version: int
    asked_by: str
    created_by: int = 0
    company: str = ""
    company_kind: str = ""
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """A submission as a colleague judges it: one line, figures now and as asked for, and what it means.

    ``facts`` are (label, as it is, as asked for). ``impact`` in RM ranks the queue. ``plain`` ones need no judgement
    and may be accepted many at once. ``obstacle`` says why it can't be accepted any more. ``files``: names and
    addresses.
    """

    summary: str
    facts: Sequence[tuple[str, str, str]] = ()
    impact: float = 0.0
    plain: bool = False
    obstacle: str | None = None
    files: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be asked for: who decides, how it reads, what accepting it does, and where the partner finds it."""

    name: str
    title: str
    decided_by: Permission
    partner_page: str
    describe: Callable[[Session, Viewer, Sequence[Submission]], Mapping[int, Described]]
    accept: Callable[[Session, Viewer, Submission], None]
    # What is undone when a colleague refuses; most wishes leave nothing behind.
    reject: Callable[[Session, Viewer, Submission], None] = field(default=lambda _session, _viewer, _found: None)


def submit(
    session: Session,
    viewer: Viewer,
    kind: str,
    payload: Json,
    *,
    title: str,
    subject_id: object = "",
    note: object = None,
    href: str = "/supply/partner-requests",
) -> int:
    """Send a wish to the company; one that is pending about the same thing is superseded.

    Inputs: the open session of a partner (services.partners.partner_scope, which has checked the right), the kind, the
        checked payload, title: one line for the log and mails, subject_id: what it is about, a note for who decides.
    Returns: the id of the submission.
    Raises: InvalidInput for a note that is too long.
    Source: product.md, promise 6; security.md B08: the company is the viewer's own.
    """
    said = sentence(note, name=_("Note"), longest=NOTE_LENGTH) if note else None
    made = rows.add(
        session,
        company_id=viewer.company_id,
        kind=kind,
        subject_id=str(subject_id),
        payload=payload,
        note=said,
        user_id=viewer.user_id or 0,
    )
    record(session, viewer, f"{kind}.submit", subject="partner_submission", subject_id=made, after=payload, reason=said)
    event = PartnerEvent(f"{kind}.submitted", "partner_submission", made, title, href, said)
    announce(session, viewer, viewer.company_id, event)
    return made


def own_submissions(session: Session, kind: str, *, limit: int = KEPT) -> list[Submission]:
    """What the viewer's company asked for, the newest first.

    Inputs: the open session of a partner; the kind; how many.
    Returns: submissions.
    Raises: nothing.
    Source: none; ours.
    """
    return [Submission(**row._asdict()) for row in rows.own(session, kind=kind, limit=limit)]


def withdraw(session: Session, viewer: Viewer, kind: str, submission_id: object) -> None:
    """Take a wish back that nobody decided on yet.

    Inputs: the open session of a partner (the right is checked), the kind and the id.
    Returns: nothing.
    Raises: NotFound for one that is not there or not the own company's; Conflict when it was decided meanwhile.
    Source: security.md B01.
    """
    found = rows.own_one(session, submission_id=row_id(submission_id))
    if found is None or found.kind != kind:
        raise NotFound(_("There is no such request."))
    if not rows.take_back(session, submission_id=found.id):
        raise Conflict(_("This request was decided or replaced meanwhile. Reload the page and look again."))
    record(session, viewer, f"{kind}.withdraw", subject="partner_submission", subject_id=found.id)


def submission_of(row: Any) -> Submission:
    """A submission from a row of data.queries.submissions.

    Inputs: a row.
    Returns: the submission.
    Raises: nothing.
    Source: none; ours.
    """
    values = row._asdict()
    values.pop("total", None)
    return Submission(**values)
