"""The second factor: time-based codes of an authenticator app (RFC 6238), and recovery codes for its loss."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from sqlalchemy.orm import Session

from core.cipher import decrypt, encrypt
from core.clock import now
from core.errors import Conflict, InvalidInput, NotFound, NotSignedIn, TooMany
from core.i18n import _
from core.identity import canonical_email
from core.permissions import Permission
from core.secret_links import secret_hash
from core.viewer import Viewer, require
from data.db import session_scope, sign_in_scope
from data.queries import accounts
from data.queries import second_factors as rows
from data.queries import settings as stored
from services.account_mail import warn
from services.audit import record
from services.passwords import password_matches

SETTING = "second_factor.required"
NOBODY, PARTNERS, EVERYBODY = "nobody", "partners", "everybody"
CHOICES = (NOBODY, PARTNERS, EVERYBODY)
STEP_SECONDS = 30
NEIGHBOURS = (0, -1, 1)  # clocks differ
LIMITS = ((timedelta(minutes=5), 5), (timedelta(hours=1), 20), (timedelta(days=1), 50))
RECOVERY_CODES = 10
RECOVERY_BYTES = 10


@dataclass(frozen=True, slots=True)
class State:
    """Whether somebody has a second factor, how many recovery codes are left, whether the company demands one."""

    on: bool
    recovery_codes: int
    required: bool


def required(session: Session, *, internal: bool) -> bool:
    """Whether people of this kind have to have a second factor.

    Inputs: an open session that reads settings; whether it is about colleagues.
    Returns: True when the setting says so.
    Raises: nothing.
    Source: product.md: second factor enforced by setting.
    """
    of = (stored.value(session, SETTING) or {}).get("of", NOBODY)
    return of == EVERYBODY or (of == PARTNERS and not internal)


def required_of() -> str:
    """Of whom a second factor is demanded.

    Inputs: none.
    Returns: nobody, partners or everybody.
    Raises: Unavailable when the database is away.
    Source: none; ours.
    """
    with sign_in_scope() as session:
        return str((stored.value(session, SETTING) or {}).get("of", NOBODY))


def require_of(viewer: Viewer, of: object) -> None:
    """Say of whom a second factor is demanded, from their next sign-in on.

    Inputs: an administrator; nobody, partners or everybody.
    Returns: nothing.
    Raises: NotAllowed without ``people.manage``; InvalidInput.
    Source: none; ours.
    """
    require(viewer, Permission.PEOPLE_MANAGE)
    if of not in CHOICES:
        raise InvalidInput(_("Choose who needs a second factor."))
    with session_scope(viewer) as session:
        stored.lock(session, SETTING)
        before = stored.value(session, SETTING)
        stored.save(session, SETTING, {"of": of})
        record(
            session, viewer, "setting.change", subject="setting", subject_id=SETTING, before=before, after={"of": of}
        )


def state(viewer: Viewer) -> State:
    """How the viewer's own second factor stands.

    Inputs: the viewer.
    Returns: State.
    Raises: Unavailable when the database is away.
    Source: none; ours.
    """
    user_id = viewer.user_id or 0
    with sign_in_scope() as session:
        return State(
            is_on(session, user_id),
            rows.recovery_codes_left(session, user_id),
            required(session, internal=viewer.internal),
        )


def is_on(session: Session, user_id: int) -> bool:
    """Whether an account has a second factor that counts.

    Inputs: an open session of the sign-in, the account.
    Returns: True once it was confirmed.
    Raises: nothing.
    Source: none; ours.
    """
    found = rows.factor(session, user_id)
    return found is not None and found.confirmed_at is not None


def begin(viewer: Viewer) -> str:
    """Prepare a second factor; it counts once a code was confirmed.

    Inputs: the person.
    Returns: the otpauth address for the authenticator app, the same until it was confirmed.
    Raises: Conflict when there is one that counts.
    Source: RFC 6238; security.md K09.
    """
    user_id = viewer.user_id or 0
    with sign_in_scope() as session:
        found = rows.factor(session, user_id)
        if found is not None and found.confirmed_at is not None:
            raise Conflict(_("You have a second factor already."))
        if found is None:
            rows.begin(session, user_id=user_id, seed=encrypt(pyotp.random_base32(), purpose=_purpose(user_id)))
            found = rows.factor(session, user_id)
    if found is None:
        raise Conflict(_("You have a second factor already."))
    seed = decrypt(found.seed, purpose=_purpose(user_id))
    return str(pyotp.TOTP(seed).provisioning_uri(name=viewer.email, issuer_name="Tandem"))


def confirm(viewer: Viewer, code: str, *, keep: str | None = None) -> list[str]:
    """Let the second factor count; all other sessions end.

    Inputs: the person, a code of the app, the hash of the session to keep.
    Returns: the recovery codes, shown this once.
    Raises: InvalidInput for a wrong code; Conflict when it counts already; TooMany.
    Source: security.md C03, C12, C17.
    """
    user_id = viewer.user_id or 0
    _throttle(user_id, viewer.name)
    codes = _new_recovery_codes()
    with sign_in_scope() as session:
        found = rows.factor(session, user_id)
        if found is not None and found.confirmed_at is not None:
            raise Conflict(_("You have a second factor already."))
        if found is None or not _take_code(session, user_id, found.seed, code):
            raise InvalidInput(_("The code is wrong. Check the clock of your telephone and take the next one."))
        rows.confirm(session, user_id=user_id, at=now())
        rows.replace_recovery_codes(session, user_id=user_id, hashes=map(_recovery_hash, codes))
        accounts.end_sessions(session, at=now(), user_id=user_id, keep=keep)
        _forget(session, user_id)
        record(session, viewer, "second_factor.set_up", subject="app_user", subject_id=user_id)
    return codes


def check(user_id: int, name: str, code: str) -> None:
    """Take a code of the app or a recovery code, each once.

    Inputs: the account and the name of its owner, what was typed.
    Returns: nothing.
    Raises: NotSignedIn for a wrong or used code; TooMany after 5 within five minutes, 20 an hour or 50 a day.
    Source: security.md C12, C13, C17.
    """
    _throttle(user_id, name)
    with sign_in_scope() as session:
        found = rows.factor(session, user_id)
        taken = (
            found is not None
            and found.confirmed_at is not None
            and (_take_code(session, user_id, found.seed, code) or _take_recovery(session, user_id, code))
        )
        if taken:
            _forget(session, user_id)
    if not taken:
        raise NotSignedIn(_("The code is wrong or was used already."))


def renew_recovery_codes(viewer: Viewer, code: str) -> list[str]:
    """Make new recovery codes; the old ones are worthless from here on.

    Inputs: the person and a code.
    Returns: the new codes, shown this once.
    Raises: NotSignedIn for a wrong code; TooMany.
    Source: security.md C17.
    """
    user_id = viewer.user_id or 0
    check(user_id, viewer.name, code)
    codes = _new_recovery_codes()
    with sign_in_scope() as session:
        rows.replace_recovery_codes(session, user_id=user_id, hashes=map(_recovery_hash, codes))
        record(session, viewer, "second_factor.renew_codes", subject="app_user", subject_id=user_id)
    return codes


def disable(viewer: Viewer, *, password: str, code: str, keep: str) -> None:
    """Take the second factor off; it takes the password and a code, and all other sessions end.

    Inputs: the person, what was typed, the hash of the session to keep.
    Returns: nothing.
    Raises: NotSignedIn for a wrong password or code; InvalidInput where the company demands a second factor; TooMany.
    Source: security.md C15.
    """
    user_id = viewer.user_id or 0
    with sign_in_scope() as session:
        if required(session, internal=viewer.internal):
            raise InvalidInput(_("Your company demands a second factor: it can't be taken off."))
        found = accounts.credentials(session, viewer.email)
    # The code first: it is throttled, so that nobody tries passwords here.
    check(user_id, viewer.name, code)
    if not password_matches(password, found.password_hash if found else None):
        raise NotSignedIn(_("The password is wrong."))
    with sign_in_scope() as session:
        rows.remove(session, user_id)
        accounts.end_sessions(session, at=now(), user_id=user_id, keep=keep)
        record(session, viewer, "second_factor.disable", subject="app_user", subject_id=user_id)
    warn(user_id, name=viewer.name, title=_("The second factor of your account was taken off."))


def reset(operator: Viewer, email: str) -> None:
    """Take off a lost second factor at the command line; all sessions of the account end.

    Inputs: the operator; the e-mail of the account.
    Returns: nothing.
    Raises: NotFound for an unknown e-mail or an account without one.
    Source: docs/runbook.md.
    """
    with sign_in_scope() as session:
        found = accounts.credentials(session, canonical_email(email))
        if found is None or not rows.remove(session, found.id):
            raise NotFound(_("There is no account with this e-mail and a second factor."))
        accounts.end_sessions(session, at=now(), user_id=found.id)
        record(session, operator, "second_factor.reset", subject="app_user", subject_id=found.id)
    warn(found.id, name=found.name, title=_("The second factor of your account was taken off by an operator."))


def _take_code(session: Session, user_id: int, sealed: str, typed: str) -> bool:
    code = re.sub(r"\s", "", typed)
    if not re.fullmatch(r"[0-9]{6}", code, flags=re.ASCII):
        return False
    app = pyotp.TOTP(decrypt(sealed, purpose=_purpose(user_id)))
    current = int(now().timestamp()) // STEP_SECONDS
    for counter in (current + offset for offset in NEIGHBOURS):
        if hmac.compare_digest(app.generate_otp(counter), code):
            return rows.take_counter(session, user_id=user_id, counter=counter)
    return False


def _take_recovery(session: Session, user_id: int, typed: str) -> bool:
    return rows.take_recovery_code(session, user_id=user_id, code_hash=_recovery_hash(typed), at=now())


def _throttle(user_id: int, name: str) -> None:
    """Count first, then judge, in a transaction of its own: parallel guesses can't slip through."""
    at = now()
    with sign_in_scope() as session:
        counted = [
            accounts.count_attempt(session, key=_key(user_id, window), at=at, window=window) for window, _most in LIMITS
        ]
    for (window, most), made in zip(LIMITS, counted, strict=True):
        if made == most + 1:
            warn(user_id, name=name, title=_("Somebody types wrong codes for your account. It is locked for a while."))
        if made > most:
            raise TooMany(
                _("Too many wrong codes. Wait, then try again."), retry_after_seconds=int(window.total_seconds())
            )


def _forget(session: Session, user_id: int) -> None:
    for window, _most in LIMITS:
        accounts.forget_attempts(session, key=_key(user_id, window))


def _key(user_id: int, window: timedelta) -> str:
    return f"code:{user_id}:{int(window.total_seconds())}"


def _purpose(user_id: int) -> str:
    return f"second factor of {user_id}"


def _new_recovery_codes() -> list[str]:
    texts = (base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower() for _turn in range(RECOVERY_CODES))
    return ["-".join(re.findall("....", text)) for text in texts]


def _recovery_hash(code: str) -> str:
    """80 random bits: one fast hash is enough."""
    return secret_hash(re.sub(r"[\s-]", "", code[:100]).casefold())
