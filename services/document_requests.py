"""Documents asked of suppliers: asked inside, reminded of, settled by the document that somebody accepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.certificate_kinds import KINDS, kind_name
from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import supplier_documents as rows
from data.queries import supplier_quality
from services.accounts import operator
from services.audit import record
from services.form_values import calendar_day, chosen_id, row_id, sentence
from services.partner_events import PartnerEvent, announce

PORTAL, INSIDE = "/portal/supplier/documents", "/supply/document-requests"
SUBJECT = "document_request"
LISTED, LONGEST_NOTE, FARTHEST_DAYS, REMINDED_DAYS = 500, 500, 366, 7


def requests(
    viewer: Viewer, *, closed: bool = False, after: Sequence[Any] | None = None, limit: int = LISTED
) -> list[dict[str, Any]]:
    """What suppliers were asked for.

    Inputs: a viewer with partner.read; closed: what is settled or withdrawn; due_on (not of closed ones) and id of the
        last one already read; how many.
    Returns: mappings of id, company_id, company, kind, product_id, code, item, due_on, note, state, created_at.
    Raises: NotAllowed.
    Source: product.md, documents of suppliers.
    """
    require(viewer, Permission.PARTNER_READ)
    with session_scope(viewer) as session:
        return [row._asdict() for row in rows.requests(session, closed=closed, after=after, limit=limit)]


def ask(viewer: Viewer, values: Mapping[str, object]) -> int:
    """Ask a supplier for a document; it is told at once.

    Inputs: a viewer with purchase.edit; supplier (id), kind, item (code, empty for all items), due_on, note.
    Returns: the id of the request.
    Raises: NotAllowed; NotFound for a supplier or item there is not; InvalidInput naming the field.
    Source: product.md, documents of suppliers.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    kind, due_on = values.get("kind"), calendar_day(values.get("due_on"), name=_("Due"))
    if kind not in KINDS:
        raise InvalidInput(_("Type: choose one."))
    if not today() <= due_on <= today() + timedelta(days=FARTHEST_DAYS):
        raise InvalidInput(_("Due: enter a day within a year from today."))
    note = values.get("note")
    said = sentence(note, name=_("Note"), longest=LONGEST_NOTE) if note else None
    with session_scope(viewer) as session:
        wanted = chosen_id(values.get("supplier"))
        supplier = next((row for row in supplier_quality.suppliers(session) if row.id == wanted), None)
        if supplier is None:
            raise NotFound(_("Choose a supplier with a portal."))
        told = {"kind": str(kind), "product_id": _product(session, values.get("item")), "due_on": due_on, "note": said}
        made = rows.add_request(
            session, company_id=supplier.company_id, created_by=viewer.user_id, reminded_at=now(), **told
        )
        record(session, viewer, "document_request.ask", subject=SUBJECT, subject_id=made, after={"kind": str(kind)})
        _announce(session, viewer, rows.request(session, made), "asked", _("Please send a document: %(what)s"))
    return made


def withdraw(viewer: Viewer, request_id: object) -> None:
    """Take a request back.

    Inputs: a viewer with purchase.edit; an open request.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict for one that is settled.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    with session_scope(viewer) as session:
        found = rows.request(session, row_id(request_id))
        if found is None:
            raise NotFound(_("There is no such request."))
        if not rows.cancel(session, found.id):
            raise Conflict(_("This request is settled already. Reload the page and look again."))
        record(session, viewer, "document_request.withdraw", subject=SUBJECT, subject_id=found.id)
        _announce(session, viewer, found, "withdrawn", _("Not needed any more: %(what)s"))


def remind() -> int:
    """Remind suppliers of what is due within a week or overdue; called again and again, each is told once a day.

    Inputs: none.
    Returns: how many requests were reminded of.
    Raises: NotSignedIn while there is no company; Unavailable.
    Source: product.md, documents of suppliers.
    """
    clerk, on = operator(), today()
    with session_scope(clerk) as session:
        found = rows.due(session, until=on + timedelta(days=REMINDED_DAYS), today=on)
        for request in found:
            title = _("Document overdue: %(what)s") if request.due_on < on else _("Document due soon: %(what)s")
            _announce(session, clerk, request, "reminded", title)
            rows.told(session, request.id, at=now())
    return len(found)


def _announce(session: Session, viewer: Viewer, request: Any, event: str, title: str) -> None:
    what = " · ".join(filter(None, (kind_name(request.kind), request.code)))
    detail = ". ".join(filter(None, (_("Due %(day)s", day=day(request.due_on)), request.note)))
    told = PartnerEvent(f"document.{event}", SUBJECT, request.id, title % {"what": what}, PORTAL, detail)
    announce(session, viewer, request.company_id, told)


def _product(session: Session, code: object) -> int | None:
    wanted = code.strip() if isinstance(code, str) else ""
    if not wanted:
        return None
    found = supplier_quality.product_by_code(session, wanted)
    if found is None:
        raise NotFound(_("Item: there is none with the code %(code)s.", code=wanted[:40]))
    return int(found.id)
