"""Inviting people: colleagues and partners' people get a one-time link, and choose their password themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import InvalidInput, NotFound, TooMany
from core.i18n import _, moment
from core.identity import canonical_email
from core.permissions import PARTNER_ROLES, Level, Permission, Role
from core.secret_links import link, new_secret, path_with, secret_hash
from core.viewer import CompanyKind, Viewer, require
from data.db import sign_in_scope
from data.queries import invitations as rows
from data.queries import people
from services.account_mail import mail_link
from services.audit import record
from services.form_values import sentence
from services.passwords import check_password, hash_password

PATH = "/invitation"
LIFETIME = timedelta(hours=72)
LONGEST_NAME, LONGEST_EMAIL = 120, 200
HOUR = timedelta(hours=1)
HOURLY_LIMIT = 30
INTERNAL_ROLES = tuple(role for role in Role if role not in PARTNER_ROLES)


@dataclass(frozen=True, slots=True)
class Invited:
    """Who was invited. ``link`` is to be handed over by the inviter where no mail was sent; it is shown once."""

    email: str
    link: str
    mailed: bool


def invite(
    session: Session,
    viewer: Viewer,
    company_id: int,
    *,
    email: object,
    name: object,
    role: object = None,
    level: object = None,
) -> Invited:
    """Ask a person to come in; earlier invitations of the same person to the same company end.

    Inputs: the open session of the change; an administrator, or a partner's administrator (whose own company it is,
        whatever stands here); the company; what was typed. Colleagues need a role, partners' people a level.
    Returns: Invited.
    Raises: NotAllowed without ``people.manage``, ``partner.manage`` or ``portal.people``; NotFound for a company there
        is not; InvalidInput; TooMany after 30 invitations of one company within an hour.
    Source: security.md part C; product.md: company request, approval, invitation, first sign-in.
    """
    _check_right(viewer)
    company = rows.company(session, company_id if viewer.internal else viewer.company_id)
    if company is None or not company.active:
        raise NotFound(_("There is no such company."))
    at, address = now(), email_address(email)
    _check_room(session, company.id, address)
    secret = new_secret()
    given = _position(viewer, CompanyKind(company.kind), role, level)
    called = sentence(name, name=_("Name"), longest=LONGEST_NAME)
    rows.end(session, at=at, company_id=company.id, email=address)
    rows.add(
        session,
        company_id=company.id,
        email=address,
        name=called,
        token_hash=secret_hash(secret),
        invited_by=viewer.user_id,
        created_at=at,
        expires_at=at + LIFETIME,
        **given,
    )
    record(
        session,
        viewer,
        "person.invite",
        subject="company",
        subject_id=company.id,
        after={"email": address, "name": called, **given},
    )
    mailed = mail_link(
        address,
        "invitation",
        name=called,
        who=viewer.name,
        company=company.name,
        href=path_with(PATH, secret),
        until=moment(at + LIFETIME),
    )
    return Invited(address, link(PATH, secret), mailed)


def withdraw(session: Session, viewer: Viewer, company_id: int, *, email: object) -> None:
    """Take back what is open of a person's invitations.

    Inputs: as ``invite``.
    Returns: nothing.
    Raises: NotAllowed; NotFound when nothing is open.
    Source: none; ours.
    """
    _check_right(viewer)
    company = company_id if viewer.internal else viewer.company_id
    address = canonical_email(email) if isinstance(email, str) else ""
    if not rows.end(session, at=now(), company_id=company, email=address):
        raise NotFound(_("There is no open invitation of this person."))
    record(session, viewer, "person.uninvite", subject="company", subject_id=company, before={"email": address})


def open_invitations(session: Session, viewer: Viewer, company_id: int) -> list[dict[str, Any]]:
    """Who was invited and has not come yet.

    Inputs: as ``invite``.
    Returns: dictionaries of id, email, name, level, expires_at and ``expired``.
    Raises: NotAllowed.
    Source: none; ours.
    """
    _check_right(viewer)
    found = rows.open_invitations(session, company_id=company_id if viewer.internal else viewer.company_id)
    return [{**row._asdict(), "expired": row.expires_at <= now()} for row in found]


def accept(secret: str, password: str) -> str:
    """Make the account of an invitation; its link is worthless from here on.

    Inputs: the secret of the link and the password that the person has chosen.
    Returns: the e-mail to sign in with.
    Raises: NotFound for any link that opens nothing, alike; InvalidInput for a weak password, or when the person has
        an account already.
    Source: security.md C18, C21, C22.
    """
    with sign_in_scope() as session:
        found = rows.by_token(session, token_hash=secret_hash(secret), at=now())
    if found is None:
        raise _gone()
    check_password(password, about=(found.email, found.name, found.company))
    # Outside any transaction: hashing must not hold a connection.
    password_hash = hash_password(password)
    at = now()
    with sign_in_scope() as session:
        found = rows.by_token(session, token_hash=secret_hash(secret), at=at, lock=True)
        if found is None:
            raise _gone()
        user_id = people.add_person(
            session,
            company_id=found.company_id,
            role=found.role,
            level=found.level,
            email=found.email,
            name=found.name,
            password_hash=password_hash,
        )
        if user_id is None:
            raise InvalidInput(_("You have an account with this e-mail already: sign in with it."))
        rows.use(session, invitation_id=found.id, at=at)
        person = Viewer(
            user_id,
            found.company_id,
            CompanyKind(found.company_kind),
            found.role,
            found.name,
            found.email,
            frozenset(),
        )
        record(
            session,
            person,
            "person.create",
            subject="app_user",
            subject_id=user_id,
            after={"role": found.role, "level": found.level},
        )
    return str(found.email)


def email_address(typed: object) -> str:
    """The e-mail address that somebody typed, in its one spelling.

    Inputs: what a form sent.
    Returns: the address.
    Raises: InvalidInput for what is none.
    Source: core.identity.
    """
    address = canonical_email(typed) if isinstance(typed, str) else ""
    local, _at, domain = address.partition("@")
    if not local or "." not in domain or "@" in domain or " " in address or len(address) > LONGEST_EMAIL:
        raise InvalidInput(_("“%(email)s” is not an e-mail address.", email=address[:LONGEST_EMAIL]))
    return address


def _gone() -> NotFound:
    return NotFound(_("This link is not valid any more. Ask for a new invitation."))


def _check_right(viewer: Viewer) -> None:
    if not viewer.may(Permission.PARTNER_MANAGE):
        require(viewer, Permission.PEOPLE_MANAGE if viewer.internal else Permission.PORTAL_PEOPLE)


def _check_room(session: Session, company_id: int, address: str) -> None:
    if rows.person_of_company(session, company_id=company_id, email=address) is not None:
        raise InvalidInput(_("%(email)s is among the people of the company already.", email=address))
    if rows.made_since(session, company_id=company_id, since=now() - HOUR) >= HOURLY_LIMIT:
        raise TooMany(_("That were many invitations within an hour. Go on later."), retry_after_seconds=3600)


def _position(viewer: Viewer, kind: CompanyKind, role: object, level: object) -> dict[str, str | None]:
    """What the person will be: a role inside, a level in the portal of the company's kind."""
    if kind is CompanyKind.INTERNAL:
        require(viewer, Permission.PEOPLE_MANAGE)
        if role not in list(INTERNAL_ROLES):
            raise InvalidInput(_("Choose a role."))
        return {"role": str(role), "level": None}
    if level not in list(Level):
        raise InvalidInput(_("Choose a level."))
    return {"role": kind.value, "level": str(level)}
