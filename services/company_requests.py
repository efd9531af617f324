"""A company asks for a portal of its own: anybody may ask, a colleague approves, which makes company and invitation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.clock import now
from core.errors import Conflict, InvalidInput, NotFound, TooMany
from core.i18n import _
from core.permissions import Level, Permission
from core.viewer import Viewer, require
from data.db import session_scope, sign_in_scope
from data.queries import accounts
from data.queries import companies as rows
from services.audit import record
from services.companies import KINDS, new_company
from services.form_values import row_id, sentence
from services.invitations import Invited, email_address, invite

LONGEST_NAME, LONGEST_MESSAGE = 120, 1000
WINDOW = timedelta(minutes=15)
ADDRESS_LIMIT = 10
LISTED = 500


def ask(
    *,
    kind: object,
    company: object,
    registration_no: object,
    name: object,
    email: object,
    message: object,
    address: str,
) -> None:
    """Ask for a portal. The answer is the same whether the company, the person or the request is known or not.

    Inputs: what was typed, and the network address it came from.
    Returns: nothing.
    Raises: InvalidInput naming the field; TooMany after ten requests of one address within 15 minutes.
    Source: security.md C06, D15.
    """
    if kind not in KINDS:
        raise InvalidInput(_("Choose what your company is to us."))
    values = {
        "kind": str(kind),
        "company": sentence(company, name=_("Company"), longest=LONGEST_NAME),
        "registration_no": _optional(registration_no, _("Registration number"), LONGEST_NAME),
        "name": sentence(name, name=_("Your name"), longest=LONGEST_NAME),
        "email": email_address(email),
        "message": _optional(message, _("Message"), LONGEST_MESSAGE),
        "address": address,
    }
    with sign_in_scope() as session:
        asked = accounts.count_attempt(session, key=f"join:{address}", at=now(), window=WINDOW)
    if asked > ADDRESS_LIMIT:
        raise TooMany(_("Too many requests. Try again in a quarter of an hour."), retry_after_seconds=15 * 60)
    with sign_in_scope() as session:
        rows.add_request(session, **values)


def requests(viewer: Viewer) -> list[dict[str, Any]]:
    """Who asks to come in, those that wait first.

    Inputs: a viewer with partner.manage.
    Returns: dictionaries of id, kind, company, registration_no, name, email, message, address, status, created_at,
        decided_at, decided_by, decision_note.
    Raises: NotAllowed.
    Source: product.md, administrator.
    """
    require(viewer, Permission.PARTNER_MANAGE)
    with session_scope(viewer) as session:
        return [row._asdict() for row in rows.requests(session, limit=LISTED)]


def approve(viewer: Viewer, request_id: object, *, party: object = None) -> Invited:
    """Let a company in: the company is made, linked with the party of the plan it is, and its first person invited.

    Inputs: a viewer with partner.manage, the request, and the id of the supplier, customer or OEM that it is (None:
        it is none of those in the plan yet, and sees nothing until it is linked).
    Returns: the invitation of the person who asked, as the administrator of the company.
    Raises: NotAllowed, NotFound; Conflict when it was decided, the name is taken or the party has a portal already;
        InvalidInput when the person can't be invited.
    Source: product.md; security.md C23.
    """
    require(viewer, Permission.PARTNER_MANAGE)
    with session_scope(viewer) as session:
        found = _pending(session, request_id)
        company_id = new_company(session, viewer, name=found.company, kind=found.kind, party=party)
        invited = invite(session, viewer, company_id, email=found.email, name=found.name, level=Level.ADMIN.value)
        _decide(session, viewer, found.id, "approved", None, company_id=company_id)
    return invited


def reject(viewer: Viewer, request_id: object, note: object) -> None:
    """Keep a company out.

    Inputs: a viewer with partner.manage, the request, why.
    Returns: nothing.
    Raises: NotAllowed, NotFound; InvalidInput without a reason; Conflict when it was decided.
    Source: none; ours.
    """
    require(viewer, Permission.PARTNER_MANAGE)
    why = sentence(note, name=_("Reason"), longest=LONGEST_MESSAGE)
    with session_scope(viewer) as session:
        found = _pending(session, request_id)
        _decide(session, viewer, found.id, "rejected", why)


def _pending(session: Any, request_id: object) -> Any:
    found = rows.pending_request(session, row_id(request_id))
    if found is None:
        raise NotFound(_("There is no such request."))
    if found.status != "pending":
        raise Conflict(_("This request is %(state)s already. Reload the page and look again.", state=_(found.status)))
    return found


def _decide(
    session: Any, viewer: Viewer, request_id: int, status: str, note: str | None, *, company_id: int | None = None
) -> None:
    rows.decide_request(
        session,
        request_id,
        status=status,
        decided_by=viewer.user_id,
        decided_at=now(),
        decision_note=note,
        company_id=company_id,
    )
    record(
        session,
        viewer,
        f"company_request.{status}",
        subject="company_request",
        subject_id=request_id,
        before={"status": "pending"},
        after={"status": status, "company": company_id},
        reason=note,
    )


def _optional(typed: object, name: str, longest: int) -> str | None:
    return sentence(typed, name=name, longest=longest) if isinstance(typed, str) and typed.strip() else None
