"""Quality issues with suppliers: raised inside, answered by the supplier step by step, verified and closed inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import supplier_quality as rows
from services import attachments
from services.attachments import Attached
from services.audit import record
from services.form_values import calendar_day, chosen_id, quantity_of, row_id, sentence
from services.partner_events import PartnerEvent, announce
from services.partners import partner_scope

PORTAL, INSIDE = "/portal/supplier/quality", "/supply/supplier-quality"
SUBJECT = "quality_issue"
LISTED, LONGEST, LONGEST_TITLE, FARTHEST_DAYS = 500, 2_000, 120, 366
SEVERITIES = ("minor", "major", "critical")
# What the supplier gives in each state, and the state that it leads to.
NEXT = {
    "open": ("containment", "contained"),
    "contained": ("cause", "cause_found"),
    "cause_found": ("action", "action"),
}


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue with its timeline and the evidence that goes along with it."""

    row: dict[str, Any]
    steps: list[dict[str, Any]]
    files: list[Attached]

    @property
    def asked(self) -> str:
        """What the supplier gives next: containment, cause or action; empty when it is the company's turn."""
        return NEXT.get(str(self.row["state"]), ("", ""))[0]


@dataclass(frozen=True, slots=True)
class _About:
    issue_id: int
    company_id: int
    title: str


def issues(
    viewer: Viewer, *, closed: bool = False, after: Sequence[Any] | None = None, limit: int = LISTED
) -> list[dict[str, Any]]:
    """Issues, those due first; or those closed.

    Inputs: a colleague with partner.read or a supplier with portal.supplier.quality; closed; due_on (of closed ones
        closed_at) and id of the last one already read; how many.
    Returns: mappings with the columns of data.queries.supplier_quality.COLUMNS.
    Raises: NotAllowed.
    Source: product.md, quality of suppliers.
    """
    with _scope(viewer) as session:
        return [row._asdict() for row in rows.issues(session, closed=closed, after=after, limit=limit)]


def issue(viewer: Viewer, issue_id: object) -> Issue:
    """One issue.

    Inputs: as issues, and the id.
    Returns: the issue.
    Raises: NotAllowed; NotFound, in the same words for one of another supplier.
    Source: security.md B01.
    """
    with _scope(viewer) as session:
        found = _found(session, issue_id)
        steps = [row._asdict() for row in rows.steps(session, found.id)]
        files = attachments.attached(session, found.company_id, SUBJECT, [found.id]).get(str(found.id), [])
    return Issue(found._asdict(), steps, files)


def suppliers(viewer: Viewer) -> list[tuple[int, str]]:
    """With whom an issue can be raised.

    Inputs: a viewer with partner.read.
    Returns: id and name of suppliers with a portal.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PARTNER_READ)
    with session_scope(viewer) as session:
        return [(row.id, row.name) for row in rows.suppliers(session)]


def raise_issue(viewer: Viewer, values: Mapping[str, object]) -> int:
    """Tell a supplier what was wrong.

    Inputs: a viewer with purchase.edit or inventory.edit; supplier (id), item (code, may be empty), lot, quantity,
        title, description, severity, due_on.
    Returns: the id of the issue.
    Raises: NotAllowed; NotFound for a supplier or item there is not; InvalidInput naming the field.
    Source: product.md, quality of suppliers.
    """
    _require_raiser(viewer)
    told = {
        "title": sentence(values.get("title"), name=_("Title"), longest=LONGEST_TITLE),
        "description": sentence(values.get("description"), name=_("Description"), longest=LONGEST),
        "severity": _severity(values.get("severity")),
        "due_on": calendar_day(values.get("due_on"), name=_("Answer due")),
        "lot": _optional(values.get("lot"), name=_("Lot")),
        "quantity": _affected(values.get("quantity")),
    }
    if not today() <= told["due_on"] <= today() + timedelta(days=FARTHEST_DAYS):
        raise InvalidInput(_("Answer due: enter a day within a year from today."))
    with session_scope(viewer) as session:
        supplier = next((row for row in rows.suppliers(session) if row.id == chosen_id(values.get("supplier"))), None)
        if supplier is None:
            raise NotFound(_("Choose a supplier with a portal."))
        product_id = _product(session, values.get("item"))
        made = rows.add_issue(
            session,
            company_id=supplier.company_id,
            supplier_id=supplier.id,
            product_id=product_id,
            found_on=today(),
            raised_by=viewer.user_id,
            **told,
        )
        about = _About(made, supplier.company_id, told["title"])
        _step(session, viewer, about, "raised", told["description"])
        record(session, viewer, "quality_issue.raise", subject=SUBJECT, subject_id=made, after={"title": told["title"]})
        _announce(session, viewer, about, "raised", _("Quality issue: %(what)s"))
    return made


def answer(
    viewer: Viewer, issue_id: object, version: object, text: object, *, asked: object, done_on: object = None
) -> None:
    """Give what the issue asks for next: containment, then root cause, then corrective action with its day.

    Inputs: a supplier with portal.supplier.quality and portal.answer; the issue, its version and what was asked for on
        the screen; the text; done_on: day of the corrective action.
    Returns: nothing.
    Raises: NotAllowed, NotFound; InvalidInput; Conflict when it has changed or is not the supplier's turn.
    Source: security.md B21: no step is skipped; the 8D method, D3 to D6.
    """
    said = sentence(text, name=_("Answer"), longest=LONGEST)
    with partner_scope(viewer, Permission.SUPPLIER_QUALITY, Permission.PORTAL_ANSWER) as session:
        found = _found(session, issue_id)
        column, state = NEXT.get(found.state, ("", ""))
        if not column or column != asked:
            raise Conflict(_("This step was answered already. Reload the page and look again."))
        given: dict[str, Any] = {column: said, "state": state}
        if column == "action":
            given["action_on"] = calendar_day(done_on, name=_("Done on"))
        _change(session, viewer, found, version, given, event=state, note=said)
        _announce(session, viewer, _about(found), state, _("Quality issue answered: %(what)s"))


def close(viewer: Viewer, issue_id: object, version: object, note: object = None) -> None:
    """Accept the corrective action as verified; the issue is closed.

    Inputs: a viewer with purchase.edit or inventory.edit; the issue with the version on the screen; a note.
    Returns: nothing.
    Raises: NotAllowed, NotFound; Conflict before the supplier gave all or when it has changed.
    Source: security.md B21.
    """
    said = _optional(note, name=_("Note"))
    _decide(viewer, issue_id, version, {"state": "closed", "closed_at": now()}, event="closed", note=said)


def send_back(viewer: Viewer, issue_id: object, version: object, note: object) -> None:
    """Ask for another root cause and corrective action.

    Inputs: as close; the note is needed, the supplier reads it.
    Returns: nothing.
    Raises: as close; InvalidInput without a note.
    Source: product.md, quality of suppliers.
    """
    said = sentence(note, name=_("Note"), longest=LONGEST)
    _decide(viewer, issue_id, version, {"state": "contained"}, event="sent_back", note=said)


def add_evidence(viewer: Viewer, issue_id: object, stream: BinaryIO, *, file_name: str) -> int:
    """Keep a file with an issue.

    Inputs: a supplier that may answer, or a colleague who may raise issues; the issue; the bytes and their name.
    Returns: the id of the issue.
    Raises: NotAllowed, NotFound; what attachments.received and keep raise.
    Source: security.md B19.
    """
    with _writing(viewer) as session:
        _found(session, issue_id)
    with attachments.received(stream, file_name=file_name) as file, _writing(viewer) as session:
        found = _found(session, issue_id)
        attachments.keep(session, viewer, found.company_id, SUBJECT, found.id, file=file)
        _step(session, viewer, _about(found), "file", file.file_name)
    return int(found.id)


def _decide(
    viewer: Viewer, issue_id: object, version: object, changed: dict[str, Any], *, event: str, note: str | None
) -> None:
    _require_raiser(viewer)
    titles = {"closed": _("Quality issue closed: %(what)s"), "sent_back": _("Quality issue sent back: %(what)s")}
    with session_scope(viewer) as session:
        found = _found(session, issue_id)
        if found.state != "action":
            raise Conflict(_("The supplier has not given its corrective action yet, or this is closed already."))
        _change(session, viewer, found, version, changed, event=event, note=note)
        _announce(session, viewer, _about(found), event, titles[event])


def _change(
    session: Session,
    viewer: Viewer,
    found: Any,
    version: object,
    changed: dict[str, Any],
    *,
    event: str,
    note: str | None,
) -> None:
    if not rows.change_issue(session, found.id, row_id(version), **changed):
        raise Conflict(_("Somebody changed this issue meanwhile. Reload the page and look again."))
    _step(session, viewer, _about(found), event, note)
    before, after = {"state": found.state}, {"state": changed["state"]}
    record(session, viewer, f"quality_issue.{event}", subject=SUBJECT, subject_id=found.id, before=before, after=after)


def _step(session: Session, viewer: Viewer, about: _About, event: str, note: str | None) -> None:
    rows.add_step(
        session,
        issue_id=about.issue_id,
        company_id=about.company_id,
        user_id=viewer.user_id,
        actor=viewer.name,
        by_partner=not viewer.internal,
        event=event,
        note=note,
    )


def _announce(session: Session, viewer: Viewer, about: _About, event: str, title: str) -> None:
    href = f"{PORTAL if viewer.internal else INSIDE}?id={about.issue_id}"
    told = PartnerEvent(f"{SUBJECT}.{event}", SUBJECT, about.issue_id, title % {"what": about.title}, href)
    announce(session, viewer, about.company_id, told)


@contextmanager
def _scope(viewer: Viewer) -> Iterator[Session]:
    if viewer.internal:
        require(viewer, Permission.PARTNER_READ)
        with session_scope(viewer) as session:
            yield session
        return
    with partner_scope(viewer, Permission.SUPPLIER_QUALITY) as session:
        yield session


@contextmanager
def _writing(viewer: Viewer) -> Iterator[Session]:
    if viewer.internal:
        _require_raiser(viewer)
    else:
        require(viewer, Permission.PORTAL_ANSWER)
    with _scope(viewer) as session:
        yield session


def may_raise(viewer: Viewer) -> bool:
    """Whether somebody may raise and close issues.

    Inputs: the viewer.
    Returns: whether.
    Raises: nothing.
    Source: none; ours.
    """
    return viewer.internal and (viewer.may(Permission.PURCHASE_EDIT) or viewer.may(Permission.INVENTORY_EDIT))


def _require_raiser(viewer: Viewer) -> None:
    require(viewer, Permission.PARTNER_READ)
    if not may_raise(viewer):
        raise NotAllowed(_("You don't have permission for this."))


def _found(session: Session, issue_id: object) -> Any:
    found = rows.issue(session, chosen_id(issue_id))
    if found is None:
        raise NotFound(_("There is no such quality issue."))
    return found


def _about(found: Any) -> _About:
    return _About(found.id, found.company_id, found.title)


def _product(session: Session, code: object) -> int | None:
    wanted = code.strip() if isinstance(code, str) else ""
    if not wanted:
        return None
    found = rows.product_by_code(session, wanted)
    if found is None:
        raise NotFound(_("Item: there is none with the code %(code)s.", code=wanted[:40]))
    return int(found.id)


def _severity(value: object) -> str:
    if value not in SEVERITIES:
        raise InvalidInput(_("Severity: choose one."))
    return str(value)


def _optional(value: object, *, name: str) -> str | None:
    return None if value in (None, "") else sentence(value, name=name, longest=LONGEST)


def _affected(value: object) -> Any:
    if value in (None, ""):
        return None
    found = quantity_of(value, name=_("Quantity affected"))
    if found <= 0:
        raise InvalidInput(_("Quantity affected: enter more than 0, or nothing if it is not known."))
    return found
