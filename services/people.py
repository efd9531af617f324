"""Accounts: made and managed by administrators, the first one by the operator."""

from __future__ import annotations

from typing import Any

from core.clock import now
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.identity import canonical_email
from core.permissions import Permission, Role
from core.viewer import CompanyKind, Viewer, require
from data.db import session_scope, sign_in_scope
from data.queries import accounts
from data.queries import people as rows
from services import invitations
from services.audit import record
from services.form_values import row_id
from services.invitations import Invited
from services.passwords import check_password, hash_password


def people(viewer: Viewer) -> list[dict[str, Any]]:
    """All accounts, colleagues first.

    Inputs: an administrator.
    Returns: dictionaries with id, name, email, role, active, created_at, version, company, company_kind.
    Raises: NotAllowed without ``people.manage``.
    Source: none; ours.
    """
    require(viewer, Permission.PEOPLE_MANAGE)
    with session_scope(viewer) as session:
        return [row._asdict() for row in rows.people(session)]


def invite(viewer: Viewer, *, email: object, name: object, role: object) -> Invited:
    """Ask a colleague in, or once more.

    Inputs: an administrator, what was typed.
    Returns: Invited.
    Raises: as ``invitations.invite``.
    Source: product.md: administrators manage people.
    """
    require(viewer, Permission.PEOPLE_MANAGE)
    with session_scope(viewer) as session:
        return invitations.invite(session, viewer, viewer.company_id, email=email, name=name, role=role)


def invited(viewer: Viewer) -> list[dict[str, Any]]:
    """Colleagues who were asked and have not come yet.

    Inputs: an administrator.
    Returns: as ``invitations.open_invitations``.
    Raises: NotAllowed without ``people.manage``.
    Source: none; ours.
    """
    require(viewer, Permission.PEOPLE_MANAGE)
    with session_scope(viewer) as session:
        return invitations.open_invitations(session, viewer, viewer.company_id)


def set_active(viewer: Viewer, account: object, *, active: bool, version: object) -> None:
    """Let a person in or keep them out, from their next request on.

    Inputs: an administrator, the id of the account, what it shall be, and the version of the row that was on the
        screen; id and version as the browser sent them.
    Returns: nothing.
    Raises: NotAllowed; NotFound; InvalidInput for one's own account or the last administrator; Conflict when changed
        since.
    Source: security.md B15.
    """
    require(viewer, Permission.PEOPLE_MANAGE)
    user_id = row_id(account)
    if user_id == viewer.user_id:
        raise InvalidInput(_("You can't deactivate yourself. Ask another administrator."))
    with session_scope(viewer) as session:
        if not rows.person_exists(session, user_id=user_id):
            raise NotFound(_("There is no such account."))
        if not rows.set_active(session, user_id=user_id, active=active, version=row_id(version)):
            raise Conflict(_("Somebody else changed this account meanwhile. Reload the page and look again."))
        if rows.administrators(session) == 0:
            raise InvalidInput(_("The last administrator can't be deactivated."))
        record(
            session,
            viewer,
            "person.activate" if active else "person.deactivate",
            subject="app_user",
            subject_id=user_id,
            before={"active": not active},
            after={"active": active},
        )


def create_administrator(*, email: str, name: str, company: str, password: str) -> int:
    """Make an administrator from the command line; on a fresh installation the company too.

    Inputs: e-mail, name, company name (only needed the first time) and password.
    Returns: the id of the account.
    Raises: InvalidInput when the e-mail is taken or malformed, the password too short or the company missing.
    Source: security.md C23.
    """
    account = canonical_email(email)
    if "@" not in account:
        raise InvalidInput(_("“%(email)s” is not an e-mail address.", email=email))
    check_password(password, about=(account, name, company))
    password_hash = hash_password(password)
    with sign_in_scope() as session:
        company_id = accounts.internal_company_id(session)
    if company_id is None and not company.strip():
        raise InvalidInput(_("This is the first account: name your company with --company."))
    operator = Viewer(
        None, company_id or 0, CompanyKind.INTERNAL, "operator", "Operator", "operator@command-line", frozenset()
    )
    with session_scope(operator) as session:
        if company_id is None:
            company_id = rows.add_company(session, name=company.strip(), kind=CompanyKind.INTERNAL.value)
        user_id = rows.add_person(
            session,
            company_id=company_id,
            role=Role.ADMIN.value,
            email=account,
            name=name.strip() or account,
            password_hash=password_hash,
        )
        if user_id is None:
            raise InvalidInput(_("There is an account with this e-mail already."))
        record(session, operator, "person.create", subject="app_user", subject_id=user_id, after={"role": "admin"})
    return user_id


def set_password(*, email: str, password: str) -> None:
    """Give an account a new password and end its sessions.

    Inputs: e-mail and password.
    Returns: nothing.
    Raises: NotFound for an unknown e-mail, InvalidInput for a short password.
    Source: security.md C03.
    """
    check_password(password, about=(email,))
    password_hash = hash_password(password)
    with sign_in_scope() as session:
        found = accounts.credentials(session, canonical_email(email))
        if found is None:
            raise NotFound(_("There is no account with this e-mail."))
        accounts.save_password_hash(session, user_id=found.id, password_hash=password_hash)
        accounts.end_sessions(session, at=now(), user_id=found.id)
