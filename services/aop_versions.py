"""Versions of the annual operating plan: draft, review, approved, locked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, moment
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import aop as rows
from data.queries.settings import bump
from services.audit import record
from services.form_values import row_id, sentence
from services.notifications import APPROVAL, TASK, Notice, done, people_with, tell

PATH = "/sop/aop"
DRAFT, REVIEW, APPROVED, LOCKED = STATUSES = ("draft", "review", "approved", "locked")
VALID = (APPROVED, LOCKED)
LONGEST_NOTE = 500
EARLIEST, LATEST = 2000, 2100
SUBJECT = "aop"
"""Whose data version counts changes of targets made here."""


@dataclass(frozen=True, slots=True, eq=False)
class InForce:
    """The targets that a year is measured by: those of the newest approved version, else the working draft.
    ``targets``: level, member, period, measure, value."""

    year: int
    number: int | None
    status: str
    targets: pd.DataFrame

    @property
    def name(self) -> str:
        """What is said about them."""
        if self.number is None:
            return _("AOP %(year)s, working draft", year=self.year)
        return _(
            "AOP %(year)s v%(number)s, %(status)s",
            year=self.year,
            number=self.number,
            status=status_name(self.status).lower(),
        )


def status_name(status: str) -> str:
    """What a status is called.

    Inputs: one of STATUSES; what is none stays.
    Returns: text.
    Raises: nothing.
    Source: none; ours.
    """
    names = {DRAFT: _("Draft"), REVIEW: _("In review"), APPROVED: _("Approved"), LOCKED: _("Locked")}
    return names.get(status, status)


def in_force(session: Session, year: int) -> InForce:
    """The targets that a year is measured by.

    Inputs: an open session; the year.
    Returns: InForce; its targets may be none.
    Raises: nothing.
    Source: issue 6, AOP.
    """
    for version in rows.versions(session, year):
        if version.status in VALID:
            return InForce(year, version.number, version.status, rows.of_version(session, version.id))
    return InForce(year, None, DRAFT, rows.draft(session, year))


def years(viewer: Viewer) -> list[int]:
    """Years that have targets, and this and the next one.

    Inputs: a viewer with plan.read.
    Returns: years in their order.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        known = rows.years(session)
    return sorted({*(year for year in known if EARLIEST <= year <= LATEST), today().year, today().year + 1})


def asked_year(value: object) -> int:
    """The year that an address or a form names, this one if it names none.

    Inputs: what the browser sent.
    Returns: a year from EARLIEST to LATEST.
    Raises: nothing.
    Source: none; ours.
    """
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    found = int(text) if len(text) == len("2026") and text.isascii() and text.isdigit() else 0
    return found if EARLIEST <= found <= LATEST else today().year


def versions(viewer: Viewer, year: int) -> list[dict[str, Any]]:
    """The versions of a year, the newest first.

    Inputs: a viewer with plan.read; the year.
    Returns: dictionaries of id, year, number, status, note, version, and who and when of created, changed, approved,
        locked.
    Raises: NotAllowed.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return [dict(row._mapping) for row in rows.versions(session, year)]


def submit(viewer: Viewer, year: int, version: object, note: object = "") -> None:
    """Put the draft of a year up for review: its targets are kept, and those who may approve are told.

    Inputs: a viewer with aop.edit; the year; the version on the screen, 0 while nobody changed anything; a note.
    Returns: nothing.
    Raises: NotAllowed; Conflict when it changed meanwhile or is no draft; InvalidInput without targets.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.AOP_EDIT)
    with session_scope(viewer) as session:
        draft = open_draft(session, viewer, year, seen=version)
        if rows.draft(session, year).empty:
            raise InvalidInput(_("%(year)s has no targets yet: enter or import some first.", year=year))
        rows.keep_targets(session, draft.id, year)
        _move(session, viewer, draft, REVIEW, note=_note(note))
        title = _("Approve AOP %(year)s v%(number)s", year=year, number=draft.number)
        notice = Notice(APPROVAL, _key(year), title, _href(year), detail=_note(note))
        tell(session, viewer, people_with(session, Permission.AOP_APPROVE), notice)


def approve(viewer: Viewer, version_id: object, version: object, note: object = "") -> None:
    """Agree to a version in review: from then on the year is measured by it.

    Inputs: a viewer with aop.approve; the version and its version on the screen; a note.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it changed meanwhile or is not in review.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.AOP_APPROVE)
    with session_scope(viewer) as session:
        held = _held(session, version_id, version, must_be=REVIEW)
        _move(session, viewer, held, APPROVED, note=_note(note), approved_by=viewer.user_id, approved_at=now())
        done(session, _key(held.year))


def send_back(viewer: Viewer, version_id: object, version: object, note: object) -> None:
    """Make a version in review a draft again, and tell who put it up.

    Inputs: as approve; why is needed.
    Returns: nothing.
    Raises: as approve; InvalidInput without a reason.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.AOP_APPROVE)
    why = sentence(note, name=_("Note"), longest=LONGEST_NOTE)
    with session_scope(viewer) as session:
        held = _held(session, version_id, version, must_be=REVIEW)
        rows.drop_targets(session, held.id)
        _move(session, viewer, held, DRAFT, note=why)
        done(session, _key(held.year))
        title = _("AOP %(year)s v%(number)s came back", year=held.year, number=held.number)
        to = [person for person in (held.changed_by or held.created_by,) if person is not None]
        tell(session, viewer, to, Notice(TASK, _key(held.year), title, _href(held.year), detail=why))


def lock(viewer: Viewer, version_id: object, version: object, note: object = "") -> None:
    """Close an approved version for good.

    Inputs: a viewer with aop.approve; the version and its version on the screen; a note.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it changed meanwhile or is not approved.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.AOP_APPROVE)
    with session_scope(viewer) as session:
        held = _held(session, version_id, version, must_be=APPROVED)
        _move(session, viewer, held, LOCKED, note=_note(note), locked_by=viewer.user_id, locked_at=now())


def new_draft(viewer: Viewer, year: int, *, source: object = None) -> None:
    """Begin the next version of a year whose newest one is approved or locked.

    Inputs: a viewer with aop.edit; the year; the id of the version whose targets it begins with, None to begin with the
        working targets as they are stored, such as an import has left them.
    Returns: nothing.
    Raises: NotAllowed; NotFound for a version of no such year; Conflict while there is a draft.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.AOP_EDIT)
    with session_scope(viewer) as session:
        rows.lock_year(session, year)
        known = rows.versions(session, year)
        if known and known[0].status not in VALID:
            raise Conflict(_("There is a draft already: v%(number)s. Reload the page.", number=known[0].number))
        if source is not None:
            held = rows.version(session, row_id(source))
            if held is None or held.year != year:
                raise NotFound(_("There is no such version."))
            rows.take_targets(session, held.id, year)
        _begin(session, viewer, year, number=known[0].number + 1 if known else 1)


def open_draft(session: Session, viewer: Viewer, year: int, *, seen: object) -> Any:
    """The draft of a year, held for a change of it; the first change of a year begins its first version.

    Inputs: the open session of the change; who changes; the year; the version on the screen, 0 for none.
    Returns: the row of the version.
    Raises: Conflict when somebody changed it meanwhile, told who, or it is no draft any more.
    Source: product.md, promise 5.
    """
    if not EARLIEST <= year <= LATEST:
        raise InvalidInput(_("Year: enter one from %(first)s to %(last)s.", first=EARLIEST, last=LATEST))
    rows.lock_year(session, year)
    known = rows.versions(session, year)
    if not known:
        _same(0, seen, who=None, when=None)
        return rows.version(session, _begin(session, viewer, year, number=1))
    newest = known[0]
    if newest.status != DRAFT:
        raise Conflict(
            _(
                "AOP %(year)s v%(number)s is %(status)s and can't be changed. Begin a new draft to change targets.",
                year=year,
                number=newest.number,
                status=status_name(newest.status).lower(),
            )
        )
    _same(newest.version, seen, who=newest.changed_by, when=newest.changed_at)
    return rows.version(session, newest.id)


def changed(session: Session, viewer: Viewer, draft: Any, action: str, *, before: Any, after: Any) -> None:
    """Tell that targets of a draft were changed: its version, who and when, the audit trail.

    Inputs: the open session of the change; who; the row of open_draft; what was done; what changed.
    Returns: nothing.
    Raises: nothing.
    Source: product.md, promise 5.
    """
    rows.change_version(session, draft.id, changed_by=viewer.user_id, changed_at=now())
    record(session, viewer, action, subject="aop", subject_id=draft.year, before=before, after=after)
    bump(session, SUBJECT)


def compare(viewer: Viewer, year: int, one: object, other: object) -> list[dict[str, Any]]:
    """What differs between two versions of a year.

    Inputs: a viewer with plan.read; the year; ids of the versions, 0 for the working draft.
    Returns: a row a level, member and measure that differs: before, after (sums of the year; the mean of service and
        turns) and months, the number of them that differ.
    Raises: NotAllowed; NotFound.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        before, after = (_targets(session, year, version) for version in (one, other))
    both = before.merge(after, on=rows.KEY, how="outer", suffixes=("_before", "_after"))
    differs = both["value_before"].fillna(0.0).sub(both["value_after"].fillna(0.0)).abs() > 0
    found = []
    for key, part in both.groupby(_LINE, sort=True):
        count = int(differs[part.index].sum())
        if count:
            level, member, measure = key
            how = "sum" if measure in SUMMED else "mean"
            sides = {side: _number(part[f"value_{side}"].agg(how)) for side in ("before", "after")}
            found.append({"level": level, "member": member, "measure": measure, **sides, "months": count})
    return found


SUMMED = ("revenue", "volume", "margin")
"""Measures whose months add up to a year."""
_LINE = ["level", "member", "measure"]


def _number(value: float) -> float | None:
    return None if value != value else float(value)


def _targets(session: Session, year: int, version: object) -> pd.DataFrame:
    wanted = row_id(version)
    if not wanted:
        return rows.draft(session, year)
    held = rows.version(session, wanted)
    if held is None or held.year != year:
        raise NotFound(_("There is no such version."))
    return rows.draft(session, year) if held.status == DRAFT else rows.of_version(session, wanted)


def _begin(session: Session, viewer: Viewer, year: int, *, number: int) -> int:
    version_id = rows.add_version(session, year=year, number=number, created_by=viewer.user_id)
    record(session, viewer, "aop.begin", subject="aop", subject_id=year, after={"number": number})
    bump(session, SUBJECT)
    return version_id


def _held(session: Session, version_id: object, version: object, *, must_be: str) -> Any:
    held = rows.version(session, row_id(version_id))
    if held is None:
        raise NotFound(_("There is no such version."))
    rows.lock_year(session, held.year)
    held = next(row for row in rows.versions(session, held.year) if row.id == held.id)
    _same(held.version, version, who=held.changed_by, when=held.changed_at)
    if held.status != must_be:
        raise Conflict(
            _(
                "AOP %(year)s v%(number)s is %(status)s now. Look again, then decide.",
                year=held.year,
                number=held.number,
                status=status_name(held.status).lower(),
            )
        )
    return rows.version(session, held.id)


def _same(stored: int, seen: object, *, who: str | None, when: Any) -> None:
    if seen != stored or isinstance(seen, bool):
        raise Conflict(
            _(
                "%(who)s changed these targets at %(when)s, after you opened them. Reload the page, then change again.",
                who=who or _("Somebody"),
                when=moment(when),
            )
        )


def _move(session: Session, viewer: Viewer, held: Any, status: str, *, note: str | None, **more: Any) -> None:
    stamp = {"changed_by": viewer.user_id, "changed_at": now()}
    rows.change_version(session, held.id, status=status, note=note or held.note, **stamp, **more)
    before, after = {"status": held.status}, {"status": status, "number": held.number}
    record(
        session, viewer, f"aop.{status}", subject="aop", subject_id=held.year, before=before, after=after, reason=note
    )
    bump(session, SUBJECT)


def _note(value: object) -> str | None:
    return sentence(value, name=_("Note"), longest=LONGEST_NOTE) if value else None


def _key(year: int) -> str:
    return f"aop:{year}"


def _href(year: int) -> str:
    return f"{PATH}?year={year}"
