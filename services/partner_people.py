"""A partner keeps its own people: who is in, on which level, who is invited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Level, Permission
from core.viewer import Viewer
from data.queries import people as rows
from data.queries import settings as stored
from services import invitations
from services.audit import record
from services.form_values import row_id
from services.invitations import Invited
from services.partner_events import PartnerEvent, announce
from services.partners import partner_scope

PAGE = "/portal/people"
NEEDED = Permission.PORTAL_PEOPLE


@dataclass(frozen=True, slots=True)
class PartnerPeople:
    """``people``: dictionaries of id, name, email, level, active, version; ``invited``: as
    ``invitations.open_invitations``."""

    people: list[dict[str, Any]]
    invited: list[dict[str, Any]]


def partner_people(viewer: Viewer) -> PartnerPeople:
    """The people of the own company and who is invited to it.

    Inputs: a partner's administrator.
    Returns: PartnerPeople, by name.
    Raises: NotAllowed without ``portal.people``.
    Source: product.md: partner organisation with several users and levels.
    """
    with partner_scope(viewer, NEEDED) as session:
        found = [row._asdict() for row in rows.of_company(session, viewer.company_id)]
        return PartnerPeople(found, invitations.open_invitations(session, viewer, viewer.company_id))


def invite(viewer: Viewer, *, email: object, name: object, level: object) -> Invited:
    """Ask a colleague in, or once more.

    Inputs: a partner's administrator, what was typed.
    Returns: Invited.
    Raises: as ``invitations.invite``.
    Source: product.md: the partner's admin invites colleagues.
    """
    with partner_scope(viewer, NEEDED) as session:
        made = invitations.invite(session, viewer, viewer.company_id, email=email, name=name, level=level)
        _tell(session, viewer, "person.invited", made.email, _("%(email)s was invited", email=made.email))
    return made


def withdraw(viewer: Viewer, email: object) -> None:
    """Take an invitation back.

    Inputs: a partner's administrator, the e-mail.
    Returns: nothing.
    Raises: NotAllowed; NotFound when none is open.
    Source: none; ours.
    """
    with partner_scope(viewer, NEEDED) as session:
        invitations.withdraw(session, viewer, viewer.company_id, email=email)


def change(viewer: Viewer, person: object, *, level: object, active: bool, version: object) -> None:
    """Give a colleague a level, or end the access; whoever is removed has no session left.

    Inputs: a partner's administrator; id, level and version of the person as the browser sent them.
    Returns: nothing.
    Raises: NotAllowed; NotFound for anybody of another company, as for nobody; InvalidInput for oneself, a level there
        is not, or the last administrator; Conflict when changed since.
    Source: security.md B01, B14, B15.
    """
    user_id = row_id(person)
    if level not in list(Level):
        raise InvalidInput(_("Choose a level."))
    with partner_scope(viewer, NEEDED) as session:
        stored.lock(session, f"people of {viewer.company_id}")
        before = rows.colleague(session, company_id=viewer.company_id, user_id=user_id)
        if before is None:
            raise NotFound(_("There is no such person in your company."))
        if user_id == viewer.user_id:
            raise InvalidInput(_("Ask another administrator to change your own access."))
        after = {"level": str(level), "active": active}
        if not rows.set_level(session, user_id=user_id, level=str(level), active=active, version=row_id(version)):
            raise Conflict(_("Somebody else changed this account meanwhile. Reload the page and look again."))
        if rows.partner_administrators(session, viewer.company_id) == 0:
            raise InvalidInput(_("The last administrator can't be taken away."))
        changed = {"level": before.level, "active": before.active}
        record(session, viewer, "person.change", subject="app_user", subject_id=user_id, before=changed, after=after)
        title = _("%(name)s was removed") if not active else _("The access of %(name)s was changed")
        _tell(session, viewer, "person.changed", user_id, title % {"name": before.name})


def _tell(session: Session, viewer: Viewer, event: str, subject_id: object, title: str) -> None:
    announce(session, viewer, viewer.company_id, PartnerEvent(event, "app_user", subject_id, title, "/admin/people"))
