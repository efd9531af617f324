"""What the company tells an OEM out of its own plan and stock: worked out inside, for the OEM that asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import CompanyKind, Viewer
from data.db import session_scope
from data.queries import oem_portal as rows
from services.partners import partner_scope


@dataclass(frozen=True, slots=True)
class OemDesk:
    """A transaction that sees all rows, who works in it, and the OEM (its row in ``oem``) that may be told of."""

    session: Session
    viewer: Viewer
    oem: int


@contextmanager
def oem_desk(viewer: Viewer, permission: Permission) -> Iterator[OemDesk]:
    """Work at the company's desk for the OEM of the viewer, which row-level security has named before.

    Inputs: an OEM and the feature of its portal.
    Returns: the desk. Whoever uses it returns figures of that OEM only: no costs, suppliers or loads of others.
    Raises: NotAllowed; NotFound when the company has no production of its own.
    Source: security.md B08: the company is the viewer's own.
    """
    with partner_scope(viewer, permission) as session:
        oem = rows.own_oem(session)
    if oem is None:
        raise NotFound(_("There is nothing made for your company yet."))
    inside = replace(viewer, company_kind=CompanyKind.INTERNAL, permissions=frozenset({Permission.PURCHASE_READ}))
    with session_scope(inside) as session:
        yield OemDesk(session, inside, oem)
