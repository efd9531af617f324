"""Which thread of messages somebody means, and what it is called: an order, a request, or the company in general."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from core.errors import NotFound
from core.i18n import _
from core.viewer import Viewer
from data.queries import partner_messages as rows
from services.form_values import chosen_id

INSIDE, PORTAL = "/supply/messages", "/portal/messages"
GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Key:
    """Which thread: the partner's company and what it is about."""

    company_id: int
    subject: str
    subject_id: str

    def values(self) -> dict[str, Any]:
        return {"company_id": self.company_id, "subject": self.subject, "subject_id": self.subject_id}

    def href(self, page: str) -> str:
        """Where the thread is found, inside or in the portal."""
        query = {"about": self.subject, "id": self.subject_id}
        if page == INSIDE:
            query["company"] = str(self.company_id)
        return f"{page}?{urlencode({name: value for name, value in query.items() if value})}"


def thread_meant(
    session: Session, viewer: Viewer, subject: object, subject_id: object, company_id: object
) -> tuple[Key, str, str]:
    """The thread that somebody means.

    Inputs: the open session and its viewer; what it is about (a key of data.queries.partner_messages.NAMES, or
        GENERAL) and which one; inside the partner's company for a general thread.
    Returns: the thread, its title and the partner's name.
    Raises: NotFound, in the same words for what is not there and what is another company's.
    Source: security.md B01.
    """
    if subject == GENERAL:
        key = Key(chosen_id(company_id) if viewer.internal else viewer.company_id, GENERAL, "")
        title = _general()
    else:
        key, title = _about(session, subject, chosen_id(subject_id))
    company = rows.partner_company(session, key.company_id)
    if company is None:
        raise NotFound(_("There is nothing here to write about."))
    return key, title, str(company.name)


def _about(session: Session, subject: object, wanted: int) -> tuple[Key, str]:
    kind = str(subject)
    found = rows.names(session, kind, [wanted]) if kind in rows.NAMES else []
    if not found or found[0].company_id is None:
        raise NotFound(_("There is nothing here to write about."))
    return Key(found[0].company_id, kind, str(found[0].id)), _title(kind, found[0].name)


def titles(session: Session, found: Sequence[Any]) -> dict[Key, str]:
    """What threads are called; one whose thing has gone keeps its kind's name.

    Inputs: the open session; rows of company_id, subject and subject_id.
    Returns: a title for each thread.
    Raises: nothing.
    Source: none; ours.
    """
    named = {Key(row.company_id, row.subject, row.subject_id): _title(row.subject, row.subject_id) for row in found}
    for kind in {key.subject for key in named} & set(rows.NAMES):
        for row in rows.names(session, kind, [chosen_id(key.subject_id) for key in named if key.subject == kind]):
            key = Key(row.company_id or 0, kind, str(row.id))
            if key in named:
                named[key] = _title(kind, row.name)
    return named


def _title(subject: str, name: str) -> str:
    kinds = {
        "purchase_order": _("Purchase order %(name)s"),
        "sales_order": _("Sales order %(name)s"),
        "production_order": _("Production order %(name)s"),
        "quality_issue": _("Quality issue: %(name)s"),
        "submission": _("Request: %(name)s"),
    }
    return kinds[subject] % {"name": name.replace("_", " ")} if subject in kinds else _general()


def _general() -> str:
    return _("General")
