"""Who is asking. Every service takes a viewer first; nothing below the callbacks knows a request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.errors import NotAllowed
from core.i18n import _
from core.permissions import Permission


class CompanyKind(StrEnum):
    """What a company is to the company that runs Tandem."""

    INTERNAL = "internal"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    OEM = "oem"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person, or the operator at the command line (``user_id`` None)."""

    user_id: int | None
    company_id: int
    company_kind: CompanyKind
    role: str
    name: str
    email: str
    permissions: frozenset[Permission]

    @property
    def internal(self) -> bool:
        return self.company_kind is CompanyKind.INTERNAL

    def may(self, permission: Permission) -> bool:
        return permission is Permission.SIGNED_IN or permission in self.permissions


def require(viewer: Viewer, permission: Permission) -> None:
    """Stop a use case the viewer has no right to."""
    if not viewer.may(permission):
        raise NotAllowed(
            _(
                "You don't have permission for this. Ask your administrator for the right “%(right)s”.",
                right=permission.value,
            )
        )
