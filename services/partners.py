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
def partner_scope(viewer: Viewer, permission: Permission) -> Iterator[Session]:
    """One transaction in which PostgreSQL shows a partner its own rows only.

    Inputs: the viewer and the right of the portal.
    Returns: the open session.
    Raises: NotAllowed without the right, and for colleagues, who see all rows and would answer in nobody's name.
    Source: security.md B08.
    """
    require(viewer, permission)
    if viewer.internal:
        raise NotAllowed(_("The portal is for partners. You find the same orders among your own pages."))
    with session_scope(viewer) as session:
        yield session
