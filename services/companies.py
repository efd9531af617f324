"""Partner companies: who they are in the plan, what their portal holds, and whether they are let in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import ROLES, Permission, Role
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import companies as rows
from data.queries import people
from services.audit import record
from services.form_values import chosen_id, row_id, sentence
from services.invitations import Invited, invite, open_invitations
from services.partner_events import PartnerEvent, announce

KINDS = ("supplier", "customer", "oem")
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class PartnerCompany:
    """One company: its people, who is invited, and the features of its portal, each with whether it has it."""

    id: int
    name: str
    kind: str
    active: bool
    version: int
    people: list[dict[str, Any]]
    invited: list[dict[str, Any]]
    features: dict[Permission, bool]


def companies(viewer: Viewer) -> list[dict[str, Any]]:
    """All partner companies.

    Inputs: a viewer with partner.manage.
    Returns: dictionaries of id, name, kind, active, version, code (of the party in the plan), people, last_at,
        withheld (how many features).
    Raises: NotAllowed.
    Source: product.md, administrator.
    """
    require(viewer, Permission.PARTNER_MANAGE)
    with session_scope(viewer) as session:
        return [row._asdict() for row in rows.companies(session)]


def company(viewer: Viewer, company_id: object) -> PartnerCompany:
    """One partner company.

    Inputs: a viewer with partner.manage and an id.
    Returns: the company with its people and features.
    Raises: NotAllowed, NotFound.
    Source: none; ours.
    """
    require(viewer, Permission.PARTNER_MANAGE)
    with session_scope(viewer) as session:
        found = _found(session, company_id)
        withheld = rows.withheld(session, found.id)
        return PartnerCompany(
            **found._asdict(),
            people=[row._asdict() for row in rows.people_of(session, found.id)],
            invited=open_invitations(session, viewer, found.id),
            features={right: right.value not in withheld for right in features_of(found.kind)},
        )


def features_of(kind: str) -> list[Permission]:
    """What the portal of one kind of partner can hold, in the order of the navigation.

    Inputs: one of KINDS.
    Returns: rights.
    Raises: nothing.
    Source: core.permissions.
    """
    return [right for right in Permission if right in ROLES[Role(kind)]]


def parties_without_portal(viewer: Viewer, kind: object) -> list[tuple[int, str]]:
    """Whom of the plan a new company can stand for.

    Inputs: a viewer with partner.manage; one of KINDS.
    Returns: id and “code · name”.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PARTNER_MANAGE)
    if kind not in KINDS:
        return []
    with session_scope(viewer) as session:
        return [(row.id, f"{row.code} · {row.name}") for row in rows.parties_without_portal(session, str(kind))]


def add(viewer: Viewer, *, name: object, kind: object, party: object, person: object, email: object) -> Invited:
    """Give a partner a portal without its asking: company, party and the invitation of its first administrator.

    Inputs: a viewer with partner.manage; what was typed.
    Returns: the invitation.
    Raises: NotAllowed; InvalidInput naming the field; Conflict when the name is taken or the party has a portal.
    Source: product.md.
    """
    require(viewer, Permission.PARTNER_MANAGE)
    if kind not in KINDS:
        raise InvalidInput(_("Choose what the company is to you."))
    called = sentence(name, name=_("Company"), longest=LONGEST_NAME)
    with session_scope(viewer) as session:
        made = new_company(session, viewer, name=called, kind=str(kind), party=party)
        return invite(session, viewer, made, email=email, name=person, level="portal_admin")


def invite_person(viewer: Viewer, company_id: object, *, name: object, email: object, level: object) -> Invited:
    """Invite another person of a partner, or the same one anew.

    Inputs: a viewer with partner.manage; the company; what was typed.
    Returns: the invitation.
    Raises: NotAllowed, NotFound, InvalidInput.
    Source: none; ours.
    """
    require(viewer, Permission.PARTNER_MANAGE)
    with session_scope(viewer) as session:
        found = _found(session, company_id)
        return invite(session, viewer, found.id, email=email, name=name, level=level)


def set_active(viewer: Viewer, company_id: object, *, active: bool, version: object, reason: object = None) -> None:
    """Suspend a company or let it in again, from the next request of each of its people on.

    Inputs: a viewer with partner.manage, the company, what it shall be, the version on the screen, why (to suspend).
    Returns: nothing.
    Raises: NotAllowed, NotFound; InvalidInput without a reason; Conflict when changed since.
    Source: security.md B15.
    """
    require(viewer, Permission.PARTNER_MANAGE)
    why = None if active else sentence(reason, name=_("Reason"), longest=LONGEST_NAME)
    with session_scope(viewer) as session:
        found = _found(session, company_id)
        if not rows.set_active(session, company_id=found.id, active=active, version=row_id(version)):
            raise _changed()
        name = "company.activate" if active else "company.suspend"
        record(
            session,
            viewer,
            name,
            subject="company",
            subject_id=found.id,
            before={"active": found.active},
            after={"active": active},
            reason=why,
        )
        title = _("The portal is open again.") if active else _("The portal was suspended.")
        announce(session, viewer, found.id, PartnerEvent(f"{name}d", "company", found.id, title, "/account"))


def set_features(viewer: Viewer, company_id: object, wanted: object, *, version: object) -> None:
    """Decide what the portal of a company holds; what it does not hold is closed at every door at once.

    Inputs: a viewer with partner.manage, the company, the rights it shall have, the version on the screen.
    Returns: nothing.
    Raises: NotAllowed, NotFound; InvalidInput for a right that its kind does not have; Conflict when changed since.
    Source: core.permissions: a feature is a right.
    """
    require(viewer, Permission.PARTNER_MANAGE)
    with session_scope(viewer) as session:
        found = _found(session, company_id)
        possible = [right.value for right in features_of(found.kind)]
        chosen = wanted if isinstance(wanted, list) else []
        if not all(isinstance(right, str) and right in possible for right in chosen):
            raise InvalidInput(_("A feature was chosen that the portal of this company does not have."))
        before = rows.withheld(session, found.id)
        after = sorted(set(possible) - set(chosen))
        if not rows.touch(session, company_id=found.id, version=row_id(version)):
            raise _changed()
        rows.withhold(session, found.id, after)
        record(
            session,
            viewer,
            "company.features",
            subject="company",
            subject_id=found.id,
            before={"withheld": sorted(before)},
            after={"withheld": after},
        )


def new_company(session: Session, viewer: Viewer, *, name: str, kind: str, party: object) -> int:
    """Make a company and link it with the party of the plan it stands for.

    Inputs: the open session of who has partner.manage; name, kind, and the id of the party or nothing.
    Returns: the id of the company.
    Raises: Conflict when the name is taken or the party has a portal already.
    Source: none; ours.
    """
    if rows.company_named(session, name) is not None:
        raise Conflict(_("There is a company called “%(name)s” already.", name=name))
    made = people.add_company(session, name=name, kind=kind)
    party_id = chosen_id(party)
    if party_id and not rows.link_party(session, kind=kind, party_id=party_id, company_id=made):
        raise Conflict(_("The partner you chose has a portal already, or is retired. Choose another one."))
    after = {"name": name, "kind": kind, "party": party_id or None}
    record(session, viewer, "company.create", subject="company", subject_id=made, after=after)
    return made


def _found(session: Session, company_id: object) -> Any:
    found = rows.company(session, row_id(company_id))
    if found is None:
        raise NotFound(_("There is no such company."))
    return found


def _changed() -> Conflict:
    return Conflict(_("Somebody else changed this company meanwhile. Reload the page and look again."))
