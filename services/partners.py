"""What all partner portals share: a partner works in its own company's name, and nobody else does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from core.errors import NotAllowed
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope


@contextmanager
def partner_scope(viewer: Viewer, *permissions: Permission) -> Iterator[Session]:
    """One transaction in which PostgreSQL shows a partner its own rows only.

    Inputs: the viewer and all rights that it takes: the feature of the portal, and what a person may do in it.
    Returns: the open session.
    Raises: NotAllowed without one of the rights, and for colleagues, who see all rows and would answer in nobody's
        name.
    Source: security.md B08.
    """
    for permission in permissions:
        require(viewer, permission)
    if viewer.internal:
        raise NotAllowed(_("The portal is for partners. You find the same orders among your own pages."))
    with session_scope(viewer) as session:
        yield session
