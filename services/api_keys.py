"""Keys with which programs work in a person's name."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.secret_links import new_secret, secret_hash
from core.viewer import Viewer, require
from data.db import sign_in_scope
from data.queries import access as rows
from services.accounts import viewer_in
from services.api_tokens import may_use
from services.audit import record
from services.form_values import row_id, sentence

MARK = "tandem"
NAME_LENGTH = 80
MOST_KEYS = 20
LIFETIMES = (30, 90, 365)
TOUCH_EVERY = timedelta(minutes=1)
_SHAPE = re.compile(rf"{MARK}_([0-9a-f]{{12}})_([\w-]{{43}})", re.ASCII)
# What opens the API and the keys themselves is no scope: every key has the first, none the others.
NO_SCOPES = {Permission.API_USE, Permission.PORTAL_API, Permission.API_MANAGE, Permission.PEOPLE_MANAGE}
NO_SCOPES |= {Permission.PORTAL_PEOPLE, Permission.PARTNER_MANAGE}


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key as a list shows it; nobody sees its secret again."""

    id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    owner: str
    email: str
    company: str
    owner_active: bool

    @property
    def state(self) -> str:
        """active, revoked, expired, or idle while its owner is deactivated."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at <= now():
            return "expired"
        return "active" if self.owner_active else "idle"


def grantable(viewer: Viewer) -> list[Permission]:
    """The rights that a person can give to a key.

    Inputs: the viewer.
    Returns: own rights, in the order of the code.
    Raises: nothing.
    Source: none; ours.
    """
    return [right for right in Permission if right in viewer.permissions and right not in NO_SCOPES]


def create(viewer: Viewer, *, name: object, scopes: object, days: object) -> str:
    """Make a key.

    Inputs: a person who may use the API; what the key is called, its rights (a list), and for how many days.
    Returns: the key, which is shown once and stored nowhere.
    Raises: NotAllowed; InvalidInput for a name, rights or days that can't be given, or when there are too many keys.
    Source: screens.md 19; security.md part D.
    """
    _require_use(viewer)
    called = sentence(name, name=_("Name"), longest=NAME_LENGTH)
    asked = set(scopes) if isinstance(scopes, list) and all(isinstance(each, str) for each in scopes) else set()
    chosen = [right.value for right in grantable(viewer) if right in asked]
    if not chosen or len(chosen) < len(asked):
        raise InvalidInput(_("Choose at least one right for the key, of those that you have yourself."))
    if days not in LIFETIMES:
        raise InvalidInput(_("Choose for how long the key is good."))
    prefix, secret, at = secrets.token_hex(6), new_secret(), now()
    with sign_in_scope() as session:
        living = [row for row in rows.keys(session, user_id=viewer.user_id) if row.revoked_at is None]
        if len(living) >= MOST_KEYS:
            raise InvalidInput(_("You have %(count)s keys. Revoke one that you don't need.", count=MOST_KEYS))
        key_id = rows.add_key(
            session,
            user_id=viewer.user_id,
            name=called,
            prefix=prefix,
            secret_hash=secret_hash(secret),
            scopes=chosen,
            expires_at=at + timedelta(days=days),  # type: ignore[arg-type]
        )
        record(
            session,
            viewer,
            "api_key.create",
            subject="api_key",
            subject_id=key_id,
            after={"name": called, "scopes": chosen},
        )
    return f"{MARK}_{prefix}_{secret}"


def own_keys(viewer: Viewer) -> list[KeyView]:
    """The keys of the viewer, the newest first.

    Inputs: a person who may use the API.
    Returns: keys.
    Raises: NotAllowed.
    Source: none; ours.
    """
    _require_use(viewer)
    with sign_in_scope() as session:
        return [_view(row) for row in rows.keys(session, user_id=viewer.user_id)]


def all_keys(viewer: Viewer) -> list[KeyView]:
    """The keys of everybody, the newest first.

    Inputs: an administrator.
    Returns: keys.
    Raises: NotAllowed without ``api.manage``.
    Source: none; ours.
    """
    require(viewer, Permission.API_MANAGE)
    with sign_in_scope() as session:
        return [_view(row) for row in rows.keys(session)]


def revoke(viewer: Viewer, key_id: object, *, of_anybody: bool = False) -> None:
    """End a key, from the next request on.

    Inputs: its owner, or an administrator for the key ``of_anybody``; the id of the key.
    Returns: nothing.
    Raises: NotAllowed; NotFound for a key that is not there, not theirs, or ended already, alike.
    Source: security.md B01, B15.
    """
    if of_anybody:
        require(viewer, Permission.API_MANAGE)
    else:
        _require_use(viewer)
    with sign_in_scope() as session:
        owner = None if of_anybody else viewer.user_id or 0
        name = rows.revoke_key(session, key_id=row_id(key_id), user_id=owner, at=now())
        if name is None:
            raise NotFound(_("There is no such key in use."))
        before = {"name": name}
        record(session, viewer, "api_key.revoke", subject="api_key", subject_id=row_id(key_id), before=before)


def viewer_of_key(session: Session, key: str) -> tuple[int, Viewer] | None:
    """Who a key stands for: its owner as of this moment, with the rights of the key only.

    Inputs: a session of data.db.sign_in_scope and what was sent as a key.
    Returns: the id of the key and the viewer; None for an unknown, revoked or expired key, and when its owner is
        deactivated, suspended or may not use the API any more.
    Raises: nothing of its own.
    Source: security.md B14, B15.
    """
    shape = _SHAPE.fullmatch(key)
    if shape is None:
        return None
    at = now()
    found = rows.key(session, prefix=shape[1], at=at)
    if found is None or not hmac.compare_digest(found.secret_hash, secret_hash(shape[2])):
        return None
    owner = viewer_in(session, found.user_id)
    if owner is None or not may_use(owner):
        return None
    if found.last_used_at is None or found.last_used_at < at - TOUCH_EVERY:
        rows.touch_key(session, key_id=found.id, at=at, every=TOUCH_EVERY)
    given = owner.permissions & ({*found.scopes} | {Permission.API_USE, Permission.PORTAL_API})
    return found.id, replace(owner, permissions=frozenset(given))


def _require_use(viewer: Viewer) -> None:
    require(viewer, Permission.API_USE if viewer.internal else Permission.PORTAL_API)


def _view(row: Any) -> KeyView:
    values = row._asdict()
    del values["user_id"]
    return KeyView(**values | {"scopes": tuple(row.scopes)})
