"""The queue in which colleagues decide on what partners ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import Conflict, InvalidInput, NotFound, UserError
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import submissions as rows
from services.audit import record
from services.bulk_outcome import BulkOutcome
from services.form_values import row_id, sentence
from services.partner_events import PartnerEvent, announce
from services.submission_kinds import KINDS
from services.submissions import NOTE_LENGTH, Described, Kind, Submission, submission_of

LISTED = 1000
BULK = 500


@dataclass(frozen=True, slots=True)
class Request:
    """A submission as the queue shows it."""

    submission: Submission
    kind: Kind
    described: Described

    @property
    def may_be_accepted(self) -> bool:
        return self.submission.status == "pending" and self.described.obstacle is None


def requests(viewer: Viewer, *, kind: str = "", decided: bool = False, limit: int | None = LISTED) -> list[Request]:
    """What partners ask for, the most money affected first; or what was decided, the newest first.

    Inputs: a viewer with partner.read; one kind, anything unknown is all; whether those decided; how many.
    Returns: requests.
    Raises: NotAllowed.
    Source: screens.md 18, 21; product.md, promise 6.
    """
    require(viewer, Permission.PARTNER_READ)
    kinds = [kind] if kind in KINDS else list(KINDS)
    with session_scope(viewer) as session:
        found = [submission_of(row) for row in rows.listed(session, kinds=kinds, pending=not decided, limit=limit)]
        listed = _described(session, viewer, found)
    return listed if decided else sorted(listed, key=lambda each: (-each.described.impact, each.submission.id))


def pending_by_kind(viewer: Viewer) -> dict[str, int]:
    """How many requests of each kind wait.

    Inputs: a viewer with partner.read.
    Returns: counts by name of the kind, those that none waits of left out.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PARTNER_READ)
    with session_scope(viewer) as session:
        return rows.pending_by_kind(session)


def request(viewer: Viewer, submission_id: object) -> Request:
    """One request.

    Inputs: a viewer with partner.read and an id.
    Returns: the request with its figures.
    Raises: NotAllowed, NotFound.
    Source: screens.md 18.
    """
    require(viewer, Permission.PARTNER_READ)
    with session_scope(viewer) as session:
        return _described(session, viewer, [_found(session, submission_id)])[0]


def accept(viewer: Viewer, submission_id: object, *, note: object = None) -> None:
    """Do what a partner asks for, in one transaction with the decision.

    Inputs: a viewer with the right that the kind names; an id; a note for the partner.
    Returns: nothing.
    Raises: NotAllowed, NotFound; Conflict when it was decided or can't be done any more; what the kind raises.
    Source: product.md, promise 6; security.md B21, H04.
    """
    with session_scope(viewer) as session:
        found = _to_decide(session, viewer, submission_id)
        _accept(session, viewer, found, _note(note))


def reject(viewer: Viewer, submission_id: object, note: object) -> None:
    """Refuse what a partner asks for; the plan stays as it is, and the partner reads why.

    Inputs: as accept; the note is needed.
    Returns: nothing.
    Raises: NotAllowed, NotFound; InvalidInput without a note; Conflict when it was decided meanwhile.
    Source: screens.md 18.
    """
    why = sentence(note, name=_("Note"), longest=NOTE_LENGTH)
    with session_scope(viewer) as session:
        found = _to_decide(session, viewer, submission_id)
        KINDS[found.kind].reject(session, viewer, found)
        _decide(session, viewer, found, "rejected", why)


def accept_plain(viewer: Viewer, submission_ids: object) -> BulkOutcome:
    """Accept many that need no judgement; leave everything else for a decision of its own.

    Inputs: a viewer; the ids of at most BULK requests. Those that the viewer may not decide on are refused one by one.
    Returns: how many were accepted, and why the others were not.
    Raises: InvalidInput when none or too many are chosen.
    Source: screens.md 21; security.md H02: each is checked on its own.
    """
    wanted = sorted({row_id(each) for each in submission_ids}) if isinstance(submission_ids, list) else []
    if not 0 < len(wanted) <= BULK:
        raise InvalidInput(_("Choose between 1 and %(count)s requests.", count=BULK))
    accepted, refused = 0, []
    for submission_id in wanted:
        try:
            _accept_one_plain(viewer, submission_id)
            accepted += 1
        except UserError as error:
            refused.append(str(error))
    return BulkOutcome(accepted, refused)


def _accept_one_plain(viewer: Viewer, submission_id: int) -> None:
    with session_scope(viewer) as session:
        found = _to_decide(session, viewer, submission_id)
        described = _described(session, viewer, [found])[0].described
        if not described.plain:
            what = f"{found.company}, {described.summary}"
            raise Conflict(_("%(what)s: decide on it by itself.", what=what))
        _accept(session, viewer, found, None)


def _to_decide(session: Session, viewer: Viewer, submission_id: object) -> Submission:
    require(viewer, Permission.PARTNER_READ)
    found = _found(session, submission_id, for_update=True)
    require(viewer, KINDS[found.kind].decided_by)
    if found.status != "pending":
        raise Conflict(_("This request is %(state)s already. Reload the page and look again.", state=_(found.status)))
    return found


def _accept(session: Session, viewer: Viewer, found: Submission, note: str | None) -> None:
    kind = KINDS[found.kind]
    obstacle = kind.describe(session, viewer, [found])[found.id].obstacle
    if obstacle:
        raise Conflict(obstacle)
    kind.accept(session, viewer, found)
    _decide(session, viewer, found, "accepted", note)


def _decide(session: Session, viewer: Viewer, found: Submission, status: str, note: str | None) -> None:
    rows.decide(session, submission_id=found.id, status=status, user_id=viewer.user_id, at=now(), note=note)
    kind = KINDS[found.kind]
    record(
        session,
        viewer,
        f"{kind.name}.{status}",
        subject="partner_submission",
        subject_id=found.id,
        before={"status": "pending"},
        after={"status": status},
        reason=note,
    )
    told = {"accepted": _("Accepted: %(what)s"), "rejected": _("Not accepted: %(what)s")}[status]
    title = told % {"what": _(kind.title)}
    event = PartnerEvent(f"{kind.name}.{status}", "partner_submission", found.id, title, kind.partner_page, note)
    announce(session, viewer, found.company_id, event)


def _found(session: Session, submission_id: object, *, for_update: bool = False) -> Submission:
    row = rows.one(session, submission_id=row_id(submission_id), for_update=for_update)
    if row is None or row.kind not in KINDS:
        raise NotFound(_("There is no such request."))
    return submission_of(row)


def _described(session: Session, viewer: Viewer, found: Sequence[Submission]) -> list[Request]:
    described: dict[int, Described] = {}
    for name, kind in KINDS.items():
        of_kind = [each for each in found if each.kind == name]
        if of_kind:
            described.update(kind.describe(session, viewer, of_kind))
    return [Request(each, KINDS[each.kind], described[each.id]) for each in found]


def _note(note: object) -> str | None:
    return sentence(note, name=_("Note"), longest=NOTE_LENGTH) if note else None
